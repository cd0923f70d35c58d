"""Read the bodies of requests within limits of size and time, and write those of responses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index.forms.node import parse_json

from .problems import HttpProblem

LONGEST = 1_000_000
"""Bytes of JSON that a request may have where nothing else is said."""

PATIENCE = 30.0
"""Seconds in which a body must have arrived."""

_JSON = "application/json"


async def read_bytes(request: Request, limit: int) -> bytes:
    """Return the body of a request.

    Raises:
        HttpProblem: it is longer than `limit` bytes, does not arrive in time, or breaks off.
    """
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said) > limit:
        raise _refuse_length(limit)
    parts: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(PATIENCE):
            while more:  # as `request.stream()`, at half its price
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise HttpProblem(400, "the body broke off; send it again")
                parts.append(message.get("body", b""))
                size, more = size + len(parts[-1]), message.get("more_body", False)
                if size > limit:
                    raise _refuse_length(limit)
    except TimeoutError:
        raise HttpProblem(408, f"the body did not arrive within {PATIENCE:g} s; send it again") from None
    return b"".join(parts)


def _refuse_length(limit: int) -> HttpProblem:
    return HttpProblem(413, f"the body may have {limit:,} bytes; send less", limit=limit)


def read_media_type(request: Request) -> str:
    """Return what the body is said to be, without parameters, in lower case; "" if nothing is said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json(request: Request, limit: int = LONGEST) -> Any:
    """Return the value of a body of JSON.

    No page of another site can send such a type without being asked first whether it may, and it never may.

    Raises:
        HttpProblem: the body is of another type, is no JSON, or breaks a limit.
    """
    if read_media_type(request) != _JSON:
        raise HttpProblem(415, f"send JSON, with the header Content-Type: {_JSON}", {"Accept-Post": _JSON})
    try:
        return parse_json(await read_bytes(request, limit))
    except ValueError as error:
        raise HttpProblem(400, f"the body is not JSON: {error}") from None


def write_raw(body: bytes) -> Response:
    """Return a response of JSON that is written already."""
    return Response(body, media_type=_JSON)


def write_json(value: Mapping[str, Any], status: int = 200) -> Response:
    """Return a response of JSON; ASCII keeps lone surrogates, which a text may hold and UTF-8 may not."""
    return Response(json.dumps(value), status, media_type=_JSON)
