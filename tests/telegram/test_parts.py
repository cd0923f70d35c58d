"""The small parts of the bot: access, and quotas that several processes share."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.metrics import Metrics
from bot.serving.quota import Rate
from bot.settings import Settings
from bot.telegram.access import Access, Right, collection_of_chat, filter_of_chat, read_rates
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.desk import make_desk
from bot.telegram.updates.inbox import FileThread
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
    assert filter_of_chat(chat).collections == (collection_of_chat(chat), DEFAULT_COLLECTION)
    assert collection_of_chat(chat) != DEFAULT_COLLECTION
    assert (collection_of_chat(chat) == collection_of_chat(other)) == (chat == other)


def test_the_rates_are_those_of_the_settings():
    rates = read_rates(
        Settings(questions_per_minute=7, group_answers_per_minute=9, adds_per_hour=11, megabytes_per_day=13)
    )
    assert rates == {
        "ask": Rate(7, 60, 5),
        "inline": Rate(28, 60, 14),
        "group": Rate(9, 60, 9),
        "notice": Rate(1, 60, 1),
        "add": Rate(11, 3600, 11),
        "bytes": Rate(13_000_000, 86_400, 13_000_000),
    }
    assert read_rates(Settings(questions_per_minute=3))["ask"].burst == 3


def test_nobody_is_listed_unless_somebody_lists_them():
    assert not Access().may(Right.ADD, 7, 7)
    assert not Access().may(Right.OPERATE, 7, 7)
    assert Access().may(Right.ASK, 7, 7)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_kept_quota_counts_for_all_processes(processes):
    """However the takes of two processes interleave, both together get what one may."""

    async def scenario(store):
        disk = FileThread(store)
        settings = Settings(adds_per_hour=5)
        desks = [make_desk(open_index("memory:"), disk, settings, Metrics("update")) for _ in range(processes)]
        waits = await asyncio.gather(*(each.take_lasting("add", 7) for _ in range(10) for each in desks))
        assert sum(not wait for wait in waits) == 5
        assert not await desks[0].take_lasting("add", 8)
        for each in desks:
            each.close()

    asyncio.run(scenario(BotFile(":memory:")))
