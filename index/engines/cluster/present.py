"""What was read of a library holds until the library changes: one question looks at the same things several times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from typing import Any, TypeVar

_Value = TypeVar("_Value")

SECONDS = 0.25
"""How long a change of another process may stay unseen; this process's own are seen at once."""

_MOST = 20_000


class Present:
    """Keeps what was read under the library's version; safe to use from several threads.

    Every writer changes the version once its changes are visible, and before it returns. It is looked at again after a
    moment, so that what is read within one question needs no further look.
    """

    def __init__(self, look: Callable[[], str], seconds: float = SECONDS) -> None:
        self._look = look
        self._seconds = seconds
        self._seen = ("", 0.0)
        self._kept: dict[Hashable, Any] = {}
        self._lock = threading.Lock()
        self._own = threading.local()

    def version(self) -> str:
        """Return the library's version; what is read after this call is at least as new."""
        version, until = self._seen
        if time.monotonic() < until or (version and getattr(self._own, "is_ahead", False)):
            return version
        return self._looked()

    def _looked(self) -> str:
        now = time.monotonic()
        found = self._look()
        with self._lock:
            if found != self._seen[0]:
                self._kept.clear()
            self._seen = (found, now + self._seconds)
        return found

    def meanwhile(self, pool: Executor, read: Callable[[], _Value]) -> _Value:
        """Return what `read` does; where a look at the version is due it is taken at the same time.

        Until it is there the version last seen counts for this thread: what is read is no older than that. Only if
        it turns out to be over is all read again.
        """
        version, until = self._seen
        if not version or time.monotonic() < until:
            return read()
        look = pool.submit(self._looked)
        self._own.is_ahead = True
        try:
            found = read()
        finally:
            self._own.is_ahead = False
        return found if look.result() == version else read()

    def find(self, key: Hashable) -> Any:
        """Return the value of a key, None when there is none of this version."""
        self.version()
        return self._kept.get(key)

    def keep(self, key: Hashable, value: Any, version: str) -> None:
        """Keep a value that was read after `version` was; it is dropped if that is over."""
        with self._lock:
            if version == self._seen[0]:
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[key] = value

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return the value of a key, made now if there is none."""
        found: _Value | None = self.find(key)
        if found is None:
            version = self.version()
            found = make()
            self.keep(key, found, version)
        return found

    def end(self) -> None:
        """Forget all: something was written."""
        with self._lock:
            self._kept.clear()
            self._seen = ("", 0.0)
