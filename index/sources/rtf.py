"""Read Rich Text files: striprtf turns their marks into words, and each paragraph becomes a block."""

from __future__ import annotations

import re

from .. import patterns
from ..errors import EmptyArticle, UnsupportedFormat, state_fact
from ..reading.document import Block, Document

# striprtf would write a link's address behind its words, which no reader of the file sees.
_ADDRESS = patterns.compile(rb'HYPERLINK(?=[ \t]{0,3}\\?["{])')
_STRUCK = patterns.compile(rb"\\strike(?:d1)?(?![a-z0-9])")


def read_rtf(data: bytes, source: str) -> Document:
    """Return the text of a Rich Text file, one block a paragraph.

    Raises:
        UnsupportedFormat: it is damaged.
        EmptyArticle: it holds no text.
    """
    from striprtf.striprtf import rtf_to_text

    data = _ADDRESS.sub(b"LINK", data)
    if b"\\strike0" not in data:
        data = _STRUCK.sub(rb"\\footnote", data)  # to the end of its group: struck-through words are no words any more
    try:
        text: str = rtf_to_text(data.decode("cp1252", "replace"), errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, IndexError) as error:
        raise UnsupportedFormat(
            source,
            state_fact("is a damaged Rich Text file ({kind}); save it as .docx or .txt", kind=type(error).__name__),
        ) from error
    blocks, at = [], 0
    paragraphs = [words for line in re.split(r"[\n\f]", text) if (words := line.strip("| \t"))]
    if not paragraphs:
        raise EmptyArticle(source, state_fact("is a Rich Text file without text; pictures of text are not read"))
    for words in paragraphs:
        blocks.append(Block(at, at + len(words)))
        at += len(words) + 2
    return Document("\n\n".join(paragraphs), blocks=tuple(blocks))
