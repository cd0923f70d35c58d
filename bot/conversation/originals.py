"""Where verification looks for the articles of a saved reply: an index, then the file that the reply names."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from index import Article, Filter, Index
from index.errors import PullquoteError, UnknownArticle
from index.model import Card


class Shelf:
    """Articles as `index.citations.verify` asks for them; `within` says which of the index may be seen.

    With `files`, an article that the index lacks is read again from its recorded source, if that is a
    regular file here. Nothing is ever fetched: a record may name any address. What is read serves
    to compare words only; it is neither kept nor shown.
    """

    def __init__(self, index: Index | None, within: Filter | None = None, *, files: bool = False) -> None:
        self._index = index
        self._within = within or Filter()
        self._files = files
        self._read: dict[str, tuple[Article, ...]] = {}

    def find(self, card: Card) -> Article | None:
        """Return the article with the card's id, else what its source or address holds now, else None."""
        exact = self._stored(card.id)
        if exact:
            return exact
        read = self._from_file(card.source)
        same = next((article for article in read if article.id == card.id), None)
        return same or self._namesake(card) or (read[0] if len(read) == 1 else None)

    def newer(self, article: Article) -> Article | None:
        """Return the newest version of the article's story in the index, None if none is newer."""
        if self._index is None or not article.story:
            return None
        story = replace(self._within, stories=(article.story,))
        versions = [card for card in self._index.articles(story) if card.lead > article.lead]
        return self._stored(max(versions, key=lambda card: (card.lead, card.id)).id) if versions else None

    def _stored(self, article_id: str) -> Article | None:
        if self._index is None:
            return None
        with suppress(UnknownArticle):
            return self._index.article(article_id, self._within)
        return None

    def _namesake(self, card: Card) -> Article | None:
        """Return the article that was stored last from the same source or address."""
        places = {place for place in (card.source, card.url) if place}
        if self._index is None or not places:
            return None
        near = replace(self._within, sources=tuple(places))
        found = [other.id for other in self._index.articles(near) if places & {other.source, other.url}]
        return self._stored(found[-1]) if found else None

    def _from_file(self, source: str) -> tuple[Article, ...]:
        if not (self._files and source and _is_file(source)):
            return ()
        if source not in self._read:
            from index.sources import load_articles

            items = load_articles(Path(source))
            self._read[source] = tuple(item for item in items if not isinstance(item, PullquoteError))
        return self._read[source]


def _is_file(source: str) -> bool:
    try:
        return Path(source).is_file()
    except (OSError, ValueError):  # too long, or with a NUL: no name of a file
        return False
