"""The verbs verify and cite."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from index import open_index
from index.citations import STYLES, Finding, Outcome

from ..conversation.checking import (
    SavedRecord,
    check_record,
    cite_record,
    finding_to_dict,
    join_forms,
    list_unchecked_in,
    read_records,
)
from ..conversation.originals import Originals
from ..pages.lines import clean_line, to_json
from . import ANSWERED, NOT_ANSWERED, find_library, load_settings, warn
from .common import add_sources, check_input, from_option, put_json
from .progress import show_progress


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
    results: list[tuple[SavedRecord, Finding]] = []
    with _open_originals(ctx, sources) as shelf, show_progress("checking", lambda: len(found)) as advance:
        for record in found:
            results += [(record, finding) for finding in check_record(record, shelf)]
            advance(1)
    for record, finding in results:
        if as_json:
            put_json(to_json(finding_to_dict(finding, record)))
        else:
            click.echo(_format_finding(record, finding, several=len(found) > 1))
    counts = Counter(finding.outcome.value for _, finding in results)
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing is cited"
    beside = dict.fromkeys(key for record in found for key in list_unchecked_in(record))
    aside = f"; not checked: {', '.join(beside)}" if beside else ""
    warn(f"{len(found)} record{'s' if len(found) != 1 else ''}: {told}{aside}")
    return ANSWERED if set(counts) <= {Outcome.VERIFIED.value} else NOT_ANSWERED


def _read_bytes(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _format_finding(record: SavedRecord, finding: Finding, *, several: bool) -> str:
    where = f"{f'record {record.number} ' if several else ''}{f'[{finding.number}]' if finding.number else '[-]'}"
    words = clean_line(finding.words)
    quoted = f" “{words if len(words) <= 60 else words[:57] + '...'}”" if words else ""
    offered = finding.offered
    place = f"; the same words are at {offered.start} in {finding.offered_in}" if offered else ""
    why = "" if finding.outcome is Outcome.VERIFIED else f": {clean_line(finding.detail)}{place}"
    return f"{finding.outcome.value:<10}  {where}{quoted}{why}"


@contextmanager
def _open_originals(ctx: click.Context, sources: tuple[str, ...]) -> Iterator[Originals]:
    """Open the sources, or else the library, for verification; either may lack the article."""
    address = "memory:" if sources else find_library(ctx)
    try:
        index = open_index(address, load_settings(ctx).login, meaning=False)  # nothing is asked
    except ValueError as error:
        raise click.UsageError(f"PULLQUOTE_INDEX: {error}", ctx) from error
    with index:
        add_sources(index, sources)
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
    with _open_originals(ctx, sources) as shelf, show_progress("checking") as advance:
        only = shelf.name(article) if article else None
        for record in read_records(_read_bytes(file), file):
            for finding, form in cite_record(record, shelf, style):
                if number not in (None, finding.number) or (only and finding.article_id != only.id):
                    continue
                if finding.outcome is not Outcome.VERIFIED:
                    warn(_format_finding(record, finding, several=False))
                forms += [form] if form else []
                left_out = left_out or not form
            advance(1)
    if forms:
        put_json(join_forms(forms, style))
    elif not left_out:
        warn("there is no such citation" if number or only else "nothing is cited")
    return ANSWERED if forms and not left_out else NOT_ANSWERED
