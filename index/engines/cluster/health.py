"""Whether a library on a cluster is sound: nodes, copies, disks, versions, and whether its parts agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...errors import EngineError, IncompatibleIndex
from .. import Login
from . import records, setup
from .intents import Intents
from .link import READING, Link
from .place import Place, parse
from .present import Present
from .reader import Reader
from .shelf import Shelf

_FULL = 85  # per cent of a disk at which a cluster places no more shards on it


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about a cluster; `advice` says what to do where it is not well, "" where it is."""

    name: str
    text: str
    advice: str = ""


def check(address: str, login: Login | None = None) -> Iterator[Finding]:
    """Yield what there is to say about a library on a cluster.

    Raises:
        EngineError: the cluster cannot be reached, or refuses us.
    """
    place = parse(address)
    link = Link(address, place, login)
    try:
        yield Finding("version", f"OpenSearch {link.check_version()}")
        yield from _nodes(link, place)
        try:
            found = setup.is_there(link, place)
        except EngineError as error:
            yield Finding("format", error.message, "run `pullquote rebuild` with this version")
            return
        if not found:
            yield Finding(
                "library", "is not there yet", "`pullquote cluster init` or the first `pullquote add` makes it"
            )
            return
        yield Finding("format", setup.stamp().removeprefix("format "))
        for alias in (place.articles, place.passages, place.writes):
            yield _index(link, alias)
        yield from _parts(link, place)
    finally:
        link.close()


def check_chats(address: str, login: Login | None = None) -> Iterator[Finding]:
    """Yield what there is to say about the records of chats.

    Raises:
        EngineError: the cluster cannot be reached, or refuses us.
    """
    place = parse(address)
    link = Link(address, place, login)
    try:
        if records.is_there(link, place):
            yield _index(link, place.chats)
        else:
            yield Finding("chats", "are not there yet", "`pullquote cluster init` or the first bot makes them")
    except IncompatibleIndex as error:
        yield Finding("chats", error.message, "choose another name for them")
    finally:
        link.close()


def _nodes(link: Link, place: Place) -> Iterator[Finding]:
    health = link.must("GET", "/_cluster/health", None)
    up, named = int(health["number_of_nodes"]), len(place.hosts)
    lost = "start the others again" if up < named else ""
    yield Finding("nodes", f"{up} joined, {named} in the address", lost)
    advice = {
        "green": "",
        "yellow": "some copies are missing: start the lost nodes again, or wait until others have them",
    }
    yield Finding(
        "health", health["status"], advice.get(health["status"], "data is missing: start the lost nodes again")
    )
    stats = link.must("GET", "/_nodes/stats/fs,jvm", None)
    for node in sorted(stats["nodes"].values(), key=lambda each: str(each["name"])):
        yield _node(node)


def _node(node: dict[str, Any]) -> Finding:
    disk, heap = node["fs"]["total"], node["jvm"]["mem"]["heap_used_percent"]
    total, free = disk.get("total_in_bytes", 0), disk.get("available_in_bytes", 0)
    used = round(100 * (1 - free / total)) if total else 0
    text = f"heap {heap} %, disk {used} % used, {_size(free)} free"
    return Finding(f"node {node['name']}", text, "make room, or add a node" if used >= _FULL else "")


def _index(link: Link, alias: str) -> Finding:
    stats = link.must("GET", f"/{alias}/_stats/docs,store?level=shards", None)
    ((name, index),) = stats["indices"].items()
    copies = [copy for shard in index["shards"].values() for copy in shard]
    health = link.must("GET", f"/_cluster/health/{alias}", None)
    missing = int(health["unassigned_shards"]) + int(health["initializing_shards"])
    first = index["primaries"]
    each = [_size(copy["store"]["size_in_bytes"]) for copy in copies if copy["routing"]["primary"]]
    text = (
        f"{first['docs']['count']:,} documents, {_size(first['store']['size_in_bytes'])} "
        f"in {len(each)} shard{'s'[: len(each) - 1]} ({', '.join(each)}); {len(copies)} copies up, {missing} missing"
    )
    advice = "start the lost nodes again" if missing else ""
    settings = link.must("GET", f"/{alias}/_settings?flat_settings=true", None)[name]["settings"]
    if blocks := [key for key, value in settings.items() if key.startswith("index.blocks.") and str(value) == "true"]:
        text += f"; {', '.join(blocks)} is set"
        advice = "nothing can be added: a disk is full, or a rebuild is under way; rebuild again if it was killed"
    return Finding(f"index {name}", text, advice)


def _parts(link: Link, place: Place) -> Iterator[Finding]:
    present = Present(lambda: "now")
    reader = Reader(link, place, present, Shelf(link, place, present))
    totals = reader.totals()
    yield Finding("articles", f"{totals.articles:,} with {totals.passages:,} passages and {totals.terms:,} terms")
    held = int(link.must("POST", f"/{place.passages}/_count", None, READING)["count"])
    under_way = Intents(link, place).count()
    advice = ""
    if held != totals.passages and not under_way:
        advice = "articles and passages differ: `pullquote rebuild` makes the passages anew"
    yield Finding("passages", f"{held:,} in the index, {held - totals.passages:+,} against the articles", advice)
    yield Finding("changes", f"{under_way:,} under way or abandoned; the next writer sweeps those of killed ones")


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"
