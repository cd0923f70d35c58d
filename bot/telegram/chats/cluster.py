"""What is kept of chats on a cluster, where several processes of one bot share it; see `contract.py`.

Everything is found by a key: a conversation by chat and topic, a screen by its id, an answer by the message that shows
it and the one that it answers. What two processes may change at the same time is written only if it has not changed
since it was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from index.engines.cluster.chat_records import ChatRecord, ChatRecordStore, VersionedRecord
from index.errors import EngineUnavailable

from ...settings import Settings, SettingsError
from .cluster_lasting import LastingRecords, count_tries
from .contract import KEPT_SCREENS, Post, SavedScreen, make_id, merge_states, post_from_dict, post_to_dict


class SharedChats(LastingRecords):
    """`Chats` on a cluster, safe to use from several threads."""

    def __init__(self, records: ChatRecordStore) -> None:
        self._records = records

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self._records.close()

    def get_talk(self, chat: int, topic: int) -> dict[str, Any] | None:
        """Return where the conversation stands, None before its first question."""
        return _get_body(self._records.get(_talk_key(chat, topic))).get("state")

    def set_talk(
        self, chat: int, topic: int, state: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> None:
        """Keep where the conversation stands; see `Chats.set_talk`."""
        self._change_talk(chat, topic, (state, before), {}, {})

    def keep(
        self,
        kept: SavedScreen,
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
        records = {_screen_key(kept.id): ChatRecord(kept.kind, kept.chat, form, until)}
        pointer = ChatRecord("pointer", kept.chat, {"screen": kept.id}, until)
        records |= {_sent_key(kept.chat, message): pointer for message in shown}
        if kept.asked is not None and kept.kind == "answer":
            records[_asked_key(kept.chat, kept.asked)] = pointer
        if state is None:
            self._records.write(records)
        else:
            more = {"newest": kept.id} if kept.kind == "answer" else {}
            self._change_talk(kept.chat, kept.topic, (state, before), more, records)

    def get_screen(self, key: str) -> SavedScreen | None:
        """Return what a keyboard belongs to, None where it is unknown or too old."""
        held = self._records.get(_screen_key(key))
        return _make_screen(key, held.record) if held else None

    def find_shown(self, chat: int, message: int) -> SavedScreen | None:
        """Return what the message of that chat shows."""
        key, held = self._follow_pointer(_sent_key(chat, message))
        return _make_screen(key, held.record) if held and message in held.record.body["messages"] else None

    def find_answer(self, chat: int, asked: int) -> SavedScreen | None:
        """Return the newest answer to the message of that chat."""
        key, held = self._follow_pointer(_asked_key(chat, asked))
        return _make_screen(key, held.record) if held else None

    def find_newest(self, chat: int, topic: int) -> str:
        """Return the id of the newest answer in a conversation, "" without any."""
        return str(_get_body(self._records.get(_talk_key(chat, topic))).get("newest", ""))

    def list_messages(self, key: str) -> list[int]:
        """Return the messages that show a screen, in order."""
        return list(_get_body(self._records.get(_screen_key(key))).get("messages", ()))

    def drop(self, key: str) -> bool:
        """Forget a screen, so that its buttons do nothing more; True for the one caller who did it."""
        held = self._records.get(_screen_key(key))
        return held is not None and self._records.take(_screen_key(key), held)

    def issue(self, person: int, payload: Mapping[str, Any], expires: float) -> str:
        """Return a new code for a deep link, good once, for that person."""
        code = make_id()
        self._records.write(
            {_code_key(code): ChatRecord("code", 0, {"person": person, "payload": dict(payload)}, expires)}
        )
        return code

    def redeem(self, code: str, person: int, now: float) -> dict[str, Any] | None:
        """Use up a code and return its payload; None if it is unknown, expired, or another person's."""
        held = self._records.get(_code_key(code))
        if held is None or held.record.body["person"] != person or not now < (held.record.until or 0.0):
            return None
        return dict(held.record.body["payload"]) if self._records.take(_code_key(code), held) else None

    def get_level(self, name: str) -> float | None:
        """Return how full a quota is, None where nothing was ever taken from it."""
        return _get_body(self._records.get(_level_key(name))).get("level")

    def set_level(self, name: str, level: float, before: float | None) -> bool:
        """Keep how full a quota is; see `Chats.set_level`."""
        held = self._records.get(_level_key(name))
        if _get_body(held).get("level") != before:
            return False
        return self._records.swap(_level_key(name), held, ChatRecord("level", 0, {"level": level}))

    def note_posts(self, chat: int, posts: Iterable[Post]) -> None:
        """Keep which messages of the chat an article came in, until `forget_posts`."""
        noted = [post_to_dict(post) for post in posts]
        records = {_post_key(chat, form["message"]): ChatRecord("post", chat, form) for form in noted}
        for article in {form["article"] for form in noted}:
            key = _posts_key(chat, article)
            messages = set(_get_body(self._records.get(key)).get("messages", ()))
            messages |= {form["message"] for form in noted if form["article"] == article}
            records[key] = ChatRecord("posts", chat, {"messages": sorted(messages)})
        self._records.write(records)

    def find_post(self, chat: int, message: int) -> Post | None:
        """Return which article the message of that chat brought, and what it holds of it; None for none."""
        held = self._records.get(_post_key(chat, message))
        return post_from_dict(held.record.body) if held else None

    def list_posts(self, chat: int, article: str) -> list[Post]:
        """Return the messages of the chat that the article came in, by their numbers."""
        messages = _get_body(self._records.get(_posts_key(chat, article))).get("messages", ())
        found = (self.find_post(chat, message) for message in messages)
        return [post for post in found if post is not None and post.article == article]

    def forget_posts(self, chat: int, article: str) -> None:
        """Forget which messages the article came in."""
        keys = [_post_key(chat, post.message) for post in self.list_posts(chat, article)]
        self._records.write(dict.fromkeys([*keys, _posts_key(chat, article)]))

    def migrate(self, old: int, new: int) -> None:
        """Move a group that became a supergroup to its new id; an interrupted move goes on when it is called again."""
        while found := self._records.find_by_chat(old):
            gone: dict[str, ChatRecord | None] = dict.fromkeys(found)
            moved = {key: each for key, each in found.items() if each.kind not in ("post", "posts")}
            self._records.write(gone | {_move_key(key, new): replace(each, chat=new) for key, each in moved.items()})

    def prune(self, now: float) -> None:
        """Forget what is too old to matter."""
        self._records.sweep(now)

    def count(self) -> dict[str, int]:
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
        """Apply a step, (state, before), and `more` fields to a conversation as others left it; write `beside` with it.

        Raises:
            EngineUnavailable: others keep changing it.
        """
        key = _talk_key(chat, topic)
        for _ in count_tries():
            held = self._records.get(key)
            body = _get_body(held)
            form = {**body, **more, "state": dict(merge_states(*step, body.get("state")))}
            if self._records.write({**beside, key: ChatRecord("talk", chat, form)}, {key: held}):
                return
        raise EngineUnavailable(self._records.address, "a conversation is being changed by others; try again")

    def _follow_pointer(self, key: str) -> tuple[str, VersionedRecord | None]:
        screen = _get_body(self._records.get(key)).get("screen", "")
        return screen, self._records.get(_screen_key(screen)) if screen else None


def open_shared_chats(settings: Settings) -> SharedChats:
    """Return this bot's chats on the cluster that PULLQUOTE_STATE names; see `open_chats`."""
    number = settings.token.reveal().partition(":")[0]  # another bot has chats of the same numbers
    if not number.isdigit():
        raise SettingsError("TELEGRAM_BOT_TOKEN is no token: it begins with a number and a colon")
    try:
        return SharedChats(ChatRecordStore(settings.state, settings.login, number))
    except ValueError as error:
        raise SettingsError(f"PULLQUOTE_STATE: {error}") from error


def _talk_key(chat: int, topic: int) -> str:
    return f"talk:{chat}:{topic}"


def _screen_key(key: str) -> str:
    return f"screen:{key}"


def _sent_key(chat: int, message: int) -> str:
    return f"sent:{chat}:{message}"


def _asked_key(chat: int, message: int) -> str:
    return f"asked:{chat}:{message}"


def _post_key(chat: int, message: int) -> str:
    return f"post:{chat}:{message}"


def _posts_key(chat: int, article: str) -> str:
    return f"posts:{chat}:{article}"


def _code_key(code: str) -> str:
    return f"code:{code}"


def _level_key(name: str) -> str:
    return f"level:{name}"


def _move_key(key: str, chat: int) -> str:
    """Return what a record is found by in another chat."""
    kind, _, rest = key.partition(":")
    return f"{kind}:{chat}:{rest.partition(':')[2]}" if kind in ("talk", "sent", "asked", "questions") else key


def _get_body(held: VersionedRecord | None) -> Mapping[str, Any]:
    return held.record.body if held else {}


def _make_screen(key: str, record: ChatRecord) -> SavedScreen:
    body = record.body
    return SavedScreen(key, record.chat, body["topic"], body["person"], body["asked"], record.kind, body["payload"])
