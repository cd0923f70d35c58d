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

from index import Reply, Verdict
from index.asking.understand import LONGEST_QUESTION
from index.forms.serial import reply_to_dict
from index.naming import name_source

from ...conversation.at_hand import perform_nearest
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
from ...conversation.state import REMEMBERED, State
from ...pages import render
from ...translation import get_language
from ..chats.contract import SavedScreen, make_id
from ..desk import ChatPlace, Desk, restore_state
from ..reading import add_page
from ..screens import quotations, screens
from ..screens.menus import make_help
from ..screens.screens import Button, Screen
from ..screens.wording import wording
from ..sending.send import ScreenNote, put, replace_with
from .listing import list_page
from .posts import Highlight, find_highlight, find_quoted, note_part

_log = logging.getLogger(__name__)

ALONE = 4
"""A slow answer is announced while no more questions than these are under way."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody wrote: where, the words, and whether the answer should be short, as in groups.

    `onward` says that it goes on from where the conversation stands, not from an earlier answer. Of what is not `sure`
    to be a question only an answer is shown. `highlight` is what they quote and ask about.
    """

    place: ChatPlace
    text: str
    short: bool = False
    onward: bool = False
    sure: bool = True
    highlight: Highlight | None = None


async def say_in_message(
    desk: Desk, bot: Bot, place: ChatPlace, words: str, message: Message, *, sure: bool = True
) -> None:
    """Carry out what a message says, going on from what it replies to, else from the conversation.

    After a reply to an article, its card, a part of it or the message it came in, that article alone is asked.
    """
    earlier = await _find_answered(desk, message, place)
    highlight = await find_highlight(desk, place, message)
    goes_on = earlier is None
    said = Utterance(place, words, short=not place.private, onward=goes_on, sure=sure, highlight=highlight)
    await say(desk, bot, said, earlier or await desk.load_state(place))


async def _find_answered(desk: Desk, message: Message, place: ChatPlace) -> State | None:
    """Return where the conversation stood after the answer that the message replies to, None if it replies to none."""
    answered = message.reply_to_message
    if answered is None:
        return None
    kept = await desk.chats.run(desk.chats.store.find_shown, place.chat, answered.message_id)
    if kept is not None and kept.payload.get("answer"):  # a part of an article, shown below an answer
        kept = await desk.chats.run(desk.chats.store.get_screen, kept.payload["answer"])
    if kept is not None and kept.kind == "answer":
        return restore_state(kept.payload["after"], place.chat)
    ids = await _find_articles(desk, place, answered)
    return replace(await desk.load_state(place), only=ids, history=(), reply=None) if ids else None


async def _find_articles(desk: Desk, place: ChatPlace, message: Message) -> tuple[str, ...]:
    """Return the ids of the articles that a message of the chat shows or brought, () for none."""
    kept = await desk.chats.run(desk.chats.store.find_shown, place.chat, message.message_id)
    if kept is not None:  # what brought an article was kept with its card by earlier versions
        return list_shown_articles(kept)
    post = await desk.chats.run(desk.chats.store.find_post, place.chat, message.message_id)
    return (post.article,) if post is not None else ()


def list_shown_articles(kept: SavedScreen) -> tuple[str, ...]:
    """Return the ids of the articles that a card or a part of one shows, or an album brought; () for anything else."""
    if kept.kind in ("card", "part"):
        return tuple(kept.payload[name] for name in ("id", "article") if name in kept.payload)
    return tuple(kept.payload["ids"]) if kept.payload.get("together") else ()


async def say(desk: Desk, bot: Bot, said: Utterance, state: State, old: SavedScreen | None = None) -> None:
    """Carry out a question or a command of the table, and show what comes of it.

    With `old`, that answer's messages are changed into the new one.
    """
    if not said.sure:  # a remark borrows nothing from what was asked before
        state = replace(state, history=())
    request = read(state, said.text, Face.TELEGRAM)
    if isinstance(request, Find):
        await list_page(desk, bot, said.place, request.words)
        return
    if isinstance(request, AskEach) and old is None:
        await _say_each(desk, bot, said, request, state.only)
        return
    if said.highlight is not None and isinstance(request, Ask):
        request = _ask_of_highlight(request, said.highlight)
    began = time.monotonic()
    after, output = await _perform_patiently(desk, bot, said.place, state, request)
    if not said.sure and not (isinstance(output, Answer) and output.reply.verdict is Verdict.ANSWERED):
        return
    if isinstance(output, Answer):
        text = f": {said.text}" if desk.settings.log_texts else ""
        _log.info("%s in %.0f ms%s", output.reply.verdict, 1000 * (time.monotonic() - began), text)
        desk.metrics.replies.labels(output.reply.verdict).inc()
        await show_answer(desk, bot, said, (state, after), output, old)
        return
    after = replace(after, only=())
    if after != state:
        before = state.to_dict() if said.onward else None
        await desk.chats.run(desk.chats.store.set_talk, said.place.chat, said.place.topic, after.to_dict(), before)
    await show_output(desk, bot, said.place, output)


def _ask_of_highlight(asked: Ask, pointed: Highlight) -> Ask:
    """Ask a question of words that are pointed at, as if these had just been asked: "when?" is about them."""
    within = replace(asked.filter, articles=(pointed.article,))
    history = (pointed.words,) if len(pointed.words) <= LONGEST_QUESTION else asked.history
    return replace(asked, filter=within, focus=(pointed.start, pointed.end), history=history)


async def _say_each(desk: Desk, bot: Bot, said: Utterance, request: AskEach, only: tuple[str, ...]) -> None:
    """Answer the questions of one message one after the other, each going on from those before it."""
    for question in request.questions:
        state = replace(await desk.load_state(said.place), only=only)
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
    task = asyncio.ensure_future(desk.ask(perform_nearest, desk.index, state, request))
    done, _ = await asyncio.wait({task}, timeout=desk.slow)
    if not done and desk.asking <= ALONE:  # if many wait, one more call for each makes them wait longer
        with suppress(TelegramError):
            await bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.topic or None)
    return await task


async def show_answer(
    desk: Desk,
    bot: Bot,
    said: Utterance,
    states: tuple[State, State],
    output: Answer,
    old: SavedScreen | None = None,
) -> None:
    """Show an answer, new or in the place of an old one, and keep what its buttons need.

    What this answer alone was asked of is kept with it, and not with the conversation.
    """
    before, after = states
    shown = output.reply.passages[: output.skip + quotations.count_shown(output.reply, output.skip, short=said.short)]
    after = replace(after, reply=replace(output.reply, passages=shown))  # so that /next goes on after what was seen
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
        "words": said.text,
        "language": get_language(),
    }
    now, since = now | {"only": []}, since | {"only": []}
    screen = quotations.draw_answer(output.reply, output.skip, short=said.short, instead=instead)
    if said.text:
        screen = _draw_at_hand(screen, after, output)
    if shown and not output.skip:
        quoted = await find_quoted(desk, said.place.chat, shown[0].article, shown[0].citations[0])
        screen = replace(screen, quoted=quoted)
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
    messages = await desk.chats.run(desk.chats.store.list_messages, old.id)
    await replace_with(desk, bot, said.place, messages, screen, kept)


async def ask_all(desk: Desk, bot: Bot, place: ChatPlace, kept: SavedScreen) -> None:
    """Ask the question of an answer that one article alone was asked of again, of all."""
    before = restore_state(kept.payload["before"], place.chat)
    said = Utterance(place, kept.payload["words"], short=kept.payload["short"])
    await say(desk, bot, said, replace(before, only=(), at_hand=()))


def _draw_at_hand(screen: Screen, after: State, output: Answer) -> Screen:
    """Return the answer's screen with what is to be said of the article at hand, and a button to ask all."""
    told = [wording.ALONE.format(title=output.alone)] if output.alone else []
    told += [wording.BEYOND.format(title=output.beyond)] if output.beyond else []
    blocks = tuple(block for line in told for block in screens.draw_note(line).blocks)
    rows = ((Button(wording.ASK_ALL, "l"),),) if after.only else ()
    return replace(screen, blocks=(*screen.blocks, *blocks), rows=(*screen.rows, *rows))


async def show_output(desk: Desk, bot: Bot, place: ChatPlace, output: Output) -> None:
    """Show anything but an answer."""
    match output:
        case Context():
            note = note_part(output.article, quotations.list_near(output))
            await put(desk, bot, place, quotations.draw_context(output), note)
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
