"""Making the indexes of a library anew while questions go on: new ones are filled, then the aliases move to them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from ...errors import CorruptIndex, EngineError, EngineUnavailable
from .. import Login, Progress, Rebuilt, analysed
from . import documents, setup
from .bulk import Action, Bulk
from .documents import Stored
from .intents import LEASE
from .link import SEARCHING, SETTING_UP, WRITING, Answer, Link
from .place import Place, parse
from .present import Present
from .shelf import Shelf

_PAGE = 200


def rebuild(address: str, login: Login | None = None, progress: Progress | None = None) -> Rebuilt:
    """Make articles and passages anew with the present analyser; who adds meanwhile is told to try again later.

    Raises:
        EngineError: the library is not there, cannot be reached, or another rebuild is under way.
    """
    place = parse(address)
    link = Link(address, place, login)
    bulk = Bulk(link)
    try:
        link.check_version()
        if not setup.is_there(link, place, to_rebuild=True):
            raise EngineError(address, "is not there yet; the first `pullquote add` makes it")
        return _rebuilt(link, place, bulk, progress or (lambda _done, _all: None))
    finally:
        bulk.close()
        link.close()


def _rebuilt(link: Link, place: Place, bulk: Bulk, progress: Progress) -> Rebuilt:
    claim = _Claim(link, place)
    claim.take()
    old = _behind(link, place)
    new = {alias: f"{alias}-{int(name.rpartition('-')[2]) + 1:06}" for alias, name in old.items()}
    lost: list[str] = []
    done = 0
    try:
        _sweep(link, old)
        _make(link, place, old, new)
        _block(link, old)
        count = int(link.must("POST", f"/{place.articles}/_count", None, WRITING)["count"])
        for part in _pages(link, place):
            claim.beat()
            moved = _moved(link, place, part, lost)
            _fill(bulk, moved, new[place.articles], new[place.passages])
            done += len(moved)
            progress(done, count)
        link.must("POST", f"/{','.join(new.values())}/_refresh", None, SETTING_UP)
        claim.beat()
        _switch(link, place, old, new)
    except BaseException:
        if claim.is_held:
            _undone(link, place, old)
            claim.leave()
        raise
    _sweep(link, new)
    claim.leave()
    return Rebuilt(done, tuple(lost))


def _undone(link: Link, place: Place, old: dict[str, str]) -> None:
    """Leave the library as it is, with the indexes that the aliases name: a switch may fail after it was made."""
    now = _behind(link, place)
    _sweep(link, now)
    _unblock(link, now)
    if now != old:
        _announce(link, place)


def _sweep(link: Link, held: dict[str, str]) -> None:
    """Delete the indexes beside those that are held: rebuilds that were killed leave theirs behind."""
    for alias, name in held.items():
        found = link.get(f"/{alias}-*/_alias") or {}
        for other in found:
            if other != name and re.fullmatch(r"\d{6,}", other.removeprefix(f"{alias}-")):
                link.send("DELETE", f"/{other}", None, SETTING_UP)


class _Claim:
    """The right to rebuild, which lapses when its owner no longer says that it lives."""

    def __init__(self, link: Link, place: Place) -> None:
        self.is_held = False
        self._link = link
        self._path = f"/{place.writes}/_doc/rebuild"
        self._owner = uuid4().hex
        self._version = "op_type=create"

    def take(self) -> None:
        """Claim it.

        Raises:
            EngineUnavailable: another rebuild is under way.
        """
        found = self._link.send("GET", self._path, None, WRITING) or {}
        if found.get("found") and time.time() - found["_source"]["beat"] > LEASE:
            self._version = _version(found)
        self.beat()

    def beat(self) -> None:
        """Say that the rebuild is under way.

        Raises:
            EngineUnavailable: another rebuild has the right to it.
        """
        self._link.change("PUT", f"{self._path}?{self._version}", {"beat": int(time.time()), "version": self._owner})
        # looked at, for a request whose answer was lost is repeated, and then beaten by itself
        found = self._link.send("GET", self._path, None, WRITING) or {}
        self.is_held = bool(found.get("found")) and found["_source"].get("version") == self._owner
        if not self.is_held:
            message = f"is being rebuilt already; if that was killed, try again in {LEASE / 60:.0f} minutes"
            raise EngineUnavailable(self._link.address, message)
        self._version = _version(found)

    def leave(self) -> None:
        """Give it up."""
        self._link.send("DELETE", self._path, None, WRITING)


def _version(found: Answer) -> str:
    return f"if_seq_no={found['_seq_no']}&if_primary_term={found['_primary_term']}"


def _make(link: Link, place: Place, old: dict[str, str], new: dict[str, str]) -> None:
    """Make the new indexes, without aliases, of as many shards and copies as the old."""
    for alias, fields in ((place.articles, documents.ARTICLE_FIELDS), (place.passages, documents.PASSAGE_FIELDS)):
        found = link.must("GET", f"/{old[alias]}/_settings", None)[old[alias]]["settings"]["index"]
        size = setup.Size(int(found["number_of_shards"]), int(found["number_of_replicas"]))
        setup.make(link, setup.mark_of(place), new[alias], fields, size)


def _pages(link: Link, place: Place) -> Iterator[list[str]]:
    body: dict[str, Any] = {"size": _PAGE, "sort": ["sequence", "article"], "_source": False}
    while rows := link.must("POST", f"/{place.articles}/_search?{SEARCHING}", body, WRITING)["hits"]["hits"]:
        yield [row["_id"] for row in rows]
        body["search_after"] = rows[-1]["sort"]


def _moved(link: Link, place: Place, ids: list[str], lost: list[str]) -> list[Stored]:
    found = []
    generation = uuid4().hex[:12]
    for key, stored in Shelf(link, place, Present(lambda: "")).now(ids, WRITING).items():
        if isinstance(stored, CorruptIndex):
            lost.append(key)
        else:
            found.append(replace(stored, article=analysed(stored.article), generation=generation))
    return found


def _fill(bulk: Bulk, moved: list[Stored], articles: str, passages: str) -> None:
    for owner, _, reason in bulk.run(_actions(moved, articles, passages)):
        raise EngineError(bulk.address, f"refused article {owner} ({reason}); the old indexes are untouched")


def _actions(moved: list[Stored], articles: str, passages: str) -> Iterator[Action]:
    for stored in moved:
        key = stored.article.id
        for passage, body in documents.passage_documents(stored):
            yield Action(key, {"index": {"_index": passages, "_id": passage}}, body)
        yield Action(key, {"index": {"_index": articles, "_id": key}}, documents.article_document(stored))


def _switch(link: Link, place: Place, old: dict[str, str], new: dict[str, str]) -> None:
    """Move both aliases in one step, so that no question sees one old and one new index.

    Changes that were under way when writing was blocked lose their intent first: their writers notice, and write their
    passages again, into the new index.
    """
    query = {"query": {"exists": {"field": "at"}}}
    link.must("POST", f"/{place.writes}/_refresh", None, WRITING)
    link.must("POST", f"/{place.writes}/_delete_by_query?conflicts=proceed&refresh=true", query, SETTING_UP)
    actions: list[dict[str, Any]] = []
    for alias, name in new.items():
        actions.append({"remove": {"index": old[alias], "alias": alias, "must_exist": False}})  # it may be repeated
        actions.append({"add": {"index": name, "alias": alias}})
    link.must("POST", "/_aliases", {"actions": actions}, SETTING_UP)
    _announce(link, place)


def _announce(link: Link, place: Place) -> None:
    link.must("PUT", f"/{place.writes}/_doc/state", {"version": uuid4().hex}, WRITING)


def _block(link: Link, indexes: dict[str, str]) -> None:
    """Let no one write any more; what was under way is done, and found, when this returns."""
    names = ",".join(indexes.values())
    link.must("PUT", f"/{names}/_block/write", None, SETTING_UP)
    link.must("POST", f"/{names}/_refresh", None, SETTING_UP)


def _unblock(link: Link, indexes: dict[str, str]) -> None:
    link.must("PUT", f"/{','.join(indexes.values())}/_settings", {"index.blocks.write": None}, SETTING_UP)


def _behind(link: Link, place: Place) -> dict[str, str]:
    """Return the index behind each alias."""
    found = {}
    for alias in (place.articles, place.passages):
        (found[alias],) = link.must("GET", f"/_alias/{alias}", None)
    return found
