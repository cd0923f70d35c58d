"""Markdown: the text stays as it is; headings, lists, quotations and code become blocks of it."""

from __future__ import annotations

import re

from ..dateline import moment_in
from ..layout import Line, lines
from ..model import Kind, Metadata
from ..reading import Block, Document
from .text import decode

_FRONT = re.compile(r"---[ \t]*\r?\n(?P<fields>(?:(?!---|\.\.\.)[^\n]*\n){0,200}?)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)")
_FIELD = re.compile(r"(?P<name>[A-Za-z_]{2,30})[ \t]*:[ \t]*(?P<value>[^\r\n]*)")
_FENCE = re.compile(r"`{3,}|~{3,}")
_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"(?:=+|-{2,})[ \t]*$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_MARKER = re.compile(r"(?:>[ \t]?)+|(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_ASIDE = re.compile(
    r"!\[[^\]]*\]\([^)]*\)$|\[[^\]]+\]:[ \t]*\S+|<!--.*-->$|</?[a-zA-Z][^>]*>$|\|?[ \t]*:?-{2,}:?[ \t]*\|[ \t:|-]*$"
)


def read_markdown(data: bytes, source: str) -> Document:
    """Return the decoded text with its blocks, and what its front matter states.

    Raises:
        UnsupportedFormat: the bytes are no text.
    """
    text = decode(data, source)
    front = _FRONT.match(text)
    start = front.end() if front else 0
    known = _known(front["fields"]) if front else Metadata()
    head = (Block(0, start, Kind.FURNITURE),) if front else ()
    return Document(text, known, head + tuple(_blocks(text, start)))


def _known(front: str) -> Metadata:
    """Return the title, date, author and address that the front matter states."""
    stated = {
        found["name"].lower(): found["value"].strip().strip("\"'[]").strip()
        for found in map(_FIELD.match, front.splitlines())
        if found
    }
    return Metadata(
        title=stated.get("title", ""),
        published=moment_in(stated.get("date", "") or stated.get("published", "")),
        byline=stated.get("author", "") or stated.get("authors", "") or stated.get("byline", ""),
        agency=stated.get("agency", ""),
        url=stated.get("url", "") or stated.get("canonical_url", "") or stated.get("canonical", ""),
    )


def _blocks(text: str, begin: int) -> list[Block]:
    """Return the blocks of the text from `begin` on: paragraphs, headings, items, code."""
    blocks: list[Block] = []
    fence, goes_on, quoted = "", False, False
    for line in lines(text):
        words = text[line.start : min(line.end, line.start + 2000)]
        if line.start < begin:
            continue
        mark = _FENCE.match(words)
        if fence or mark:
            blocks.append(Block(line.start, line.end, Kind.FURNITURE))
            if not fence and mark:
                fence = mark.group()
            elif mark and words.strip() == mark.group() and mark.group().startswith(fence):
                fence = ""
            goes_on = False
            continue
        if line.gap:
            goes_on = False
        if goes_on and _UNDERLINE.match(words) and blocks[-1].kind is None:
            blocks[-1] = Block(blocks[-1].start, blocks[-1].end, Kind.HEADLINE)
            blocks.append(Block(line.start, line.end, Kind.FURNITURE))
            goes_on = False
            continue
        kind, start, opens = _opening(line, words)
        is_quote = words.startswith(">")
        if goes_on and kind is None and (not opens or (is_quote and quoted and line.end > start)):
            blocks[-1] = Block(blocks[-1].start, line.end)
        elif start < line.end:
            blocks.append(Block(start, line.end, kind))
            goes_on = kind is None
        else:
            goes_on = False
        quoted = is_quote
    return blocks


def _opening(line: Line, words: str) -> tuple[Kind | None, int, bool]:
    """Return a line's kind, where its words begin, and whether a marker opens a new block there."""
    heading = _HEADING.match(words)
    if heading:
        return Kind.HEADLINE, line.start + heading.end(), True
    if _RULE.match(words) or _ASIDE.match(words):
        return Kind.FURNITURE, line.start, True
    marker = _MARKER.match(words)
    return (None, line.start + marker.end(), True) if marker else (None, line.start, False)
