"""Every fault that Telegram, or the way there, can show: what the bot does, over real HTTP on the loopback address."""

import asyncio
import json
import logging
import subprocess
import sys
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.serving.logs import JsonFormatter
from bot.settings import Secret, Settings, SettingsError
from bot.telegram.app import Failed, Tempo, hold_file, live, run
from bot.telegram.chats import locate_file
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.check import look
from bot.telegram.screens.wording import wording
from bot.telegram.updates.inbox import FileThread, Inbox
from bot.telegram.updates.polling import SecondInstance
from bot.telegram.watch import Deaf, set_up_bot_logs
from index.errors import EngineError
from tests.support.fake_bot_api import TOKEN, FakeApi
from tests.support.live_bot import ASKED, QUICK, library, running
from tests.support.loopback import free_port
from tests.support.paths import ROOT


def trial(scenario):
    """Run a scenario that is a coroutine function of (api, tmp_path) as a test."""

    def test(tmp_path):
        asyncio.run(asyncio.wait_for(scenario(FakeApi(), tmp_path), 40))

    return test


POLL_FAULTS = {
    "429": ["429 1"],
    "502 three times": ["502"] * 3,
    "409 twice": ["409"] * 2,
    "dropped connection": ["drop"],
    "dropped after it was sent": ["drop after"],
    "HTML with 200": ["html"],
    "no result": ["no result"],
    "a result that is no list": ["result {}"],
    "updates without ids": ['result [{"message": {}}]', 'result ["x"]'],
    "malformed update": ['result [{"update_id": 5, "message": {"text": 3}}]'],
    "malformed id": ['result [{"update_id": "5"}]'],
    "unknown kind": ['result [{"update_id": 6, "wedding": {"who": "x"}}]'],
}


@pytest.mark.parametrize("name", POLL_FAULTS)
def test_polling_goes_on_after(name, tmp_path):
    async def scenario():
        api = FakeApi()
        api.faults["getUpdates"] = list(POLL_FAULTS[name])
        async with running(api, tmp_path) as bot:
            await bot.answers()
        assert len(api.faulted) == len(POLL_FAULTS[name])
        assert len(api.answers()) == 1
        assert api.calls.count("getUpdates") < 60

    asyncio.run(scenario())


def test_a_poll_that_hangs_ends_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.telegram.updates.polling.SLACK", 0.2)

    async def scenario():
        api = FakeApi()
        api.faults["getUpdates"] = ["hang 30"]
        async with running(api, tmp_path) as bot:
            await bot.answers()
            assert (await bot.get("/healthz")).status_code == 200

    asyncio.run(scenario())


@trial
async def test_polls_that_never_end_end_the_bot(api, tmp_path):
    api.always["getUpdates"] = "hang 60"
    with pytest.raises(Deaf, match="no poll has ended"):
        async with running(api, tmp_path, Tempo(poll=30, silence=0.2, patience=0.5)) as bot:
            await asyncio.wait({bot.task}, timeout=15)


@trial
async def test_the_same_update_twice_is_answered_once(api, tmp_path):
    async with running(api, tmp_path) as bot:
        number = api.says(ASKED)
        update = api.queue[-1]
        await bot.answered()
        api.push({"message": update["message"]}, number)
        api.says(ASKED, 8)
        await bot.answered(chat=8)
    assert len(api.answers()) == 1


# What ends a bot is looked at while it runs, so the block that must fail holds more than one statement.
# ruff: noqa: PT012


@trial
async def test_a_token_rejected_in_mid_run_ends_the_bot(api, tmp_path):
    with pytest.raises(SettingsError, match="rejects the token") as caught:
        async with running(api, tmp_path) as bot:
            await bot.answers()
            api.token = "another"
            await asyncio.wait({bot.task}, timeout=15)
    assert TOKEN not in str(caught.value)


@trial
async def test_a_second_poller_ends_the_bot(api, tmp_path):
    api.always["getUpdates"] = "409 terminated by other getUpdates request"
    with pytest.raises(SecondInstance, match="another instance"):
        async with running(api, tmp_path) as bot:
            await asyncio.wait({bot.task}, timeout=15)


SEND_FAULTS = {
    "429 then 200": (["429 1"], 1),
    "502": (["502", "502", "502"], 1),
    "500": (["500 Internal"], 1),
    "message is too long": (["400 message is too long"], 1),
    "entities": (["400 can't parse entities"], 1),
    "reply gone": (["400 message to be replied not found"], 1),
    "moved": (["migrate -1007"], 0),
    "dropped before it was taken": (["drop"], 1),
    "dropped after it was taken": (["drop after"], 2),  # it may have arrived: once more, and no oftener
    "dropped twice after it was taken": (["drop after", "drop after"], 2),
}


@pytest.mark.parametrize("name", SEND_FAULTS)
def test_an_answer_is_sent_in_spite_of(name, tmp_path):
    faults, messages = SEND_FAULTS[name]

    async def scenario():
        api = FakeApi()
        api.faults["sendMessage"] = list(faults)
        async with running(api, tmp_path) as bot:
            api.says(ASKED)
            await api.until(lambda: not api.faults["sendMessage"])
            await bot.answers(chat=8)
            await api.until(lambda: len(api.answers()) >= messages)
            if name == "moved":
                await api.until(lambda: api.answers(-1007))
            await asyncio.sleep(0.1)
        assert len(api.answers()) == messages
        assert len(api.answers(8)) == 1

    asyncio.run(scenario())


@trial
async def test_a_long_wait_for_one_chat_holds_up_no_other(api, tmp_path):
    api.faults["sendMessage"] = ["429 2"]
    async with running(api, tmp_path) as bot:
        api.says(ASKED)
        await api.until(lambda: api.faulted)
        await bot.answers(chat=8)
        assert api.answers() == []
        await bot.answered()
    assert len(api.answers()) == 1


@trial
async def test_a_person_who_blocked_the_bot_costs_nothing(api, tmp_path):
    api.faults["sendMessage"] = ["403 bot was blocked by the user"]
    async with running(api, tmp_path) as bot:
        api.says(ASKED)
        await api.until(lambda: api.faulted)
        await bot.answers(chat=8)
    assert api.answers() == []


def test_a_send_that_hangs_is_made_once_more(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.telegram.app.SEND_TIMEOUT", 0.2)

    async def scenario():
        api = FakeApi()
        api.faults["sendMessage"] = ["hang 30"]
        async with running(api, tmp_path) as bot:
            await bot.answers()
        assert len(api.answers()) == 1

    asyncio.run(scenario())


@trial
async def test_a_query_that_is_too_old_is_answered_by_its_message(api, tmp_path):
    async with running(api, tmp_path) as bot:
        await bot.answers()
        rows = api.sent[0]["reply_markup"]["inline_keyboard"]
        data = next(button["callback_data"] for row in rows for button in row if button["text"] == "Verify")
        api.faults["answerCallbackQuery"] = ["400 query is too old"]
        shown = {"message_id": api.sent[0]["message_id"], "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"}
        query = {"id": "1", "from": {"id": 7, "is_bot": False, "first_name": "P"}, "chat_instance": "1"}
        api.push({"callback_query": query | {"data": data, "message": shown}})
        await api.until(lambda: len(api.sent) > 1)
    assert api.sent[1]["text"].startswith("Checked again:")


@trial
async def test_a_file_that_is_too_big_is_told(api, tmp_path):
    api.faults["getFile"] = ["400 file is too big"]
    async with running(api, tmp_path, open_add=True):
        api.says(None, document={"file_id": "f", "file_unique_id": "u", "file_name": "a.txt"})
        await api.until(lambda: any("larger than 20 MB" in message["text"] for message in api.sent))


def test_a_server_that_is_down_at_the_start_is_waited_for(tmp_path):
    async def scenario():
        api, port = FakeApi(), free_port()
        settings = Settings(token=Secret(TOKEN), api_root=f"http://127.0.0.1:{port}")
        stop = asyncio.Event()
        bot = asyncio.ensure_future(live(settings, FileThread(BotFile(tmp_path / "b")), library(), stop, tempo=QUICK))
        await asyncio.sleep(0.3)
        assert not bot.done()
        async with api.serving(port):
            api.says(ASKED)
            await api.until(api.answers)
            stop.set()
            await bot

    asyncio.run(scenario())


def test_it_stops_while_it_waits_for_the_server(tmp_path):
    async def scenario():
        settings = Settings(token=Secret(TOKEN), api_root=f"http://127.0.0.1:{free_port()}")
        stop = asyncio.Event()
        bot = asyncio.ensure_future(live(settings, FileThread(BotFile(tmp_path / "b")), library(), stop, tempo=QUICK))
        await asyncio.sleep(0.1)
        stop.set()
        await asyncio.wait_for(bot, 20)

    asyncio.run(scenario())


@trial
async def test_a_bad_token_at_the_start_is_told_without_it(api, tmp_path):
    api.token = "another"
    with pytest.raises(SettingsError, match="rejects the token") as caught:
        async with running(api, tmp_path) as bot:
            await asyncio.wait({bot.task}, timeout=15)
    assert TOKEN not in str(caught.value)


@trial
async def test_an_outage_loses_nothing_and_repeats_nothing(api, tmp_path):
    async with running(api, tmp_path) as bot:
        await bot.answers()
        api.faults["sendMessage"] = ["drop"]
        api.says(ASKED, 8)
        await api.until(lambda: ("sendMessage", "drop") in api.faulted)
        api.away = True
        for chat in range(20, 30):
            api.says(ASKED, chat)
        await asyncio.sleep(0.5)
        assert (await bot.get("/healthz")).status_code == 200
        api.away = False
        for chat in (8, *range(20, 30)):
            await bot.answered(chat=chat)
    assert all(len(api.answers(chat)) == 1 for chat in (7, 8, *range(20, 30)))


@trial
async def test_an_answer_in_the_making_is_delivered_before_it_stops(api, tmp_path):
    async with running(api, tmp_path) as bot:
        api.faults["sendMessage"] = ["429 1"]
        api.says(ASKED)
        await api.until(lambda: api.faulted)
        bot.stop.set()
        await bot.answered()
    assert len(api.answers()) == 1


@trial
async def test_what_is_not_done_in_time_is_done_at_the_next_start(api, tmp_path):
    async with running(api, tmp_path, Tempo(poll=1, retry=0.02, patience=0.1)) as bot:
        api.faults["sendMessage"] = ["429 60"]
        for _ in range(5):
            api.says(ASKED)
        await api.until(lambda: api.faulted)
    assert api.answers() == []
    api.queue.clear()  # Telegram has been told that they came
    async with running(api, tmp_path) as bot:
        await bot.answered(5)
        await asyncio.sleep(0.1)
    assert len(api.answers()) == 5


@trial
async def test_health_tells_how_it_is(api, tmp_path):
    async with running(api, tmp_path) as bot:
        await bot.answers()
        assert (await bot.get("/healthz")).text == "alive\n"
        assert (await bot.get("/readyz")).status_code == 200
        told = (await bot.get("/metrics")).text
        assert 'pullquote_replies_total{verdict="answered"} 1.0' in told
        assert 'pullquote_updates_total{kind="message"} 1.0' in told
        for name in ("waiting_updates", "update_seconds_count", "errors_total", "poll_age_seconds"):
            assert f"\npullquote_{name} " in told
        assert (await bot.get("/other")).status_code == 404
        async with httpx.AsyncClient() as client:
            huge = await client.post(f"http://127.0.0.1:{bot.port}/healthz", content=b"x" * 1_100_000)
        assert huge.status_code == 413


SECRET = "hook_secret-1"


@asynccontextmanager
async def listening(api, tmp_path, **settings):
    async with api.serving() as address:
        port = free_port()
        values = {
            "token": Secret(TOKEN),
            "api_root": address,
            "webhook_url": "https://bot.example/hook",
            "webhook_secret": Secret(SECRET),
            "webhook_listen": f"127.0.0.1:{port}",
        } | settings
        stop, store = asyncio.Event(), BotFile(tmp_path / "bot.sqlite")
        bot = asyncio.ensure_future(
            live(Settings(**values), FileThread(store), library(), stop, by_webhook=True, tempo=QUICK)
        )
        await api.until(lambda: bot.done() or "setWebhook" in api.calls)
        yield f"http://127.0.0.1:{port}", bot, stop
        stop.set()
        await bot


HEADER = "X-Telegram-Bot-Api-Secret-Token"


@trial
async def test_the_webhook_takes_what_telegram_sends_and_nothing_else(api, tmp_path):
    async with listening(api, tmp_path) as (url, _, _), httpx.AsyncClient() as client:
        api.says(ASKED)
        update = api.queue.pop()
        known = {HEADER: SECRET}
        assert (await client.post(f"{url}/hook", json=update)).status_code == 403
        assert (await client.post(f"{url}/hook", json=update, headers={HEADER: "wrong"})).status_code == 403
        assert (await client.post(f"{url}/hook", json=update, headers={HEADER: "é".encode()})).status_code == 403
        assert (await client.post(f"{url}/else", json=update, headers=known)).status_code == 404
        assert (await client.get(f"{url}/hook", headers=known)).status_code == 405
        assert (await client.post(f"{url}/hook", content=b"{", headers=known)).status_code == 400
        assert (await client.post(f"{url}/hook", json=[1], headers=known)).status_code == 400
        assert (await client.post(f"{url}/hook", content=b" " * 1_000_001, headers=known)).status_code == 413
        assert api.answers() == []
        for _ in range(2):  # it comes twice
            assert (await client.post(f"{url}/hook", json=update, headers=known)).status_code == 200
        await api.until(api.answers)
        await asyncio.sleep(0.1)
    assert len(api.answers()) == 1


@trial
async def test_the_webhook_refuses_broken_requests(api, tmp_path):
    async with listening(api, tmp_path) as (url, _, _):
        port = int(url.rpartition(":")[2])
        for sent, told in (
            (b"nonsense\r\n\r\n", b" 400 "),
            (b"POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n", b" 400 "),
            (b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"x" * 70_000 + b"\r\n\r\n", b" 4"),
            (b"", b""),
            (
                b"POST /hook HTTP/1.1\r\nhost: x\r\n"
                + f"{HEADER}: {SECRET}".encode()
                + b"\r\ncontent-length: 9\r\n\r\n{",
                b"",
            ),
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            if not told:
                writer.write_eof()
            head = await asyncio.wait_for(reader.read(2000), 20)
            assert told in head
            writer.close()


@trial
async def test_a_refusal_reaches_whoever_is_still_sending(api, tmp_path):
    async with listening(api, tmp_path) as (url, _, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        head = f"POST /hook HTTP/1.1\r\nhost: x\r\n{HEADER}: {SECRET}\r\ncontent-length: 2000000\r\n\r\n"
        writer.write(head.encode() + b" " * 300_000)
        for _ in range(4):
            await asyncio.sleep(0.05)
            writer.write(b" " * 100_000)
        assert b" 413 " in await asyncio.wait_for(reader.read(2000), 20)
        writer.close()


@trial
async def test_a_webhook_that_telegram_does_not_take_is_told(api, tmp_path):
    api.always["setWebhook"] = "400 bad webhook: HTTPS url must be provided for webhook"
    with pytest.raises(SettingsError, match=r"(?i)https url must be provided"):
        async with listening(api, tmp_path) as (_, bot, _):
            await asyncio.wait({bot}, timeout=10)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"webhook_url": "http://bot.example/"}, "public https"),
        ({"webhook_url": ""}, "public https"),
        ({"webhook_secret": Secret("not one!")}, "letters, digits"),
        ({"webhook_secret": Secret("")}, "letters, digits"),
        ({"webhook_listen": "8080"}, "HOST:PORT"),
        ({"token": Secret("")}, "TELEGRAM_BOT_TOKEN is not set"),
    ],
)
def test_settings_that_cannot_work_are_told_at_once(tmp_path, changed, told):
    good = {"token": Secret(TOKEN), "webhook_url": "https://b.example/h", "webhook_secret": Secret("s")}
    settings = Settings(**good | {"state": str(tmp_path / "s" / "b.sqlite")} | changed)
    with pytest.raises(SettingsError, match=told):
        run(settings, library, by_webhook=True)


def test_a_second_instance_is_told(tmp_path):
    settings = Settings(token=Secret(TOKEN), state=str(tmp_path / "b.sqlite"))
    with hold_file(locate_file(settings)), pytest.raises(SecondInstance, match="another instance"):
        run(settings, library)


def test_an_unexpected_error_is_told_without_secrets(tmp_path, caplog):
    def broken():
        raise RuntimeError(f"https://api/bot{TOKEN}/getMe")

    with pytest.raises(Failed, match="RuntimeError") as caught:
        run(Settings(token=Secret(TOKEN), state=str(tmp_path / "b.sqlite")), broken)
    assert TOKEN not in str(caught.value)
    lines = JsonFormatter([Secret(TOKEN)])
    assert all(TOKEN not in lines.format(record) for record in caplog.records)


def test_a_library_that_cannot_be_opened_is_told_as_it_is(tmp_path):
    def away():
        raise EngineError("disk:x", "is away")

    with pytest.raises(EngineError, match="is away"):
        run(Settings(token=Secret(TOKEN), state=str(tmp_path / "b.sqlite")), away)


@trial
async def test_check_looks_at_everything(api, tmp_path):
    async with api.serving() as address:
        values = {"token": Secret(TOKEN), "api_root": address, "state": str(tmp_path / "b.sqlite")}
        found = await look(Settings(**values), library, by_webhook=False)
        assert [result.code for result in found] == [0, 0, 0, 0, 0]
        assert found[2].text == "access: anyone may ask; articles may be added by the admins"
        assert "that of @quote_bot" in found[3].text
        info = {"has_custom_certificate": False, "pending_update_count": 3, "url": "https://b.example/old"}
        hook = values | {"webhook_url": "https://b.example/h", "webhook_secret": Secret("s"), "admins": (1,)}
        api.always["getWebhookInfo"] = f"result {json.dumps(info)}"
        assert "calls https://b.example/old" in (await look(Settings(**hook), library, by_webhook=True))[-1].text
        assert "polling takes it away" in (await look(Settings(**hook), library, by_webhook=False))[-1].text
        info = info | {"url": "https://b.example/h", "last_error_message": "timeout"}
        api.always["getWebhookInfo"] = f"result {json.dumps(info)}"
        assert (
            "3 updates waiting; the last error: timeout"
            in (await look(Settings(**hook), library, by_webhook=True))[-1].text
        )

        def away():
            raise EngineError("disk:x", "is away")

        api.token = "another"
        found = await look(Settings(**hook | {"webhook_url": "x"}), away, by_webhook=True)
        assert [result.code for result in found] == [3, 0, 0, 2, 2]
    found = await look(Settings(**values), library, by_webhook=False)
    assert found[-1].code == 3


@trial
async def test_a_429_at_the_start_is_waited_for(api, tmp_path):
    api.faults["getMe"] = ["429 1", "429 1", "502"]
    async with running(api, tmp_path) as bot:
        await bot.answers()


@trial
async def test_menus_that_cannot_be_set_stop_nothing(api, tmp_path):
    api.always["setMyCommands"] = "400 no"
    async with running(api, tmp_path) as bot:
        await bot.answers()


@trial
async def test_an_update_that_kills_the_process_is_set_aside_after_two_deaths_and_its_sender_told(api, tmp_path):
    store = BotFile(tmp_path / "bot.sqlite")
    for chat, count in ((7, 3), (8, 2), (9, 0), (10, 0)):  # in hand at its second death, after one death, not begun
        api.says(ASKED, chat)
        update = api.queue.pop()
        store.receive([(update["update_id"], update)], 0.0)
        for _ in range(count):
            store.begin(update["update_id"])
    store.close()
    async with running(api, tmp_path) as bot:
        for chat in (8, 9, 10):
            await bot.answered(chat=chat)
    assert api.answers(7) == [wording.SET_ASIDE]
    async with running(api, tmp_path) as bot:
        await bot.answers(chat=11)
    assert len(api.answers(7)) == 1


def test_of_several_updates_in_hand_at_a_death_none_is_blamed_and_each_is_done_alone(tmp_path):
    busy, order = set(), []

    async def handle(update):
        order.append((update.update_id, len(busy)))
        busy.add(update.update_id)
        await asyncio.sleep(0)
        busy.discard(update.update_id)
        if update.update_id in (3, 4):
            raise RuntimeError("not done")

    async def scenario():
        for kill in range(5):  # from outside, while both are in hand
            file = FileThread(BotFile(tmp_path / "bot.sqlite"))
            if not kill:
                await file.receive([(number, _say(number)) for number in (1, 2, 3, 4)], 0.0)
            for number in (3, 4):
                await file.run(file.store.begin, number)
            inbox = Inbox(file, handle)
            await inbox.drain()
            while len(inbox):
                await asyncio.sleep(0)
            assert await inbox.close(5)
            assert [count for _, _, count in await file.run(file.store.list_waiting)] == [0, 0]
            file.close()

    asyncio.run(scenario())
    assert order[:2] == [(3, 0), (4, 0)]
    assert len(order) == 2 * 5 + 2


POISON = """
import asyncio, json, os, signal, sys
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.updates.inbox import FileThread, Inbox

class Bot:
    async def send_message(self, chat, text):
        print("told", chat, flush=True)

async def main():
    async def handle(update):
        if update.update_id == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        print("done", update.update_id, flush=True)

    file = FileThread(BotFile(sys.argv[1]))
    inbox = Inbox(file, handle, Bot())
    await inbox.drain()
    await inbox.take(json.loads(sys.argv[2]))
    while len(inbox):
        await asyncio.sleep(0)
    file.close()

asyncio.run(main())
"""


def test_a_poison_update_ends_the_process_a_few_times_and_never_again(tmp_path):
    said = json.dumps([_say(number) for number in (1, 2, 3)])
    command = [sys.executable, "-c", POISON, str(tmp_path / "bot.sqlite"), said]
    runs = [
        subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60) for _ in range(5)
    ]
    deaths = [run.returncode for run in runs]
    assert deaths[3:] == [0, 0], deaths  # one in company, two alone at most
    told = "".join(run.stdout for run in runs).splitlines()
    assert set(told) == {"done 1", "done 3", "told 2"}
    assert told.count("told 2") == 1


def _say(number):
    return {"update_id": number, "message": {"message_id": 1, "date": 0, "chat": {"id": number, "type": "private"}}}


def test_logs_are_lines_without_secrets_on_stderr(capsys):
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        set_up_bot_logs(Settings(token=Secret("123:ABCDEF"), webhook_secret=Secret("hush"), log_level="debug"))
        logging.getLogger("x").debug("token 123:ABCDEF, its secret ABCDEF, and hush")
        for name in ("httpx", "telegram", "telegram.ext", "asyncio"):
            logging.getLogger(name).info("not shown")
        logging.getLogger("telegram.request").error("not shown")
        told = capsys.readouterr().err.splitlines()
        assert [json.loads(line)["event"] for line in told] == ["token ***, its secret ***, and ***"]
    finally:
        root.handlers[:], root.level = before
        for name in ("httpx", "httpcore", "telegram", "telegram.request", "hpack", "asyncio", "opensearch"):
            logging.getLogger(name).setLevel(logging.NOTSET)
