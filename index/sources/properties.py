"""What a Word or PDF file states in its properties, as far as that is of the text and not of the program. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from .. import patterns
from ..model import Metadata
from ..reading.furniture import parse_byline
from .bylines import clean_byline, is_name

_NO_TITLE = patterns.compile(
    r"microsoft (?:word|office|powerpoint)\b"
    r"|[^\n]{1,300}\.(?:docx?|dotx?|pdf|indd|qxd|qxp|pages|odt|rtf|tmp|txt|html?)\Z"
    r"|(?:untitled|document|word document|title|doc|print|layout|page|slide|template|draft)[\s\d_().-]{0,20}\Z"
    r"|[\W\d_]+\Z|\S{0,40}\Z",
    re.IGNORECASE,
)
_NO_AUTHOR = patterns.compile(
    r"\b(?:users?|administrators?|admin|owner|unknown|author|microsoft|office|windows|adobe|python|scanner|printer|pc|mac"
    r"|laptop|default|canon|xerox|hp)\b",
    re.IGNORECASE,
)
_HEAD = 8  # paragraphs in which a byline would stand


def read_properties(title: str, author: str, shown_title: str, paragraphs: Iterable[str]) -> Metadata:
    """Return headline and byline of a document: what it shows comes first, its properties fill the gaps.

    `shown_title` is what is set as its headline, "" for nothing. A file's name is no headline, and the name of an
    account no byline.
    """
    title, author = (" ".join(each.split())[:500] for each in (title, author))
    names = clean_byline(author) if not _NO_AUTHOR.search(author) else ""
    is_signed = any(parse_byline(text.strip()) for text in islice(paragraphs, _HEAD))
    return Metadata(
        title=shown_title or ("" if _NO_TITLE.match(title) else title),
        byline="" if is_signed or not all(is_name(name, fewest=2) for name in names.split(", ")) else names,
    )
