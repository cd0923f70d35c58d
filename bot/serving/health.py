"""The health of a running server: told to its supervisor, and to anyone who asks over HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from .http import HttpRequest, HttpResponse, serve
from .metrics import Metrics


async def report_health(check: Callable[[], bool], interval: float) -> None:
    """Tell the supervisor every `interval` seconds that we are alive, and once `check` says so, that we are ready.

    It ends only by an error that `check` raises: a server that cannot go on had better be restarted.
    """
    ready = False
    while True:
        if check() and not ready:
            ready = True
            notify("READY=1")
        notify("WATCHDOG=1")
        await asyncio.sleep(interval)


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
    server = await serve("127.0.0.1", port, handle)
    try:
        yield
    finally:
        server.close()
