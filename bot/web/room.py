"""The reading room: pages for people, which ask, list and show articles."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from .access import WebRight
from .backend import find_backend, require


async def show_home(request: Request) -> Response:
    """Show the page that asks and lists."""
    require(request, WebRight.ASK)
    return PlainTextResponse("Pullquote\n")


async def show_reading(request: Request) -> Response:
    """Show an article to read."""
    caller = require(request, WebRight.ASK)
    backend = find_backend(request)
    article = await backend.ask(backend.index.article, request.path_params["article"], caller.scope())
    return PlainTextResponse(article.text)


ROUTES = (
    Route("/", show_home, name="home"),
    Route("/articles/{article}", show_reading, name="reading"),
)
"""The pages, and what they load."""
