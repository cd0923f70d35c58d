"""Whether the fonts of a PDF file say which letters they show. Pure."""

from __future__ import annotations

from .. import patterns
from ..errors import UnsupportedFormat, state_fact
from ..language.detect import detect_by_words
from ..language.wordlists import STOP as STOP_WORDS
from ..reading.document import Document
from .flow import NO_LETTER
from .printed import Page

_LETTERS = patterns.compile(r"[^\W\d_]+")
_SAMPLE = 20_000
"""Characters that show whether a text is English."""


def check_letters(pages: list[Page], document: Document, source: str) -> None:
    """Raise `UnsupportedFormat` if the fonts do not say which letters they show, or say other ones."""
    lines = [line.text for page in pages for column in page.columns for line in column.lines]
    hidden = sum(len(line) for line in lines if NO_LETTER.search(line))
    if hidden * 10 > sum(map(len, lines)) * 3:
        raise UnsupportedFormat(
            source, state_fact("has fonts that hide which letters they show; save its text as a .txt file")
        )
    words = _LETTERS.findall(document.text[:_SAMPLE].casefold())
    # in English prose every third word is one of these, in a list of names hardly any
    known = sum(word in STOP_WORDS for word in words)
    if len(words) >= 40 and known * 20 < len(words) and detect_by_words(document.text[:_SAMPLE]) in ("", "en"):
        told = state_fact(
            "is not in English, or its fonts show other letters than they say; save its text as a .txt file"
        )
        raise UnsupportedFormat(source, told)
