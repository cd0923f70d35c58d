"""One writer at a time: a lock that the kernel releases when its owner dies, and a note saying who that is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from ...errors import EngineUnavailable
from ...files import make_private_file

PATIENCE = 0.8
"""Seconds that a second writer waits: it gets its error within one second."""


@contextmanager
def hold_lock(folder: Path, address: str, *, wait: float = PATIENCE) -> Iterator[None]:
    """Hold the writer's lock of a library folder, waiting at most `wait` seconds for it.

    Raises:
        EngineUnavailable: another process or engine has it, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout  # takes 70 ms, and reading needs no lock

    lock = FileLock(folder / "writer.lock", timeout=wait, mode=0o600, poll_interval=0.02)
    note = folder / "writer.json"
    try:
        lock.acquire()
    except Timeout:
        raise EngineUnavailable(address, f"is {_describe_owner(note)}; wait until it is done and try again") from None
    except (OSError, NotImplementedError) as exc:
        raise EngineUnavailable(address, f"cannot be written ({exc}); reading works") from exc
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with suppress(OSError):  # on a full disk we do without the note
            make_private_file(note)
            note.write_text(json.dumps({"pid": os.getpid(), "since": since}), encoding="ascii")
        yield
    finally:
        with suppress(OSError):
            note.unlink()
        lock.release()


def _describe_owner(note: Path) -> str:
    try:
        found = json.loads(note.read_text(encoding="ascii"))
        return f"in use by process {int(found['pid'])}, since {found['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "in use by another process"
