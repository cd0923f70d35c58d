"""Check saved replies and annotations against the articles, and write what holds in a standard form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from index.citations import Finding, Outcome, cite, list_unchecked, verify
from index.errors import SourceError
from index.forms.serial import reply_from_dict

from .originals import Originals


class SavedRecord(NamedTuple):
    """A saved reply or annotation: its line or position in the file, from 1, and its value.

    If it could not be read, `value` is None and `fault` says why.
    """

    number: int
    value: Any
    fault: str = ""


STANDING = (Outcome.VERIFIED, Outcome.SUPERSEDED, Outcome.WITHDRAWN, Outcome.EMBARGOED)
"""Outcomes of citations whose words are where they say."""


def read_records(data: bytes, name: str) -> Iterator[SavedRecord]:
    """Yield the records of a file: one JSON object, a list of objects, or one object a line.

    Raises:
        SourceError: it is not text, or holds no record.
    """
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError(name, f"is not UTF-8 text (byte {error.start}); name a file of saved replies") from error
    if not text.strip():
        raise SourceError(name, "holds no reply or annotation; name a file of replies that were saved as JSON")
    whole = _parse_record(1, text)
    if isinstance(whole.value, list):
        yield from (SavedRecord(number, value) for number, value in enumerate(whole.value, 1))
        return
    lines = [_parse_record(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    # If no line is an object, the file is one object on several lines, cut off or malformed.
    yield from lines if whole.fault and any(isinstance(line.value, dict) for line in lines) else [whole]


def _parse_record(number: int, text: str) -> SavedRecord:
    try:
        return SavedRecord(number, json.loads(text, object_pairs_hook=_refuse_twins))
    except json.JSONDecodeError as error:
        return SavedRecord(number, None, f"not complete JSON (line {error.lineno}, column {error.colno}: {error.msg})")
    except _TwinKeys as error:
        return SavedRecord(number, None, f"the key “{error}” stands twice in one object, and a reader may take either")
    except (ValueError, RecursionError):  # a number of thousands of digits, or thousands of brackets
        return SavedRecord(number, None, "not readable JSON: it has too many digits or brackets")


class _TwinKeys(Exception):
    """A key stands twice in one object: programs read the last, people the first."""


def _refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwinKeys(next(key for key in keys if keys.count(key) > 1))
    return found


def check_record(record: SavedRecord, originals: Originals) -> tuple[Finding, ...]:
    """Return what holds of a record, citation by citation."""
    if isinstance(record.value, dict):
        return verify(record.value, originals.find, originals.stand)
    return (Finding(Outcome.UNKNOWN, record.fault or "not a JSON object"),)


def list_unchecked_in(record: SavedRecord) -> tuple[str, ...]:
    """Return the keys of a record that are compared with nothing; () if it is no object."""
    return list_unchecked(record.value) if isinstance(record.value, dict) else ()


def finding_to_dict(finding: Finding, record: SavedRecord) -> dict[str, Any]:
    """Return the finding of a record as plain values."""
    offered = finding.offered
    return {
        "format": 1,
        "record": record.number,
        "citation": finding.number,
        "outcome": finding.outcome.value,
        "detail": finding.detail,
        "article": finding.article_id,
        "text": finding.words,
        "unchecked": list(list_unchecked_in(record)),
        "offered": offered and {"article": finding.offered_in, "start": offered.start, "end": offered.end},
    }


def cite_record(record: SavedRecord, originals: Originals, style: str) -> Iterator[tuple[Finding, str]]:
    """Yield the finding and the form of each citation of a reply; the form is "" if its words are not there."""
    try:
        reply = reply_from_dict(record.value)
    except ValueError as error:
        yield Finding(Outcome.UNKNOWN, record.fault or f"not a reply: {error}"), ""
        return
    pairs = [(passage, citation) for passage in reply.passages for citation in passage.citations]
    for number, (passage, citation) in enumerate(pairs, 1):
        alone = replace(reply, passages=(replace(passage, citations=(citation,)),))
        finding = replace(verify(alone, originals.find, originals.stand)[0], number=number)
        article = originals.find(passage.article) if finding.outcome in STANDING else None
        yield finding, cite(article, citation, style) if article else ""


def join_forms(forms: list[str], style: str) -> str:
    """Return several citations as one text: a list of CSL items, one annotation a line, else blank lines between."""
    if style == "csl":
        return json.dumps([item for form in forms for item in json.loads(form)], indent=2)
    if style == "annotation" and len(forms) > 1:
        return "\n".join(json.dumps(json.loads(form)) for form in forms)
    return "\n\n".join(forms)
