"""`add --watch`: look at feeds and pages again and again, and add what is new."""

from __future__ import annotations

import time

import click

from index import Index
from index.errors import EngineUnavailable, SourceError
from index.sources import Memory, is_address, look

from ..pages.lines import clean_line
from . import INTERRUPTED, warn
from .common import library


def watch(ctx: click.Context, sources: tuple[str, ...], minutes: float, collection: str) -> int:
    """Add what the addresses hold, then every `minutes` what is new there, until Ctrl-C.

    The library is open only while something is added, so that others can write to it in between.

    Raises:
        UsageError: a source is no address.
    """
    if files := [source for source in sources if not is_address(source)]:
        raise click.UsageError(f"--watch looks at addresses; add {files[0]} by itself", ctx)
    memories: dict[str, Memory] = {}
    told: set[str] = set()
    try:
        while True:
            try:
                with library(ctx) as index:
                    _look(index, sources, memories, collection, told)
            except EngineUnavailable as error:  # another writer has it: the next look tries again
                warn(str(error))
            time.sleep(60 * minutes)
    except KeyboardInterrupt:
        return INTERRUPTED


def _look(index: Index, sources: tuple[str, ...], memories: dict[str, Memory], collection: str, told: set[str]) -> None:
    """Add what is new, each article at once: one that was not stored comes again; each error is told once."""
    for item in look(sources, memories):
        if isinstance(item, SourceError):
            if str(item) not in told:
                told.add(str(item))
                warn(f"left out: {item}")
        elif index.add(item.article, collection):
            click.echo(clean_line(f"{item.article.id[:8]}  {item.article.name}: {item.fidelity}"))
