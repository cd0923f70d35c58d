"""What was read of a library is used until the library changes: one question asks for the same things several times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from typing import Any, TypeVar

_Value = TypeVar("_Value")

SECONDS = 0.25
"""How long a change by another process may stay unseen; this process's own are seen at once."""

_MOST = 20_000


class ReadCache:
    """Keeps what was read, by the version of the library; safe to use from several threads.

    Every writer changes the version after its changes are visible and before it returns. The version is fetched again
    only after `seconds`, so that one question fetches it at most once.
    """

    def __init__(self, fetch: Callable[[], str], seconds: float = SECONDS) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._seen = ("", 0.0)
        self._kept: dict[Hashable, Any] = {}
        self._lock = threading.Lock()
        self._local = threading.local()

    def fetch_version(self) -> str:
        """Return the library's version; what is read after this call is at least as new."""
        version, until = self._seen
        if time.monotonic() < until or (version and getattr(self._local, "is_ahead", False)):
            return version
        return self._fetch_again()

    def _fetch_again(self) -> str:
        now = time.monotonic()
        found = self._fetch()
        with self._lock:
            if found != self._seen[0]:
                self._kept.clear()
            self._seen = (found, now + self._seconds)
        return found

    def read_while_checking(self, pool: Executor, read: Callable[[], _Value]) -> _Value:
        """Return what `read` returns; if the version must be fetched again, do both at the same time.

        Meanwhile this thread goes by the version last seen: what it reads is no older than that. If the version turns
        out to have changed, everything is read again.
        """
        version, until = self._seen
        if not version or time.monotonic() < until:
            return read()
        look = pool.submit(self._fetch_again)
        self._local.is_ahead = True
        try:
            found = read()
        finally:
            self._local.is_ahead = False
        return found if look.result() == version else read()

    def find(self, key: Hashable) -> Any:
        """Return the value of a key, None if none was kept for the present version."""
        self.fetch_version()
        return self._kept.get(key)

    def keep(self, key: Hashable, value: Any, version: str) -> None:
        """Keep a value that was read after `version` was fetched, unless the version has changed since."""
        with self._lock:
            if version == self._seen[0]:
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[key] = value

    def get_or_make(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return the value of a key; `make` it if there is none."""
        found: _Value | None = self.find(key)
        if found is None:
            version = self.fetch_version()
            found = make()
            self.keep(key, found, version)
        return found

    def clear(self) -> None:
        """Forget everything, because something was written."""
        with self._lock:
            self._kept.clear()
            self._seen = ("", 0.0)
