"""Logs: one line of JSON for each event, with no secret in it, whichever library wrote it."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from types import MappingProxyType

from ..settings import Secret

_MASK = "***"

_LEVELS = {
    # Below these levels they log whole addresses, with keys and what people wrote in them.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "hpack": logging.WARNING,
    "asyncio": logging.WARNING,
    "botocore": logging.WARNING,  # it writes down what it signs, the session's key among it
    "opensearch": logging.ERROR,  # it warns of records that are not there, and names them
}

_PERCENT = "%(?:25)*+"
"""A percent sign, itself quoted any number of times."""

_ANY_PACKED = "[-_+/A-Za-z0-9]"

_NAMED = {"\t": "t", "\n": "n", "\r": "r", "\b": "b", "\f": "f", "\v": "v", "\a": "a"}


class JsonFormatter(logging.Formatter):
    """One line of JSON for each event, with its traceback; known secrets are masked however they are spelt."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        super().__init__()
        values = sorted({secret.reveal() for secret in secrets if secret}, key=len, reverse=True)
        self._spellings = [re.compile(_spell(value)) for value in values]
        packed = [form for value in values for form in _pack(value)]
        self._packed = [re.compile(form) for form in packed]

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as a line."""
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": self.mask(_get_message(record)),
        }
        if record.exc_info:
            event["traceback"] = self.mask(self.formatException(record.exc_info))
        if record.stack_info:
            event["stack"] = self.mask(self.formatStack(record.stack_info))
        return json.dumps(event, ensure_ascii=False)

    def mask(self, text: str) -> str:
        """Return the text with each secret replaced by asterisks."""
        for pattern in self._spellings:
            text = pattern.sub(_MASK, text)
        for pattern in self._packed:
            if pattern.search(text):  # one that begins with a letter of its own is found ten times sooner
                text = re.sub(f"{_ANY_PACKED}?{pattern.pattern}{_ANY_PACKED}?", _MASK, text)
        return text


def _get_message(record: logging.LogRecord) -> str:
    """Return the message; Python would print one that does not fit its values to stderr, past every formatter."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a value's own `__str__` may raise anything
        return f"a message that does not fit its values: {record.msg!r}"


def _spell(value: str) -> str:
    r"""Return a pattern for a value as it is, quoted for an address, or escaped once or more often.

    Each character may stand as itself behind any number of backslashes (of `repr`, JSON, or both), as `\t`, `\x09`,
    `\u0009`, `%09`, `%2509`, `&#9;` or `&quot;`, or as the bytes of its UTF-8. Possessive quantifiers keep it linear.
    """
    # An escape changes how long a run of backslashes is, so one stands for all.
    head, *tail = list(re.sub(r"\\+", r"\\", value))
    return _spell_head(head) + "".join(_spell_letter(letter) for letter in tail)


def _spell_head(letter: str) -> str:
    """Return a pattern for the first character: it begins with a set, which `re` looks for quickly.

    A run of backslashes is taken from its beginning or not at all, so it is gone through once.
    """
    if letter == "\\":
        return rf"[\\%](?:(?<=\\)(?<!\\\\)\\*+|(?<=%)(?:25)*+5[Cc](?:{_PERCENT}5[Cc]){{0,40}}+)"
    escaped, quoted, named = _spell_escaped(letter), _spell_quoted(letter), _spell_named(letter)
    plain = re.escape(letter) + (r"\+" if letter == " " else "")
    as_escape, as_quote, as_name = rf"(?<!\\\\)\\*+(?:{escaped})", quoted.removeprefix("%"), named.removeprefix("&")
    return rf"[{plain}\\%&](?:(?<=[{plain}])|(?<=\\){as_escape}|(?<=%){as_quote}|(?<=&){as_name})"


def _spell_letter(letter: str) -> str:
    if letter == "\\":
        return rf"(?:\\++|(?:{_PERCENT}5[Cc])++)"
    space = r"|\+" if letter == " " else ""
    escaped = rf"\\*+(?:{re.escape(letter)}|(?<=\\)(?:{_spell_escaped(letter)}))"
    return f"(?:{escaped}|{_spell_quoted(letter)}|{_spell_named(letter)}{space})"


def _spell_escaped(letter: str) -> str:
    """Return a pattern for what may follow a backslash in place of the character."""
    code, octets = ord(letter), letter.encode("utf-8", "surrogatepass")
    units = letter.encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    again = r"\\++"
    forms = [again.join(f"u(?i:{unit})" for unit in units), f"U(?i:{code:08x})"]
    forms += [again.join(f"x(?i:{octet:02x})" for octet in octets)]
    forms += [f"x(?i:{code:02x})"] if code < 0x100 else []
    forms += [_NAMED[letter]] if letter in _NAMED else []
    return "|".join(forms)


def _spell_quoted(letter: str) -> str:
    octets = letter.encode("utf-8", "surrogatepass")
    return "".join(f"{_PERCENT}(?i:{octet:02x})" for octet in octets)


def _spell_named(letter: str) -> str:
    code, name = ord(letter), escape(letter)
    named = f"|{name[1:]}" if name != letter else ""
    return f"&(?:#0*+{code};|#[xX]0*+(?i:{code:x});{named})"


def _pack(value: str) -> Iterator[str]:
    """Yield patterns for a value inside something in base64, such as the header of a login.

    A value may begin at each of the three places of a group. The letters at its edges, which its neighbours decide as
    well, are left out. Without three letters that are its own it could not be told from another word.
    """
    data = value.encode("utf-8", "surrogatepass")
    for before in range(3):
        first, last = -(-8 * before // 6), 8 * (before + len(data)) // 6
        letters = base64.b64encode(bytes(before) + data + bytes(2)).decode()[first:last]
        if len(letters) >= 3:
            yield letters.translate({ord("+"): "[-+]", ord("/"): "[_/]"})


def set_up_logs(level: str, secrets: Iterable[Secret], levels: Mapping[str, int] = MappingProxyType({})) -> None:
    """Write all logs to stderr as lines without secrets; `levels` quiets further loggers, by name."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, lowest in {**_LEVELS, **levels}.items():
        logging.getLogger(name).setLevel(lowest)
