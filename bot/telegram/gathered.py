"""What comes in several messages and is one thing: an album, or a text that the client cut (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from telegram import Message

CUT = 2048
"""Characters from which a text may be a piece of one that the client cut: it cuts in the second half of 4096."""

GAP = 2.0
"""Seconds at most between two pieces of a text that the client cut."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What has come so far of things that belong together: an album, or a text that the client cut into messages.

    `shown` is the message that shows it, None before there is one; `date` is when the last was sent, in seconds since
    1970, `size` its characters, and `latest` its number; `ids` are the articles added of it, `failed` says of others
    why not; `told` is the message whose caption has been dealt with. `question` is what was asked of all, in the
    message `asked`.
    """

    date: float
    shown: int | None = None
    size: int = 0
    latest: int = 0
    forwarded: bool = False
    ids: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    told: int = 0
    question: str = ""
    asked: int = 0


def gathered_to_dict(gathered: Gathered) -> dict[str, Any]:
    """Return it as plain values that JSON can hold."""
    return asdict(gathered)


def gathered_from_dict(form: Mapping[str, Any]) -> Gathered:
    """Return what `gathered_to_dict` wrote."""
    return Gathered(**{**form, "ids": tuple(form["ids"]), "failed": tuple(form["failed"])})


def begin_text(message: Message, shown: int | None) -> Gathered:
    """Return what there is of a text after its first message, which the message `shown` shows."""
    forwarded, words = message.forward_origin is not None, message.text or message.caption or ""
    return Gathered(message.date.timestamp(), shown, len(words), message.message_id, forwarded)


def extend(last: Gathered, message: Message) -> Gathered:
    """Return what there is of a text after one more message."""
    return replace(begin_text(message, last.shown), forwarded=last.forwarded)


def continues(last: Gathered, message: Message) -> bool:
    """Tell whether a message goes on with a text that the client cut, from the same person in the same chat.

    The last message of the text does, too: it may be handled again if the process died.
    """
    text = message.text or ""
    soon = 0 <= message.date.timestamp() - last.date <= GAP
    forwarded = message.forward_origin is not None
    if last.latest == message.message_id:
        return True
    return soon and last.size >= CUT and forwarded == last.forwarded and bool(text) and not text.startswith("/")


def join_pieces(before: str, after: str) -> str:
    """Return a text that the client cut, whole again; it drops the space or the line break where it cuts."""
    ends = before.rstrip().endswith((".", "!", "?", '"', "”", "’", ")"))
    return f"{before}\n\n{after}" if ends and not after[:1].islower() else f"{before} {after}"
