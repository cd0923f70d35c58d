"""What was read of one state of a library; all of it is dropped when the library changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from ...errors import CorruptIndex
from ...model import Article, Card, Filter, Passage
from ...stories import find_superseded
from ..rows import LazyText
from ..totals import Totals
from . import lazy_log
from .library_index import LibraryIndex
from .member import MemberRow
from .search_index import DamagedSearchIndex
from .store import ArticleStore

_MOST = 4_000_000  # characters of text in memory; with terms and spans about ten times as many bytes, 17 with vectors
_CARDS = 20_000  # memberships in memory, about a kilobyte each
_FILTERS = 64  # filters whose results are kept
_NAMES = 10_000  # collections known to be empty or not
_NOTHING: Mapping[int, MemberRow | None] = {}
_NONE: tuple[set[int], set[int]] = (set(), set())


@dataclass(slots=True)
class CommitCache:
    """What was read of a library as of one commit.

    `languages` has the totals of each language that has articles. `checked` is the time at which that commit was last
    seen to be the newest. `index` is None until the first search, and `left_out` are the numbers of the articles that
    it lacks because they are damaged. `encoder` is None until it is asked for.
    """

    version: int
    totals: Totals
    languages: Mapping[str, Totals]
    index: LibraryIndex | None = None
    left_out: frozenset[int] = frozenset()
    encoder: str | None = None
    checked: float = 0.0
    _unread: dict[tuple[tuple[str, ...], Filter], tuple[str, ...]] = field(default_factory=dict)
    _admitted: dict[Filter, frozenset[int] | None] = field(default_factory=dict)
    _counts: dict[Filter, int] = field(default_factory=dict)
    _holding: dict[str, bool] = field(default_factory=dict)
    _loaded: OrderedDict[int, LazyText | None] = field(default_factory=OrderedDict)
    _within: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    _members: dict[tuple[str, ...], dict[int, MemberRow | None]] = field(default_factory=dict)
    _standings: dict[Filter, tuple[set[int], set[int]]] = field(default_factory=dict)  # looked at; superseded
    _versions: dict[tuple[str, ...], dict[str, tuple[MemberRow, ...]]] = field(default_factory=dict)  # by story
    _numbers: dict[str, int] = field(default_factory=dict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def narrow(self, filter: Filter) -> Filter | None:
        """Return the filter without a language that all articles have; None if none has the one that it names."""
        if filter.language and filter.language not in self.languages:
            return None
        return replace(filter, language="") if len(self.languages) == 1 else filter

    def find_number(self, article_id: str) -> int | None:
        """Return the number of an article that was read before, else None."""
        return self._numbers.get(article_id)

    def find_article(self, article_id: str, collections: tuple[str, ...]) -> Article | None:
        """Return an article that was read before for these collections, else None."""
        seq = self._numbers.get(article_id, 0)
        found, member = self._loaded.get(seq), self._get_members(collections).get(seq)
        return found.build_article(member.card) if found and member else None

    def list_cards(self, filter: Filter) -> list[Card] | None:
        """Return the cards of the articles that a filter names, None if the file must be asked.

        It must be if one of them, or of the stories that it names instead, was not read yet for these collections, or
        if the filter has other conditions.
        """
        if filter.stories and filter == Filter(collections=filter.collections, stories=filter.stories):
            versions = self._versions.get(self._within.get(filter.collections, filter.collections), {})
            if any(story not in versions for story in filter.stories):
                return None
            every = [member for story in dict.fromkeys(filter.stories) for member in versions[story]]
            return [one.card for one in sorted(every, key=attrgetter("number"))]
        if not filter.articles or filter != Filter(collections=filter.collections, articles=filter.articles):
            return None
        held = self._get_members(filter.collections)
        found = [held.get(self._numbers.get(key, 0)) for key in set(filter.articles)]
        members = [member for member in found if member is not None]
        return [one.card for one in sorted(members, key=attrgetter("number"))] if len(members) == len(found) else None

    def load(self, store: ArticleStore, seq: int) -> LazyText | None:
        """Return a text, None if it is gone or damaged, and keep it; those not used for longest make room.

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

    def load_members(
        self, store: ArticleStore, seqs: Sequence[int], collections: tuple[str, ...]
    ) -> Mapping[int, MemberRow | None]:
        """Return the memberships that count in these collections, those of at least these articles, and keep them.

        None stands for an article that none of the collections has, or whose card is damaged.
        """
        within = self._drop_empty(store, collections)
        held = self._members.get(within)
        if held is None:
            with self._lock:
                held = self._members.setdefault(within, {})
        missing = [seq for seq in seqs if seq not in held]
        if missing:
            with self._lock:
                if sum(map(len, self._members.values())) + len(missing) > _CARDS:
                    self._members.clear()
                    held = self._members.setdefault(within, {})
                    missing = list(seqs)
            found = store.find_members(missing, within)
            with self._lock:
                held.update((seq, found.get(seq)) for seq in missing)
        return held

    def find_superseded(self, store: ArticleStore, seqs: Collection[int], filter: Filter) -> set[int]:
        """Return those of the articles that are superseded by another one that the filter's asker may see."""
        looked_at, old = self._standings.get(filter, _NONE)
        if missing := [seq for seq in seqs if seq not in looked_at]:
            members = self.load_members(store, missing, filter.collections)
            cards = {seq: member.card for seq in missing if (member := members.get(seq)) is not None}
            versions = self._load_versions(store, {card.story for card in cards.values() if card.story}, filter)
            silent: set[str] = set()
            for each in versions:
                silent |= find_superseded([member.card for member in each], filter) if len(each) > 1 else set()
            with self._lock:
                if len(self._standings) >= _FILTERS or len(looked_at) >= _CARDS:
                    self._standings.clear()
                looked_at, old = self._standings.setdefault(filter, (set(), set()))
                looked_at.update(missing)
                old.update(seq for seq, card in cards.items() if card.id in silent)
        return old.intersection(seqs)

    def measure_current(self, filter: Filter) -> float:
        """Return which share of the articles that were looked at is not superseded; 1.0 where none was."""
        looked_at, old = self._standings.get(filter, _NONE)
        return max(0.01, 1 - len(old) / len(looked_at)) if looked_at else 1.0

    def _load_versions(
        self, store: ArticleStore, stories: Iterable[str], filter: Filter
    ) -> list[tuple[MemberRow, ...]]:
        """Return the versions of each story in order of addition, and keep them."""
        within = self._drop_empty(store, filter.collections)
        with self._lock:
            held = self._versions.setdefault(within, {})
        missing = [story for story in stories if story not in held]
        if missing:
            found: dict[str, list[MemberRow]] = {story: [] for story in missing}
            for member in store.find_versions(missing, within):
                found[member.card.story].append(member)
            with self._lock:
                if sum(map(len, self._versions.values())) + len(missing) > _CARDS:
                    self._versions.clear()
                held = self._versions.setdefault(within, held)
                held |= {story: tuple(members) for story, members in found.items()}
        return [held[story] for story in stories]

    def prefetch(self, store: ArticleStore, seqs: Iterable[int]) -> None:
        """Read and keep these texts: one query for all costs less than one for each."""
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
            raise DamagedSearchIndex(store.address, f"it knows a passage {number} of article {found.id}")
        return passage

    def note_unread(self, store: ArticleStore, terms: Sequence[str], filter: Filter, seqs: Iterable[int]) -> None:
        """Note the articles that a search came upon and could not read, but for those that are gone."""
        found = tuple(key for seq in sorted(seqs) if (key := store.find_id(seq)) != "?")
        if len(self._unread) >= _FILTERS:
            self._unread.clear()
        self._unread[tuple(terms), filter] = found

    def list_unread(self, terms: Sequence[str], filter: Filter) -> tuple[str, ...]:
        """Return the ids of the articles noted for a search."""
        return self._unread.get((tuple(terms), filter), ()) if self._unread else ()

    def find_admitted(self, store: ArticleStore, filter: Filter) -> frozenset[int] | None:
        """Return the numbers of the articles that pass the filter, None if all do."""
        within = replace(filter, collections=self._drop_empty(store, filter.collections))
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
        within = replace(filter, collections=self._drop_empty(store, filter.collections))
        found = self._counts.get(within)
        if found is None:
            found = store.count(within)
            if len(self._counts) >= _FILTERS:
                self._counts.clear()
            self._counts[within] = found
        return found

    def _drop_empty(self, store: ArticleStore, collections: tuple[str, ...]) -> tuple[str, ...]:
        """Return the collections that are not empty, so that thousands of chats that added nothing share a result."""
        found = self._within.get(collections)
        if found is None:
            for name in collections:
                if name not in self._holding:
                    if len(self._holding) >= _NAMES:
                        self._holding.clear()
                    self._holding[name] = store.holds(name)
            if len(self._within) >= _NAMES:
                self._within.clear()
            found = tuple(name for name in collections if self._holding.get(name, True))
            self._within[collections] = found
        return found

    def _get_members(self, collections: tuple[str, ...]) -> Mapping[int, MemberRow | None]:
        """Return the memberships that were read before for these collections."""
        return self._members.get(self._within.get(collections, collections), _NOTHING)

    def _keep(self, seq: int, loaded: LazyText | None) -> None:
        self._loaded[seq] = loaded
        if loaded is not None:
            self._size += len(loaded.body.text)
            self._numbers[loaded.id] = seq
        while self._size > _MOST and len(self._loaded) > 1:
            _, old = self._loaded.popitem(last=False)
            if old is not None:
                self._size -= len(old.body.text)
                self._numbers.pop(old.id, None)
