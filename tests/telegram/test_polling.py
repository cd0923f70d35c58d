"""Fetching updates: what is confirmed to Telegram, and what strange answers do."""

import asyncio
import json

import pytest

from bot.telegram.chats.sqlite import BotFile
from bot.telegram.updates.raw import is_update
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
