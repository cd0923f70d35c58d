"""What `pullquote telegram --check` looks at before a bot is left to itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from typing import NamedTuple

from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from index import Index
from index.errors import PullquoteError

from ..settings import Settings, SettingsError
from .access import describe_access
from .app import build_application, hold_file
from .chats import locate_file, open_chats
from .chats.sqlite import BotFile
from .reading import read_pages_path
from .sending.pace import Pace
from .updates.polling import REJECTED, SecondInstance
from .updates.webhook import read_webhook_address


class CheckResult(NamedTuple):
    """What one check found: its exit code, 0 if all is well, and a line that says what."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return self.code == 0


def check(settings: Settings, open_library: Callable[[], Index], *, by_webhook: bool) -> list[CheckResult]:
    """Check library, state, token and webhook, each whatever the others gave."""
    return asyncio.run(look(settings, open_library, by_webhook=by_webhook))


def check_token(settings: Settings) -> list[CheckResult]:
    """Ask Telegram whether it knows the token."""

    async def ask() -> list[CheckResult]:
        return [result async for result in _check_telegram(settings, by_webhook=False)]

    return asyncio.run(ask())


async def look(settings: Settings, open_library: Callable[[], Index], *, by_webhook: bool) -> list[CheckResult]:
    """Do what `check` does, in a running event loop."""
    found = [_try(lambda: _check_library(open_library)), _try(lambda: _check_state(settings))]
    found.append(CheckResult(0, f"access: {describe_access(settings)}"))
    if by_webhook:
        found.append(_try(lambda: "webhook settings: {}:{} for {}".format(*read_webhook_address(settings))))
    if settings.pages_url:
        found.append(_try(lambda: f"pages: served below {read_pages_path(settings)}"))
    return found + [result async for result in _check_telegram(settings, by_webhook=by_webhook)]


def _try(look: Callable[[], str]) -> CheckResult:
    try:
        return CheckResult(0, look())
    except SettingsError as error:
        return CheckResult(2, str(error))
    except PullquoteError as error:
        return CheckResult(3, str(error))


def _check_library(open_library: Callable[[], Index]) -> str:
    with open_library() as index:
        return f"library: {len(index)} articles"


def _check_state(settings: Settings) -> str:
    path = locate_file(settings)
    try:
        with hold_file(path):
            file = BotFile(path)
            with closing(file), closing(open_chats(settings, file)) as chats:
                counts, waiting = chats.count(), file.count_waiting()
    except SecondInstance:
        return f"state: this bot is running now, and {path} is left to it; a second process would end with exit code 3"
    return f"state: {counts['chats']} conversations, {waiting} updates waiting"


async def _check_telegram(settings: Settings, *, by_webhook: bool) -> AsyncIterator[CheckResult]:
    bot = build_application(settings, Pace()).bot
    try:
        await bot.initialize()
        info = await bot.get_webhook_info()
        yield CheckResult(0, f"token: it is that of @{bot.username}")
        if not settings.admins:
            yield CheckResult(0, "PULLQUOTE_ADMINS is empty: nobody can see /stats; /whoami tells your id")
        if info.url or by_webhook:
            yield _judge_webhook(settings, info, by_webhook=by_webhook)
    except InvalidToken:
        yield CheckResult(2, f"token: {REJECTED}")
    except TelegramError as error:
        yield CheckResult(
            3, f"Telegram cannot be reached ({type(error).__name__}); look at TELEGRAM_API_ROOT and the network"
        )
    finally:
        await bot.shutdown()


def _judge_webhook(settings: Settings, info: WebhookInfo, *, by_webhook: bool) -> CheckResult:
    """Tell whom Telegram calls, and whether a bot that starts now would take updates away from another process."""
    last = f"; the last error: {info.last_error_message}" if info.last_error_message else ""
    waiting = f"{info.pending_update_count} updates waiting{last}"
    where = info.url.replace(settings.token.reveal(), "***")  # some put it into the address
    if info.url == settings.webhook_url or not info.url:
        hint = "" if by_webhook else "Telegram calls PULLQUOTE_WEBHOOK_URL; polling takes it away, --webhook keeps it; "
        return CheckResult(0, f"webhook: {hint}{waiting}")
    if by_webhook:
        return CheckResult(2, f"webhook: Telegram calls {where}, not PULLQUOTE_WEBHOOK_URL; {waiting}")
    text = f"Telegram calls {where}, where another process of this bot may listen; polling takes it away"
    return CheckResult(3, f"webhook: {text}; {waiting}")
