"""Telegram's menus and help, from the one table of commands."""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from ...conversation.commands import Command, Face, Menu, describe, describe_argument, list_commands
from ...translation import ENGLISH, list_languages, speaking
from .marked_text import CODE, Text, join_texts
from .wording import wording

_log = logging.getLogger(__name__)


def make_help(name: str) -> tuple[Text, ...]:
    """Return what /help shows; `name` is the bot's."""
    rows = (
        Text(f"/{each.name}").with_mark(CODE) + Text(f" {_describe(each)}") for each in list_commands(Face.TELEGRAM)
    )
    return (Text(wording.HELP), join_texts(rows), Text(wording.HELP_WORDS.format(name=f"@{name}")))


def make_menu(menu: Menu) -> list[BotCommand]:
    """Return the commands of a menu, each with its line of help."""
    return [BotCommand(each.name, _describe(each)[:256]) for each in list_commands(Face.TELEGRAM) if menu in each.menus]


async def set_menus(bot: Bot) -> None:
    """Tell Telegram the commands and what this bot is; a failure is no reason not to run."""
    try:
        for language in list_languages():
            with speaking(language):
                await _set_menus(bot, None if language == ENGLISH else language)
    except TelegramError as error:
        _log.warning("the menu of commands could not be set: %s", error)


async def _set_menus(bot: Bot, code: str | None) -> None:
    """Tell Telegram what is shown to people of a language; None is everybody whose language has nothing of its own."""
    private, group = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
    commands = await asyncio.to_thread(make_menu, Menu.PRIVATE)  # the first to read the catalogue, which takes a while
    await bot.set_my_commands(commands, scope=private, language_code=code)
    await bot.set_my_commands(make_menu(Menu.GROUP), scope=group, language_code=code)
    await bot.set_my_description(wording.DESCRIPTION, language_code=code)
    await bot.set_my_short_description(wording.SHORT_DESCRIPTION, language_code=code)


def _describe(command: Command) -> str:
    return f"{describe_argument(command)}  {describe(command)}".strip()
