"""A log of the changes under way, so that what a killed writer leaves behind is found and cleaned up."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from .client import SEARCHING, WRITING, ClusterClient
from .location import ClusterLocation
from .mapping import list_passage_ids

LEASE = 300.0
"""Seconds after which an unfinished change counts as abandoned."""

FIELDS: dict[str, Any] = {
    "at": {"type": "long"},
    "beat": {"type": "long"},  # of a rebuild
    "version": {"type": "keyword"},  # of the library, in the document `state`
    "generations": {"type": "object", "enabled": False},
}

_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Generation:
    """One set of an article's passages, which a change writes or makes obsolete."""

    article_id: str
    name: str
    count: int

    def list_passage_ids(self) -> Iterator[str]:
        """Yield the ids of its passages."""
        return list_passage_ids(self.article_id, self.name, self.count)


@dataclass(frozen=True, slots=True)
class Intent:
    """A logged change: the generations that it touches, and the version of its log entry."""

    key: str
    generations: tuple[Generation, ...]
    seq_no: int
    term: int


class IntentLog:
    """The log of a library's changes under way."""

    def __init__(self, client: ClusterClient, location: ClusterLocation) -> None:
        self._client = client
        self._index = location.writes

    def begin(self, generations: Iterable[Generation]) -> Intent:
        """Log a change, before its first write."""
        found = tuple(generations)
        key = uuid4().hex
        body = {
            "at": int(time.time()),
            "generations": [[each.article_id, each.name, each.count] for each in found],
        }
        answer = self._client.request("PUT", f"/{self._index}/_doc/{key}", body, WRITING)
        return Intent(key, found, answer["_seq_no"], answer["_primary_term"])

    def is_open(self, intent: Intent) -> bool:
        """Tell whether the entry is still ours: not if another writer cleaned it up, or the library was rebuilt."""
        found = self._client.send("GET", f"/{self._index}/_doc/{intent.key}", None, WRITING)
        return found is not None and found.get("_seq_no") == intent.seq_no

    def end(self, intent: Intent) -> bool:
        """Delete the entry of a change that is done, and tell whether it was still ours."""
        path = f"/{self._index}/_doc/{intent.key}?if_seq_no={intent.seq_no}&if_primary_term={intent.term}"
        return self._client.change_if_same("DELETE", path, None)

    def take_over_abandoned(self) -> Iterator[Intent]:
        """Yield abandoned changes, each taken over so that no other writer cleans it up too."""
        body = {
            "size": _AT_ONCE,
            "query": {"range": {"at": {"lt": int(time.time() - LEASE)}}},
            "seq_no_primary_term": True,
        }
        answer = self._client.request("POST", f"/{self._index}/_search?{SEARCHING}", body)
        for row in answer["hits"]["hits"]:
            if (taken := self._take_over(row)) is not None:
                yield taken

    def count(self) -> int:
        """Return how many changes are under way or abandoned."""
        query = {"query": {"exists": {"field": "at"}}}
        return int(self._client.request("POST", f"/{self._index}/_count", query)["count"])

    def _take_over(self, row: Mapping[str, Any]) -> Intent | None:
        form = row["_source"]
        path = f"/{self._index}/_doc/{row['_id']}?if_seq_no={row['_seq_no']}&if_primary_term={row['_primary_term']}"
        if not self._client.change_if_same("PUT", path, form | {"at": int(time.time())}):
            return None
        found = self._client.request("GET", f"/{self._index}/_doc/{row['_id']}", None)
        generations = tuple(Generation(*each) for each in form["generations"])
        return Intent(row["_id"], generations, found["_seq_no"], found["_primary_term"])
