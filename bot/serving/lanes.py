"""Work in lanes: in order within a lane, lanes side by side."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Lanes(Generic[Item]):
    """Runs `work` on each item: items of one key one after another, at most `width` keys at once.

    A slow item delays the others of its key and nobody else.
    """

    def __init__(self, work: Callable[[Item], Awaitable[None]], width: int = 64) -> None:
        self._work = work
        self._slots = asyncio.Semaphore(width)
        self._queues: dict[object, deque[Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def put(self, key: object, item: Item) -> None:
        """Add an item at the end of its lane; nothing is added once the lanes are closing."""
        if self._closing:
            return
        if key in self._queues:
            self._queues[key].append(item)
            return
        self._queues[key] = deque([item])
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, key: object) -> None:
        queue = self._queues[key]
        try:
            while queue and not self._closing:
                async with self._slots:
                    if self._closing:
                        return
                    await self._work(queue[0])
                queue.popleft()
        finally:
            del self._queues[key]

    async def close(self, patience: float) -> bool:
        """Start no further item, wait up to `patience` seconds for those that run, and tell whether all ended."""
        self._closing = True
        if not self._tasks:
            return True
        _done, late = await asyncio.wait(self._tasks, timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late
