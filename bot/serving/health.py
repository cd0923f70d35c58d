"""The health of a running server: told to its supervisor, and to anyone who asks over HTTP."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from ..settings import SettingsError
from .http import HttpRequest, HttpResponse, serve
from .metrics import Metrics

_log = logging.getLogger(__name__)

AT_START = 0.1
"""Seconds between two looks until the server is ready: whoever started it waits for that."""


async def report_health(check: Callable[[], bool], interval: float) -> None:
    """Tell the supervisor every `interval` seconds that we are alive, and once `check` says so, that we are ready.

    It ends only by an error that `check` raises: a server that cannot go on had better be restarted.
    """
    ready = False
    while True:
        if check() and not ready:
            ready = True
            _log.info("ready")
            notify("READY=1")
        notify("WATCHDOG=1")
        await asyncio.sleep(interval if ready else min(interval, AT_START))


def notify(state: str) -> None:
    """Send a state to systemd (sd_notify(3)) if it started us and listens; else do nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.send(state.encode())


@asynccontextmanager
async def serve_health(port: int, metrics: Metrics, is_ready: Callable[[], bool], why_not: str) -> AsyncIterator[None]:
    """Answer /healthz, /readyz and /metrics on a port of the loopback address; port 0 means not at all.

    `why_not` is what /readyz says, with status 503, while the server is not ready.

    Raises:
        SettingsError: the port cannot be listened at.
    """

    async def handle(request: HttpRequest) -> HttpResponse:
        match request.path:
            case "/healthz":
                return HttpResponse(200, "alive\n")
            case "/readyz":
                return HttpResponse(200, "ready\n") if is_ready() else HttpResponse(503, f"{why_not}\n")
            case "/metrics":
                return HttpResponse(200, metrics.render(), "text/plain; version=0.0.4; charset=utf-8")
            case _:
                return HttpResponse(404, "not here\n")

    if not port:
        yield
        return
    with name_setting("PULLQUOTE_HEALTH_PORT", "127.0.0.1", port):
        server = await serve("127.0.0.1", port, handle)
    try:
        yield
    finally:
        server.close()


@contextmanager
def name_setting(name: str, host: str, port: int) -> Iterator[None]:
    """Name the setting that gave the address, where nothing can listen at it.

    Raises:
        SettingsError: the port is taken, the address is not this machine's, or it may not be listened at.
    """
    try:
        yield
    except OSError as error:
        # asyncio's own text repeats the address; that of a name that is not known has a numbering of its own.
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise SettingsError(f"{name}: cannot listen at {host}:{port} ({reason}); choose another port") from None
