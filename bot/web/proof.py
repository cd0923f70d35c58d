"""The routes that prove: what saved replies claim, and their citations in a standard form."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index import Filter, Index
from index.citations import STYLES, Outcome

from ..conversation.checking import SavedRecord, check_record, cite_record, finding_to_dict, join_forms, read_records
from ..conversation.originals import Originals
from .access import WebRight
from .backend import find_backend, require
from .bodies import read_bytes, read_media_type, write_json
from .fields import ChoiceField, Form, WholeField, refuse
from .narrowing import NARROWING
from .problems import HttpProblem

LONGEST = 4_000_000
"""Bytes of saved replies that are checked at once."""

RECORDS = ("application/json", "application/x-ndjson", "application/ld+json")
"""What saved replies and annotations may be sent as; none that a page of another site may send."""

VERIFY = Form({"collections": NARROWING["collections"]})

CITE = Form(
    {
        "style": ChoiceField(tuple(STYLES), "the form; text where nothing is said"),
        "number": WholeField(1, 1_000_000, "only this citation of each reply"),
        "collections": NARROWING["collections"],
    }
)


async def verify(request: Request) -> Response:
    """Check each citation of saved replies or annotations."""
    caller = require(request, WebRight.ASK)
    form = VERIFY.read_query(request.query_params.multi_items())
    within = caller.scope(form.get("collections", ()))
    records = await _read_records(request)
    backend = find_backend(request)
    findings = await backend.ask(_verify, backend.index, within, records)
    good = bool(findings) and all(each["outcome"] == Outcome.VERIFIED for each in findings)
    return write_json({"format": 1, "verified": good, "findings": findings})


def _verify(index: Index, within: Filter, records: list[SavedRecord]) -> list[dict[str, Any]]:
    originals = Originals(index, within)  # no file of the server: a record may name any
    return [finding_to_dict(finding, record) for record in records for finding in check_record(record, originals)]


async def cite(request: Request) -> Response:
    """Write the citations of saved replies in a standard form; each is checked first."""
    caller = require(request, WebRight.ASK)
    form = CITE.read_query(request.query_params.multi_items())
    within = caller.scope(form.get("collections", ()))
    records = await _read_records(request)
    backend = find_backend(request)
    style = form.get("style", "text")
    cited = await backend.ask(_cite, backend.index, within, records, style, form.get("number"))
    text = join_forms([each["form"] for each in cited if each["form"]], style)
    return write_json({"format": 1, "style": style, "citations": cited, "text": text})


def _cite(
    index: Index, within: Filter, records: list[SavedRecord], style: str, number: int | None
) -> list[dict[str, Any]]:
    originals = Originals(index, within)
    return [
        {
            "record": record.number,
            "citation": finding.number,
            "outcome": finding.outcome.value,
            "detail": finding.detail,
            "form": written or None,
        }
        for record in records
        for finding, written in cite_record(record, originals, style)
        if number in (None, finding.number)
    ]


async def _read_records(request: Request) -> list[SavedRecord]:
    """Return the records of the body: one JSON object, a list of objects, or one object a line.

    Raises:
        HttpProblem: nothing of it is JSON, or a record is no object.
        SourceError: it is no text, or empty.
    """
    if read_media_type(request) not in RECORDS:
        raise HttpProblem(415, f"send a saved reply as it is, with the header Content-Type: {RECORDS[0]}")
    body = await read_bytes(request, LONGEST)
    records = await find_backend(request).ask(lambda: list(read_records(body, "the body")))
    if records and all(record.fault for record in records):
        raise HttpProblem(400, f"the body is {records[0].fault}")
    if not all(record.fault or isinstance(record.value, dict) for record in records):
        raise refuse("", "a reply or an annotation as it was saved, or a list of them")
    return records
