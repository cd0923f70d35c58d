"""The language that the bot writes in the interface of a chat: shown, and chosen by a command or a button."""

from __future__ import annotations

from telegram import Bot

from ...pages.lines import clean_line
from ...translation import get_language, list_languages, match_language, name_language, speak
from ..chats.contract import SavedScreen
from ..desk import ChatPlace, Desk
from ..screens import screens
from ..screens.screens import Button, Screen
from ..screens.wording import wording
from ..sending.send import ScreenNote, put, replace_with
from .groups import rules_here


async def show_languages(desk: Desk, bot: Bot, place: ChatPlace, words: str) -> None:
    """Show the language of the chat with a button for each; with `words`, the code of one, choose it."""
    code = words.split(maxsplit=1)[0].lower() if words.split() else ""
    if not code:
        await put(desk, bot, place, _draw_choice(), ScreenNote("languages", {"codes": list(list_languages())}))
    elif match_language(code).partition("-")[0] != code.partition("-")[0]:
        told = wording.LANGUAGE_UNKNOWN.format(code=clean_line(code[:20]), codes=", ".join(list_languages()))
        await put(desk, bot, place, screens.draw_note(told))
    else:
        await put(desk, bot, place, await _choose(desk, bot, place, match_language(code)))


async def press_language(desk: Desk, bot: Bot, place: ChatPlace, pressed: tuple[SavedScreen, int], number: int) -> None:
    """Choose the language of a button, and say so in its message."""
    kept, message = pressed
    codes = kept.payload["codes"]
    if not await rules_here(desk, bot, place):
        await put(desk, bot, place, screens.draw_note(wording.LANGUAGE_ADMINS_ONLY))
    elif number < len(codes):
        screen = await _choose(desk, bot, place, match_language(codes[number]))
        await replace_with(desk, bot, place, [message], screen, ScreenNote("languages", kept.payload, key=kept.id))


async def _choose(desk: Desk, bot: Bot, place: ChatPlace, language: str) -> Screen:
    """Settle the language of the chat; return what is said of it. In a group, administrators choose."""
    if not await rules_here(desk, bot, place):
        return screens.draw_note(wording.LANGUAGE_ADMINS_ONLY)
    await desk.settle(place.chat, language=language)
    speak(language)
    return screens.draw_note(wording.LANGUAGE_SET.format(language=name_language(language)))


def _draw_choice() -> Screen:
    codes = list_languages()
    rows = tuple((Button(name_language(code), f"b{at}"),) for at, code in enumerate(codes))
    told = wording.LANGUAGE.format(language=name_language(get_language()), codes=", ".join(codes))
    return screens.draw_note(told, rows=rows)
