"""What `pullquote telegram --check` looks at before a bot is left to itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from typing import NamedTuple

from telegram.error import InvalidToken, TelegramError

from index import Index
from index.errors import PullquoteError

from ..settings import Settings, SettingsError
from .app import alone, build, webhook_place
from .chats import locate_file, open_chats
from .chats.sqlite import Store
from .sending.pace import Pace
from .updates.polling import REJECTED


class Result(NamedTuple):
    """One thing that was looked at: the exit code that it stands for, 0 where it is good, and a line that says so."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return self.code == 0


def check(settings: Settings, open_library: Callable[[], Index], *, by_webhook: bool) -> list[Result]:
    """Look at library, state, token and webhook, each whatever the others gave."""
    return asyncio.run(look(settings, open_library, by_webhook=by_webhook))


async def look(settings: Settings, open_library: Callable[[], Index], *, by_webhook: bool) -> list[Result]:
    """Do what `check` does, in a running event loop."""
    found = [_tried(lambda: _library(open_library)), _tried(lambda: _state(settings))]
    if by_webhook:
        found.append(_tried(lambda: "webhook settings: {}:{} for {}".format(*webhook_place(settings))))
    return found + [result async for result in _telegram(settings, by_webhook=by_webhook)]


def _tried(look: Callable[[], str]) -> Result:
    try:
        return Result(0, look())
    except SettingsError as error:
        return Result(2, str(error))
    except PullquoteError as error:
        return Result(3, str(error))


def _library(open_library: Callable[[], Index]) -> str:
    with open_library() as index:
        return f"library: {len(index)} articles"


def _state(settings: Settings) -> str:
    path = locate_file(settings)
    with alone(path):
        file = Store(path)
        with closing(file), closing(open_chats(settings, file)) as chats:
            counts, waiting = chats.counts(), file.left()
    return f"state: {counts['chats']} conversations, {waiting} updates waiting"


async def _telegram(settings: Settings, *, by_webhook: bool) -> AsyncIterator[Result]:
    bot = build(settings, Pace()).bot
    try:
        await bot.initialize()
        info = await bot.get_webhook_info()
        yield Result(0, f"token: it is that of @{bot.username}")
        if not settings.admins:
            yield Result(0, "PULLQUOTE_ADMINS is empty: nobody can see /stats; /whoami tells your id")
        if by_webhook and info.url and info.url != settings.webhook_url:
            yield Result(2, f"webhook: Telegram calls {info.url}, not PULLQUOTE_WEBHOOK_URL")
        elif by_webhook:
            last = f"; the last error: {info.last_error_message}" if info.last_error_message else ""
            yield Result(0, f"webhook: {info.pending_update_count} updates waiting{last}")
        elif info.url:
            yield Result(0, "webhook: one is set; polling takes it away")
    except InvalidToken:
        yield Result(2, f"token: {REJECTED}")
    except TelegramError as error:
        yield Result(
            3, f"Telegram cannot be reached ({type(error).__name__}); look at TELEGRAM_API_ROOT and the network"
        )
    finally:
        await bot.shutdown()
