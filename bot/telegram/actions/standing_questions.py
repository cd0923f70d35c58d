"""Standing questions: what a chat watches, and the notices of new articles that answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telegram import Bot

from index.asking.overlap import has_terms

from ...conversation import query
from ...pages.lines import clean_line
from ...translation import get_language, speaking
from ..access import filter_of_chat
from ..chats.contract import SavedScreen, StandingQuestion, make_id
from ..desk import ChatPlace, Desk
from ..matching import Match
from ..reading import add_page
from ..screens import quotations, screens
from ..screens.marked_text import ITALIC, Text
from ..screens.screens import Button, Screen
from ..screens.wording import wording
from ..sending.send import ScreenNote, put, replace_with
from .groups import rules_here

LONGEST = 300
"""Characters of a standing question."""


async def watch(desk: Desk, bot: Bot, place: ChatPlace, words: str) -> None:
    """Watch a question for the chat, and say so; without words, say how."""
    await put(desk, bot, place, screens.draw_note(await _watch(desk, bot, place, " ".join(words.split()))))


async def _watch(desk: Desk, bot: Bot, place: ChatPlace, words: str) -> str:
    most, store = desk.settings.watches_per_chat, desk.chats.store
    if refusal := _refuse(desk, words, place):
        return refusal
    if not await rules_here(desk, bot, place):
        return wording.WATCH_ADMINS_ONLY
    for each in await desk.chats.run(store.list_questions, place.chat):
        if (each.topic, each.question.casefold()) == (place.topic, words.casefold()):
            return wording.WATCHED_ALREADY.format(question=clean_line(words))
    await desk.remember_language(place.chat, get_language())  # for notices, which no message of a person precedes
    since = await desk.aside(desk.index.last_place)
    standing = StandingQuestion(make_id(), place.chat, place.topic, place.person, words, since)
    if not await desk.chats.run(store.add_question, standing, most):
        return wording.WATCH_FULL.format(count=most)
    return wording.WATCHING.format(question=clean_line(words))


def _refuse(desk: Desk, words: str, place: ChatPlace) -> str:
    """Return why these words cannot be watched, "" if they can."""
    if not watches(desk):
        return wording.WATCH_OFF
    if not words:
        return wording.WATCH_HOW
    if len(words) > LONGEST:
        return wording.WATCH_LONG.format(most=LONGEST)
    try:
        question, _ = query.split(words, filter_of_chat(place.chat))
    except ValueError as error:
        return f"{error}."
    return "" if has_terms(question) else wording.WATCH_WHAT


def watches(desk: Desk) -> bool:
    """Tell whether the operator lets questions be watched."""
    return bool(desk.settings.watches_per_chat and desk.settings.watch_seconds)


async def list_watched(
    desk: Desk, bot: Bot, place: ChatPlace, old: tuple[SavedScreen, int] | None = None, said: str = ""
) -> None:
    """List what the chat watches, each with a button to stop it; with `old`, in that message, below what is `said`."""
    held = await desk.chats.run(desk.chats.store.list_questions, place.chat)
    note = ScreenNote("watches", {"ids": [each.id for each in held]}, key=old[0].id if old else "")
    if old is None:
        await put(desk, bot, place, _draw_list(held, said), note)
    else:
        await replace_with(desk, bot, place, [old[1]], _draw_list(held, said), note)


def _draw_list(held: Sequence[StandingQuestion], said: str) -> Screen:
    lines = [f"{number}. {clean_line(each.question)}" for number, each in enumerate(held, 1)]
    head = [said] if said else []
    if not held:
        return screens.draw_note(*head, wording.WATCHES_NONE)
    buttons = [Button(wording.STOP_N.format(number=number), f"t{number - 1}") for number in range(1, len(held) + 1)]
    rows = tuple(tuple(buttons[at : at + 4]) for at in range(0, len(buttons), 4))
    return screens.draw_note(*head, wording.WATCHES_HEAD, *lines, rows=rows)


async def stop_watching(
    desk: Desk, bot: Bot, place: ChatPlace, pressed: tuple[SavedScreen, int], number: int = 0
) -> None:
    """Stop what a button names: the question of a notice, or one of a list, which then shows what is left."""
    kept, message = pressed
    if not await rules_here(desk, bot, place):
        await put(desk, bot, place, screens.draw_note(wording.WATCH_ADMINS_ONLY))
        return
    ids = [str(each) for each in kept.payload["ids"]]
    held = {each.id: each for each in await desk.chats.run(desk.chats.store.list_questions, place.chat)}
    said = ""
    if number < len(ids) and (standing := held.get(ids[number])) is not None:
        await desk.chats.run(desk.chats.store.stop_question, place.chat, standing.id)
        said = wording.WATCH_STOPPED.format(question=clean_line(standing.question))
    if kept.kind == "watches":
        await list_watched(desk, bot, place, (kept, message), said)
    else:
        await put(desk, bot, place, screens.draw_note(said or wording.WATCHES_NONE))


async def prepare_notice(desk: Desk, match: Match, more: int = 0) -> tuple[ChatPlace, Screen, ScreenNote]:
    """Return the sentence that answers a standing question, for where it was asked, so that `put` can send it.

    `more` tells of others not shown.
    Its buttons are those of an answer, and a reply to it goes on from there; the conversation stays where it was.
    """
    standing = match.standing
    place, key = ChatPlace(standing.chat, standing.topic, standing.person), make_id()
    before = await desk.load_state(place)
    after = replace(before, reply=match.reply, history=(match.reply.question,))
    language = await desk.find_language(place)
    with speaking(language):
        screen = await add_page(desk, draw_notice(match, more), place, key)
    payload = {
        "before": before.to_dict() | {"reply": None},
        "after": after.to_dict(),
        "skip": 0,
        "short": True,
        "questions": [],
        "ids": [standing.id],
        "language": language,
    }
    return place, screen, ScreenNote("answer", payload, key=key)


def draw_notice(match: Match, more: int = 0) -> Screen:
    """Return a notice: the answer as in a group, then what it answers, and how many others there are."""
    answer = quotations.draw_answer(match.reply, short=True)
    told = [Text(wording.NOTICE.format(question=clean_line(match.standing.question))).with_mark(ITALIC)]
    if more:
        told.append(Text(wording.NOTICE_MORE.format(count=more)))
    rows = (*answer.rows, (Button(wording.STOP_WATCHING, "t"),))
    return replace(answer, blocks=(*answer.blocks, *told), rows=rows)
