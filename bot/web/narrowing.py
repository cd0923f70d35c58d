"""Which articles a request asks of: its fields, and the filter that they make within what the caller may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from index import Filter
from index.model import MAX_LEAD

from .access import Caller
from .fields import DateField, Field, ListField, TextField, WholeField

COLLECTION = TextField(200, about="the name of a collection")

NARROWING: Mapping[str, Field] = {
    "collections": ListField(COLLECTION, 20, "only articles of these collections; else of all that the token opens"),
    "articles": ListField(TextField(64), 100, "only these articles: their ids, or the beginnings of them"),
    "sources": ListField(TextField(500), 20, "only articles whose agency, file or address holds one of these"),
    "since": DateField("only articles published then or later"),
    "until": DateField("only articles published before"),
    "lead": WholeField(0, MAX_LEAD, "this version of a story, not the newest"),
}
"""The fields that say which articles a request asks of."""


def make_filter(caller: Caller, form: Mapping[str, Any]) -> Filter:
    """Return the filter of a request's fields.

    Raises:
        HttpProblem: a collection is not the caller's.
    """
    scope = caller.scope(form.get("collections", ()))
    if NARROWING.keys().isdisjoint(form):
        return scope
    return replace(
        scope,
        articles=form.get("articles", ()),
        sources=form.get("sources", ()),
        since=form.get("since"),
        until=form.get("until"),
        lead=form.get("lead"),
    )
