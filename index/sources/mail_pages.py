"""Read the HTML of a mail: what is quoted, forwarded or signed in it is marked, as in its plain text."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from .. import patterns
from ..errors import EmptyArticle
from ..model import Kind
from ..reading.document import Block, Document
from .facts import read_facts
from .html import assemble, parse
from .quoting import LONGEST, MailLine, mark_lines
from .visible import Shown, show

_QUOTES = patterns.compile(
    r"\b(?:gmail_quote|gmail_attr|gmail_signature|moz-cite-prefix|moz-signature|yahoo_quoted|protonmail_quote"
    r"|protonmail_signature_block|tutanota_quote)",
)
_SIGNATURES = frozenset({"signature", "x_signature", "ms-outlook-mobile-signature"})
# Outlook marks where the other message begins; it and all that follows are that message.
_BEGINS_OTHER = frozenset({"divrplyfwdmsg", "x_divrplyfwdmsg", "appendonsend", "x_appendonsend"})


def read_mail_page(page: str, source: str) -> tuple[Document | None, dict[str, str], bool]:
    """Return the text of a mail's HTML, None if no word of it is the story, and whether any of it is marked.

    Between the two stands the header of a forwarded message, if that is the story.

    Raises:
        SourceError: as `html.parse` does.
    """
    tree = parse(page.encode("utf-8", "surrogatepass"), source)
    shown = show(tree)
    text, blocks = assemble(shown.runs, None)
    lines, homes = _list_lines(shown, blocks)
    marked = mark_lines(lines)
    whole = Document(text, read_facts(tree), blocks, shown.text)
    if marked.is_plain:
        return whole, {}, False
    if not any(own and line.words.strip() for own, line in zip(marked.own, lines, strict=True)):
        return None, {}, True
    return replace(whole, blocks=tuple(_cut_blocks(homes, lines, marked.own))), marked.header, True


def read_mail_words(page: str, source: str) -> str:
    """Return all that a mail's HTML shows, "" if it shows nothing."""
    try:
        return show(parse(page.encode("utf-8", "surrogatepass"), source)).text
    except EmptyArticle:
        return ""


def _list_lines(shown: Shown, blocks: tuple[Block, ...]) -> tuple[list[MailLine], list[Block]]:
    """Return the lines of all blocks, those in an element for other people's words as quoted; and each one's block."""
    lines: list[MailLine] = []
    homes: list[Block] = []
    other = False
    for run, block in zip(shown.runs, blocks, strict=True):
        path = [run.element, *run.element.iterancestors()]
        other = other or any(map(_begins_other, path)) or _begins_other(run.element.getprevious())
        quoted = other or any(map(_is_quote, path))
        at = block.start
        for words in run.text.split("\n"):
            is_quoted = quoted or words.lstrip(" \xa0").startswith(">")
            lines.append(MailLine(at, at + len(words), words[:LONGEST], is_quoted))
            homes.append(block)
            at += len(words) + 1
    return lines, homes


def _begins_other(element: Any) -> bool:
    """Tell whether the element, which may show nothing itself, says that another message begins."""
    return element is not None and str(element.get("id") or "").lower() in _BEGINS_OTHER


def _is_quote(element: Any) -> bool:
    if element.tag == "blockquote" and (element.get("type") or "").lower() == "cite":
        return True
    return bool(_QUOTES.search(element.get("class") or "")) or (element.get("id") or "").lower() in _SIGNATURES


def _cut_blocks(homes: list[Block], lines: list[MailLine], own: tuple[bool, ...]) -> list[Block]:
    """Return the blocks, cut where the story's lines end or begin; all other lines are furniture."""
    found: list[Block] = []
    rows = zip(homes, lines, own, strict=True)
    for (home, is_own), group in groupby(rows, key=lambda row: (row[0], row[2])):
        members = [line for _, line, _ in group]
        found.append(Block(members[0].start, members[-1].end, home.kind if is_own else Kind.FURNITURE))
    return found
