"""What every handler works with, in one typed value, and the threads that keep the event loop free."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ParamSpec, TypeVar

from index import Filter, Index
from index.errors import PullquoteError
from index.model import DEFAULT_COLLECTION

from ..conversation.perform import openers
from ..conversation.state import State
from ..processes.askers import cores
from ..serving.metrics import Metrics
from ..serving.quota import Quotas, bucket_name
from ..settings import Settings
from .access import Access, Right, rates, visible
from .chats.contract import Chats
from .updates.inbox import Disk, File

_log = logging.getLogger(__name__)

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

FRESH = 600.0
"""Seconds that suggested questions are kept: making them asks several."""


AT_ONCE = 32
"""Threads that wait for a cluster which keeps the chats, where a lost node may hold some of them up."""

SLOW = 0.5
"""Seconds after which an answer in the making is announced by "typing ..."."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said, and by whom; a private chat has the id of its person, and no topic is 0."""

    chat: int
    topic: int
    person: int
    message: int | None = None

    @property
    def private(self) -> bool:
        """Whether this is a chat of one person with the bot."""
        return self.chat > 0


@dataclass(slots=True)
class Desk:
    """Index, inbox, chats, access, quotas and metrics of one running bot.

    `disk` keeps the chats; it is the `inbox` itself unless several processes share them. `polled` is when the last good
    poll ended, by a monotonic clock.
    """

    index: Index
    inbox: File
    disk: Disk[Chats]
    access: Access
    quotas: Quotas
    settings: Settings
    metrics: Metrics
    name: str = "bot"
    reading: set[int] = field(default_factory=set)
    asking: int = 0
    slow: float = SLOW
    started: float = field(default_factory=time.monotonic)
    polled: float = field(default_factory=time.monotonic)
    _asking: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, max(2, cores()), "ask"))
    _loading: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 2, "load"))
    _adding: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1, "add"))
    _suggested: OrderedDict[Filter, tuple[float, asyncio.Future[tuple[str, ...]]]] = field(default_factory=OrderedDict)

    async def ask(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call what searches, in one of its threads; `asking` counts those that run or wait."""
        self.asking += 1
        try:
            return await _in(self._asking, partial(function, *args, **kwargs))
        finally:
            self.asking -= 1

    async def load(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call what reads a source: it may take long, and holds up no question."""
        return await _in(self._loading, partial(function, *args, **kwargs))

    async def change(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call what changes the index: one change at a time."""
        self._suggested.clear()
        return await _in(self._adding, partial(function, *args, **kwargs))

    async def state(self, place: Place) -> State:
        """Return where the conversation stands, with what the chat may see today."""
        found = await self.disk.run(self.disk.store.talk, place.chat, place.topic)
        return restored(found, place.chat)

    async def suggestions(self, state: State, count: int) -> tuple[str, ...]:
        """Return questions that the articles in view answer, kept for some minutes; who asks meanwhile waits, too."""
        scope, now = await self.ask(_shared, self.index, state.scope), time.monotonic()
        made, making = self._suggested.get(scope, (float("-inf"), None))
        if making is None or now - made > FRESH:
            making = asyncio.ensure_future(self.load(openers, self.index, scope, 3))
            self._suggested[scope] = (now, making)
            while len(self._suggested) > 1000:
                self._suggested.popitem(last=False)
        try:
            return (await asyncio.shield(making))[:count]
        except PullquoteError as error:  # an answer goes out without them
            _log.warning("no questions can be suggested: %s", error)
            self._suggested.pop(scope, None)
            return ()

    @property
    def poll_age(self) -> float:
        """Seconds since the last good poll, or since the start before the first."""
        return time.monotonic() - self.polled

    def now(self) -> float:
        """Return the time of day in seconds, for what expires."""
        return time.time()

    def may(self, right: Right, place: Place) -> bool:
        """Tell whether the person may do this here."""
        return self.access.may(right, place.person, place.chat)

    def take(self, what: str, who: int, amount: float = 1) -> float:
        """Take from a quota and return 0, or return after how many seconds there is enough; admins have none."""
        if who in self.access.admins and what != "notice":
            return 0.0
        return self.quotas.take(what, who, amount)

    async def take_kept(self, what: str, who: int, amount: float = 1) -> float:
        """Take from a quota that outlives a restart and counts for all processes of the bot; else as `take`."""
        if who in self.access.admins:
            return 0.0
        name, store = bucket_name(what, who), self.disk.store
        while True:  # whoever is beaten has seen another take, which ends when the quota is used up
            before = await self.disk.run(store.level, name)
            self.quotas.learn(name, before)
            wait, level = self.quotas.preview(what, who, amount)
            if wait:
                return wait
            if await self.disk.run(store.set_level, name, level, before):
                self.quotas.learn(name, level)
                return 0.0

    def close(self) -> None:
        """Wait for the threads, but not for those that read a source, and close index and state."""
        self._loading.shutdown(wait=False, cancel_futures=True)
        for threads in (self._asking, self._adding):
            threads.shutdown(wait=True, cancel_futures=True)
        self.index.close()
        for each in (self.disk, self.inbox):
            each.close()


def desk(index: Index, disk: File, settings: Settings, metrics: Metrics, chats: Chats | None = None) -> Desk:
    """Return the desk of these settings; `chats` keeps the chats, the inbox's own file where none is given."""
    access = Access(frozenset(settings.admins), frozenset(settings.allowed), settings.open_add)
    home = disk if chats is None or chats is disk.store else Disk(chats, AT_ONCE)
    return Desk(index, disk, home, access, Quotas(rates(settings)), settings, metrics)


def restored(saved: object, chat: int) -> State:
    """Return a saved conversation seen with what its chat may see now; a new one for what cannot be read."""
    scope = visible(chat)
    try:
        state = State.from_dict(saved) if isinstance(saved, dict) else State()
    except ValueError as error:
        _log.warning("a saved conversation cannot be read: %s", error)
        state = State()
    return replace(state, filter=scope, within=replace(state.within, collections=scope.collections))


def _shared(index: Index, scope: Filter) -> Filter:
    """Return the scope without what is the chat's own where that is empty: most chats then see the same."""
    within = tuple(name for name in scope.collections if name == DEFAULT_COLLECTION or _holds(index, name))
    return replace(scope, collections=within or scope.collections)


def _holds(index: Index, collection: str) -> bool:
    return any(True for _ in index.articles(Filter(collections=(collection,))))


async def _in(threads: ThreadPoolExecutor, function: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(threads, function)
