"""The code of the child processes: the template that forks workers, and the worker that reads documents."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any

from ...errors import Fault, SourceError
from . import sandbox
from .channel import MAX_REPLY, receive, send

Job = Callable[[bytes, str], dict[str, Any]]


def serve_template() -> None:  # pragma: no cover - runs in the child
    """Run the template: fork a worker for each socket received, until the caller ends.

    The first worker imports what its document needs: a command that reads one document needs no other. Before the
    second, the template imports all parsers, so that no further worker has to.

    (It does not ask Linux to end it with its parent: that would be the thread that started it, not the program.)
    """
    from . import preload

    preload.leave_out_numpy()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps the children
    control = socket.socket(fileno=os.dup(0))
    for number in count(1):
        word, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not word:
            return
        if number == 2:
            preload.warm()
        child = os.fork()
        if not child:
            control.close()
            _serve_worker(socket.socket(fileno=handles[0]))
        os.close(handles[0])
        handle = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
        socket.send_fds(control, [b"f"], [] if handle is None else [handle])
        if handle is not None:
            os.close(handle)


def _serve_worker(channel: socket.socket) -> None:  # pragma: no cover - runs in the child
    try:
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        sandbox.die_with_parent()
        sandbox.confine()
        while (head := receive(channel, MAX_REPLY)) is not None:
            data = receive(channel, MAX_REPLY)
            if data is None:
                break
            job, source = json.loads(head)
            sandbox.start_clock()
            message = answer(job, data, source)
            del data
            sandbox.stop_clock()
            send(channel, message)
    finally:
        os._exit(0)


def serve_alone() -> None:  # pragma: no cover - runs in the child
    """Run a worker that was not forked, until the caller ends."""
    from . import preload
    from .spawned import connect

    preload.leave_out_numpy()
    _serve_worker(connect())


def answer(job: str, data: bytes, source: str) -> bytes:
    """Run a job and return its outcome as one JSON object: a result, an error, or a fault."""
    module, _, name = job.partition(":")
    try:
        function: Job = getattr(import_module(module), name)
        return json.dumps({"result": function(data, source)}).encode("ascii")
    except SourceError as error:
        fact = getattr(error, "limit", getattr(error, "language", None))
        reply = {"error": type(error).__name__, "message": error.message, "fact": fact}
        if isinstance(error.message, Fault):
            reply |= {"template": error.message.template, "values": dict(error.message.values)}
    except MemoryError:
        reply = {"fault": f"more than {sandbox.MEMORY_BYTES >> 20} MB of memory"}
    except Exception as error:  # noqa: BLE001 - parsers of damaged bytes raise anything; the caller gets its name
        reply = {"fault": type(error).__name__}
    return json.dumps(reply).encode("ascii")
