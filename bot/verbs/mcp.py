"""The verb mcp: the library as tools for an assistant."""

from __future__ import annotations

from importlib.util import find_spec

import click

from . import ANSWERED, READER_GONE
from .common import from_option, open_library, open_sources


@click.command
@from_option
@click.pass_context
def mcp(ctx: click.Context, sources: tuple[str, ...]) -> int:
    """Serve the library to an assistant over standard input and output (MCP), until it closes them.

    The assistant gets the tools ask, search, read, quotes, digest and verify, and the articles as resources; it can
    change nothing. Configure it to start this command; --from serves files without a library.

    \b
    Example:
      pullquote mcp --from stories
    """
    if find_spec("mcp") is None:
        raise click.UsageError(
            "this needs the package mcp; in the clone, run .venv/bin/pip install -c .ci/constraints.txt -e '.[mcp]'",
            ctx,
        )
    from ..mcp.server import serve_stdio

    gone = False
    with open_sources(ctx, sources) if sources else open_library(ctx) as index:  # which may be filled later
        try:
            serve_stdio(index)
        except* BrokenPipeError:
            gone = True
    return READER_GONE if gone else ANSWERED
