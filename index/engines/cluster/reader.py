"""What a library on a cluster holds: counts, and the best passages in their exact order."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from ...errors import EngineUnavailable
from ...model import Card, Filter, Hit, Statistics
from .. import score
from . import documents
from .cards import Cards
from .documents import Held
from .link import READING, SEARCHING, Answer, Link
from .place import Place
from .present import Present
from .shelf import Shelf

_SPARE = 20  # nominations beyond the limit: lengths rounded to one byte seldom move a passage further
_SLACK = 1.02  # removed passages count in the cluster's statistics until their segment is merged
_GROWTH = 4  # how many times more are asked for, once, where one that is missing could still come among the best
_MOST = 10_000  # what one search of a cluster gives at most
_THREADS = 16  # as many connections as there are to a node
_TRIES = 3  # passages of an article that was stored anew meanwhile are looked for again


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole library holds; `terms` counts those of all passages."""

    articles: int = 0
    passages: int = 0
    terms: int = 0


@dataclass(frozen=True, slots=True)
class _Nominee:
    article_id: str
    generation: str
    number: int
    score: float
    story: str


@dataclass(frozen=True, slots=True)
class _Found:
    """The best passages; whether none can be missing, and whether an article was stored anew meanwhile."""

    hits: tuple[Hit, ...]
    is_sure: bool
    has_moved: bool


class Reader:
    """Reads a library that is there; safe to use from several threads."""

    def __init__(self, link: Link, place: Place, present: Present, shelf: Shelf) -> None:
        self._link = link
        self._place = place
        self._present = present
        self._shelf = shelf
        self._pool = ThreadPoolExecutor(_THREADS, "pullquote-read")
        self._cards = Cards(link, place, present, shelf, self._pool)
        self._next = threading.local()

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def cards(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter, in order of first addition."""
        return self._cards.passing(filter)

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        if not filter.collections:
            return 0
        answer: Answer = self._present.get(
            ("count", filter), lambda: self._search(self._place.articles, _count(filter))
        )
        return _total(answer)

    def totals(self) -> Totals:
        """Return how much there is."""
        return _totals(self._present.get("totals", lambda: self._search(self._place.articles, _TOTALS)))

    def statistics(self, terms: Sequence[str]) -> Statistics:
        """Return how common the terms are, exactly."""
        unknown = [term for term in dict.fromkeys(terms) if self._present.find(("term", term)) is None]
        if unknown or self._present.find("totals") is None:
            self._ask(self._questions(unknown, None))
        passages_in_all = self.totals().passages
        # min: passages may be on their way in while their article is not
        counts = {term: min(self._frequency(term), passages_in_all) for term in dict.fromkeys(terms)}
        return Statistics(passages_in_all, {term: count for term, count in counts.items() if count})

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has, by name."""
        found: dict[str, int] = {}
        pages: dict[str, Any] = {"size": 1000, "sources": [{"name": {"terms": {"field": "collections"}}}]}
        while True:
            answer = self._search(self._place.articles, {"size": 0, "aggs": {"names": {"composite": pages}}})
            names = answer["aggregations"]["names"]
            found |= {documents.unspelt(each["key"]["name"]): each["doc_count"] for each in names["buckets"]}
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
            nominees = self._expected(terms, count, filter)
            if nominees is None:
                nominees = self._nominate(terms, count, filter)
            found = self._best(terms, limit, filter, nominees)
            tries += 1
            if found.has_moved and tries < _TRIES:  # after that it is litter that a killed writer has left
                continue
            if len(nominees) < count or found.is_sure or count == most:
                return found.hits
            count = most

    def _best(self, terms: Sequence[str], limit: int, filter: Filter, nominees: list[_Nominee]) -> _Found:
        """Return the best nominees by exact score; what the cluster's own score rules out is not fetched."""
        for near in dict.fromkeys((_near(nominees, limit), len(nominees))):
            some = nominees[:near]
            stored, has_moved = self._borne_out(some, filter.collections)
            valid = [each for each in some if _is_valid(each, stored.get(each.article_id), filter)]
            hits, bound = self._ranked(terms, valid, stored)
            beyond = nominees[near if near < len(nominees) else -1].score if nominees else 0.0
            is_sure = len(hits) >= limit and hits[limit - 1].score > bound * beyond
            if has_moved or is_sure:
                break
        return _Found(tuple(hits[:limit]), is_sure, has_moved)

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Search, and keep what was found for this thread's next search if that is the same."""
        if limit < 1 or not terms or not filter.collections:
            return
        count = min(limit + _SPARE, _MOST)

        def found() -> tuple[str, list[_Nominee]]:
            return self._present.version(), self._nominate(terms, count, filter)

        version, nominees = self._present.meanwhile(self._pool, found)
        self._next.found = ((tuple(terms), count, filter, version), nominees)

    def _expected(self, terms: Sequence[str], count: int, filter: Filter) -> list[_Nominee] | None:
        """Return what was found for just this search, once; None if there was none, or the library has changed."""
        key, found = getattr(self._next, "found", (None, None))
        self._next.found = (None, None)
        return found if key == (tuple(terms), count, filter, self._present.version()) else None

    def _borne_out(self, nominees: Sequence[_Nominee], collections: tuple[str, ...]) -> tuple[dict[str, Held], bool]:
        """Return the nominees' articles, and whether one was stored anew since its passages were looked for."""
        ids, stories = [each.article_id for each in nominees], [each.story for each in nominees]
        stored = self._cards.articles(ids, stories, collections)
        named = {(each.article_id, each.generation) for each in nominees}
        odd = {key for key, generation in named if key in stored and stored[key].generation != generation}
        stored |= self._shelf.held_now(odd)
        return stored, any(key in stored and (key, stored[key].generation) not in named for key in odd)

    def _ranked(
        self, terms: Sequence[str], nominees: list[_Nominee], stored: Mapping[str, Held]
    ) -> tuple[list[Hit], float]:
        """Return all nominees in exact order, and how much an exact score can be above the cluster's own."""
        known, totals = self.statistics(terms), self.totals()
        average = totals.terms / max(1, totals.passages) or 1.0
        found = []
        for each in nominees:
            passage = stored[each.article_id].passage(each.number)
            if value := score.exact(terms, passage.terms, known, average):
                found.append((-value, stored[each.article_id].sequence, each.article_id, each.number, passage))
        found.sort(key=lambda entry: entry[:4])
        bound = _SLACK * (2.2 if found and -found[0][0] > 1.5 * nominees[0].score else 1.0)
        return [Hit(passage, -value) for value, *_, passage in found], bound

    def _nominate(self, terms: Sequence[str], count: int, filter: Filter) -> list[_Nominee]:
        """Return passages in the cluster's own order; the same request learns what the question needs besides."""
        unknown = [term for term in dict.fromkeys(terms) if self._present.find(("term", term)) is None]
        body = {
            "size": count,
            "query": {"bool": {"must": documents.holding(terms), "filter": documents.condition(filter)}},
            "sort": [{"_score": "desc"}, "sequence", "number"],
            "_source": False,
            "docvalue_fields": ["story"],
            "track_total_hits": False,
        }
        # dfs: the statistics of all shards, so that the order is that of one machine
        main = ({"index": self._place.passages, "search_type": "dfs_query_then_fetch"}, body)
        first = self._ask([(None, *main), *self._questions(unknown, replace(filter, now=None))])
        return [_nominee(row) for row in first["hits"]["hits"]]

    def _questions(
        self, terms: Sequence[str], filter: Filter | None
    ) -> list[tuple[Any, dict[str, Any], dict[str, Any]]]:
        """Return what to ask to learn how common terms are, how much there is, and how many articles pass a filter."""
        found: list[tuple[Any, dict[str, Any], dict[str, Any]]] = []
        for term in terms:
            body = {"size": 0, "track_total_hits": True, "query": documents.holding([term])}
            found.append((("term", term), {"index": self._place.passages}, body))
        if self._present.find("totals") is None:
            found.append(("totals", {"index": self._place.articles}, _TOTALS))
        if filter is not None and self._present.find(("count", filter)) is None:
            found.append((("count", filter), {"index": self._place.articles}, _count(filter)))
        return found

    def _ask(self, questions: list[tuple[Any, dict[str, Any], dict[str, Any]]]) -> Answer:
        """Ask all at once, keep what has a key, and return the first answer."""
        version = self._present.version()
        lines = [line for _, head, body in questions for line in (head | _WHOLE, body)]
        answers = self._link.lines("/_msearch", lines, READING)["responses"]
        for (key, _, _), answer in zip(questions, answers, strict=True):
            if "error" in answer:
                raise EngineUnavailable(self._link.address, "has lost an index of this library; open it again")
            if key is not None:
                self._present.keep(key, answer, version)
        first: Answer = answers[0]
        return first

    def _frequency(self, term: str) -> int:
        body = {"size": 0, "track_total_hits": True, "query": documents.holding([term])}
        return _total(self._present.get(("term", term), lambda: self._search(self._place.passages, body)))

    def _search(self, index: str, body: dict[str, Any]) -> Answer:
        return self._link.must("POST", f"/{index}/_search?{SEARCHING}", body)


_WHOLE = {"allow_partial_search_results": False, "preference": "_local"}

_TOTALS = {
    "size": 0,
    "track_total_hits": True,
    "aggs": {"passages": {"sum": {"field": "passages"}}, "terms": {"sum": {"field": "terms"}}},
}


def _count(filter: Filter) -> dict[str, Any]:
    return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": documents.condition(filter)}}}


def _total(answer: Answer) -> int:
    return int(answer["hits"]["total"]["value"])


def _totals(answer: Answer) -> Totals:
    sums = answer["aggregations"]
    return Totals(_total(answer), int(sums["passages"]["value"]), int(sums["terms"]["value"]))


def _nominee(row: Mapping[str, Any]) -> _Nominee:
    article_id, generation, number = row["_id"].split(".")
    (story,) = row["fields"]["story"]
    return _Nominee(article_id, generation, int(number), row["sort"][0], documents.unspelt(story))


def _near(nominees: Sequence[_Nominee], limit: int) -> int:
    """Return how many may come among the best if lengths were not rounded, as those of short passages are not."""
    if len(nominees) <= limit:
        return len(nominees)
    least = nominees[limit - 1].score / _SLACK
    return next((at for at in range(limit, len(nominees)) if nominees[at].score < least), len(nominees))


def _is_valid(nominee: _Nominee, held: Held | None, filter: Filter) -> bool:
    """Tell whether the passage is of the article as it is, and the filter admits it."""
    return held is not None and held.generation == nominee.generation and held.is_visible(filter)
