"""What an operator meets: when a bot is ready, a port that is taken, and a check beside a running bot."""

import asyncio
import socket
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
import pytest

from bot.serving.health import name_setting
from bot.settings import Secret, Settings, SettingsError
from bot.telegram.app import Tempo, hold_file
from bot.telegram.chats import locate_file
from bot.telegram.check import look
from bot.telegram.updates.polling import Poller
from tests.support.bot_process import process, start
from tests.support.fake_bot_api import TOKEN, FakeApi
from tests.support.live_bot import library, running

BARE = {"PULLQUOTE_MEANING": "off"}
"""A bot whose start reads no models: nothing here is about answers."""

LONG = Tempo(poll=25, retry=0.02, patience=5.0)
"""Polls as long as in life: a test that waits for the end of one fails before."""


def trial(scenario):
    def test(tmp_path):
        asyncio.run(asyncio.wait_for(scenario(FakeApi(), tmp_path), 150))

    return test


async def become(bot, status):
    """Wait until /readyz answers with the status."""
    while True:
        try:
            if (await bot.get("/readyz")).status_code == status:
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.01)


@contextmanager
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@trial
async def test_a_bot_is_ready_while_its_first_poll_is_under_way(api, tmp_path):
    async with running(api, tmp_path, LONG) as bot:
        await become(bot, 200)
        assert (api.calls[0], api.calls.count("getUpdates")) == ("getMe", 1)


@trial
async def test_a_bot_whose_token_is_not_proved_is_not_ready(api, tmp_path):
    api.always["getMe"] = "502"
    async with running(api, tmp_path, LONG) as bot:
        await become(bot, 503)
        await api.until(lambda: api.calls.count("getMe") >= 3)
        assert (await bot.get("/readyz")).text == "Telegram cannot be reached\n"
        assert "getUpdates" not in api.calls


@trial
async def test_a_first_poll_that_fails_makes_nothing_ready_until_one_ends_well(api, tmp_path):
    api.faults["getUpdates"] = ["502", "hang 1000"]
    async with running(api, tmp_path, LONG) as bot:
        await api.until(lambda: api.calls.count("getUpdates") == 2)
        await become(bot, 503)
        assert (await bot.get("/readyz")).status_code == 503  # the second, which hangs, proves nothing


@trial
async def test_the_supervisor_and_the_log_hear_that_the_bot_is_ready_during_the_first_poll(api, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(f"\0{tmp_path}")  # abstract: paths of sockets are short
        supervisor.setblocking(False)
        told = b""
        async with api.serving() as address, process(tmp_path, address, NOTIFY_SOCKET=f"@{tmp_path}", **BARE):
            while told != b"READY=1":
                told = await asyncio.get_running_loop().sock_recv(supervisor, 100)
            assert api.calls.count("getUpdates") == 1
            assert '"event": "ready"' in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("steps", "heard"),
    [
        ([], None),
        (["sent"], 1.0),
        (["sent", "failed"], None),
        (["sent", "failed", "sent"], None),
        (["sent", "failed", "sent", "answered"], 4.0),
        (["sent", "answered", "sent", "failed"], 2.0),  # as good as its last good poll, which grows old
    ],
)
def test_telegram_hears_since_the_last_good_poll_or_the_first_under_way(monkeypatch, steps, heard):
    """The end of each poll is followed by a pause; the times are the numbers of the steps."""
    now, left = [0.0], iter(steps)
    poller = Poller("http://here", SimpleNamespace(full=False), clock=lambda: now[0])

    async def play():
        waiting = asyncio.Event()

        async def poll(_client, _wait):
            for step in left:
                now[0] += 1
                if step == "failed":
                    raise httpx.ReadError("cut off")
                if step == "answered":
                    poller.answered, poller.polled = now[0], True
                    return 0.0
                await poller._note_sent("http11.send_request_body.complete", {})
            waiting.set()
            return await asyncio.Event().wait()

        monkeypatch.setattr(poller, "_poll", poll)
        monkeypatch.setattr(poller, "_back_off", lambda *_: 0.0)
        task = asyncio.ensure_future(poller.run())
        await asyncio.wait_for(waiting.wait(), 20)
        found = poller.heard
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return found

    assert asyncio.run(play()) == heard


def test_steps_before_a_poll_went_out_whole_prove_nothing():
    poller = Poller("http://here", None)
    for step in ("connection.connect_tcp.complete", "http11.send_request_body.started"):
        asyncio.run(poller._note_sent(step, {}))
    assert poller.heard is None


@trial
async def test_a_health_port_in_use_is_one_line_and_exit_2(api, tmp_path):
    with taken_port() as port:
        async with api.serving() as address:
            bot = await start(tmp_path, address, PULLQUOTE_HEALTH_PORT=str(port), **BARE)
            output, _ = await bot.communicate()
    told = [line for line in output.decode().splitlines() if "library is empty" not in line]
    assert (bot.returncode, told) == (
        2,
        [
            f"pullquote: PULLQUOTE_HEALTH_PORT: cannot listen at 127.0.0.1:{port} (Address already in use); "
            "choose another port"
        ],
    )


@trial
async def test_a_webhook_port_in_use_is_one_line_and_exit_2(api, tmp_path):
    with taken_port() as port:
        async with api.serving() as address:
            more = {"PULLQUOTE_WEBHOOK_URL": "https://bot.example/", "PULLQUOTE_WEBHOOK_LISTEN": f"127.0.0.1:{port}"}
            bot = await start(tmp_path, address, "--webhook", **more, **BARE)
            output, _ = await bot.communicate()
    told = [line for line in output.decode().splitlines() if "library is empty" not in line]
    assert bot.returncode == 2
    assert [line for line in told if '"event": "stopped"' not in line] == [
        f"pullquote: PULLQUOTE_WEBHOOK_LISTEN: cannot listen at 127.0.0.1:{port} (Address already in use); "
        "choose another port"
    ]
    assert "setWebhook" not in api.calls


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(13, "x"), "Permission denied"),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (OSError(), "Success"),
    ],
)
def test_an_address_that_cannot_be_listened_at_names_its_setting(error, reason):
    told = rf"^NAME: cannot listen at h:1 \({reason}\); choose another port$"
    with pytest.raises(SettingsError, match=told), name_setting("NAME", "h", 1):
        raise error


def test_a_wrong_log_level_is_one_line_and_exit_2(tmp_path):
    async def ended():
        bot = await start(tmp_path, "http://127.0.0.1:9", PULLQUOTE_LOG_LEVEL="loud")
        return (await bot.communicate())[0].decode(), bot.returncode

    told = "PULLQUOTE_LOG_LEVEL is debug, info, warning or error, not 'loud' (in the environment)"
    assert asyncio.run(ended()) == (f"pullquote: {told}\n", 2)


@trial
async def test_check_beside_a_running_bot_says_so_and_leaves_it_alone(api, tmp_path):
    async with api.serving() as address, process(tmp_path, address, **BARE):
        await api.until(lambda: "getUpdates" in api.calls, 100)
        before = api.calls.count("getUpdates"), api.calls.count("deleteWebhook")
        beside = await start(tmp_path, address, "--check", **BARE)
        output = (await beside.communicate())[0].decode()
        assert beside.returncode == 0, output
        assert f"ok: state: this bot is running now, and {tmp_path / 'bot.sqlite'} is left to it" in output
        assert "ok: library: 7 articles" in output
        assert "ok: token: it is that of @quote_bot" in output
        assert (api.calls.count("getUpdates"), api.calls.count("deleteWebhook")) == before
        api.says("Who is Kim Eun-hye?")
        await api.until(api.answers, 100)


@trial
async def test_check_says_whom_telegram_calls(api, tmp_path):
    async with api.serving() as address:
        values = {"token": Secret(TOKEN), "api_root": address, "state": str(tmp_path / "b.sqlite")}
        settings = Settings(**values, webhook_url="https://b.example/h", webhook_secret=Secret("s"))

        async def see(url, *, by_webhook=False):
            api.always["getWebhookInfo"] = (
                f'result {{"url": "{url}", "has_custom_certificate": false, "pending_update_count": 3}}'
            )
            return (await look(settings, library, by_webhook=by_webhook))[-1]

        other = await see(f"https://b.example/{TOKEN}")
        assert other.code == 3
        assert "calls https://b.example/***, where another process of this bot may listen" in other.text
        same = await see("https://b.example/h")
        assert (same.code, "--webhook keeps it; 3 updates waiting" in same.text) == (0, True)
        assert (await see("https://b.example/h", by_webhook=True)).text == "webhook: 3 updates waiting"
        assert (await see("", by_webhook=True)).code == 0
        wrong = await see(f"https://b.example/{TOKEN}", by_webhook=True)
        assert (wrong.code, TOKEN in wrong.text) == (2, False)


def test_a_lock_that_is_held_is_no_fault(tmp_path):
    settings = Settings(token=Secret(TOKEN), api_root="http://127.0.0.1:9", state=str(tmp_path / "b.sqlite"))
    with hold_file(locate_file(settings)):
        found = asyncio.run(look(settings, library, by_webhook=False))
    assert (found[1].code, "running now" in found[1].text) == (0, True)
    assert not (tmp_path / "b.sqlite").exists()
