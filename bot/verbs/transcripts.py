"""Save a conversation to a file: the option of `chat`, and the writing when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from index import Reply


def _check_name(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """Refuse a file that cannot be written as a transcript, before the conversation begins."""
    if value is None:
        return None
    from index.citations import TRANSCRIPTS  # late: the other verbs do not need them

    if value.suffix.lower().lstrip(".") not in TRANSCRIPTS:
        endings = ", ".join(f".{form}" for form in TRANSCRIPTS)
        raise click.BadParameter(f"{value.name} must end in one of {endings}", ctx, param)
    if not value.parent.is_dir():
        raise click.BadParameter(f"there is no folder {value.parent}", ctx, param)
    return value


transcript_option = click.option(
    "--transcript",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_check_name,
    help="Keep the conversation in this file: .html to read, .md to edit, .jsonl to verify.",
)


@contextmanager
def keep_transcript(path: Path | None) -> Iterator[list[tuple[str, Reply]]]:
    """Yield a list for questions and replies; it is written to `path`, if given, however the conversation ends."""
    turns: list[tuple[str, Reply]] = []
    try:
        yield turns
    finally:
        if path is not None:
            from index.citations import transcript
            from index.files import write_whole

            write_whole(path, transcript(turns, path.suffix.lower().lstrip(".")).encode())
