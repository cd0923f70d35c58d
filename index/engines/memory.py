"""The engine in memory: rank-bm25 over all passages, for up to a few thousand articles.

rank-bm25 brings numpy, whose import takes longer than a question to one article. So it chooses among passages, and
where all that hold a term are wanted, their scores alone are worked out, to the same bits.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..errors import UnknownArticle
from ..language import bm25
from ..model import Article, Card, Filter, Hit, Passage
from ..reading import passages
from .contract import Entry, Statistics, StorageSize, renew_card
from .vectors import fit_vectors


@dataclass(frozen=True)
class _Snapshot:
    """The data of a search. It never changes, so any number of threads may share it."""

    passages: tuple[Passage, ...]
    postings: dict[str, tuple[int, ...]]
    average: float  # the mean number of terms of a passage

    @cached_property
    def ranker(self) -> Any:  # rank_bm25 has no types
        """What ranks them."""
        return _build_ranker([passage.terms for passage in self.passages])

    def score(self, terms: Sequence[str], places: Sequence[int], limit: int) -> Sequence[float]:
        """Return the scores of some passages; of `limit` at most, none of them has to be chosen."""
        if len(places) > limit:
            scores: Sequence[float] = self.ranker.get_batch_scores(list(terms), places)
            return scores
        held = {term: len(self.postings.get(term, ())) for term in terms}
        return [
            bm25.score_passage(terms, self.passages[at].terms, len(self.passages), held, self.average) for at in places
        ]


@dataclass(frozen=True, slots=True)
class _Member:
    """What a collection has of its own of an article; `number` counts memberships in order of addition."""

    number: int
    article: Article
    card: Card
    raw: bytes | None = None


class MemoryEngine:
    """Articles in a dict, ranked by `rank_bm25.BM25Okapi` with the idf of the contract."""

    address = "memory:"

    def __init__(self, encoder: str = "") -> None:
        self._ours = self._held = encoder
        self._texts: dict[str, Article] = {}  # bare, in order of first addition
        self._members: dict[str, dict[str, _Member]] = {}  # by collection and article
        self._added = self._changes = 0
        self._snapshot: _Snapshot | None = None
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
            new = 0
            for name, article, raw in batch:
                members = self._members.setdefault(name, {})
                if (text := self._texts.get(article.id)) is None:
                    text, self._held = fit_vectors(article.bare, self.encoder, self._ours)
                    self._texts[article.id] = text
                    self._snapshot = None
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
            if not any(article_id in members for members in self._members.values()):
                del self._texts[article_id]
                self._snapshot = None

    def article(self, article_id: str, collections: tuple[str, ...]) -> Article:
        """Return the article; see `Engine.article`."""
        with self._lock:
            if (member := self._find(article_id, collections)) is None:
                raise UnknownArticle(article_id)
            return member.article

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter; see `Engine.articles`."""
        with self._lock:
            found = sorted(self._admit(filter).values(), key=lambda member: member.number)
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
            snapshot = self._get_snapshot()
            admitted = self._admit(filter)
        holding = {at for term in terms for at in snapshot.postings.get(term, ())}
        places = sorted(at for at in holding if snapshot.passages[at].article_id in admitted)
        if not places or limit < 1:
            return ()
        scores = snapshot.score(terms, places, limit)
        numbers = [admitted[snapshot.passages[at].article_id].number for at in places]
        best = sorted(zip(scores, numbers, places, strict=True), key=lambda row: (-row[0], *row[1:]))[:limit]
        return tuple(Hit(snapshot.passages[at], float(score)) for score, _, at in best)

    def unread(self, terms: Sequence[str], filter: Filter) -> tuple[str, ...]:  # noqa: ARG002 - the contract's parameters
        """Return (): nothing in memory is damaged."""
        return ()

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Do nothing: everything is in memory."""

    def statistics(self, terms: Sequence[str]) -> Statistics:
        """Return how common the terms are; see `Engine.statistics`."""
        with self._lock:
            snapshot = self._get_snapshot()
        known = {term: len(snapshot.postings[term]) for term in terms if term in snapshot.postings}
        return Statistics(len(snapshot.passages), known)

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

    def _admit(self, filter: Filter) -> dict[str, _Member]:
        """Return the memberships that count and pass, by article."""
        members: dict[str, _Member] = {}
        for name in reversed(filter.collections):
            members |= self._members.get(name, {})
        if filter == Filter(collections=filter.collections, now=filter.now):
            return members
        return {key: member for key, member in members.items() if filter.admits(member.card)}

    def _get_snapshot(self) -> _Snapshot:
        if self._snapshot is None:
            self._snapshot = _take_snapshot(self._texts.values())
        return self._snapshot


def _take_snapshot(articles: Iterable[Article]) -> _Snapshot:
    found = tuple(passage for article in articles for passage in passages.split(article))
    postings: dict[str, list[int]] = {}
    for at, passage in enumerate(found):
        for term in dict.fromkeys(passage.terms):
            postings.setdefault(term, []).append(at)
    average = sum(len(passage.terms) for passage in found) / max(1, len(found))
    return _Snapshot(found, {term: tuple(places) for term, places in postings.items()}, average)


def _build_ranker(corpus: list[tuple[str, ...]]) -> Any:
    """Return rank-bm25's Okapi ranker with Lucene's idf, which is never negative.

    rank-bm25's own idf, log(N - n + 0.5) - log(n + 0.5), is -0.27 for the only passage of an
    index and 0 for one of two, so that a match counts against or for nothing.
    """
    from rank_bm25 import BM25Okapi

    class LuceneIdf(BM25Okapi):  # type: ignore[misc]
        def _calc_idf(self, nd: dict[str, int]) -> None:
            self.idf = {term: bm25.idf(self.corpus_size, n) for term, n in nd.items()}

    return LuceneIdf(corpus, k1=bm25.K1, b=bm25.B)
