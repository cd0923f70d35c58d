"""What was read of one state of a library; all of it is dropped when the library changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ...errors import CorruptIndex
from ...model import Article, Card, Filter, Passage
from ..rows import LazyArticle
from ..score import Totals
from . import lazy_log
from .search_index import DamagedSearchIndex, SearchIndex
from .store import ArticleStore

_MOST = 4_000_000  # characters of text in memory; with terms and spans about ten times as many bytes
_FILTERS = 64  # filters whose results are kept
_NAMES = 10_000  # collections known to be empty or not
_UNKNOWN: frozenset[int] = frozenset()


@dataclass(slots=True)
class CommitCache:
    """What was read of a library as of one commit.

    `checked` is the time at which that commit was last seen to be the newest. `index` is None until the first search.
    """

    version: int
    totals: Totals
    index: SearchIndex | None = None
    checked: float = 0.0
    _admitted: dict[Filter, frozenset[int] | None] = field(default_factory=dict)
    _counts: dict[Filter, int] = field(default_factory=dict)
    _holding: dict[str, bool] = field(default_factory=dict)
    _loaded: OrderedDict[int, LazyArticle | None] = field(default_factory=OrderedDict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find_number(self, article_id: str) -> int | None:
        """Return the number of an article that was read before, else None."""
        return self._numbers.get(article_id)

    def find_article(self, article_id: str) -> Article | None:
        """Return an article that was read before, else None."""
        with self._lock:
            found = self._loaded.get(self._numbers.get(article_id, 0))
        return found.article if found else None

    def list_cards(self, filter: Filter) -> list[Card] | None:
        """Return the cards of the articles that a filter names, None if the file must be asked.

        It must be if one of them was not read yet, if the filter has other conditions than collections, or if it is not
        known that all articles of the library are in these collections.
        """
        named = Filter(collections=filter.collections, articles=filter.articles)
        if not filter.articles or filter != named:
            return None
        with self._lock:
            if self._admitted.get(Filter(collections=filter.collections), _UNKNOWN) is not None:
                return None
            seqs = sorted(self._numbers.get(key, 0) for key in set(filter.articles))
            found = [self._loaded.get(seq) for seq in seqs]
        return None if None in found else [each.card for each in found if each is not None]

    def load(self, store: ArticleStore, seq: int) -> LazyArticle | None:
        """Return an article, None if it is gone or damaged, and keep it; those not used for longest make room.

        One damaged article must not stop answers from all others, so here it is only logged.
        """
        with self._lock:
            if seq in self._loaded:
                self._loaded.move_to_end(seq)
                return self._loaded[seq]
        loaded = None
        try:
            loaded = store.open(seq)
        except CorruptIndex as exc:
            lazy_log.warn("skipped: %s", exc)
        with self._lock:
            if seq not in self._loaded:  # else another thread was faster
                self._keep(seq, loaded)
        return loaded

    def prefetch(self, store: ArticleStore, seqs: Iterable[int]) -> None:
        """Read and keep these articles: one query for all costs less than one for each."""
        with self._lock:
            missing = dict.fromkeys(seq for seq in seqs if seq not in self._loaded)
        found = list(store.open_many(missing)) if len(missing) > 1 else []
        with self._lock:
            for seq, article in found:
                if seq not in self._loaded:
                    self._keep(seq, article)

    def load_passage(self, store: ArticleStore, seq: int, number: int) -> Passage | None:
        """Return a passage that the index knows, None if its article is gone or damaged.

        Raises:
            DamagedSearchIndex: the article has no such passage, so the index is of another library.
        """
        found = self.load(store, seq)
        if found is None:
            return None
        if (passage := found.cut_passage(number)) is None:
            raise DamagedSearchIndex(store.address, f"it knows a passage {number} of article {found.card.id}")
        return passage

    def find_admitted(self, store: ArticleStore, filter: Filter) -> frozenset[int] | None:
        """Return the numbers of the articles that pass the filter, None if all do."""
        within = self._drop_empty(store, filter)
        if within not in self._admitted:
            seqs: frozenset[int] | None = None
            if within != Filter(collections=within.collections) or self.count(store, within) != self.totals.articles:
                seqs = store.find_admitted(within)
            if len(self._admitted) >= _FILTERS:
                self._admitted.clear()
            self._admitted[within] = seqs
            return seqs
        return self._admitted[within]

    def count(self, store: ArticleStore, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        within = self._drop_empty(store, filter)
        found = self._counts.get(within)
        if found is None:
            found = store.count(within)
            if len(self._counts) >= _FILTERS:
                self._counts.clear()
            self._counts[within] = found
        return found

    def _drop_empty(self, store: ArticleStore, filter: Filter) -> Filter:
        """Return the filter without empty collections, so that thousands of chats that added nothing share a result."""
        for name in filter.collections:
            if name not in self._holding:
                if len(self._holding) >= _NAMES:
                    self._holding.clear()
                self._holding[name] = store.holds(name)
        return replace(filter, collections=tuple(name for name in filter.collections if self._holding.get(name, True)))

    def _keep(self, seq: int, loaded: LazyArticle | None) -> None:
        self._loaded[seq] = loaded
        if loaded is not None:
            self._size += len(loaded.body.text)
            self._numbers[loaded.card.id] = seq
        while self._size > _MOST and len(self._loaded) > 1:
            _, old = self._loaded.popitem(last=False)
            if old is not None:
                self._size -= len(old.body.text)
                self._numbers.pop(old.card.id, None)
