"""Articles of a cluster by their ids: always as they are now, their texts fetched once."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import CorruptIndex
from . import documents
from .documents import Stored
from .link import LOCAL, READING, Link, Patience
from .place import Place
from .present import Present

_log = logging.getLogger(__name__)

_MOST = 4_000_000  # characters of text: with terms and spans about ten times as many bytes
_AT_ONCE = 500
_LONGEST_ID = 100  # ours have 20 characters; one that was asked for may be anything


class Shelf:
    """Fetches articles by id; what was fetched holds as long as the library does not change, and its text longer."""

    def __init__(self, link: Link, place: Place, present: Present) -> None:
        self._link = link
        self._place = place
        self._present = present
        self._kept: OrderedDict[str, tuple[str, Stored]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def articles(self, ids: Iterable[str]) -> dict[str, Stored]:
        """Return those of the articles that there are; damaged ones are left out."""
        version = self._present.version()
        found: dict[str, Stored] = {}
        wanted = []
        for key in ids:
            then, kept = self._kept.get(key, ("", None))
            if kept is not None and then == version:
                found[key] = kept
            else:
                wanted.append(key)
        for key, stored in self.now(wanted, READING, version).items():
            if isinstance(stored, CorruptIndex):
                _log.warning("passed over: %s", stored)  # one damaged article must not silence all others
            else:
                found[key] = stored
        return found

    def now(
        self, ids: Iterable[str], patience: Patience = READING, version: str = "-"
    ) -> dict[str, Stored | CorruptIndex]:
        """Return those of the articles that there are, as the cluster holds them now; an error for each damaged one."""
        wanted = [key for key in dict.fromkeys(ids) if 0 < len(key) <= _LONGEST_ID]
        found: dict[str, Stored | CorruptIndex] = {}
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            with self._lock:
                known = {key: self._kept[key][1] for key in part if key in self._kept}
            rows = self._fetch(part, known, patience)
            # stored anew since its text was fetched: its sentences may be cut otherwise
            stale = [key for key, row in rows.items() if key in known and not _is_of(row, known[key])]
            rows |= self._fetch(stale, {}, patience)
            found |= {key: self._read(row, None if key in stale else known.get(key)) for key, row in rows.items()}
        for key, stored in found.items():
            if isinstance(stored, Stored):
                self._keep(key, version, stored)
        return found

    def _fetch(self, ids: list[str], known: Mapping[str, Stored], patience: Patience) -> dict[str, Mapping[str, Any]]:
        if not ids:
            return {}
        asked: list[dict[str, Any]] = [
            {"_id": documents.spelt(key)} | ({"_source": documents.CARD} if key in known else {}) for key in ids
        ]
        answer = self._link.send("POST", f"/{self._place.articles}/_mget?{LOCAL}", {"docs": asked}, patience)
        docs = [] if answer is None else answer["docs"]
        return {key: row for key, row in zip(ids, docs, strict=False) if row.get("found")}

    def _read(self, row: Mapping[str, Any], known: Stored | None) -> Stored | CorruptIndex:
        try:
            return documents.read(row, None if known is None else known.article)
        except (ValueError, IndexError, TypeError, KeyError) as exc:
            message = f"article {row['_id']} is damaged ({exc}); remove it and add its source again"
            return CorruptIndex(self._link.address, message)

    def _keep(self, key: str, version: str, stored: Stored) -> None:
        with self._lock:
            if (old := self._kept.pop(key, None)) is not None:
                self._size -= len(old[1].article.text)
            self._kept[key] = (version, stored)
            self._size += len(stored.article.text)
            while self._size > _MOST and len(self._kept) > 1:
                _, (_, gone) = self._kept.popitem(last=False)
                self._size -= len(gone.article.text)


def _is_of(row: Mapping[str, Any], known: Stored) -> bool:
    return bool(row["_source"]["generation"] == known.generation)
