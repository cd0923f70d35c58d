"""Whether the bot still hears: for itself, for its supervisor, and for whoever looks at its health."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from index.errors import PullquoteError

from ..serving.metrics import Metrics
from .updates.polling import Poller
from .updates.webhook import Asked, Told, serve

SILENCE = 120.0
"""Seconds without a finished poll, good or failed, after which the process is no good any more."""

FRESH = 60.0
"""Seconds since the last good poll up to which the bot is ready: each lasts 25 s at most."""


class Deaf(PullquoteError):
    """No poll has ended for minutes: the process is to be started anew."""


class Watch:
    """Watches the last finished poll. Telegram being away is no reason to start anew: failed polls finish, too."""

    def __init__(self, metrics: Metrics, silence: float = SILENCE) -> None:
        self.poller: Poller | None = None
        self._metrics, self._silence = metrics, silence
        self._interval = min(5.0, silence / 4)
        self._listening = False

    def ready(self) -> None:
        """Say that updates can come: a webhook listens."""
        self._listening = True

    @property
    def hears(self) -> bool:
        """Whether updates come in just now, or would."""
        if self.poller is None:
            return self._listening
        return self.poller.polled and time.monotonic() - self.poller.answered < FRESH

    async def run(self) -> None:
        """Watch for ever.

        Raises:
            Deaf: no poll has ended for too long.
        """
        told = False
        while True:
            if self.poller is not None:
                self._metrics.polled = self.poller.answered
                if time.monotonic() - self.poller.finished > self._silence:
                    raise Deaf("no poll has ended for minutes; the bot stops, so that its supervisor starts it anew")
            if not told and self.hears:
                notify("READY=1")
                told = True
            notify("WATCHDOG=1")
            await asyncio.sleep(self._interval)

    def stopping(self) -> None:
        """Tell the supervisor that the bot stops."""
        self._listening = False
        notify("STOPPING=1")


def notify(state: str) -> None:
    """Tell systemd, where it started us and listens (sd_notify(3)); else do nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.send(state.encode())


@asynccontextmanager
async def health(port: int, watch: Watch, metrics: Metrics) -> AsyncIterator[None]:
    """Answer /healthz, /readyz and /metrics on a port of the loopback address; 0 is none."""

    async def answer(asked: Asked) -> Told:
        match asked.path:
            case "/healthz":
                return Told(200, "alive\n")
            case "/readyz":
                return Told(200, "ready\n") if watch.hears else Told(503, "Telegram cannot be reached\n")
            case "/metrics":
                return Told(200, metrics.text(), "text/plain; version=0.0.4; charset=utf-8")
            case _:
                return Told(404, "not here\n")

    if not port:
        yield
        return
    server = await serve("127.0.0.1", port, answer)
    try:
        yield
    finally:
        server.close()
