"""What each request passes first: for which host it is, from which page it comes, and who sends it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.engines import is_loopback

from .access import find_caller
from .backend import Backend
from .problems import HttpProblem, respond

_log = logging.getLogger(__name__)

API = ("/v1/", "/mcp")
"""How the paths for programs begin; all others are pages for people."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
"""Headers of each response that does not set them itself."""


class RequestGuard:
    """Refuses requests that must not reach a route, names the caller of the others, and catches every error."""

    def __init__(self, app: ASGIApp, backend: Backend) -> None:
        self._app, self._backend = app, backend
        self._counts = {first: backend.metrics.handled.labels(f"{first}xx") for first in range(1, 6)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = message["headers"]
                given = {name for name, _ in headers}
                message["headers"] = [*headers, *(each for each in _HEADERS.items() if each[0] not in given)]
                self._counts[message["status"] // 100].inc()
            await send(message)

        try:
            self._admit(scope)
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if started:
                _log.exception("a response broke off")
                raise
            await respond(error)(scope, receive, send_with_headers)

    def _admit(self, scope: Scope) -> None:
        """Note who sends the request.

        Raises:
            HttpProblem: it is not for this host, comes from a page of another, or bears no token that we know.
        """
        headers = _pick(scope["headers"], (b"host", b"origin", b"sec-fetch-site", b"authorization"))
        host = headers.get(b"host", "")
        if not self._backend.tokens and not _is_ours(host):
            # A name of somebody else's that leads to this machine would make us one site with their page.
            raise HttpProblem(421, "this server is for localhost alone; write http://127.0.0.1 in the address")
        if scope["method"] not in _SAFE:
            if _is_foreign(headers, host):
                raise HttpProblem(403, "a page of another site may not do this; send the request from a program")
            if not scope["path"].startswith(API) and not _is_own(headers):
                # Any page can send a form here, and an old browser would not say where it comes from.
                raise HttpProblem(403, f"only a page of this server may send this; programs send to {' or '.join(API)}")
        caller = find_caller(self._backend.tokens, headers.get(b"authorization", ""))
        if caller is None:
            kind = 'Bearer realm="Pullquote"' if scope["path"].startswith(API) else 'Basic realm="Pullquote"'
            detail = "send the header Authorization: Bearer TOKEN, with a token of whoever runs the server"
            raise HttpProblem(401, detail, {"WWW-Authenticate": kind})
        scope["caller"] = caller


def _pick(headers: Iterable[tuple[bytes, bytes]], names: tuple[bytes, ...]) -> dict[bytes, str]:
    return {name: value.decode("latin-1") for name, value in headers if name in names}


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    """Tell whether a header `Host` names this machine alone; a malformed one does not."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def _is_foreign(headers: Mapping[bytes, str], host: str) -> bool:
    """Tell whether a browser says that the request comes from a page of another site; programs say nothing."""
    origin = headers.get(b"origin")
    if headers.get(b"sec-fetch-site", "none") not in ("same-origin", "none"):
        return True
    return origin is not None and origin.partition("://")[2].lower() != host.lower()


def _is_own(headers: Mapping[bytes, str]) -> bool:
    """Tell whether a browser says that a request, which is not foreign, comes from a page of ours."""
    return headers.get(b"sec-fetch-site") == "same-origin" or b"origin" in headers
