"""Find the articles of a saved reply for verification: in an index, then in the file that the reply names."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from index import Article, Filter, Index
from index.errors import PullquoteError, UnknownArticle
from index.model import Card
from index.stories import Standing, is_embargoed, stand_alone

from .naming import find_card
from .versions import look_up_standing, read_clock


class Originals:
    """The articles that `index.citations.verify` asks for; `within` says which of the index may be seen.

    With `files`, an article that the index lacks is read again from its recorded source, if that is a
    regular file here. Nothing is ever fetched, because a record may name any address. What is read is
    only compared with; it is neither stored nor shown.
    """

    def __init__(self, index: Index | None, within: Filter | None = None, *, files: bool = False) -> None:
        self._index = index
        self.within = within or Filter()
        self._files = files
        self._read: dict[str, tuple[Article, ...]] = {}

    def find(self, card: Card) -> Article | None:
        """Return the article with the card's id, else what is now at its source or address, else None.

        What is there now is left out if it is under embargo, because nobody asked for that version.
        """
        exact = self._find_stored(card.id)
        if exact:
            return exact
        read = self._read_file(card.source)
        same = next((article for article in read if article.id == card.id), None)
        return (
            same or self._find_namesake(card) or (read[0] if len(read) == 1 and self._may_be_named(read[0]) else None)
        )

    def name(self, words: str) -> Card:
        """Return the one article of the index that the words name.

        Raises:
            UnknownArticle: no article there is called so.
            SeveralArticles: several are.
        """
        if self._index is None:
            raise UnknownArticle(words)
        return find_card(self._index, self.within, words)

    def stand(self, article: Article) -> Standing:
        """Return how the article stands among the versions of its story in the index."""
        if self._index is None:
            return stand_alone(article)
        return look_up_standing(self._index, self.within, article.card)

    def _find_stored(self, article_id: str) -> Article | None:
        if self._index is None:
            return None
        with suppress(UnknownArticle):
            return self._index.article(article_id, self.within)
        return None

    def _find_namesake(self, card: Card) -> Article | None:
        """Return the article that was stored last from the same source or address, and may be named.

        A text that its file still has comes before those that it had earlier.
        """
        places = {place for place in (card.source, card.url) if place}
        if self._index is None or not places:
            return None
        near = replace(self.within, sources=tuple(places))
        same = (other for other in self._index.articles(near) if places & {other.source, other.url})
        found = sorted((other for other in same if self._may_be_named(other)), key=lambda other: not other.replaced)
        return self._find_stored(found[-1].id) if found else None

    def _may_be_named(self, card: Card) -> bool:
        return not is_embargoed(card, read_clock(self.within))

    def _read_file(self, source: str) -> tuple[Article, ...]:
        if not (self._files and source and _is_file(source)):
            return ()
        if source not in self._read:
            from index.sources import load_articles

            items = load_articles(Path(source))
            self._read[source] = tuple(item for item in items if not isinstance(item, PullquoteError))
        return self._read[source]


def is_place(source: str) -> bool:
    """Tell whether a source is a path or an address, which only one text has at a time; a bare name may be many's."""
    return "/" in source or "\\" in source


def _is_file(source: str) -> bool:
    try:
        return Path(source).is_file()
    except (OSError, ValueError):  # too long, or with a NUL: not a file name
        return False
