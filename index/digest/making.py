"""Make the digest of an article that is asked for: every line is one of its sentences, with its citation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from .. import patterns
from ..citations import dates
from ..citations.citation import make_citation
from ..citations.wording import write_date
from ..evidence.speakers import find_speaker
from ..language.calendar import ABBREVIATED_MONTH, MONTH, parse_month
from ..language.language import get_language
from ..language.terms import analyse
from ..language.wordlists import word_set
from ..model import Article, Sentence, Span
from ..naming import name_source
from .contract import Digest, Entry, Fact
from .gist import choose_central
from .people import TITLE_WORDS, Named, find_named
from .requests import DigestKind

WORDS_A_MINUTE = 230
"""How fast people read, for "how long does it take?"."""

_FIGURE = patterns.compile(
    r"(?<![\w.,])(?:[$€£¥]\s?)?\d[\d,.]{0,20}(?:\s?(?:%|percent|per\scent|million|billion|trillion|thousand))?"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w{3,5})?|hundreds?|thousands?|dozens?|half)\b",
    re.IGNORECASE,
)
_COUNTED = patterns.compile(
    r"[\s-](?:of\s)?(?:(?:the|a|an|other|more|new|old|young|former|local)\s){0,2}(?P<what>[a-z][a-z-]{2,30})"
)
_NOTHING = word_set("""
    and or but to in on at by for from with than as after before when that who which was were is are had has have since
    until about over under into during said the his her its their this
""")
"""Words after a figure that do not tell what it counts."""

_FULL_DATE = patterns.compile(
    rf"\b(?P<month3>{MONTH})\s(?P<year3>(?:1[5-9]|20)\d\d)\b|\b(?P<month>{MONTH})\s(?P<day>\d{{1,2}}),?\s(?P<year>(?:1[5-9]|20)\d\d)\b"
    rf"|\b(?P<day2>\d{{1,2}})\s(?P<month2>{MONTH})\s(?P<year2>(?:1[5-9]|20)\d\d)\b"
)
_YEAR = patterns.compile(
    r"\b(?:in|since|until|by|from|of|before|after|during|between|and|to)\s(?P<year>1[5-9]\d\d|20\d\d)\b"
)
_MONTH_BEFORE = patterns.compile(rf"(?:{MONTH}|{ABBREVIATED_MONTH})\.?\s\Z")
_QUOTATION = patterns.compile(r"[\"“][^\"“”]{2,}")


def make_digest(article: Article, kind: DigestKind, slot: str = "") -> Digest:
    """Return what is asked for of the article; `slot` names the speaker or the person where one is meant.

    It is `empty` where the article has nothing of the kind.

    Raises:
        ValueError: the kind goes over a library, not over one article.
    """
    if kind not in _MAKERS:
        raise ValueError(f"{kind} is asked of a library, not of one article")
    if kind in _BY_RULES and not get_language(article.language).has_rules:
        return Digest(kind, article.card, slot=slot)
    facts, entries = _MAKERS[kind](article, slot)
    return Digest(kind, article.card, tuple(facts), tuple(entries), slot)


_Parts = tuple[list[Fact], list[Entry]]


def _tell_about(article: Article, _: str) -> _Parts:
    chosen = [article.sentences[number - 1] for number in choose_central(article)]
    return _headline(article), [_enter(article, sentence) for sentence in chosen]


def _list_quotes(article: Article, slot: str) -> _Parts:
    wanted = frozenset(analyse(slot))
    found: dict[str, list[Entry]] = {}
    for sentence in article.sentences:
        speaker = find_speaker(article, sentence)
        words = article.quote(sentence)
        direct = _QUOTATION.search(words) is not None or _is_inside_quotation(article, sentence)
        if speaker is None or (wanted and wanted.isdisjoint(analyse(name_fully(article, speaker.text)))):
            continue
        name = name_fully(article, speaker.text)
        found.setdefault(name, []).append(_enter(article, sentence, name, reported=not direct))
    return [], [entry for some in found.values() for entry in sorted(some, key=lambda one: one.reported)]


def name_fully(article: Article, speaker: str) -> str:
    """Return the full name of a speaker who is called by part of it, titles aside; other words come back as they are.

    "Kim" and "President Kim" are Kim Eun-hye; "a Biden official" is not Joe Biden.
    """
    ends = [one.name for one in find_named(article) if one.person and speaker.endswith(f" {one.name}")]
    if ends:
        return ends[0]
    words = [word for word in re.findall(r"[\w’'-]+", speaker) if word.lower() not in TITLE_WORDS]
    if not words or not all(word[0].isupper() for word in words):
        return speaker
    people = [one for one in find_named(article) if one.person and set(words) <= set(one.name.split())]
    return people[0].name if len(people) == 1 else speaker


def _is_inside_quotation(article: Article, sentence: Sentence) -> bool:
    """Tell whether the sentence stands inside a quotation that an earlier sentence of its paragraph opens."""
    first = next(one for one in article.sentences if one.paragraph == sentence.paragraph)
    before = article.text[first.start : sentence.start]
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _list_people(article: Article, _: str) -> _Parts:
    return [], [_introduce(article, one) for one in find_named(article)]


def _introduce(article: Article, one: Named) -> Entry:
    """Return the sentence that introduces somebody: the first that has the full name."""
    full = (number for number in one.numbers if one.name in article.quote(article.sentences[number - 1]))
    return _enter(article, article.sentences[next(full, one.numbers[0]) - 1], one.name)


def _tell_who(article: Article, slot: str) -> _Parts:
    """Return the sentence that introduces a person, and the next two that name that person."""
    one = find_person(article, slot)
    if one is None:
        return [], []
    first = _introduce(article, one)
    others = [number for number in one.numbers if number != first.citation.sentence][:2]
    return [], [first, *(_enter(article, article.sentences[number - 1], one.name) for number in others)]


def find_person(article: Article, slot: str) -> Named | None:
    """Return the one whom the words name: all are part of the name, titles aside; None for nobody or several."""
    wanted = [word for word in re.findall(r"[\w’'-]+", slot.lower()) if len(word) > 2]
    if not wanted:
        return None
    found = [one for one in find_named(article) if set(wanted) <= set(one.name.lower().split())]
    if not found:
        found = [one for one in find_named(article) if one.person and wanted[-1] == one.last.lower()]
    return found[0] if len(found) == 1 else None


def _list_dates(article: Article, _: str) -> _Parts:
    dated = [(date, sentence) for sentence in article.sentences for date in _find_dates(article, sentence)[:1]]
    ordered = sorted(dated, key=lambda pair: (pair[0], pair[1].number))
    return [], [_enter(article, sentence, date) for date, sentence in ordered]


def _find_dates(article: Article, sentence: Sentence) -> list[str]:
    """Return the dates of a sentence, resolved, the earliest words first: `2023-01-03`, `2022-11` or `2022`."""
    words = article.quote(sentence)
    found: list[tuple[int, str]] = []
    for match in _FULL_DATE.finditer(words):
        named = {key.rstrip("123"): value for key, value in match.groupdict().items() if value}
        day = f"-{int(named['day']):02}" if "day" in named else ""
        found.append((match.start(), f"{named['year']}-{parse_month(named['month'].title()):02}{day}"))
    if article.published is not None:
        resolved = dates.resolve(article.text, article.published.date(), sentence.start, sentence.end)
        found += [(one.start - sentence.start, one.date) for one in resolved]
    found += [(match.start("year"), match["year"]) for match in _YEAR.finditer(words)]
    return [date for _, date in sorted(found)]


def _list_figures(article: Article, _: str) -> _Parts:
    found = []
    for sentence in article.sentences:
        labels = list(_name_figures(article.quote(sentence)))
        if labels:
            found.append(_enter(article, sentence, "; ".join(dict.fromkeys(labels))))
    return [], found


def _name_figures(words: str) -> Iterator[str]:
    """Yield the figures of a sentence, each with what it counts, where that follows; years and days are none."""
    for match in _FIGURE.finditer(words):
        figure = match[0].rstrip(".,")
        counted = _COUNTED.match(words, match.start() + len(figure))
        what = counted["what"] if counted and counted["what"] not in _NOTHING else ""
        plain = figure.isdigit()
        if (
            plain
            and not what
            and (
                re.fullmatch(r"1[5-9]\d\d|20\d\d", figure)
                or _MONTH_BEFORE.search(words[max(0, match.start() - 12) : match.start()])
            )
        ):
            continue
        yield f"{figure}{words[match.start() + len(figure) : counted.end()]}" if counted and what else figure


def _headline(article: Article) -> list[Fact]:
    return [Fact("headline", article.title, _find_span(article, article.title))] if article.title else []


def _tell_headline(article: Article, _: str) -> _Parts:
    return _headline(article), []


def _tell_published(article: Article, _: str) -> _Parts:
    if article.published is None:
        return [], []
    day = article.published
    forms = (
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%B} {day:%d}, {day.year}",
        f"{day.day} {day:%B} {day.year}",
        f"{day:%Y-%m-%d}",
    )
    span = next((span for form in forms if (span := _find_span(article, form))), None)
    return [Fact("published", write_date(day), span)], []


def _tell_author(article: Article, _: str) -> _Parts:
    return [Fact("written by", article.byline, _find_span(article, article.byline))] if article.byline else [], []


def _tell_length(article: Article, _: str) -> _Parts:
    words = sum(len(article.quote(sentence).split()) for sentence in article.sentences)
    minutes = max(1, round(words / WORDS_A_MINUTE))
    return [
        Fact("words", f"{words:,}"),
        Fact("sentences", f"{len(article.sentences):,}"),
        Fact("reading time", f"{minutes} minute{'s' if minutes > 1 else ''}"),
    ], []


def _tell_source(article: Article, _: str) -> _Parts:
    found = [
        Fact("agency", article.agency, _find_span(article, article.agency)) if article.agency else None,
        Fact("page", article.url) if article.url else None,
        Fact("source", name_source(article.source)) if article.source not in ("", "-", article.url) else None,
    ]
    return [fact for fact in found if fact is not None], []


def _find_span(article: Article, words: str) -> Span | None:
    """Return where the words first stand in the article's text, in any of its paragraphs; None if they do not."""
    start = article.text.find(words) if words else -1
    return Span(start, start + len(words), words) if start >= 0 else None


def _enter(article: Article, sentence: Sentence, label: str = "", *, reported: bool = False) -> Entry:
    return Entry(label, make_citation(article, sentence, 1.0), reported)


_MAKERS: Mapping[DigestKind, Callable[[Article, str], _Parts]] = {
    DigestKind.ABOUT: _tell_about,
    DigestKind.QUOTES: _list_quotes,
    DigestKind.PEOPLE: _list_people,
    DigestKind.PERSON: _tell_who,
    DigestKind.TIMELINE: _list_dates,
    DigestKind.NUMBERS: _list_figures,
    DigestKind.HEADLINE: _tell_headline,
    DigestKind.PUBLISHED: _tell_published,
    DigestKind.AUTHOR: _tell_author,
    DigestKind.LENGTH: _tell_length,
    DigestKind.SOURCE: _tell_source,
}
_BY_RULES = frozenset(
    (DigestKind.QUOTES, DigestKind.PEOPLE, DigestKind.PERSON, DigestKind.TIMELINE, DigestKind.NUMBERS)
)
"""The kinds that rules about English sentences find."""

ARTICLE_KINDS = tuple(_MAKERS)
"""The kinds that one article can be asked for."""
