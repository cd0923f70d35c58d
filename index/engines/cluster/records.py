"""Records of chats on a cluster, beside a library or without one: what several processes of a bot share.

A record is found by its key as soon as it is written; only what counts or sweeps searches. No rebuild touches them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from ...errors import EngineError, EngineUnavailable, IncompatibleIndex
from .. import Login
from . import setup
from .bulk import BUSY
from .link import LOCAL, SEARCHING, SETTING_UP, WRITING, Link, Patience
from .place import Place, parse

FORMAT = 1

FIELDS: dict[str, Any] = {
    "owner": {"type": "keyword"},
    "kind": {"type": "keyword"},
    "chat": {"type": "long"},
    "until": {"type": "double"},
    "stamp": {"type": "keyword", "index": False, "doc_values": False},  # of the write, so that its writer knows it
    "body": {"type": "object", "enabled": False},
}

_LONGEST_KEY = 200  # ours are shorter; one that was asked for may be anything
_AT_ONCE = 50  # answers are of 50 kB
_SWEPT = 5_000  # in one request
_TAKEN = "taken"
_CONFLICT = 409

_ONCE = Patience(2.0, 2.0)
"""A person waits; a copy that hangs, which a cluster waits for until it has dropped it, is not waited for."""

_PATIENCE = 40.0
"""Seconds that a write may take: as long as it takes a cluster to find another node for one that hangs."""

Lines = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Plain values of a chat (0: of none); `kind` is what they are counted by, and `until` the second they last to."""

    kind: str
    chat: int
    body: Mapping[str, Any]
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it was read: `seq_no` and `term` tell whether it has changed since."""

    record: Record
    seq_no: int
    term: int


_ANY = Held(Record("", 0, {}), 0, 0)
_NOTHING: Mapping[str, Held | None] = MappingProxyType({})


class Records:
    """The records of one owner, the number of a bot; safe to use from several threads. Opening makes the index.

    Raises:
        ValueError: the address is malformed.
        EngineNotInstalled: opensearch-py is missing.
        EngineUnavailable: no node answers, the login is refused, or the cluster is too old.
        IncompatibleIndex: another format wrote it.
    """

    def __init__(self, address: str, login: Login | None, owner: str) -> None:
        self.address = address
        self._owner = owner
        place = parse(address)
        self._index = place.chats
        self._link = Link(address, place, login)
        try:
            self._link.check_version()
            if not is_there(self._link, place):
                create(self._link, place)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self._link.close()

    def get(self, key: str) -> Held | None:
        """Return the record, None where there is none."""
        if not 0 < len(key.encode(errors="replace")) <= _LONGEST_KEY:
            return None
        found = self._link.get(f"/{self._index}/_doc/{quote(self._id(key), safe=':', errors='replace')}?{LOCAL}")
        if found is None or (source := found["_source"])["kind"] == _TAKEN:
            return None
        return Held(_record(source), found["_seq_no"], found["_primary_term"])

    def write(self, records: Mapping[str, Record | None], since: Mapping[str, Held | None] = _NOTHING) -> bool:
        """Write records and delete those of None, in no order; those in `since` only if they are as they were then.

        None there stands for one that was not there. Returns False if such a one has changed; all others are written.

        Raises:
            EngineUnavailable: the cluster did not take them in time, or the index is gone; writing them again is safe.
        """
        stamp = uuid4().hex  # of this call, which has each record once
        left = {key: self._action(key, record, since.get(key, _ANY), stamp) for key, record in records.items()}
        won, began = True, time.monotonic()
        while True:
            beaten, problem = self._sent(left)
            # An answer may be lost, or late for a copy that hangs, though the records are written, and a repeated
            # request is beaten by itself: what is there tells.
            if left and (there := self._stamps(left)) is not None:
                for key in list(left):
                    if there.get(key) == (None if records[key] is None else stamp):
                        del left[key]
                    elif key in beaten:
                        del left[key]
                        won = False
            if not left:
                return won
            if time.monotonic() - began > _PATIENCE:
                raise EngineUnavailable(self.address, f"the cluster takes no records of chats ({problem}); try again")
            time.sleep(random.uniform(0.05, 0.2))  # noqa: S311 - jitter

    def swap(self, key: str, held: Held | None, record: Record) -> bool:
        """Write a record in the place of the one that was read (None: there was none); False when that has changed."""
        return self.write({key: record}, {key: held})

    def take(self, key: str, held: Held) -> bool:
        """Delete the record that was read; True for one caller alone, however many try."""
        if not self.swap(key, held, Record(_TAKEN, held.record.chat, {}, 0.0)):
            return False
        self.write({key: None})
        return True

    def of(self, chat: int) -> dict[str, Record]:
        """Return some records of a chat by their keys, {} when there are none left."""
        self._refresh()
        wanted = [{"term": {"owner": self._owner}}, {"term": {"chat": chat}}]
        body = {"size": _AT_ONCE, "query": {"bool": {"filter": wanted}}}
        answer = self._link.must("POST", f"/{self._index}/_search?{SEARCHING}", body, WRITING)
        rows = answer["hits"]["hits"]
        return {row["_id"].removeprefix(f"{self._owner}:"): _record(row["_source"]) for row in rows}

    def count(self, kind: str) -> tuple[int, int]:
        """Return how many records of a kind there are, and of how many chats."""
        self._refresh()
        wanted = [{"term": {"owner": self._owner}}, {"term": {"kind": kind}}]
        chats = {"cardinality": {"field": "chat", "precision_threshold": 40_000}}
        body = {
            "size": 0,
            "track_total_hits": True,
            "query": {"bool": {"filter": wanted}},
            "aggs": {"chats": chats},
        }
        answer = self._link.must("POST", f"/{self._index}/_search?{SEARCHING}", body)
        return answer["hits"]["total"]["value"], answer["aggregations"]["chats"]["value"]

    def sweep(self, now: float) -> None:
        """Delete what lasted to a second before `now`."""
        self._refresh()
        wanted = [{"term": {"owner": self._owner}}, {"range": {"until": {"lt": now}}}]
        path = f"/{self._index}/_delete_by_query?conflicts=proceed&refresh=true&max_docs={_SWEPT}"
        while self._link.must("POST", path, {"query": {"bool": {"filter": wanted}}}, SETTING_UP)["deleted"] >= _SWEPT:
            pass

    def _sent(self, left: dict[str, Lines]) -> tuple[set[str], str]:
        """Send what is left once and keep there what was not done; return what another was faster with, and a problem.

        Raises:
            EngineError: the cluster takes a record for wrong.
            EngineUnavailable: the index is gone.
        """
        beaten: set[str] = set()
        problem = ""
        lines = [line for action in left.values() for line in action]
        try:
            answer = self._link.lines("/_bulk?require_alias=true", lines, _ONCE)
        except EngineUnavailable as error:
            return beaten, error.message
        for key, outcome in zip(list(left), answer["items"], strict=True):
            (result,) = outcome.values()
            if "error" not in result:
                del left[key]
            elif result["status"] == _CONFLICT:
                beaten.add(key)
            elif result["error"]["type"] == "index_not_found_exception":
                raise EngineUnavailable(
                    self.address, "has lost the index of the chats while it was in use; start again"
                )
            elif result["status"] in BUSY or result["error"]["type"] == "cluster_block_exception":
                problem = result["error"]["type"]
            else:
                raise EngineError(self.address, f"refused a record of a chat ({result['error']['type']})")
        return beaten, problem

    def _stamps(self, keys: Iterable[str]) -> dict[str, str] | None:
        """Return the stamps of those of the records that are there, None where nobody says."""
        asked = {"ids": [self._id(key) for key in keys]}
        path = f"/{self._index}/_mget?{LOCAL}&_source_includes=stamp"
        try:
            docs = self._link.must("POST", path, asked)["docs"]
        except EngineUnavailable:
            return None
        found = {row["_id"]: row["_source"]["stamp"] for row in docs if row.get("found")}
        return {key: found[self._id(key)] for key in keys if self._id(key) in found}

    def _refresh(self) -> None:
        self._link.must("POST", f"/{self._index}/_refresh", None, WRITING)

    def _id(self, key: str) -> str:
        return f"{self._owner}:{key}"

    def _action(self, key: str, record: Record | None, held: Held | None, stamp: str) -> Lines:
        where: dict[str, Any] = {"_index": self._index, "_id": self._id(key)}
        if record is None:
            return ({"delete": where},)
        form = {"owner": self._owner, "kind": record.kind, "chat": record.chat, "body": dict(record.body)}
        form |= {"stamp": stamp} | ({} if record.until is None else {"until": record.until})
        if held is None:
            return {"create": where}, form
        if held is not _ANY:
            where |= {"if_seq_no": held.seq_no, "if_primary_term": held.term}
        return {"index": where}, form


def is_there(link: Link, place: Place) -> bool:
    """Tell whether the index of the records is there.

    Raises:
        IncompatibleIndex: another version wrote it.
    """
    found = link.get(f"/{place.chats}/_mapping")
    for index in (found or {}).values():
        mark = index["mappings"].get("_meta", {})
        if mark != _mark(place):
            then = f"format {mark.get('format', '?')} of {mark.get('chats', '?')}"
            advice = "give it another name"
            raise IncompatibleIndex(link.address, then, f"format {FORMAT} of {place.name}", advice)
    return found is not None


def create(link: Link, place: Place, replicas: int | None = None) -> None:
    """Make the index of the records; one that is there already is left as it is.

    Raises:
        EngineError: the cluster refuses.
    """
    size = setup.Size(1, setup.replicas_for(link) if replicas is None else replicas)
    setup.make(link, _mark(place), f"{place.chats}-000001", FIELDS, size, place.chats)


def _mark(place: Place) -> dict[str, Any]:
    return {"chats": place.name, "format": FORMAT}


def _record(source: Mapping[str, Any]) -> Record:
    return Record(source["kind"], source["chat"], source["body"], source.get("until"))
