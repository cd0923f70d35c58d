"""The indexes of a library on a cluster: creating them, and checking that this version can read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...errors import EngineError, IncompatibleIndex
from ...language import bm25
from ...model import DEFAULT_LANGUAGE
from ..contract import name_analyser
from . import intents, mapping, queries
from .client import SETTING_UP, ClusterClient
from .location import ClusterLocation

COPIES = 2
"""Replicas of each shard if there are nodes for them: with two, one node may die and writes are still safe."""


def describe_version() -> str:
    """Return the format and analyser of this version, as errors and checks show them."""
    return f"format {mapping.FORMAT}, analyser {name_analyser(DEFAULT_LANGUAGE)}"


def has_library(client: ClusterClient, location: ClusterLocation, *, to_rebuild: bool = False) -> bool:
    """Tell whether the library is there and can be read, or at least (`to_rebuild`) be rebuilt.

    Raises:
        IncompatibleIndex: another version wrote it.
    """
    found = client.get(f"/{location.articles},{location.passages}/_mapping")
    if found is None:
        return False
    for name, index in found.items():
        meta = index["mappings"].get("_meta", {})
        version = meta.get("format", "?")
        mark = f"format {version}, analyser {meta.get('analyser', '?')}"
        if meta.get("library") != location.name or version not in mapping.REBUILT:
            raise IncompatibleIndex(client.address, f"{name}: {mark}", describe_version())
        is_read = version in mapping.READABLE and meta.get("analyser") == name_analyser(DEFAULT_LANGUAGE)
        if not is_read and not to_rebuild:
            raise IncompatibleIndex(client.address, mark, describe_version())
        for language, written in () if to_rebuild else _read_analysers(index).items():
            if written != name_analyser(language):
                raise IncompatibleIndex(client.address, f"analyser {written}", f"analyser {name_analyser(language)}")
    return True


def _read_analysers(index: dict[str, Any]) -> dict[str, str]:
    """Return what made the terms of languages other than English, as the mapping of the passages says."""
    begin = queries.name_terms_field("")
    return {
        name.removeprefix(begin): str(field.get("meta", {}).get("analyser", "?"))
        for name, field in index["mappings"].get("properties", {}).items()
        if name.startswith(begin)
    }


def fetch_analysers(client: ClusterClient, location: ClusterLocation) -> dict[str, str]:
    """Return the analyser of each language other than English that the library has had articles in, by code."""
    found = client.get(f"/{location.passages}/_mapping") or {}
    return {code: name for index in found.values() for code, name in _read_analysers(index).items()}


def add_languages(client: ClusterClient, location: ClusterLocation, index: str, languages: Iterable[str]) -> None:
    """Make room in an index of passages for those in these languages; what is there already stays.

    Earlier versions then refuse the library: they could not read such articles.
    """
    mark = build_mark(location, "") | {"format": mapping.WITH_LANGUAGES}
    del mark["encoder"]  # the articles' index alone names it
    body = {"_meta": mark, "properties": _build_fields(languages)}
    client.request("PUT", f"/{index}/_mapping", body, SETTING_UP)


def _build_fields(languages: Iterable[str]) -> dict[str, Any]:
    return {name: field for code in languages for name, field in mapping.build_terms_field(code).items()}


@dataclass(frozen=True, slots=True)
class IndexSize:
    """How many shards an index has, and how many replicas each of them has."""

    shards: int
    replicas: int


def create_library(
    client: ClusterClient,
    location: ClusterLocation,
    shards: int = 1,
    replicas: int | None = None,
    encoder: str = "",
) -> None:
    """Create an empty library, whose vectors `encoder` will make; one that is there already stays as it is.

    Raises:
        EngineError: the cluster refuses.
    """
    mark, size = (
        build_mark(location, encoder),
        IndexSize(shards, count_replicas(client) if replicas is None else replicas),
    )
    create_index(
        client, mark, f"{location.writes}-000001", intents.FIELDS, IndexSize(1, size.replicas), location.writes
    )
    create_index(client, mark, f"{location.passages}-000001", mapping.PASSAGE_FIELDS, size, location.passages)
    # last, because with the articles the library counts as there; as many shards, since they take as many bytes
    create_index(client, mark, f"{location.articles}-000001", mapping.ARTICLE_FIELDS, size, location.articles)


def count_replicas(client: ClusterClient) -> int:
    """Return how many replicas the cluster has nodes for, at most `COPIES`."""
    health = client.request("GET", "/_cluster/health", None, SETTING_UP)
    return max(0, min(COPIES, int(health["number_of_data_nodes"]) - 1))


def build_mark(location: ClusterLocation, encoder: str) -> dict[str, Any]:
    """Return the `_meta` of a library's indexes, by which a version knows whether it can read them.

    `encoder` made the vectors of all articles in the index, "" if there is no such one.
    """
    return {
        "library": location.name,
        "format": mapping.FORMAT,
        "analyser": name_analyser(DEFAULT_LANGUAGE),
        "encoder": encoder,
    }


def fetch_mark(client: ClusterClient, location: ClusterLocation) -> dict[str, Any]:
    """Return what `build_mark` wrote in the index of the articles, or an earlier version did; {} if it is not there."""
    found = client.get(f"/{location.articles}/_mapping") or {}
    return next((dict(index["mappings"].get("_meta", {})) for index in found.values()), {})


def create_index(
    client: ClusterClient, mark: dict[str, Any], name: str, fields: dict[str, Any], size: IndexSize, alias: str = ""
) -> None:
    """Create an index, behind an alias if one is given; one that is there already stays as it is."""
    settings: dict[str, Any] = {
        "number_of_shards": size.shards,
        "number_of_replicas": size.replicas,
        # a write is acknowledged when two copies have it; with three copies, one may be down
        "write.wait_for_active_shards": "2" if size.replicas >= COPIES else "1",
        "similarity": {"default": {"type": "BM25", "k1": bm25.K1, "b": bm25.B}},
        "max_result_window": 20_000,
        # without it, a shard that is seldom searched goes idle and the next question waits for it
        "refresh_interval": "1s",
    }
    mappings: dict[str, Any] = {
        "dynamic": "strict",
        "_meta": mark,
        "properties": fields,
    }
    if fields is mapping.PASSAGE_FIELDS:
        settings["refresh_interval"] = "-1"  # the writer refreshes, once a batch
        mappings["_source"] = {"enabled": False}  # passages can be made again from the articles
    body = {"settings": settings, "mappings": mappings, "aliases": {alias: {}} if alias else {}}
    path = f"/{name}?wait_for_active_shards={min(size.replicas + 1, 2)}&timeout=20s"
    try:
        client.request("PUT", path, body, SETTING_UP)
    except EngineError as error:
        if "resource_already_exists_exception" not in str(error):
            raise
