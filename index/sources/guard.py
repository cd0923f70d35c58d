"""Guard the socket: connect to checked addresses only, and stop at the deadline.

A client's time-out applies to each read, so a server that drips a byte a second never exceeds it.
Here every operation gets what is left of the time for the whole exchange.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

Check = Callable[[str, int], tuple[str, ...]]


class Guard(httpcore.NetworkBackend):
    """Opens TCP connections to the addresses that `check` returns for a host, until `deadline`."""

    def __init__(self, check: Check, deadline: float) -> None:
        """Keep the check and the deadline (`time.monotonic` seconds)."""
        self._check = check
        self._deadline = deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address that accepts; TLS still checks the host's name.

        Raises:
            httpcore.ConnectError: none accepts.
            httpcore.ConnectTimeout: the time is over.
        """
        numbers = self._check(host, port)
        failure: Exception = httpcore.ConnectError("the host has no address")
        for index, number in enumerate(numbers):
            # each gets a share, so that an address that drops packets leaves time for the next
            left = _check_time_left(self._deadline, timeout, httpcore.ConnectTimeout) / (len(numbers) - index)
            try:
                stream = self._backend.connect_tcp(number, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection on which every operation ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _check_time_left(self._deadline, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _check_time_left(self._deadline, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _check_time_left(self._deadline, timeout, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        # Python takes a connection that was cut for one that the server ended: a part would pass for the whole page.
        stream.get_extra_info("socket").suppress_ragged_eofs = False
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _check_time_left(deadline: float, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the time for the whole exchange is over")
    return left if timeout is None else min(left, timeout)
