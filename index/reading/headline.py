"""What stands around a headline on the wire: lead numbers, corrections, kills, notes to editors. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from ..model import Status
from .dateline import moment_in

_LEAD = re.compile(
    r"(?:(?P<ordinal>\d{1,2})(?:st|nd|rd|th)[\s-]?)?(?:LD|LEAD)(?:[\s-]?(?P<number>\d{1,2}))?(?:[\s-]?writethru)?"
    r"|(?:UPDATE|WRAPUP|ROUNDUP)\s?(?P<update>\d{1,2})",
    re.IGNORECASE,
)
_WORDS = (
    r"(?:UPDATED?|WRAPUP|ROUNDUP|CORRECTED|CORRECTION|REFILED?|RPT|REPEAT|KILL|KILLED|WITHDRAWN|WITHDRAWAL|URGENT|"
    r"FLASH|"
    r"NEWSFLASH|ALERT|BREAKING|EXCLUSIVE|ANALYSIS|FACTBOX|TIMELINE|INTERVIEW|INSIGHT|FEATURE|FOCUS|EXPLAINER|NEWSMAKER|"
    r"SPECIAL REPORT|OFFICIAL CORRECTION|LEAD|(?:\d{1,2}(?:ST|ND|RD|TH) )?(?:LD|LEAD))"
)
_WORD = re.compile(_WORDS)
# A wire's tag in brackets; other words in brackets are a tag only where a headline is known to stand.
_BRACKETS = re.compile(r"\((?P<round>[^()\n]{1,40})\)(?:\s+|-)(?=\S)|\[(?P<square>[^\[\]\n]{1,40})\]\s*(?=\S)")
_PREFIX = re.compile(
    rf"(?P<word>{_WORDS}(?: ?\d{{1,2}})?)(?:\s?-\s?|:\s?| – | — )(?=\S)"
    r"|(?P<bare>\d{1,2}(?:ST|ND|RD|TH) (?:LEAD|LD|ROUNDUP)):? (?=[A-Z])"
)
_SERIES = re.compile(
    r"(?:\w+ )?(?:Feature|Interview|Focus|Editorial|Profile|Roundup|Review|Analysis|Advisory|Headlines?|Photo|"
    r"Video|News|"
    r"Exclusive|Explainer|Column|Preview|Recap|Summary)(?: \w+){0,2}",
    re.IGNORECASE,
)
_SLUG = re.compile(r"(?:BC|AM|PM|AP)-[\w&'’.-]{2,60}(?:,.{0,60})?(?:/\d{1,5})?")

_NOTE = re.compile(
    # "(ATTN: ...)", "Eds: ...", "EDITORS' NOTE: ..."
    r"\(?\s?(?:ATTN|(?:Eds|EDS)\.?|(?:EDITORS?|Editors?)['’]?[Ss]?['’]?(?: NOTES?| [Nn]otes?)?|"
    r"(?:NOTES?|Notes?) (?:TO|to) (?:EDITORS|Editors|editors)|ADVISORY|MANDATORY KILL|KILL NOTICE)\s?:\s*"
    # "EMBARGOED UNTIL ...", "NOT FOR RELEASE BEFORE ..."
    r"|(?=\(?(?:EMBARGO(?:ED)?\b|(?:STRICTLY )?NOT FOR (?:RELEASE|PUBLICATION)\b))"
    # "This story has been corrected to ..."
    r"|(?=\(?(?:This|An earlier version of this|A previous version of this) (?:story|article|report|version|"
    r"item)\b[^.]{0,60}\b"
    r"(?:corrected|corrects|updated|refiled|misstated|misspelled|misidentified|withdrawn|killed|retracted)\b)",
)
_EMBARGO = re.compile(
    r"[\[(]?(?:(?:strictly|under)\s)?(?:embargo(?:ed)?\b|not for (?:release|publication|use) (?:before|until)\b)",
    re.IGNORECASE,
)
# "(Adds quotes, background)": above a story only, for a story too may put a sentence in brackets.
_CHANGES = re.compile(
    r"\((?:adds?|updates?|updating|recasts?|corrects?|correcting|refiles?|repeats?|rewrites?|changes?|removes?|"
    r"clarifies|"
    r"writes through|embargoed)\b[^()]{0,300}\)?",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"\b(?:CORRECTED|CORRECTION|REFILED?|CORRECTS|(?i:corrects|corrected|refiles)|misstated|misspelled)\b"
)
_WITHDRAWN = re.compile(
    r"\(?(?:MANDATORY )?(?:KILL|KILLED|WITHDRAWN|WITHDRAWAL)\b"
    r"|.*\b(?:MANDATORY KILL|(?i:please (?:kill|withdraw)|(?:is|been) (?:withdrawn|killed|retracted)))\b",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Tags:
    """A headline without its tags, and what they say; `sure` tags are those that only wires use."""

    title: str
    lead: int = 0
    status: Status = Status.USABLE
    sure: bool = False


def read_tags(headline: str) -> Tags:
    """Return the headline without tags such as "(2nd LD)" or "UPDATE 1-", and what the tags say."""
    title, found = headline.strip(), Tags("")
    for _ in range(5):  # "(2nd LD) (CORRECTED) (Asian Games) ..." is the longest sort of chain
        match = _PREFIX.match(title) or _BRACKETS.match(title)
        label = next(filter(None, match.groups()), "") if match else ""
        if match is None or not re.search(r"[^\W\d_]", label):
            break
        title, found = title[match.end() :], _with(found, label)
    tail = re.search(r"\s\(([^()]{2,20})\)$", title[-24:])
    if tail and is_tag(tail[1]):
        title, found = title[: -len(tail.group())], _with(found, tail[1])
    return Tags(title.strip(), found.lead, found.status, found.sure)


def _with(found: Tags, label: str) -> Tags:
    """Return the tags with one more label."""
    sure = is_tag(label) or bool(_SERIES.fullmatch(label))
    return Tags("", max(found.lead, lead_number(label)), worse(found.status, status_of(label)), found.sure or sure)


def is_tag(label: str) -> bool:
    """Tell whether the words, with or without brackets, are a tag of the wires and nothing more."""
    label = label.strip("()[]:- ")
    return bool(_LEAD.fullmatch(label) or _WORD.fullmatch(label.upper())) if len(label) <= 30 else False


def lead_number(label: str) -> int:
    """Return the number of the lead that a tag names: 1 for "LEAD", 2 for "2nd LD"; 0 where it names none.

    A slug, such as "BC-EU--Storm,2nd Ld-Writethru", names it inside.
    """
    match = _LEAD.fullmatch(label.strip("()[]:- "))
    if match is None and _SLUG.fullmatch(label):
        match = next((found for found in _LEAD.finditer(label) if found["ordinal"] or found["number"]), None)
    return int(match["ordinal"] or match["number"] or match["update"] or 1) if match else 0


def is_slug(line: str) -> bool:
    """Tell whether the line is the name under which an agency files its story."""
    return bool(_SLUG.fullmatch(line))


def is_note(paragraph: str, *, head: bool = False) -> bool:
    """Tell whether a paragraph is written to editors, about the text; `head`: it stands above the story.

    In small letters an embargo is one only where a line of its own gives the date: stories tell of embargoes, too.
    """
    if _NOTE.match(paragraph) or (head and len(paragraph) < 400 and _CHANGES.fullmatch(paragraph)):
        return True
    return len(paragraph) < 120 and not paragraph.rstrip().endswith(".") and embargo(paragraph) is not None


def bare_note(paragraph: str) -> str:
    """Return a note without its label and brackets, on one line."""
    match = _NOTE.match(paragraph)
    words = paragraph[match.end() :] if match else paragraph
    if paragraph.startswith("("):
        words = words.removeprefix("(").removesuffix(")")
    return " ".join(words.split())


def embargo(note: str) -> datetime | None:
    """Return the moment before which a note forbids publication, None where it does not."""
    return moment_in(note) if _EMBARGO.match(note) else None


def status_of(words: str) -> Status:
    """Return the status that a tag or a note gives the text."""
    if _WITHDRAWN.match(words):
        return Status.WITHDRAWN
    return Status.CORRECTED if _CORRECTED.search(words) else Status.USABLE


def worse(one: Status, other: Status) -> Status:
    """Return the status that warns more."""
    order = (Status.USABLE, Status.CORRECTED, Status.WITHDRAWN)
    return max(one, other, key=order.index)
