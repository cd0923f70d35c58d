"""Screens on their way out: parts, buttons, replies, and what to do when Telegram refuses one of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Bot
from telegram.constants import KeyboardButtonStyle
from telegram.error import BadRequest, ChatMigrated, TelegramError

from index import Filter
from index.errors import EngineUnavailable

from ..access import collection_of_chat
from ..chats.contract import SavedScreen, make_id
from ..desk import ChatPlace, Desk
from ..screens.marked_text import Text, make_entities, split_messages
from ..screens.screens import LONGEST_QUOTE, Button, Quoted, Rows, Screen, draw_note
from ..screens.wording import wording

_log = logging.getLogger(__name__)

LONGEST_LABEL = 60
"""Characters on a button; a longer question is cut on the button, and asked in full."""

CAUTIOUS = 2000
"""Characters of a part after Telegram refused a longer one."""

_FINAL = (
    "topic_closed",
    "not enough rights",
    "no rights to send",
    "write_forbidden",
    "chat_restricted",
    "need administrator rights",
    "chat not found",
    "to edit not found",
    "can't be edited",
    "to delete not found",
    "can't be deleted",
    "not modified",
    "query is too old",
)
"""What Telegram says, in small letters, where no other form of a call would pass: nobody did anything wrong."""

_GONE = "message to react not found"
"""What Telegram says, in small letters, of a reaction to a message that was deleted."""

_SEND = "send_Message"
"""The library makes `sendMessage` of it, and warns only of names that its own methods have."""

Plain = dict[str, Any]
"""One of Telegram's objects, as JSON has it."""


@dataclass(frozen=True, slots=True)
class ScreenNote:
    """What to keep of a screen: its kind, what its buttons need, the asked message, and the state after it.

    `key` is that of the screen it takes the place of, or one that was made for it before; "" for any new one. `before`
    is the state that this one goes on from, None where it takes the place of whatever there is.
    """

    kind: str
    payload: Mapping[str, Any]
    asked: int | None = None
    state: Mapping[str, Any] | None = None
    key: str = ""
    before: Mapping[str, Any] | None = None


async def put(
    desk: Desk, bot: Bot, place: ChatPlace, screen: Screen, kept: ScreenNote | None = None, key: str = ""
) -> list[int]:
    """Send a screen as a reply to the place's message, keep what its buttons belong to, and return its messages.

    With `key` its buttons belong to the screen that was kept under it.
    """
    own = (kept.key if kept else "") or make_id()
    sent = await _send(desk, bot, place, screen, key or own)
    if kept is not None:
        await _keep(desk, bot, place, own, sent, kept)
    return sent


async def replace_with(
    desk: Desk, bot: Bot, place: ChatPlace, old: Sequence[int], screen: Screen, kept: ScreenNote
) -> list[int]:
    """Change messages that were sent before into this screen and return those that show it.

    Surplus messages are deleted, missing ones sent.
    """
    key = kept.key or make_id()
    parts = split_messages(screen.blocks)
    shown = list(old[: len(parts)])
    for at, (message, part) in enumerate(zip(shown, parts, strict=False)):
        markup = _make_markup(screen.rows, key) if at == len(parts) - 1 else None
        try:
            adorned = _to_json(entities=make_entities(part), reply_markup=markup)
            await bot.edit_message_text(part.text, chat_id=place.chat, message_id=message, api_kwargs=adorned)
        except BadRequest as error:
            if "not modified" not in str(error).lower():
                _log.info("a message cannot be changed (%s); a new one is sent", error)
                shown = []
                break
    for message in old[len(shown) :] if shown else ():
        await _delete(bot, place.chat, message)
    if len(shown) < len(parts):
        shown += await _send(desk, bot, place, screen, key, skip=len(shown))
    await _keep(desk, bot, place, key, shown, kept)
    return shown


async def _keep(desk: Desk, bot: Bot, place: ChatPlace, key: str, sent: Sequence[int], kept: ScreenNote) -> None:
    row = SavedScreen(key, place.chat, place.topic, place.person, kept.asked, kept.kind, kept.payload)
    try:
        await desk.chats.run(desk.chats.store.keep, row, sent, desk.now(), kept.state, kept.before)
    except EngineUnavailable as error:  # the person has it already, and must not be told that there is nothing
        _log.error("what was shown could not be kept: %s", error)
        await _send(desk, bot, place, draw_note(wording.NOT_KEPT), key)


async def _send(desk: Desk, bot: Bot, place: ChatPlace, screen: Screen, key: str, skip: int = 0) -> list[int]:
    parts = split_messages(screen.blocks)
    sent = []
    for at, part in enumerate(parts[skip:], skip):
        markup = _make_markup(screen.rows, key) if at == len(parts) - 1 else None
        replies = _make_replies(place, screen.quoted) if at == 0 else ()
        sent.append(await _send_one(desk, bot, place, part, markup, replies))
    return sent


async def _send_one(
    desk: Desk,
    bot: Bot,
    place: ChatPlace,
    part: Text,
    markup: Plain | None,
    replies: Sequence[Plain],
) -> int:
    """Send one message and return its number; if Telegram refuses an adornment, send it without.

    `replies` are what it may answer, best first.
    """
    left = list(replies)
    chat, topic = place.chat, place.topic or None
    pieces: tuple[Text, ...] = (part,)
    for _ in range(6):
        try:
            for piece in pieces[:-1]:
                await _send_message(bot, chat, topic, piece)
            return await _send_message(
                bot, chat, topic, pieces[-1], reply_markup=markup, reply_parameters=left[0] if left else None
            )
        except ChatMigrated as error:
            await move_chat(desk, chat, error.new_chat_id)
            chat = error.new_chat_id
        except BadRequest as error:
            if is_final(error):
                raise
            told = str(error).lower()
            _log.warning("Telegram refused a message of %s characters: %s", len(part.text), error)
            if ("thread" in told or "topic_deleted" in told) and topic is not None:
                topic = None
            elif ("repl" in told or "quote" in told) and left:
                del left[0]
            elif part.marks or len(part.text) > CAUTIOUS:
                part = Text(part.text)
                pieces = split_messages([part], CAUTIOUS)
            else:
                raise
    raise BadRequest("a message was refused in every form")


async def _send_message(bot: Bot, chat: int, topic: int | None, part: Text, **adorned: Plain | None) -> int:
    """Send one message and return its number, which is all that we need of Telegram's answer.

    The library's method would make objects of both, and copy defaults into them: a fifth of what an answer takes here.
    """
    form = _to_json(entities=make_entities(part), link_preview_options={"is_disabled": True}, **adorned)
    sent: Plain = await bot.do_api_request(
        _SEND, {"chat_id": chat, "text": part.text, "message_thread_id": topic, **form}
    )
    return int(sent["message_id"])


def is_final(error: BadRequest) -> bool:
    """Tell whether Telegram refuses for good: the chat or topic is closed to us, or the message is not there."""
    told = str(error).lower()
    return any(words in told for words in _FINAL)


async def edit_note(bot: Bot, place: ChatPlace, message: int, words: str) -> None:
    """Change a message into a plain line; one that was deleted meanwhile stays so."""
    try:
        await bot.edit_message_text(words, chat_id=place.chat, message_id=message)
    except BadRequest as error:
        _log.info("a message cannot be changed: %s", error)


async def react(bot: Bot, place: ChatPlace, sign: str) -> None:
    """Put a sign, one emoji, under the place's message; where Telegram does not let us, nothing is there."""
    if place.message is None:
        return
    try:
        await bot.set_message_reaction(place.chat, place.message, sign)
    except TelegramError as error:
        _log.info("a message could not be marked: %s", error)


async def is_there(bot: Bot, place: ChatPlace) -> bool:
    """Take our sign off the place's message, and tell whether that is there: Telegram does not say what is deleted."""
    if place.message is None:
        return True
    try:
        await bot.set_message_reaction(place.chat, place.message)
    except TelegramError as error:
        return _GONE not in str(error).lower()
    return True


async def move_chat(desk: Desk, old: int, new: int) -> None:
    """Take along what a group had when it becomes a supergroup."""
    await desk.chats.run(desk.chats.store.migrate, old, new)
    await desk.change(_move, desk, collection_of_chat(old), collection_of_chat(new))


def _move(desk: Desk, old: str, new: str) -> None:
    for card in list(desk.index.articles(Filter(collections=(old,)))):
        desk.index.add(desk.index.article(card.id, Filter(collections=(old,))), new)
        desk.index.remove(card.id, old)


async def _delete(bot: Bot, chat: int, message: int) -> None:
    try:
        await bot.delete_message(chat, message)
    except BadRequest as error:
        _log.info("a message cannot be deleted: %s", error)


def _to_json(**values: Any) -> dict[str, str]:
    """Return the given values in JSON, as they travel: half the work of the library's objects for them (measured)."""
    return {name: json.dumps(value) for name, value in values.items() if value}


def _make_replies(place: ChatPlace, quoted: Quoted | None) -> tuple[Plain, ...]:
    """Return what a message may answer, best first: the quoted words, the message that they are in, the question."""
    asked = {"message_id": place.message, "allow_sending_without_reply": True} if place.message else None
    shown: list[Plain] = [asked] if asked else []
    where = (quoted and quoted.message) or place.message
    if quoted is None or where is None or not 0 < len(quoted.words) <= LONGEST_QUOTE:
        return tuple(shown)
    words: Plain = {"quote": quoted.words, "quote_entities": list(quoted.looks)}
    if quoted.position is not None:
        words["quote_position"] = quoted.position
    return ({"message_id": where, "allow_sending_without_reply": True, **words}, *shown)


def _make_markup(rows: Rows, key: str) -> Plain | None:
    """Return the buttons; what they do is the key of what was kept, and a letter with a number."""
    if not rows:
        return None
    return {"inline_keyboard": [[_make_button(button, key) for button in row] for row in rows]}


def _make_button(button: Button, key: str) -> Plain:
    label = button.label if len(button.label) <= LONGEST_LABEL else f"{button.label[: LONGEST_LABEL - 1]}…"
    shown: Plain = {"text": label} | ({"style": KeyboardButtonStyle.DANGER} if button.danger else {})
    if button.url:
        return {**shown, "url": button.url}
    if button.copy:
        return {**shown, "copy_text": {"text": button.copy}}
    return {**shown, "callback_data": f"{key}:{button.action}"}
