"""The inbox by itself: each update is handled once, what is in hand is written down, and what is full takes no more."""

import asyncio
import threading

import apsw
import pytest
from telegram.error import TelegramError

from bot.serving.http import HttpRequest, HttpResponse
from bot.settings import Secret
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.screens.wording import wording
from bot.telegram.updates.inbox import FileThread, Inbox
from bot.telegram.updates.raw import choose_lane, find_chat, is_update, name_message, parse_update
from bot.telegram.updates.webhook import make_webhook


def said(number, chat=7):
    message = {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}}
    return {"update_id": number, "message": message}


class Bot:
    """A bot that keeps what it sends; `error` is raised instead."""

    def __init__(self, error=None):
        self.sent, self.error = [], error

    async def send_message(self, chat, text):
        if self.error:
            raise self.error
        self.sent.append((chat, text))


class Handling:
    """Handles updates: keeps their numbers, waits for `gates` by number, and fails at those of `broken`.

    Those of `delays` are put off by so many seconds, once.
    """

    def __init__(self, broken=(), delays=None):
        self.begun, self.done, self.gates, self.broken = [], [], {}, set(broken)
        self.delays = delays or {}

    async def __call__(self, update):
        self.begun.append(update.update_id)
        if update.update_id in self.gates:
            await self.gates[update.update_id].wait()
        if update.update_id in self.broken:
            raise RuntimeError("not done")
        if update.update_id in self.delays:
            return self.delays.pop(update.update_id)
        self.done.append(update.update_id)
        return None


async def turn(until):
    """Let the others run until something is so."""
    for _ in range(20_000):
        if until():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never was")


def scene(tmp_path, scenario, handle, bot=None):
    """Run a scenario that is a coroutine function of (inbox, file), and return what waits in the file then."""

    async def main():
        file = FileThread(BotFile(tmp_path / "bot.sqlite"))
        inbox = Inbox(file, handle, bot)
        await scenario(inbox, file)
        await inbox.close(0)
        waiting = await file.run(file.store.list_waiting)
        file.close()
        return [(number, tries) for number, _, tries in waiting]

    return asyncio.run(asyncio.wait_for(main(), 20))  # what is never answered would wait for ever


@pytest.mark.parametrize(
    ("raw", "lane", "chat"),
    [
        ({"message": {"chat": {"id": 5}}}, 5, 5),
        ({"edited_message": {"chat": {"id": 5}}}, 5, 5),
        ({"message": 3, "edited_message": {"chat": {"id": 5}}}, 5, 5),
        ({"callback_query": {"message": {"chat": {"id": 5}}, "from": {"id": 6}}}, 5, 5),
        ({"callback_query": {"from": {"id": 6}}}, 6, 6),
        ({"inline_query": {"from": {"id": 6}}}, ("inline", 6), None),
        ({"message": {"chat": {"id": "5"}}}, None, None),
        ({"message": {"chat": 5}}, None, None),
        ({"message": {}}, None, None),
        ({}, ("inline", None), None),
    ],
)
def test_an_update_is_of_its_chat_or_else_of_its_person(raw, lane, chat):
    assert (choose_lane(raw), find_chat(raw)) == (lane, chat)


@pytest.mark.parametrize(
    ("number", "so"), [(0, True), (2**63 - 1, True), (2**63, False), (-1, False), (True, False), ("5", False)]
)
def test_the_id_of_an_update_fits_into_the_file(number, so):
    assert is_update({"update_id": number}) is so
    assert is_update([number]) is False


def test_a_malformed_update_is_left_out_with_a_word(caplog):
    assert parse_update(said(4), None).update_id == 4
    assert caplog.text == ""
    assert parse_update({"update_id": 5, "message": {"text": 3}}, None) is None
    assert "update 5 is malformed" in caplog.text


def test_each_update_of_a_batch_is_handled_once(tmp_path, caplog):
    handle = Handling()

    async def scenario(inbox, _file):
        await inbox.take([said(1), said(2), said(1)])
        assert "without an id" not in caplog.text
        await inbox.take([said(2), {"message": {}}, said(3)])
        await turn(lambda: len(inbox) == 0)
        assert (inbox.received, inbox.handled) == (3, 3)

    assert scene(tmp_path, scenario, handle) == []
    assert handle.done == [1, 2, 3]
    assert "1 updates without an id were left out" in caplog.text


def test_an_update_that_is_put_off_holds_up_nobody_and_is_done_later(tmp_path):
    handle = Handling(delays={1: 1.0, 2: 1.1})

    async def scenario(inbox, file):
        await inbox.take([said(1), said(2), said(3), said(4, 8)])
        while inbox.handled < 2:
            await asyncio.sleep(0.005)
        assert (len(inbox), sorted(handle.done)) == (2, [3, 4])
        assert [(number, tries) for number, _, tries in await file.run(file.store.list_waiting)] == [(1, 0), (2, 0)]
        while len(inbox):
            await asyncio.sleep(0.005)
        assert inbox.handled == 4

    assert scene(tmp_path, scenario, handle) == []
    assert handle.done[2:] == [1, 2]


def test_what_is_put_off_when_the_bot_stops_is_done_at_the_next_start(tmp_path):
    handle = Handling(delays={1: 60.0})

    async def scenario(inbox, _file):
        await inbox.take([said(1), said(2)])
        while inbox.handled < 1:
            await asyncio.sleep(0.005)

    assert scene(tmp_path, scenario, handle) == [(1, 0)]

    async def again(inbox, _file):
        assert await inbox.drain() == 1
        while len(inbox):
            await asyncio.sleep(0.005)

    assert scene(tmp_path, again, handle) == []
    assert handle.done == [2, 1]


def test_what_is_put_off_does_not_keep_others_from_being_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.telegram.updates.inbox.FULL", 2)
    handle = Handling(delays={1: 60.0, 2: 60.0})

    async def scenario(inbox, _file):
        await inbox.take([said(1), said(2)])
        assert inbox.full
        while inbox.full:
            await asyncio.sleep(0.005)
        assert len(inbox) == 2

    scene(tmp_path, scenario, handle)


def test_an_update_that_fails_waits_for_the_next_start_and_blames_nobody(tmp_path, caplog):
    handle = Handling(broken={1})

    async def scenario(inbox, _file):
        await inbox.take([said(1), said(2)])
        await turn(lambda: len(inbox) == 0)
        assert inbox.handled == 1

    assert scene(tmp_path, scenario, handle) == [(1, 0)]
    assert "update 1 could not be handled; it is tried again at the next start" in caplog.text


def test_what_is_ended_in_hand_is_begun_again_and_blames_nobody(tmp_path):
    handle = Handling()

    async def scenario(inbox, _file):
        handle.gates[1] = asyncio.Event()
        await inbox.take([said(1), said(2)])
        await turn(lambda: handle.begun)
        assert not await inbox.close(0)

    assert scene(tmp_path, scenario, handle) == [(1, 0), (2, 0)]


def test_what_ends_in_time_is_waited_for(tmp_path):
    handle = Handling()

    async def scenario(inbox, _file):
        handle.gates[1] = asyncio.Event()
        await inbox.take([said(1)])
        await turn(lambda: handle.begun)
        handle.gates[1].set()
        assert await inbox.close(5)

    assert scene(tmp_path, scenario, handle) == []


def test_a_thousand_waiting_updates_are_full_and_the_webhook_says_so(tmp_path):
    handle = Handling()

    async def scenario(inbox, _file):
        handle.gates[0] = asyncio.Event()
        answer, _ = make_webhook(inbox, Secret("hush"), "/hook")
        await inbox.take([said(number) for number in range(999)])
        assert not inbox.full
        assert (await answer(HttpRequest("POST", "/hook", {}, b'{"update_id": 999}'))).status == 200
        assert inbox.full
        assert (await answer(HttpRequest("POST", "/hook", {}, b'{"update_id": 1000}'))).status == 503
        handle.gates[0].set()

    assert 1000 not in dict(scene(tmp_path, scenario, handle))


def test_the_webhook_keeps_out_whoever_lacks_the_secret():
    _, gate = make_webhook(None, Secret("hush"), "/hook")
    right = {"x-telegram-bot-api-secret-token": "hush"}
    asked = [
        ("GET", "/", right),
        ("POST", "/hook", {}),
        ("POST", "/hook", {**right, "x": "y"}),
        ("GET", "/hook", right),
    ]
    found = [gate(HttpRequest(method, path, headers, b"")) for method, path, headers in asked]
    assert [each and (each.status, each.text) for each in found] == [
        (404, "not here"),
        (403, "wrong secret"),
        None,
        (405, "POST only"),
    ]


@pytest.mark.parametrize(("body", "told"), [(b"{", "not JSON"), (b'{"update_id": -1}', "not an update")])
def test_the_webhook_refuses_what_is_no_update(body, told):
    answer, _ = make_webhook(Inbox(None, None), Secret("hush"), "/hook")
    assert asyncio.run(answer(HttpRequest("POST", "/hook", {}, body))) == HttpResponse(400, told)


def begin(tmp_path, *counts):
    """Leave updates 1, 2, ... in the file, of chats 1, 2, ..., each with its count."""
    store = BotFile(tmp_path / "bot.sqlite")
    for number, count in enumerate(counts, 1):
        store.receive([(number, said(number, number))], 0.0)
        for _ in range(count):
            store.begin(number)
    store.close()


def test_what_an_earlier_run_left_is_done_at_the_start(tmp_path):
    begin(tmp_path, 0, 0)
    handle = Handling()

    async def scenario(inbox, _file):
        assert await inbox.drain() == 2
        await turn(lambda: len(inbox) == 0)

    assert scene(tmp_path, scenario, handle) == []
    assert handle.done == [1, 2]


def test_who_may_have_ended_the_process_is_alone_and_the_others_wait(tmp_path):
    begin(tmp_path, 0, 1, 2, 0)
    handle = Handling()

    async def scenario(inbox, file):
        handle.gates = {2: asyncio.Event(), 3: asyncio.Event()}
        assert await inbox.drain() == 4
        for number in (2, 3):
            await turn(lambda number=number: number in handle.begun)
            for _ in range(200):
                await asyncio.sleep(0)
            assert handle.begun == list(range(2, number + 1))
            counts = {key: tries for key, _, tries in await file.run(file.store.list_waiting)}
            assert counts == {1: 0, 2: 3, 3: 2, 4: 0} if number == 2 else {1: 0, 3: 3, 4: 0}
            handle.gates[number].set()
        await turn(lambda: len(inbox) == 0)

    assert scene(tmp_path, scenario, handle) == []
    assert sorted(handle.done[2:]) == [1, 4]


def test_of_several_in_hand_at_a_death_none_is_blamed_and_the_others_wait(tmp_path):
    begin(tmp_path, 0, 1, 1)
    handle = Handling()

    async def scenario(inbox, _file):
        await inbox.drain()
        await turn(lambda: len(inbox) == 0)

    assert scene(tmp_path, scenario, handle) == []
    assert handle.done == [2, 3, 1]


def test_those_of_the_chat_of_a_suspect_come_after_it_in_its_lane(tmp_path):
    store = BotFile(tmp_path / "bot.sqlite")
    store.receive([(1, said(1, 5)), (2, said(2, 5)), (3, said(3, 6))], 0.0)
    store.begin(1)
    store.close()
    handle = Handling()

    async def scenario(inbox, _file):
        await inbox.drain()
        await turn(lambda: len(inbox) == 0)

    assert scene(tmp_path, scenario, handle) == []
    assert handle.done == [1, 2, 3]


def test_the_others_wait_for_suspects_no_longer_than_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.telegram.updates.inbox.ALONE", 0.0)
    begin(tmp_path, 0, 1)
    handle = Handling()

    async def scenario(inbox, _file):
        handle.gates[2] = asyncio.Event()
        await inbox.drain()
        await turn(lambda: handle.done == [1])
        handle.gates[2].set()
        await turn(lambda: len(inbox) == 0)

    assert scene(tmp_path, scenario, handle) == []


def test_without_a_bot_an_update_is_set_aside_without_a_word(tmp_path):
    begin(tmp_path, 3)

    async def scenario(inbox, _file):
        assert await inbox.drain() == 1

    assert scene(tmp_path, scenario, Handling()) == []


@pytest.mark.parametrize(
    ("counts", "left"), [((3,), []), ((4,), []), ((2,), [1]), ((3, 1), [1, 2]), ((5, 1), [2]), ((1,), [1])]
)
def test_two_deaths_that_it_alone_can_have_caused_set_an_update_aside(tmp_path, counts, left):
    begin(tmp_path, *counts)
    handle, bot = Handling(), Bot()

    async def scenario(inbox, _file):
        await inbox.drain()
        await turn(lambda: len(inbox) == 0)

    assert scene(tmp_path, scenario, handle, bot) == []
    assert handle.done == left
    assert bot.sent == [(number, wording.SET_ASIDE) for number in range(1, len(counts) + 1) if number not in left]


def test_the_others_go_on_though_the_sender_cannot_be_told(tmp_path, caplog):
    begin(tmp_path, 3, 0)
    handle = Handling()

    async def scenario(inbox, _file):
        await inbox.drain()
        await turn(lambda: len(inbox) == 0)

    assert scene(tmp_path, scenario, handle, Bot(TelegramError("blocked"))) == []
    assert handle.done == [2]
    assert "the sender of update 1 could not be told (TelegramError)" in caplog.text


def test_an_update_of_no_chat_is_set_aside_without_a_word(tmp_path):
    store = BotFile(tmp_path / "bot.sqlite")
    store.receive([(1, {"update_id": 1, "inline_query": {"from": {"id": 6}}})], 0.0)
    for _ in range(3):
        store.begin(1)
    store.close()
    bot = Bot()

    async def scenario(inbox, _file):
        await inbox.drain()

    assert scene(tmp_path, scenario, Handling(), bot) == []
    assert bot.sent == []


def test_a_closed_file_takes_nothing_more(tmp_path):
    async def scenario():
        file = FileThread(BotFile(tmp_path / "bot.sqlite"))
        writing = asyncio.ensure_future(file.receive([(1, said(1))], 0.0))
        await asyncio.sleep(0)
        file.close()
        assert await writing == [1]
        file.close()
        with pytest.raises(RuntimeError):
            await file.receive([(2, said(2))], 0.0)
        with pytest.raises(apsw.ConnectionClosedError):
            file.store.count_waiting()

    asyncio.run(asyncio.wait_for(scenario(), 20))


class HeldFile:
    """A file whose calls wait for each other to be asked for; it notes the thread of each."""

    def __init__(self):
        self.threads, self.asked = set(), threading.Event()

    def run_together(self, calls):
        self.threads.add(threading.get_ident())
        assert self.asked.wait(20)
        return [(call(), None) for call in calls]

    def receive(self, updates, now):
        self.threads.add(threading.get_ident())
        assert self.asked.wait(20)
        return [number for number, _ in updates]

    def close(self):
        pass


def test_the_file_is_written_by_one_thread():
    async def ask():
        file = FileThread(HeldFile())
        calls = [asyncio.ensure_future(file.run(lambda: 1)), asyncio.ensure_future(file.receive([(5, {})], 0.0))]
        while file._threads._work_queue.qsize() + len(file.store.threads) < 2:
            await asyncio.sleep(0)
        file.store.asked.set()
        assert await asyncio.gather(*calls) == [1, [5]]
        file.close()
        return file.store.threads

    assert len(asyncio.run(ask())) == 1


def edited(number, message=1, chat=7, text="b"):
    content = {"message_id": message, "date": 0, "chat": {"id": chat, "type": "private"}, "text": text}
    return {"update_id": number, "edited_message": content | {"edit_date": 1}}


def test_an_edit_takes_the_place_of_what_is_put_off_in_memory_and_in_the_file(tmp_path):
    """In one commit; an edit of another message, in this chat or another, is an update like others."""
    texts = {}
    handle = Handling(delays={1: 3600.0})

    async def scenario(inbox, file):
        await inbox.take([said(1), edited(2), edited(3, message=9), edited(4, chat=8), edited(5, text="c")])
        await turn(lambda: inbox.handled == 4)
        texts.update({number: raw for number, raw, _ in file.store.list_waiting()})

    scene(tmp_path, scenario, handle)
    assert sorted(handle.done) == [3, 4]
    assert list(texts) == [1]
    assert set(texts[1]) == {"update_id", "message"}
    assert texts[1]["message"]["text"] == "c"


def test_an_edit_of_an_edit_that_is_put_off_stays_one(tmp_path):
    handle = Handling(delays={1: 3600.0})

    async def scenario(inbox, file):
        await inbox.take([edited(1), edited(2, text="c")])
        await turn(lambda: inbox.handled == 1)
        ((_, raw, _),) = file.store.list_waiting()
        assert raw["edited_message"]["text"] == "c"

    scene(tmp_path, scenario, handle)


@pytest.mark.parametrize(
    "raw",
    [
        {"edited_message": 1},
        {"edited_message": {"message_id": 1}},
        {"edited_message": {"message_id": "1", "chat": {"id": 7}}},
        {"message": {"message_id": 1, "chat": {"id": 7}}},
    ],
)
def test_what_names_no_message_is_no_edit(raw):
    assert name_message(raw, "edited_message") is None
