"""The verbs add and import: put articles into the library, batch by batch, with progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import click

from index import Article, Filter, Index
from index.errors import ArticlesRefused, EngineUnavailable, SourceError
from index.model import DEFAULT_COLLECTION
from index.sources import Columns, Loaded, is_address

from ..pages.lines import clean_line
from ..processes import intake
from . import ANSWERED, FAILED, INTERRUPTED, warn
from .common import open_library
from .progress import show_progress
from .syncing import Taken, is_without_articles, report_unread, take_out

_BATCH = 400  # articles stored at a time: as many as Ctrl-C or a kill can lose
_SECONDS = 2.0  # store a smaller batch after this time, however slow the sources are
_NAMED = 20  # articles up to which each is named; with more, only the totals are printed


@click.command
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--collection", metavar="NAME", default=DEFAULT_COLLECTION, show_default=True, help="Add to this one.")
@click.option("--keep-source", is_flag=True, help="Store the file's own bytes too, compressed.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 64), help="Processes that read; else one a core.")
@click.option("--resume", is_flag=True, help="Pass over files and addresses that the collection holds already.")
@click.option("--sync", is_flag=True, help="Take out what these folders have no longer, too.")
@click.option("--force", is_flag=True, help="With --sync: also if a folder is empty or not there.")
@click.option("--text", metavar="COLUMN", default="", help="The column of a table or JSON that holds the text.")
@click.option("--title", metavar="COLUMN", default="", help="The column that holds the headline.")
@click.option("--date", metavar="COLUMN", default="", help="The column that holds the date of publication.")
@click.option("--watch", "minutes", metavar="MINUTES", type=click.FloatRange(min=1), help="Go on with what is new.")
@click.pass_context
def add(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    sources: tuple[str, ...],
    *,
    collection: str,
    keep_source: bool,
    jobs: int | None,
    resume: bool,
    sync: bool,
    force: bool,
    text: str,
    title: str,
    date: str,
    minutes: float | None,
) -> int:
    """Put the articles of files, folders, feeds and addresses into the library; - is text on standard input.

    A mailbox, a table or an exported chat is many articles; --text, --title and --date name the columns of a table.

    A file whose text has changed answers with its new text; the old one stays as an older version of its story. With
    --sync, files that are gone from the folders lose their articles, unless the folder is empty or not there.

    What was reported as added is safe on disk: Ctrl-C keeps it, and the same command with --resume goes on from there.
    The exit code is 3 when a source could not be read, or an article was refused; all others are added. With --watch
    the addresses are looked at again every so many minutes, until Ctrl-C.

    \b
    Example:
      pullquote add story.txt archive/
      pullquote add archive/ --resume
      pullquote add archive/ --sync
      pullquote add table.csv --text body --title headline --date published
      pullquote add https://news.example.org/story --collection april
      pullquote add https://news.example.org/feed.xml --watch 15
    """
    _check_options(ctx, sources, resume=resume, sync=sync, force=force, watch=minutes is not None)
    if minutes is not None:
        from .watching import watch

        return watch(ctx, sources, minutes, collection)
    read = tuple(source for source in sources if not (force and is_without_articles(source)))
    with open_library(ctx) as index:
        cards = index.articles(Filter(collections=(collection,))) if resume else ()
        held = {card.source for card in cards}
        with show_progress("adding", lambda: intake.count_sources(read, held)) as advance:
            tally = _Tally(index, collection, advance, keep_source=keep_source)
            try:
                tally.take(_load(read, jobs, held, _name_columns(text, title, date)))
            except KeyboardInterrupt:
                warn(f"interrupted; the library has kept {_format_count(tally.safe)}; --resume goes on from there")
                return INTERRUPTED
            except EngineUnavailable:
                if not tally.safe:
                    raise
                warn(f"stopped; the library has kept {_format_count(tally.safe)}; --resume goes on from there")
                raise
        taken = take_out(index, collection, sources, force=force) if sync else None
    tally.tell(taken)
    report_unread(sources)
    return FAILED if tally.failed or (taken and taken.spared) else ANSWERED


def _check_options(
    ctx: click.Context, sources: tuple[str, ...], *, resume: bool, sync: bool, force: bool, watch: bool
) -> None:
    """Refuse options that contradict each other.

    Raises:
        UsageError: they do.
    """
    if sync and (resume or watch):
        raise click.UsageError(f"--sync looks at every file; leave out {'--resume' if resume else '--watch'}", ctx)
    if force and not sync:
        raise click.UsageError("--force goes with --sync", ctx)
    others = [source for source in sources if source == "-" or is_address(source) or Path(source).is_file()]
    if sync and others:
        raise click.UsageError(f"--sync follows folders; add {others[0]} by itself", ctx)


def _name_columns(text: str, title: str, date: str) -> Columns | None:
    return Columns(text, title, date) if text or title or date else None


def _load(
    sources: tuple[str, ...], jobs: int | None, held: Collection[str], columns: Columns | None
) -> Iterator[Loaded | SourceError | Article]:
    """Yield what the sources contain, in order, without those in `held`."""
    files: list[str] = []
    for source in sources:
        if source == "-":
            yield from intake.read(files, jobs, held, columns)
            files = []
            try:
                yield intake.read_text(sys.stdin.buffer.read())
            except SourceError as error:
                yield error
        else:
            files.append(source)
    yield from intake.read(files, jobs, held, columns)


@dataclass(slots=True)
class _Tally:
    """Adds articles in batches and counts them; `safe` of them are in the library."""

    index: Index
    collection: str
    advance: Callable[[int], None]
    keep_source: bool
    safe: int = 0
    new: int = 0
    changed: int = 0
    failed: int = 0
    names: list[tuple[str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def take(self, items: Iterable[Loaded | SourceError | Article]) -> None:
        """Add all, a batch at a time."""
        batch: list[Article] = []
        since = time.monotonic()
        for item in items:
            if isinstance(item, SourceError):
                self.failed += 1
                self.advance(1)
                warn(f"left out: {item}")
                continue
            article, told = (item, "") if isinstance(item, Article) else (item.article, str(item.fidelity))
            batch.append(article)
            if len(self.names) <= _NAMED:
                name = f"{article.id[:8]}  {article.name}{f': {told}' if told else ''}"
                self.names.append((article.id, clean_line(name)))
            if len(batch) >= _BATCH or time.monotonic() - since > _SECONDS:
                self._add(batch)
                batch, since = [], time.monotonic()
        if batch:
            self._add(batch)

    def tell(self, taken: Taken | None = None) -> None:
        """Print what was added and, where that was asked for, taken out."""
        if len(self.names) <= _NAMED:
            for key, name in self.names:
                if key not in self.refused:
                    click.echo(name)
        known = self.safe - self.new - self.changed
        if taken:
            for name in taken.names[:_NAMED]:
                click.echo(f"removed {name}")
            parts = [f"{self.new:,} new, {self.changed:,} changed, {len(taken.names):,} gone, {known:,} unchanged"]
        else:
            parts = [f"added {_format_count(self.new)}"]
            parts += [f"{self.changed:,} changed"] if self.changed else []
            parts += [f"{known:,} {'was' if known == 1 else 'were'} there already"] if known else []
        parts += [f"{self.failed:,} left out"] if self.failed else []
        click.echo("; ".join(parts))

    def _add(self, batch: list[Article]) -> None:
        stored = batch
        edited = self._find_edited(batch)
        try:
            self.new += self.index.add(batch, self.collection)
        except ArticlesRefused as error:
            self.new += error.added
            for article in batch:
                if article.id in error.refused:
                    self.failed += 1
                    warn(f"refused: {article.source}: {error.refused[article.id]}")
            self.refused |= error.refused.keys()
            stored = [article for article in batch if article.id not in error.refused]
        self.safe += len(stored)
        stored_edits = [edited[article.id] for article in stored if article.id in edited]
        self.changed += len(stored_edits)
        self.new -= sum(stored_edits)
        if self.keep_source:
            self._keep(stored)
        self.advance(len(batch))

    def _find_edited(self, batch: list[Article]) -> dict[str, bool]:
        """Return the ids of articles whose files had another text before, each with whether it will be a new one."""
        files = tuple({article.file for article in batch if article.file})
        if not files:
            return {}
        within = Filter(collections=(self.collection,))
        before = {card.file: card.id for card in self.index.articles(replace(within, files=files)) if not card.replaced}
        edited = tuple(article.id for article in batch if before.get(article.file, article.id) != article.id)
        held = {card.id for card in self.index.articles(replace(within, articles=edited))} if edited else ()
        return {key: key not in held for key in edited}

    def _keep(self, batch: list[Article]) -> None:
        for article in batch:
            if (raw := intake.read_raw_bytes(article.source)) is not None:
                self.index.engine.keep(article.id, raw, self.collection)


@click.command("import")
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
@click.pass_context
def import_(ctx: click.Context, file: IO[bytes]) -> int:
    """Read into the library what export wrote: all articles with their collections.

    The exit code is 3 when a line could not be read; all others are stored.

    \b
    Example:
      pullquote import library.jsonl
    """
    from index.maintenance.library import BrokenLine, import_articles

    stored = broken = 0
    with open_library(ctx) as index, show_progress("importing", lambda: None) as advance:
        try:
            for item in import_articles(index, _read_forms(file)):
                if isinstance(item, BrokenLine):
                    broken += 1
                    warn(f"left out: {item}")
                else:
                    stored += item
                    advance(item)
        except KeyboardInterrupt:
            warn(f"interrupted; the library has kept {_format_count(stored)}")
            return INTERRUPTED
    click.echo(f"imported {_format_count(stored)}{f'; {broken:,} left out' if broken else ''}")
    return FAILED if broken else ANSWERED


def _read_forms(file: IO[bytes]) -> Iterator[Mapping[str, Any] | ValueError]:
    from index.forms.node import parse_json

    for row in file:
        try:
            form = parse_json(row)
        except ValueError as error:
            yield ValueError(f"is no JSON ({error})")
        else:
            yield form if isinstance(form, dict) else ValueError("is no JSON object")


def _format_count(count: int) -> str:
    return f"{count:,} {'article' if count == 1 else 'articles'}"
