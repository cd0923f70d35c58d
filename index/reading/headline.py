"""Read what a wire adds to its headlines: lead numbers, corrections, kills, notes to editors. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from .. import patterns
from ..language.wordlists import match_any
from ..model import Status
from .dateline import find_moment

_LEAD = patterns.compile(
    r"(?:(?P<ordinal>\d{1,2})(?:st|nd|rd|th)[\s-]?)?(?:LD|LEAD)(?:[\s-]?(?P<number>\d{1,2}))?(?:[\s-]?writethru)?"
    r"|(?:UPDATE|WRAPUP|ROUNDUP)\s?(?P<update>\d{1,2})",
    re.IGNORECASE,
)
_WORDS = match_any(
    r"""
    UPDATED? WRAPUP ROUNDUP CORRECTED CORRECTION REFILED? RPT REPEAT KILL KILLED WITHDRAWN WITHDRAWAL URGENT FLASH
    NEWSFLASH ALERT BREAKING EXCLUSIVE ANALYSIS FACTBOX TIMELINE INTERVIEW INSIGHT FEATURE FOCUS EXPLAINER NEWSMAKER
    SPECIAL_REPORT OFFICIAL_CORRECTION LEAD (?:\d{1,2}(?:ST|ND|RD|TH)_)?(?:LD|LEAD)
    """
)
_WORD = patterns.compile(_WORDS)
# A tag in brackets; other words in brackets are a tag only in what is known to be a headline.
_BRACKETS = patterns.compile(r"\((?P<round>[^()\n]{1,40})\)(?:\s+|-)(?=\S)|\[(?P<square>[^\[\]\n]{1,40})\]\s*(?=\S)")
_PREFIX = patterns.compile(
    rf"(?P<word>{_WORDS}(?: ?\d{{1,2}})?)(?:\s?-\s?|:\s?| – | — )(?=\S)"
    r"|(?P<bare>\d{1,2}(?:ST|ND|RD|TH) (?:LEAD|LD|ROUNDUP)):? (?=[A-Z])"
)
_DOTTED = patterns.compile(r"(?P<word>[^\W_]{2,12}(?: [^\W_]{1,10})?\.-)\s?(?=\S)")
_RUBRIC = match_any(
    """
    Feature Interview Focus Editorial Profile Roundup Review Analysis Advisory Headlines? Photo Video News
    Exclusive Explainer Column Preview Recap Summary
    """
)
_SERIES = patterns.compile(rf"(?:\w+ )?{_RUBRIC}(?: \w+){{0,2}}", re.IGNORECASE)
_SLUG = patterns.compile(r"(?:BC|AM|PM|AP)-[\w&'’.-]{2,60}(?:,.{0,60})?(?:/\d{1,5})?")

_NOTE = patterns.compile(
    # "(ATTN: ...)", "Eds: ...", "EDITORS' NOTE: ..."
    r"\(?\s?(?:ATTN|(?:Eds|EDS)\.?|(?:EDITORS?|Editors?)['’]?[Ss]?['’]?(?: NOTES?| [Nn]otes?)?|"
    r"(?:NOTES?|Notes?) (?:TO|to) (?:EDITORS|Editors|editors)|ADVISORY|MANDATORY KILL|KILL NOTICE)\s?:\s*"
    # "EMBARGOED UNTIL ...", "NOT FOR RELEASE BEFORE ..."
    r"|(?=\(?(?:EMBARGO(?:ED)?\b|(?:STRICTLY )?NOT FOR (?:RELEASE|PUBLICATION)\b))"
    # "This story has been corrected to ..."
    r"|(?=\(?This (?:story|article|report|version|item|page|post)\b(?! of)[^.]{0,60}"
    r"\b(?:corrected|corrects|updated|refiled|misstated|misspelled|misidentified|withdrawn|killed|retracted|amended"
    r"|clarified|revised)\b)"
    # "An earlier version of this story ...", "Correction, 3 May: The article gave ..."
    r"|(?=\(?(?:In )?[Aa]n? (?:earlier|previous|original) version of this"
    r" (?:story|article|report|item|page|post|headline)\b)"
    r"|(?=(?:C(?:ORRECTION|orrection|LARIFICATION|larification))[Ss]?,?(?: [\w.,]{1,12}){0,4}\s?[:–—]\s[^\n]{0,200}"
    r"\b(?:version|article|story|report|headline|caption|incorrect(?:ly)?|wrong(?:ly)?|misstated|misspelled|error"
    r"|should have|was not|were not)\b)",
)
# At the head or the foot of a story only: "An earlier version said ..." may be that of a bill in its middle.
_EDGE_NOTE = patterns.compile(
    r"\(?(?:[Aa]n|[Tt]he) (?:earlier|previous|original) version (?:\w+ )?(?:said|stated|gave|put|named|misstated"
    r"|misspelled|misidentified|incorrectly|wrongly|omitted|contained|referred|described)\b"
    r"|(?:We|The [A-Z][\w ]{1,40}) (?:apologi[sz]es?|regrets?) (?:for )?(?:the|this|any) (?:error|mistake)"
)
_EMBARGO = patterns.compile(
    r"[\[(]?(?:(?:strictly|under)\s)?(?:embargo(?:ed)?\b|not for (?:release|publication|use) (?:before|until)\b)",
    re.IGNORECASE,
)
# "(Adds quotes, background)": above a story only, because a story may have a sentence in brackets, too.
_CHANGE = match_any(
    """
    adds? updates? updating recasts? corrects? correcting refiles? repeats? rewrites? changes? removes? clarifies
    writes_through embargoed
    """
)
_CHANGES = patterns.compile(rf"\({_CHANGE}\b[^()]{{0,300}}\)?", re.IGNORECASE)
_CORRECTED = patterns.compile(
    r"\b(?:CORRECTED|CORRECTION|REFILED?|CORRECTS|(?i:corrects|corrected|refiles|amended)|misstated|misspelled)\b"
    r"|\b(?:Correction\b.{0,60}:|[Aa]n? (?:earlier|previous|original) version)"
)
_WITHDRAWN = patterns.compile(
    r"\(?(?:MANDATORY )?(?:KILL|KILLED|WITHDRAWN|WITHDRAWAL)\b"
    r"|.*\b(?:MANDATORY KILL|(?i:please (?:kill|withdraw)|(?:is|been) (?:withdrawn|killed|retracted)))\b",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Tags:
    """A headline without its tags, and what they say; `sure`: one of them is used by wires only."""

    title: str
    lead: int = 0
    status: Status = Status.USABLE
    sure: bool = False


def read_tags(headline: str) -> Tags:
    """Return the headline without tags such as "(2nd LD)" or "UPDATE 1-", and what the tags say."""
    title, found = headline.strip(), Tags("")
    for _ in range(5):  # "(2nd LD) (CORRECTED) (Asian Games) ..." is about the longest chain
        match = _PREFIX.match(title) or _BRACKETS.match(title) or _match_dotted(title)
        label = next(filter(None, match.groups()), "") if match else ""
        if match is None or not re.search(r"[^\W\d_]", label):
            break
        title, found = title[match.end() :], _add_label(found, label)
    tail = re.search(r"(?:\s|(?<=[^\x00-\x7f]))\(([^()]{2,20})\)$", title[-24:])
    if tail and (is_tag(tail[1]) or _read_foreign(tail[1])):
        title, found = title[: -len(tail.group())], _add_label(found, tail[1])
    return Tags(title.strip(), found.lead, found.status, found.sure)


def _add_label(found: Tags, label: str) -> Tags:
    """Return the tags with one more label."""
    sure = is_tag(label) or bool(_SERIES.fullmatch(label))
    if not sure and (foreign := _read_foreign(label)):
        return Tags("", max(found.lead, foreign[0]), pick_worse(found.status, foreign[1]), sure=True)
    return Tags("", max(found.lead, read_lead(label)), pick_worse(found.status, read_status(label)), found.sure or sure)


def _match_dotted(title: str) -> re.Match[str] | None:
    """Return the match of a tag closed by ".-", as agencies that write Spanish set it; None if the title has none."""
    return _DOTTED.match(title) if ".-" in title[:16] else None


def _read_foreign(label: str) -> tuple[int, Status] | None:
    """Return the lead and the status of a tag in another language, None if it is none: one in ASCII ends with ".-"."""
    if label.isascii() and not label.endswith(".-"):
        return None
    from .conventions import read_label  # late: headlines in English need no data of other languages

    return read_label(label.removesuffix(".-"))


def is_tag(label: str) -> bool:
    """Tell whether the words, with or without brackets, are a wire's tag and nothing more."""
    label = label.strip("()[]:- ")
    return bool(_LEAD.fullmatch(label) or _WORD.fullmatch(label.upper())) if len(label) <= 30 else False


def read_lead(label: str) -> int:
    """Return the number of the lead in a tag: 1 for "LEAD", 2 for "2nd LD"; 0 if it has none.

    A slug may contain it: "BC-EU--Storm,2nd Ld-Writethru".
    """
    match = _LEAD.fullmatch(label.strip("()[]:- "))
    if match is None and _SLUG.fullmatch(label):
        match = next((found for found in _LEAD.finditer(label) if found["ordinal"] or found["number"]), None)
    return int(match["ordinal"] or match["number"] or match["update"] or 1) if match else 0


def is_slug(line: str) -> bool:
    """Tell whether the line is a slug, the name under which an agency files its story."""
    return bool(_SLUG.fullmatch(line))


def is_note(paragraph: str, *, head: bool = False, edge: bool = False) -> bool:
    """Tell whether a paragraph is a note to editors or readers; `head`: it stands above the story, `edge`: or below it.

    "embargoed" in lower case makes a note only on a short line with a date: stories are about embargoes, too.
    """
    if _NOTE.match(paragraph) or (head and len(paragraph) < 400 and _CHANGES.fullmatch(paragraph)):
        return True
    if (head or edge) and _EDGE_NOTE.match(paragraph):
        return True
    return len(paragraph) < 120 and not paragraph.rstrip().endswith(".") and find_embargo(paragraph) is not None


def strip_note(paragraph: str) -> str:
    """Return a note without its label and brackets, on one line."""
    match = _NOTE.match(paragraph)
    words = paragraph[match.end() :] if match else paragraph
    if paragraph.startswith("("):
        words = words.removeprefix("(").removesuffix(")")
    return " ".join(words.split())


def find_embargo(note: str) -> datetime | None:
    """Return the moment before which a note forbids publication, None if it forbids nothing."""
    return find_moment(note) if _EMBARGO.match(note) else None


def read_status(words: str) -> Status:
    """Return the status that a tag or a note gives its story."""
    if _WITHDRAWN.match(words):
        return Status.WITHDRAWN
    return Status.CORRECTED if _CORRECTED.search(words) else Status.USABLE


def pick_worse(one: Status, other: Status) -> Status:
    """Return the graver status of the two."""
    order = (Status.USABLE, Status.CORRECTED, Status.WITHDRAWN)
    return max(one, other, key=order.index)
