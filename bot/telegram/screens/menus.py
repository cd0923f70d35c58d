"""Telegram's menus and help, from the one table of commands."""

from __future__ import annotations

import logging

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from ...conversation.commands import Command, Face, Menu, list_commands
from . import wording
from .marked_text import CODE, Text, join_texts

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
        await bot.set_my_commands(make_menu(Menu.PRIVATE), scope=BotCommandScopeAllPrivateChats())
        await bot.set_my_commands(make_menu(Menu.GROUP), scope=BotCommandScopeAllGroupChats())
        await bot.set_my_description(wording.DESCRIPTION)
        await bot.set_my_short_description(wording.SHORT_DESCRIPTION)
    except TelegramError as error:
        _log.warning("the menu of commands could not be set: %s", error)


def _describe(command: Command) -> str:
    return f"{command.argument}  {command.help}".strip()
