"""The engine in memory, for up to a few thousand articles, of which no file is kept."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from ..errors import UnknownArticle
from ..model import DEFAULT_LANGUAGE, Article, Card, Filter, Hit
from ..stories import find_superseded
from .contract import Entry, Statistics, StorageSize, renew_card
from .inverted_index import InvertedIndex
from .vectors import fit_vectors

_FILTERS = 64  # filters whose memberships are kept
_EMPTY = InvertedIndex()


@dataclass(frozen=True, slots=True)
class _Member:
    """What a collection has of its own of an article; `number` counts memberships in order of addition."""

    number: int
    article: Article
    card: Card
    raw: bytes | None = None


class MemoryEngine:
    """Articles in a dict, their passages in an inverted index for each language."""

    address = "memory:"

    def __init__(self, encoder: str = "") -> None:
        self._ours = self._held = encoder
        self._texts: dict[str, Article] = {}  # bare, in order of first addition
        self._members: dict[str, dict[str, _Member]] = {}  # by collection and article
        self._added = self._changes = 0
        self._indexes: dict[str, InvertedIndex] = {}  # by language
        self._admitted: dict[Filter, dict[str, _Member]] = {}
        self._current: dict[Filter, Mapping[str, _Member]] = {}  # without superseded versions
        self._versions: dict[tuple[str, ...], dict[str, list[_Member]]] = {}
        self._lock = threading.Lock()

    @property
    def encoder(self) -> str:
        """The encoder of all vectors; see `Engine.encoder`."""
        return self._held if self._texts else self._ours

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection; see `Engine.add`."""
        return self.restore((collection, article, None) for article in articles)

    def restore(self, entries: Iterable[Entry]) -> int:
        """Add articles to collections; see `Engine.restore`."""
        batch = list(entries)  # read them all first: a source that fails half-way changes nothing
        with self._lock:
            self._changes += 1
            self._forget()
            new = 0
            for name, article, raw in batch:
                members = self._members.setdefault(name, {})
                if (text := self._texts.get(article.id)) is None:
                    text, self._held = fit_vectors(article.bare, self.encoder, self._ours)
                    self._texts[article.id] = text
                    self._indexes.setdefault(text.language, InvertedIndex()).add(text)
                own = text.with_card(renew_card(text, article))
                if (member := members.get(article.id)) is None:
                    self._added += 1
                    new += 1
                    members[article.id] = _Member(self._added, own, own.card)
                else:
                    members[article.id] = replace(member, article=own, card=own.card)
                if raw is not None:
                    members[article.id] = replace(members[article.id], raw=raw)
            return new

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection; see `Engine.remove`."""
        with self._lock:
            if self._members.get(collection, {}).pop(article_id, None) is None:
                raise UnknownArticle(article_id)
            self._changes += 1
            self._forget()
            if not any(article_id in members for members in self._members.values()):
                self._drop(self._texts.pop(article_id))

    def article(self, article_id: str, collections: tuple[str, ...]) -> Article:
        """Return the article; see `Engine.article`."""
        with self._lock:
            if (member := self._find(article_id, collections)) is None:
                raise UnknownArticle(article_id)
            return member.article

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter; see `Engine.articles`."""
        with self._lock:
            found = sorted(self._admit(filter).values(), key=attrgetter("number"))
        return (member.card for member in found)

    def memberships(self) -> Iterator[tuple[str, Card]]:
        """Yield every collection's cards; see `Engine.memberships`."""
        with self._lock:
            found = [(one.number, name, one.card) for name, held in self._members.items() for one in held.values()]
        return ((name, card) for _, name, card in sorted(found, key=lambda row: row[0]))

    def last_place(self) -> int:
        """Return the place of the newest membership; see `Engine.last_place`."""
        return self._added

    def revision(self) -> str | None:
        """Return how often something was changed; see `Engine.revision`."""
        return str(self._changes)

    def added_since(self, place: int) -> Iterator[tuple[int, str, Card]]:
        """Yield the memberships from this place on; see `Engine.added_since`."""
        with self._lock:
            found = [(one.number, name, one.card) for name, held in self._members.items() for one in held.values()]
        return iter(sorted((row for row in found if row[0] >= place), key=lambda row: row[0]))

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter; see `Engine.count`."""
        with self._lock:
            return len(self._admit(filter))

    def search(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
        """Return the best passages; see `Engine.search`."""
        with self._lock:
            return self._find_best(terms, limit, filter.language, self._admit(replace(filter, language="")))

    def search_current(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[tuple[Hit, ...], bool]:
        """Return the best passages of current versions; see `Engine.search_current`."""
        with self._lock:
            everything = replace(filter, language="")
            current = self._admit_current(everything)
            found = self._find_best(terms, limit, filter.language, current)
            return found, len(current) < len(self._admit(everything))

    def unread(self, terms: Sequence[str], filter: Filter) -> tuple[str, ...]:  # noqa: ARG002 - the contract's parameters
        """Return (): nothing in memory is damaged."""
        return ()

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Do nothing: everything is in memory."""

    def statistics(self, terms: Sequence[str], language: str = DEFAULT_LANGUAGE) -> Statistics:
        """Return how common the terms are; see `Engine.statistics`."""
        with self._lock:
            index = self._indexes.get(language, _EMPTY)
            known = {term: count for term in terms if (count := index.count_holding(term))}
            return Statistics(index.passages, known)

    def languages(self, filter: Filter) -> dict[str, int]:
        """Return how many articles each language has; see `Engine.languages`."""
        with self._lock:
            found = self._admit(filter)
            if len(self._indexes) == 1:  # all are in one, and need not be counted
                return dict.fromkeys(self._indexes, len(found)) if found else {}
            return dict(Counter(member.card.language for member in found.values()))

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has; see `Engine.collections`."""
        with self._lock:
            return {name: len(members) for name, members in sorted(self._members.items()) if members}

    def keep(self, article_id: str, raw: bytes, collection: str) -> bool:
        """Keep the source's own bytes; see `Engine.keep`."""
        with self._lock:
            members = self._members.get(collection, {})
            if article_id not in members:
                return False
            members[article_id] = replace(members[article_id], raw=raw)
            return True

    def raw(self, article_id: str, collections: tuple[str, ...]) -> bytes | None:
        """Return the source's own bytes; see `Engine.raw`."""
        with self._lock:
            member = self._find(article_id, collections)
            return None if member is None else member.raw

    def sizes(self) -> StorageSize:
        """Return no sizes: there are no files."""
        return StorageSize()

    def __len__(self) -> int:
        return len(self._texts)

    def close(self) -> None:
        """Nothing to release."""

    def _find(self, article_id: str, collections: Sequence[str]) -> _Member | None:
        """Return the membership that counts; None if the article is in none of the collections."""
        held = (self._members.get(name, {}).get(article_id) for name in collections)
        return next(filter(None, held), None)

    def _drop(self, text: Article) -> None:
        """Take a text out of the index of its language."""
        index = self._indexes[text.language]
        index.remove(text.id)
        if index.is_littered():
            index = self._indexes[text.language] = InvertedIndex()
            for other in self._texts.values():
                if other.language == text.language:
                    index.add(other)

    def _find_best(
        self, terms: Sequence[str], limit: int, language: str, admitted: Mapping[str, _Member]
    ) -> tuple[Hit, ...]:
        index = self._indexes.get(language or DEFAULT_LANGUAGE)
        if limit < 1 or index is None:
            return ()
        hits = index.find_best(terms, limit, None if len(admitted) == len(self._texts) else admitted)
        hits.sort(key=lambda hit: (-hit.score, admitted[hit.passage.article_id].number, hit.passage.number))
        return tuple(hits[:limit])

    def _admit(self, filter: Filter) -> Mapping[str, _Member]:
        """Return the memberships that count and pass, by article."""
        if self._indexes.keys() == {filter.language}:  # no other language is there
            return self._admit(replace(filter, language=""))
        if (found := self._admitted.get(filter)) is None:
            found = self._find_admitted(filter)
            if not filter.articles and not filter.stories:  # those are looked up, and seldom asked for again
                if len(self._admitted) >= _FILTERS:
                    self._admitted.clear()
                    self._current.clear()
                self._admitted[filter] = found
        return found

    def _find_admitted(self, filter: Filter) -> dict[str, _Member]:
        plain = Filter(collections=filter.collections)
        if filter in (plain, replace(plain, now=filter.now)):
            members: dict[str, _Member] = {}
            for name in reversed(filter.collections):
                members |= self._members.get(name, {})
            return members
        every = self._admit(plain)
        looked_at: Iterable[_Member] = every.values()
        if filter.articles:
            looked_at = [every[key] for key in filter.articles if key in every]
        elif filter.stories:
            versions = self._group_by_story(filter.collections, every)
            looked_at = [member for key in filter.stories for member in versions.get(key, ())]
        return {member.card.id: member for member in looked_at if filter.admits(member.card)}

    def _admit_current(self, filter: Filter) -> Mapping[str, _Member]:
        """Return the memberships that count and pass, but for superseded versions."""
        if (found := self._current.get(filter)) is None:
            found = self._admit(filter)
            versions = self._group_by_story(filter.collections, self._admit(Filter(collections=filter.collections)))
            stories = {member.card.story for member in found.values()} - {""}
            old: set[str] = set()
            for cards in ([member.card for member in versions[story]] for story in stories):
                old |= find_superseded(cards, filter) if len(cards) > 1 else set()
            if old:
                found = {key: member for key, member in found.items() if key not in old}
            if filter in self._admitted:
                self._current[filter] = found
        return found

    def _group_by_story(
        self, collections: tuple[str, ...], members: Mapping[str, _Member]
    ) -> Mapping[str, Sequence[_Member]]:
        if (found := self._versions.get(collections)) is None:
            found = self._versions[collections] = {}
            for member in sorted(members.values(), key=attrgetter("number")):
                found.setdefault(member.card.story, []).append(member)
        return found

    def _forget(self) -> None:
        """Drop what was found of the memberships as they were."""
        self._admitted.clear()
        self._current.clear()
        self._versions.clear()
