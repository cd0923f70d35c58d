"""The application: which path is answered by which route."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index import Index
from index.errors import PullquoteError

from ..settings import Settings
from . import adding, asking, assets, assistants, comparing, holdings, intake, openapi, proof, room
from .assistants import MakeAssistantServer, make_assistant_server
from .backend import make_backend
from .guard import RequestGuard
from .problems import handle_error

Answer = Callable[[Request], Awaitable[Response]]


def _route(path: str, **answers: Answer) -> Route:
    """Return one route for several methods, so that the header `Allow` names all of them."""

    async def answer(request: Request) -> Response:
        return await answers.get(request.method, answers["GET"])(request)  # HEAD is a GET

    return Route(path, answer, methods=list(answers))


API_ROUTES = (
    Route("/v1/ask", asking.ask, methods=["POST"]),
    Route("/v1/search", asking.search, methods=["POST"]),
    Route("/v1/digest", asking.tell, methods=["POST"]),
    _route("/v1/articles", GET=holdings.list_articles, POST=intake.add),
    _route("/v1/articles/{article}", GET=holdings.show_article, DELETE=holdings.remove_article),
    Route("/v1/verify", proof.verify, methods=["POST"]),
    Route("/v1/cite", proof.cite, methods=["POST"]),
    Route("/openapi.json", openapi.show, methods=["GET"]),
)
"""The routes for programs."""

PAGE_ROUTES = (*room.ROUTES, *comparing.ROUTES, *adding.ROUTES, *assets.ROUTES)
"""The pages for people, and what they load."""


def make_app(settings: Settings, index: Index, make_server: MakeAssistantServer | None = None) -> Starlette:
    """Return the application that answers from the index, which stays open when the application ends.

    `make_server` makes the server of MCP, None where that is not installed.

    Raises:
        SettingsError: the tokens are malformed.
    """
    backend = make_backend(settings, index)
    server = make_assistant_server(make_server, backend) if make_server else None

    @asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        try:
            async with server.run() if server else nullcontext():
                yield
        finally:
            backend.close()

    app = Starlette(
        routes=[*API_ROUTES, assistants.make_route(server), *PAGE_ROUTES],
        middleware=[Middleware(RequestGuard, backend=backend)],
        exception_handlers={HTTPException: handle_error, PullquoteError: handle_error},
        lifespan=live,
    )
    app.router.redirect_slashes = False
    app.state.backend = backend
    return app
