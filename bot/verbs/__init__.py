"""The verbs of the command line, by theme, and what all of them need: exit codes, settings and warnings.

Each file is imported when one of its verbs runs, and nothing heavy is imported here.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..settings import Settings, find_config, load

ANSWERED, NOT_ANSWERED, USAGE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: answered, related or refused, wrong usage or settings, source or engine error, Ctrl-C."""

READER_GONE = 141
"""The exit code if the reader of our output has gone: the shell's code for SIGPIPE."""


def load_settings(ctx: click.Context) -> Settings:
    """Return the settings, which the first call reads; their warnings go to stderr.

    Raises:
        SettingsError: a setting cannot be used.
    """
    root = ctx.find_root()
    if root.obj is None:
        root.obj = load(os.environ, Path.cwd(), find_config())
        for line in root.obj.warnings:
            warn(line)
    found: Settings = root.obj
    return found


def find_library(ctx: click.Context) -> str:
    """Return the address of the library; that a folder's file decided it goes to stderr.

    Raises:
        SettingsError: a setting cannot be used.
    """
    found = load_settings(ctx)
    place = found.places.get("PULLQUOTE_INDEX")
    if place is not None and not place.is_users:
        warn(f"the library is {found.index}, as {place.name} says")
    return found.index


def warn(line: str) -> None:
    """Write one line to stderr, with control characters made visible."""
    from ..pages.lines import clean_line

    click.echo(f"pullquote: {clean_line(line)}", err=True)
