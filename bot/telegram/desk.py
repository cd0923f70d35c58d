"""What every handler works with, in one typed value, and the threads that keep the event loop free."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from index import Filter, Index
from index.errors import EngineError, PullquoteError
from index.model import DEFAULT_COLLECTION

from ..conversation.openers import suggest_openers
from ..conversation.state import State
from ..processes.askers import count_readers
from ..serving.metrics import Metrics
from ..serving.offload import Parameters, Result, WorkThreads
from ..serving.quota import Quotas, bucket_name
from ..settings import Settings
from ..translation import ENGLISH, match_language
from .access import AHEAD, Access, Right, filter_of_chat, read_access, read_rates
from .chats.contract import SETTLED, Chats
from .gathered import Gathered
from .updates.inbox import FileThread, StoreThreads

_log = logging.getLogger(__name__)

FRESH = 600.0
"""Seconds that suggested questions are kept: making them means asking several."""

AT_ONCE = 32
"""Threads that wait for a cluster that keeps the chats; a lost node may hold some of them up."""

SLOW = 0.5
"""Seconds after which an answer in the making is announced by "typing ..."."""


@dataclass(frozen=True, slots=True)
class ChatPlace:
    """Where something is said and by whom; a private chat has the id of its person, and topic 0 is none.

    The person is below zero for who writes as a group or a channel. `update` is the update that brought it, 0 for none.
    """

    chat: int
    topic: int
    person: int
    message: int | None = None
    update: int = 0

    @property
    def private(self) -> bool:
        """Whether this is a chat of one person with the bot."""
        return self.chat > 0


@dataclass(frozen=True, slots=True)
class WaitingTurn:
    """When the turn of a message that waits comes, by a monotonic clock, and in whose line it waits."""

    due: float
    whose: tuple[str, int, int]


@dataclass(slots=True)
class Desk(WorkThreads):
    """Index, inbox, chats, access, quotas and metrics of one running bot.

    `chats` is the `inbox` itself unless several processes share the chats. `polled` is when the last good poll ended,
    by a monotonic clock. `gathered` holds what comes in several messages, by its chat and what they have in common (see
    `actions/gathering.py`).
    `turns` are those of updates beyond a limit, which wait in the inbox. `undone` are messages whose command was
    mistyped, the last thousand: an edit of one is done as if it were new.
    `pressed` is the last button of each person in each chat, and when it was done, by a monotonic clock.
    """

    index: Index
    inbox: FileThread
    chats: StoreThreads[Chats]
    access: Access
    quotas: Quotas
    settings: Settings
    metrics: Metrics
    name: str = "bot"
    reading: set[int] = field(default_factory=set)
    gathered: OrderedDict[tuple[int, str], Gathered] = field(default_factory=OrderedDict)
    turns: dict[int, WaitingTurn] = field(default_factory=dict)
    undone: OrderedDict[tuple[int, int | None], None] = field(default_factory=OrderedDict)
    pressed: OrderedDict[tuple[int, int], tuple[str, float]] = field(default_factory=OrderedDict)
    slow: float = SLOW
    started: float = field(default_factory=time.monotonic)
    polled: float = field(default_factory=time.monotonic)
    _suggested: OrderedDict[Filter, tuple[float, asyncio.Future[tuple[str, ...]]]] = field(default_factory=OrderedDict)

    async def change(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Change the index: one change at a time."""
        self._suggested.clear()
        return await WorkThreads.change(self, function, *args, **kwargs)

    async def load_state(self, place: ChatPlace) -> State:
        """Return where the conversation stands, with what the chat may see today."""
        found = await self.chats.run(self.chats.store.get_talk, place.chat, place.topic)
        return restore_state(found, place.chat)

    async def get_settled(self, chat: int) -> dict[str, Any]:
        """Return what is settled for a chat as a whole; {} for nothing."""
        return await self.chats.run(self.chats.store.get_talk, chat, SETTLED) or {}

    async def settle(self, chat: int, **values: Any) -> None:
        """Settle something for a chat as a whole; what else is settled there stays."""
        before = await self.get_settled(chat)
        if before | values != before:
            await self.chats.run(self.chats.store.set_talk, chat, SETTLED, before | values, before)

    async def find_language(self, place: ChatPlace, code: str | None = None) -> str:
        """Return the language of a chat: what was chosen there, else that of the person of a private chat.

        `code` is what Telegram says of the person, if they have just written. Groups speak the language of who added
        the bot; English where nothing is known.
        """
        try:
            settled = await self.get_settled(place.chat)
        except EngineError:  # what was written is dealt with as far as possible; that says what is wrong
            settled = {}
        spoken = code if place.private and code else settled.get("spoken")
        return match_language(settled.get("language") or spoken)

    async def remember_language(self, chat: int, language: str) -> None:
        """Keep the language that a chat is spoken to in where nobody has chosen one."""
        if language != (await self.get_settled(chat)).get("spoken", ENGLISH):
            await self.settle(chat, spoken=language)

    async def suggest(self, state: State, count: int) -> tuple[str, ...]:
        """Return questions that the articles in view answer; they are made once in ten minutes, for all who ask."""
        scope, now = await self.ask(_drop_empty_collection, self.index, state.scope), time.monotonic()
        made, making = self._suggested.get(scope, (float("-inf"), None))
        if making is None or now - made > FRESH:
            making = asyncio.ensure_future(self.load(suggest_openers, self.index, scope, 3))
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

    def may(self, right: Right, place: ChatPlace) -> bool:
        """Tell whether the person may do this here."""
        return self.access.may(right, place.person, place.chat)

    def take(self, what: str, who: int, amount: float = 1) -> float:
        """Take from a quota and return 0, or return the seconds until there is enough; admins are not limited."""
        if who in self.access.admins and what != "notice":
            return 0.0
        return self.quotas.take(what, who, amount)

    def book(self, what: str, place: ChatPlace) -> tuple[float, bool]:
        """Take a message from the quotas of its person and group, now or ahead; see `Quotas.book`."""
        wanted = [] if place.person in self.access.admins else [(what, place.person)]
        return self.quotas.book(wanted + ([] if place.private else [("group", place.chat)]), AHEAD)

    def note_undone(self, place: ChatPlace) -> None:
        """Note that the place's message is a command that could not be done."""
        self.undone[place.chat, place.message] = None
        while len(self.undone) > 1000:
            self.undone.popitem(last=False)

    def note_pressed(self, place: ChatPlace, data: str) -> None:
        """Note what a person's last button was, and when it was done."""
        self.pressed[place.chat, place.person] = data, time.monotonic()
        self.pressed.move_to_end((place.chat, place.person))
        while len(self.pressed) > 1000:
            self.pressed.popitem(last=False)

    def forget_undone(self, place: ChatPlace) -> bool:
        """Tell whether the place's message could not be done, and forget it."""
        return self.undone.pop((place.chat, place.message), self) is None

    def get_delay(self, update: int) -> float | None:
        """Return the seconds until the turn of an update, None if it waits for none."""
        turn = self.turns.get(update)
        return None if turn is None else max(0.0, turn.due - time.monotonic())

    async def take_lasting(self, what: str, who: int, amount: float = 1) -> float:
        """Like `take`, from a quota that outlives a restart and counts for all processes of the bot."""
        if who in self.access.admins:
            return 0.0
        name, store = bucket_name(what, who), self.chats.store
        while True:  # we lose only to another take, and those end when the quota is used up
            before = await self.chats.run(store.get_level, name)
            self.quotas.learn(name, before)
            wait, level = self.quotas.preview(what, who, amount)
            if wait:
                return wait
            if await self.chats.run(store.set_level, name, level, before):
                self.quotas.learn(name, level)
                return 0.0

    def close(self) -> None:
        """Wait for the threads, but not for those that read a source, and close index, chats and inbox."""
        self.end_threads()
        self.index.close()
        for each in (self.chats, self.inbox):
            each.close()


def make_desk(
    index: Index, inbox: FileThread, settings: Settings, metrics: Metrics, chats: Chats | None = None
) -> Desk:
    """Return the desk of these settings; `chats` keeps the chats, the inbox's own file where none is given."""
    home = inbox if chats is None or chats is inbox.store else StoreThreads(chats, AT_ONCE)
    quotas = Quotas(read_rates(settings))
    return Desk(index, inbox, home, read_access(settings), quotas, settings, metrics, readers=count_readers())


def restore_state(saved: object, chat: int) -> State:
    """Return a saved conversation, limited to what its chat may see now; a new one if it cannot be read."""
    scope = filter_of_chat(chat)
    try:
        state = State.from_dict(saved) if isinstance(saved, dict) else State()
    except ValueError as error:
        _log.warning("a saved conversation cannot be read: %s", error)
        state = State()
    return replace(state, filter=scope, within=replace(state.within, collections=scope.collections))


def _drop_empty_collection(index: Index, scope: Filter) -> Filter:
    """Return the scope without the chat's own collection if that is empty: most chats then share one scope."""
    within = tuple(name for name in scope.collections if name == DEFAULT_COLLECTION or _holds(index, name))
    return replace(scope, collections=within or scope.collections)


def _holds(index: Index, collection: str) -> bool:
    return any(True for _ in index.articles(Filter(collections=(collection,))))
