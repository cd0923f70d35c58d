"""Articles as pages of buttons."""

from __future__ import annotations

from telegram import Bot

from ...conversation.perform import find_articles
from ..chats.contract import SavedScreen
from ..desk import ChatPlace, Desk
from ..screens import screens
from ..screens.wording import wording
from ..sending.send import ScreenNote, put, replace_with


async def list_page(
    desk: Desk, bot: Bot, place: ChatPlace, words: str, start: int = 0, old: tuple[SavedScreen, int] | None = None
) -> None:
    """Show a page of the articles whose headline holds the words; with `old`, in that message."""
    state = await desk.load_state(place)
    found = await desk.ask(find_articles, desk.index, state, words, start, screens.LISTED)
    if not found.entries:
        await put(
            desk, bot, place, screens.draw_note(wording.NO_HEADLINE.format(words) if words else wording.START_EMPTY)
        )
        return
    screen = screens.draw_listing(found, start)
    payload = {"ids": [card.id for _, card in found.entries], "words": words}
    if old is None:
        await put(desk, bot, place, screen, ScreenNote("listing", payload))
    else:
        await replace_with(desk, bot, place, [old[1]], screen, ScreenNote("listing", payload, key=old[0].id))
