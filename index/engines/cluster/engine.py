"""Articles on an OpenSearch cluster: any number of machines read and write, and one node may die."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence

from ...errors import CorruptIndex, UnknownArticle
from ...model import DEFAULT_LANGUAGE, Article, Card, Filter, Hit
from ..contract import Entry, Login, Statistics, StorageSize
from . import setup
from .article_cache import ArticleCache
from .client import LOCAL, ClusterClient
from .encoder import LibraryEncoder
from .location import parse_location
from .mapping import find_member
from .read_cache import ReadCache
from .search import ClusterSearcher
from .writer import ClusterWriter


class ClusterEngine:
    """A library on a cluster. It is created when the first article is added, not when it is opened.

    `encoder` made the vectors of the articles that are added.

    Changes by this engine are seen at once, those by other machines at most a quarter of a second after they are done.

    Raises:
        ValueError: the address is malformed.
        EngineNotInstalled: opensearch-py is missing.
        EngineUnavailable: no node answers, the login is refused, or the cluster is too old.
        IncompatibleIndex: another format or analyser wrote it.
    """

    def __init__(self, address: str, login: Login | None = None, encoder: str = "") -> None:
        self.location = parse_location(address)
        self._ours = encoder
        self.address = address
        self.client = ClusterClient(address, self.location, login)
        self._read_cache = ReadCache(self._fetch_version)
        self._article_cache = ArticleCache(self.client, self.location, self._read_cache)
        self._searcher = ClusterSearcher(self.client, self.location, self._read_cache, self._article_cache)
        self._writer = ClusterWriter(self.client, self.location, self._article_cache, encoder)
        self._writing = threading.Lock()
        try:
            self.version = self.client.check_version()
            self._there = setup.has_library(self.client, self.location)
        except BaseException:
            self.close()
            raise

    @property
    def encoder(self) -> str:
        """The encoder of all vectors; see `Engine.encoder`."""
        if not self._is_there():
            return self._ours
        return self._read_cache.get_or_make("encoder", LibraryEncoder(self.client, self.location).fetch)

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection; see `Engine.add`.

        Raises:
            ArticlesRefused: the cluster will not take some of them; all others are stored.
        """
        return self.restore((collection, article, None) for article in articles)

    def restore(self, entries: Iterable[Entry]) -> int:
        """Add articles to collections; see `Engine.restore`. The bytes of sources are not kept.

        Raises:
            ArticlesRefused: as `add`.
        """
        batch = list(entries)  # read them all first: a source that fails half-way changes nothing
        if not batch:
            return 0
        with self._writing:
            if not self._is_there():
                setup.create_library(self.client, self.location, encoder=self._ours)
                self._there = True
            try:
                return self._writer.add(batch)
            finally:
                self._read_cache.clear()

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection; see `Engine.remove`."""
        if not self._is_there():
            raise UnknownArticle(article_id)
        with self._writing:
            try:
                self._writer.remove(article_id, collection)
            finally:
                self._read_cache.clear()

    def article(self, article_id: str, collections: tuple[str, ...]) -> Article:
        """Return the article; see `Engine.article`."""
        if self._is_there():
            known = self._article_cache.fetch([article_id]).get(article_id)
            if known is not None and (member := find_member(known.members, collections)):
                return known.text.build_article(member.card)
            now = self._article_cache.fetch_now([article_id]).get(article_id)
            if isinstance(now, CorruptIndex):
                raise now
            if now is not None and (member := find_member(now.members, collections)):
                return now.article.with_card(member.card)
        raise UnknownArticle(article_id)

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter; see `Engine.articles`."""
        return self._searcher.list_cards(filter) if self._is_there() else iter(())

    def memberships(self) -> Iterator[tuple[str, Card]]:
        """Yield every collection's cards; see `Engine.memberships`."""
        return self._searcher.list_memberships() if self._is_there() else iter(())

    def last_place(self) -> int:
        """Return the place of the newest membership that is there now; see `Engine.last_place`."""
        return self._searcher.fetch_last_place() if self._is_there() else 0

    def revision(self) -> str | None:
        """Return None: telling takes a request; see `Engine.revision`."""
        return None

    def added_since(self, place: int) -> Iterator[tuple[int, str, Card]]:
        """Yield the memberships from this place on; see `Engine.added_since`."""
        return self._searcher.list_added(place) if self._is_there() else iter(())

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        return self._searcher.counts.count(filter) if self._is_there() else 0

    def languages(self, filter: Filter) -> dict[str, int]:
        """Return how many articles each language has; see `Engine.languages`."""
        if not self._is_there():
            return {}
        codes: tuple[str, ...] = self._read_cache.get_or_make("languages", self._fetch_languages)
        return self._searcher.counts.count_by_language(filter, codes)

    def search(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
        """Return the best passages; see `Engine.search`."""
        return self._searcher.search(terms, limit, filter) if self._is_there() else ()

    def search_current(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[tuple[Hit, ...], bool]:
        """Return the best passages, superseded or not: only all versions of a story together tell which is."""
        return self.search(terms, limit, filter), False

    def unread(self, terms: Sequence[str], filter: Filter) -> tuple[str, ...]:
        """Return the damaged articles that a search came upon; see `Engine.unread`."""
        return self._article_cache.list_unread(terms, filter)

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Fetch in one request what a question needs; see `Engine.expect`."""
        if self._is_there():
            self._searcher.expect(terms, limit, filter)

    def statistics(self, terms: Sequence[str], language: str = DEFAULT_LANGUAGE) -> Statistics:
        """Return how common the terms are."""
        return self._searcher.counts.fetch_statistics(terms, language) if self._is_there() else Statistics(0, {})

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has."""
        return self._searcher.fetch_collections() if self._is_there() else {}

    def keep(self, article_id: str, raw: bytes, collection: str) -> bool:  # noqa: ARG002 - the contract's parameters
        """Keep nothing and return False: the cluster's documents have no field for a source's own bytes."""
        return False

    def raw(self, article_id: str, collections: tuple[str, ...]) -> bytes | None:  # noqa: ARG002 - the contract's parameters
        """Return None; see `keep`."""
        return None

    def sizes(self) -> StorageSize:
        """Return no sizes: the files are on other machines; `pullquote cluster check` shows what they take there."""
        return StorageSize()

    def __len__(self) -> int:
        return self._searcher.counts.fetch_totals().articles if self._is_there() else 0

    def close(self) -> None:
        """Close the connections and end the threads; a second call does nothing."""
        self._writer.close()
        self._searcher.close()
        self.client.close()

    def _fetch_version(self) -> str:
        found = self.client.get(f"/{self.location.writes}/_doc/state?{LOCAL}")
        return str(found["_source"]["version"]) if found else "none"

    def _fetch_languages(self) -> tuple[str, ...]:
        return DEFAULT_LANGUAGE, *setup.fetch_analysers(self.client, self.location)

    def _is_there(self) -> bool:
        """Tell whether the library exists; another machine may have created it meanwhile."""
        if not self._there:
            self._there = setup.has_library(self.client, self.location)
        return self._there
