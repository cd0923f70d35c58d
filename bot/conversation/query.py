"""Read filters written into a question: `Who said no? since:2023-01-01 source:yonhap`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from index import Filter, Index

from ..translation import gettext

_WORD = re.compile(r'(?<!\S)(article|source|since|until|lead):("[^"]*"|[^\s"]\S*)(?!\S)', re.IGNORECASE)
_FIELDS = fields(Filter)
_SHORT_DATES = (("%Y", re.compile(r"\d{4}")), ("%Y-%m", re.compile(r"\d{4}-\d\d?")))


def read_moment(text: str) -> datetime:
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


def split(message: str, given: Filter | None = None) -> tuple[str, Filter]:
    """Return the question without its filter words, and the filter that they make on top of `given`.

    A question cannot name a collection: it is not for the asker to say which ones may be seen.

    Raises:
        ValueError: a filter word's value cannot be read; the message says what to write.
    """
    named: dict[str, list[str]] = {}
    for match in _WORD.finditer(message):
        named.setdefault(match[1].lower(), []).append(match[2].strip('"'))
    changes: dict[str, object] = {
        field: tuple(named[word]) for word, field in (("article", "articles"), ("source", "sources")) if word in named
    }
    changes |= {word: read_moment(named[word][-1]) for word in ("since", "until") if word in named}
    if "lead" in named:
        changes["lead"] = _read_lead(named["lead"][-1])
    question = " ".join(_WORD.sub(" ", message).split()) if named else message.strip()
    return question, replace(given or Filter(), **changes)  # type: ignore[arg-type]  # the values fit their fields


def resolve(index: Index, filter: Filter) -> Filter:
    """Return the filter with the full id of each article of which only the beginning was given.

    Raises:
        UnknownArticle: no article, or more than one, has an id that begins so.
    """
    if not filter.articles:
        return filter
    visible = replace(filter, articles=(), sources=(), since=None, until=None, lead=None)
    return replace(filter, articles=tuple(index.article(key, visible).id for key in filter.articles))


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


def _read_lead(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text):
        raise ValueError(gettext("lead:{text} is not a version; write a number, for example lead:1").format(text=text))
    return int(text)
