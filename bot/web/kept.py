"""Replies that were given just now, kept while nothing in the library changes: the same question, asked by many."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import NamedTuple, Protocol

LASTS = 10.0
"""Seconds that a reply is kept: so much later at most it is noticed that an embargo is over."""

MOST = 1000
"""Replies kept at most; of more, the one that was not asked for longest goes."""

LARGEST = 50_000
"""Bytes of a reply that is kept at most; so 50 MB are kept in all."""


class FindRevision(Protocol):
    """Finds a mark of what the library holds, None if there is none; `is_late` if that of a while ago is as good."""

    async def __call__(self, *, is_late: bool) -> str | None:
        """Return the mark."""


class _KeptReply(NamedTuple):
    reply: asyncio.Future[bytes]
    revision: str
    until: float


class KeptReplies:
    """The replies of the last seconds, by all that decides what they are."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Hashable, _KeptReply] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    async def get(self, key: Hashable, find_revision: FindRevision, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the reply of this key in the present revision of the library; `make` it if it is not kept.

        Those who ask while it is being made wait for the same. Without a revision nothing is kept.
        """
        # A reply that is yet to be made may count as one of an earlier revision: it is only made anew once more.
        revision = await find_revision(is_late=key not in self._kept)
        if revision is None:
            return await make()
        kept = self._kept.get(key)
        if kept is None or kept.revision != revision or kept.until <= self._clock() or _failed(kept.reply):
            kept = self._begin(key, revision, make)
        else:
            self._kept.move_to_end(key)
        reply = kept.reply.result() if kept.reply.done() else await asyncio.shield(kept.reply)
        if len(reply) > LARGEST and self._kept.get(key) is kept:
            del self._kept[key]
        return reply

    def _begin(self, key: Hashable, revision: str, make: Callable[[], Awaitable[bytes]]) -> _KeptReply:
        kept = _KeptReply(asyncio.ensure_future(make()), revision, self._clock() + LASTS)
        kept.reply.add_done_callback(_failed)  # who waited for it has left: its error is nobody's
        self._kept[key] = kept
        while len(self._kept) > MOST or next(iter(self._kept.values())).until <= self._clock():
            self._kept.popitem(last=False)
        return kept


def _failed(reply: asyncio.Future[bytes]) -> bool:
    return reply.done() and (reply.cancelled() or reply.exception() is not None)
