"""The verbs verify and cite."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import click

from index import open_index
from index.citations import STYLES, Finding, Outcome, list_unchecked
from index.citations import cite as in_style
from index.citations import verify as check
from index.errors import SourceError
from index.forms.serial import reply_from_dict

from ..conversation.originals import Originals
from ..pages.lines import clean_line, to_json
from . import ANSWERED, NOT_ANSWERED, find_library, load_settings, warn
from .common import check_input, from_option, put_json, read_articles


class SavedRecord(NamedTuple):
    """A saved reply or annotation: its line or position in the file, from 1, and its value.

    If it could not be read, `value` is None and `fault` says why.
    """

    number: int
    value: Any
    fault: str = ""


@click.command(short_help="Check saved replies against the articles.")
@click.argument("file", metavar="FILE")
@from_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a citation.")
@click.pass_context
def verify(ctx: click.Context, file: str, sources: tuple[str, ...], *, as_json: bool) -> int:
    """Check each citation of the saved replies or annotations in FILE (JSON or JSON Lines; - is standard input).

    The articles are those of the library, or of --from; a reply whose article is in neither is checked
    against the file it names. Printed for each citation: verified, orphaned (the text changed), forged (the words
    are not there), misstated (something else that is said of the article is not so), superseded, withdrawn,
    embargoed, or unknown; and at the end what was not checked. The exit code is 0 only if all are verified, else 1.

    \b
    Example:
      pullquote ask --from story.txt --json "Who denied the talks?" | pullquote verify -
    """
    if file == "-":
        check_input(ctx, sources, "the replies")
    found = list(read_records(_read_bytes(file), file))
    with _open_originals(ctx, sources) as shelf:
        results = [(record, finding) for record in found for finding in _check(record, shelf)]
    for record, finding in results:
        if as_json:
            put_json(to_json(_finding_to_dict(record, finding)))
        else:
            click.echo(_format_finding(record, finding, several=len(found) > 1))
    counts = Counter(finding.outcome.value for _, finding in results)
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing is cited"
    beside = dict.fromkeys(key for record in found for key in _list_unchecked(record))
    aside = f"; not checked: {', '.join(beside)}" if beside else ""
    warn(f"{len(found)} record{'s' if len(found) != 1 else ''}: {told}{aside}")
    return ANSWERED if set(counts) <= {Outcome.VERIFIED.value} else NOT_ANSWERED


def _read_bytes(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


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
        raise SourceError(name, "holds no reply or annotation; save some with `pullquote ask --json ... > FILE`")
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


def _list_unchecked(record: SavedRecord) -> tuple[str, ...]:
    return list_unchecked(record.value) if isinstance(record.value, dict) else ()


def _check(record: SavedRecord, shelf: Originals) -> tuple[Finding, ...]:
    if isinstance(record.value, dict):
        return check(record.value, shelf.find, shelf.stand)
    return (Finding(Outcome.UNKNOWN, record.fault or "not a JSON object"),)


def _format_finding(record: SavedRecord, finding: Finding, *, several: bool) -> str:
    where = f"{f'record {record.number} ' if several else ''}{f'[{finding.number}]' if finding.number else '[-]'}"
    words = clean_line(finding.words)
    quoted = f" “{words if len(words) <= 60 else words[:57] + '...'}”" if words else ""
    offered = finding.offered
    place = f"; the same words are at {offered.start} in {finding.offered_in}" if offered else ""
    why = "" if finding.outcome is Outcome.VERIFIED else f": {clean_line(finding.detail)}{place}"
    return f"{finding.outcome.value:<10}  {where}{quoted}{why}"


def _finding_to_dict(record: SavedRecord, finding: Finding) -> dict[str, Any]:
    offered = finding.offered
    return {
        "format": 1,
        "record": record.number,
        "citation": finding.number,
        "outcome": finding.outcome.value,
        "detail": finding.detail,
        "article": finding.article_id,
        "text": finding.words,
        "unchecked": list(_list_unchecked(record)),
        "offered": offered and {"article": finding.offered_in, "start": offered.start, "end": offered.end},
    }


@contextmanager
def _open_originals(ctx: click.Context, sources: tuple[str, ...]) -> Iterator[Originals]:
    """Open the sources, or else the library, for verification; either may lack the article."""
    address = "memory:" if sources else find_library(ctx)
    try:
        index = open_index(address, load_settings(ctx).login, meaning=False)  # nothing is asked
    except ValueError as error:
        raise click.UsageError(f"PULLQUOTE_INDEX: {error}", ctx) from error
    with index:
        for source in sources:
            index.add(list(read_articles(source)))
        yield Originals(index, files=True)


@click.command(short_help="Write a citation in a standard form.")
@click.argument("file", metavar="FILE")
@from_option
@click.option("--style", type=click.Choice(list(STYLES)), default="text", show_default=True, help="The form.")
@click.option("--number", metavar="N", type=click.IntRange(min=1), help="Only citation [N] of each reply.")
@click.option(
    "--article", metavar="NAME", default="", help="Only of this article: number, id or words of its headline."
)
@click.pass_context
def cite(
    ctx: click.Context, file: str, sources: tuple[str, ...], *, style: str, number: int | None, article: str
) -> int:
    """Write the citations of the saved replies in FILE (JSON or JSON Lines; - is standard input).

    Each is checked first, as `verify` does, and left out unless its words stand in the article. The exit code
    is 1 if one was left out, or if there is none.

    \b
    Example:
      pullquote ask --from story.txt --json "Who denied the talks?" | pullquote cite --style bibtex -
    """
    if file == "-":
        check_input(ctx, sources, "the replies")
    forms: list[str] = []
    left_out = False
    with _open_originals(ctx, sources) as shelf:
        only = shelf.name(article) if article else None
        for record in read_records(_read_bytes(file), file):
            for finding, form in _cite_record(record, shelf, style):
                if number not in (None, finding.number) or (only and finding.article_id != only.id):
                    continue
                if finding.outcome is not Outcome.VERIFIED:
                    warn(_format_finding(record, finding, several=False))
                forms += [form] if form else []
                left_out = left_out or not form
    if forms:
        put_json(_join(forms, style))
    elif not left_out:
        warn("there is no such citation" if number or only else "nothing is cited")
    return ANSWERED if forms and not left_out else NOT_ANSWERED


def _join(forms: list[str], style: str) -> str:
    """Return several citations as one text: a list of CSL items, one annotation a line, else blank lines between."""
    if style == "csl":
        return json.dumps([item for form in forms for item in json.loads(form)], indent=2)
    if style == "annotation" and len(forms) > 1:
        return "\n".join(json.dumps(json.loads(form)) for form in forms)
    return "\n\n".join(forms)


def _cite_record(record: SavedRecord, shelf: Originals, style: str) -> Iterator[tuple[Finding, str]]:
    """Yield the finding and the form of each citation of a reply; the form is "" if its words are not there."""
    try:
        reply = reply_from_dict(record.value)
    except ValueError as error:
        yield Finding(Outcome.UNKNOWN, record.fault or f"not a reply: {error}"), ""
        return
    pairs = [(passage, citation) for passage in reply.passages for citation in passage.citations]
    for number, (passage, citation) in enumerate(pairs, 1):
        alone = replace(reply, passages=(replace(passage, citations=(citation,)),))
        finding = replace(check(alone, shelf.find, shelf.stand)[0], number=number)
        article = shelf.find(passage.article) if finding.outcome in STANDING else None
        yield finding, in_style(article, citation, style) if article else ""


STANDING = (Outcome.VERIFIED, Outcome.SUPERSEDED, Outcome.WITHDRAWN, Outcome.EMBARGOED)
"""Outcomes of citations whose words are where they say."""
