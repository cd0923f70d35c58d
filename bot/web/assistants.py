"""The route for assistants, which speak MCP: the server of `bot.mcp`, behind the tokens and limits of all routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index import Index

from .access import WebRight
from .backend import Backend, require
from .bodies import read_bytes
from .problems import HttpProblem

PATH = "/mcp"

LONGEST = 4_000_000
"""Bytes of a request: `verify` takes saved replies."""


class AssistantServer(Protocol):
    """A server of MCP as an application, and the context that must be entered while it serves."""

    @property
    def app(self) -> ASGIApp:
        """The application."""

    @property
    def run(self) -> Callable[[], AbstractAsyncContextManager[None]]:
        """Makes the context."""


class MakeAssistantServer(Protocol):
    """Makes the server of an index: `see` says what a request may see, `work` runs what reads the index."""

    def __call__(
        self,
        index: Index,
        see: Callable[[Any], tuple[str, ...]],
        work: Callable[[Callable[[], Any]], Awaitable[Any]],
    ) -> AssistantServer:
        """Return the server."""


def make_assistant_server(make: MakeAssistantServer, backend: Backend) -> AssistantServer:
    """Return the server of what the backend holds: a request sees of it what its token opens."""
    return make(backend.index, _see, backend.ask)


def _see(request: Request) -> tuple[str, ...]:
    collections: tuple[str, ...] = request.scope["caller"].scope().collections
    return collections


def make_route(server: AssistantServer | None) -> Route:
    """Return the route; without a server it says what is missing. A GET would open a session, and there are none."""
    return Route(PATH, _AssistantRoute(server), methods=["POST"])


class _AssistantRoute:
    """Hands a request on when its token gives the right to ask, and its body has arrived."""

    def __init__(self, server: AssistantServer | None) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            HttpProblem: the caller may not ask now, the body breaks a limit, or no server is installed.
        """
        request = Request(scope, receive)
        require(request, WebRight.ASK)
        if self._server is None:
            raise HttpProblem(404, "assistants are not served here; whoever runs the server must install the extra mcp")
        arrived: list[Message] = [{"type": "http.request", "body": await read_bytes(request, LONGEST)}]

        async def receive_again() -> Message:
            return arrived.pop() if arrived else await receive()

        await self._server.app(scope, receive_again, send)
