"""Standing questions, claims, marks and addresses of pages on a cluster; see `Lasting` in `contract.py`.

A chat has all its standing questions in one record: their number is checked as it is written.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from index.engines.cluster.chat_records import ChatRecord, ChatRecordStore
from index.errors import EngineUnavailable

from .contract import PageLink, StandingQuestion, hash_code

TRIES = 12
"""Times that a change is tried again after others got in first: some two seconds in all."""

_Body = Mapping[str, Any]


class LastingRecords:
    """`Lasting` on a cluster, safe to use from several threads."""

    _records: ChatRecordStore

    def add_question(self, standing: StandingQuestion, most: int) -> bool:
        """Keep a standing question; see `Lasting.add_question`."""

        def add(body: _Body) -> _Body | None:
            held = body.get("questions", [])
            return None if len(held) >= most else {"questions": [*held, asdict(standing)], "resting": False}

        return self._change_questions(standing.chat, add)

    def list_questions(self, chat: int) -> Sequence[StandingQuestion]:
        """Return a chat's standing questions in order; see `Lasting.list_questions`."""
        held = self._records.get(_questions_key(chat))
        return _read_questions(chat, held.record.body) if held else []

    def list_waking(self) -> Sequence[StandingQuestion]:
        """Return the standing questions of all chats that do not rest."""
        found = self._records.find_by_kind("questions")
        return [one for each in found if not each.body["resting"] for one in _read_questions(each.chat, each.body)]

    def stop_question(self, chat: int, key: str) -> bool:
        """Forget a standing question of that chat; True for the one caller who did it."""

        def stop(body: _Body) -> _Body | None:
            held = body.get("questions", [])
            left = [each for each in held if each["id"] != key]
            return None if len(left) == len(held) else {**body, "questions": left}

        return self._change_questions(chat, stop)

    def rest_questions(self, chat: int, *, resting: bool) -> None:
        """Let a chat's standing questions rest, or wake."""

        def rest(body: _Body) -> _Body | None:
            return {**body, "resting": resting} if body.get("resting", resting) != resting else None

        self._change_questions(chat, rest)

    def claim(self, name: str, owner: str, now: float, until: float) -> bool:
        """Let one owner have a name until then; see `Lasting.claim`."""
        held = self._records.get(_claim_key(name))
        if held and held.record.body["owner"] != owner and now < (held.record.until or 0.0):
            return False
        return self._records.swap(_claim_key(name), held, ChatRecord("claim", 0, {"owner": owner}, until))

    def release(self, name: str) -> None:
        """Give a claimed name back before its time."""
        self._records.write({_claim_key(name): None})

    def is_claimed(self, name: str, now: float) -> bool:
        """Tell whether somebody has a name."""
        held = self._records.get(_claim_key(name))
        return held is not None and now < (held.record.until or 0.0)

    def get_mark(self, name: str) -> Mapping[str, Any] | None:
        """Return what was kept under a name, None for nothing."""
        held = self._records.get(_mark_key(name))
        return held.record.body if held else None

    def set_mark(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep a value under a name, in place of whatever there was."""
        self._records.write({_mark_key(name): ChatRecord("mark", 0, value)})

    def keep_link(self, code: str, link: PageLink, expires: float) -> None:
        """Keep where the address with this code leads."""
        self._records.write({_link_key(code): ChatRecord("link", link.chat, {"screen": link.screen}, expires)})

    def find_link(self, code: str, now: float) -> PageLink | None:
        """Return where the address with this code leads, None if there is none or it has expired."""
        held = self._records.get(_link_key(code))
        if held is None or not now < (held.record.until or 0.0):
            return None
        return PageLink(held.record.chat, held.record.body["screen"])

    def _change_questions(self, chat: int, change: Callable[[_Body], _Body | None]) -> bool:
        """Change a chat's record as others left it, and return True; False where `change` gives None.

        Raises:
            EngineUnavailable: others keep changing it.
        """
        key = _questions_key(chat)
        for _ in count_tries():
            held = self._records.get(key)
            body = change(held.record.body if held else {})
            if body is None:
                return False
            if self._records.swap(key, held, ChatRecord("questions", chat, body)):
                return True
        raise EngineUnavailable(self._records.address, "the standing questions are being changed by others; try again")


def count_tries() -> Iterator[int]:
    """Yield the number of each try to write what others write, too; wait by chance, ever longer, before the next."""
    for tries in range(TRIES):
        yield tries
        time.sleep(random.uniform(0, 0.05 * tries))  # noqa: S311 - jitter


def _read_questions(chat: int, body: _Body) -> list[StandingQuestion]:
    """Return the questions of a record; a group that has moved has them under its new number."""
    return [StandingQuestion(**{**each, "chat": chat}) for each in body["questions"]]


def _questions_key(chat: int) -> str:
    return f"questions:{chat}:"


def _claim_key(name: str) -> str:
    return f"claim:{hash_code(name)}"


def _mark_key(name: str) -> str:
    return f"mark:{hash_code(name)}"


def _link_key(code: str) -> str:
    return f"link:{hash_code(code)}"
