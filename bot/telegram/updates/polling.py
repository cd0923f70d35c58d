"""Fetching updates: one long poll after another, whatever comes back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import httpx

from index.errors import PullquoteError
from index.forms.node import parse_json

from ...settings import SettingsError
from .inbox import KINDS, Inbox
from .raw import is_update

_log = logging.getLogger(__name__)

CONFLICTS = 3
"""Conflicts in a row after which we give way to another poller; one or two may come from our own last run."""

SLACK = 8.0
"""Seconds that a poll may take beyond what the server was asked to wait; then an outage has left it hanging."""

LONGEST_WAIT = 20.0
"""Seconds between two polls at most: a bot hears soon after an outage."""

REJECTED = "Telegram rejects the token; put the one that @BotFather shows for this bot into .env, as TELEGRAM_BOT_TOKEN"


class SecondInstance(PullquoteError):
    """Another process polls for this bot, or holds its file."""


class Poller:
    """Polls until it is cancelled.

    `finished` is when the last poll ended, well or not, and `answered` when one ended well, by a monotonic clock.
    """

    def __init__(
        self,
        base_url: str,
        inbox: Inbox,
        *,
        timeout: int = 25,
        wait: float = 0.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._inbox = f"{base_url}/getUpdates", inbox
        self._timeout, self._wait, self._clock = timeout, wait, clock
        self._offset: int | None = None
        self._conflicts = 0
        self._told = float("-inf")
        self.finished = self.answered = clock()
        self.polled = False
        self._sent: float | None = None
        self._ended = False

    @property
    def heard(self) -> float | None:
        """When Telegram was last known to hear us: when a poll ended well, or the first of all, still under way, began.

        None if it is not known to. A first poll that failed proves nothing, nor do those after it until one ends well.
        """
        if self.polled:
            return self.answered
        return None if self._ended else self._sent

    async def run(self) -> None:
        """Poll for ever.

        Raises:
            SettingsError: the token is rejected.
            SecondInstance: another process polls for this bot.
        """
        wait = 0.0
        async with httpx.AsyncClient(timeout=httpx.Timeout(10, read=self._timeout + SLACK)) as client:
            while True:
                while self._inbox.full:
                    self.finished = self._clock()
                    await asyncio.sleep(0.05)
                try:
                    wait = await self._poll(client, wait)
                except httpx.TimeoutException as error:
                    self._log_outage(error)
                    wait = 0.1  # it has waited long enough
                except (
                    httpx.HTTPError,
                    ValueError,
                    TypeError,
                    KeyError,
                    OverflowError,
                ) as error:  # not an answer of Telegram
                    wait = self._back_off(error, wait)
                self.finished = self._clock()
                self._ended = True
                await asyncio.sleep(wait)

    async def _poll(self, client: httpx.AsyncClient, wait: float) -> float:
        """Poll once and return how many seconds to wait before the next."""
        asked: dict[str, Any] = {"timeout": self._timeout, "allowed_updates": KINDS}
        if self._offset is not None:
            asked["offset"] = self._offset
        response = await client.post(self._url, json=asked, extensions={"trace": self._note_sent})
        if response.status_code in (401, 404):
            raise SettingsError(REJECTED)
        body = parse_json(response.content)
        if response.status_code == 409:
            self._conflicts += 1
            if self._conflicts >= CONFLICTS:
                raise SecondInstance("another instance of this bot is running, or a webhook is set; stop it first")
            return 4 * self._wait
        self._conflicts = 0
        if response.status_code == 429:
            asked_to_wait = float(body["parameters"]["retry_after"]) if "parameters" in body else LONGEST_WAIT
            return asked_to_wait if self._wait <= asked_to_wait <= 3600 else LONGEST_WAIT  # NaN is neither
        if not (isinstance(body, dict) and body.get("ok") and isinstance(body.get("result"), list)):
            return self._back_off(TypeError(f"status {response.status_code}"), wait)
        await self._inbox.take(body["result"])
        numbers = [raw["update_id"] for raw in filter(is_update, body["result"])]
        if body["result"] and not numbers:
            return self._back_off(TypeError("updates without ids"), wait)
        # Ids begin anew, at random, after a quiet week: what counts is this batch, not the highest ever. An empty one
        # says that all is confirmed; if we went on to name an offset, Telegram would forget what has a lower id.
        self._offset = max(numbers) + 1 if numbers else None
        self.answered, self.polled = self._clock(), True
        return 0.0

    async def _note_sent(self, event: str, _info: object) -> None:
        """Note when a poll has gone out whole; httpcore calls this at each step of a request."""
        if event == "http11.send_request_body.complete":
            self._sent = self._clock()

    def _back_off(self, error: Exception, wait: float) -> float:
        self._log_outage(error)
        return min(LONGEST_WAIT, max(self._wait, 1.5 * wait))

    def _log_outage(self, error: Exception) -> None:
        """Log that Telegram is away, one line a minute."""
        if self._clock() - self._told >= 60:
            self._told = self._clock()
            detail = str(error) if isinstance(error, TypeError) else ""
            _log.warning("cannot fetch updates (%s %s); trying on", type(error).__name__, detail)
