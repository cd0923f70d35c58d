"""Conversations: the questions that a follow-up may go on from, kept in memory for an hour."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from ..conversation.state import REMEMBERED

LASTS = 3600.0
"""Seconds after its last question that a conversation is kept."""

MOST = 10_000
"""Conversations kept at most; of more, the one that was left alone longest goes."""


class _KeptTalk(NamedTuple):
    questions: tuple[str, ...]
    until: float


class Talks:
    """The questions of each conversation; its key is the name of a token and what its bearer calls it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], _KeptTalk] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: tuple[str, str]) -> tuple[str, ...]:
        """Return the questions so far, oldest first; () for a conversation that is new or was forgotten."""
        kept = self._kept.get(key)
        return kept.questions if kept and self._clock() < kept.until else ()

    def add(self, key: tuple[str, str], question: str) -> None:
        """Note that a question was answered, and forget the conversations whose hour is over."""
        questions = (*self.get(key), question)[-REMEMBERED:]
        self._kept[key] = _KeptTalk(questions, self._clock() + LASTS)
        self._kept.move_to_end(key)
        while self._kept and (len(self._kept) > MOST or next(iter(self._kept.values())).until <= self._clock()):
            self._kept.popitem(last=False)
