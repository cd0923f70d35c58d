"""What a collection has of its own of an article: its membership, with the card that it states."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Any, NamedTuple

from ...model import Card
from .. import rows

WHOLE = "SELECT id, checksum, text, spans, body.terms, vectors, seq FROM article JOIN body USING (seq)"
"""The query for a text, as `decode_row` takes its rows."""


class MemberRow(NamedTuple):
    """What a collection has of its own of an article; `number` counts memberships in order of addition."""

    number: int
    card: Card


def is_intact(card: bytes, checksum: int) -> bool:
    """Tell whether a stored card passes its checksum."""
    return zlib.crc32(card) == checksum


def decode_card(card: bytes, checksum: int) -> Card:
    """Return a stored card.

    Raises:
        ValueError: it fails its checksum.
    """
    if not is_intact(card, checksum):
        raise ValueError("the card fails its checksum")
    return rows.card_from_json(card.decode("ascii"))


decode_and_keep_card = lru_cache(maxsize=4096)(decode_card)
"""As `decode_card`, but the last cards are kept in memory."""


def decode_row(row: tuple[Any, ...]) -> rows.LazyText:
    """Return the text of a row of `WHOLE`.

    Raises:
        ValueError: its bytes fail their checksum.
    """
    key, checksum, *parts, _ = row
    try:
        return rows.decode_text(key, rows.EncodedBody(*parts), checksum)
    except (IndexError, TypeError) as exc:
        raise ValueError(str(exc)) from exc
