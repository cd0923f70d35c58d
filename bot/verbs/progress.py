"""What a verb that takes its time shows on a terminal: what it is at, how much is done, and how long it may take."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

_Item = TypeVar("_Item")

PATIENCE = 1.0
"""Seconds after which something is shown: what is done by then needs no progress."""


@contextmanager
def show_progress(label: str, total: Callable[[], int | None] = lambda: None) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with how many were done just now; a terminal shows rate and time left while inside.

    Nothing else may be printed meanwhile but to standard error. Where that is no terminal, nothing is shown.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    bar = _LateBar(label, total())
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield bar.advance
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


def show_waiting(label: str, items: Iterable[_Item]) -> Iterator[_Item]:
    """Yield the items; a terminal shows that the next is waited for, and is free while each is dealt with."""
    iterator = iter(items)
    while True:
        with show_progress(label):
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item


class _LateBar:
    """A bar that is drawn, and whose library is imported, when it is started."""

    def __init__(self, label: str, total: int | None) -> None:
        self._label, self._total = label, total
        self._done = 0
        self._bar: Progress | None = None
        self._task: Any = None

    def start(self) -> None:
        """Show the bar; a terminal that cannot rewrite a line shows none."""
        from rich.console import Console

        console = Console(stderr=True)
        if console.is_dumb_terminal:
            return
        bar = _make_bar(console, self._label)
        self._task = bar.add_task(self._label, total=self._total, completed=self._done)
        bar.start()
        self._bar = bar

    def advance(self, count: int) -> None:
        """Note that so many more are done."""
        self._done += count
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)

    def stop(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)
            self._bar.stop()


def _make_bar(console: Any, label: str) -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Throughput(ProgressColumn):
        """How many a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), Throughput(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)
