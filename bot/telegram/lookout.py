"""The lookout: asks standing questions of each article that is added, by whomever, and sends notices.

It comes by every few seconds and asks the library what was added since. Where several processes share the chats, one of
them looks at a time. A notice is claimed when nothing but the call to Telegram is left to do: whether that arrived, a
process that died meanwhile cannot find out, so that one may be lost and none is doubled.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

from aiolimiter import AsyncLimiter
from telegram import Bot
from telegram.error import Forbidden, TelegramError

from index.errors import PullquoteError
from index.model import DEFAULT_COLLECTION

from .access import Right, collection_of_chat
from .actions.standing_questions import prepare_notice, watches
from .chats.contract import StandingQuestion, make_id
from .desk import ChatPlace, Desk
from .matching import AddedArticle, Match, find_end_of_embargo, find_matches, read_additions, still_speaks
from .sending.send import put

_log = logging.getLogger(__name__)

LEASE = 60.0
"""Seconds after which another process looks, if this one has not been heard of."""

LAG = 120.0
"""Seconds that an article may come to light after others of later places: machines add to a cluster side by side."""

AT_ONCE = 100
"""Additions that are looked at before the first notices of them go out."""

FEW = 20
"""Standing questions that are asked in one go, so that a stop need not wait for more."""

SHOWN = 3
"""Notices that a chat gets at once; of more it is told the number."""

PAUSE = 60.0
"""Seconds that a chat is left alone after a notice; ten times as long after as many as are shown."""

NOTICES = 10
"""Notices that go out in a second at most: a third of what the bot may send, the rest is for answers."""

TRIES = 3
"""Times that an article is asked which ends in an error, before it is passed over."""

TOLD = 365 * 24 * 3600.0
"""Seconds for which it is kept that an article was told of: it may be removed and added again."""


@dataclass(frozen=True, slots=True)
class _Embargoed:
    """An addition under embargo, to be looked at when that is over."""

    addition: AddedArticle
    until: float


class Lookout:
    """Looks for additions and tells of those that answer; `owner` is this process among those that share the chats."""

    def __init__(self, desk: Desk, bot: Bot, owner: str = "") -> None:
        self._desk, self._bot = desk, bot
        self._owner = owner or (make_id() if desk.settings.shares_chats else "the only one")
        address = desk.index.engine.address
        self._name = f"added {address}"
        self._lag = LAG if address.startswith("opensearch:") else 0.0
        self._floor: int | None = None  # everything below was looked at
        self._seen: set[AddedArticle] = set()  # from the floor on
        self._highest: deque[tuple[float, int]] = deque()  # the highest place seen, and when
        self._later: list[_Embargoed] = []
        self._held: dict[tuple[int, int], list[Match]] = {}  # to be told, by chat and topic
        self._quiet: dict[int, float] = {}  # until when a chat is left alone
        self._kept: Mapping[str, object] = {}
        self._led = 0.0  # until when we need not ask whether we lead
        self._failed: Counter[AddedArticle] = Counter()
        self._pace = AsyncLimiter(NOTICES, 1)

    async def run(self) -> None:
        """Look for ever; return at once where nothing is watched."""
        try:
            while watches(self._desk):
                await self._look_safely()
                await asyncio.sleep(self._desk.settings.watch_seconds)
        finally:
            if time.monotonic() < self._led:  # so that another process need not wait until our time is over
                await self._desk.chats.run(self._desk.chats.store.release, self._name)

    async def _look_safely(self) -> None:
        """Look once; a failure is logged: questions must be answered, whatever becomes of this."""
        try:
            await self.look()
        except PullquoteError as error:
            _log.warning("it cannot be looked for additions just now: %s", error)
        except Exception:  # noqa: BLE001 - a front door
            self._desk.metrics.errors.inc()
            _log.exception("looking for additions failed; it is tried again")

    async def look(self) -> None:
        """Look once at all that was added, or whose embargo ended, since the last time, and send what may be sent."""
        last = await self._desk.aside(self._desk.index.last_place)
        await self._begin(last)
        if self._floor == last and not self._held and not self._find_due():
            return
        rows = await self._desk.aside(self._desk.index.added_since, self._floor or 0)
        while found := await self._desk.aside(read_additions, rows, AT_ONCE):
            new = [each for each in found if each not in self._seen]
            if new and not await self._take(new, last):
                return
        due = self._find_due()
        if due and not await self._take([each.addition for each in due], last):
            return
        held = self._list_held()  # what is not told yet stays, in case that this process dies
        self._later = [each for each in self._later if each not in due or each.addition.article in held]
        await self._settle()

    async def _take(self, additions: Sequence[AddedArticle], last: int) -> bool:
        """Ask the standing questions of additions, and send what may be sent; False if another process has the lead."""
        waking = await self._desk.chats.run(self._desk.chats.store.list_waking)
        for each in additions:
            if not await self._lead():
                self._floor = None  # where the other one stands is read when it comes to that again
                return False
            # Of a library made anew, places say nothing about what was asked before.
            asked = [one for one in waking if _concerns(one, each) and not each.place <= one.since <= last]
            try:
                await self._ask(each, asked)
            except Exception:
                self._failed[each] += 1
                if self._failed[each] < TRIES:
                    raise
                _log.exception("article %s could not be asked and is passed over", each.article)
            self._seen.add(each)
        self._highest.append((time.monotonic(), max(each.place for each in additions)))
        await self._settle()
        return True

    async def _lead(self) -> bool:
        """Take or keep the lead among the processes; False if another one has it."""
        if time.monotonic() < self._led:
            return True
        now, chats = self._desk.now(), self._desk.chats
        leads = await chats.run(chats.store.claim, self._name, self._owner, now, now + LEASE)
        self._led = time.monotonic() + LEASE / 3 if leads else 0.0
        return leads

    def _is_busy(self) -> bool:
        return self._desk.asking > 0

    def _find_due(self) -> list[_Embargoed]:
        now, held = self._desk.now(), self._list_held()
        return [each for each in self._later if each.until <= now and each.addition.article not in held]

    def _list_held(self) -> set[str]:
        return {match.article for matches in self._held.values() for match in matches}

    async def _begin(self, last: int) -> None:
        """Go on from where the bot was; at its first start, and in a library that was made anew, from what is there."""
        if self._floor is None:
            mark = await self._desk.chats.run(self._desk.chats.store.get_mark, self._name)
            self._floor = last if mark is None else int(mark["floor"])
            later = () if mark is None else mark["later"]
            self._later = [_Embargoed(AddedArticle(place, name, key), until) for place, name, key, until in later]
            self._seen, self._highest = set(), deque()
            if mark is None:
                await self._keep()
        if last < self._floor:
            self._floor, self._seen, self._highest = last, set(), deque()

    async def _ask(self, addition: AddedArticle, asked: Sequence[StandingQuestion]) -> None:
        index = self._desk.index
        for at in range(0, len(asked), FEW):
            found = await self._desk.aside(find_matches, index, addition, asked[at : at + FEW], self._is_busy)
            for match in found:
                self._held.setdefault((match.standing.chat, match.standing.topic), []).append(match)
        if asked:
            until = await self._desk.aside(find_end_of_embargo, index, addition)
            if until is not None:
                self._later.append(_Embargoed(addition, max(until, self._desk.now() + PAUSE)))

    async def _settle(self) -> None:
        """Send what may be sent now, and note how far we are."""
        now = time.monotonic()
        due = [self._tell(key) for key in list(self._held) if now >= self._quiet.get(key[0], 0.0)]
        errors = [error for error in await asyncio.gather(*due, return_exceptions=True) if error is not None]
        if errors:
            raise errors[0]
        if self._floor is None:
            return
        floor, now = self._floor, time.monotonic()
        while self._highest and self._highest[0][0] <= now - self._lag:
            floor = max(floor, self._highest.popleft()[1])
        waiting = [match.place - 1 for matches in self._held.values() for match in matches]
        self._floor = max(self._floor, min([floor, *waiting]))
        self._seen = {each for each in self._seen if each.place >= self._floor}
        await self._keep()

    async def _keep(self) -> None:
        """Note how far we are, where that has changed."""
        mark = {"floor": self._floor, "later": [[*astuple(each.addition), each.until] for each in self._later]}
        if mark != self._kept:
            await self._desk.chats.run(self._desk.chats.store.set_mark, self._name, mark)
            self._kept = mark

    async def _tell(self, key: tuple[int, int]) -> None:
        """Send the first notices to a chat's topic, and with the last of them how many more there are."""
        fresh = [match for match in self._held[key] if await self._is_due(match)]
        del self._held[key]
        if fresh:
            self._quiet[key[0]] = time.monotonic() + (PAUSE if len(fresh) < SHOWN else 10 * PAUSE)
        for at, match in enumerate(fresh[:SHOWN], 1):
            counted = fresh[SHOWN:] if at == SHOWN else []
            await self._pace.acquire()
            try:
                notice = await prepare_notice(self._desk, match, len(counted))
                ours = await self._claim(match)
            except PullquoteError:  # it was not sent: what it needs cannot be had just now
                self._held[key] = fresh[at - 1 :]
                raise
            try:
                if ours:
                    await put(self._desk, self._bot, *notice)
                for each in counted:
                    await self._claim(each)
            except Forbidden:
                _log.info("a chat is closed to us; what it watches rests")
                await self._desk.chats.run(self._desk.chats.store.rest_questions, key[0], resting=True)
                return
            except TelegramError as error:
                _log.warning("a notice could not be sent: %s", type(error).__name__)

    async def _is_due(self, match: Match) -> bool:
        """Tell whether this is to be told: it still answers, is still watched, and was not told before."""
        standing, chats = match.standing, self._desk.chats
        if not self._desk.may(Right.ASK, ChatPlace(standing.chat, standing.topic, standing.person)):
            return False
        if standing.id not in {each.id for each in await chats.run(chats.store.list_questions, standing.chat)}:
            return False
        if not await self._desk.aside(still_speaks, self._desk.index, match):
            return False
        return not await chats.run(chats.store.is_claimed, _name_claim(match), self._desk.now())

    async def _claim(self, match: Match) -> bool:
        """Note for good that this is told; False if another process has done so."""
        now, chats = self._desk.now(), self._desk.chats
        return await chats.run(chats.store.claim, _name_claim(match), make_id(), now, now + TOLD)


def _name_claim(match: Match) -> str:
    return f"told {match.standing.id} {match.article}"


def _concerns(standing: StandingQuestion, addition: AddedArticle) -> bool:
    """Tell whether the chat of a standing question may see what was added to a collection."""
    return addition.collection in (DEFAULT_COLLECTION, collection_of_chat(standing.chat))
