"""Read the JSON that Telegram exports of its chats (`result.json`): each message is an article of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def is_export(value: dict[str, Any]) -> bool:
    """Tell whether a value of JSON is Telegram's export of one chat, or of several."""
    return any(isinstance(chat.get("messages"), list) for chat in _list_chats(value))


def list_messages(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name and what is stated of each message that has words: its text, moment, sender and chat.

    One that was forwarded is told by who wrote it first. Struck-through words are no words any more.
    """
    several = len(_list_chats(value)) > 1
    for chat in _list_chats(value):
        messages = chat.get("messages")
        for message in messages if isinstance(messages, list) else ():
            text = _join(message.get("text")) if isinstance(message, dict) else ""
            if not text.strip() or message.get("type", "message") != "message":
                continue
            number = str(message.get("id", ""))[:20]
            yield (
                f"{str(chat.get('id', ''))[:20]}-{number}" if several else number,
                {
                    "text": text,
                    "date": str(message.get("date_unixtime") or message.get("date") or ""),
                    "byline": str(message.get("forwarded_from") or message.get("from") or ""),
                    "agency": str(chat.get("name") or ""),
                },
            )


def _list_chats(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the chats of an export: itself, or those of a whole account."""
    if isinstance(value.get("messages"), list):
        return [value] if {"type", "id"} <= value.keys() else []
    chats = value.get("chats")
    listed = chats.get("list") if isinstance(chats, dict) else None
    return [chat for chat in listed if isinstance(chat, dict)] if isinstance(listed, list) else []


def _join(text: Any) -> str:
    """Return the words of a message, which may be cut into pieces with a type each."""
    pieces = text if isinstance(text, list) else [text]
    words = []
    for piece in pieces:
        if isinstance(piece, str):
            words.append(piece)
        elif isinstance(piece, dict) and piece.get("type") != "strikethrough":
            words.append(str(piece.get("text", "")))
    return "".join(words)
