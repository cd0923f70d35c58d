"""Articles on disk, found by tantivy and ranked exactly: many readers, one writer, and nothing acknowledged is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic

from ...errors import UnknownArticle
from ...model import Article, Card, Filter, Hit, Statistics
from .. import StorageSize
from . import log
from .ranker import DamagedRanker
from .search import best, statistics
from .store import Store, Totals
from .upkeep import Upkeep
from .view import View

_FRESH = 0.01  # seconds after a look at the file in which what was read of it is taken for present: one question's time


def place(path: str) -> Path:
    """Return the folder that the part of an address after `disk:` names."""
    if path:
        return Path(path).expanduser()
    from platformdirs import user_data_path

    return user_data_path("pullquote", appauthor=False) / "library"


class DiskEngine:
    """A library folder, "" for the user's own. Opening one that is not there makes nothing; the first article does.

    Raises:
        IncompatibleIndex: another format or analyser wrote it.
        CorruptIndex: its SQLite file is damaged.
        EngineUnavailable: it cannot be read just now.
    """

    def __init__(self, path: str) -> None:
        self.address = f"disk:{path}"
        self._upkeep = Upkeep(place(path), self.address)
        self._lock = threading.RLock()
        self._store: Store | None = None
        self._view: View | None = None
        self._opened()

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection; see `Engine.add`."""
        try:
            return self._upkeep.add(articles, collection)
        finally:
            self._view = None

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection; see `Engine.remove`."""
        if self._opened() is None:
            raise UnknownArticle(article_id)
        try:
            self._upkeep.remove(article_id, collection)
        finally:
            self._view = None

    def article(self, article_id: str) -> Article:
        """Return the article; see `Engine.article`."""
        view = self._fresh()
        if view is not None and (held := view.held(article_id)) is not None:
            return held
        store, view = self._current()
        if store is None or view is None:
            raise UnknownArticle(article_id)
        seq = view.number(article_id) or store.find(article_id)
        if seq is None:
            raise UnknownArticle(article_id)
        if (kept := view.load(store, seq)) is not None:
            return kept.article
        if (article := store.load(seq)) is None:  # damaged: this raises; gone: it left between two looks
            raise UnknownArticle(article_id)
        return article

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter; see `Engine.articles`."""
        view = self._fresh()
        if view is not None and (cards := view.cards(filter)) is not None:
            return iter(cards)
        store = self._opened()
        return iter(()) if store is None else store.cards(filter)

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        store, view = self._current()
        return 0 if store is None or view is None else view.count(store, filter)

    def search(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
        """Return the best passages; see `Engine.search`."""
        if limit < 1 or not terms:
            return ()
        store, view = self._current(ranked=True)
        if store is None or view is None:
            return ()
        try:
            return best(store, view, terms, limit, filter)
        except DamagedRanker as exc:
            log.mended(exc.reason)
            self._upkeep.rebuild()
        store, view = self._current(ranked=True)
        return () if store is None or view is None else best(store, view, terms, limit, filter)

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Do nothing: all is at hand."""

    def statistics(self, terms: Sequence[str]) -> Statistics:
        """Return how common the terms are; see `Engine.statistics`."""
        view = self._fresh()
        if view is None or view.ranker is None:
            _, view = self._current(ranked=True)
        return Statistics(0, {}) if view is None else statistics(view, terms)

    def keep(self, article_id: str, raw: bytes) -> bool:
        """Keep the source's own bytes, compressed; see `Engine.keep`."""
        return self._opened() is not None and self._upkeep.keep(article_id, raw)

    def raw(self, article_id: str) -> bytes | None:
        """Return the source's own bytes; see `Engine.raw`."""
        store = self._opened()
        seq = None if store is None else store.find(article_id)
        return None if store is None or seq is None else store.raw(seq)

    def sizes(self) -> StorageSize:
        """Return the bytes of the texts, and of all files in the folder; see `Engine.sizes`."""
        store = self._opened()
        used = sum(file.stat().st_size for file in self._upkeep.folder.rglob("*") if file.is_file())
        return StorageSize(0 if store is None else store.text_bytes(), used)

    def totals(self) -> Totals:
        """Return how many articles, passages and terms there are."""
        _, view = self._current()
        return Totals() if view is None else view.totals

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has."""
        store = self._opened()
        return {} if store is None else store.collections()

    def __len__(self) -> int:
        return self.totals().articles

    def close(self) -> None:
        """Close the files; a second call does nothing."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = self._view = None

    def _opened(self) -> Store | None:
        """Return the library, None while there is none."""
        with self._lock:
            if self._store is None:
                self._store = self._upkeep.open_store()
                if self._store is not None and self._store.is_behind():  # a writer was killed: finish what it began
                    self._upkeep.open_ranker(self._store)
            return self._store

    def _fresh(self) -> View | None:
        """Return the library as it was seen just now, None when it must be looked at again."""
        view = self._view
        return view if view is not None and monotonic() - view.checked < _FRESH else None

    def _current(self, *, ranked: bool = False) -> tuple[Store | None, View | None]:
        """Return the library as of its last commit, with an open index if it is to be searched."""
        with self._lock:
            store = self._opened()
            if store is None:
                return None, None
            view = self._view
            if view is None or view.version != store.version():
                view = View(store.version(), store.totals())
            if ranked and (view.ranker is None or view.ranker.is_stale()):
                ranker = self._upkeep.open_ranker(store)
                if view.version != store.version():  # mending the index is a commit too
                    view = View(store.version(), store.totals())
                view.ranker = ranker
            self._view = view
            view.checked = monotonic()
            return store, view
