"""Records of chats on a cluster, with or without a library there: what several processes of a bot share.

A record can be read by its key as soon as it is written; only counting and sweeping search. A rebuild of the library
leaves them alone.
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
from ..contract import Login
from . import setup
from .bulk import BUSY
from .client import LOCAL, SEARCHING, SETTING_UP, WRITING, ClusterClient, Timeouts
from .location import ClusterLocation, parse_location

FORMAT = 1

FIELDS: dict[str, Any] = {
    "owner": {"type": "keyword"},
    "kind": {"type": "keyword"},
    "chat": {"type": "long"},
    "until": {"type": "double"},
    "stamp": {"type": "keyword", "index": False, "doc_values": False},  # by which a writer recognises its own write
    "body": {"type": "object", "enabled": False},
}

_LONGEST_KEY = 200  # ours are shorter, but a caller may ask for anything
_AT_ONCE = 50  # records of a chat in one request: one takes up to 50 kB
_SWEPT = 5_000  # records deleted in one request
_TAKEN = "taken"
_CONFLICT = 409

_ONCE = Timeouts(2.0, 2.0)
"""A person is waiting, so we do not wait until the cluster has dropped a replica that hangs."""

_DEADLINE = 40.0
"""Seconds that a write may take: the cluster needs that long to replace a node that hangs."""

Lines = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """Plain values kept for a chat, 0 for none in particular.

    `kind` is what `count` goes by; `until` is the time, in seconds since 1970, after which `sweep` deletes the record.
    """

    kind: str
    chat: int
    body: Mapping[str, Any]
    until: float | None = None


@dataclass(frozen=True, slots=True)
class VersionedRecord:
    """A record as it was read; `seq_no` and `term` identify its version."""

    record: ChatRecord
    seq_no: int
    term: int


_ANY = VersionedRecord(ChatRecord("", 0, {}), 0, 0)
_NOTHING: Mapping[str, VersionedRecord | None] = MappingProxyType({})


class ChatRecordStore:
    """The records of one owner, which is a bot's number; safe to use from several threads. Opening creates the index.

    Raises:
        ValueError: the address is malformed.
        EngineNotInstalled: opensearch-py is missing.
        EngineUnavailable: no node answers, the login is refused, or the cluster is too old.
        IncompatibleIndex: another format wrote it.
    """

    def __init__(self, address: str, login: Login | None, owner: str) -> None:
        self.address = address
        self._owner = owner
        location = parse_location(address)
        self._index = location.chats
        self._client = ClusterClient(address, location, login)
        try:
            self._client.check_version()
            if not has_chat_index(self._client, location):
                create_chat_index(self._client, location)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self._client.close()

    def get(self, key: str) -> VersionedRecord | None:
        """Return the record, None if there is none."""
        if not 0 < len(key.encode(errors="replace")) <= _LONGEST_KEY:
            return None
        found = self._client.get(
            f"/{self._index}/_doc/{quote(self._build_id(key), safe=':', errors='replace')}?{LOCAL}"
        )
        if found is None or (source := found["_source"])["kind"] == _TAKEN:
            return None
        return VersionedRecord(_decode_record(source), found["_seq_no"], found["_primary_term"])

    def write(
        self, records: Mapping[str, ChatRecord | None], since: Mapping[str, VersionedRecord | None] = _NOTHING
    ) -> bool:
        """Write records, in any order, and delete those given as None.

        Records in `since` are written only if they are still as they were read; None means that there was none. Returns
        False if one of them has changed; all others are written.

        Raises:
            EngineUnavailable: the cluster did not take them in time, or the index is gone. Writing them again is safe.
        """
        stamp = uuid4().hex  # marks what this call has written
        left = {key: self._build_lines(key, record, since.get(key, _ANY), stamp) for key, record in records.items()}
        won, began = True, time.monotonic()
        while True:
            beaten, problem = self._send(left)
            # An answer may be lost, or late because a replica hangs, though the records are written; repeating the
            # request then conflicts with itself. The stamps tell what is really there.
            if left and (there := self._fetch_stamps(left)) is not None:
                for key in list(left):
                    if there.get(key) == (None if records[key] is None else stamp):
                        del left[key]
                    elif key in beaten:
                        del left[key]
                        won = False
            if not left:
                return won
            if time.monotonic() - began > _DEADLINE:
                raise EngineUnavailable(self.address, f"the cluster takes no records of chats ({problem}); try again")
            time.sleep(random.uniform(0.05, 0.2))  # noqa: S311 - jitter

    def swap(self, key: str, held: VersionedRecord | None, record: ChatRecord) -> bool:
        """Replace a record, given as it was read, or None if there was none; return False if it has changed since."""
        return self.write({key: record}, {key: held})

    def take(self, key: str, held: VersionedRecord) -> bool:
        """Delete a record, given as it was read; of all who try, one caller gets True."""
        if not self.swap(key, held, ChatRecord(_TAKEN, held.record.chat, {}, 0.0)):
            return False
        self.write({key: None})
        return True

    def find_by_chat(self, chat: int) -> dict[str, ChatRecord]:
        """Return some records of a chat by their keys, {} if none are left."""
        self._refresh()
        wanted = [{"term": {"owner": self._owner}}, {"term": {"chat": chat}}]
        body = {"size": _AT_ONCE, "query": {"bool": {"filter": wanted}}}
        answer = self._client.request("POST", f"/{self._index}/_search?{SEARCHING}", body, WRITING)
        rows = answer["hits"]["hits"]
        return {row["_id"].removeprefix(f"{self._owner}:"): _decode_record(row["_source"]) for row in rows}

    def find_by_kind(self, kind: str) -> list[ChatRecord]:
        """Return all records of a kind of which a chat has one at most, by chat; [] if there are none."""
        self._refresh()
        wanted = [{"term": {"owner": self._owner}}, {"term": {"kind": kind}}]
        body: dict[str, Any] = {"size": _AT_ONCE, "query": {"bool": {"filter": wanted}}, "sort": ["chat"]}
        found: list[ChatRecord] = []
        while True:
            answer = self._client.request("POST", f"/{self._index}/_search?{SEARCHING}", body)
            rows = answer["hits"]["hits"]
            found += [_decode_record(row["_source"]) for row in rows]
            if len(rows) < _AT_ONCE:
                return found
            body["search_after"] = rows[-1]["sort"]

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
        answer = self._client.request("POST", f"/{self._index}/_search?{SEARCHING}", body)
        return answer["hits"]["total"]["value"], answer["aggregations"]["chats"]["value"]

    def sweep(self, now: float) -> None:
        """Delete the records that expired before `now`, in seconds since 1970."""
        self._refresh()
        wanted = [{"term": {"owner": self._owner}}, {"range": {"until": {"lt": now}}}]
        path = f"/{self._index}/_delete_by_query?conflicts=proceed&refresh=true&max_docs={_SWEPT}"
        while (
            self._client.request("POST", path, {"query": {"bool": {"filter": wanted}}}, SETTING_UP)["deleted"] >= _SWEPT
        ):
            pass

    def _send(self, left: dict[str, Lines]) -> tuple[set[str], str]:
        """Send once what is left, and delete from `left` what is done.

        Returns the keys that had conflicts, and in a word why others were not done, "" if there was no reason.

        Raises:
            EngineError: the cluster calls a record wrong.
            EngineUnavailable: the index is gone.
        """
        beaten: set[str] = set()
        problem = ""
        lines = [line for action in left.values() for line in action]
        try:
            answer = self._client.send_lines("/_bulk?require_alias=true", lines, _ONCE)
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

    def _fetch_stamps(self, keys: Iterable[str]) -> dict[str, str] | None:
        """Return the stamps of the records that exist, None if the cluster does not answer."""
        asked = {"ids": [self._build_id(key) for key in keys]}
        path = f"/{self._index}/_mget?{LOCAL}&_source_includes=stamp"
        try:
            docs = self._client.request("POST", path, asked)["docs"]
        except EngineUnavailable:
            return None
        found = {row["_id"]: row["_source"]["stamp"] for row in docs if row.get("found")}
        return {key: found[self._build_id(key)] for key in keys if self._build_id(key) in found}

    def _refresh(self) -> None:
        self._client.request("POST", f"/{self._index}/_refresh", None, WRITING)

    def _build_id(self, key: str) -> str:
        return f"{self._owner}:{key}"

    def _build_lines(self, key: str, record: ChatRecord | None, held: VersionedRecord | None, stamp: str) -> Lines:
        where: dict[str, Any] = {"_index": self._index, "_id": self._build_id(key)}
        if record is None:
            return ({"delete": where},)
        form = {"owner": self._owner, "kind": record.kind, "chat": record.chat, "body": dict(record.body)}
        form |= {"stamp": stamp} | ({} if record.until is None else {"until": record.until})
        if held is None:
            return {"create": where}, form
        if held is not _ANY:
            where |= {"if_seq_no": held.seq_no, "if_primary_term": held.term}
        return {"index": where}, form


def has_chat_index(client: ClusterClient, location: ClusterLocation) -> bool:
    """Tell whether the index of the records exists.

    Raises:
        IncompatibleIndex: another version wrote it.
    """
    found = client.get(f"/{location.chats}/_mapping")
    for index in (found or {}).values():
        mark = index["mappings"].get("_meta", {})
        if mark != _build_mark(location):
            then = f"format {mark.get('format', '?')} of {mark.get('chats', '?')}"
            advice = "give it another name"
            raise IncompatibleIndex(client.address, then, f"format {FORMAT} of {location.name}", advice)
    return found is not None


def create_chat_index(client: ClusterClient, location: ClusterLocation, replicas: int | None = None) -> None:
    """Create the index of the records; one that is there already stays as it is.

    Raises:
        EngineError: the cluster refuses.
    """
    size = setup.IndexSize(1, setup.count_replicas(client) if replicas is None else replicas)
    setup.create_index(client, _build_mark(location), f"{location.chats}-000001", FIELDS, size, location.chats)


def _build_mark(location: ClusterLocation) -> dict[str, Any]:
    return {"chats": location.name, "format": FORMAT}


def _decode_record(source: Mapping[str, Any]) -> ChatRecord:
    return ChatRecord(source["kind"], source["chat"], source["body"], source.get("until"))
