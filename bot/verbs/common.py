"""What several verbs share: filter options, opening a library or sources, and printing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import IO, Any

import click

from index import Article, Filter, Index, open_index
from index.errors import EngineError, SourceError

from ..conversation import query
from ..pages.lines import Page, render_plain
from . import find_library, load_settings, warn
from .progress import show_progress


class Moment(click.ParamType[datetime]):
    """A date or a date with time, as `query.read_since` or `query.read_until` reads it."""

    name = "date"

    def __init__(self, read: Callable[[str], datetime]) -> None:
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the date; fail with a usage error for anything else."""
        try:
            return self._read(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


_FILTERS = (
    click.option(
        "--article", metavar="NAME", multiple=True, help="Only this article: number, id or words of its headline."
    ),
    click.option("--collection", metavar="NAME", multiple=True, help="Only articles of this collection."),
    click.option(
        "--source", metavar="TEXT", multiple=True, help="Only articles whose agency, file or address holds this."
    ),
    click.option(
        "--since", metavar="DATE", type=Moment(query.read_since), help="Only articles published then or later."
    ),
    click.option(
        "--until", metavar="DATE", type=Moment(query.read_until), help="Only articles published then or earlier."
    ),
    click.option("--lead", metavar="N", type=click.IntRange(min=0), help="This version of a story, not the newest."),
)


def add_filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the filter options to a verb, which gets them as one argument, `within`."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        given = Filter(
            collections=options.pop("collection"),
            articles=options.pop("article"),
            sources=options.pop("source"),
            since=options.pop("since"),
            until=options.pop("until"),
            lead=options.pop("lead"),
        )
        return function(*args, within=given, **options)

    for option in reversed(_FILTERS):
        call = option(call)
    return call


def _check_sources(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    if value.count("-") > 1:
        raise click.BadParameter("standard input can be read once only", ctx, param)
    return value


from_option = click.option(
    "--from",
    "sources",
    metavar="SOURCE",
    multiple=True,
    callback=_check_sources,
    help="Answer from this file, folder or address alone, without the library; - is text on standard input; "
    "may be repeated.",
)


links_option = click.option(
    "--links", is_flag=True, help="Write the address of each cited sentence below it, if its article has one."
)


def check_input(ctx: click.Context, sources: tuple[str, ...], what: str) -> None:
    """Refuse to read standard input for an article and for something else, too.

    Raises:
        UsageError: it is one of the sources.
    """
    if "-" in sources:
        raise click.UsageError(f"Standard input holds {what}; save the text in a file for --from", ctx)


@contextmanager
def open_sources(ctx: click.Context, sources: tuple[str, ...]) -> Iterator[Index]:
    """Open the sources in memory or, if there are none, the library.

    Raises:
        SourceError: a source has no article.
        EngineError: the library cannot be opened, or holds nothing.
        UsageError: the address of the library is malformed.
    """
    where = "memory:" if sources else find_library(ctx)
    try:
        found = load_settings(ctx)
        index = open_index(where, found.login, meaning=found.meaning)
    except ValueError as error:
        raise click.UsageError(f"PULLQUOTE_INDEX: {error}", ctx) from error
    with index:
        add_sources(index, sources)
        if not len(index):
            raise EngineError(where, "holds no article yet; `pullquote add FILE` puts one in, or ask with --from FILE")
        yield index


@contextmanager
def open_library(ctx: click.Context) -> Iterator[Index]:
    """Open the library, which may be empty.

    Raises:
        EngineError: it cannot be opened.
        UsageError: its address is malformed.
    """
    where = find_library(ctx)
    try:
        found = load_settings(ctx)
        index = open_index(where, found.login, meaning=found.meaning)
    except ValueError as error:
        raise click.UsageError(f"PULLQUOTE_INDEX: {error}", ctx) from error
    with index:
        yield index


def add_sources(index: Index, sources: tuple[str, ...]) -> None:
    """Add the articles of the sources to an index; what cannot be read is told on stderr and left out.

    Raises:
        SourceError: a source has no article at all.
    """
    with show_progress("reading") as advance:
        for source in sources:
            articles = []
            for article in read_articles(source):
                articles.append(article)
                advance(1)
            index.add(articles)


def read_articles(source: str) -> Iterator[Article]:
    """Yield the articles of a source, - is text on standard input; what cannot be read is told on stderr and left out.

    Raises:
        SourceError: the source has no article at all.
    """
    from index.sources import load_articles

    if source == "-":
        from ..processes.intake import read_text

        yield read_text(sys.stdin.buffer.read())
        return
    errors: list[SourceError] = []
    found = 0
    for item in load_articles(source):
        if isinstance(item, SourceError):
            errors.append(item)
        else:
            found += 1
            yield item
    if not found:
        raise errors[0] if len(errors) == 1 else SourceError(source, _explain_nothing(errors))
    for error in errors:
        warn(f"left out: {error}")


def _explain_nothing(errors: list[SourceError]) -> str:
    if not errors:
        return "holds no article; name a text file, or a folder with some"
    return f"none of its {len(errors)} files can be read; the first: {errors[0]}"


def put_page(page: Page, *, pager: bool = False) -> None:
    """Print a page: in colour on a terminal, there through a pager if asked; elsewhere as plain text."""
    if sys.stdout.isatty():
        from ..console import draw

        draw(page, pager=pager)
    else:
        click.echo(render_plain(page), nl=False)


def put_json(text: str) -> None:
    """Print one line of JSON, in UTF-8 whatever the terminal's encoding is."""
    click.echo(text.encode())


LONGEST_LINE = 100_000
"""Characters of a line of standard input that are read; the rest of a longer line is dropped."""


def read_lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a stream as text; bytes that are not UTF-8 become replacement characters."""
    while row := stream.readline(LONGEST_LINE):
        rest = row
        while not rest.endswith(b"\n") and (rest := stream.readline(LONGEST_LINE)):
            pass
        yield row.decode("utf-8-sig", "replace").strip()
