"""Articles on an OpenSearch cluster: any number of machines read and write, and a dead node costs nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence

from ...errors import CorruptIndex, UnknownArticle
from ...model import Article, Card, Filter, Hit, Statistics
from .. import Login, StorageSize
from . import setup
from .documents import Held, Stored
from .link import LOCAL, Link
from .place import parse
from .present import Present
from .reader import Reader
from .shelf import Shelf
from .writer import Writer


class ClusterEngine:
    """A library on a cluster. Opening one that is not there makes nothing; the first article does.

    Changes of this engine are seen at once, those of other machines a quarter of a second after they returned there.

    Raises:
        ValueError: the address is malformed.
        EngineNotInstalled: opensearch-py is missing.
        EngineUnavailable: no node answers, the login is refused, or the cluster is too old.
        IncompatibleIndex: another format or analyser wrote it.
    """

    def __init__(self, address: str, login: Login | None = None) -> None:
        self.place = parse(address)
        self.address = address
        self.link = Link(address, self.place, login)
        self._present = Present(self._version)
        self._shelf = Shelf(self.link, self.place, self._present)
        self._reader = Reader(self.link, self.place, self._present, self._shelf)
        self._writer = Writer(self.link, self.place, self._shelf)
        self._writing = threading.Lock()
        try:
            self.version = self.link.check_version()
            self._there = setup.is_there(self.link, self.place)
        except BaseException:
            self.close()
            raise

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection; see `Engine.add`.

        Raises:
            ArticlesRefused: the cluster will not take some of them; all others are stored.
        """
        batch = list(articles)  # read to the end first: a source that fails half-way changes nothing
        if not batch:
            return 0
        with self._writing:
            if not self._is_there():
                setup.create(self.link, self.place)
                self._there = True
            try:
                return self._writer.add(batch, collection)
            finally:
                self._present.end()

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection; see `Engine.remove`."""
        if not self._is_there():
            raise UnknownArticle(article_id)
        with self._writing:
            try:
                self._writer.remove(article_id, collection)
            finally:
                self._present.end()

    def article(self, article_id: str) -> Article:
        """Return the article; see `Engine.article`."""
        found: Held | Stored | CorruptIndex | None = None
        if self._is_there():
            found = self._shelf.articles([article_id]).get(article_id) or self._shelf.now([article_id]).get(article_id)
        if isinstance(found, CorruptIndex):
            raise found
        if found is None:
            raise UnknownArticle(article_id)
        return found.article

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter; see `Engine.articles`."""
        return self._reader.cards(filter) if self._is_there() else iter(())

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        return self._reader.count(filter) if self._is_there() else 0

    def search(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
        """Return the best passages; see `Engine.search`."""
        return self._reader.search(terms, limit, filter) if self._is_there() else ()

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Learn in one request what a question needs; see `Engine.expect`."""
        if self._is_there():
            self._reader.expect(terms, limit, filter)

    def statistics(self, terms: Sequence[str]) -> Statistics:
        """Return how common the terms are."""
        return self._reader.statistics(terms) if self._is_there() else Statistics(0, {})

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has."""
        return self._reader.collections() if self._is_there() else {}

    def keep(self, article_id: str, raw: bytes) -> bool:  # noqa: ARG002 - the contract's parameters
        """Keep nothing and return False: the cluster's documents have no field for a source's own bytes."""
        return False

    def raw(self, article_id: str) -> bytes | None:  # noqa: ARG002 - the contract's parameter
        """Return None; see `keep`."""
        return None

    def sizes(self) -> StorageSize:
        """Return no sizes: the files are on other machines; `pullquote cluster check` shows what they take there."""
        return StorageSize()

    def __len__(self) -> int:
        return self._reader.totals().articles if self._is_there() else 0

    def close(self) -> None:
        """Close the connections and end the threads; a second call does nothing."""
        self._writer.close()
        self._reader.close()
        self.link.close()

    def _version(self) -> str:
        found = self.link.get(f"/{self.place.writes}/_doc/state?{LOCAL}")
        return str(found["_source"]["version"]) if found else "none"

    def _is_there(self) -> bool:
        """Tell whether the library is there; another machine may have made it since."""
        if not self._there:
            self._there = setup.is_there(self.link, self.place)
        return self._there
