"""What the pages for people load besides themselves: a style sheet, a script and an icon."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#7a2222"/>'
    '<path fill="#fff" d="M8 23v-7q0-6 6-8l1 2q-3 2-3 4h3v9zm10 0v-7q0-6 6-8l1 2q-3 2-3 4h3v9z"/></svg>'
)

_TYPES = {"room.css": "text/css", "room.js": "text/javascript", "icon.svg": "image/svg+xml"}


async def show_asset(request: Request) -> Response:
    """Send a file; a browser may keep it, because another version has another address."""
    name = request.path_params["name"]
    if name not in _TYPES:
        raise HTTPException(404)
    headers = {"cache-control": "private, max-age=31536000, immutable"}
    return Response(_load(name), media_type=_TYPES[name], headers=headers)


@cache
def write_head() -> str:
    """Return the end of a page's head: what is to be loaded."""
    style, script, icon = map(_locate, _TYPES)
    return (
        f'<link rel="stylesheet" href="{style}"><link rel="icon" href="{icon}"><script src="{script}" defer></script>'
    )


def _locate(name: str) -> str:
    return f"/assets/{name}?{sha256(_load(name)).hexdigest()[:12]}"


@cache
def _load(name: str) -> bytes:
    return _ICON.encode() if name == "icon.svg" else files(__package__).joinpath(name).read_bytes()


ROUTES = (Route("/assets/{name}", show_asset, name="asset"),)
"""The files."""
