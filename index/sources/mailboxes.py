"""Cut mailboxes and mails with attached messages: each message becomes an article of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

from ..errors import UnsupportedFormat
from .eml import MAX_PARTS, guard_headers
from .parts import Part


def split_eml(data: bytes, source: str) -> list[Part]:
    """Return the message without what is attached, then each attached message; [] if it has none.

    Raises:
        UnsupportedFormat: it is damaged.
    """
    return guard_headers(source, lambda: _cut_messages(data, source))


def split_mbox(data: bytes, source: str) -> list[Part]:
    """Return the messages of a mailbox, those that are attached to them among them."""
    starts = [
        found.start() for found in re.finditer(rb"(?m)^From [^\n]*\n", data) if _opens_message(data, found.start())
    ]
    parts: list[Part] = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), 1):
        _, _, message = data[start:end].partition(b"\n")
        message = re.sub(rb"(?m)^>(>*From )", rb"\1", message)
        name = f"{number}.eml"
        parts += [replace(part, name=f"{number}-{part.name}") for part in split_eml(message, f"{source}#{name}")] or [
            Part(name, message)
        ]
    return parts


def _opens_message(data: bytes, start: int) -> bool:
    """Tell whether the line "From ..." here opens a message: it is the first line, or follows an empty one."""
    return start == 0 or data[start - 3 : start].endswith((b"\n\n", b"\n\r\n"))


def _cut_messages(data: bytes, source: str) -> list[Part]:
    waiting: list[Message[Any, Any]] = [message_from_bytes(data, policy=policy.compat32)]
    found: list[Message[Any, Any]] = []
    while waiting:
        message = waiting.pop(0)
        found.append(message)
        if len(found) > MAX_PARTS:
            raise UnsupportedFormat(source, f"has more than {MAX_PARTS} parts; save its text as a .txt file")
        for parent in list(message.walk()):
            children: Any = parent.get_payload()
            for part in [each for each in children if _is_attached(each)] if parent.is_multipart() else ():
                children.remove(part)
                waiting.append(part.get_payload(0))
    if len(found) == 1:
        return []
    texts = [
        part for message in found for part in [message.as_bytes()] if message is not found[0] or _has_text(message)
    ]
    return [Part(f"{number}.eml", text) for number, text in enumerate(texts, 1)]


def _is_attached(part: object) -> bool:
    if not isinstance(part, Message) or part.get_content_type() != "message/rfc822":
        return False
    return part.is_multipart()


def _has_text(message: Message[Any, Any]) -> bool:
    leaves = (part for part in message.walk() if not part.is_multipart())
    return any(
        part.get_content_maintype() == "text" and str(part.get_payload()).strip()
        for part in leaves
        if part.get_content_disposition() != "attachment"
    )
