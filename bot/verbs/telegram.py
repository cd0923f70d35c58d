"""The verb telegram."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import click

from index import Index, open_index
from index.files import write_whole
from index.model import DEFAULT_COLLECTION

from ..pages.lines import clean_line
from ..settings import Secret, Settings, SettingsError, check_typed, find_config
from . import ANSWERED, find_library, load_settings, warn
from .common import read_articles

HOW = """\
The bot needs a token from Telegram:
  1. Open https://t.me/BotFather in Telegram and write /newbot to it.
  2. Choose a name and a user name; BotFather answers with the token, such as 123456789:AAE...
  3. Paste it here. It is kept in .env in this folder, readable by you alone.
"""


@click.command
@click.option(
    "--webhook", is_flag=True, help="Listen for Telegram's calls at PULLQUOTE_WEBHOOK_URL instead of polling."
)
@click.option(
    "--check", "only_check", is_flag=True, help="Test token, library and webhook, say what is wrong, and end."
)
@click.option("--seed", metavar="FOLDER", help="Fill the shared library from this folder if it is empty.")
@click.pass_context
def telegram(ctx: click.Context, *, webhook: bool, only_check: bool, seed: str | None) -> int:
    """Run the Telegram bot until it is stopped.

    Settings are read from the environment, your config file and .env; .env.example explains them. The exit code is 0
    when it was stopped, 2 when a setting or the token is wrong, 3 when another instance runs or the library fails.

    \b
    Example:
      pullquote telegram --check
      pullquote telegram --seed seeds
    """
    found = ensure_token(load_settings(ctx))
    find_library(ctx)
    if (place := found.places.get("TELEGRAM_BOT_TOKEN")) and not place.is_users:
        warn(f"the bot is that of TELEGRAM_BOT_TOKEN in {place.name}")
    from ..telegram.watch import set_up_bot_logs

    set_up_bot_logs(found)
    if only_check:
        from ..telegram.check import check

        results = check(found, lambda: open_library(found, seed), by_webhook=webhook)
        for result in results:
            click.echo(clean_line(f"{'ok' if result.good else 'WRONG'}: {result.text}"))
        return max((result.code for result in results), default=ANSWERED)
    from ..telegram.app import run

    run(found, lambda: open_library(found, seed), by_webhook=webhook)
    return ANSWERED


def ensure_token(found: Settings) -> Settings:
    """Return the settings with a token; if it is missing, ask for it at the terminal and save it in .env.

    Raises:
        SettingsError: it is missing and there is no terminal, what was typed is not a token, or `.env` without a token
            says where it would go.
    """
    if found.token:
        return found
    if not sys.stdin.isatty():
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is not set: write /newbot to @BotFather on Telegram, and put it in .env"
        )
    check_typed(found, "TELEGRAM_BOT_TOKEN", "", find_config())
    click.echo(HOW)
    token = click.prompt("Token", hide_input=True).strip()
    if not is_token(token):
        raise SettingsError(
            "this is not a token: a token is a number, a colon and some 35 letters, as @BotFather shows it"
        )
    keep(Path(".env"), token)
    return replace(found, token=Secret(token))


def is_token(text: str) -> bool:
    """Tell whether a text has the shape of a token."""
    return re.fullmatch(r"\d+:[\w-]{20,}", text, re.ASCII) is not None


def keep(file: Path, token: str) -> None:
    """Write the token into the file, which only its owner may read; an empty setting is filled in.

    Raises:
        SettingsError: the file is a link, which may lead to a place that others read.
    """
    if file.is_symlink():
        raise SettingsError(f"{file} is a link, and a token is not written through one; put the token in yourself")
    line = f"TELEGRAM_BOT_TOKEN={token}"
    old = file.read_text(encoding="utf-8") if file.is_file() else ""
    new, count = re.subn(r"^TELEGRAM_BOT_TOKEN=[ \t]*$", line, old, count=1, flags=re.MULTILINE)
    if not count:
        new = f"{old}{'' if old.endswith(chr(10)) or not old else chr(10)}{line}\n"
    write_whole(file, new.encode())


def open_library(found: Settings, seed: str | None) -> Index:
    """Open the library; fill it from `seed` if it is empty.

    Raises:
        EngineError: it cannot be opened.
        SettingsError: its address is malformed.
    """
    try:
        index = open_index(found.index, found.login, meaning=found.meaning)
    except ValueError as error:
        raise SettingsError(f"PULLQUOTE_INDEX: {error}") from error
    if seed and not any(index.articles()):
        warn(f"the library is empty; it gets the articles of {seed}")
        index.add(list(read_articles(seed)), DEFAULT_COLLECTION)
    return index
