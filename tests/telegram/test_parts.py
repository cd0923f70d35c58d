"""The small parts of the bot: access, quotas, lanes."""

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.lanes import Lanes
from bot.serving.metrics import Metrics
from bot.serving.quota import Quotas, Rate, rates
from bot.settings import Settings
from bot.telegram.access import Access, Right, own, visible
from bot.telegram.chats.sqlite import Store
from bot.telegram.desk import desk
from bot.telegram.updates.inbox import File
from index import open_index
from index.model import DEFAULT_COLLECTION

ADMIN, FRIEND, STRANGER, GROUP, LISTED = 1, 2, 3, -100, -200

# (lists, actor, chat) -> what is granted of ask, add, operate
OPEN = Access(frozenset({ADMIN}))
CLOSED = Access(frozenset({ADMIN}), frozenset({FRIEND, LISTED}))
SHARING = Access(frozenset({ADMIN}), open_add=True)
SHUT_SHARING = Access(frozenset({ADMIN}), frozenset({FRIEND}), open_add=True)
TABLE = [
    (OPEN, ADMIN, ADMIN, "111"),
    (OPEN, ADMIN, GROUP, "111"),
    (OPEN, STRANGER, STRANGER, "100"),
    (OPEN, STRANGER, GROUP, "100"),
    (CLOSED, FRIEND, FRIEND, "110"),
    (CLOSED, FRIEND, GROUP, "110"),
    (CLOSED, STRANGER, STRANGER, "000"),
    (CLOSED, STRANGER, GROUP, "000"),
    (CLOSED, STRANGER, LISTED, "100"),
    (SHARING, STRANGER, STRANGER, "110"),
    (SHARING, STRANGER, GROUP, "100"),
    (SHUT_SHARING, STRANGER, STRANGER, "000"),
    (SHUT_SHARING, FRIEND, GROUP, "110"),
]


@pytest.mark.parametrize(("access", "person", "chat", "granted"), TABLE)
def test_who_may_what(access, person, chat, granted):
    assert "".join(str(int(access.may(right, person, chat))) for right in Right) == granted


@given(st.integers(), st.integers())
def test_a_chat_sees_its_own_articles_and_the_shared_ones(chat, other):
    assert visible(chat).collections == (own(chat), DEFAULT_COLLECTION)
    assert own(chat) != DEFAULT_COLLECTION
    assert (own(chat) == own(other)) == (chat == other)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_burst_passes_and_then_the_rate_holds():
    clock = Clock()
    quotas = Quotas(rates(Settings()), clock=clock)
    assert [quotas.take("ask", 7) for _ in range(5)] == [0.0] * 5
    wait = quotas.take("ask", 7)
    assert wait == pytest.approx(3.0)
    assert quotas.take("ask", 8) == 0.0
    clock.now += wait
    assert quotas.take("ask", 7) == 0.0
    assert quotas.take("ask", 7) > 0


def test_kept_levels_survive_and_a_restart_empties_nothing():
    clock, rate = Clock(), {"add": Rate(2, 3600, 2)}
    quotas = Quotas(rate, clock)
    quotas.learn("add:7", None)
    assert quotas.tried("add", 7, 2) == (0.0, 2.0)
    assert quotas.tried("add", 7, 2) == (0.0, 2.0)  # nothing was taken
    quotas.learn("add:7", 2.0)
    assert quotas.tried("add", 7)[0] == pytest.approx(1800)
    clock.now += 1800
    quotas.learn("add:7", 2.0)  # what it told itself: half an hour has leaked since
    assert quotas.take("add", 7) == 0.0
    clock.now = -5e6  # another machine, another monotonic clock
    again = Quotas(rate, clock)
    again.learn("add:7", 2.0)
    assert again.take("add", 7) == pytest.approx(1800)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_kept_quota_counts_for_all_processes(processes):
    """However the takes of two processes interleave, both together get what one may."""

    async def scenario(store):
        disk = File(store)
        settings = Settings(adds_per_hour=5)
        desks = [desk(open_index("memory:"), disk, settings, Metrics()) for _ in range(processes)]
        waits = await asyncio.gather(*(each.take_kept("add", 7) for _ in range(10) for each in desks))
        assert sum(not wait for wait in waits) == 5
        assert not await desks[0].take_kept("add", 8)
        for each in desks:
            each.close()

    asyncio.run(scenario(Store(":memory:")))


def test_nothing_passes_a_rate_of_nothing():
    assert Quotas({"add": Rate(0, 3600, 0)}).take("add", 1) == 3600


def test_what_is_larger_than_the_burst_never_fits():
    quotas = Quotas({"bytes": Rate(10, 10, 10)})
    assert quotas.take("bytes", 1, 11) > 0
    assert quotas.take("bytes", 1, 10) == 0


def test_empty_buckets_are_forgotten():
    clock = Clock()
    quotas = Quotas({"ask": Rate(60, 60, 5)}, clock=clock)
    for who in range(50_001):
        quotas.take("ask", who)
        clock.now += 0.001
    assert len(quotas._filled) < 50_001


def test_lanes_keep_the_order_of_a_chat_and_run_chats_side_by_side():
    done, most, running = [], [], set()

    async def work(item):
        running.add(item[0])
        most.append(len(running))
        await asyncio.sleep(0.001)
        done.append(item)
        running.discard(item[0])

    async def main():
        lanes = Lanes(work, width=3)
        for item in itertools.product("abcde", range(20)):
            lanes.put(item[0], item)
        assert len(lanes) == 100
        while len(lanes):
            await asyncio.sleep(0.005)
        assert await lanes.close(1.0)

    asyncio.run(main())
    assert max(most) == 3
    for key in "abcde":
        assert [number for lane, number in done if lane == key] == list(range(20))


def test_closing_lanes_finishes_what_runs_and_starts_nothing_more():
    done = []

    async def work(item):
        await asyncio.sleep(0.05 if item < 100 else 60)
        done.append(item)

    async def main():
        lanes = Lanes(work, width=2)
        for item in (1, 2, 3):
            lanes.put("a", item)
        await asyncio.sleep(0)
        assert await lanes.close(5.0)
        lanes.put("b", 4)
        assert len(lanes) == 0
        slow = Lanes(work)
        slow.put("a", 100)
        await asyncio.sleep(0.01)
        assert not await slow.close(0.01)

    asyncio.run(main())
    assert done == [1]
