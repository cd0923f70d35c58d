"""Fetch one public address within hard limits: the only door to the network.

The guard is where the socket opens (an httpcore network backend), so that redirects, retries and
DNS rebinding cannot bypass it: a name is resolved once, refused if any of its addresses is not
public, and the connection goes to an address that was checked.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..errors import BlockedAddress, SourceTooLarge, SourceUnavailable, state_fact
from .addresses import is_loopback, is_public
from .packing import open_coding

if TYPE_CHECKING:
    import ssl

    import httpx

MAX_BYTES = 10_000_000
"""The longest response accepted, in bytes after decompression."""

SECONDS = 15.0
"""The longest time for one address, in seconds: name, connection, redirects and body together."""

REDIRECTS = 3
"""How many redirects are followed; each is checked like the first address."""

_PORTS = {"http": 80, "https": 443}
_REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
_LOGIN_CODES = frozenset({401, 402, 403, 407})
_HEADERS = {
    "User-Agent": "Pullquote/0.1 (reads single pages at a person's request)",
    "Accept": "text/html,application/xhtml+xml,application/pdf,application/json,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Encoding": "gzip, identity",
    "Accept-Language": "en",
}

Resolver = Callable[[str, int], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The response of an address: the address after redirects, the decoded bytes, and their cache headers."""

    url: str
    data: bytes
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return every numeric address of the host, as the system's resolver gives them.

    Raises:
        OSError: the name does not exist or cannot be looked up.
    """
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


@dataclass(frozen=True, slots=True)
class Door:
    """How the network may be used. The program uses `DOOR`; tests allow `loopback` and pass a resolver."""

    loopback: bool = False
    resolver: Resolver = resolve
    seconds: float = SECONDS
    max_bytes: int = MAX_BYTES

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched | None:
        """Fetch the address; None if the server says that nothing changed since `etag` or `last_modified`.

        Raises:
            BlockedAddress: it, or an address that it redirects to, is not on the public web.
            SourceUnavailable: no usable response came in time.
            SourceTooLarge: the response is longer than `max_bytes`.
            UnsupportedFormat: the response has an encoding that was not asked for.
        """
        import httpx

        exchange = _Exchange(self, url, time.monotonic() + self.seconds)
        condition = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = _HEADERS | {name: value for name, value in condition.items() if value}
        try:
            return exchange.run(headers)
        except httpx.TimeoutException:
            raise SourceUnavailable(
                url, state_fact("gave no full answer within {seconds:g} s; try again later", seconds=self.seconds)
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise SourceUnavailable(
                url, state_fact("cannot be fetched ({reason}); try again later", reason=_explain(error))
            ) from error


DOOR = Door()
"""The door that every part of the program uses."""


def fetch(url: str) -> Fetched:
    """Fetch one address through `DOOR`; see `Door.fetch` for the errors."""
    answer = DOOR.fetch(url)
    if answer is None:
        raise SourceUnavailable(
            url, state_fact("answered that nothing changed, though nothing was known of it; try again later")
        )
    return answer


def check_address(url: str, *, source: str = "", loopback: bool = False) -> None:
    """Refuse an address that is not plain http(s) on its usual port; nothing is looked up.

    `source` is the address to name in the error if it redirected to `url`.

    Raises:
        BlockedAddress: another scheme or port, or a user name or password in it.
        SourceUnavailable: it is not a web address at all.
    """
    scheme, colon, _ = url.partition(":")
    named = source or (f"{scheme}://***" if colon and "@" in url else url)  # a password is not repeated
    malformed = SourceUnavailable(named, state_fact("is not a well-formed address; copy it from the browser again"))
    # urlsplit silently drops tabs and line ends, and browsers read a backslash as a slash: both can hide the host
    if any(mark in url for mark in "\\\t\r\n\0"):
        raise malformed
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise malformed from None
    if parts.scheme not in _PORTS:
        raise BlockedAddress(named, state_fact("only http and https addresses are fetched"))
    if "@" in parts.netloc:
        raise BlockedAddress(named, state_fact("has a user name in it; use the address without it"))
    if not parts.hostname or any(mark in parts.netloc for mark in " %"):
        raise malformed
    if port is not None and port != _PORTS[parts.scheme] and not loopback:
        raise BlockedAddress(named, state_fact("only the ports 80 (http) and 443 (https) are fetched from"))


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One fetch with all its redirects, under one deadline."""

    door: Door
    source: str
    deadline: float

    def run(self, headers: dict[str, str]) -> Fetched | None:
        import httpx

        url = self.source
        for _ in range(REDIRECTS + 1):
            check_address(url, source=self.source if url != self.source else "", loopback=self.door.loopback)
            with (
                # a client for each hop: no cookie and no connection outlives it
                httpx.Client(transport=self._open_transport(), trust_env=False, timeout=None) as client,  # noqa: S113 - the deadline
                client.stream("GET", url, headers=headers) as response,
            ):
                target = response.headers.get("location", "")
                if response.status_code not in _REDIRECT_CODES or not target:
                    return self._read(url, response)
            onward = urljoin(url, target)
            if url.startswith("https:") and onward.startswith("http:"):
                raise BlockedAddress(
                    self.source, state_fact("redirects from https to http, where anybody could change the words")
                )
            url = onward
        raise SourceUnavailable(self.source, state_fact("redirects more than {redirects} times", redirects=REDIRECTS))

    def _open_transport(self) -> httpx.HTTPTransport:
        import httpcore
        import httpx

        from .guard import Guard

        transport = httpx.HTTPTransport(verify=_make_tls_context())
        guard = Guard(self.resolve_checked, self.deadline)
        # httpx has no public way to set the backend; test_fetch fails should this name ever change
        transport._pool = httpcore.ConnectionPool(ssl_context=_make_tls_context(), network_backend=guard)
        return transport

    def resolve_checked(self, host: str, port: int) -> tuple[str, ...]:
        """Return the host's addresses, checked: all are refused if one of them is not public."""
        numbers = self._resolve(host, port)
        for number in numbers:
            if not (is_public(number) or (self.door.loopback and is_loopback(number))):
                raise BlockedAddress(
                    self.source, state_fact("leads to {number}, which is not on the public internet", number=number)
                )
        return numbers

    def _resolve(self, host: str, port: int) -> tuple[str, ...]:
        answer: list[tuple[str, ...]] = []

        def ask() -> None:
            with suppress(OSError, UnicodeError):  # there is no such name
                answer.append(tuple(self.door.resolver(host, port)))

        # the system's resolver has no time-out: its thread is abandoned at the deadline
        thread = threading.Thread(target=ask, daemon=True, name="pullquote-resolver")
        thread.start()
        thread.join(max(0.0, self.deadline - time.monotonic()))
        if not answer or not answer[0]:
            raise SourceUnavailable(
                self.source, state_fact("the host {host} cannot be found; check the address", host=host)
            )
        return answer[0]

    def _read(self, url: str, response: httpx.Response) -> Fetched | None:
        code = response.status_code
        if code == 304:
            return None
        if code in _LOGIN_CODES:
            raise SourceUnavailable(
                self.source,
                state_fact("asks for a login or refuses readers ({code}); save the page and add the file", code=code),
            )
        if code != 200:
            raise SourceUnavailable(
                self.source, state_fact("the server answered {code}; try again later or check the address", code=code)
            )
        return Fetched(
            url=url,
            data=self._read_body(response),
            content_type=response.headers.get("content-type", ""),
            etag=response.headers.get("etag", ""),
            last_modified=response.headers.get("last-modified", ""),
        )

    def _read_body(self, response: httpx.Response) -> bytes:
        unpacker = open_coding(response.headers.get("content-encoding", ""), self.source)
        limit = self.door.max_bytes
        parts: list[bytes] = []
        packed = size = 0
        for chunk in response.iter_raw():
            packed += len(chunk)
            # httpx would unpack a whole chunk at once: 64 kB of a bomb are 64 MB
            part = unpacker.unpack(chunk, limit + 1 - size) if unpacker else chunk
            size += len(part)
            if max(size, packed) > limit:
                raise SourceTooLarge(self.source, state_fact("is longer than {limit:,} bytes", limit=limit), limit)
            parts.append(part)
        if unpacker:
            unpacker.finish()
        return b"".join(parts)


@lru_cache(maxsize=1)
def _make_tls_context() -> ssl.SSLContext:
    """Return the one TLS context: reading the certificates takes 30 ms."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _explain(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".strip(": ")[:200]
