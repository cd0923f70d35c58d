"""Versions of a story: what changed from one to another."""

from __future__ import annotations

from telegram import Bot

from index import Article
from index.errors import UnknownArticle
from index.model import Card
from index.stories.changes import Change, Edit

from ...conversation.dialogue import Changes, Listing
from ...conversation.perform import compare, find_changes
from ...pages.lines import clean, name_article, name_lead
from ..desk import ChatPlace, Desk
from ..screens import screens
from ..screens.marked_text import BOLD, FOLDED, QUOTE, Text, join_texts
from ..screens.screens import Screen
from ..screens.wording import wording
from ..sending.send import put
from .ask import show_output


async def show_changes(desk: Desk, bot: Bot, place: ChatPlace, words: str) -> None:
    """Show what changed in the story that the words name; without words, in that of the article asked last."""
    found = await desk.ask(find_changes, desk.index, await desk.load_state(place), words)
    match found:
        case None:
            await put(desk, bot, place, screens.draw_note(wording.NOT_HERE if words else wording.DIFF_WHAT))
        case Listing():
            await show_output(desk, bot, place, found)
        case _:
            await put(desk, bot, place, _draw_comparison(found))


async def show_changes_of(desk: Desk, bot: Bot, place: ChatPlace, key: str) -> None:
    """Show what changed between the article of this id and another version of its story."""
    state = await desk.load_state(place)
    try:
        article = await desk.ask(desk.index.article, key, state.filter)
        screen = _draw_comparison(await desk.ask(compare, desk.index, state.filter, article.card))
    except UnknownArticle:
        screen = screens.draw_note(wording.NOT_HERE)
    await put(desk, bot, place, screen)


def _draw_comparison(found: Changes | Card) -> Screen:
    if isinstance(found, Card):
        return screens.draw_note(wording.DIFF_ONE.format(title=name_article(found)))
    return draw_changes(found)


def draw_changes(shown: Changes) -> Screen:
    """Return the changed sentences of two versions, each as it stands in its text."""
    since = name_lead(shown.old.lead)
    form = wording.DIFF_HEAD if since else wording.DIFF_HEAD_FIRST
    head = Text(form.format(title=name_article(shown.new.card), old=since)).with_mark(BOLD)
    found = [_draw_change(change, shown.old, shown.new) for change in shown.changes]
    return Screen((head, *found) if found else (head, Text(wording.DIFF_SAME)))


def _draw_change(change: Change, old: Article, new: Article) -> Text:
    was = Text(clean(old.quote(change.old))) if change.old else Text()
    now = Text(clean(new.quote(change.new))) if change.new else Text()
    match change.edit:
        case Edit.ADDED:
            return join_texts([Text(wording.GREW), now.with_mark(QUOTE)])
        case Edit.DROPPED:
            return join_texts([Text(wording.GONE), was.with_mark(FOLDED)])
        case Edit.CHANGED:
            return join_texts([Text(wording.CHANGED), was.with_mark(FOLDED), now.with_mark(QUOTE)])
