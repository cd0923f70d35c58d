"""What has come so far of an album or of a text that was cut: in memory, and with the chats for the next start."""

from __future__ import annotations

import logging
import time

from index.errors import EngineError

from ..chats.contract import GATHERED
from ..desk import Desk
from ..gathered import Gathered, gathered_from_dict, gathered_to_dict

_log = logging.getLogger(__name__)

Key = tuple[int, str]
"""The chat, and what the messages have in common."""

BEFORE = 600.0
"""Seconds after a start in which parts may come whose first ones came before it."""

LATEST = 3
"""Things of a chat that are kept for the next start: parts come within seconds."""


async def recall(desk: Desk, key: Key) -> Gathered | None:
    """Return what has come so far, None for nothing."""
    if key not in desk.gathered and time.monotonic() - desk.started < BEFORE:
        kept = await desk.chats.run(desk.chats.store.get_talk, key[0], GATHERED) or {}
        if key[1] in kept:
            _remember(desk, key, gathered_from_dict(kept[key[1]]))
    return desk.gathered.get(key)


async def gather(desk: Desk, key: Key, gathered: Gathered) -> None:
    """Keep what has come so far, in place of what was kept before."""
    _remember(desk, key, gathered)
    chat, name = key
    store = desk.chats.store
    try:
        kept = await desk.chats.run(store.get_talk, chat, GATHERED) or {}
        latest = [*((each, form) for each, form in kept.items() if each != name), (name, gathered_to_dict(gathered))]
        await desk.chats.run(store.set_talk, chat, GATHERED, dict(latest[-LATEST:]))
    except EngineError as error:  # it matters only to a start within seconds
        _log.warning("what came in several messages is not kept: %s", error)


def _remember(desk: Desk, key: Key, gathered: Gathered) -> None:
    desk.gathered[key] = gathered
    desk.gathered.move_to_end(key)
    while len(desk.gathered) > 1000:
        desk.gathered.popitem(last=False)
