"""Searching a library on a cluster: counts, and the best passages in the order of their exact scores."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from ...language.bm25 import K1, score_passage
from ...model import DEFAULT_LANGUAGE, Card, Filter, Hit
from . import queries
from .article_cache import ArticleCache
from .cards import CardReader
from .client import SEARCHING, Answer, ClusterClient
from .counts import CountReader
from .location import ClusterLocation
from .mapping import FetchedArticle, find_member
from .read_cache import ReadCache

_SPARE = 20  # candidates beyond the limit: lengths rounded to one byte seldom move a passage further
_SLACK = 1.02  # until their segment is merged, removed passages count in the cluster's statistics
_GROWTH = 4  # factor for a second, larger search, if a passage outside the candidates may be among the best
_MOST = 10_000  # hits that one search of a cluster can return
_THREADS = 16  # as many as there are connections to a node
_TRIES = 3  # searches, if articles are replaced while their passages are being fetched


@dataclass(frozen=True, slots=True)
class _PassageRef:
    article_id: str
    generation: str
    number: int
    score: float
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """The best passages; whether none can be missing, and whether an article was replaced meanwhile."""

    hits: tuple[Hit, ...]
    is_sure: bool
    has_moved: bool


class ClusterSearcher:
    """Reads a library that exists; safe to use from several threads."""

    def __init__(
        self, client: ClusterClient, location: ClusterLocation, read_cache: ReadCache, article_cache: ArticleCache
    ) -> None:
        self._client = client
        self._location = location
        self._read_cache = read_cache
        self._article_cache = article_cache
        self._pool = ThreadPoolExecutor(_THREADS, "pullquote-read")
        self.counts = CountReader(client, location, read_cache)
        self._cards = CardReader(client, location, read_cache, article_cache, self._pool)
        self._next = threading.local()

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def list_cards(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter, in order of addition."""
        return self._cards.list_cards(filter)

    def list_memberships(self) -> Iterator[tuple[str, Card]]:
        """Yield the cards of all collections with their names, in order of addition."""
        return self._cards.list_memberships(self.fetch_collections())

    def list_added(self, place: int) -> Iterator[tuple[int, str, Card]]:
        """Yield the memberships from this place on, each with its place and collection, in order of addition."""
        return self._cards.list_added(place)

    def fetch_last_place(self) -> int:
        """Return the highest place in the order of addition, 0 without any."""
        answer: Answer = self._read_cache.get_or_make(
            "last place", lambda: self._search(self._location.articles, queries.LAST_PLACE)
        )
        return queries.read_last_place(answer)

    def fetch_collections(self) -> dict[str, int]:
        """Return how many articles each collection has, by name."""
        found: dict[str, int] = {}
        pages: dict[str, Any] = {"size": 1000, "sources": [{"name": {"terms": {"field": "collections"}}}]}
        while True:
            answer = self._search(self._location.articles, {"size": 0, "aggs": {"names": {"composite": pages}}})
            names = answer["aggregations"]["names"]
            found |= {queries.unescape_surrogates(each["key"]["name"]): each["doc_count"] for each in names["buckets"]}
            if "after_key" not in names:
                return dict(sorted(found.items()))
            pages["after"] = names["after_key"]

    def search(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
        """Return the passages of the best exact score, ties in passage order."""
        if limit < 1 or not terms or not filter.collections:
            return ()
        count, most = min(limit + _SPARE, _MOST), min((limit + _SPARE) * _GROWTH, _MOST)
        tries = 0
        while True:
            candidates = self._take_expected(terms, count, filter)
            if candidates is None:
                candidates = self._search_candidates(terms, count, filter)
            found = self._find_best(terms, limit, filter, candidates)
            tries += 1
            if found.has_moved and tries < _TRIES:  # still so after that: a killed writer left these passages
                continue
            if len(candidates) < count or found.is_sure or count == most:
                return found.hits
            count = most

    def _find_best(self, terms: Sequence[str], limit: int, filter: Filter, candidates: list[_PassageRef]) -> _Found:
        """Return the best candidates by exact score, without fetching those that the cluster's score rules out."""
        for near in dict.fromkeys((_count_near(candidates, limit), len(candidates))):
            some = candidates[:near]
            stored, has_moved = self._fetch_articles(some, filter.collections)
            self._article_cache.note_unread(terms, filter, (each.article_id for each in some))
            valid = [each for each in some if _is_valid(each, stored.get(each.article_id), filter)]
            hits, bound = self._rank(terms, valid, stored, filter)
            beyond = candidates[near if near < len(candidates) else -1].score if candidates else 0.0
            is_sure = len(hits) >= limit and hits[limit - 1].score > bound * beyond
            if has_moved or is_sure:
                break
        return _Found(tuple(hits[:limit]), is_sure, has_moved)

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Search, and keep the result for this thread's next search, if that is the same one."""
        if limit < 1 or not terms or not filter.collections:
            return
        count = min(limit + _SPARE, _MOST)

        def fetch() -> tuple[str, list[_PassageRef]]:
            return self._read_cache.fetch_version(), self._search_candidates(terms, count, filter)

        version, candidates = self._read_cache.read_while_checking(self._pool, fetch)
        self._next.found = ((tuple(terms), count, filter, version), candidates)

    def _take_expected(self, terms: Sequence[str], count: int, filter: Filter) -> list[_PassageRef] | None:
        """Return, once, what `expect` found for this search; None if it was another search, or the library changed."""
        key, found = getattr(self._next, "found", (None, None))
        self._next.found = (None, None)
        return found if key == (tuple(terms), count, filter, self._read_cache.fetch_version()) else None

    def _fetch_articles(
        self, candidates: Sequence[_PassageRef], collections: tuple[str, ...]
    ) -> tuple[dict[str, FetchedArticle], bool]:
        """Return the candidates' articles, and whether one was replaced since the search."""
        ids, stories = [each.article_id for each in candidates], [key for each in candidates for key in each.stories]
        stored = self._cards.fetch_articles(ids, stories, collections)
        named = {(each.article_id, each.generation) for each in candidates}
        odd = {key for key, generation in named if key in stored and stored[key].generation != generation}
        stored |= self._article_cache.fetch_intact_now(odd)
        return stored, any(key in stored and (key, stored[key].generation) not in named for key in odd)

    def _rank(
        self,
        terms: Sequence[str],
        candidates: list[_PassageRef],
        stored: Mapping[str, FetchedArticle],
        filter: Filter,
    ) -> tuple[list[Hit], float]:
        """Return all candidates in exact order, and the factor by which an exact score can exceed the cluster's."""
        language = filter.language or DEFAULT_LANGUAGE
        known = self.counts.fetch_statistics(terms, language)
        average = self.counts.fetch_totals(language).average_length
        found = []
        for each in candidates:
            article = stored[each.article_id]
            passage, member = article.text.cut_passage(each.number), find_member(article.members, filter.collections)
            if passage is None or member is None:
                continue
            if value := score_passage(terms, passage.terms, known.passages, known.frequency, average):
                found.append((-value, member.sequence, each.article_id, each.number, passage))
        found.sort(key=lambda entry: entry[:4])
        # Lucene's BM25Similarity leaves out the factor k1 + 1, its older LegacyBM25Similarity has it: the scores show
        # which of them the cluster uses
        bound = _SLACK * (K1 + 1 if found and -found[0][0] > 1.5 * candidates[0].score else 1.0)
        return [Hit(passage, -value) for value, *_, passage in found], bound

    def _search_candidates(self, terms: Sequence[str], count: int, filter: Filter) -> list[_PassageRef]:
        """Return candidates in the cluster's own order; the same request fetches whatever else the question needs."""
        language, within = filter.language or DEFAULT_LANGUAGE, replace(filter, language="")
        body = {
            "size": count,
            "query": {
                "bool": {"must": queries.build_term_query(terms, language), "filter": queries.build_filter(within)}
            },
            "sort": [{"_score": "desc"}, "sequence", "number"],
            "_source": False,
            "docvalue_fields": ["stories"],
            "track_total_hits": False,
        }
        # dfs: use the statistics of all shards, so that the order is the same as on one machine
        main = ({"index": self._location.passages, "search_type": "dfs_query_then_fetch"}, body)
        first = self.counts.ask([(None, *main), *self.counts.list_requests(terms, language, replace(filter, now=None))])
        return [_read_candidate(row) for row in first["hits"]["hits"]]

    def _search(self, index: str, body: dict[str, Any]) -> Answer:
        return self._client.request("POST", f"/{index}/_search?{SEARCHING}", body)


def _read_candidate(row: Mapping[str, Any]) -> _PassageRef:
    article_id, generation, number = row["_id"].split(".")
    stories = tuple(map(queries.unescape_surrogates, row["fields"]["stories"]))
    return _PassageRef(article_id, generation, int(number), row["sort"][0], stories)


def _count_near(candidates: Sequence[_PassageRef], limit: int) -> int:
    """Return how many candidates may be among the best if lengths are exact, as those of short passages are."""
    if len(candidates) <= limit:
        return len(candidates)
    least = candidates[limit - 1].score / _SLACK
    return next((at for at in range(limit, len(candidates)) if candidates[at].score < least), len(candidates))


def _is_valid(candidate: _PassageRef, held: FetchedArticle | None, filter: Filter) -> bool:
    """Tell whether the passage belongs to the article as it is now, and the filter admits it."""
    return held is not None and held.generation == candidate.generation and held.find_visible(filter) is not None
