"""What is kept of chats on a cluster, where several processes of one bot share it; see `contract.py`.

Everything is found by a key: a conversation by chat and topic, a screen by its id, an answer by the message that shows
it and the one that it answers. What two processes may change at a time is written only where it has not changed since
it was read.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from index.engines.cluster.chat_records import ChatRecord, ChatRecordStore, VersionedRecord
from index.errors import EngineUnavailable

from ...settings import Settings, SettingsError
from .contract import KEPT_SCREENS, Kept, merged, new_id

_TRIES = 12
"""Times that a change gives way to those of others: together some two seconds."""


class SharedChats:
    """`Chats` on a cluster, safe to use from several threads."""

    def __init__(self, records: ChatRecordStore) -> None:
        self._records = records

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self._records.close()

    def talk(self, chat: int, topic: int) -> dict[str, Any] | None:
        """Return where the conversation stands, None before its first question."""
        return _body(self._records.get(_talk(chat, topic))).get("state")

    def set_talk(
        self, chat: int, topic: int, state: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> None:
        """Keep where the conversation stands; see `Chats.set_talk`."""
        self._change_talk(chat, topic, (state, before), {}, {})

    def keep(
        self,
        kept: Kept,
        messages: Iterable[int],
        now: float,
        state: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what a keyboard belongs to, and where the conversation stands now; see `Chats.keep`."""
        until = now + KEPT_SCREENS
        shown = sorted(messages)
        form = {
            "topic": kept.topic,
            "person": kept.person,
            "asked": kept.asked,
            "payload": dict(kept.payload),
            "messages": shown,
        }
        records = {_screen(kept.id): ChatRecord(kept.kind, kept.chat, form, until)}
        pointer = ChatRecord("pointer", kept.chat, {"screen": kept.id}, until)
        records |= {_sent(kept.chat, message): pointer for message in shown}
        if kept.asked is not None and kept.kind == "answer":
            records[_asked(kept.chat, kept.asked)] = pointer
        if state is None:
            self._records.write(records)
        else:
            more = {"newest": kept.id} if kept.kind == "answer" else {}
            self._change_talk(kept.chat, kept.topic, (state, before), more, records)

    def screen(self, key: str) -> Kept | None:
        """Return what a keyboard belongs to, None where it is unknown or too old."""
        held = self._records.get(_screen(key))
        return _kept(key, held.record) if held else None

    def shown_in(self, chat: int, message: int) -> Kept | None:
        """Return what the message of that chat shows."""
        key, held = self._pointed(_sent(chat, message))
        return _kept(key, held.record) if held and message in held.record.body["messages"] else None

    def answer_to(self, chat: int, asked: int) -> Kept | None:
        """Return the newest answer to the message of that chat."""
        key, held = self._pointed(_asked(chat, asked))
        return _kept(key, held.record) if held else None

    def newest(self, chat: int, topic: int) -> str:
        """Return the id of the newest answer in a conversation, "" without any."""
        return str(_body(self._records.get(_talk(chat, topic))).get("newest", ""))

    def messages_of(self, key: str) -> list[int]:
        """Return the messages that show a screen, in order."""
        return list(_body(self._records.get(_screen(key))).get("messages", ()))

    def drop(self, key: str) -> bool:
        """Forget a screen, so that its buttons answer no more; True for the one who did it."""
        held = self._records.get(_screen(key))
        return held is not None and self._records.take(_screen(key), held)

    def issue(self, person: int, payload: Mapping[str, Any], expires: float) -> str:
        """Return a new code for a deep link, good once, for that person."""
        code = new_id()
        self._records.write({_code(code): ChatRecord("code", 0, {"person": person, "payload": dict(payload)}, expires)})
        return code

    def redeem(self, code: str, person: int, now: float) -> dict[str, Any] | None:
        """Use up a code and return its payload; None where it is unknown, over, or another person's."""
        held = self._records.get(_code(code))
        if held is None or held.record.body["person"] != person or not now < (held.record.until or 0.0):
            return None
        return dict(held.record.body["payload"]) if self._records.take(_code(code), held) else None

    def level(self, name: str) -> float | None:
        """Return how full a quota is, None where nothing was ever taken from it."""
        return _body(self._records.get(_level(name))).get("level")

    def set_level(self, name: str, level: float, before: float | None) -> bool:
        """Keep how full a quota is; see `Chats.set_level`."""
        held = self._records.get(_level(name))
        if _body(held).get("level") != before:
            return False
        return self._records.swap(_level(name), held, ChatRecord("level", 0, {"level": level}))

    def migrate(self, old: int, new: int) -> None:
        """Move a group that became a supergroup to its new id; what was interrupted goes on when it is called again."""
        while found := self._records.find_by_chat(old):
            gone: dict[str, ChatRecord | None] = dict.fromkeys(found)
            self._records.write(gone | {_moved(key, new): replace(each, chat=new) for key, each in found.items()})

    def prune(self, now: float) -> None:
        """Forget what is too old to matter."""
        self._records.sweep(now)

    def counts(self) -> dict[str, int]:
        """Return how many chats and answers there are."""
        return {"chats": self._records.count("talk")[1], "answers": self._records.count("answer")[0]}

    def _change_talk(
        self,
        chat: int,
        topic: int,
        step: tuple[Mapping[str, Any], Mapping[str, Any] | None],
        more: Mapping[str, Any],
        beside: Mapping[str, ChatRecord],
    ) -> None:
        """Change a conversation by a step, to a state from one before, after what others changed; write records beside.

        Raises:
            EngineUnavailable: others change it all the time.
        """
        key = _talk(chat, topic)
        for tries in range(_TRIES):
            held = self._records.get(key)
            body = _body(held)
            form = {**body, **more, "state": dict(merged(*step, body.get("state")))}
            if self._records.write({**beside, key: ChatRecord("talk", chat, form)}, {key: held}):
                return
            time.sleep(random.uniform(0, 0.05 * tries))  # noqa: S311 - jitter
        raise EngineUnavailable(self._records.address, "a conversation is being changed by others; try again")

    def _pointed(self, key: str) -> tuple[str, VersionedRecord | None]:
        screen = _body(self._records.get(key)).get("screen", "")
        return screen, self._records.get(_screen(screen)) if screen else None


def open_shared_chats(settings: Settings) -> SharedChats:
    """Return this bot's chats on the cluster that PULLQUOTE_STATE names; see `open_chats`."""
    number = settings.token.reveal().partition(":")[0]  # another bot has chats of the same numbers
    if not number.isdigit():
        raise SettingsError("TELEGRAM_BOT_TOKEN is no token: it begins with a number and a colon")
    try:
        return SharedChats(ChatRecordStore(settings.state, settings.login, number))
    except ValueError as error:
        raise SettingsError(f"PULLQUOTE_STATE: {error}") from error


def _talk(chat: int, topic: int) -> str:
    return f"talk:{chat}:{topic}"


def _screen(key: str) -> str:
    return f"screen:{key}"


def _sent(chat: int, message: int) -> str:
    return f"sent:{chat}:{message}"


def _asked(chat: int, message: int) -> str:
    return f"asked:{chat}:{message}"


def _code(code: str) -> str:
    return f"code:{code}"


def _level(name: str) -> str:
    return f"level:{name}"


def _moved(key: str, chat: int) -> str:
    """Return what a record is found by in another chat."""
    kind, _, rest = key.partition(":")
    return f"{kind}:{chat}:{rest.partition(':')[2]}" if kind in ("talk", "sent", "asked") else key


def _body(held: VersionedRecord | None) -> Mapping[str, Any]:
    return held.record.body if held else {}


def _kept(key: str, record: ChatRecord) -> Kept:
    body = record.body
    return Kept(key, record.chat, body["topic"], body["person"], body["asked"], record.kind, body["payload"])
