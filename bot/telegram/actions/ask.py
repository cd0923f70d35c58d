"""Questions, and the commands that Telegram shares with the console, carried out for a chat."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from telegram import Bot, InputFile, Message
from telegram.constants import ChatAction
from telegram.error import TelegramError

from index import Reply
from index.forms.serial import reply_to_dict
from index.model import name_source

from ...conversation.commands import Face, read
from ...conversation.dialogue import (
    Answer,
    Ask,
    AskEach,
    Context,
    Details,
    Find,
    Help,
    Listing,
    Output,
    Quit,
    Raw,
    Request,
    Told,
    Why,
)
from ...conversation.perform import perform
from ...conversation.state import REMEMBERED, State
from ...pages import render
from ..chats.contract import SavedScreen, make_id
from ..desk import ChatPlace, Desk, restore_state
from ..reading import add_page
from ..screens import screens, wording
from ..screens.menus import make_help
from ..screens.screens import Screen
from ..sending.send import ScreenNote, put, replace_with
from .listing import list_page

_log = logging.getLogger(__name__)

ALONE = 4
"""A slow answer is announced while no more questions than these are under way."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody wrote: where, the words, and whether the answer should be short, as in groups.

    `onward` says that it goes on from where the conversation stands, not from an earlier answer.
    """

    place: ChatPlace
    text: str
    short: bool = False
    onward: bool = False


async def say_in_message(desk: Desk, bot: Bot, place: ChatPlace, words: str, message: Message) -> None:
    """Carry out what a message says, going on from the answer that it replies to, else from the conversation."""
    earlier = await _find_answered(desk, message, place)
    said = Utterance(place, words, short=not place.private, onward=earlier is None)
    await say(desk, bot, said, earlier or await desk.load_state(place))


async def _find_answered(desk: Desk, message: Message, place: ChatPlace) -> State | None:
    """Return where the conversation stood after the answer that the message replies to, None if it replies to none."""
    answered = message.reply_to_message
    if answered is not None:
        kept = await desk.chats.run(desk.chats.store.find_shown, place.chat, answered.message_id)
        if kept is not None and kept.kind == "answer":
            return restore_state(kept.payload["after"], place.chat)
    return None


async def say(desk: Desk, bot: Bot, said: Utterance, state: State, old: SavedScreen | None = None) -> None:
    """Carry out a question or a command of the table, and show what comes of it.

    With `old`, that answer's messages are changed into the new one.
    """
    request = read(state, said.text, Face.TELEGRAM)
    if isinstance(request, Find):
        await list_page(desk, bot, said.place, request.words)
        return
    if isinstance(request, AskEach) and old is None:
        await _say_each(desk, bot, said, request)
        return
    began = time.monotonic()
    after, output = await _perform_patiently(desk, bot, said.place, state, request)
    if isinstance(output, Answer):
        text = f": {said.text}" if desk.settings.log_texts else ""
        _log.info("%s in %.0f ms%s", output.reply.verdict, 1000 * (time.monotonic() - began), text)
        desk.metrics.replies.labels(output.reply.verdict).inc()
        await show_answer(desk, bot, said, (state, after), output, old)
        return
    if after != state:
        before = state.to_dict() if said.onward else None
        await desk.chats.run(desk.chats.store.set_talk, said.place.chat, said.place.topic, after.to_dict(), before)
    await show_output(desk, bot, said.place, output)


async def _say_each(desk: Desk, bot: Bot, said: Utterance, request: AskEach) -> None:
    """Answer the questions of one message one after the other, each going on from those before it."""
    for question in request.questions:
        state = await desk.load_state(said.place)
        asked = Ask(question, state.history[-REMEMBERED:], request.filter)
        after, output = await _perform_patiently(desk, bot, said.place, state, asked)
        if isinstance(output, Answer):
            desk.metrics.replies.labels(output.reply.verdict).inc()
            await show_answer(desk, bot, replace(said, onward=True), (state, after), output)
    if request.left:
        await put(desk, bot, said.place, screens.draw_note(wording.LEFT.format(questions=" ".join(request.left))))


async def _perform_patiently(
    desk: Desk, bot: Bot, place: ChatPlace, state: State, request: Request
) -> tuple[State, Output]:
    task = asyncio.ensure_future(desk.ask(perform, desk.index, state, request))
    done, _ = await asyncio.wait({task}, timeout=desk.slow)
    if not done and desk.asking <= ALONE:  # if many wait, one more call for each makes them wait longer
        with suppress(TelegramError):
            await bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.topic or None)
    return await task


async def show_answer(
    desk: Desk, bot: Bot, said: Utterance, states: tuple[State, State], output: Answer, old: SavedScreen | None = None
) -> None:
    """Show an answer, new or in the place of an old one, and keep what its buttons need."""
    before, after = states
    instead: Sequence[str] = ()
    if not output.reply.passages and not output.skip:
        instead = await desk.suggest(after, 2)
    now, since = after.to_dict(), before.to_dict()
    payload = {
        "before": since | {"reply": None},
        "after": now,
        "skip": output.skip,
        "short": said.short,
        "questions": list(instead),
    }
    screen = screens.draw_answer(output.reply, output.skip, short=said.short, instead=instead)
    asked = None if output.skip else said.place.message
    key = old.id if old else make_id()
    if output.reply.passages:
        screen = await add_page(desk, screen, said.place, key)
    if old is None:
        kept = ScreenNote("answer", payload, asked, now, key, since if said.onward else None)
        await put(desk, bot, said.place, screen, kept)
        return
    newest = await desk.chats.run(desk.chats.store.find_newest, old.chat, old.topic)
    kept = ScreenNote("answer", payload, asked, now if newest == old.id else None, old.id)
    shown = await desk.chats.run(desk.chats.store.list_messages, old.id)
    await replace_with(desk, bot, said.place, shown, screen, kept)


async def show_output(desk: Desk, bot: Bot, place: ChatPlace, output: Output) -> None:
    """Show anything but an answer."""
    match output:
        case Context():
            await put(desk, bot, place, screens.draw_context(output))
        case Why(reply):
            await put(desk, bot, place, screens.draw_why(reply))
        case Told(digest):
            await put(desk, bot, place, screens.draw_digest(digest))
        case Listing():
            cards = [card.id for _, card in output.entries[: screens.LISTED]]
            shown = replace(output, entries=output.entries[: screens.LISTED], total=len(cards))
            await put(
                desk, bot, place, screens.draw_listing(shown, 0), ScreenNote("listing", {"ids": cards, "words": None})
            )
        case Details():
            await put(desk, bot, place, screens.draw_card(output))
        case Raw(reply):
            await send_json(bot, place, reply)
        case Help():
            await put(desk, bot, place, Screen(make_help(desk.name)))
        case Quit():
            await put(desk, bot, place, screens.draw_note(wording.QUIT))
        case _:
            await put(desk, bot, place, Screen((screens.mark_page(render.render(output)),)))


async def send_json(bot: Bot, place: ChatPlace, reply: Reply) -> None:
    """Send a reply as a JSON file."""
    named = (
        replace(passage, article=replace(passage.article, source=name_source(passage.article.source)))
        for passage in reply.passages
    )  # the name of a file, not where on the operator's machine it lies
    data: dict[str, Any] = reply_to_dict(replace(reply, passages=tuple(named)))
    file = InputFile(json.dumps(data, ensure_ascii=False, indent=2).encode(), "reply.json")
    await bot.send_document(place.chat, file, message_thread_id=place.topic or None)
