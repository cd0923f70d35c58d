"""What went wrong, as the JSON of RFC 9457 (application/problem+json): our own errors and those of HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from index.errors import (
    BlockedAddress,
    EngineUnavailable,
    PullquoteError,
    SourceError,
    SourceTooLarge,
    UnknownArticle,
)

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

_SOURCES = {SourceTooLarge: 413, BlockedAddress: 403}

_DETAILS = {
    404: "there is nothing at this path; /openapi.json lists the paths for programs",
    405: "this path does not take that method; the header Allow names those that it takes",
}

UNEXPECTED = "this should not happen; the server's log tells where"


class HttpProblem(PullquoteError):
    """A request that is refused, with its status and what to do instead; `facts` are further keys of its JSON."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **facts: Any) -> None:
        """Keep status, headers and facts; the message is the detail."""
        super().__init__(detail)
        self.status, self.headers, self.facts = status, dict(headers or {}), facts


def describe_problem(error: Exception) -> dict[str, Any]:
    """Return the JSON of an error; one that is not ours tells nothing of itself, for it may hold anything."""
    name, facts = _name(error), {}
    match error:
        case HttpProblem():
            status, name, detail, facts = error.status, "", str(error), error.facts
        case HTTPException():
            status, name, detail = error.status_code, "", _DETAILS.get(error.status_code, str(error.detail))
        case UnknownArticle():
            status, detail, facts = 404, f"no article {error.article_id!r} here", {"article": error.article_id}
        case SourceError():
            status, detail = _SOURCES.get(type(error), 422), error.fact
            facts = {key: getattr(error, key) for key in ("source", "limit", "language") if hasattr(error, key)}
        case EngineUnavailable():
            status, detail = 503, "the library cannot answer just now; try again in a moment"
        case _:
            status, name, detail = 500, name if isinstance(error, PullquoteError) else "", UNEXPECTED
    kind = f"urn:pullquote:problem:{name}" if name else "about:blank"
    return {"type": kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **facts}


def _name(error: Exception) -> str:
    """Return the name of an error's class with hyphens: unsupported-format."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in type(error).__name__)[1:]


def respond(error: Exception) -> Response:
    """Return the response that tells an error; what is our fault is logged."""
    form = describe_problem(error)
    if form["status"] >= 500:
        _log.error("a request failed: %s", type(error).__name__, exc_info=error)
    return write_problem(form, getattr(error, "headers", None))


def write_problem(form: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return the response of a problem's JSON."""
    retry = {"Retry-After": "1"} if form["status"] == 503 else {}
    return Response(json.dumps(form), form["status"], retry | dict(headers or {}), MEDIA_TYPE)


async def handle_error(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette calls it so
    """Answer a request that raised an error."""
    return respond(error)
