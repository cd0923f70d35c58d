"""Write titles and dates for citations and pages, and clean text of invisible characters (pure)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from .. import patterns
from ..language.calendar import MONTHS
from ..model import Card, Citation, Reply
from ..verdicts import explain_unread, translatable

_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_CONTROLS = patterns.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

HIDDEN = patterns.compile("[\u202a-\u202e\u2066-\u2069]|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+")
"""What makes a reader see another text than the stored one: controls that reorder what follows, and letters that nobody
sees (tags; those that spell the flag of a region stay)."""


def clean(text: str) -> str:
    """Return the text on one line, without control characters and without marks that change its direction."""
    # Joiners (category Cf) stay: Persian and emoji are spelled with them.
    kept = (ch for ch in text if ch.isspace() or not (unicodedata.category(ch) in ("Cc", "Cs") or ch in _REORDERING))
    return " ".join("".join(kept).split())


def replace_controls(text: str) -> str:
    """Return the text with visible marks for what a page cannot hold, and what hides or reorders it; line ends stay."""
    text = HIDDEN.sub(lambda match: "".join(f"<U+{ord(letter):04X}>" for letter in match[0]), text)
    return _CONTROLS.sub(lambda match: chr(0x2400 + ord(match[0])) if match[0] < " " else "\ufffd", text)


def write_title(card: Card) -> str:
    """Return what the article is called, on one line."""
    return clean(card.name)


def write_time(seconds: int) -> str:
    """Return a time from the beginning of a recording as in "00:12:07"."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def find_time(citation: Citation) -> str:
    """Return when the cited sentence of a recording is spoken, as in "00:12:07"; "" if it is in no recording."""
    return next((str(note["time"]) for note in citation.notes if "time" in note), "")


def write_place(citation: Citation) -> str:
    """Return where the sentence stands: its paragraph and, in a recording, when it is spoken."""
    time = find_time(citation)
    return f"paragraph {citation.paragraph}{f', at {time}' if time else ''}"


def name_month(when: datetime) -> str:
    """Return the English name of the month, whatever the locale."""
    return MONTHS[when.month - 1]


def write_date(when: datetime) -> str:
    """Return the date as in "3 January 2023"."""
    return f"{when.day} {name_month(when)} {when.year}"


def _get_reason(reply: Reply) -> str:
    return reply.reason


def _explain_nothing(_: Reply) -> str:
    return ""


def _explain_unread(reply: Reply) -> str:
    return explain_unread(reply.unread, reply.reason)


class PageLanguage(NamedTuple):
    """How a page speaks to its reader: the language's code, and how texts, dates and reasons are said in it.

    What is quoted stays as the article has it. `explain_why` tells more of a reply than its reason, a sentence a line.
    """

    code: str = "en"
    say: Callable[[str], str] = translatable
    write_date: Callable[[datetime], str] = write_date
    explain: Callable[[Reply], str] = _get_reason
    explain_unread: Callable[[Reply], str] = _explain_unread
    explain_why: Callable[[Reply], str] = _explain_nothing


def write_dates(card: Card, speech: PageLanguage) -> str:
    """Return the day of publication and, if it is known to be another, that of the last change; "" for neither."""
    parts = [speech.write_date(card.published)] if card.published else []
    if card.changed and (card.published is None or card.changed.date() != card.published.date()):
        changed = speech.say(translatable("changed {date}"))
        parts.append(changed.format(date=speech.write_date(card.changed)))
    return ", ".join(parts)
