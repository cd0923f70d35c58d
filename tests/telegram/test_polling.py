"""Fetching updates: what is confirmed to Telegram, and what strange answers do."""

import asyncio
import json
import logging
from functools import partial

import httpx
import pytest

from bot.settings import SettingsError
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.updates.inbox import KINDS, is_update
from bot.telegram.updates.polling import Poller, SecondInstance
from tests.support.fake_bot_api import FakeApi
from tests.support.hostile_json import NO_JSON, NO_UPDATE, ODD_UPDATES
from tests.support.live_bot import ASKED, running


class OffsetsApi(FakeApi):
    """A server that keeps the offset of each poll that it answered, None where there was none."""

    def __init__(self):
        super().__init__()
        self.offsets = []

    async def updates(self, values):
        found = await super().updates(values)
        self.offsets.append(values.get("offset"))
        return found


def test_ids_that_begin_anew_lose_nothing(tmp_path):
    """After a week without updates the next id is random: it may be lower than all before."""

    async def scenario():
        api = OffsetsApi()
        async with running(api, tmp_path) as bot:
            for count, number in enumerate((900_000, 41, 42, 7, 900_001), 1):
                if number in (41, 7):  # the quiet week: a poll that brought nothing, and one that begins after it
                    polls = len(api.offsets)
                    await api.until(lambda before=polls: None in api.offsets[before + 1 :])
                api.says(ASKED)
                api.queue[-1]["update_id"] = number
                await bot.answered(count)
        return api.offsets

    offsets = asyncio.run(scenario())
    assert {900_001, 42, 43, 8, 900_002} <= set(offsets), "each batch is confirmed by its own ids"


def test_the_file_takes_ids_lower_than_the_last(tmp_path):
    file = BotFile(tmp_path / "bot.sqlite")
    assert file.receive([(900, {"update_id": 900})], 0.0) == [900]
    assert file.receive([(5, {"update_id": 5}), (900, {}), (901, {})], 0.0) == [5, 901]
    file.close()


@pytest.mark.parametrize("name", NO_UPDATE)
def test_what_has_no_id_is_no_update(name):
    assert not is_update(json.loads(NO_UPDATE[name]))


def test_polls_go_on_after_answers_of_any_kind(tmp_path):
    async def scenario():
        api = FakeApi()
        odd = [data.decode("latin-1") for data in (NO_JSON | NO_UPDATE | ODD_UPDATES).values()]
        answers = [*odd, *(f'{{"ok": true, "result": [{text}]}}' for text in odd), '{"ok": true, "result": 1}']
        # A good answer after each: the waits in between do not grow.
        api.faults["getUpdates"] = [f"raw {text}" for answer in answers for text in (answer, '{"ok":true,"result":[]}')]
        async with running(api, tmp_path) as bot:
            await bot.answers()
        assert len(api.faulted) == 2 * len(answers)
        assert len(api.answers()) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize("wait", ["1e999", "NaN", "-5", "null", "[]", '"x"', "1e308"])
def test_a_wait_that_is_no_time_is_not_kept(tmp_path, monkeypatch, wait):
    monkeypatch.setattr("bot.telegram.updates.polling.LONGEST_WAIT", 0.01)

    async def scenario():
        api = FakeApi()
        api.faults["getUpdates"] = [f'raw429 {{"ok": false, "parameters": {{"retry_after": {wait}}}}}']
        async with running(api, tmp_path) as bot:
            await bot.answers()
        assert api.faulted

    asyncio.run(scenario())


# A poller alone: what it asks, and how long it waits before it asks again.


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
    with pytest.raises(SettingsError):
        asyncio.run(Poller("http://here", Taker()).run())
    assert pauses == [wait]
    assert f"cannot fetch updates ({type(fault).__name__}" in caplog.text
