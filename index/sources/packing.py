"""Unpack a body that comes in pieces, whole or not at all: the codings of HTTP, and gzip with all its members.

A gzip stream may have many members (RFC 1952), and zlib stops after the first as if that were all.
"""

from __future__ import annotations

import zlib

from ..errors import SourceTooLarge, SourceUnavailable, UnsupportedFormat, state_fact

MAX_MEMBERS = 10_000
"""How many members a stream may have: empty ones cost work but no bytes of the result."""

_GZIP = frozenset({"gzip", "x-gzip"})
_AS_IT_IS = frozenset({"", "identity"})


def open_coding(header: str, source: str) -> Gunzip | None:
    """Return what unpacks a body with this Content-Encoding; None if it is not packed.

    Raises:
        UnsupportedFormat: it is packed in another way than gzip, or more than once.
    """
    codings = [coding for each in header.split(",") if (coding := each.strip().lower()) not in _AS_IT_IS]
    if not codings:
        return None
    if len(codings) > 1 or codings[0] not in _GZIP:
        raise UnsupportedFormat(source, f"is packed as {', '.join(codings)[:80]!r}, which was not asked for")
    return Gunzip(source)


class Gunzip:
    """Unpacks gzip piece by piece; what follows a member is the next one, or zeros, or an error."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._member: zlib._Decompress | None = _open_member()
        self._members = 1

    def unpack(self, piece: bytes, room: int) -> bytes:
        """Return what the next piece unpacks to, at most `room` bytes (at least 1); the rest is lost beyond that.

        Raises:
            SourceTooLarge: there are more members than any page has.
            UnsupportedFormat: it is not gzip, or not throughout.
        """
        parts: list[bytes] = []
        while piece and room > 0:  # zlib takes a limit of 0 for none
            if self._member is None:
                piece = piece.lstrip(b"\0")  # padding, which gzip itself passes over
                if not piece:
                    break
                self._begin_member()
            part, piece = self._unpack_member(piece, room)
            parts.append(part)
            room -= len(part)
        return b"".join(parts)

    def finish(self) -> None:
        """Check that the stream ended where a member ends.

        Raises:
            SourceUnavailable: it was cut short.
        """
        if self._member is not None:
            raise SourceUnavailable(self._source, state_fact("the answer was cut short; try again later"))

    def _begin_member(self) -> None:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise SourceTooLarge(
                self._source,
                state_fact("is packed in more than {max_members:,} pieces", max_members=MAX_MEMBERS),
                MAX_MEMBERS,
            )
        self._member = _open_member()

    def _unpack_member(self, piece: bytes, room: int) -> tuple[bytes, bytes]:
        """Return what the open member makes of the piece, and what of the piece it left."""
        member = self._member
        assert member is not None
        try:
            part = member.decompress(piece, room)
        except zlib.error:
            fault = "is not, or is damaged" if self._members == 1 else "goes on as something else"
            raise UnsupportedFormat(self._source, f"says that it is gzip, but {fault}; try again later") from None
        if not member.eof:
            return part, b""  # all of the piece was taken, or there is no room for more
        self._member = None
        return part, member.unused_data


def _open_member() -> zlib._Decompress:
    return zlib.decompressobj(wbits=31)
