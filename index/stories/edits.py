"""Files whose text has changed: the new text is the newest version of the old one's story. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import islice

from ..model import Article, Card

_AT_ONCE = 100  # articles whose files are looked up together; as many may wait in memory


def follow_edits(
    articles: Iterable[Article],
    find: Callable[[tuple[str, ...]], Iterable[Card]],
    load: Callable[[Card], Article | None],
) -> Iterator[Article]:
    """Yield the articles, each after the earlier texts of its file, which are then marked as replaced.

    All texts of a file are of one story: that of the text which the file has now or, if it belongs to none, theirs.
    A file that has an earlier text again is told by the same mark.

    Args:
        articles: Those to be added, in order, their stories found.
        find: Returns the known cards of some files.
        load: Returns the known article of a card, None where it cannot be read.
    """
    waiting = iter(articles)
    known: dict[str, dict[str, Card]] = {}
    while batch := list(islice(waiting, _AT_ONCE)):
        files = dict.fromkeys(article.file for article in batch if article.file and article.file not in known)
        known |= {file: {} for file in files}
        for card in find(tuple(files)) if files else ():
            known[card.file][card.id] = card
        fresh: dict[str, Article] = {}  # not stored yet, so that they cannot be loaded
        for article in batch:
            found = _replace_texts(article, known[article.file], fresh, load) if article.file else (article,)
            for each in found:
                fresh[each.id] = each
                yield each


def _replace_texts(
    article: Article, texts: dict[str, Card], fresh: dict[str, Article], load: Callable[[Card], Article | None]
) -> Iterator[Article]:
    """Yield the other texts of an article's file as far as they change, then the article; `texts` follows."""
    others = [card for card in texts.values() if card.id != article.id]
    if others:
        last = next((card for card in others if not card.replaced), others[-1])
        article = replace(article, story=article.story or last.story or _name_story(article.file))
    for card in others:
        if card.replaced and card.story == article.story:
            continue
        if (old := fresh.get(card.id) or load(card)) is not None:
            old = replace(old, replaced=True, story=article.story)
            texts[old.id] = old.card
            yield old
    texts[article.id] = article.card
    yield article


def _name_story(file: str) -> str:
    """Return a key for the story of a file whose texts have none; readers may see it, so it does not tell the path."""
    return f"file|{sha256(file.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"
