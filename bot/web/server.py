"""The server's life: check who is let in, listen, answer until a signal stops it."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from index import Index
from index.engines import is_loopback

from ..processes.askers import parallelize
from ..serving.health import name_setting, serve_health
from ..serving.logs import set_up_logs
from ..serving.signals import heed_signals
from ..settings import Settings, SettingsError, is_port
from .access import read_tokens
from .app import make_app
from .assistants import MakeAssistantServer

PATIENCE = 10
"""Seconds that responses in the making get when the server stops."""

HEAD_PATIENCE = 10.0
"""Seconds in which the head of a request must have arrived; `bodies.PATIENCE` is for its body."""

CONNECTIONS = 1000
"""Connections and tasks at once; those beyond are told to come again."""


def read_listen(text: str, settings: Settings) -> tuple[str, int]:
    """Return host and port to listen at.

    Raises:
        SettingsError: they are malformed, or others could come in, and there are no tokens.
    """
    host, _, port = text.rpartition(":")
    if not host or not is_port(port):
        raise SettingsError("--listen takes HOST:PORT, for example 127.0.0.1:8000")
    host = host.strip("[]")
    if not is_loopback(host) and not settings.api_tokens:
        raise SettingsError(
            f"{host} lets other machines in, so PULLQUOTE_TOKENS must say who may do what; .env.example shows how"
        )
    return host, int(port)


def run(
    settings: Settings,
    listen: str,
    open_library: Callable[[], Index],
    tell: Callable[[str], None],
    make_server: MakeAssistantServer | None = None,
) -> None:
    """Serve until a signal stops it; `tell` gets the address once it listens, `make_server` serves assistants.

    Raises:
        SettingsError: the address or the tokens cannot be used.
        EngineError: the library cannot be opened.
    """
    host, port = read_listen(listen, settings)
    secrets = [token.secret for token in read_tokens(settings.api_tokens.reveal())]
    secrets += [settings.api_tokens, settings.cluster_password, settings.cluster_key]
    # They tell at each start and stop what we tell ourselves, and mcp below that what it was asked.
    levels = {"uvicorn.error": logging.WARNING, "mcp": logging.WARNING}
    set_up_logs(settings.log_level, secrets, levels)
    # A search computes in a thread, and every other request waits for it to give way: 5 ms each time is too long.
    sys.setswitchinterval(0.0005)
    with name_setting("--listen", host, port):
        opened = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    with opened, parallelize(open_library(), settings.index, settings.login) as index:
        asyncio.run(_serve(settings, index, opened, tell, make_server))


class _Server(uvicorn.Server):
    """Stops by a signal like any end: the original sends it once more, which would leave the askers behind."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Have signals stop the server while inside; a second one does not wait for responses in the making."""
        heed_signals(lambda number: self.handle_exit(number, None))
        yield


class _ImpatientProtocol(H11Protocol):
    """Closes a connection that brings no whole request in time: the original waits for the rest of one for ever.

    Nor does it wait for an answer to the head of a response before it sends the body. The event loop sees to that only
    where it opens the socket itself; else small responses take 40 ms.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        """Take what arrived, and see whether there is a request now."""
        super().data_received(data)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait."""
        super().connection_lost(exc)
        self._end_wait()

    def _await_request(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:  # a request is being answered
            self._end_wait()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_PATIENCE, self.transport.close)

    def _end_wait(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


async def _serve(
    settings: Settings,
    index: Index,
    opened: socket.socket,
    tell: Callable[[str], None],
    make_server: MakeAssistantServer | None,
) -> None:
    app = make_app(settings, index, make_server)
    server = _Server(make_config(app))
    host, port = opened.getsockname()[:2]
    metrics = app.state.backend.metrics
    async with serve_health(settings.health_port, metrics, lambda: server.started, "not listening yet"):
        tell(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        await server.serve([opened])


def make_config(app: Starlette) -> uvicorn.Config:
    """Return how the server speaks HTTP: its limits, and what it keeps to itself."""
    return uvicorn.Config(
        app,
        http=_ImpatientProtocol,
        log_config=None,
        access_log=False,  # an address may hold a question
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=15,
        timeout_graceful_shutdown=PATIENCE,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=65_536,
    )
