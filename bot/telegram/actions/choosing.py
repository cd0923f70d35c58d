"""Choosing the article that a conversation asks, and its card."""

from __future__ import annotations

from dataclasses import replace

from telegram import Bot
from telegram.helpers import create_deep_linked_url

from index import Filter
from index.errors import UnknownArticle
from index.model import Card

from ...conversation.state import State
from ..access import collection_of_chat, filter_of_chat
from ..chats.contract import LINK_LASTS
from ..desk import ChatPlace, Desk
from ..screens import screens
from ..screens.wording import wording
from ..sending.send import ScreenNote, put
from .add import is_in, look_at, make_article_rows
from .groups import may_add


async def choose(desk: Desk, bot: Bot, place: ChatPlace, key: str) -> None:
    """Have the conversation ask this article alone, if the chat may see it, and show it."""
    state = await desk.load_state(place)
    try:
        article = await desk.ask(desk.index.article, key, state.filter)
    except UnknownArticle:
        await put(desk, bot, place, screens.draw_note(wording.NOT_HERE))
        return
    chosen = replace(state, chosen=(article.id,), history=(), at_hand=())
    await desk.chats.run(desk.chats.store.set_talk, place.chat, place.topic, chosen.to_dict(), state.to_dict())
    await show_card(desk, bot, place, article.card, chosen)


async def show_card(desk: Desk, bot: Bot, place: ChatPlace, card: Card, state: State) -> None:
    """Show an article with questions that it answers and what can be done with it."""
    questions = await desk.suggest(replace(state, chosen=(card.id,)), 3)
    shown, several = await desk.ask(look_at, desk.index, state.filter, card.id)
    mine = await may_add(desk, bot, place) and await desk.ask(
        is_in, desk.index, Filter(collections=(collection_of_chat(place.chat),)), card.id
    )
    below = make_article_rows(versions=several, removable=mine)
    if not place.private and await desk.ask(is_in, desk.index, filter_of_chat(place.person), card.id):
        until = desk.now() + LINK_LASTS
        code = await desk.chats.run(desk.chats.store.issue, place.person, {"article": card.id}, until)
        below = (*below, (screens.Button(wording.ASK_PRIVATE, url=create_deep_linked_url(desk.name, code)),))
    rows = (*((screens.Button(text, f"s{at}"),) for at, text in enumerate(questions)), *below)
    await put(
        desk,
        bot,
        place,
        screens.draw_card(shown, rows),
        ScreenNote("card", {"id": card.id, "questions": list(questions)}),
    )
