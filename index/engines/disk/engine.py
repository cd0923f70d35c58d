"""Articles on disk, found by tantivy and ranked exactly; many readers, one writer, no acknowledged change is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from ...errors import CorruptIndex, UnknownArticle
from ...model import DEFAULT_LANGUAGE, Article, Card, Filter, Hit
from ..contract import Entry, Statistics, StorageSize
from ..totals import Totals
from . import lazy_log
from .commit_cache import CommitCache
from .folder import LibraryFolder
from .search import Wanted, count_terms, find_best
from .search_index import DamagedSearchIndex
from .store import ArticleStore

_FRESH = 0.01  # seconds that a cache is used without asking the file whether it changed: the time of one question


def find_folder(path: str) -> Path:
    """Return the folder for the part of an address after `disk:`; "" is the user's own library."""
    if path:
        return Path(path).expanduser()
    from platformdirs import user_data_path

    return user_data_path("pullquote", appauthor=False) / "library"


class DiskEngine:
    """A library in a folder, "" for the user's own. The folder is made when the first article is added.

    `encoder` made the vectors of the articles that are added.

    Raises:
        IncompatibleIndex: another format or analyser wrote it.
        CorruptIndex: its SQLite file is damaged.
        EngineUnavailable: it cannot be read just now.
    """

    def __init__(self, path: str, encoder: str = "") -> None:
        self.address = f"disk:{path}"
        self._folder = LibraryFolder(find_folder(path), self.address, encoder)
        self._lock = threading.RLock()
        self._store: ArticleStore | None = None
        self._cache: CommitCache | None = None
        self._open()

    @property
    def encoder(self) -> str:
        """The encoder of all vectors; see `Engine.encoder`."""
        cache = self._get_recent()
        if cache is not None and cache.encoder is not None:
            return cache.encoder
        state = self._refresh()
        if state is None:
            return self._folder.encoder
        store, cache = state
        if cache.encoder is None:
            found = store.read_encoder()
            cache.encoder = self._folder.encoder if found is None else found
        return cache.encoder

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection; see `Engine.add`."""
        return self.restore((collection, article, None) for article in articles)

    def restore(self, entries: Iterable[Entry]) -> int:
        """Add articles to collections; see `Engine.restore`."""
        try:
            return self._folder.restore(entries)
        finally:
            self._cache = None

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection; see `Engine.remove`."""
        if self._open() is None:
            raise UnknownArticle(article_id)
        try:
            self._folder.remove(article_id, collection)
        finally:
            self._cache = None

    def article(self, article_id: str, collections: tuple[str, ...]) -> Article:
        """Return the article; see `Engine.article`."""
        cache = self._get_recent()
        if cache is not None and (held := cache.find_article(article_id, collections)) is not None:
            return held
        state = self._refresh()
        if state is None:
            raise UnknownArticle(article_id)
        store, cache = state
        seq = cache.find_number(article_id) or store.find_number(article_id)
        if seq is None:
            raise UnknownArticle(article_id)
        member = cache.load_members(store, (seq,), collections)[seq]
        if member is None:
            if store.is_member(seq, collections):
                raise CorruptIndex(self.address, f"what is stated of article {article_id} is damaged; add it again")
            raise UnknownArticle(article_id)
        text = cache.load(store, seq) or store.open(seq)  # the latter raises if it is damaged
        if text is None:  # removed just now
            raise UnknownArticle(article_id)
        return text.build_article(member.card)

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter; see `Engine.articles`."""
        cache = self._get_recent()
        if cache is not None and (cards := cache.list_cards(filter)) is not None:
            return iter(cards)
        store, within = self._open(), self._narrow(filter)
        return iter(()) if store is None or within is None else store.list_cards(within)

    def memberships(self) -> Iterator[tuple[str, Card]]:
        """Yield every collection's cards; see `Engine.memberships`."""
        store = self._open()
        return iter(()) if store is None else store.list_memberships()

    def last_place(self) -> int:
        """Return the place of the newest membership; see `Engine.last_place`."""
        store = self._open()
        return 0 if store is None else store.read_last_place()

    def revision(self) -> str | None:
        """Return a mark of the last commit; see `Engine.revision`."""
        store = self._open()
        return "" if store is None else store.read_revision()

    def added_since(self, place: int) -> Iterator[tuple[int, str, Card]]:
        """Yield the memberships from this place on; see `Engine.added_since`."""
        store = self._open()
        return iter(()) if store is None else store.list_added(place)

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        state = self._refresh()
        if state is None:
            return 0
        store, cache = state
        within = cache.narrow(filter)
        return 0 if within is None else cache.count(store, within)

    def languages(self, filter: Filter) -> dict[str, int]:
        """Return how many articles each language has; see `Engine.languages`."""
        state = self._refresh()
        known = () if state is None else state[1].languages
        found = {code: self.count(replace(filter, language=code)) for code in known}
        return {code: count for code, count in found.items() if count}

    def search(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
        """Return the best passages; see `Engine.search`."""
        return self._find_best(_want(terms, limit, filter))[0]

    def search_current(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[tuple[Hit, ...], bool]:
        """Return the best passages of current versions; see `Engine.search_current`."""
        return self._find_best(_want(terms, limit, filter, is_current=True))

    def unread(self, terms: Sequence[str], filter: Filter) -> tuple[str, ...]:
        """Return the damaged articles that a search came upon; see `Engine.unread`."""
        cache, within = self._cache, replace(filter, language="")
        found = () if cache is None else cache.list_unread(terms, within)
        if not found or cache is None or len(cache.languages) < 2:
            return found
        known = {card.id: card.language for card in self.articles(replace(within, articles=found))}
        language = filter.language or DEFAULT_LANGUAGE
        return tuple(key for key in found if known.get(key, language) == language)

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Do nothing: everything is on this machine."""

    def statistics(self, terms: Sequence[str], language: str = DEFAULT_LANGUAGE) -> Statistics:
        """Return how common the terms are; see `Engine.statistics`."""
        cache = self._get_recent()
        if cache is None or cache.index is None:
            state = self._refresh(ranked=True)
            if state is None:
                return Statistics(0, {})
            _, cache = state
        return count_terms(cache, terms, language)

    def keep(self, article_id: str, raw: bytes, collection: str) -> bool:
        """Keep the source's own bytes, compressed; see `Engine.keep`."""
        return self._open() is not None and self._folder.keep(article_id, raw, collection)

    def raw(self, article_id: str, collections: tuple[str, ...]) -> bytes | None:
        """Return the source's own bytes; see `Engine.raw`."""
        store = self._open()
        if store is None or (seq := store.find_number(article_id)) is None:
            return None
        return store.read_raw(seq, collections)

    def sizes(self) -> StorageSize:
        """Return the bytes of the texts, and of all files in the folder; see `Engine.sizes`."""
        store = self._open()
        used = sum(file.stat().st_size for file in self._folder.path.rglob("*") if file.is_file())
        return StorageSize(0 if store is None else store.count_text_bytes(), used)

    def totals(self) -> Totals:
        """Return how many articles, passages and terms the library has."""
        state = self._refresh()
        return Totals() if state is None else state[1].totals

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has."""
        store = self._open()
        return {} if store is None else store.count_by_collection()

    def __len__(self) -> int:
        return self.totals().articles

    def close(self) -> None:
        """Close the files; a second call does nothing."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = self._cache = None

    def _find_best(self, wanted: Wanted) -> tuple[tuple[Hit, ...], bool]:
        if wanted.limit < 1 or not wanted.terms:
            return (), False
        state = self._refresh(ranked=True)
        if state is None:
            return (), False
        try:
            return find_best(*state, wanted)
        except DamagedSearchIndex as exc:
            lazy_log.warn_of_rebuild(exc.reason)
            self._folder.rebuild_search_index()
        state = self._refresh(ranked=True)
        return ((), False) if state is None else find_best(*state, wanted)

    def _narrow(self, filter: Filter) -> Filter | None:
        """Return the filter as the file takes it; None if no article is in the language that it names."""
        if not filter.language:
            return filter
        state = self._refresh()
        return None if state is None else state[1].narrow(filter)

    def _open(self) -> ArticleStore | None:
        """Return the library's store, None while there is no library."""
        with self._lock:
            if self._store is not None and self._store.is_replaced():
                self._store = self._cache = None  # not closed: another thread may be reading it
            if self._store is None:
                self._store = self._folder.open_store()
                if self._store is not None and self._store.is_behind():  # a writer was killed: finish its work
                    self._folder.open_search_index(self._store)
            return self._store

    def _get_recent(self) -> CommitCache | None:
        """Return the cache if it was checked just now, None if the file must be asked first."""
        cache = self._cache
        return cache if cache is not None and monotonic() - cache.checked < _FRESH else None

    def _refresh(self, *, ranked: bool = False) -> tuple[ArticleStore, CommitCache] | None:
        """Return the store and a cache of its last commit, for searching (`ranked`) with an open search index.

        None while there is no library.
        """
        with self._lock:
            store = self._open()
            if store is None:
                return None
            cache = self._cache
            if cache is None or cache.version != store.read_version():
                cache = _read_cache(store)
            if ranked and (cache.index is None or cache.index.is_stale()):
                index = self._folder.open_search_index(store)
                if cache.version != store.read_version():  # repairing the index is a commit too
                    cache = _read_cache(store)
                cache.index, cache.left_out = index, store.list_left_out()
            self._cache = cache
            cache.checked = monotonic()
            return store, cache


def _want(terms: Sequence[str], limit: int, filter: Filter, *, is_current: bool = False) -> Wanted:
    return Wanted(tuple(terms), limit, replace(filter, language=""), filter.language or DEFAULT_LANGUAGE, is_current)


def _read_cache(store: ArticleStore) -> CommitCache:
    """Return a cache of the last commit, with nothing read of it but its totals."""
    version, totals = store.read_version(), store.read_totals()
    return CommitCache(version, totals, store.read_languages(totals))
