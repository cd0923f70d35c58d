"""Parse datelines and the date lines of pages: where and when a story was filed, and by whom. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from .. import patterns
from ..language.calendar import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS, parse_month
from ..language.wordlists import match_any
from ..moments import shift

_MONTH = rf"(?:{'|'.join(MONTHS + SHORT_MONTHS)})\b\.?"
_WEEKDAY = rf"\b(?:{'|'.join(WEEKDAYS + SHORT_WEEKDAYS)})\b\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
_DATE = patterns.compile(
    rf"\b(?P<month>{_MONTH})\s{{0,3}}(?P<day>{_DAY}),?\s{{1,3}}(?P<year>\d{{4}})\b"
    rf"|\b(?P<day2>{_DAY})\s{{1,3}}(?P<month2>{_MONTH}),?\s{{1,3}}(?P<year2>\d{{4}})\b"
    r"|\b(?P<year3>\d{4})(?P<mark>[-./])(?P<month3>\d{1,2})(?P=mark)(?P<day3>\d{1,2})(?!\d)",
    re.IGNORECASE,
)

# Hours from UTC of the names that mean one zone only; CST and IST mean several, ET changes with the season.
_HOURS = """
    Z+0 UTC+0 GMT+0 BST+1 CET+1 CEST+2 EET+2 EEST+3 MSK+3 PKT+5 ICT+7 WIB+7 HKT+8 SGT+8 PHT+8 AWST+8 KST+9
    JST+9 AEST+10 AEDT+11 NZST+12 NZDT+13 EDT-4 EST-5 CDT-5 MDT-6 MST-7 PDT-7 PST-8
"""
_ZONES = {zone.rstrip("+-0123456789"): int(zone.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for zone in _HOURS.split()}
_ZONE = (
    r"(?:(?:UTC|GMT)?\s?(?P<offset>[+-]\d{2}:?\d{2}|(?<=[CT])[+-]\d{1,2})(?!\d)"
    rf"|(?P<zone>(?:{'|'.join(sorted(_ZONES, key=len, reverse=True))})\b)"
    r"|(?:CST|IST|[ECMP]T|local time)\b)"
)
_CLOCK = r"(?P<hour>\d{1,2})(?!\d)(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,6})?)?)?"
_YEAR = patterns.compile(r"\d{4}")
_TIME = patterns.compile(
    rf"(?<![\d:]){_CLOCK}\s?(?P<half>[ap]\.?m\b\.?)?(?:hrs\b|h\b)?(?:\s?\(?{_ZONE}\)?)?"
    rf"|(?<![\d:])(?P<hour4>[012]\d)(?P<minute4>[0-5]\d)\s?(?P<zone4>GMT|UTC|KST|JST|Z)\b",
    re.IGNORECASE,
)
_LABEL = match_any(
    """
    first last originally published updated? posted modified issued created released? filed sent input date
    time on at by as of
    """
)
_LABELS = patterns.compile(rf"\b{_LABEL}\b", re.IGNORECASE)
_TYPED = patterns.compile(
    r"\b(?:published|updated?|posted|modified|issued|created|released|filed|sent|input|date)\b", re.IGNORECASE
)
_UPDATED = patterns.compile(r"\b(?:updated?|modified)\b", re.IGNORECASE)
# "Published 3 March. Updated 9 June": where the second date of a line begins
_SECOND = patterns.compile(r"(?<=\w)[\s.,;|·•()–—-]{1,9}(?=(?:last |latest )?(?:updated?|modified)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageDate:
    """A line that dates the page; `label`: it says "published" or gives a time of day, so it is not the story's text.

    `updated`: the date is that of a change, not of the first publication. `changed` is the date of the last change, if
    the line states both.
    """

    moment: datetime
    label: bool
    updated: bool
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dateline:
    """The opening of a story: `CITY/CITY, Region, Date (Agency) --`; a part that is missing is empty.

    `day` is the date as written; without a year in it, `moment` is None.
    """

    cities: tuple[str, ...]
    agency: str
    moment: datetime | None = None
    day: str = field(default="", compare=False)

    def resolve(self, by: datetime) -> datetime | None:
        """Return the last such day up to that of `by`, None if the dateline has no date."""
        years = [find_moment(f"{self.day}, {year}") for year in (by.year, by.year - 1)] if self.day else []
        return next((day for day in years if day and day.date() <= by.date()), None)


def find_moment(line: str) -> datetime | None:
    """Return the first full date in the line, with its time of day and its zone if they are stated; else None."""
    date = next((found for found in _DATE.finditer(line) if _parse_day(found)), None)
    if date is None:
        return None
    day, time = _parse_day(date), _find_time(line, date)
    return day if day is None or time is None else _add_time(day, time)


def parse_page_date(line: str) -> PageDate | None:
    """Return the date that the line states, None if the line says anything else."""
    second = _SECOND.search(line[:160]) if _YEAR.search(line) else None
    if second and (first := _parse_one_date(line[: second.start()])) and not first.updated:
        changed = _parse_one_date(line[second.end()].upper() + line[second.end() + 1 :].rstrip(" .)"))
        if changed is not None:
            return PageDate(first.moment, True, False, changed.moment)
    return _parse_one_date(line.removesuffix(".") if line.endswith(".") and _TYPED.match(line) else line)


def _parse_one_date(line: str) -> PageDate | None:
    if len(line) > 160 or not _YEAR.search(line) or not (line[0].isupper() or line[0].isdigit() or line[0] in "([<"):
        return None
    moment = find_moment(line)
    if moment is None or (line.endswith(".") and not re.search(r"[ap]\.m\.$", line)):
        return None
    timed = any(_is_time(found) for found in _TIME.finditer(_DATE.sub(" ", line)))
    rest = _TIME.sub(lambda found: " " if _is_time(found) else found.group(), _DATE.sub(" ", line))
    rest = re.sub(_WEEKDAY, " ", rest, flags=re.IGNORECASE)
    words = re.findall(r"\w[\w&'’-]*", _LABELS.sub(" ", rest))
    typed = bool(_TYPED.search(rest))
    if re.search(r"[.?!;]\s*\w", rest) or (
        words and not (timed and len(words) <= 3 and all(w[0].isupper() for w in words))
    ):
        return None
    first = _TYPED.search(rest)
    return PageDate(moment, typed or timed, bool(first and _UPDATED.match(first.group())))


def _parse_day(found: re.Match[str]) -> datetime | None:
    """Return the date of a match at midnight, None if there is no such day."""
    parts = found.groupdict()
    year = parts["year"] or parts["year2"] or parts["year3"]
    day = parts["day"] or parts["day2"] or parts["day3"]
    name = parts["month"] or parts["month2"]
    month = parse_month(name) if name else int(parts["month3"])
    try:
        return datetime(int(year), month, int(re.sub(r"\D", "", day)))  # noqa: DTZ001 - the zone is not known
    except ValueError:
        return None


def _is_time(found: re.Match[str]) -> bool:
    """Tell a time of day from any other number."""
    parts = found.groupdict()
    return bool(parts["hour4"] or parts["minute"] or parts["half"])


def _find_time(line: str, date: re.Match[str]) -> re.Match[str] | None:
    """Return the time of day next to the date, after it or else before it; None if there is none."""
    after = line[date.end() : date.end() + 40]
    before = line[max(0, date.start() - 40) : date.start()]
    for part in (re.sub(r"^[Tt](?=\d)", " ", after), before):
        for found in _TIME.finditer(part):
            if _is_time(found):
                return found
    return None


def _add_time(day: datetime, found: re.Match[str]) -> datetime:
    """Return the day at the time of the match; the day unchanged if there is no such time.

    A leap second, which `datetime` does not know, is the second before; 24:00 is the midnight that ends the day.
    """
    parts = found.groupdict()
    hour, minute = int(parts["hour4"] or parts["hour"]), int(parts["minute4"] or parts["minute"] or 0)
    second = int(parts["second"] or 0)
    if (hour, minute, second) == (24, 0, 0) and (next_day := shift(day, timedelta(days=1))):
        day, hour = next_day, 0
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"][0] in "pP" else 0)
    zone = parts["zone"] or parts["zone4"]
    info: timezone | None = None
    if parts["offset"]:
        sign = -1 if parts["offset"][0] == "-" else 1
        digits = re.sub(r"\D", "", parts["offset"])
        hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:2]), int(digits[2:]))
        if hours < 24 and minutes < 60:
            info = timezone(sign * timedelta(hours=hours, minutes=minutes))
    elif zone:
        hours = _ZONES[zone.upper()]
        info = timezone(timedelta(hours=hours)) if hours else UTC
    try:
        return day.replace(hour=hour, minute=minute, second=59 if second == 60 else second, tzinfo=info)
    except ValueError:
        return day


_SHORT_DATE = rf"(?i:(?:{_WEEKDAY},?\s)?(?:{_MONTH}\s?{_DAY}(?:,\s\d{{4}})?|{_DAY}\s{_MONTH}(?:,?\s\d{{4}})?))"
_OPENING = patterns.compile(
    r"(?P<place>[^()\n—–:;\"“]{0,90}?)"
    rf"(?:(?:^|[,.]?\s)(?P<date>{_SHORT_DATE})[.,]?)?"
    r"(?:,?\s?\((?P<agency>[^\W\d_][^()\n;:]{1,40})\)|,?\s?/(?P<slashed>[A-Z][\w .&-]{1,30})/)?"
    r"(?:\s?(?P<dash>--+|—|–|―|(?<=[\s)])-(?=\s))|(?P<colon>:)(?=\s)"
    r"|(?(agency)\.?(?=[\s\w\"“])|(?(slashed)\.?(?=\s)|(?!))))"
)
_PARTING = patterns.compile(r"--|[—–―)/:]|\s-\s")
_PARTICLES = frozenset(
    ("de", "del", "di", "do", "da", "la", "le", "al", "el", "of", "the", "on", "sur", "and", "am", "den")
)
# Words in capitals before a dash that are no cities.
_NO_CITIES = patterns.compile(
    match_any(
        """
        NOTES? WARNING UPDATED? BREAKING CORRECTION CORRECTED ANALYSIS OPINION EXCLUSIVE VIDEO PHOTOS? WATCH LIVE
        BRIEF URGENT FLASH ALERT Q A QUESTION ANSWER FACT FACTBOX TIMELINE INTERVIEW FEATURE EDITORIAL COMMENT REVIEW
        SUMMARY REFILE KILL WITHDRAWN LEAD ADVISORY EMBARGOED ATTN EDS EDITORS TODAY BY SOURCE
        """
    )
)
# Without a date beside it, a name in lower case is a city only before one of these.
_AGENCY_WORD = match_any(
    """
    News Press Agency Newswire PRNewswire Wire Reuters Yonhap Bloomberg Kyodo Xinhua Tass Interfax Bernama Antara
    Anadolu
    """
)
_DESK = r"(?: (?:Business|News|Sports?|Politics|Travel|Style|Opinion|Health|Entertainment|Markets|Newsroom))?"
_AGENCY = patterns.compile(
    r"AP|AFP|UPI|CNN|ANI|PTI|IANS|DPA|dpa|EFE|ANSA|BBC|VOA|NPR|NHK|KBS|TASS|ABC|CBS|NBC|RFA|RFE/RL"
    rf"|CNN{_DESK}|(?:.* )?{_AGENCY_WORD}(?: .*)?"
)
# "New York CNN Business —": an agency without brackets, such as no place is called
_BARE_AGENCY = patterns.compile(rf"(?:AP|AFP|UPI|CNN|BBC|NPR|VOA|Reuters|Bloomberg|Xinhua|Yonhap){_DESK}")


def parse_lone_dateline(text: str) -> Dateline | None:
    """Return the dateline that is the whole paragraph, as on pages that set it in a box of its own; else None."""
    if len(text) > 80 or text[-1:] not in ("—", "–", "-"):
        return None
    return parse_dateline(f"{text} The story follows.")


def parse_dateline(text: str) -> Dateline | None:
    """Return the dateline that opens a paragraph, None if it has none."""
    head = text[:200]
    found = _OPENING.match(head) if _PARTING.search(head) else None
    story = head[found.end() :].strip() if found else ""
    if found is None or not story:
        return None
    place, date = found["place"].strip(" ,"), found["date"] or ""
    agency = (found["agency"] or found["slashed"] or "").strip()
    if not agency and found["dash"]:
        place, agency = _split_off_agency(place)
    if _is_place(place, story, agency=agency, date=date, dash=_is_dash(head, found)):
        cities = tuple(part.split(",")[0].strip() for part in _split(place) if part)
        return Dateline(cities, agency, find_moment(date), date)
    return None


def _split_off_agency(place: str) -> tuple[str, str]:
    """Return the place without the agency that ends it, and the agency, "" if there is none."""
    words = place.split(" ")
    for at in range(len(words) - 1, max(-1, len(words) - 4), -1):
        if _BARE_AGENCY.fullmatch(agency := " ".join(words[at:])):
            return " ".join(words[:at]).rstrip(" ,"), agency
    return place, ""


def _is_dash(head: str, found: re.Match[str]) -> bool:
    """Tell whether a dash ends the dateline; without date and agency, it must have spaces around it."""
    if not found["dash"]:
        return False
    around = head[found.start("dash") - 1 : found.start("dash")] + head[found.end("dash") : found.end("dash") + 1]
    return bool(found["date"] or found["agency"] or found["slashed"]) or not around.strip()


def _is_place(place: str, story: str, *, agency: str, date: str, dash: bool) -> bool:
    """Tell whether the place is a dateline's, judged by what stands around it."""
    wire = bool(agency) and _AGENCY.fullmatch(agency) is not None
    if not place:
        return wire and (dash or not date)
    if _NO_CITIES.fullmatch(place.upper()) or not (dash or (agency and date)):
        return bool(date) and not agency and not dash and _are_cities(place, upper=True)
    if _are_cities(place, upper=True):
        # A line in capitals throughout is a headline: "NORTH KOREA - MISSILE TEST".
        return bool(agency or date) or any(character.islower() for character in story)
    # A name in lower case may open any sentence: it takes an agency that we know, or an agency and a date.
    return bool(agency) and bool(date or wire) and _are_cities(place, upper=False)


def _split(place: str) -> list[str]:
    """Return the cities of a dateline's place, each with its regions."""
    return re.split(r"\s?/\s?|\sand\s", place)


def _are_cities(place: str, *, upper: bool) -> bool:
    """Tell whether each part reads as "CITY[, Region[, Region]]"; `upper`: the city must be in capitals."""
    for part in _split(place):
        city, *regions = (piece.strip() for piece in part.split(","))
        names = [word for word in re.split(r"[\s-]+", city) if word.lower() not in _PARTICLES]
        if len(names) > 4 or len(regions) > 2 or not re.fullmatch(r"[^\W\d_][\w.'’ -]+", city) or not names:
            return False
        if any(not region[:1].isupper() or len(region.split()) > 4 for region in regions):
            return False
        if upper and not all(re.sub(r"^(?:Mc|Mac|O'|d')", "", word).isupper() for word in names):
            return False
        if not (all(word[:1].isupper() for word in names) and city.split()[-1][:1].isupper()):
            return False
    return True
