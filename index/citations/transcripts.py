"""Write a conversation as one file: HTML to read, Markdown to edit, JSON Lines to verify (pure)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

from ..forms.serial import reply_to_dict
from ..model import Reply
from ..verdicts import FURTHER, HEADINGS, UNDERSTOOD, Verdict, explain_unread
from .page import conversation_page
from .styles import cite, escape_markdown

Turns = Sequence[tuple[str, Reply]]
"""The questions as they were typed, with their replies, oldest first."""


def transcript(turns: Turns, form: str) -> str:
    """Return the conversation in one of the forms of `TRANSCRIPTS`, which are named by their file extension.

    Raises:
        ValueError: there is no such form; the message lists those that there are.
    """
    if form not in TRANSCRIPTS:
        raise ValueError(f"no transcript is called {form!r}; there are {', '.join(TRANSCRIPTS)}")
    return TRANSCRIPTS[form](turns)


def _write_markdown(turns: Turns) -> str:
    return "# Conversation\n\n" + "\n".join(block for turn in turns for block in _write_turn(*turn))


def _write_turn(question: str, reply: Reply) -> Iterator[str]:
    yield f"## {escape_markdown(question)}\n"
    if reply.understood:
        yield f"{UNDERSTOOD.format(escape_markdown(reply.understood))}\n"
    if reply.verdict is not Verdict.ANSWERED:
        yield f"**{HEADINGS[reply.verdict]}** {escape_markdown(reply.reason)}\n"
    if notice := explain_unread(reply.unread, reply.reason):
        yield f"{escape_markdown(notice)}\n"
    for at, passage in enumerate(reply.passages):
        if at == 1 and reply.verdict is Verdict.ANSWERED:
            yield f"{FURTHER}:\n"
        for citation in passage.citations:
            yield f"{cite(passage.article, citation, 'markdown')}\n"


def _write_json_lines(turns: Turns) -> str:
    return "".join(f"{json.dumps(reply_to_dict(reply))}\n" for _, reply in turns)


TRANSCRIPTS: MappingProxyType[str, Callable[[Turns], str]] = MappingProxyType(
    {"html": conversation_page, "md": _write_markdown, "jsonl": _write_json_lines}
)
"""The forms of a transcript; a line of `jsonl` is a reply, which `verify` takes."""
