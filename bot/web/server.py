"""The server's life: check who is let in, listen, answer until a signal stops it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from index import Index
from index.engines import is_loopback

from ..processes.askers import parallelize
from ..serving.health import name_setting, serve_health
from ..serving.logs import set_up_logs
from ..settings import Settings, SettingsError, is_port
from .access import read_tokens
from .app import make_app

PATIENCE = 10
"""Seconds that responses in the making get when the server stops."""

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


def run(settings: Settings, listen: str, open_library: Callable[[], Index], tell: Callable[[str], None]) -> None:
    """Serve until a signal stops it; `tell` gets the address once it listens.

    Raises:
        SettingsError: the address or the tokens cannot be used.
        EngineError: the library cannot be opened.
    """
    host, port = read_listen(listen, settings)
    secrets = [token.secret for token in read_tokens(settings.api_tokens.reveal())]
    # It tells at each start and stop what we tell ourselves.
    levels = {"uvicorn.error": logging.WARNING}
    set_up_logs(settings.log_level, (*secrets, settings.api_tokens, settings.cluster_password), levels)
    # A search computes in a thread, and every other request waits for it to give way: 5 ms each time is too long.
    sys.setswitchinterval(0.0005)
    with name_setting("--listen", host, port):
        opened = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    with opened, parallelize(open_library(), settings.index, settings.login) as index:
        asyncio.run(_serve(settings, index, opened, tell))


class _Server(uvicorn.Server):
    """Stops by a signal like any end: the original sends it once more, which would leave the askers behind."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Have signals stop the server while inside; a second one does not wait for responses in the making."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def _serve(settings: Settings, index: Index, opened: socket.socket, tell: Callable[[str], None]) -> None:
    app = make_app(settings, index)
    config = uvicorn.Config(
        app,
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
    server = _Server(config)
    host, port = opened.getsockname()[:2]
    metrics = app.state.backend.metrics
    async with serve_health(settings.health_port, metrics, lambda: server.started, "not listening yet"):
        tell(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        await server.serve([opened])
