"""A small HTTP server: one request a connection, with limits on size and time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import h11

_log = logging.getLogger(__name__)

LONGEST_BODY = 1_000_000
"""Bytes that the body of a request may have."""

PATIENCE = 10.0
"""Seconds that a request may take to arrive."""

LINGER = 1.0
"""Seconds that we go on reading after our response, until the client closes the connection."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request; names of headers are in lower case, and the path is without its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class HttpResponse(NamedTuple):
    """A response: status, body, content type, and further headers by their names in lower case."""

    status: int
    text: str = ""
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = MappingProxyType({})


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]
"""Answers a request."""

Gate = Callable[[HttpRequest], HttpResponse | None]
"""Refuses a request by its head, before its body is read; None lets it in."""

Door = tuple[Handler, Gate]
"""What answers requests, and the gate before it."""


class _Refused(Exception):
    def __init__(self, response: HttpResponse, method: str) -> None:
        super().__init__(response.text)
        self.response, self.method = response, method


async def serve(host: str, port: int, handle: Handler, gate: Gate = lambda _: None) -> asyncio.Server:
    """Listen at host and port, and answer each request by `handle` unless the gate refuses it.

    Malformed requests get 400, bodies over the limit 413, and errors of `handle`, which are logged, 500. HEAD is
    answered without a body.
    """

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection, method = h11.Connection(h11.SERVER, max_incomplete_event_size=16_384), ""
        try:
            async with asyncio.timeout(PATIENCE):
                request = await _read(connection, reader, gate)
            method = request.method
            response = await handle(request)
        except _Refused as refused:
            response, method = refused.response, refused.method
        except (h11.RemoteProtocolError, ValueError):
            response = HttpResponse(400, "malformed request")
        except (TimeoutError, OSError, EOFError):
            writer.close()
            return
        except Exception:  # noqa: BLE001 - a front door
            _log.exception("a request failed")
            response = HttpResponse(500, "failed")
        await _write(connection, writer, response, with_body=method != "HEAD")
        await _close(reader, writer)

    return await asyncio.start_server(connected, host, port, limit=65_536)


async def _read(connection: h11.Connection, reader: asyncio.StreamReader, gate: Gate) -> HttpRequest:
    request, body = None, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(data := await reader.read(65_536))
            if not data and request is None:
                raise EOFError
        elif isinstance(event, h11.Request):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            target = event.target.decode("latin-1").partition("?")[0]
            request = HttpRequest(event.method.decode("latin-1"), target, headers, b"")
            if (response := gate(request)) is not None:
                raise _Refused(response, request.method)
            if int(headers.get("content-length", "0")) > LONGEST_BODY:
                raise _Refused(HttpResponse(413, "too large"), request.method)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LONGEST_BODY:
                raise _Refused(HttpResponse(413, "too large"), request.method if request else "")
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            return HttpRequest(request.method, request.path, request.headers, body)
        else:
            raise EOFError


async def _write(
    connection: h11.Connection, writer: asyncio.StreamWriter, response: HttpResponse, *, with_body: bool
) -> None:
    body = response.text.encode()
    headers = [("content-type", response.kind), ("content-length", str(len(body))), ("connection", "close")]
    headers += response.headers.items()
    head = h11.Response(status_code=response.status, headers=headers)
    try:
        for event in (head, *([h11.Data(body)] if with_body else []), h11.EndOfMessage()):
            writer.write(connection.send(event) or b"")
        await writer.drain()
    except (h11.LocalProtocolError, OSError):
        writer.close()


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close a connection once the client has, or after a moment.

    If we closed it with a body still unread, the system would reset it, and the client might never see the response.
    """
    with suppress(OSError, TimeoutError, asyncio.CancelledError):  # nothing is left to do that a stop could break
        async with asyncio.timeout(LINGER):
            writer.write_eof()
            while await reader.read(65_536):
                pass
    writer.close()
