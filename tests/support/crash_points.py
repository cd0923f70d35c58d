"""Runs an action again and again, each time in a process that is killed one step later: at every point it may crash.

    for point in strike(act, by_line="index/files.py"): ...

A step is a line of one file, or else a change to the disk: what Python's `os` and SQLite's file system are asked for.
To be used in a process of one thread that forks at once: `python -m tests.faults.crash_points`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import apsw

_NAME, _BASE = "watched", apsw.vfs_names()[0]

_kept: list[object] = []  # a file system that nobody holds is gone

CHANGES = ("open", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "write", "truncate", "link", "symlink")


def run_apart(act: Callable[[], Any]) -> Any:
    """Return what `act` returns, or its error's name and text, as JSON has it, from a process of its own.

    So this process stays one of a single thread.
    """
    read_end, write_end = os.pipe()
    if not (pid := os.fork()):
        os.close(read_end)
        try:
            found = act()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
            found = [type(error).__name__, str(error)]
        with os.fdopen(write_end, "w") as pipe:
            json.dump(found, pipe)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        found = json.load(pipe)
    os.waitpid(pid, 0)
    return found


def leave_apart(act: Callable[[], object]) -> None:
    """Do something in a process that ends without tidying up."""
    if not (pid := os.fork()):
        try:
            act()
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0


def strike(act: Callable[[], object], by_line: str = "", stride: int = 1) -> Iterator[int]:
    """Yield 1, 2, ... after the process that carried out `act` was killed at that step; end when one came to its end.

    A `stride` of 5 takes every fifth step alone.

    Raises:
        AssertionError: a process ended in another way.
    """
    for point in range(1, 5_000, stride):
        pid = os.fork()
        if not pid:
            code = 1
            try:
                _arm(point, by_line)
                act()
                code = 0
            finally:
                sys.settrace(None)
                os._exit(code)
        status = os.waitpid(pid, 0)[1]
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, f"at step {point} it failed instead of being killed"
            return
        assert os.WTERMSIG(status) == signal.SIGKILL
        yield point
    raise AssertionError("it never came to its end")


def _arm(point: int, by_line: str) -> None:
    """Have this process killed at its step `point`, just before the step is taken."""
    left = point

    def step() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    if by_line:
        sys.settrace(_trace(by_line, step))
        return
    for name in CHANGES:
        setattr(os, name, _stepping(getattr(os, name), step, name))
    _kept.append(Vfs(step))


def _trace(file: str, step: Callable[[], None]) -> Callable[[FrameType, str, Any], Any]:
    def trace_line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            step()
        return trace_line

    return lambda frame, event, _: trace_line if frame.f_code.co_filename.endswith(file) else None


def _stepping(function: Callable[..., Any], step: Callable[[], None], name: str) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        if name != "open" or args[1] & os.O_CREAT:
            step()
        return function(*args, **options)

    return call


class Vfs(apsw.VFS):
    """SQLite's file system, made the default of this process: `step` is called before each change.

    `unsynced` has the files whose last change has not been synced, `writes` counts writes; shared memory is none.
    """

    def __init__(self, step: Callable[[], None] = lambda: None) -> None:
        self.step = step
        self.unsynced: set[str] = set()
        self.writes = 0
        super().__init__(_NAME, _BASE, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        return _File(self, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        self.step()
        self.unsynced.discard(Path(name).name)
        super().xDelete(name, sync)


class _File(apsw.VFSFile):
    def __init__(self, vfs: Vfs, name: Any, flags: list[int]) -> None:
        self.vfs = vfs
        self.name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "").name
        super().__init__(_BASE, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.vfs.step()
        self.vfs.writes += 1
        self.vfs.unsynced.add(self.name)
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self.vfs.step()
        self.vfs.unsynced.add(self.name)
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self.vfs.step()
        super().xSync(flags)
        self.vfs.unsynced.discard(self.name)
