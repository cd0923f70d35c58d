"""Articles of a cluster by their ids: always as they are now, their texts fetched once."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import CorruptIndex
from . import documents
from .documents import Held, Stored
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
        self._kept: OrderedDict[str, tuple[str, Held]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def articles(self, ids: Iterable[str]) -> dict[str, Held]:
        """Return those of the articles that there are; damaged ones are left out."""
        version = self._present.version()
        found: dict[str, Held] = {}
        wanted = []
        for key in ids:
            then, kept = self._kept.get(key, ("", None))
            if kept is not None and then == version:
                found[key] = kept
            else:
                wanted.append(key)
        for key, held in self._look(wanted, READING, version).items():
            if isinstance(held, CorruptIndex):
                _log.warning("passed over: %s", held)  # one damaged article must not silence all others
            else:
                found[key] = held
        return found

    def now(self, ids: Iterable[str], patience: Patience = READING) -> dict[str, Stored | CorruptIndex]:
        """Return those of the articles that there are, as the cluster holds them now; an error for each damaged one."""
        found = self._look(ids, patience, "-")
        return {key: held.stored() if isinstance(held, Held) else held for key, held in found.items()}

    def held_now(self, ids: Iterable[str]) -> dict[str, Held]:
        """Return those of the articles that there are, as the cluster holds them now; damaged ones are left out."""
        return {key: held for key, held in self._look(ids, READING, "-").items() if isinstance(held, Held)}

    def _look(self, ids: Iterable[str], patience: Patience, version: str) -> dict[str, Held | CorruptIndex]:
        wanted = [key for key in dict.fromkeys(ids) if 0 < len(key) <= _LONGEST_ID]
        found: dict[str, Held | CorruptIndex] = {}
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            # whole documents, known or not: a part of each takes the cluster three times as long
            asked = {"ids": [documents.spelt(key) for key in part]}
            answer = self._link.send("POST", f"/{self._place.articles}/_mget?{LOCAL}", asked, patience)
            docs = [] if answer is None else answer["docs"]
            found |= {key: self._read(key, row) for key, row in zip(part, docs, strict=False) if row.get("found")}
        for key, held in found.items():
            if isinstance(held, Held):
                self._keep(key, version, held)
        return found

    def _read(self, key: str, row: Mapping[str, Any]) -> Held | CorruptIndex:
        _, known = self._kept.get(key, ("", None))
        try:
            return documents.read(row, known)
        except (ValueError, IndexError, TypeError, KeyError) as exc:
            message = f"article {key} is damaged ({exc}); remove it and add its source again"
            return CorruptIndex(self._link.address, message)

    def _keep(self, key: str, version: str, held: Held) -> None:
        with self._lock:
            if (old := self._kept.pop(key, None)) is not None:
                self._size -= len(old[1].body.text)
            self._kept[key] = (version, held)
            self._size += len(held.body.text)
            while self._size > _MOST and len(self._kept) > 1:
                _, (_, gone) = self._kept.popitem(last=False)
                self._size -= len(gone.body.text)
