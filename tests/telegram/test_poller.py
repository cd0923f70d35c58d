"""A poller alone: what it asks, and how long it waits before it asks again."""

import asyncio
import json
import logging
from functools import partial

import httpx
import pytest

from bot.settings import SettingsError
from bot.telegram.updates.inbox import KINDS
from bot.telegram.updates.polling import Poller, SecondInstance


class Taker:
    """An inbox that keeps the ids that it is given; it is full for so many looks."""

    def __init__(self, full=0):
        self.taken, self._full = [], full

    @property
    def full(self):
        self._full -= 1
        return self._full >= 0

    async def take(self, batch):
        self.taken += [each.get("update_id") for each in batch]


def poll(answers, inbox=None, **kwargs):
    """Poll once for each answer (status and body); returns what was asked, the waits in between, and the poller."""
    asked, waits = [], [0.0]

    async def main():
        left = iter(answers)

        def answer(request):
            asked.append(json.loads(request.content))
            status, body = next(left)
            return httpx.Response(status, content=body if isinstance(body, str) else json.dumps(body))

        poller = Poller("http://here", inbox or Taker(), **kwargs)
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            for _ in answers:
                waits.append(await poller._poll(client, waits[-1]))
        return poller

    poller = asyncio.run(main())
    return asked, waits[1:], poller


def good(*numbers):
    return 200, {"ok": True, "result": [{"update_id": number} for number in numbers]}


def test_each_batch_is_confirmed_by_the_next_poll_and_an_empty_one_by_none():
    inbox = Taker()
    asked, waits, poller = poll([good(9, 5), good(), good(3)], inbox, clock=lambda: 7.0)
    plain = {"timeout": 25, "allowed_updates": list(KINDS)}
    assert asked == [plain, {**plain, "offset": 10}, plain]
    assert waits == [0.0] * 3
    assert inbox.taken == [9, 5, 3]
    assert (poller.polled, poller.answered) == (True, 7.0)


@pytest.mark.parametrize("status", [401, 404])
def test_a_rejected_token_is_told(status):
    with pytest.raises(SettingsError, match="rejects the token"):
        poll([(status, {})])


def test_three_conflicts_in_a_row_are_another_poller():
    conflict = 409, {"ok": False}
    _, waits, _ = poll([conflict, conflict, good(), conflict, conflict])
    assert waits == [2.0, 2.0, 0.0, 2.0, 2.0]
    with pytest.raises(SecondInstance, match="another instance"):
        poll([conflict] * 3)


@pytest.mark.parametrize(("told", "wait"), [(7, 7.0), (0.5, 0.5), (3600, 3600.0), (3601, 20.0), (0.4, 20.0)])
def test_telegram_says_how_long_to_wait_within_reason(told, wait):
    assert poll([(429, {"parameters": {"retry_after": told}})])[1] == [wait]


def test_without_a_word_how_long_we_wait_twenty_seconds():
    assert poll([(429, {"ok": False})])[1] == [20.0]


@pytest.mark.parametrize(
    "body", [{"ok": False, "result": []}, {"ok": True}, [], {"ok": True, "result": [{"message": {}}]}]
)
def test_waits_grow_while_nothing_good_comes(body):
    _, waits, poller = poll([(200, body)] * 12, clock=lambda: 0.0)
    assert waits[:3] == [0.5, 0.75, 1.125]
    assert waits[-1] == 20.0
    assert not poller.polled


def test_an_outage_is_logged_once_a_minute(caplog):
    clock = iter([0.0, *[100.0] * 2, 159.0, *[160.0] * 2])
    caplog.set_level(logging.WARNING)
    poll([(200, []), (502, {}), (503, {})], clock=partial(next, clock))
    assert [each.getMessage() for each in caplog.records] == [
        "cannot fetch updates (TypeError status 200); trying on",
        "cannot fetch updates (TypeError status 503); trying on",
    ]


def test_nothing_is_fetched_while_the_inbox_is_full(monkeypatch):
    inbox, seen, pauses = Taker(full=3), [], []

    def answer(_request):
        seen.append(len(pauses))
        return httpx.Response(401)

    async def pause(seconds):
        pauses.append(seconds)

    client = partial(httpx.AsyncClient, transport=httpx.MockTransport(answer))
    monkeypatch.setattr("bot.telegram.updates.polling.httpx.AsyncClient", client)
    monkeypatch.setattr("bot.telegram.updates.polling.asyncio.sleep", pause)
    clock = iter([1.0, 2.0, 3.0, 4.0])
    poller = Poller("http://here", inbox, clock=partial(next, clock))
    with pytest.raises(SettingsError):
        asyncio.run(poller.run())
    assert (seen, poller.finished) == ([3], 4.0)


def test_a_poll_may_take_eight_seconds_more_than_was_asked_for(monkeypatch):
    made, client, rejecting = [], httpx.AsyncClient, httpx.MockTransport(lambda _: httpx.Response(401))

    def make(timeout):
        made.append(timeout)
        return client(transport=rejecting)

    monkeypatch.setattr("bot.telegram.updates.polling.httpx.AsyncClient", make)
    with pytest.raises(SettingsError):
        asyncio.run(Poller("http://here", Taker(), timeout=25).run())
    assert made == [httpx.Timeout(10, read=33)]


@pytest.mark.parametrize(
    ("fault", "wait"),
    [(httpx.ReadTimeout("late"), 0.1), (httpx.ConnectError("no"), 0.5), (ValueError("odd"), 0.5), (KeyError("x"), 0.5)],
)
def test_polling_goes_on_after_a_fault(monkeypatch, caplog, fault, wait):
    pauses, faults = [], iter([fault])

    def answer(_request):
        for one in faults:
            raise one
        return httpx.Response(401)

    async def pause(seconds):
        pauses.append(seconds)

    client = partial(httpx.AsyncClient, transport=httpx.MockTransport(answer))
    monkeypatch.setattr("bot.telegram.updates.polling.httpx.AsyncClient", client)
    monkeypatch.setattr("bot.telegram.updates.polling.asyncio.sleep", pause)
    clock = iter([0.0, 1.0, 2.0, 3.0, 4.0])
    poller = Poller("http://here", Taker(), clock=partial(next, clock))
    with pytest.raises(SettingsError):
        asyncio.run(poller.run())
    assert pauses == [wait]
    assert (poller.finished, poller.polled) == (3.0, False)
    assert f"cannot fetch updates ({type(fault).__name__}" in caplog.text
