"""How much a library on a cluster has, and how common terms are: by language, and kept until the library changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...errors import EngineUnavailable
from ...model import Filter
from ..contract import Statistics
from ..totals import Totals
from . import queries
from .client import READING, SEARCHING, Answer, ClusterClient
from .location import ClusterLocation
from .read_cache import ReadCache

Request = tuple[Any, dict[str, Any], dict[str, Any]]
"""A search among others of one request: the key under which its answer is kept, or None; its head, and its body."""


class CountReader:
    """Counts articles, passages and terms of a library; safe to use from several threads."""

    def __init__(self, client: ClusterClient, location: ClusterLocation, read_cache: ReadCache) -> None:
        self._client = client
        self._location = location
        self._read_cache = read_cache

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        if not filter.collections:
            return 0
        answer: Answer = self._read_cache.get_or_make(
            ("count", filter), lambda: self._search(self._location.articles, _build_count(filter))
        )
        return _read_total(answer)

    def count_by_language(self, filter: Filter, languages: Sequence[str]) -> dict[str, int]:
        """Return how many articles in each of these languages pass the filter; those without any are left out."""
        filters = {code: replace(filter, language=code) for code in languages}
        unknown = [each for each in filters.values() if self._read_cache.find(("count", each)) is None]
        if unknown and filter.collections:
            self.ask([(("count", each), {"index": self._location.articles}, _build_count(each)) for each in unknown])
        return {code: count for code, each in filters.items() if (count := self.count(each))}

    def fetch_totals(self, language: str = "") -> Totals:
        """Return how many articles, passages and terms the library has in a language, "" for all."""
        return _read_totals(
            self._read_cache.get_or_make(
                ("totals", language), lambda: self._search(self._location.articles, _build_totals(language))
            )
        )

    def fetch_statistics(self, terms: Sequence[str], language: str) -> Statistics:
        """Return how common the terms are in a language, exactly."""
        requests = self.list_requests(terms, language)
        if requests:
            self.ask(requests)
        passages_in_all = self.fetch_totals(language).passages
        # min: passages of an article that is being added may be in the index already
        counts = {term: min(self._count_holding(term, language), passages_in_all) for term in dict.fromkeys(terms)}
        return Statistics(passages_in_all, {term: count for term, count in counts.items() if count})

    def list_requests(self, terms: Sequence[str], language: str, filter: Filter | None = None) -> list[Request]:
        """Return the requests for what is not known: counts of terms, totals, and articles that pass a filter."""
        found: list[Request] = []
        for term in dict.fromkeys(terms):
            if self._read_cache.find(("term", language, term)) is None:
                body = _build_term_count(term, language)
                found.append((("term", language, term), {"index": self._location.passages}, body))
        if self._read_cache.find(("totals", language)) is None:
            found.append((("totals", language), {"index": self._location.articles}, _build_totals(language)))
        if filter is not None and self._read_cache.find(("count", filter)) is None:
            found.append((("count", filter), {"index": self._location.articles}, _build_count(filter)))
        return found

    def ask(self, questions: Sequence[Request]) -> Answer:
        """Send all requests at once, keep the answers that have a key, and return the first answer."""
        version = self._read_cache.fetch_version()
        lines = [line for _, head, body in questions for line in (head | _WHOLE, body)]
        answers = self._client.send_lines("/_msearch", lines, READING)["responses"]
        for (key, _, _), answer in zip(questions, answers, strict=True):
            if "error" in answer:
                raise EngineUnavailable(self._client.address, "has lost an index of this library; open it again")
            if key is not None:
                self._read_cache.keep(key, answer, version)
        first: Answer = answers[0]
        return first

    def _count_holding(self, term: str, language: str) -> int:
        return _read_total(
            self._read_cache.get_or_make(
                ("term", language, term),
                lambda: self._search(self._location.passages, _build_term_count(term, language)),
            )
        )

    def _search(self, index: str, body: dict[str, Any]) -> Answer:
        return self._client.request("POST", f"/{index}/_search?{SEARCHING}", body)


_WHOLE = {"allow_partial_search_results": False, "preference": "_local"}

_SUMS = {"passages": {"sum": {"field": "passages"}}, "terms": {"sum": {"field": "terms"}}}


def _build_totals(language: str) -> dict[str, Any]:
    within = {"query": queries.match_language(language)} if language else {}
    return {"size": 0, "track_total_hits": True, "aggs": _SUMS} | within


def _build_term_count(term: str, language: str) -> dict[str, Any]:
    return {"size": 0, "track_total_hits": True, "query": queries.build_term_query([term], language)}


def _build_count(filter: Filter) -> dict[str, Any]:
    return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": queries.build_filter(filter)}}}


def _read_total(answer: Answer) -> int:
    return int(answer["hits"]["total"]["value"])


def _read_totals(answer: Answer) -> Totals:
    sums = answer["aggregations"]
    return Totals(_read_total(answer), int(sums["passages"]["value"]), int(sums["terms"]["value"]))
