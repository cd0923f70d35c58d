"""Versions of a story: what changed since the one before."""

from __future__ import annotations

from dataclasses import replace

from telegram import Bot

from index import Article, Filter, Index
from index.errors import UnknownArticle
from index.stories import Change, Edit, diff, ordered

from ...pages.lines import clean, lead_name, title
from ..desk import Desk, Place
from ..screens import screens, wording
from ..screens.marked_text import BOLD, FOLDED, QUOTE, Text, joined
from ..screens.screens import Screen
from ..sending.send import put


async def show_diff(desk: Desk, bot: Bot, place: Place, key: str) -> None:
    """Show what the article's newest version in view says differently from the version before."""
    state = await desk.state(place)
    try:
        screen = await desk.ask(_diff, desk.index, state.filter, key)
    except UnknownArticle:
        screen = screens.note(wording.NOT_HERE)
    await put(desk, bot, place, screen)


def _diff(index: Index, within: Filter, key: str) -> Screen:
    article = index.article(key, within)
    known = index.articles(replace(within, stories=(article.story,))) if article.story else iter([article.card])
    versions = ordered(known)
    at = next(place for place, card in enumerate(versions) if card.id == article.id)
    if len(versions) < 2:
        return screens.note(wording.DIFF_ONE.format(title=title(article.card)))
    old, new = (versions[at - 1], versions[at]) if at else (versions[0], versions[1])
    return changes(index.article(old.id, within), index.article(new.id, within))


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
