"""What a raw update says of itself, whoever sent it (pure)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from telegram import Bot, Update

_log = logging.getLogger(__name__)


def parse_update(raw: Mapping[str, Any], bot: Bot | None) -> Update | None:
    """Return the update, None if it is malformed."""
    try:
        return Update.de_json(dict(raw), bot)
    except Exception as error:  # noqa: BLE001 - whatever the library stumbles over, the next update must be handled
        _log.warning("update %s is malformed (%s) and left out", raw.get("update_id"), type(error).__name__)
        return None


def choose_lane(raw: Mapping[str, Any]) -> object:
    """Return the lane of an update: its chat, or its person if there is none."""
    for kind in ("message", "edited_message"):
        if isinstance(raw.get(kind), dict):
            return _get_id(raw[kind], "chat")
    query = raw.get("callback_query")
    if isinstance(query, dict):
        return _get_id(query.get("message"), "chat") or _get_id(query, "from")
    return ("inline", _get_id(raw.get("inline_query"), "from"))


def name_message(raw: Mapping[str, Any], *kinds: str) -> tuple[object, object] | None:
    """Return what tells the message of an update of these kinds from all others: chat and number; None for none."""
    message: Mapping[str, Any] = next((raw[kind] for kind in kinds if isinstance(raw.get(kind), dict)), {})
    chat, number = _get_id(message, "chat"), message.get("message_id")
    return (chat, number) if chat is not None and isinstance(number, int) else None


def find_chat(raw: Mapping[str, Any]) -> int | None:
    """Return the chat to tell something about an update: its own, or that with its person; None if it names none."""
    query = raw.get("callback_query")
    places = [raw.get("message"), raw.get("edited_message"), query.get("message") if isinstance(query, dict) else None]
    for found in (*(_get_id(each, "chat") for each in places), _get_id(query, "from")):
        if isinstance(found, int):
            return found
    return None


def find_code(raw: Mapping[str, Any]) -> str | None:
    """Return the code of the language of who sent an update to its private chat, None where it names none."""
    message = raw.get("message") or raw.get("edited_message") or raw.get("callback_query")
    person = message.get("from") if isinstance(message, dict) else None
    code = person.get("language_code") if isinstance(person, dict) else None
    return code if isinstance(code, str) else None


def _get_id(value: Any, name: str) -> object:
    found = value.get(name) if isinstance(value, dict) else None
    number = found.get("id") if isinstance(found, dict) else None
    return number if isinstance(number, int) else None


def is_update(raw: Any) -> bool:
    """Tell whether it has the id of an update: a number that fits into the file."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 1 << 63
