"""The cards of a library on a cluster: in order, by id, and by story."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from heapq import merge
from itertools import chain
from typing import Any

from ...errors import CorruptIndex
from ...model import Card, Filter
from . import mapping, queries
from .article_cache import ArticleCache
from .client import SEARCHING, ClusterClient
from .location import ClusterLocation
from .mapping import FetchedArticle
from .read_cache import ReadCache

_PAGE = 500
_BY_ID = 200  # articles up to which a list by ids is fetched instead of searched for

_Row = tuple[int, Card]  # the article's place in the order of addition, and its card


@dataclass(frozen=True, slots=True)
class _PendingVersions:
    """The versions of some stories: `ours` are fetched already, `others` are being searched for."""

    within: Filter
    stories: tuple[str, ...]
    version: str
    ours: list[_Row]
    others: Future[list[_Row]]


class CardReader:
    """Lists the cards of a library; safe to use from several threads."""

    def __init__(
        self,
        client: ClusterClient,
        location: ClusterLocation,
        read_cache: ReadCache,
        article_cache: ArticleCache,
        pool: Executor,
    ) -> None:
        self._client = client
        self._location = location
        self._read_cache = read_cache
        self._article_cache = article_cache
        self._pool = pool
        self._local = threading.local()

    def list_cards(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter, in order of addition."""
        if not filter.collections:
            return
        if 0 < len(filter.articles) <= _BY_ID:
            found = self._article_cache.fetch(filter.articles)
            damaged = self._article_cache.list_damaged(key for key in filter.articles if key not in found)
            rows = chain(_pick_visible(found.values(), filter), self._search_damaged(filter, damaged))
            yield from (card for _, card in sorted(rows, key=_get_place))
        elif filter.stories:
            yield from (card for _, card in self._list_stories(filter))
        else:
            names = tuple(dict.fromkeys(filter.collections))
            parts = [self._list_in_order(filter, name, names[:place]) for place, name in enumerate(names)]
            yield from (card for _, card in merge(*parts, key=_get_place))

    def list_memberships(self, names: Iterable[str]) -> Iterator[tuple[str, Card]]:
        """Yield the cards of all these collections with their names, in order of addition."""

        def list_one(name: str) -> Iterator[tuple[int, str, str, Card]]:
            for sequence, card in self._list_in_order(Filter(collections=(name,)), name, ()):
                yield sequence, card.id, name, card

        found = merge(*map(list_one, names), key=lambda each: each[:3])
        return ((name, card) for *_, name, card in found)

    def list_added(self, place: int) -> Iterator[tuple[int, str, Card]]:
        """Yield the memberships from this place on, each with its place and collection, in order of addition."""
        since = {"range": {"order.sequence": {"gte": place}}}
        query = {"filter": [{"nested": {"path": "order", "query": since}}]}
        order = {"order.sequence": {"order": "asc", "nested": {"path": "order", "filter": since}}}
        rows = [
            (member.sequence, name, member.card)
            for members in self._read_pages(query, order, skips_damaged=True)
            for name, member in members.items()
            if member.sequence >= place
        ]
        return iter(sorted(rows, key=lambda row: (row[0], row[2].id)))

    def fetch_articles(
        self, ids: Iterable[str], stories: Iterable[str], collections: tuple[str, ...]
    ) -> dict[str, FetchedArticle]:
        """Return the articles that exist, by id, and start a search for the other versions of their stories.

        Whoever cites an article asks for the versions of its story next; this thread then has them.
        """
        wanted = tuple(dict.fromkeys(ids))
        within = Filter(collections=collections)
        self._settle(within)
        unknown = tuple(key for key in dict.fromkeys(stories) if key and self._find(within, key) is None)
        if not unknown:
            return self._article_cache.fetch(wanted)
        version = self._read_cache.fetch_version()
        others = self._pool.submit(self._fetch_others, replace(within, stories=unknown), wanted)
        found = self._article_cache.fetch(wanted)
        if len(found) == len(wanted):  # else one is damaged, and its card, which a listing has, would be missing
            ours = list(_pick_visible(found.values(), within))
            self._local.pending = _PendingVersions(within, unknown, version, ours, others)
        return found

    def _fetch_others(self, filter: Filter, known: tuple[str, ...]) -> list[_Row]:
        return list(self._search(filter, known))

    def _list_stories(self, filter: Filter) -> list[_Row]:
        """Return what `_search` does, from memory where possible: every question asks for versions."""
        within = replace(filter, stories=())
        self._settle(within)
        held = {key: self._find(within, key) for key in filter.stories}
        unknown = tuple(key for key, found in held.items() if found is None)
        if unknown:
            version = self._read_cache.fetch_version()
            held |= self._keep(within, unknown, self._search(replace(filter, stories=unknown)), version)
        found = chain.from_iterable(rows for rows in held.values() if rows)
        return sorted(found, key=_get_place)

    def _settle(self, within: Filter) -> None:
        """Wait for the versions that this thread has searched for, if any, and keep them."""
        pending, self._local.pending = getattr(self._local, "pending", None), None
        if pending is not None and pending.within == within:
            with suppress(CorruptIndex):  # reported to whoever asks for the damaged article itself
                self._keep(within, pending.stories, chain(pending.ours, pending.others.result()), pending.version)

    def _find(self, within: Filter, story: str) -> list[_Row] | None:
        found: list[_Row] | None = self._read_cache.find(("story", within, story))
        return found

    def _keep(
        self, within: Filter, stories: tuple[str, ...], rows: Iterable[_Row], version: str
    ) -> dict[str, list[_Row]]:
        """Keep the rows of each story, and return them; rows of other stories are ignored."""
        held: dict[str, list[_Row]] = {key: [] for key in stories}
        for sequence, card in rows:
            if card.story in held:
                held[card.story].append((sequence, card))
        for key, found in held.items():
            self._read_cache.keep(("story", within, key), found, version)
        return held

    def _search(self, filter: Filter, without: tuple[str, ...] = ()) -> Iterator[_Row]:
        """Yield the articles that pass the filter, in any order."""
        query: dict[str, Any] = {"filter": queries.build_filter(filter)}
        if without:
            query["must_not"] = {"terms": {"article": [queries.escape_surrogates(key) for key in without]}}
        for members in self._read_pages(query, "sequence"):
            member = mapping.find_member(members, filter.collections)
            if member is not None:
                yield member.sequence, member.card

    def _search_damaged(self, filter: Filter, ids: Iterable[str]) -> Iterator[_Row]:
        """Yield what the filter admits of articles whose text is damaged: their cards, stored apart, may be whole."""
        for key in ids:
            with suppress(CorruptIndex):
                yield from self._search(replace(filter, articles=(key,)))

    def _list_in_order(self, filter: Filter, name: str, before: tuple[str, ...]) -> Iterator[_Row]:
        """Yield the articles whose membership in a collection counts and passes, in order of addition."""
        query: dict[str, Any] = {"filter": queries.build_filter(replace(filter, collections=(name,)))}
        if before:
            query["must_not"] = queries.match_collections(before)
        own = {"path": "order", "filter": {"term": {"order.collection": queries.escape_surrogates(name)}}}
        for members in self._read_pages(query, {"order.sequence": {"order": "asc", "nested": own}}):
            yield members[name].sequence, members[name].card

    def _read_pages(
        self, query: dict[str, Any], order: Any, *, skips_damaged: bool = False
    ) -> Iterator[mapping.Members]:
        """Yield what is stated of the articles that match, a page at a time."""
        body: dict[str, Any] = {
            "size": _PAGE,
            "query": {"bool": query},
            "sort": [order, "article"],
            "_source": False,
            "stored_fields": ["cards", "checksum"],
            "track_total_hits": False,
        }
        while True:
            rows = self._client.request("POST", f"/{self._location.articles}/_search?{SEARCHING}", body)["hits"]["hits"]
            for row in rows:
                try:
                    (cards,), (checksum,) = row["fields"]["cards"], row["fields"]["checksum"]
                    yield mapping.decode_members(cards, checksum)
                except ValueError as exc:
                    if skips_damaged:
                        continue
                    message = f"the card of article {row['_id']} is damaged ({exc}); add its source again"
                    raise CorruptIndex(self._client.address, message) from exc
            if len(rows) < _PAGE:
                return
            body["search_after"] = rows[-1]["sort"]


def _pick_visible(found: Iterable[FetchedArticle], filter: Filter) -> Iterator[_Row]:
    members = (each.find_visible(filter) for each in found)
    return ((member.sequence, member.card) for member in members if member is not None)


def _get_place(row: _Row) -> tuple[int, str]:
    return row[0], row[1].id
