"""From Telegram to the handlers: each raw update is on disk before Telegram may forget it, and done once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any, Generic, ParamSpec, TypeVar

from telegram import Bot, Update

from ...serving.lanes import Lanes
from ..chats.contract import Chats
from ..chats.database import CallOutcome
from ..chats.sqlite import BotFile

_log = logging.getLogger(__name__)

SUSPECT = 3
"""Starts without an end after which an update is suspected of crashing the process, and handled alone."""

TRIES = 20
"""Starts after which an update is dropped: one that crashes the process each time must not do so for ever."""

FULL = 1_000
"""Updates waiting here at which we fetch no more, and leave them to Telegram."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Kind_co = TypeVar("Kind_co", bound=Chats, covariant=True)

_Call = tuple[Callable[[], Any], asyncio.Future[Any]]

KINDS = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "my_chat_member",
)
"""The kinds of updates that are asked for."""


class StoreThreads(Generic[Kind_co]):
    """A store, and the threads that its calls run in, so that a slow call holds up no other chat."""

    def __init__(self, store: Kind_co, threads: int) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(threads, "state")

    @property
    def store(self) -> Kind_co:
        """The store; its methods are for `run`."""
        return self._store

    async def run(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call a method of the store in one of its threads; what it wrote is safe when this returns."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*args, **kwargs))

    def close(self) -> None:
        """Wait for what is being written and close the store; a second call does nothing."""
        self._threads.shutdown(wait=True)
        self.store.close()


class FileThread(StoreThreads[BotFile]):
    """The bot's file, and its one thread.

    Calls that come in while others run there are made together, in one commit: the commit and the way to the thread and
    back are most of what a call costs.
    """

    def __init__(self, store: BotFile) -> None:
        super().__init__(store, 1)
        self._lock = Lock()
        self._calls: list[_Call] = []

    async def run(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call a method of the store, but `receive`; see `StoreThreads.run`."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        with self._lock:
            self._calls.append((partial(function, *args, **kwargs), answer))
            first = len(self._calls) == 1
        if first:  # others that are about to call can still join
            loop.call_soon(self._threads.submit, self._run_calls, loop)
        return await answer

    async def receive(self, updates: Iterable[tuple[int, Mapping[str, Any]]], now: float) -> list[int]:
        """Call `BotFile.receive`, which commits in its own way."""
        return await super().run(self.store.receive, updates, now)

    def _run_calls(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            calls, self._calls = self._calls, []
        outcomes = self.store.run_together([function for function, _ in calls])
        loop.call_soon_threadsafe(_settle, [answer for _, answer in calls], outcomes)


def _settle(answers: Sequence[asyncio.Future[Any]], outcomes: Sequence[CallOutcome]) -> None:
    for answer, (found, error) in zip(answers, outcomes, strict=True):
        if answer.done():  # whoever asked was cancelled
            continue
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)


class Inbox:
    """Takes batches of raw updates and has each handled once, those of a chat in order."""

    def __init__(self, file: FileThread, handle: Callable[[Update], Awaitable[None]], bot: Bot | None = None) -> None:
        self._file, self._handle, self._bot = file, handle, bot
        self._lanes: Lanes[tuple[int, Mapping[str, Any]]] = Lanes(self._handle_one)
        self.received = self.handled = 0

    def __len__(self) -> int:
        return len(self._lanes)

    @property
    def full(self) -> bool:
        """Whether so much waits that no more should be fetched."""
        return len(self) >= FULL

    async def drain(self) -> int:
        """Hand on what an earlier run left undone, and return how much that was."""
        left = await self._file.run(self._file.store.list_waiting)
        suspects = {choose_lane(raw) for _, raw, tries in left if tries >= SUSPECT}
        for number, raw, _ in left:
            key = choose_lane(raw)
            self._lanes.put("suspects" if key in suspects else key, (number, raw))
        return len(left)

    async def take(self, batch: Sequence[Any]) -> None:
        """Commit a batch to disk, then hand on what is new in it; what has no id is left out."""
        known = [(raw["update_id"], raw) for raw in batch if is_update(raw)]
        if len(known) < len(batch):
            _log.warning("%s updates without an id were left out", len(batch) - len(known))
        new = set(await self._file.receive(known, time.time()))
        self.received += len(new)
        for number, raw in known:
            if number in new:
                new.discard(number)  # twice in one batch
                self._lanes.put(choose_lane(raw), (number, raw))

    async def close(self, patience: float) -> bool:
        """Begin nothing more, wait for what runs, and tell whether it ended in time."""
        return await self._lanes.close(patience)

    async def _handle_one(self, item: tuple[int, Mapping[str, Any]]) -> None:
        number, raw = item
        try:
            if await self._file.run(self._file.store.begin, number) >= TRIES:
                _log.error("update %s was begun %s times and never ended; it is dropped", number, TRIES)
            elif (update := parse_update(raw, self._bot)) is not None:
                await self._handle(update)
            await self._file.run(self._file.store.finish, number)
            self.handled += 1
        except Exception:  # noqa: BLE001 - the next update of this chat must be handled
            _log.exception("update %s could not be handled; it is tried again at the next start", number)


def parse_update(raw: Mapping[str, Any], bot: Bot | None) -> Update | None:
    """Return the update, None if it is malformed."""
    try:
        return Update.de_json(dict(raw), bot)
    except Exception as error:  # noqa: BLE001 - whatever the library stumbles over, the next update must be handled
        _log.warning("update %s is malformed (%s) and left out", raw.get("update_id"), type(error).__name__)
        return None


def choose_lane(raw: Mapping[str, Any]) -> object:
    """Return the lane of an update: its chat, or its person if there is none."""
    for kind in ("message", "edited_message"):
        if isinstance(raw.get(kind), dict):
            return _get_id(raw[kind], "chat")
    query = raw.get("callback_query")
    if isinstance(query, dict):
        return _get_id(query.get("message"), "chat") or _get_id(query, "from")
    return ("inline", _get_id(raw.get("inline_query"), "from"))


def _get_id(value: Any, name: str) -> object:
    found = value.get(name) if isinstance(value, dict) else None
    number = found.get("id") if isinstance(found, dict) else None
    return number if isinstance(number, int) else None


def is_update(raw: Any) -> bool:
    """Tell whether it has the id of an update: a number that fits into the file."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 1 << 63
