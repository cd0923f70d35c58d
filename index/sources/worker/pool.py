"""Parse untrusted bytes in a child that can be killed; whatever fails there is one `SourceError` here.

A template process imports the parsers once and forks workers from itself, so that a worker starts in
milliseconds and the calling program is never forked (its threads, files and secrets stay out of it).
Bytes go in through a socket, one JSON value comes out. (The standard library's forkserver would run the
caller's main script again in the child, which breaks any script without a main guard.)
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from ... import errors
from ...errors import (
    BlockedAddress,
    EmptyArticle,
    Fault,
    SourceError,
    SourceTooLarge,
    SourceUnavailable,
    UnsupportedFormat,
    UnsupportedLanguage,
    state_fact,
)
from . import sandbox, spawned
from .channel import MAX_REPLY, receive, send

WORKERS = 2
"""How many documents are parsed at once, at most."""

DOCUMENTS = 100
"""The number of documents after which a worker is replaced."""

_GRACE = 5.0  # seconds beyond the worker's own limit after which it is killed from outside
_START = 20.0  # seconds for the template to import the parsers, once
_TEMPLATE = f"import sys; sys.path[:] = sys.argv[1:]; from {__package__}.child import serve_template; serve_template()"


def run(job: str, data: bytes, source: str) -> dict[str, Any]:
    """Run a job in a worker: "module:function", which takes bytes and source and returns a JSON object.

    Raises:
        SourceError: the job raised one, or it crashed, or it took more time or memory than a document may.
    """
    with _slots:
        worker = _idle.pop() if _idle else _Worker()
        began = time.monotonic()
        reply = worker.ask(job, data, source)
        if reply is None and worker.served > 1 and time.monotonic() - began < sandbox.CPU_SECONDS:
            # a worker that has read other documents may have died of one of them
            worker = _Worker()
            reply = worker.ask(job, data, source)
        if reply is None or "fault" in reply or worker.served >= DOCUMENTS:
            worker.close()
        else:
            _idle.append(worker)
    return _read_result(reply, source)


def close() -> None:
    """End the workers and their template; the next `run` starts new ones."""
    while _idle:
        _idle.pop().close()
    _template.close()


def _read_result(reply: Any, source: str) -> dict[str, Any]:
    """Return the job's result, or raise its error; any other reply may come from a hijacked child."""
    match reply:
        case {"result": dict() as result}:
            return result
        case {"fault": str() as fault}:
            raise UnsupportedFormat(
                source, state_fact("is damaged beyond reading ({fault}); get another copy of it", fault=fault[:100])
            )
        case {"error": str() as name, "message": str() as message, "fact": fact}:
            message = _read_fact(message, reply)
            kind = getattr(errors, name, None)
            if kind is SourceTooLarge and isinstance(fact, int):
                raise SourceTooLarge(source, message, fact)
            if kind is UnsupportedLanguage and isinstance(fact, str):
                raise UnsupportedLanguage(source, message, fact)
            if kind in _ERRORS:
                raise kind(source, message)
    limits = f"{sandbox.CPU_SECONDS} s of CPU, {sandbox.WALL_SECONDS} s or {sandbox.MEMORY_BYTES >> 20} MB"
    raise UnsupportedFormat(source, f"could not be read within {limits}; it may be damaged, or made to do harm")


def _read_fact(message: str, reply: Any) -> str:
    """Return the message, as a fact where the child told its template and plain values for it."""
    match reply:
        case {"template": str() as template, "values": dict() as values}:
            if all(isinstance(each, str | int | float) for each in values.values()):
                return Fault(message, template, values)
    return message


_ERRORS = (SourceError, SourceUnavailable, UnsupportedFormat, EmptyArticle, BlockedAddress)


class _Template:
    """The process that forks workers; it starts when the first one is needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fork(self, end: socket.socket) -> int | None:
        """Fork a worker that answers at `end`; return a handle to kill it with, None if the system has none."""
        with self._lock:
            for _ in range(2):  # twice, in case the template was killed
                try:
                    return self._fork(end)
                except OSError:
                    self._stop()
        raise SourceUnavailable(
            "", state_fact("the process that reads documents cannot be started; is there enough memory?")
        )

    def _fork(self, end: socket.socket) -> int | None:
        if self._control is None:
            self._start()
        assert self._control is not None
        socket.send_fds(self._control, [b"f"], [end.fileno()])
        word, handles, _, _ = socket.recv_fds(self._control, 1, 1)
        if not word:
            raise BrokenPipeError
        return handles[0] if handles else None

    def _start(self) -> None:
        self._control, end = socket.socketpair()
        self._control.settimeout(_START)
        with end:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-S", "-c", _TEMPLATE, *sys.path],
                stdin=end.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},  # ours may hold secrets
                start_new_session=True,  # Ctrl-C is for the caller
            )

    def _stop(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
            self._process.kill()
            self._process.wait()
        self._control = self._process = None

    def close(self) -> None:
        with self._lock:
            self._stop()


class _Worker:
    """One child and the socket to it."""

    def __init__(self) -> None:
        self.served = 0
        self._handle: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        if not spawned.can_fork():
            self._socket, self._process = spawned.start(_START)
            return
        self._socket, end = socket.socketpair()
        with end:
            try:
                self._handle = _template.fork(end)
            except BaseException:
                self._socket.close()
                raise

    def ask(self, job: str, data: bytes, source: str) -> Any:
        """Return the worker's reply, or None if there is none; then the worker has ended."""
        self.served += 1
        deadline = time.monotonic() + sandbox.WALL_SECONDS + _GRACE
        try:
            self._socket.settimeout(sandbox.WALL_SECONDS + _GRACE)
            send(self._socket, json.dumps([job, source]).encode())
            send(self._socket, data)
            message = receive(self._socket, MAX_REPLY, deadline)
            reply = None if message is None else json.loads(message)
        except (OSError, ValueError, RecursionError):
            reply = None
        except BaseException:
            self.close()
            raise
        if reply is None:
            self.close()
        return reply

    def close(self) -> None:
        """End the child, whatever it is doing."""
        self._socket.close()
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)
            self._handle = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


_slots = threading.BoundedSemaphore(WORKERS)
_template = _Template()
_idle: list[_Worker] = []
atexit.register(close)


def _forget() -> None:
    """Start afresh in a forked copy of the caller: the workers belong to the original."""
    global _slots, _template
    _slots, _template = threading.BoundedSemaphore(WORKERS), _Template()
    _idle.clear()


os.register_at_fork(after_in_child=_forget)
