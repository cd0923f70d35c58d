"""Which changes are under way, so that what a killed writer leaves behind is found and swept."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from .documents import passage_ids
from .link import SEARCHING, WRITING, Link
from .place import Place

LEASE = 300.0
"""Seconds after which a change that is still under way counts as abandoned."""

FIELDS: dict[str, Any] = {
    "at": {"type": "long"},
    "beat": {"type": "long"},  # of a rebuild
    "version": {"type": "keyword"},  # of the library, in the document `state`
    "generations": {"type": "object", "enabled": False},
}

_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Generation:
    """Passages that a change writes or makes obsolete."""

    article_id: str
    name: str
    count: int

    def passage_ids(self) -> Iterator[str]:
        """Yield the ids of its passages."""
        return passage_ids(self.article_id, self.name, self.count)


@dataclass(frozen=True, slots=True)
class Intent:
    """A change under way: the generations it touches, and the version of its document."""

    key: str
    generations: tuple[Generation, ...]
    seq_no: int
    term: int


class Intents:
    """The changes under way of a library."""

    def __init__(self, link: Link, place: Place) -> None:
        self._link = link
        self._index = place.writes

    def begin(self, generations: Iterable[Generation]) -> Intent:
        """Note a change before its first write."""
        found = tuple(generations)
        key = uuid4().hex
        body = {
            "at": int(time.time()),
            "generations": [[each.article_id, each.name, each.count] for each in found],
        }
        answer = self._link.must("PUT", f"/{self._index}/_doc/{key}", body, WRITING)
        return Intent(key, found, answer["_seq_no"], answer["_primary_term"])

    def holds(self, intent: Intent) -> bool:
        """Tell whether the change still counts as under way: not when another writer swept it, or all is rebuilt."""
        found = self._link.send("GET", f"/{self._index}/_doc/{intent.key}", None, WRITING)
        return found is not None and found.get("_seq_no") == intent.seq_no

    def end(self, intent: Intent) -> bool:
        """Forget a change that is done, and tell whether it counted as under way until now."""
        path = f"/{self._index}/_doc/{intent.key}?if_seq_no={intent.seq_no}&if_primary_term={intent.term}"
        return self._link.change("DELETE", path, None)

    def abandoned(self) -> Iterator[Intent]:
        """Yield changes that nobody works on any more, each taken over so that no other writer sweeps it too."""
        body = {
            "size": _AT_ONCE,
            "query": {"range": {"at": {"lt": int(time.time() - LEASE)}}},
            "seq_no_primary_term": True,
        }
        answer = self._link.must("POST", f"/{self._index}/_search?{SEARCHING}", body)
        for row in answer["hits"]["hits"]:
            if (taken := self._take_over(row)) is not None:
                yield taken

    def count(self) -> int:
        """Return how many changes are under way or abandoned."""
        query = {"query": {"exists": {"field": "at"}}}
        return int(self._link.must("POST", f"/{self._index}/_count", query)["count"])

    def _take_over(self, row: Mapping[str, Any]) -> Intent | None:
        form = row["_source"]
        path = f"/{self._index}/_doc/{row['_id']}?if_seq_no={row['_seq_no']}&if_primary_term={row['_primary_term']}"
        if not self._link.change("PUT", path, form | {"at": int(time.time())}):
            return None
        found = self._link.must("GET", f"/{self._index}/_doc/{row['_id']}", None)
        generations = tuple(Generation(*each) for each in form["generations"])
        return Intent(row["_id"], generations, found["_seq_no"], found["_primary_term"])
