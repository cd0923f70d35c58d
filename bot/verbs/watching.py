"""`add --watch`: check feeds and pages again and again, and add what is new."""

from __future__ import annotations

import time

import click

from index import Index
from index.errors import EngineUnavailable, SourceError
from index.sources import Memory, is_address, look

from ..pages.lines import clean_line
from . import INTERRUPTED, warn
from .common import open_library
from .progress import show_waiting


def watch(ctx: click.Context, sources: tuple[str, ...], minutes: float, collection: str) -> int:
    """Add the articles at the addresses, then every `minutes` what is new there, until Ctrl-C.

    The library is open only while articles are added, so that others can write to it in between.

    Raises:
        UsageError: a source is not an address.
    """
    if files := [source for source in sources if not is_address(source)]:
        raise click.UsageError(f"--watch looks at addresses; add {files[0]} by itself", ctx)
    memories: dict[str, Memory] = {}
    told: set[str] = set()
    try:
        while True:
            try:
                with open_library(ctx) as index:
                    _look(index, sources, memories, collection, told)
            except EngineUnavailable as error:  # another program is writing: try again at the next look
                warn(str(error))
            time.sleep(60 * minutes)
    except KeyboardInterrupt:
        return INTERRUPTED


def _look(index: Index, sources: tuple[str, ...], memories: dict[str, Memory], collection: str, told: set[str]) -> None:
    """Add what is new, one article at a time, so that one which was not stored comes again; report each error once."""
    for item in show_waiting("looking", look(sources, memories)):
        if isinstance(item, SourceError):
            if str(item) not in told:
                told.add(str(item))
                warn(f"left out: {item}")
        elif index.add(item.article, collection):
            click.echo(clean_line(f"{item.article.id[:8]}  {item.article.name}: {item.fidelity}"))
