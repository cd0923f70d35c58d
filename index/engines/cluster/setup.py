"""The indexes of a library on a cluster: making them, and telling whether this version reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import EngineError, IncompatibleIndex
from ...language import bm25
from ...language.terms import ANALYSER
from . import documents, intents
from .link import SETTING_UP, Link
from .place import Place

COPIES = 2
"""Copies of a shard beside the first where there are nodes for them: one node may die and writes still be safe."""


def stamp() -> str:
    """Return what an index of this version is marked with."""
    return f"format {documents.FORMAT}, analyser {ANALYSER}"


def is_there(link: Link, place: Place, *, to_rebuild: bool = False) -> bool:
    """Tell whether the library is there, to be read or, where that is enough, to be rebuilt.

    Raises:
        IncompatibleIndex: another version wrote it.
    """
    found = link.get(f"/{place.articles},{place.passages}/_mapping")
    if found is None:
        return False
    for name, index in found.items():
        meta = index["mappings"].get("_meta", {})
        mark = f"format {meta.get('format', '?')}, analyser {meta.get('analyser', '?')}"
        if meta.get("library") != place.name or meta.get("format") not in documents.REBUILT:
            raise IncompatibleIndex(link.address, f"{name}: {mark}", stamp())
        if mark != stamp() and not to_rebuild:
            raise IncompatibleIndex(link.address, mark, stamp())
    return True


@dataclass(frozen=True, slots=True)
class Size:
    """Into how many shards an index is cut, and how many copies each has beside the first."""

    shards: int
    replicas: int


def create(link: Link, place: Place, shards: int = 1, replicas: int | None = None) -> None:
    """Make an empty library; one that is there already is left as it is.

    Raises:
        EngineError: the cluster refuses.
    """
    mark, size = mark_of(place), Size(shards, replicas_for(link) if replicas is None else replicas)
    make(link, mark, f"{place.writes}-000001", intents.FIELDS, Size(1, size.replicas), place.writes)
    make(link, mark, f"{place.passages}-000001", documents.PASSAGE_FIELDS, size, place.passages)
    # last: with them the library is there; as many shards, since they take as many bytes
    make(link, mark, f"{place.articles}-000001", documents.ARTICLE_FIELDS, size, place.articles)


def replicas_for(link: Link) -> int:
    """Return how many copies beside the first the cluster has nodes for."""
    health = link.must("GET", "/_cluster/health", None, SETTING_UP)
    return max(0, min(COPIES, int(health["number_of_data_nodes"]) - 1))


def mark_of(place: Place) -> dict[str, Any]:
    """Return what the indexes of a library are marked with, to tell whether a version reads them."""
    return {"library": place.name, "format": documents.FORMAT, "analyser": ANALYSER}


def make(link: Link, mark: dict[str, Any], name: str, fields: dict[str, Any], size: Size, alias: str = "") -> None:
    """Make an index, behind an alias if one is given; one that is there already is left as it is."""
    settings: dict[str, Any] = {
        "number_of_shards": size.shards,
        "number_of_replicas": size.replicas,
        # two copies must have a write before it is acknowledged, where a third may be down
        "write.wait_for_active_shards": "2" if size.replicas >= COPIES else "1",
        "similarity": {"default": {"type": "BM25", "k1": bm25.K1, "b": bm25.B}},
        "max_result_window": 20_000,
        # named, or a shard that is seldom searched falls asleep and the next question waits for it
        "refresh_interval": "1s",
    }
    mappings: dict[str, Any] = {
        "dynamic": "strict",
        "_meta": mark,
        "properties": fields,
    }
    if fields is documents.PASSAGE_FIELDS:
        settings["refresh_interval"] = "-1"  # the writer refreshes, once a batch
        mappings["_source"] = {"enabled": False}  # they can be made anew from the articles
    body = {"settings": settings, "mappings": mappings, "aliases": {alias: {}} if alias else {}}
    path = f"/{name}?wait_for_active_shards={min(size.replicas + 1, 2)}&timeout=20s"
    try:
        link.must("PUT", path, body, SETTING_UP)
    except EngineError as error:
        if "resource_already_exists_exception" not in str(error):
            raise
