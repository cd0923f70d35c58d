"""The small parts of the bot: access, and quotas that several processes share."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.metrics import Metrics
from bot.serving.quota import Rate
from bot.settings import Settings
from bot.telegram.access import (
    Access,
    Right,
    collection_of_chat,
    describe_access,
    filter_of_chat,
    read_access,
    read_rates,
)
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.desk import make_desk
from bot.telegram.updates.inbox import FileThread
from index import open_index
from index.model import DEFAULT_COLLECTION

ADMIN, FRIEND, STRANGER, OTHER, GROUP, LISTED, CHANNEL = 1, 2, 3, 4, -100, -200, -300

# (lists, actor, chat) -> what is granted of ask, add, operate
OPEN = Access(frozenset({ADMIN}))
CLOSED = Access(frozenset({ADMIN}), frozenset({FRIEND, LISTED}), frozenset({FRIEND}))
SHARING = Access(frozenset({ADMIN}), open_add=True)
SHUT_SHARING = Access(frozenset({ADMIN}), frozenset({FRIEND}), frozenset({FRIEND}), open_add=True)
ADDERS = Access(frozenset({ADMIN}), adders=frozenset({FRIEND, LISTED}))
SHUT_ADDERS = Access(frozenset({ADMIN}), frozenset({OTHER}), frozenset({FRIEND, LISTED}))
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
    (SHARING, GROUP, GROUP, "100"),  # an anonymous administrator: not more than a named one
    (SHARING, CHANNEL, GROUP, "100"),
    (ADDERS, STRANGER, STRANGER, "100"),
    (ADDERS, FRIEND, GROUP, "110"),
    (ADDERS, STRANGER, LISTED, "100"),
    (ADDERS, LISTED, LISTED, "100"),
    (SHUT_ADDERS, FRIEND, FRIEND, "110"),
    (SHUT_ADDERS, OTHER, OTHER, "100"),
    (SHUT_ADDERS, STRANGER, STRANGER, "000"),
    (SHUT_ADDERS, STRANGER, LISTED, "100"),
]


@pytest.mark.parametrize(("access", "person", "chat", "granted"), TABLE)
def test_who_may_what(access, person, chat, granted):
    assert "".join(str(int(access.may(right, person, chat))) for right in Right) == granted


@pytest.mark.parametrize(
    ("access", "chat", "so"),
    [
        (OPEN, GROUP, False),
        (CLOSED, LISTED, False),
        (SHARING, GROUP, True),
        (SHARING, FRIEND, False),
        (ADDERS, LISTED, True),
        (ADDERS, GROUP, False),
        (ADDERS, FRIEND, False),
    ],
)
def test_where_administrators_may_add(access, chat, so):
    assert access.lets_administrators_add(chat) is so


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "anyone may ask; articles may be added by the admins"),
        (
            {"allowed": (5,)},
            "only 1 listed person and the admins may ask; articles may be added by the admins, 1 listed person "
            "(PULLQUOTE_ALLOWED, because PULLQUOTE_ADDERS is empty)",
        ),
        (
            {"allowed": (-7,), "adders": (5, 6)},
            "only 2 listed people and 1 listed group and the admins may ask; articles may be added by the admins, "
            "2 listed people (PULLQUOTE_ADDERS)",
        ),
        (
            {"adders": (5, -6, -7), "open_add": True},
            "anyone may ask; articles may be added by the admins, 1 listed person and 2 listed groups' administrators "
            "(PULLQUOTE_ADDERS), whoever may ask in their own private chat, and administrators of a group there",
        ),
    ],
)
def test_the_settings_amount_to_one_sentence(settings, sentence):
    assert describe_access(Settings(**settings)) == sentence


def test_whoever_was_listed_before_there_were_adders_may_do_what_they_could():
    access = read_access(Settings(allowed=(FRIEND, LISTED)))
    assert access == Access(allowed=frozenset({FRIEND, LISTED}), adders=frozenset({FRIEND}))
    assert read_access(Settings(allowed=(FRIEND,), adders=(OTHER,))).adders == {OTHER}


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
        "ask": Rate(7, 60, 7),
        "tap": Rate(42, 60, 42),
        "inline": Rate(28, 60, 14),
        "group": Rate(9, 60, 9),
        "notice": Rate(1, 60, 1),
        "words": Rate(15, 60, 15),
        "add": Rate(11, 3600, 11),
        "bytes": Rate(13_000_000, 86_400, 13_000_000),
    }


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
