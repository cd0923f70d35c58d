"""Start a worker on a system that cannot fork, or has no limits: an interpreter of its own, killed when time is over.

It reaches us over the loopback address, and proves with a random word that it is the one we started.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time

from ...errors import SourceUnavailable

_RUN = f"import sys; sys.path[:] = sys.argv[1:]; from {__package__}.child import serve_alone; serve_alone()"
_WORD = 16
"""Bytes of the word that a worker proves itself with."""


def can_fork() -> bool:
    """Tell whether this system forks workers and limits them; else each is started by `start`."""
    from . import sandbox

    return sandbox.LIMITS and hasattr(os, "fork") and hasattr(socket, "send_fds")


def start(seconds: float) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start a worker and return the socket to it, and its process.

    Raises:
        SourceUnavailable: it does not answer within so many seconds.
    """
    word = secrets.token_bytes(_WORD)
    system = os.path.expandvars("%SYSTEMROOT%")  # without it Windows opens no socket
    known = {} if system.startswith("%") else {"SYSTEMROOT": system}
    with socket.create_server(("127.0.0.1", 0)) as server:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-S", "-c", _RUN, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", **known},
            start_new_session=True,  # Ctrl-C is for the caller
        )
        try:
            assert process.stdin is not None
            with process.stdin as channel:
                channel.write(server.getsockname()[1].to_bytes(2, "big") + word)
            return _accept(server, word, time.monotonic() + seconds), process
        except OSError as error:
            process.kill()
            process.wait()
            raise SourceUnavailable("", "the process that reads documents cannot be started") from error


def _accept(server: socket.socket, word: bytes, deadline: float) -> socket.socket:
    """Return the connection that shows the word; any other is closed.

    Raises:
        TimeoutError: none came in time.
    """
    while True:
        server.settimeout(max(0.001, deadline - time.monotonic()))
        channel, _ = server.accept()
        channel.settimeout(max(0.001, deadline - time.monotonic()))
        shown = channel.recv(_WORD, socket.MSG_WAITALL)
        if secrets.compare_digest(shown, word):
            return channel
        channel.close()


def connect() -> socket.socket:  # pragma: no cover - runs in the child
    """In the worker: return the socket to whoever started it."""
    told = sys.stdin.buffer.read(2 + _WORD)
    channel = socket.create_connection(("127.0.0.1", int.from_bytes(told[:2], "big")))
    channel.sendall(told[2:])
    return channel
