"""Articles of a cluster by their ids, up to date without decoding a text twice."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...errors import CorruptIndex
from ...model import Filter
from . import mapping, queries
from .client import LOCAL, READING, ClusterClient, Timeouts
from .location import ClusterLocation
from .mapping import ArticleState, FetchedArticle
from .read_cache import ReadCache

_log = logging.getLogger(__name__)

_MOST = 4_000_000  # characters of text in memory; with terms and spans about ten times as many bytes, 17 with vectors
_AT_ONCE = 500  # articles in one request
_SEARCHES = 64  # whose damaged articles are noted
_LONGEST_ID = 100  # ours have 20 characters, but a caller may ask for anything


class ArticleCache:
    """Fetches articles by id and keeps them until the library changes; their decoded texts are kept longer."""

    def __init__(self, client: ClusterClient, location: ClusterLocation, read_cache: ReadCache) -> None:
        self._client = client
        self._location = location
        self._read_cache = read_cache
        self._kept: OrderedDict[str, tuple[str, FetchedArticle]] = OrderedDict()
        self._size = 0
        self._damaged: set[str] = set()
        self._unread: dict[tuple[tuple[str, ...], Filter], tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def fetch(self, ids: Iterable[str]) -> dict[str, FetchedArticle]:
        """Return the articles that exist, by id; damaged ones are left out and logged."""
        version = self._read_cache.fetch_version()
        found: dict[str, FetchedArticle] = {}
        wanted = []
        for key in ids:
            then, kept = self._kept.get(key, ("", None))
            if kept is not None and then == version:
                found[key] = kept
            else:
                wanted.append(key)
        for key, held in self._request(wanted, READING, version).items():
            if isinstance(held, CorruptIndex):
                _log.warning("skipped: %s", held)  # one damaged article must not stop answers from all others
            else:
                found[key] = held
        return found

    def fetch_now(self, ids: Iterable[str], timeouts: Timeouts = READING) -> dict[str, ArticleState | CorruptIndex]:
        """Return the articles that exist, as the cluster has them now; an error in place of each damaged one."""
        found = self._request(ids, timeouts, "-")
        return {key: held.to_state() if isinstance(held, FetchedArticle) else held for key, held in found.items()}

    def fetch_intact_now(self, ids: Iterable[str]) -> dict[str, FetchedArticle]:
        """Return the articles that exist, as the cluster has them now; damaged ones are left out."""
        return {key: held for key, held in self._request(ids, READING, "-").items() if isinstance(held, FetchedArticle)}

    def list_damaged(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return those of the articles that were damaged when they were last fetched."""
        return tuple(key for key in dict.fromkeys(ids) if key in self._damaged)

    def note_unread(self, terms: Sequence[str], filter: Filter, ids: Iterable[str]) -> None:
        """Note which of the articles that a search came upon are damaged, in place of what its last time found."""
        found = self.list_damaged(ids)
        if not found and not self._unread:
            return
        with self._lock:
            if len(self._unread) >= _SEARCHES:
                self._unread.clear()
            self._unread[tuple(terms), filter] = found

    def list_unread(self, terms: Sequence[str], filter: Filter) -> tuple[str, ...]:
        """Return the ids of the damaged articles noted for a search."""
        return self._unread.get((tuple(terms), filter), ()) if self._unread else ()

    def _request(
        self, ids: Iterable[str], timeouts: Timeouts, version: str
    ) -> dict[str, FetchedArticle | CorruptIndex]:
        wanted = [key for key in dict.fromkeys(ids) if 0 < len(key) <= _LONGEST_ID]
        found: dict[str, FetchedArticle | CorruptIndex] = {}
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            # whole documents, even if known: cutting out a part takes the cluster three times as long
            asked = {"ids": [queries.escape_surrogates(key) for key in part]}
            answer = self._client.send("POST", f"/{self._location.articles}/_mget?{LOCAL}", asked, timeouts)
            docs = [] if answer is None else answer["docs"]
            found |= {key: self._decode(key, row) for key, row in zip(part, docs, strict=False) if row.get("found")}
        for key, held in found.items():
            if isinstance(held, FetchedArticle):
                self._keep(key, version, held)
        with self._lock:
            self._damaged.difference_update(wanted)
            self._damaged.update(key for key, held in found.items() if isinstance(held, CorruptIndex))
        return found

    def _decode(self, key: str, row: Mapping[str, Any]) -> FetchedArticle | CorruptIndex:
        _, known = self._kept.get(key, ("", None))
        try:
            return mapping.decode_article(row, known)
        except (ValueError, IndexError, TypeError, KeyError) as exc:
            message = f"article {key} is damaged ({exc}); remove it and add its source again"
            return CorruptIndex(self._client.address, message)

    def _keep(self, key: str, version: str, held: FetchedArticle) -> None:
        with self._lock:
            if (old := self._kept.pop(key, None)) is not None:
                self._size -= len(old[1].text.body.text)
            self._kept[key] = (version, held)
            self._size += len(held.text.body.text)
            while self._size > _MOST and len(self._kept) > 1:
                _, (_, gone) = self._kept.popitem(last=False)
                self._size -= len(gone.text.body.text)
