"""A small HTTP server: the webhook's door, and health for the operator. One request a connection, all of it bounded."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import h11

from ...settings import Secret
from .inbox import Inbox

_log = logging.getLogger(__name__)

LONGEST_BODY = 1_000_000
"""Bytes of a request's body at most; an update is some thousand."""

PATIENCE = 10.0
"""Seconds that a request may take to arrive."""

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in; names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Told(NamedTuple):
    """What is answered."""

    status: int
    text: str = ""
    kind: str = "text/plain; charset=utf-8"


LINGER = 1.0
"""Seconds that an answered connection is read on without keeping anything, until the other side closes it."""

Answer = Callable[[Asked], Awaitable[Told]]
Early = Callable[[Asked], Told | None]


class _Refused(Exception):
    def __init__(self, told: Told) -> None:
        super().__init__(told.text)
        self.told = told


async def serve(host: str, port: int, answer: Answer, early: Early = lambda _: None) -> asyncio.Server:
    """Listen and answer; `early` may refuse a request by its head, before its body is read."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=16_384)
        try:
            async with asyncio.timeout(PATIENCE):
                asked = await _read(connection, reader, early)
            told = await answer(asked)
        except _Refused as refused:
            told = refused.told
        except (h11.RemoteProtocolError, ValueError):
            told = Told(400, "malformed request")
        except (TimeoutError, OSError, EOFError):
            writer.close()
            return
        except Exception:  # noqa: BLE001 - a front door
            _log.exception("a request failed")
            told = Told(500, "failed")
        await _write(connection, writer, told)
        await _closed(reader, writer)

    return await asyncio.start_server(connected, host, port, limit=65_536)


async def _read(connection: h11.Connection, reader: asyncio.StreamReader, early: Early) -> Asked:
    asked, body = None, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(data := await reader.read(65_536))
            if not data and asked is None:
                raise EOFError
        elif isinstance(event, h11.Request):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            target = event.target.decode("latin-1").partition("?")[0]
            asked = Asked(event.method.decode("latin-1"), target, headers, b"")
            if (told := early(asked)) is not None:
                raise _Refused(told)
            if int(headers.get("content-length", "0")) > LONGEST_BODY:
                raise _Refused(Told(413, "too large"))
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LONGEST_BODY:
                raise _Refused(Told(413, "too large"))
        elif isinstance(event, h11.EndOfMessage) and asked is not None:
            return Asked(asked.method, asked.path, asked.headers, body)
        else:
            raise EOFError


async def _write(connection: h11.Connection, writer: asyncio.StreamWriter, told: Told) -> None:
    body = told.text.encode()
    headers = [("content-type", told.kind), ("content-length", str(len(body))), ("connection", "close")]
    try:
        for event in (h11.Response(status_code=told.status, headers=headers), h11.Data(body), h11.EndOfMessage()):
            writer.write(connection.send(event) or b"")
        await writer.drain()
    except (h11.LocalProtocolError, OSError):
        writer.close()


async def _closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close a connection once the other side has, or after a moment.

    Closed at once with a body unread, the system resets it, and the other side may never see the answer.
    """
    with suppress(OSError, TimeoutError, asyncio.CancelledError):  # there is nothing left to do that a stop could break
        async with asyncio.timeout(LINGER):
            writer.write_eof()
            while await reader.read(65_536):
                pass
    writer.close()


def webhook(inbox: Inbox, secret: Secret, path: str) -> tuple[Answer, Early]:
    """Return the webhook's door: 200 only after the update is on disk; whoever lacks the secret sends no body."""
    expected = secret.reveal().encode()

    def early(asked: Asked) -> Told | None:
        if asked.path != path:
            return Told(404, "not here")
        if not hmac.compare_digest(asked.headers.get(SECRET, "").encode("latin-1"), expected):
            return Told(403, "wrong secret")
        return Told(405, "POST only") if asked.method != "POST" else None

    async def answer(asked: Asked) -> Told:
        if inbox.full:
            return Told(503, "busy")  # Telegram sends it again
        try:
            update = json.loads(asked.body)
        except ValueError:
            return Told(400, "not JSON")
        if not isinstance(update, dict):
            return Told(400, "not an update")
        await inbox.take([update])
        return Told(200)

    return answer, early
