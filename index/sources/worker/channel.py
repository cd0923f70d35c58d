"""Send messages between the pool and its workers: eight bytes of length, then the bytes."""

from __future__ import annotations

import socket
import time

MAX_REPLY = 64_000_000
"""The longest message in bytes; an article of 5 million characters is shorter."""


def send(channel: socket.socket, data: bytes) -> None:
    """Send one message."""
    channel.sendall(len(data).to_bytes(8, "big"))
    channel.sendall(data)


def receive(channel: socket.socket, limit: int, deadline: float | None = None) -> bytes | None:
    """Return the next message; None at the end of the stream, or if it is too long or too late."""
    head = _receive_exactly(channel, 8, deadline)
    size = int.from_bytes(head or b"", "big")
    return None if head is None or size > limit else _receive_exactly(channel, size, deadline)


def _receive_exactly(channel: socket.socket, size: int, deadline: float | None) -> bytes | None:
    data = bytearray(size)
    view, at = memoryview(data), 0
    while at < size:
        if deadline is not None:
            channel.settimeout(max(0.001, deadline - time.monotonic()))
        count = channel.recv_into(view[at:])
        if not count:
            return None
        at += count
    return bytes(data)
