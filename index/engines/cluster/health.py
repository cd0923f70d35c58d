"""Checks of a library on a cluster: nodes, replicas, disks, versions, and whether articles and passages agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import EngineError, IncompatibleIndex
from ..contract import HealthIndicator, Login, format_size
from . import chat_records, setup
from .client import READING, ClusterClient
from .counts import CountReader
from .intents import IntentLog
from .location import ClusterLocation, parse_location
from .read_cache import ReadCache

_FULL = 85  # per cent of a disk from which a cluster puts no more shards on it


def check_library(address: str, login: Login | None = None) -> Iterator[HealthIndicator]:
    """Check a library on a cluster, and yield one indicator after the other.

    Raises:
        EngineError: the cluster cannot be reached, or refuses us.
    """
    location = parse_location(address)
    client = ClusterClient(address, location, login)
    try:
        yield HealthIndicator("version", f"OpenSearch {client.check_version()}")
        yield from _check_nodes(client, location)
        try:
            found = setup.has_library(client, location)
        except EngineError as error:
            yield HealthIndicator("format", error.message, "run `pullquote rebuild` with this version")
            return
        if not found:
            yield HealthIndicator(
                "library", "is not there yet", "`pullquote cluster init` or the first `pullquote add` makes it"
            )
            return
        mark = setup.fetch_mark(client, location)
        analysers = ", ".join([str(mark.get("analyser")), *setup.fetch_analysers(client, location).values()])
        yield HealthIndicator("format", f"{mark.get('format')}, analyser {analysers}")
        for alias in (location.articles, location.passages, location.writes):
            yield _check_index(client, alias)
        yield from _compare_parts(client, location)
    finally:
        client.close()


def check_chats(address: str, login: Login | None = None) -> Iterator[HealthIndicator]:
    """Check the index of the records of chats.

    Raises:
        EngineError: the cluster cannot be reached, or refuses us.
    """
    location = parse_location(address)
    client = ClusterClient(address, location, login)
    try:
        if chat_records.has_chat_index(client, location):
            yield _check_index(client, location.chats)
        else:
            yield HealthIndicator("chats", "are not there yet", "`pullquote cluster init` or the first bot makes them")
    except IncompatibleIndex as error:
        yield HealthIndicator("chats", error.message, "choose another name for them")
    finally:
        client.close()


def _check_nodes(client: ClusterClient, location: ClusterLocation) -> Iterator[HealthIndicator]:
    health = client.request("GET", "/_cluster/health", None)
    up, named = int(health["number_of_nodes"]), len(location.hosts)
    lost = "start the others again" if up < named else ""
    yield HealthIndicator("nodes", f"{up} joined, {named} in the address", lost)
    advice = {
        "green": "",
        "yellow": "some copies are missing: start the lost nodes again, or wait until others have them",
    }
    yield HealthIndicator(
        "health", health["status"], advice.get(health["status"], "data is missing: start the lost nodes again")
    )
    stats = client.request("GET", "/_nodes/stats/fs,jvm", None)
    for node in sorted(stats["nodes"].values(), key=lambda each: str(each["name"])):
        yield _check_node(node)


def _check_node(node: dict[str, Any]) -> HealthIndicator:
    disk, heap = node["fs"]["total"], node["jvm"]["mem"]["heap_used_percent"]
    total, free = disk.get("total_in_bytes", 0), disk.get("available_in_bytes", 0)
    used = round(100 * (1 - free / total)) if total else 0
    text = f"heap {heap} %, disk {used} % used, {format_size(free)} free"
    return HealthIndicator(f"node {node['name']}", text, "make room, or add a node" if used >= _FULL else "")


def _check_index(client: ClusterClient, alias: str) -> HealthIndicator:
    stats = client.request("GET", f"/{alias}/_stats/docs,store?level=shards", None)
    ((name, index),) = stats["indices"].items()
    copies = [copy for shard in index["shards"].values() for copy in shard]
    health = client.request("GET", f"/_cluster/health/{alias}", None)
    missing = int(health["unassigned_shards"]) + int(health["initializing_shards"])
    first = index["primaries"]
    each = [format_size(copy["store"]["size_in_bytes"]) for copy in copies if copy["routing"]["primary"]]
    text = (
        f"{first['docs']['count']:,} documents, {format_size(first['store']['size_in_bytes'])} "
        f"in {len(each)} shard{'s'[: len(each) - 1]} ({', '.join(each)}); {len(copies)} copies up, {missing} missing"
    )
    advice = "start the lost nodes again" if missing else ""
    settings = client.request("GET", f"/{alias}/_settings?flat_settings=true", None)[name]["settings"]
    if blocks := [key for key, value in settings.items() if key.startswith("index.blocks.") and str(value) == "true"]:
        text += f"; {', '.join(blocks)} is set"
        advice = "nothing can be added: a disk is full, or a rebuild is under way; rebuild again if it was killed"
    return HealthIndicator(f"index {name}", text, advice)


def _compare_parts(client: ClusterClient, location: ClusterLocation) -> Iterator[HealthIndicator]:
    totals = CountReader(client, location, ReadCache(lambda: "now")).fetch_totals()
    yield HealthIndicator(
        "articles", f"{totals.articles:,} with {totals.passages:,} passages and {totals.terms:,} terms"
    )
    held = int(client.request("POST", f"/{location.passages}/_count", None, READING)["count"])
    under_way = IntentLog(client, location).count()
    advice = ""
    if held != totals.passages and not under_way:
        advice = "articles and passages differ: `pullquote rebuild` repairs the passages"
    yield HealthIndicator(
        "passages", f"{held:,} in the index, {held - totals.passages:+,} against the articles", advice
    )
    yield HealthIndicator(
        "changes", f"{under_way:,} under way or abandoned; the next writer cleans up after killed ones"
    )
