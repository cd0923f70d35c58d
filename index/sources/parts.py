"""The parts of a file that holds many articles, and the columns of a table."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from ..errors import SourceTooLarge

MAX_PARTS = 20_000
"""How many articles one file may hold."""


@dataclass(frozen=True, slots=True)
class Part:
    """One article of a file: its name within the file, its bytes, and the address that it came from, "" for none."""

    name: str
    data: bytes
    url: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table or JSON hold text, headline and date; "" leaves it to their usual names."""

    text: str = ""
    title: str = ""
    date: str = ""


def list_as_dict(parts: list[Part]) -> dict[str, Any]:
    """Return parts as a worker sends them."""
    return {"parts": [[part.name, b64encode(part.data).decode("ascii"), part.url] for part in parts]}


def check_count(parts: list[Part], source: str) -> list[Part]:
    """Return the parts unless there are too many.

    Raises:
        SourceTooLarge: there are.
    """
    if len(parts) > MAX_PARTS:
        raise SourceTooLarge(source, f"holds {len(parts):,} articles, the limit is {MAX_PARTS:,}; split it", MAX_PARTS)
    return parts
