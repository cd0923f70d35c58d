"""The menus, and the help: the one table of `dialogue.py` with what only Telegram has."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from ...conversation.dialogue import COMMANDS
from . import wording
from .marked_text import CODE, Text, joined

_log = logging.getLogger(__name__)

PRIVATE = (
    "start",
    "help",
    "ask",
    "article",
    "articles",
    "use",
    "next",
    "why",
    "add",
    "remove",
    "diff",
    "privacy",
    "whoami",
)
GROUP = ("ask", "article", "articles", "use", "next", "help")


def described() -> dict[str, str]:
    """Return every command with its help line."""
    known = {name: f"{command.argument}  {command.help}".strip() for name, command in COMMANDS.items()}
    return {**wording.OWN, **{name: line for name, line in known.items() if name != "quit"}}


def help_text(name: str) -> tuple[Text, ...]:
    """Return what /help shows."""
    rows = (Text(f"/{command}").marked(CODE) + Text(f" {line}") for command, line in described().items())
    return (Text(wording.HELP), joined(rows), Text(wording.HELP_WORDS.format(name=f"@{name}")))


async def set_menus(bot: Bot) -> None:
    """Tell Telegram the commands and what this bot is; a failure is no reason not to run."""
    try:
        await bot.set_my_commands(_menu(PRIVATE), scope=BotCommandScopeAllPrivateChats())
        await bot.set_my_commands(_menu(GROUP), scope=BotCommandScopeAllGroupChats())
        await bot.set_my_description(wording.DESCRIPTION)
        await bot.set_my_short_description(wording.SHORT_DESCRIPTION)
    except TelegramError as error:
        _log.warning("the menu of commands could not be set: %s", error)


def _menu(names: Iterable[str]) -> list[BotCommand]:
    lines = described()
    return [BotCommand(name, lines[name][:256]) for name in names]
