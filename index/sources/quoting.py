"""Which lines of a mail are not its sender's: quoted replies, the lines that introduce them, forwards, signatures.

Also: the lines of `format=flowed` (RFC 3676) joined to paragraphs. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .. import patterns
from ..model import Kind
from ..reading.document import Block
from ..reading.draft import draft_lines

LONGEST = 1000
"""Characters of a line that patterns read: attributions and headers are shorter."""

_WROTE = patterns.compile(
    r"\b(?:wrote|writes|schrieb|écrit|escribió|escreveu|skrev|schreef|scritto|napisał)\b", re.IGNORECASE
)
_OPENS = patterns.compile(r"(?:on|at|am|le|el|il|em|op|den|w dniu)\s\S", re.IGNORECASE)
_CLOCK = patterns.compile(r"\d{1,2}[:.h]\d\d")
_FORWARD = patterns.compile(r"(?:original|(?:begin )?forwarded) (?:message|e?-?mail)(?: from .{1,200})?", re.IGNORECASE)
_FIELD = patterns.compile(r"\*{0,2}(?P<name>from|sent|date|to|cc|subject|reply-to)\*{0,2}:(?P<value>.*)", re.IGNORECASE)
_DEVICE = patterns.compile(r"(?:sent from my|get outlook for|sent from mail for) \w.{0,40}", re.IGNORECASE)
_FAREWELL = patterns.compile(
    r"(?:(?:many|best|kind|warm|with best|with kind) )?(?:regards|wishes|thanks|greetings)|thank you|best|cheers|yours"
    r"(?: sincerely| faithfully| truly)?|sincerely|all the best",
    re.IGNORECASE,
)
_SIGNED = patterns.compile(r"[A-ZÀ-Þ][\w'’.-]{0,20}(?: [A-ZÀ-Þ][\w'’.-]{0,20}){0,2}(?<![.!?:])")
_WORDS = patterns.compile(r"[^\W\d_]+")
_FEW = 12
"""Words of a sender's own up to which a forwarded message below them is what the mail is about."""

_SHORT = 8
"""Lines that may follow "--" without its space for it to open a signature."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """A line of a mail, `text[start:end]`; it is `quoted` if the mail marks it as another's words."""

    start: int
    end: int
    words: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """Which lines are the story: `own` tells it of each line; `header` is that of a forwarded message, if that is it.

    `is_plain` tells that all lines are the sender's.
    """

    own: tuple[bool, ...]
    header: dict[str, str]

    @property
    def is_plain(self) -> bool:
        """Whether nothing is marked."""
        return all(self.own)


def unflow(text: str, *, delete_space: bool) -> str:
    """Return the text of `format=flowed` with its soft line breaks joined; `delete_space` is `delsp=yes`.

    A space goes with the break if `delsp` says so. After the end of a sentence it stays all the same: some programs
    declare it and write one space only.
    """
    lines: list[str] = []
    depth_before, flows = 0, False
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        is_signature = words == "-- "
        if flows and depth == depth_before and not is_signature:
            before = lines[-1]
            if delete_space:
                bare = before[:-1]
                ends = bare.endswith((".", "!", "?", ":", ";", ",", "”", '"')) and words[:1].isupper()
                before = before if ends else bare
            lines[-1] = before + words
        else:
            lines.append(f"{'>' * depth} {words}" if depth else words)
        depth_before, flows = depth, words.endswith(" ") and not is_signature
    return "\n".join(line if line == "-- " else line.rstrip(" ") for line in lines)


def list_lines(text: str) -> list[MailLine]:
    """Return the lines of a mail's plain text; those that begin with ">" are quoted."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append(_make_line(at, at + len(line), line[:LONGEST]))
        at += len(line) + 1
    return lines


def _make_line(start: int, end: int, words: str) -> MailLine:
    return MailLine(start, end, words, words.lstrip(" \xa0").startswith(">"))


def mark_lines(lines: Sequence[MailLine]) -> Marked:
    """Return which lines are the story that the mail sends.

    They are the sender's own, unless those are a few words above a forwarded message: then they are that message's.
    """
    own = [not line.quoted for line in lines]
    for number, line in enumerate(lines):
        if line.quoted and (number == 0 or not lines[number - 1].quoted):
            _mark_attribution(lines, own, number)
    end, header, body = _find_other(lines, own)
    for number in range(end, len(lines)):
        own[number] = False
    _mark_signature(lines, own)
    if header and _count_words(lines, own) <= _FEW:
        inner = mark_lines([_make_line(each.start, each.end, each.words) for each in lines[body:]])
        return Marked((*[False] * body, *inner.own), inner.header or header)
    return Marked(tuple(own), {})


def build_blocks(text: str, lines: Sequence[MailLine], own: Sequence[bool]) -> tuple[Block, ...]:
    """Return the paragraphs of a plain text: the story's as its lines make them, all others as furniture."""
    blocks: list[Block] = []
    first = 0
    for number in range(1, len(lines) + 1):
        if number < len(lines) and own[number] == own[first]:
            continue
        start, end = lines[first].start, lines[number - 1].end
        if own[first]:
            pieces = draft_lines(text[start:end])
            blocks += [Block(start + piece.start, start + piece.end, piece.kind) for piece in pieces]
        elif text[start:end].strip():
            blocks.append(Block(start, end, Kind.FURNITURE))
        first = number
    return tuple(blocks)


def _mark_attribution(lines: Sequence[MailLine], own: list[bool], number: int) -> None:
    """Mark the lines above a quotation that say who wrote it: one to three, maybe an empty one below them."""
    last = number - 1
    if last >= 0 and not lines[last].words.strip():
        last -= 1
    first = _find_attribution(lines, last)
    for each in range(first, last + 1):
        own[each] = False


def _find_attribution(lines: Sequence[MailLine], last: int) -> int:
    """Return the first line of the attribution that ends in this line, `last + 1` if it is none."""
    if last < 0 or lines[last].quoted or not lines[last].words.rstrip().endswith(":"):
        return last + 1
    words = ""
    for first in range(last, max(-1, last - 3), -1):
        if not lines[first].words.strip() or lines[first].quoted:
            break
        words = f"{lines[first].words.strip()} {words}".strip()
        if _OPENS.match(words) and ("@" in words or any(map(str.isdigit, words))):
            return first
    alone = lines[last].words
    return last if "@" in alone or _WROTE.search(alone) else last + 1


def _find_other(lines: Sequence[MailLine], own: Sequence[bool]) -> tuple[int, dict[str, str], int]:
    """Return the line from which on all is another message, its header, and the line at which its text begins.

    Without such a message, the first is the number of lines, and the header is empty.
    """
    for number, line in enumerate(lines):
        words = line.words.strip()
        if not words or words.startswith(">"):
            continue
        if _FORWARD.fullmatch(words.strip("->*_: \t")):
            header, body = _read_header(lines, number + 1)
            return number, header, body
        if _is_header(lines, number):
            header, body = _read_header(lines, number)
            return number, header, body
        if not own[number] or not words.endswith(":") or not _WROTE.search(words[-40:]):
            continue
        first = _find_attribution(lines, number)
        told = " ".join(each.words for each in lines[first : number + 1])
        if first <= number and ("@" in told or _CLOCK.search(told)):
            return first, {}, number + 1
    return len(lines), {}, len(lines)


def _is_header(lines: Sequence[MailLine], number: int) -> bool:
    """Tell whether the header of another message begins here: "From:", and two more fields in the next lines."""
    found = _FIELD.match(lines[number].words.strip())
    return bool(found and found["name"].lower() == "from") and len(_read_header(lines, number)[0]) >= 3


def _read_header(lines: Sequence[MailLine], number: int) -> tuple[dict[str, str], int]:
    """Return the fields of a header that begins here, and the line after it; empty lines above it are passed over."""
    fields: dict[str, str] = {}
    while number < len(lines):
        words = lines[number].words.strip().lstrip("> ")
        found = _FIELD.match(words)
        if found:
            fields.setdefault(found["name"].lower(), found["value"].strip("* \t"))
        elif words or fields:
            break
        number += 1
    return fields, number


def _mark_signature(lines: Sequence[MailLine], own: list[bool]) -> None:
    """Mark the signature below "-- ", and the lines in which a program names itself."""
    opened = False
    for number, line in enumerate(lines):
        words = line.words
        if not own[number]:
            opened = False
        elif words == "-- " or (words.rstrip() == "--" and _count_rest(lines, own, number) <= _SHORT):
            opened = True
        if opened or _DEVICE.fullmatch(words.strip()):
            own[number] = False
    _mark_farewell(lines, own)


def _mark_farewell(lines: Sequence[MailLine], own: list[bool]) -> None:
    """Mark the name, and the greeting above it, with which a mail of several paragraphs ends: "Best regards, Ida"."""
    last = [number for number, line in enumerate(lines) if own[number] and line.words.strip()][-2:]
    if len(last) < 2 or _count_words(lines, own) <= _FEW:
        return
    above, name = (lines[number].words.strip()[:60] for number in last)
    alone = not lines[last[-1] - 1].words.strip()
    if (alone or _FAREWELL.fullmatch(above.rstrip(",.! "))) and _SIGNED.fullmatch(name):
        own[last[-1]] = False
        own[last[-2]] = own[last[-2]] and not _FAREWELL.fullmatch(above.rstrip(",.! "))


def _count_rest(lines: Sequence[MailLine], own: Sequence[bool], number: int) -> int:
    """Return how many lines with words follow this one, up to the next line that is not the sender's."""
    count = 0
    for each in range(number + 1, len(lines)):
        if not own[each] or count > _SHORT:
            break
        count += bool(lines[each].words.strip())
    return count


def _count_words(lines: Sequence[MailLine], own: Sequence[bool]) -> int:
    return sum(len(_WORDS.findall(line.words)) for line, is_own in zip(lines, own, strict=True) if is_own)
