"""What stops a server: the signals of a supervisor and of Ctrl-C, whatever the system."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable


def heed_signals(stop: Callable[[int], None]) -> None:
    """Have SIGINT and SIGTERM call `stop` with their number in the running event loop, instead of what they did."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop, number)
        except NotImplementedError:  # the loop of Windows has no such thing; its handlers interrupt whatever runs
            signal.signal(number, lambda got, _: loop.call_soon_threadsafe(stop, got))
