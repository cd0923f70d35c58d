"""Logs: one event, one line of JSON, and no secret in any of them, whichever library wrote it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from ..settings import Secret

_HIDDEN = "***"


class Lines(logging.Formatter):
    """One line of JSON for each event, traceback included; known secrets are replaced wherever they stand."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        super().__init__()
        values = {secret.reveal() for secret in secrets if secret}
        # The part behind the colon is the secret of a token; libraries also print it without the number before.
        parts = {value.partition(":")[2] for value in values}
        self._secrets = sorted((value for value in values | parts if len(value) > 3), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as a line."""
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return self.hidden(json.dumps(event, ensure_ascii=False))

    def hidden(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text


def set_up(level: str, secrets: Iterable[Secret]) -> Lines:
    """Write all logs to stderr as lines without secrets; libraries that log whole requests are kept quiet."""
    lines = Lines(secrets)
    handler = logging.StreamHandler()
    handler.setFormatter(lines)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # They log addresses with the token, and what people wrote, at any level below.
    for name in ("httpx", "httpcore", "telegram", "hpack", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("opensearch").setLevel(logging.ERROR)  # warns of what is not there, and names the chat
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)  # logs bodies that are no JSON; we tell it, too
    return lines
