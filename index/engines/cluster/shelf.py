"""Articles of a cluster by their ids: always as they are now, their texts fetched once."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import CorruptIndex
from ...model import Article
from . import documents
from .documents import Stored
from .link import READING, Link, Patience
from .moment import Moment
from .place import Place

_log = logging.getLogger(__name__)

_MOST = 4_000_000  # characters of text: with terms and spans about ten times as many bytes
_AT_ONCE = 500
_LONGEST_ID = 100  # ours have 20 characters; one that was asked for may be anything


class Shelf:
    """Fetches articles by id; `moment` lets one question see each of them once."""

    def __init__(self, link: Link, place: Place, moment: Moment) -> None:
        self._link = link
        self._place = place
        self._moment = moment
        self._texts: OrderedDict[str, tuple[str, Article]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def articles(self, ids: Iterable[str]) -> dict[str, Stored]:
        """Return those of the articles that there are, as of this moment; damaged ones are left out."""
        found: dict[str, Stored] = {}
        wanted = []
        for key in ids:
            if (kept := self._moment.find(("article", key))) is not None:
                found[key] = kept
            else:
                wanted.append(key)
        epoch = self._moment.epoch()
        for key, stored in self.now(wanted).items():
            if isinstance(stored, CorruptIndex):
                _log.warning("passed over: %s", stored)  # one damaged article must not silence all others
                continue
            found[key] = stored
            self._moment.keep(("article", key), stored, epoch)
        return found

    def now(self, ids: Iterable[str], patience: Patience = READING) -> dict[str, Stored | CorruptIndex]:
        """Return those of the articles that there are, as the cluster holds them now; an error for each damaged one."""
        wanted = [key for key in dict.fromkeys(ids) if 0 < len(key) <= _LONGEST_ID]
        found: dict[str, Stored | CorruptIndex] = {}
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            rows = self._fetch(part, patience, known=True)
            # stored anew since its text was fetched: its sentences may be cut otherwise
            stale = [key for key, row in rows.items() if "body" not in row["_source"] and not self._text(key, row)]
            rows |= self._fetch(stale, patience, known=False)
            found |= {key: self._read(key, row) for key, row in rows.items()}
        return found

    def _fetch(self, ids: list[str], patience: Patience, *, known: bool) -> dict[str, Mapping[str, Any]]:
        if not ids:
            return {}
        asked: list[dict[str, Any]] = []
        for key in ids:
            brief = known and key in self._texts
            asked.append({"_id": documents.spelt(key)} | ({"_source": documents.CARD} if brief else {}))
        answer = self._link.send("POST", f"/{self._place.articles}/_mget", {"docs": asked}, patience)
        docs = [] if answer is None else answer["docs"]
        return {key: row for key, row in zip(ids, docs, strict=False) if row.get("found")}

    def _read(self, key: str, row: Mapping[str, Any]) -> Stored | CorruptIndex:
        try:
            stored = documents.read(row, None if "body" in row["_source"] else self._text(key, row))
        except (ValueError, IndexError, TypeError, KeyError) as exc:
            message = f"article {key} is damaged ({exc}); remove it and add its source again"
            return CorruptIndex(self._link.address, message)
        self._keep(key, stored)
        return stored

    def _text(self, key: str, row: Mapping[str, Any]) -> Article | None:
        generation, article = self._texts.get(key, ("", None))
        return article if generation == row["_source"]["generation"] else None

    def _keep(self, key: str, stored: Stored) -> None:
        with self._lock:
            if (old := self._texts.pop(key, None)) is not None:
                self._size -= len(old[1].text)
            self._texts[key] = (stored.generation, stored.article)
            self._size += len(stored.article.text)
            while self._size > _MOST and len(self._texts) > 1:
                _, (_, gone) = self._texts.popitem(last=False)
                self._size -= len(gone.text)
