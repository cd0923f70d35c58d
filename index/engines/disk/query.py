"""Filters as SQL, and with them, for the file, the rule that of several memberships the first collection's counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from ...model import DEFAULT_LANGUAGE, Filter
from .. import rows

Query = tuple[str, tuple[Any, ...]]
"""A statement, and the values for its marks."""


def build_queries(columns: str, filter: Filter, more: str = "", seqs: Collection[int] | None = None) -> Iterator[Query]:
    """Yield a query for each collection: of its memberships that count and pass the filter.

    Args:
        columns: What is selected of the table `member`.
        filter: A membership counts unless an earlier of its collections has the article, too. It may name a language
            only where the file has the tables of other languages.
        more: Another condition, whose marks come last.
        seqs: The numbers of the articles that are looked at; None for all.
    """
    parts, values = _list_conditions(filter)
    if seqs is not None:
        parts.append(f"seq IN ({list_marks(seqs)})")
        values += seqs
    names = [rows.encode_text(name) for name in dict.fromkeys(filter.collections)]
    for place, name in enumerate(names):
        own, before = ["collection = ?"], names[:place]
        if before:
            own.append(
                f"NOT EXISTS (SELECT 1 FROM member AS other WHERE other.collection IN ({list_marks(before)})"  # noqa: S608 - only marks
                " AND other.seq = member.seq)"
            )
        where = " AND ".join([*own, *parts, *([more] if more else [])])
        yield f"SELECT {columns} FROM member WHERE {where}", (name, *before, *values)  # noqa: S608 - our own words


def _list_conditions(filter: Filter) -> tuple[list[str], list[Any]]:
    """Return what the filter asks of a membership beside its collection, and the values for the marks."""
    parts: list[str] = [SEEN]
    values: list[Any] = []

    def add(part: str, *more: Any) -> None:
        parts.append(part)
        values.extend(more)

    if filter.articles:
        ids = "SELECT seq FROM article WHERE id IN (SELECT value FROM json_each(?))"
        add(f"seq IN ({ids})", json.dumps(filter.articles))
    if filter.sources:
        words = [rows.encode_text(word.casefold()) for word in filter.sources]
        add("(" + " OR ".join("instr(places, ?)" for _ in words) + ")", *words)
    if filter.stories:
        keys = [rows.encode_text(key) for key in filter.stories]
        add(f"story IN ({list_marks(keys)})", *keys)
    if filter.files:
        paths = [rows.encode_text(path) for path in filter.files]
        add(f"file != x'' AND file IN ({list_marks(paths)})", *paths)
    if filter.since is not None:
        add("published >= ?", rows.to_microseconds(filter.since))
    if filter.until is not None:
        add("published < ?", rows.to_microseconds(filter.until))
    if filter.language == DEFAULT_LANGUAGE:
        add("seq NOT IN (SELECT seq FROM foreign_article)")
    elif filter.language:
        add("seq IN (SELECT seq FROM foreign_article WHERE language = ?)", filter.language)
    if filter.lead is not None:
        add("lead = ?", rows.encode_lead(filter.lead))
    return parts, values


def list_marks(values: Collection[Any]) -> str:
    """Return as many marks as there are values."""
    return ",".join("?" * len(values))


SEEN = "seq NOT IN (SELECT seq FROM change)"
"""An article is seen once the search index has it; else it would be listed but no question would find it."""
