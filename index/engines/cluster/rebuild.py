"""Rebuilding a library while questions go on: new indexes are filled, then the aliases are switched to them."""

from __future__ import annotations

import re
import time
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from ...errors import CorruptIndex, EngineError, EngineUnavailable
from ...headings import add_headings
from ...model import DEFAULT_LANGUAGE
from ..contract import Login, Progress, Rebuilt, analyse_article, name_analyser
from ..vectors import VectorMaker
from . import mapping, setup
from .article_cache import ArticleCache
from .bulk import BulkAction, BulkWriter
from .client import SEARCHING, SETTING_UP, WRITING, Answer, ClusterClient
from .encoder import LibraryEncoder
from .intents import LEASE
from .location import ClusterLocation, parse_location
from .mapping import ArticleState
from .read_cache import ReadCache

_PAGE = 50  # articles between two renewals of the lease, also if vectors are made at 10 ms a sentence
_NO_VECTORS = VectorMaker()


def rebuild(
    address: str,
    login: Login | None = None,
    progress: Progress | None = None,
    maker: VectorMaker = _NO_VECTORS,
) -> Rebuilt:
    """Store all articles and passages again with the present analyser; whoever adds meanwhile must try again later.

    Vectors are made anew if another encoder made them, and dropped without one.

    Raises:
        EngineError: the library is not there, cannot be reached, or another rebuild is under way.
    """
    location = parse_location(address)
    client = ClusterClient(address, location, login)
    bulk = BulkWriter(client)
    try:
        client.check_version()
        if not setup.has_library(client, location, to_rebuild=True):
            raise EngineError(address, "is not there yet; the first `pullquote add` makes it")
        return _rebuild(client, location, bulk, progress or (lambda _done, _all: None), maker)
    finally:
        bulk.close()
        client.close()


def _rebuild(
    client: ClusterClient, location: ClusterLocation, bulk: BulkWriter, progress: Progress, maker: VectorMaker
) -> Rebuilt:
    claim = _RebuildLease(client, location)
    claim.acquire()
    old = _resolve_aliases(client, location)
    new = {alias: f"{alias}-{int(name.rpartition('-')[2]) + 1:06}" for alias, name in old.items()}
    lost: list[str] = []
    done = 0
    try:
        _delete_others(client, old)
        made_by = LibraryEncoder(client, location).fetch()
        analysers = _fetch_analysers(client, location)
        stale = {code for code, written in analysers.items() if written != name_analyser(code)}
        _create_indexes(client, setup.build_mark(location, maker.encoder), old, new)
        if others := sorted(analysers.keys() - {DEFAULT_LANGUAGE}):
            setup.add_languages(client, location, new[location.passages], others)
        _block(client, old)
        count = int(client.request("POST", f"/{location.articles}/_count", None, WRITING)["count"])
        for part in _list_pages(client, location):
            claim.renew()
            read = _reanalyse(client, location, part, lost, stale)
            moved = [replace(each, article=maker.renew(each.article, made_by)) for each in read]
            _fill(bulk, moved, new[location.articles], new[location.passages])
            done += len(moved)
            progress(done, count)
        client.request("POST", f"/{','.join(new.values())}/_refresh", None, SETTING_UP)
        claim.renew()
        _switch(client, location, old, new)
    except BaseException:
        if claim.is_held:
            _undo(client, location, old)
            claim.release()
        raise
    _delete_others(client, new)
    claim.release()
    return Rebuilt(done, tuple(lost))


def _undo(client: ClusterClient, location: ClusterLocation, old: dict[str, str]) -> None:
    """Go on with the indexes that the aliases name now: the switch may have failed after it was made."""
    now = _resolve_aliases(client, location)
    _delete_others(client, now)
    _unblock(client, now)
    if now != old:
        _announce(client, location)


def _delete_others(client: ClusterClient, held: dict[str, str]) -> None:
    """Delete the library's other indexes, which this rebuild replaced or a killed one left behind."""
    for alias, name in held.items():
        found = client.get(f"/{alias}-*/_alias") or {}
        for other in found:
            if other != name and re.fullmatch(r"\d{6,}", other.removeprefix(f"{alias}-")):
                client.send("DELETE", f"/{other}", None, SETTING_UP)


class _RebuildLease:
    """The right to rebuild, which expires if its owner does not renew it."""

    def __init__(self, client: ClusterClient, location: ClusterLocation) -> None:
        self.is_held = False
        self._client = client
        self._path = f"/{location.writes}/_doc/rebuild"
        self._owner = uuid4().hex
        self._version = "op_type=create"

    def acquire(self) -> None:
        """Take the lease, also one that has expired.

        Raises:
            EngineUnavailable: another rebuild is under way.
        """
        found = self._client.send("GET", self._path, None, WRITING) or {}
        if found.get("found") and time.time() - found["_source"]["beat"] > LEASE:
            self._version = _condition_on(found)
        self.renew()

    def renew(self) -> None:
        """Renew the lease.

        Raises:
            EngineUnavailable: another rebuild has it.
        """
        self._client.change_if_same(
            "PUT", f"{self._path}?{self._version}", {"beat": int(time.time()), "version": self._owner}
        )
        # read it back: a request whose answer was lost is repeated, and then conflicts with itself
        found = self._client.send("GET", self._path, None, WRITING) or {}
        self.is_held = bool(found.get("found")) and found["_source"].get("version") == self._owner
        if not self.is_held:
            message = f"is being rebuilt already; if that was killed, try again in {LEASE / 60:.0f} minutes"
            raise EngineUnavailable(self._client.address, message)
        self._version = _condition_on(found)

    def release(self) -> None:
        """Give the lease back."""
        self._client.send("DELETE", self._path, None, WRITING)


def _condition_on(found: Answer) -> str:
    return f"if_seq_no={found['_seq_no']}&if_primary_term={found['_primary_term']}"


def _create_indexes(client: ClusterClient, mark: dict[str, Any], old: dict[str, str], new: dict[str, str]) -> None:
    """Create the new indexes, without aliases, with as many shards and replicas as the old."""
    for alias, fields in zip(new, (mapping.ARTICLE_FIELDS, mapping.PASSAGE_FIELDS), strict=True):
        found = client.request("GET", f"/{old[alias]}/_settings", None)[old[alias]]["settings"]["index"]
        size = setup.IndexSize(int(found["number_of_shards"]), int(found["number_of_replicas"]))
        setup.create_index(client, mark, new[alias], fields, size)


def _list_pages(client: ClusterClient, location: ClusterLocation) -> Iterator[list[str]]:
    body: dict[str, Any] = {"size": _PAGE, "sort": ["sequence", "article"], "_source": False}
    while rows := client.request("POST", f"/{location.articles}/_search?{SEARCHING}", body, WRITING)["hits"]["hits"]:
        yield [row["_id"] for row in rows]
        body["search_after"] = rows[-1]["sort"]


def _fetch_analysers(client: ClusterClient, location: ClusterLocation) -> dict[str, str]:
    """Return the analyser that made the terms of each language's articles."""
    english = str(setup.fetch_mark(client, location).get("analyser", ""))
    return {DEFAULT_LANGUAGE: english} | setup.fetch_analysers(client, location)


def _reanalyse(
    client: ClusterClient, location: ClusterLocation, ids: list[str], lost: list[str], stale: Container[str]
) -> list[ArticleState]:
    """Return the intact articles, with new terms where another version of their language's analyser made them."""
    found = []
    generation = uuid4().hex[:12]
    for key, stored in ArticleCache(client, location, ReadCache(lambda: "")).fetch_now(ids, WRITING).items():
        if isinstance(stored, CorruptIndex):
            lost.append(key)
        else:
            article = stored.article
            article = analyse_article(article) if article.language in stale else add_headings(article)
            found.append(replace(stored, article=article, generation=generation))
    return found


def _fill(bulk: BulkWriter, moved: list[ArticleState], articles: str, passages: str) -> None:
    for owner, _, reason in bulk.run(_list_actions(moved, articles, passages)):
        raise EngineError(bulk.address, f"refused article {owner} ({reason}); the old indexes are untouched")


def _list_actions(moved: list[ArticleState], articles: str, passages: str) -> Iterator[BulkAction]:
    for stored in moved:
        key = stored.article.id
        for passage, body in mapping.build_passage_documents(stored):
            yield BulkAction(key, {"index": {"_index": passages, "_id": passage}}, body)
        yield BulkAction(key, {"index": {"_index": articles, "_id": key}}, mapping.build_article_document(stored))


def _switch(client: ClusterClient, location: ClusterLocation, old: dict[str, str], new: dict[str, str]) -> None:
    """Switch both aliases in one step, so that no question sees one old and one new index.

    Before that, the log entries of changes under way are deleted: their writers notice, and write their passages again,
    into the new index.
    """
    query = {"query": {"exists": {"field": "at"}}}
    client.request("POST", f"/{location.writes}/_refresh", None, WRITING)
    client.request("POST", f"/{location.writes}/_delete_by_query?conflicts=proceed&refresh=true", query, SETTING_UP)
    actions: list[dict[str, Any]] = []
    for alias, name in new.items():
        # must_exist: the request may be repeated
        actions.append({"remove": {"index": old[alias], "alias": alias, "must_exist": False}})
        actions.append({"add": {"index": name, "alias": alias}})
    client.request("POST", "/_aliases", {"actions": actions}, SETTING_UP)
    _announce(client, location)


def _announce(client: ClusterClient, location: ClusterLocation) -> None:
    client.request("PUT", f"/{location.writes}/_doc/state", {"version": uuid4().hex}, WRITING)


def _block(client: ClusterClient, indexes: dict[str, str]) -> None:
    """Block writing; when this returns, every write that was let through is done and can be found."""
    names = ",".join(indexes.values())
    client.request("PUT", f"/{names}/_block/write", None, SETTING_UP)
    client.request("POST", f"/{names}/_refresh", None, SETTING_UP)


def _unblock(client: ClusterClient, indexes: dict[str, str]) -> None:
    client.request("PUT", f"/{','.join(indexes.values())}/_settings", {"index.blocks.write": None}, SETTING_UP)


def _resolve_aliases(client: ClusterClient, location: ClusterLocation) -> dict[str, str]:
    """Return the name of the index behind each alias."""
    found = {}
    for alias in (location.articles, location.passages):
        (found[alias],) = client.request("GET", f"/_alias/{alias}", None)
    return found
