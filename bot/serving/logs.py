"""Logs: one line of JSON for each event, with no secret in it, whichever library wrote it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from ..settings import Secret

_MASK = "***"

_LEVELS = {
    # Below these levels they log whole addresses, with keys and what people wrote in them.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "hpack": logging.WARNING,
    "asyncio": logging.WARNING,
    "opensearch": logging.ERROR,  # it warns of records that are not there, and names them
}


class JsonFormatter(logging.Formatter):
    """One line of JSON for each event, with its traceback; known secrets are masked wherever they stand."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        super().__init__()
        values = {secret.reveal() for secret in secrets if secret}
        self._secrets = sorted((value for value in values if len(value) > 3), key=len, reverse=True)

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
        return self.mask(json.dumps(event, ensure_ascii=False))

    def mask(self, text: str) -> str:
        """Return the text with each secret replaced by asterisks."""
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text


def set_up_logs(level: str, secrets: Iterable[Secret], levels: Mapping[str, int] = MappingProxyType({})) -> None:
    """Write all logs to stderr as lines without secrets; `levels` quiets further loggers, by name."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, lowest in {**_LEVELS, **levels}.items():
        logging.getLogger(name).setLevel(lowest)
