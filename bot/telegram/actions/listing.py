"""Articles as pages of buttons."""

from __future__ import annotations

from telegram import Bot

from ...conversation.perform import find_articles
from ..chats.contract import Kept
from ..desk import Desk, Place
from ..screens import screens, wording
from ..sending.send import Note, put, replace_with


async def list_page(
    desk: Desk, bot: Bot, place: Place, words: str, start: int = 0, old: tuple[Kept, int] | None = None
) -> None:
    """Show a page of the articles whose headline holds the words; with `old`, in that message."""
    state = await desk.state(place)
    found = await desk.ask(find_articles, desk.index, state, words, start, screens.LISTED)
    if not found.entries:
        await put(desk, bot, place, screens.note(wording.NO_HEADLINE.format(words) if words else wording.START_EMPTY))
        return
    screen = screens.listing(found, start)
    payload = {"ids": [card.id for _, card in found.entries], "words": words}
    if old is None:
        await put(desk, bot, place, screen, Note("listing", payload))
    else:
        await replace_with(desk, bot, place, [old[1]], screen, Note("listing", payload, key=old[0].id))
