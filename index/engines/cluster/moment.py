"""What was read counts as the present for a moment: one question looks at the same things several times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_Value = TypeVar("_Value")

SECONDS = 0.25
"""How long a change of another process may stay unseen; this process's own are seen at once."""

_MOST = 5000


class Moment:
    """Keeps values for a moment; safe to use from several threads."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._epoch = 0
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Any:
        """Return the value of a key, None when there is none of this moment."""
        with self._lock:
            at, value = self._kept.get(key, (0.0, None))
        return value if value is not None and time.monotonic() - at < self._seconds else None

    def epoch(self) -> int:
        """Return what `keep` takes: read it before reading what is to be kept."""
        return self._epoch

    def keep(self, key: Hashable, value: Any, epoch: int) -> None:
        """Keep a value, unless something was written since."""
        with self._lock:
            if epoch == self._epoch:
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[key] = (time.monotonic(), value)

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return the value of a key, made now if there is none."""
        found: _Value | None = self.find(key)
        if found is None:
            epoch = self.epoch()
            found = make()
            self.keep(key, found, epoch)
        return found

    def end(self) -> None:
        """Forget all: something was written."""
        with self._lock:
            self._epoch += 1
            self._kept.clear()
