"""Versions of a story: what changed from one to another."""

from __future__ import annotations

from telegram import Bot

from index import Article
from index.changes import Change, Edit, diff
from index.errors import UnknownArticle
from index.model import Card

from ...conversation.dialogue import Changes, Listing
from ...conversation.perform import compare, find_changes
from ...pages.lines import clean, lead_name, title
from ..desk import Desk, Place
from ..screens import screens, wording
from ..screens.marked_text import BOLD, FOLDED, QUOTE, Text, joined
from ..screens.screens import Screen
from ..sending.send import put
from .ask import show_output


async def show_changes(desk: Desk, bot: Bot, place: Place, words: str) -> None:
    """Show what changed in the story that the words name; without words, in that of the article asked last."""
    found = await desk.ask(find_changes, desk.index, await desk.state(place), words)
    match found:
        case None:
            await put(desk, bot, place, screens.note(wording.NOT_HERE if words else wording.DIFF_WHAT))
        case Listing():
            await show_output(desk, bot, place, found)
        case _:
            await put(desk, bot, place, _compared(found))


async def show_changes_of(desk: Desk, bot: Bot, place: Place, key: str) -> None:
    """Show what changed between the article of this id and another version of its story."""
    state = await desk.state(place)
    try:
        article = await desk.ask(desk.index.article, key, state.filter)
        screen = _compared(await desk.ask(compare, desk.index, state.filter, article.card))
    except UnknownArticle:
        screen = screens.note(wording.NOT_HERE)
    await put(desk, bot, place, screen)


def _compared(found: Changes | Card) -> Screen:
    if isinstance(found, Card):
        return screens.note(wording.DIFF_ONE.format(title=title(found)))
    return changes(found.old, found.new)


def changes(old: Article, new: Article) -> Screen:
    """Return the changed sentences of two versions, each as it stands in its text."""
    since = lead_name(old.lead) or wording.FIRST_FILING
    head = Text(wording.DIFF_HEAD.format(title=title(new.card), old=since)).marked(BOLD)
    found = [_change(change, old, new) for change in diff(old, new)]
    return Screen((head, *found) if found else (head, Text(wording.DIFF_SAME)))


def _change(change: Change, old: Article, new: Article) -> Text:
    was = Text(clean(old.quote(change.old))) if change.old else Text()
    now = Text(clean(new.quote(change.new))) if change.new else Text()
    match change.edit:
        case Edit.ADDED:
            return joined([Text(wording.GREW), now.marked(QUOTE)])
        case Edit.DROPPED:
            return joined([Text(wording.GONE), was.marked(FOLDED)])
        case Edit.CHANGED:
            return joined([Text(wording.CHANGED), was.marked(FOLDED), now.marked(QUOTE)])
