"""Every call to Telegram passes here: how fast calls go out, and which of them are made again after a failure.

A send has no key by which the server could tell a repetition, so what is repeated depends on how it failed:

* it surely never left (no connection): made again until it does, or until the bot stops;
* it was refused for now (429): made again after the time that the server asks for, holding up that chat alone;
* the server says that it failed (5xx): made again when Telegram answers a harmless call, a few times;
* it may have arrived (cut off, timed out): made again once, and only when Telegram answers a harmless call again.

Edits can be repeated without harm. All other calls are made once; whoever makes them lives with a failure.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import nullcontext
from typing import Any

import httpx
from aiolimiter import AsyncLimiter
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

_log = logging.getLogger(__name__)

AGAIN = 5
"""How often a call is made again that Telegram refuses for now, or that fails there."""

LONGEST_WAIT = 10.0
"""Seconds between two tries at most, so that a bot answers soon after an outage."""

CHATS = 10_000
"""Chats whose pace is remembered."""

AT_ONCE = 8
"""Messages under way at once, which a kill may double. Telegram takes some 0.1 s for one, so 30 a second pass."""

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

Result = bool | dict[str, Any] | list[dict[str, Any]]


class Pace(BaseRateLimiter[Any]):
    """30 messages a second in all, 1 a second in a chat with bursts of 5, 20 a minute in a group."""

    def __init__(self, wait: float = 0.5) -> None:
        self._wait = wait
        self._all = AsyncLimiter(30, 1)
        self._under_way = asyncio.Semaphore(AT_ONCE)
        self._chats: OrderedDict[Any, AsyncLimiter] = OrderedDict()
        self._probing: asyncio.Task[None] | None = None
        self.probe: Callable[[], Awaitable[object]] = _do_nothing
        self.repeated = 0

    async def initialize(self) -> None:
        """Do nothing: nothing needs to be opened."""

    async def shutdown(self) -> None:
        """Stop waiting for Telegram."""
        if self._probing is not None:
            self._probing.cancel()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Any,  # noqa: ARG002
    ) -> Result:
        """Make a call at its time, and again where that can do no harm."""
        sends = endpoint.startswith("send") and endpoint != "sendChatAction"
        lasting = sends or endpoint.startswith("edit")
        left = {"refused": AGAIN if lasting else 1, "failed": AGAIN, "cut off": 1 if sends else AGAIN}
        wait = self._wait
        while True:
            if sends:
                await self._wait_for_turn(data.get("chat_id"))
            try:
                async with self._under_way if sends else nullcontext():
                    return await callback(*args, **kwargs)
            except BadRequest:
                raise
            except RetryAfter as error:
                how, wait = "refused", read_wait(error) + 0.1
                if not left[how]:
                    raise
            except NetworkError as error:
                how = _classify(error)
                if not lasting or left.get(how) == 0:
                    raise
            if how in left:
                left[how] -= 1
                self.repeated += 1
                _log.warning("%s %s; it is made again in %.1f s", endpoint, how, wait)
            await asyncio.sleep(wait)
            wait = self._wait if how == "refused" else min(LONGEST_WAIT, 1.5 * wait)
            if how in ("failed", "cut off"):
                await self._wait_for_telegram()

    async def _wait_for_turn(self, chat: Any) -> None:
        """Wait until the chat, and the bot as a whole, may send."""
        if chat not in self._chats:
            group = str(chat).startswith(("-", "@"))
            self._chats[chat] = AsyncLimiter(20, 60) if group else AsyncLimiter(5, 5)
            while len(self._chats) > CHATS:
                self._chats.popitem(last=False)
        self._chats.move_to_end(chat)
        await self._chats[chat].acquire()
        await self._all.acquire()

    async def _wait_for_telegram(self) -> None:
        """Wait until Telegram answers again; all who wait share one asking."""
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._probe())
        await asyncio.shield(self._probing)

    async def _probe(self) -> None:
        wait = self._wait
        while True:
            try:
                await self.probe()
            except TelegramError as error:
                _log.debug("Telegram does not answer: %s", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, 1.5 * wait)
            else:
                return


async def _do_nothing() -> None:
    """Stand for a probe where none was given."""


def _classify(error: NetworkError) -> str:
    """Return how a call failed: "unsent" never reached the server, "cut off" may have, "failed" is its answer."""
    if isinstance(error.__cause__, _NEVER_LEFT):
        return "unsent"
    return "cut off" if isinstance(error.__cause__, httpx.HTTPError) else "failed"


def read_wait(error: RetryAfter) -> float:
    """Return how long to wait; the library gives a number or a timedelta, as PTB_TIMEDELTA says."""
    wait = error.retry_after
    return wait if isinstance(wait, int | float) else wait.total_seconds()
