"""Offers: nothing is fetched, added or removed before somebody has said yes."""

from __future__ import annotations

from dataclasses import replace

from telegram import Bot

from index import Filter
from index.errors import UnknownArticle

from ...pages.lines import name_article
from ..access import collection_of_chat, filter_of_chat
from ..chats.contract import SavedScreen
from ..desk import ChatPlace, Desk
from ..screens import screens
from ..screens.screens import Button, Screen
from ..screens.wording import wording
from ..sending.send import ScreenNote, put
from .add import add, is_in, make_link_source, make_text_source, tell
from .ask import Utterance, say
from .groups import may_add
from .posts import list_told


async def offer(desk: Desk, bot: Bot, place: ChatPlace, question: str, payload: dict[str, object]) -> int:
    """Ask whether something should be added, and return the message that asks; nothing is fetched before.

    The payload has a "url" or a "text", the messages that it came in as "posts", and as "question" what is to be asked
    of it then, if anything, in the message "asked".
    """
    screen = draw_offer(question, asks=bool(payload.get("question")))
    return (await put(desk, bot, place, screen, ScreenNote("offer", payload)))[-1]


def draw_offer(question: str, *, asks: bool) -> Screen:
    """Return an offer; with `asks` something is to be asked of what is added."""
    no = Button(wording.ASK_ONLY, "q") if asks else Button(wording.NO, "x")
    return screens.draw_note(question, rows=((Button(wording.ADD_AND_ASK if asks else wording.YES, "y"), no),))


async def accept_offer(desk: Desk, bot: Bot, place: ChatPlace, kept: SavedScreen) -> None:
    """Carry out an offer that was accepted, once."""
    if not await desk.chats.run(desk.chats.store.drop, kept.id):
        return  # pressed twice
    payload = kept.payload
    if "remove" in payload:
        await _remove_article(desk, bot, place, str(payload["remove"]))
        return
    if "url" in payload:
        source = make_link_source(desk, str(payload["url"]), list_told(payload))
    else:
        source = make_text_source(desk, str(payload["text"]), None, "message", list_told(payload))
    if await add(desk, bot, place, source, place.message) and payload.get("question"):
        await _ask_offered(desk, bot, place, kept)


async def ask_only(desk: Desk, bot: Bot, place: ChatPlace, kept: SavedScreen) -> None:
    """Ask the question of an offer without adding anything, once."""
    if await desk.chats.run(desk.chats.store.drop, kept.id):
        await tell(desk, bot, place, screens.draw_note(wording.UNCHANGED), place.message)
        await _ask_offered(desk, bot, place, kept)


async def decline_offer(desk: Desk, bot: Bot, place: ChatPlace, kept: SavedScreen) -> None:
    """Say that nothing was changed, once."""
    if await desk.chats.run(desk.chats.store.drop, kept.id):
        await tell(desk, bot, place, screens.draw_note(wording.UNCHANGED), place.message)


async def _ask_offered(desk: Desk, bot: Bot, place: ChatPlace, kept: SavedScreen) -> None:
    asked = kept.payload.get("asked") or next((each["message"] for each in list_told(kept.payload)), place.message)
    said = Utterance(replace(place, message=asked), str(kept.payload["question"]), not place.private, onward=True)
    await say(desk, bot, said, await desk.load_state(place))


async def offer_removal(desk: Desk, bot: Bot, place: ChatPlace, key: str) -> None:
    """Ask whether an article should be removed, if the person may and it is the chat's own."""
    if not await may_add(desk, bot, place):
        await put(desk, bot, place, screens.draw_note(wording.MAY_NOT_ADD.format(person=place.person)))
        return
    try:
        card = (await desk.ask(desk.index.article, key, filter_of_chat(place.chat))).card
    except UnknownArticle:
        await put(desk, bot, place, screens.draw_note(wording.NOT_HERE))
        return
    if not await desk.ask(is_in, desk.index, Filter(collections=(collection_of_chat(place.chat),)), card.id):
        await put(desk, bot, place, screens.draw_note(wording.SHARED.format(title=name_article(card))))
        return
    rows = ((Button(wording.REMOVE, "y", danger=True), Button(wording.NO, "x")),)
    screen = screens.draw_note(wording.REMOVE_SURE.format(title=name_article(card)), rows=rows)
    await put(desk, bot, place, screen, ScreenNote("offer", {"remove": card.id}))


async def _remove_article(desk: Desk, bot: Bot, place: ChatPlace, key: str) -> None:
    """Take an article out of the chat's collection and say so."""
    if not await may_add(desk, bot, place):
        return
    within = Filter(collections=(collection_of_chat(place.chat),))
    try:
        card = (await desk.ask(desk.index.article, key, within)).card
        await desk.change(desk.index.remove, key, collection_of_chat(place.chat))
        await desk.chats.run(desk.chats.store.forget_posts, place.chat, card.id)
    except UnknownArticle:
        await tell(desk, bot, place, screens.draw_note(wording.NOT_HERE), place.message)
        return
    await tell(desk, bot, place, screens.draw_note(wording.REMOVED.format(title=name_article(card))), place.message)
