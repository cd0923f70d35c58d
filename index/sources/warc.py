"""Cut web archives (WARC): each page, document or text that a server answered with is an article of its own."""

from __future__ import annotations

import io

from ..errors import SourceTooLarge, UnsupportedFormat
from .facts import is_web_address
from .loading import transcode
from .parts import Part
from .readers import MAX_BYTES

MAX_TOTAL = 40_000_000
"""How many bytes the pages of an archive may have, unpacked, so that they fit into one message of a worker."""

_TYPES = ("text/html", "application/xhtml", "text/plain", "application/pdf")


def split_warc(data: bytes, source: str) -> list[Part]:
    """Return what servers answered with, of the types that hold articles; pictures and scripts are left out.

    Raises:
        UnsupportedFormat: it is damaged.
        SourceTooLarge: its pages have more than 40 million bytes, unpacked.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    parts: list[Part] = []
    total = 0
    try:
        for record in ArchiveIterator(io.BytesIO(data)):
            address = record.rec_headers.get_header("WARC-Target-URI") or ""
            head = record.http_headers
            if record.rec_type != "response" or head is None or head.get_statuscode() != "200":
                continue
            kind = (head.get_header("Content-Type") or "").lower()
            if not kind.startswith(_TYPES) or not is_web_address(address):
                continue
            page = record.content_stream().read(MAX_BYTES + 1)
            total += len(page)
            if total > MAX_TOTAL or len(page) > MAX_BYTES:
                raise SourceTooLarge(source, f"has more than {MAX_TOTAL:,} bytes of pages; split it", MAX_TOTAL)
            parts.append(Part(str(len(parts) + 1), transcode(page, kind), address))
    except (ArchiveLoadFailed, ValueError, EOFError, OSError, AttributeError, TypeError) as error:
        raise UnsupportedFormat(
            source, f"is a damaged web archive ({type(error).__name__}); get another copy of it"
        ) from error
    return parts
