"""The threads that keep the event loop of a server free, each kind of work in its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(slots=True, kw_only=True)
class WorkThreads:
    """Threads for what reads the index, what reads sources, what changes the index, and what no question waits for.

    `readers` is how many read the index at once, and `asking` counts what is read there or waits for it. A subclass
    extends a method by calling `WorkThreads.ask(self, ...)`: `super()` does not work in a class with slots.
    """

    readers: int
    asking: int = 0
    _asking: ThreadPoolExecutor = field(init=False)
    _loading: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 2, "load"))
    _adding: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1, "add"))
    _aside: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 2, "aside"))

    def __post_init__(self) -> None:
        """Make the threads that read the index."""
        self._asking = ThreadPoolExecutor(self.readers, "ask")

    async def ask(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Read from the index in one of the threads for that."""
        self.asking += 1
        try:
            return await _run_in(self._asking, partial(function, *args, **kwargs))
        finally:
            self.asking -= 1

    async def load(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Read a source in one of its threads: it may take long, and holds up no question."""
        return await _run_in(self._loading, partial(function, *args, **kwargs))

    async def change(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Change the index: one change at a time."""
        return await _run_in(self._adding, partial(function, *args, **kwargs))

    async def aside(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Look something up that no question waits for, in one of its threads."""
        return await _run_in(self._aside, partial(function, *args, **kwargs))

    def end_threads(self) -> None:
        """Wait for the threads, but not for those that read a source."""
        self._loading.shutdown(wait=False, cancel_futures=True)
        for threads in (self._asking, self._adding, self._aside):
            threads.shutdown(wait=True, cancel_futures=True)


async def _run_in(threads: ThreadPoolExecutor, function: Callable[[], Result]) -> Result:
    """Run it in a thread that speaks the language of who waits for it."""
    return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, function)
