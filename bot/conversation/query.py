"""Read filters written into a question: `Who said no? since:2023-01-01 source:yonhap`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from index import Filter, Index, patterns
from index.moments import shift

from ..translation import gettext
from .naming import find_story

_LISTS = {"article": "articles", "source": "sources", "speaker": "speakers"}
"""Filter words that may be repeated, and the fields that their values go into."""

FILTERS = (*_LISTS, "since", "until", "lead")
"""The words that choose, in a question, what may answer."""

_MEANT = {
    "after": "since",
    "agency": "source",
    "author": "speaker",
    "before": "until",
    "by": "speaker",
    "id": "article",
    "publisher": "source",
    "site": "source",
    "to": "until",
    "version": "lead",
}
"""Words that people try as filters, and the one that comes nearest."""

_WORD = patterns.compile(rf'(?<!\S)({"|".join(FILTERS)}):("[^"]*"|[^\s"]\S*)(?!\S)', re.IGNORECASE)
_UNKNOWN = patterns.compile(r'(?<!\S)([a-z]{3,20}|by|id|to):(?:"|[^\W\d_]|(?:1[5-9]|20)\d\d(?:-|(?!\S)))')
"""What looks like a filter: not a time, an address, a port or a title such as "Mission:Impossible"."""

_FIELDS = fields(Filter)
_SHORT_DATES = (("%Y", patterns.compile(r"\d{4}")), ("%Y-%m", patterns.compile(r"\d{4}-\d\d?")))
_WEEK = patterns.compile(r"\d{4}-?W\d\d")


def read_since(text: str) -> datetime:
    """Return the first moment of `2023`, `2023-01`, `2023-01-31` or `2023-01-31T14:25[+09:00]`.

    Raises:
        ValueError: it has none of these forms; the message says what to write.
    """
    try:
        for form, pattern in _SHORT_DATES:
            if pattern.fullmatch(text):
                return datetime.strptime(text, form)  # noqa: DTZ007 - no zone is written; filters take it as UTC
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(gettext("{text} is not a date; write for example 2023-01-31").format(text=text)) from None


def read_until(text: str) -> datetime:
    """Return the moment after the last one of the year, month, day, minute or second that `read_since` reads.

    Raises:
        ValueError: as `read_since`.
    """
    from calendar import isleap, monthrange  # late: few questions have a filter

    first = read_since(text)
    if _SHORT_DATES[0][1].fullmatch(text):
        length = timedelta(days=366 if isleap(first.year) else 365)
    elif _SHORT_DATES[1][1].fullmatch(text):
        length = timedelta(days=monthrange(first.year, first.month)[1])
    elif _WEEK.fullmatch(text):
        length = timedelta(days=7)
    elif len(text) <= len("2023-01-31"):
        length = timedelta(days=1)
    else:
        length = timedelta(seconds=1) if first.second or first.microsecond else timedelta(minutes=1)
    return shift(first, length) or datetime.max.replace(tzinfo=first.tzinfo)


def split(message: str, given: Filter | None = None) -> tuple[str, Filter]:
    """Return the question without its filter words, and the filter that they make on top of `given`.

    A question cannot name a collection: it is not for the asker to say which ones may be seen.

    Raises:
        ValueError: a filter word's value cannot be read, or there is no such filter; the message says what to write.
    """
    if ":" not in message:
        return message.strip(), given or Filter()
    _check_unknown(message)
    named: dict[str, list[str]] = {}
    for match in _WORD.finditer(message):
        named.setdefault(match[1].lower(), []).append(match[2].strip('"'))
    if not named:
        return message.strip(), given or Filter()
    changes: dict[str, object] = {field: tuple(named[word]) for word, field in _LISTS.items() if word in named}
    changes |= {
        word: read(named[word][-1]) for word, read in (("since", read_since), ("until", read_until)) if word in named
    }
    if "lead" in named:
        changes["lead"] = _read_lead(named["lead"][-1])
    question = " ".join(_WORD.sub(" ", message).split())
    return question, replace(given or Filter(), **changes)  # type: ignore[arg-type]  # the values fit their fields


def resolve(index: Index, filter: Filter) -> Filter:
    """Return the filter with the ids of the articles that are named in it: by number, id or words of the headline.

    Words that name versions of one story stand for all of them.

    Raises:
        UnknownArticle: no article is called so.
        SeveralArticles: articles of several stories are.
    """
    if not filter.articles:
        return filter
    visible = Filter(collections=filter.collections)
    return replace(
        filter, articles=tuple(card.id for name in filter.articles for _, card in find_story(index, visible, name))
    )


def to_dict(filter: Filter) -> dict[str, Any]:
    """Return the filter as plain values that JSON can hold."""
    values = {
        field.name: getattr(filter, field.name) for field in _FIELDS
    }  # `asdict` copies, which takes ten times as long
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}


def from_dict(form: Mapping[str, Any]) -> Filter:
    """Return the filter that `to_dict` wrote; a malformed one raises `KeyError`, `TypeError` or `ValueError`."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in form.items()}
    for key in ("since", "until", "now"):
        values[key] = None if form.get(key) is None else datetime.fromisoformat(form[key])
    return Filter(**values)


def _check_unknown(message: str) -> None:
    """Refuse a word that looks like a filter and is none: it would be looked for in the articles, and never found.

    Raises:
        ValueError: there is one; the message says which filters there are.
    """
    for match in _UNKNOWN.finditer(message):
        word = match[1]
        if word in FILTERS or message[match.end(1) + 1 :].startswith("//"):
            continue
        from difflib import get_close_matches

        close = _MEANT.get(word) or next(iter(get_close_matches(word, FILTERS, 1, 0.75)), "")
        if close:
            told = gettext("{word}: is no filter; {close}: may be meant")
        else:
            told = gettext("{word}: is no filter, only {filters} are; if none is meant, put a space behind the colon")
        raise ValueError(told.format(word=word, close=close, filters=", ".join(f"{each}:" for each in FILTERS)))


def _read_lead(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text):
        raise ValueError(gettext("lead:{text} is not a version; write a number, for example lead:1").format(text=text))
    return int(text)
