"""What one state of a library has told so far; thrown away whole when the library changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ...errors import CorruptIndex
from ...model import Article, Card, Filter, Passage
from ..rows import Uncut
from . import log
from .ranker import DamagedRanker, Ranker
from .store import Store, Totals

_MOST = 4_000_000  # characters of text: with terms and spans about ten times as many bytes
_FILTERS = 64
_NAMES = 10_000
_UNKNOWN: frozenset[int] = frozenset()


@dataclass(slots=True)
class View:
    """A library as of one commit, `checked` when last seen to be the newest. The index is opened for searching only."""

    version: int
    totals: Totals
    ranker: Ranker | None = None
    checked: float = 0.0
    _admitted: dict[Filter, frozenset[int] | None] = field(default_factory=dict)
    _counts: dict[Filter, int] = field(default_factory=dict)
    _holding: dict[str, bool] = field(default_factory=dict)
    _loaded: OrderedDict[int, Uncut | None] = field(default_factory=OrderedDict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def number(self, article_id: str) -> int | None:
        """Return the number of an article that is kept, else None."""
        return self._numbers.get(article_id)

    def held(self, article_id: str) -> Article | None:
        """Return an article that was read before, None when it was not."""
        with self._lock:
            found = self._loaded.get(self._numbers.get(article_id, 0))
        return found.article if found else None

    def cards(self, filter: Filter) -> list[Card] | None:
        """Return the cards of the articles that a filter names, None where only the file can tell.

        It must where one was not read yet, where the filter asks for more than their collections, and where it is not
        known that all articles are of these collections.
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

    def load(self, store: Store, seq: int) -> Uncut | None:
        """Return an article and keep it, at the cost of those not used for longest; None when it is gone or damaged.

        One damaged article must not silence all others, so here it is only logged.
        """
        with self._lock:
            if seq in self._loaded:
                self._loaded.move_to_end(seq)
                return self._loaded[seq]
        loaded = None
        try:
            loaded = store.open(seq)
        except CorruptIndex as exc:
            log.warning("passed over: %s", exc)
        with self._lock:
            if seq not in self._loaded:  # else another thread was faster
                self._keep(seq, loaded)
        return loaded

    def prepare(self, store: Store, seqs: Iterable[int]) -> None:
        """Keep these articles if there is room: one look at the file costs less than one for each."""
        with self._lock:
            lacking = dict.fromkeys(seq for seq in seqs if seq not in self._loaded)
        found = list(store.open_many(lacking)) if len(lacking) > 1 else []
        with self._lock:
            for seq, article in found:
                if seq not in self._loaded:
                    self._keep(seq, article)

    def passage(self, store: Store, seq: int, number: int) -> Passage | None:
        """Return a passage that the index knows, None when its article is gone or damaged.

        Raises:
            DamagedRanker: the article has no such passage, so the index is of another library.
        """
        found = self.load(store, seq)
        if found is None:
            return None
        if (passage := found.passage(number)) is None:
            raise DamagedRanker(store.address, f"it knows a passage {number} of article {found.card.id}")
        return passage

    def admits(self, store: Store, filter: Filter) -> frozenset[int] | None:
        """Return the numbers of the articles that pass the filter, None where all do."""
        told = self._told(store, filter)
        if told not in self._admitted:
            seqs: frozenset[int] | None = None
            if told != Filter(collections=told.collections) or self.count(store, told) != self.totals.articles:
                seqs = store.admitted(told)
            if len(self._admitted) >= _FILTERS:
                self._admitted.clear()
            self._admitted[told] = seqs
            return seqs
        return self._admitted[told]

    def count(self, store: Store, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        told = self._told(store, filter)
        found = self._counts.get(told)
        if found is None:
            found = store.count(told)
            if len(self._counts) >= _FILTERS:
                self._counts.clear()
            self._counts[told] = found
        return found

    def _told(self, store: Store, filter: Filter) -> Filter:
        """Return the filter without collections that hold nothing: thousands of chats that added nothing look alike."""
        for name in filter.collections:
            if name not in self._holding:
                if len(self._holding) >= _NAMES:
                    self._holding.clear()
                self._holding[name] = store.holds(name)
        return replace(filter, collections=tuple(name for name in filter.collections if self._holding.get(name, True)))

    def _keep(self, seq: int, loaded: Uncut | None) -> None:
        self._loaded[seq] = loaded
        if loaded is not None:
            self._size += len(loaded.body.text)
            self._numbers[loaded.card.id] = seq
        while self._size > _MOST and len(self._loaded) > 1:
            _, old = self._loaded.popitem(last=False)
            if old is not None:
                self._size -= len(old.body.text)
                self._numbers.pop(old.card.id, None)
