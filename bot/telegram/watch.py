"""What an operator sees of a running bot: its logs, and whether it still hears Telegram."""

from __future__ import annotations

import logging
import time

from prometheus_client import Gauge

from index.errors import PullquoteError

from ..serving.health import notify, report_health
from ..serving.logs import set_up_logs
from ..settings import Secret, Settings
from .desk import Desk
from .updates.polling import Poller

SILENCE = 120.0
"""Seconds without a finished poll, good or failed, after which the process had better be restarted."""

FRESH = 60.0
"""Seconds since Telegram last heard us for which the bot counts as ready: a poll lasts 25 s at most."""


class Deaf(PullquoteError):
    """No poll has ended for minutes: the process is to be started anew."""


class Watch:
    """Watches the last finished poll. That Telegram is away is no reason to restart: failed polls finish, too."""

    def __init__(self, desk: Desk, silence: float = SILENCE) -> None:
        self.poller: Poller | None = None
        self._desk, self._silence = desk, silence
        self._listening = False
        age = Gauge("pullquote_poll_age_seconds", "Seconds since the last good poll.", registry=desk.metrics.registry)
        age.set_function(lambda: desk.poll_age)

    def listen(self) -> None:
        """Note that the webhook listens, so that updates can come."""
        self._listening = True

    @property
    def hears(self) -> bool:
        """Whether updates come in just now, or would."""
        if self.poller is None:
            return self._listening
        return (heard := self.poller.heard) is not None and time.monotonic() - heard < FRESH

    async def run(self) -> None:
        """Watch for ever.

        Raises:
            Deaf: no poll has ended for too long.
        """
        await report_health(self._check, min(5.0, self._silence / 4))

    def _check(self) -> bool:
        if self.poller is not None:
            self._desk.polled = self.poller.answered
            if time.monotonic() - self.poller.finished > self._silence:
                raise Deaf("no poll has ended for minutes; the bot stops, so that its supervisor starts it anew")
        return self.hears

    def stop(self) -> None:
        """Tell the supervisor that the bot stops."""
        self._listening = False
        notify("STOPPING=1")


def set_up_bot_logs(settings: Settings) -> None:
    """Write all logs to stderr without the bot's secrets; the library's loggers, which print requests, are quieted."""
    # What follows the colon is the secret of a token; libraries also print it without the number in front.
    after_colon = Secret(settings.token.reveal().partition(":")[2])
    secrets = (settings.token, after_colon, settings.webhook_secret, settings.cluster_password, settings.cluster_key)
    # `telegram.request` logs every body that is no JSON; we say that, too.
    set_up_logs(settings.log_level, secrets, {"telegram": logging.WARNING, "telegram.request": logging.CRITICAL})
