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
from telegram.error import TelegramError

from ...serving.lanes import Lanes
from ...translation import match_language, speaking
from ..chats.contract import Chats
from ..chats.database import CallOutcome
from ..chats.sqlite import BotFile
from ..screens.wording import wording
from .raw import choose_lane, find_chat, find_code, is_update, name_message, parse_update

_log = logging.getLogger(__name__)

DEATHS = 2
"""Deaths of the process that an update alone can have caused, after which it is set aside and its sender told so."""

ALONE = 20.0
"""Seconds that the others wait at a start for those that were being handled when the process died."""

FULL = 1_000
"""Updates waiting here at which we fetch no more, and leave them to Telegram."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Kind_co = TypeVar("Kind_co", bound=Chats, covariant=True)

_Call = tuple[Callable[[], Any], asyncio.Future[Any]]
_Item = tuple[int, Mapping[str, Any]]

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
    """Takes batches of raw updates and has each handled once, those of a chat in order.

    What `handle` returns seconds for is put off for so long, and holds up nobody meanwhile; for None it is done. A
    message that is edited while it is put off keeps its turn, and is handled as edited.
    That an update is being handled is written down first. So the next start finds what was in hand when the process
    died: one update is to blame, of several we cannot tell, and they are handled one at a time before all others.
    """

    def __init__(
        self, file: FileThread, handle: Callable[[Update], Awaitable[float | None]], bot: Bot | None = None
    ) -> None:
        self._file, self._handle, self._bot = file, handle, bot
        self._lanes: Lanes[_Item] = Lanes(self._handle_one)
        self._later: dict[int, tuple[asyncio.TimerHandle, Mapping[str, Any]]] = {}
        self._suspects: set[int] = set()
        self._calm = asyncio.Event()
        self._calm.set()
        self.received = self.handled = 0

    def __len__(self) -> int:
        return len(self._lanes) + len(self._later)

    @property
    def full(self) -> bool:
        """Whether so much waits for us that no more should be fetched; what is put off waits for its own time."""
        return len(self._lanes) >= FULL

    async def drain(self) -> int:
        """Hand on what an earlier run left undone, and return how much that was."""
        store = self._file.store
        left = await self._file.run(store.list_waiting)
        open_ = [number for number, _, tries in left if tries % 2]
        for number in open_:
            await self._file.run(store.blame if len(open_) == 1 else store.excuse, number)
        deaths = {number: tries // 2 + (open_ == [number]) for number, _, tries in left}
        suspects = {choose_lane(raw) for number, raw, _ in left if number in open_ or deaths[number]}
        self._suspects = {number for number, raw, _ in left if choose_lane(raw) in suspects}
        if self._suspects:
            self._calm.clear()
            asyncio.get_running_loop().call_later(ALONE, self._calm.set)
        for number, raw, _ in left:
            if deaths[number] >= DEATHS:
                await self._set_aside(number, raw)
            else:
                self._lanes.put("suspects" if number in self._suspects else choose_lane(raw), (number, raw))
        return len(left)

    async def _set_aside(self, number: int, raw: Mapping[str, Any]) -> None:
        """Deal with an update that kills the process: do nothing about it but tell its sender."""
        _log.error("update %s ended this process %s times; it is set aside", number, DEATHS)
        await self._file.run(self._file.store.finish, number)
        self._release(number)
        chat = find_chat(raw)
        if chat is None or self._bot is None:
            return
        try:
            with speaking(match_language(find_code(raw))):
                await self._bot.send_message(chat, wording.SET_ASIDE)
        except TelegramError as error:
            _log.warning("the sender of update %s could not be told (%s)", number, type(error).__name__)

    def _release(self, number: int) -> None:
        """Let the others begin once the last suspect has been dealt with."""
        self._suspects.discard(number)
        if not self._suspects:
            self._calm.set()

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
        for timer, _ in self._later.values():
            timer.cancel()
        return await self._lanes.close(patience)

    def _put_off(self, item: _Item, delay: float) -> None:
        """Have an update handled again later; it stays in the file, for the next start if that comes first."""
        number, raw = item

        def bring() -> None:
            _, latest = self._later.pop(number)
            self._lanes.put(choose_lane(latest), (number, latest))

        self._later[number] = asyncio.get_running_loop().call_later(delay, bring), raw

    async def _revise(self, number: int, raw: Mapping[str, Any]) -> bool:
        """Give an edit to its message if that is put off, and tell whether it is; the edit is done then."""
        edited = name_message(raw, "edited_message")
        own = ((each, name_message(old, "message", "edited_message")) for each, (_, old) in self._later.items())
        waiting = next((each for each, name in own if name == edited), None) if edited else None
        if waiting is None:
            return False
        timer, old = self._later[waiting]
        kind = "message" if "message" in old else "edited_message"
        new = {"update_id": waiting, kind: raw["edited_message"]}
        self._later[waiting] = timer, new  # before the file has it: the turn may come while that is written
        await self._file.run(self._file.store.revise, waiting, new, number)
        return True

    async def _handle_one(self, item: _Item) -> None:
        number, raw = item
        if number not in self._suspects:
            await self._calm.wait()
        store = self._file.store
        try:
            if await self._revise(number, raw):
                self.handled += 1
                return
            await self._file.run(store.begin, number)
            try:
                update = parse_update(raw, self._bot)
                delay = None if update is None else await self._handle(update)
            except (Exception, asyncio.CancelledError):  # a fault, or the end of our patience: nothing died of it
                await self._file.run(store.excuse, number)
                raise
            if delay is None:
                await self._file.run(store.finish, number)
                self.handled += 1
            else:
                await self._file.run(store.excuse, number)
                self._put_off(item, delay)
        except Exception:  # noqa: BLE001 - the next update of this chat must be handled
            _log.exception("update %s could not be handled; it is tried again at the next start", number)
        finally:
            self._release(number)
