"""The engine in memory: rank-bm25 over all passages, for up to a few thousand articles."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import UnknownArticle
from ..language import bm25
from ..model import Article, Card, Filter, Hit, Passage, Statistics
from ..reading import passages
from .contract import StorageSize, renew_card


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The data of a search. It never changes, so any number of threads may share it."""

    passages: tuple[Passage, ...]
    postings: dict[str, tuple[int, ...]]
    ranker: Any  # rank_bm25 has no types; None when there is nothing to rank


class MemoryEngine:
    """Articles in a dict, ranked by `rank_bm25.BM25Okapi` with the idf of the contract."""

    address = "memory:"

    def __init__(self) -> None:
        self._articles: dict[str, Article] = {}
        self._members: dict[str, set[str]] = {}
        self._raw: dict[str, bytes] = {}
        self._snapshot: _Snapshot | None = None
        self._lock = threading.Lock()

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection; see `Engine.add`."""
        batch = list(articles)  # read them all first: a source that fails half-way changes nothing
        with self._lock:
            members = self._members.setdefault(collection, set())
            new = 0
            for article in batch:
                if (old := self._articles.get(article.id)) is None:
                    self._articles[article.id] = article
                    self._snapshot = None
                elif not any(article.id in self._members[name] for name in self._members if name != collection):
                    self._articles[article.id] = renew_card(old, article)
                new += article.id not in members
                members.add(article.id)
            return new

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection; see `Engine.remove`."""
        with self._lock:
            if article_id not in self._members.get(collection, ()):
                raise UnknownArticle(article_id)
            self._members[collection].discard(article_id)
            if not any(article_id in members for members in self._members.values()):
                del self._articles[article_id]
                self._raw.pop(article_id, None)
                self._snapshot = None

    def article(self, article_id: str) -> Article:
        """Return the article; see `Engine.article`."""
        try:
            return self._articles[article_id]
        except KeyError:
            raise UnknownArticle(article_id) from None

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter; see `Engine.articles`."""
        with self._lock:
            admitted = self._admit(filter)
            cards = [article.card for key, article in self._articles.items() if key in admitted]
        return iter(cards)

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
        scores = snapshot.ranker.get_batch_scores(list(terms), places)
        best = sorted(zip(scores, places, strict=True), key=lambda pair: (-pair[0], pair[1]))[:limit]
        return tuple(Hit(snapshot.passages[at], float(score)) for score, at in best)

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

    def keep(self, article_id: str, raw: bytes) -> bool:
        """Keep the source's own bytes; see `Engine.keep`."""
        with self._lock:
            if article_id not in self._articles:
                return False
            self._raw[article_id] = raw
            return True

    def raw(self, article_id: str) -> bytes | None:
        """Return the source's own bytes; see `Engine.raw`."""
        return self._raw.get(article_id)

    def sizes(self) -> StorageSize:
        """Return no sizes: there are no files."""
        return StorageSize()

    def __len__(self) -> int:
        return len(self._articles)

    def close(self) -> None:
        """Nothing to release."""

    def _admit(self, filter: Filter) -> set[str]:
        members = set().union(*(self._members.get(name, set()) for name in filter.collections))
        if filter == replace(filter, articles=(), sources=(), stories=(), since=None, until=None, lead=None):
            return members
        return {key for key in members if filter.admits(self._articles[key])}

    def _get_snapshot(self) -> _Snapshot:
        if self._snapshot is None:
            self._snapshot = _take_snapshot(self._articles.values())
        return self._snapshot


def _take_snapshot(articles: Iterable[Article]) -> _Snapshot:
    found = tuple(passage for article in articles for passage in passages.split(article))
    postings: dict[str, list[int]] = {}
    for at, passage in enumerate(found):
        for term in dict.fromkeys(passage.terms):
            postings.setdefault(term, []).append(at)
    ranker = _build_ranker([passage.terms for passage in found]) if postings else None
    return _Snapshot(found, {term: tuple(places) for term, places in postings.items()}, ranker)


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
