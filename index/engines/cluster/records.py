"""Records of chats on a cluster, beside a library or without one: what several processes of a bot share.

A record is found by its key as soon as it is written; only what counts or sweeps searches. No rebuild touches them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from ...errors import EngineError, EngineUnavailable, IncompatibleIndex
from .. import Login
from . import setup
from .bulk import Action, Bulk
from .link import LOCAL, SEARCHING, SETTING_UP, WRITING, Link
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
_AT_ONCE = 500
_SWEPT = 5_000  # in one request
_TAKEN = "taken"


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
        self._bulk = Bulk(self._link)
        try:
            self._link.check_version()
            if not is_there(self._link, place):
                create(self._link, place)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self._bulk.close()
        self._link.close()

    def get(self, key: str) -> Held | None:
        """Return the record, None where there is none."""
        found = self._found(key)
        if found is None or (source := found["_source"])["kind"] == _TAKEN:
            return None
        return Held(_record(source), found["_seq_no"], found["_primary_term"])

    def write(self, records: Mapping[str, Record | None]) -> None:
        """Write records whatever was there, and delete those of None; in no order, and not all at one moment.

        Raises:
            EngineUnavailable: the cluster did not take them in time; writing them again is safe.
        """
        actions = (self._action(key, record) for key, record in records.items())
        for _, _, reason in self._bulk.run(actions):
            raise EngineError(self.address, f"refused a record of a chat ({reason})")

    def swap(self, key: str, held: Held | None, record: Record) -> bool:
        """Write a record in the place of the one that was read (None: there was none); False when that has changed.

        Raises:
            EngineUnavailable: it could not be written in time, or the index is gone.
        """
        condition = f"if_seq_no={held.seq_no}&if_primary_term={held.term}" if held else "op_type=create"
        form = self._form(record)
        path = f"{self._path(key)}?require_alias=true&{condition}"
        if self._link.change("PUT", path, form):
            return True
        # a request whose answer was lost is repeated, and then beaten by itself
        found = self._found(key)
        if found is None and held is None:
            raise EngineUnavailable(self.address, "has lost the index of the chats while it was in use; start again")
        return found is not None and found["_source"]["stamp"] == form["stamp"]

    def take(self, key: str, held: Held) -> bool:
        """Delete the record that was read; True for one caller alone, however many try."""
        if not self.swap(key, held, Record(_TAKEN, held.record.chat, {}, 0.0)):
            return False
        self._link.send("DELETE", self._path(key), None, WRITING)
        return True

    def of(self, chat: int) -> dict[str, Record]:
        """Return some hundred records of a chat by their keys, {} when there are none left."""
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

    def _refresh(self) -> None:
        self._link.must("POST", f"/{self._index}/_refresh", None, WRITING)

    def _found(self, key: str) -> dict[str, Any] | None:
        if not 0 < len(key.encode(errors="replace")) <= _LONGEST_KEY:
            return None
        return self._link.get(f"{self._path(key)}?{LOCAL}")

    def _path(self, key: str) -> str:
        return f"/{self._index}/_doc/{quote(f'{self._owner}:{key}', safe=':', errors='replace')}"

    def _form(self, record: Record) -> dict[str, Any]:
        form = {"owner": self._owner, "kind": record.kind, "chat": record.chat, "body": dict(record.body)}
        return form | {"stamp": uuid4().hex} | ({} if record.until is None else {"until": record.until})

    def _action(self, key: str, record: Record | None) -> Action:
        where = {"_index": self._index, "_id": f"{self._owner}:{key}"}
        if record is None:
            return Action(key, {"delete": where}, None)
        return Action(key, {"index": where | {"require_alias": True}}, self._form(record))


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
