"""The cards of a library on a cluster: in order, by their ids, and the versions of stories."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from ...errors import CorruptIndex
from ...model import Card, Filter
from . import documents
from .documents import Held
from .link import SEARCHING, Link
from .place import Place
from .present import Present
from .shelf import Shelf

_PAGE = 500
_BY_ID = 200  # articles up to which a list by ids is fetched, not searched for

_Row = tuple[int, Card]  # the article's place in the order of first addition, and its card


@dataclass(frozen=True, slots=True)
class _Coming:
    """The versions of some stories: those that are known, and the others, which were asked for."""

    within: Filter
    stories: tuple[str, ...]
    version: str
    ours: list[_Row]
    others: Future[list[_Row]]


class Cards:
    """Lists what a library holds; safe to use from several threads."""

    def __init__(self, link: Link, place: Place, present: Present, shelf: Shelf, pool: Executor) -> None:
        self._link = link
        self._place = place
        self._present = present
        self._shelf = shelf
        self._pool = pool
        self._own = threading.local()

    def passing(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter, in order of first addition."""
        if not filter.collections:
            return
        if 0 < len(filter.articles) <= _BY_ID:
            found = [each for each in self._shelf.articles(filter.articles).values() if each.is_visible(filter)]
            yield from (each.card for each in sorted(found, key=lambda each: (each.sequence, each.card.id)))
            return
        rows = self._of_stories(filter) if filter.stories else self._listed(filter)
        yield from (card for _, card in rows)

    def articles(self, ids: Iterable[str], stories: Iterable[str], collections: tuple[str, ...]) -> dict[str, Held]:
        """Return those of the articles that there are, and begin to learn what else there is of their stories.

        Whoever cites an article asks for the versions of its story next, and this thread then has them.
        """
        wanted = tuple(dict.fromkeys(ids))
        within = Filter(collections=collections)
        self._settle(within)
        unknown = tuple(key for key in dict.fromkeys(stories) if key and self._kept(within, key) is None)
        if not unknown:
            return self._shelf.articles(wanted)
        version = self._present.version()
        others = self._pool.submit(self._others, replace(within, stories=unknown), wanted)
        found = self._shelf.articles(wanted)
        if len(found) == len(wanted):  # one that is damaged still has a card
            ours = [(each.sequence, each.card) for each in found.values() if each.is_visible(within)]
            self._own.coming = _Coming(within, unknown, version, ours, others)
        return found

    def _others(self, filter: Filter, known: tuple[str, ...]) -> list[_Row]:
        return list(self._listed(filter, known))

    def _of_stories(self, filter: Filter) -> list[_Row]:
        """Return what `_listed` does; each question asks for the versions of what it found."""
        within = replace(filter, stories=())
        self._settle(within)
        held = {key: self._kept(within, key) for key in filter.stories}
        unknown = tuple(key for key, found in held.items() if found is None)
        if unknown:
            version = self._present.version()
            held |= self._keep(within, unknown, self._listed(replace(filter, stories=unknown)), version)
        found = chain.from_iterable(rows for rows in held.values() if rows)
        return sorted(found, key=lambda each: (each[0], each[1].id))

    def _settle(self, within: Filter) -> None:
        """Wait for the versions that this thread has asked for, if any, and keep them."""
        coming, self._own.coming = getattr(self._own, "coming", None), None
        if coming is not None and coming.within == within:
            with suppress(CorruptIndex):  # who asks for just that one is told
                self._keep(within, coming.stories, chain(coming.ours, coming.others.result()), coming.version)

    def _kept(self, within: Filter, story: str) -> list[_Row] | None:
        found: list[_Row] | None = self._present.find(("story", within, story))
        return found

    def _keep(
        self, within: Filter, stories: tuple[str, ...], rows: Iterable[_Row], version: str
    ) -> dict[str, list[_Row]]:
        """Keep the rows of each story, and return them; rows of other stories are passed over."""
        held: dict[str, list[_Row]] = {key: [] for key in stories}
        for sequence, card in rows:
            if card.story in held:
                held[card.story].append((sequence, card))
        for key, found in held.items():
            self._present.keep(("story", within, key), found, version)
        return held

    def _listed(self, filter: Filter, without: tuple[str, ...] = ()) -> Iterator[_Row]:
        query: dict[str, Any] = {"filter": documents.condition(filter)}
        if without:
            query["must_not"] = {"terms": {"article": [documents.spelt(key) for key in without]}}
        body: dict[str, Any] = {
            "size": _PAGE,
            "query": {"bool": query},
            "sort": ["sequence", "article"],
            "_source": False,
            "stored_fields": ["card", "checksum"],
            "track_total_hits": False,
        }
        while True:
            rows = self._link.must("POST", f"/{self._place.articles}/_search?{SEARCHING}", body)["hits"]["hits"]
            for row in rows:
                try:
                    (card,), (checksum,) = row["fields"]["card"], row["fields"]["checksum"]
                    yield row["sort"][0], documents.read_card(card, checksum)
                except ValueError as exc:
                    message = f"the card of article {row['_id']} is damaged ({exc}); add its source again"
                    raise CorruptIndex(self._link.address, message) from exc
            if len(rows) < _PAGE:
                return
            body["search_after"] = rows[-1]["sort"]
