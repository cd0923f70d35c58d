"""The verb serve."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from index import Index, open_index

from ..settings import SettingsError
from . import ANSWERED, find_library, load_settings, warn

if TYPE_CHECKING:
    from ..web.assistants import MakeAssistantServer


@click.command
@click.option(
    "--listen", metavar="HOST:PORT", default="127.0.0.1:8000", show_default=True, help="Where to listen; port 0: any."
)
@click.pass_context
def serve(ctx: click.Context, listen: str) -> int:
    """Serve the library over HTTP until it is stopped: pages to read and ask at, and JSON for programs (/openapi.json).

    Only this machine is let in, unless PULLQUOTE_TOKENS says who else may do what. There is no TLS: let others in
    through a proxy that has it. The exit code is 0 when it was stopped, 2 when a setting is wrong, 3 when the library
    fails.

    \b
    Example:
      pullquote serve
      curl -s 127.0.0.1:8000/v1/ask --json '{"question": "Who denied the talks?"}'
    """
    if find_spec("uvicorn") is None or find_spec("starlette") is None:
        raise SettingsError(
            "`pullquote serve` needs an extra package; in the clone, run "
            ".venv/bin/pip install -c .ci/constraints.txt -e '.[serve]'"
        )
    from ..web.server import run

    found = load_settings(ctx)
    address = find_library(ctx)

    def open_library() -> Index:
        try:
            return open_index(address, found.login, meaning=found.meaning)
        except ValueError as error:
            raise SettingsError(f"PULLQUOTE_INDEX: {error}") from error

    run(
        found,
        listen,
        open_library,
        lambda where: warn(f"listening at {where}; Ctrl-C stops it"),
        _find_assistant_server(),
    )
    return ANSWERED


def _find_assistant_server() -> MakeAssistantServer | None:
    """Return what makes the server of MCP, None where its package is not installed."""
    if find_spec("mcp") is None:
        return None
    from ..mcp.server import make_http_app

    return make_http_app
