"""What any server needs: quotas, lanes, logs, health, and a small HTTP server. Nothing here runs a bot."""

import asyncio
import base64
import html
import itertools
import json
import logging
import os
import re
import signal
import socket
import sys
import threading
import time
from contextlib import asynccontextmanager
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.health import notify, report_health, serve_health
from bot.serving.http import HttpResponse, serve
from bot.serving.lanes import Lanes
from bot.serving.logs import JsonFormatter
from bot.serving.metrics import Metrics
from bot.serving.offload import WorkThreads
from bot.serving.quota import Quotas, Rate
from bot.serving.signals import heed_signals
from bot.settings import Secret


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_burst_passes_and_then_the_rate_holds():
    clock = Clock()
    quotas = Quotas({"ask": Rate(20, 60, 5)}, clock=clock)
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
    assert quotas.preview("add", 7, 2) == (0.0, 2.0)
    assert quotas.preview("add", 7, 2) == (0.0, 2.0)  # nothing was taken
    quotas.learn("add:7", 2.0)
    assert quotas.preview("add", 7)[0] == pytest.approx(1800)
    clock.now += 1800
    quotas.learn("add:7", 2.0)  # what it told itself: half an hour has leaked since
    assert quotas.take("add", 7) == 0.0
    clock.now = -5e6  # another machine, another monotonic clock
    again = Quotas(rate, clock)
    again.learn("add:7", 2.0)
    assert again.take("add", 7) == pytest.approx(1800)


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
    assert len(quotas._levels) < 50_001


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


def test_a_bucket_holds_what_it_should_and_no_more():
    clock = Clock()
    quotas = Quotas({"ask": Rate(6, 60, 3), "one": Rate(1, 60, 1)}, clock)
    assert [quotas.take("ask", 7, amount) for amount in (1, 2)] == [0.0, 0.0]
    assert quotas.take("ask", 7, 2) == pytest.approx(20)
    assert quotas.preview("ask", 7) == (pytest.approx(10), pytest.approx(3))
    assert quotas.take("ask", 8, 3) == 0.0  # the burst itself fits
    assert quotas.take("one", 7) == 0.0  # another limit, another bucket
    clock.now += 10
    assert quotas.preview("ask", 7) == (0.0, pytest.approx(3))
    clock.now += 1000
    assert quotas.preview("ask", 7, 3) == (0.0, pytest.approx(3))  # a bucket runs empty, and no further


def test_only_buckets_that_ran_empty_are_forgotten():
    clock = Clock()
    quotas = Quotas({"ask": Rate(60, 60, 5)}, clock=clock)
    for who in range(50_000):
        quotas.take("ask", who)
    assert len(quotas._levels) == 50_000
    clock.now += 0.5
    quotas.take("ask", "last")
    assert len(quotas._levels) == 50_001  # none is empty yet
    clock.now += 0.5
    quotas.take("ask", "last")
    assert set(quotas._levels) == {"ask:last"}
    assert quotas.preview("ask", "last")[1] == pytest.approx(2.5)


def test_what_is_learnt_counts_from_when_it_was_learnt():
    clock = Clock()
    quotas = Quotas({"add": Rate(60, 60, 5)}, clock)
    quotas.learn("add:7", 5.0)
    clock.now += 2
    quotas.learn("add:7", 5.0)  # nothing new
    assert quotas.preview("add", 7)[1] == pytest.approx(4)
    quotas.learn("add:7", 4.5)  # another process took some
    assert quotas.preview("add", 7, 0)[1] == pytest.approx(4.5)
    quotas.learn("add:7", None)
    assert quotas.preview("add", 7, 0)[1] == 0.0


def test_what_is_booked_comes_due_in_order_and_no_further_ahead_than_allowed():
    clock = Clock()
    quotas = Quotas({"ask": Rate(20, 60, 2), "group": Rate(20, 60, 3), "none": Rate(0, 60, 0)}, clock)
    found = [quotas.book([("ask", 7)], 3) for _ in range(6)]
    assert found == [
        (pytest.approx(wait), taken) for wait, taken in zip((0, 0, 3, 6, 9, 12), [True] * 5 + [False], strict=True)
    ]
    clock.now += 3
    assert quotas.book([("ask", 7)], 3) == (pytest.approx(9), True)  # behind the others that wait
    assert quotas.book([("ask", 8), ("group", -5)], 3) == (0.0, True)
    assert [quotas.book([("ask", who), ("group", -5)], 1) for who in (8, 9, 10, 11)] == [
        (0.0, True),
        (0.0, True),
        (pytest.approx(3), True),
        (pytest.approx(6), False),  # the group's are too many, and nothing is taken from the person
    ]
    assert quotas.book([("ask", 11)], 0) == (0.0, True)
    assert quotas.book([], 0) == (0.0, True)
    assert quotas.book([("none", 7)], 9) == (60, False)
    clock.now += 1000
    assert quotas.preview("ask", 7)[1] == 1  # all of it has drained


def test_clients_may_have_names():
    quotas = Quotas({"ask": Rate(1, 60, 1)}, Clock())
    assert quotas.take("ask", "key:a") == 0.0
    assert quotas.take("ask", "key:a") == pytest.approx(60)
    assert quotas.take("ask", "key:b") == 0.0


def test_a_log_line_is_one_line_without_secrets():
    lines = JsonFormatter([Secret("ABCDEF"), Secret("hush"), Secret("")])
    try:
        int("https://x/keyABCDEF/getMe?secret=hush")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "", 1, "the key `%s`\nfailed", ("ABCDEF",), sys.exc_info())
    told = lines.format(record)
    assert "\n" not in told
    assert not any(secret in told for secret in ("ABCDEF", "hush"))
    assert json.loads(told)["event"] == "the key `***`\nfailed"
    assert "ValueError" in json.loads(told)["traceback"]


def spell(secret):
    """Return the ways in which a library, a traceback or a header may write a secret."""
    once, within = json.dumps(secret)[1:-1], {"password": [secret]}
    login = base64.b64encode(f"us:{secret}".encode()).decode()
    return {
        "as it is": secret,
        "JSON": once,
        "JSON with letters": json.dumps(secret, ensure_ascii=False)[1:-1],
        "JSON in JSON": json.dumps(once)[1:-1],
        "repr": repr(secret)[1:-1],
        "repr of a value that holds it": repr(within),
        "JSON in repr": repr(json.dumps(within)),
        "repr in JSON": json.dumps(repr(within)),
        "ASCII": ascii(secret),
        "bytes": repr(secret.encode()),
        "address": quote(secret),
        "address, all of it": quote(secret, safe=""),
        "address in an address": quote(quote(secret, safe=""), safe=""),
        "form": quote_plus(secret),
        "HTML": html.escape(secret),
        "header of a login": login,
        "header, for addresses": login.translate(str.maketrans("+/", "-_")),
        "base64": base64.b64encode(secret.encode()).decode(),
        "base64 of more": base64.b64encode(f"u:{secret}!".encode()).decode(),
    }


HARD = (
    "tab\tquote\"apostrophe'",
    "back\\slash\\\\twice",
    '\\"first',
    "last one\\",
    "héslo žluté",
    "smile\U0001f600s",
    "a+b/c=d&e<f>",
)


@pytest.mark.parametrize("secret", HARD)
def test_a_secret_is_masked_however_it_is_spelt(secret):
    lines = JsonFormatter([Secret(secret)])
    spelt = spell(secret)
    masked = {how: json.loads(lines.format(event(text)))["event"] for how, text in spelt.items()}
    assert [how for how, text in masked.items() if "***" not in text] == []
    # Nothing of it is left but, of what is packed, bits of the letters that it shares with its neighbours.
    assert [how for how, text in masked.items() if any(part in text for part in re.findall(r"\w{4,}", secret))] == []


@given(st.text(st.characters(codec="utf-8"), min_size=8, max_size=20), st.data())
def test_any_secret_is_masked_in_any_spelling(secret, data):
    how = data.draw(st.sampled_from(sorted(spell(secret))))
    assert "***" in JsonFormatter([Secret(secret)]).mask(f"before {spell(secret)[how]} after")


def test_masking_takes_no_longer_than_the_line_is_long():
    lines = JsonFormatter([Secret(secret) for secret in HARD])
    for shape in ("\\", '\\"', "%25", "\\u", "&#0", "%5C", "t", "dGFi"):
        # both are long enough to be given memory of their own, which costs more in a forked process
        short, long = (seconds_to_mask(lines, shape * (size // len(shape))) for size in (160_000, 640_000))
        assert long < 9 * short, shape  # four times as long; the square would be 16 times


def seconds_to_mask(lines, text):
    found = []
    for _ in range(3):
        begun = time.process_time()
        lines.mask(text)
        found.append(time.process_time() - begun)
    return max(min(found), 1e-5)


def event(text):
    return logging.LogRecord("a", logging.ERROR, "", 1, text, (), None)


def test_a_message_that_does_not_fit_its_values_is_logged_without_secrets(capsys):
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter([Secret("hush-hush")]))
    handler.handle(logging.LogRecord("a", logging.ERROR, "", 1, "hush-hush %d", ("hush-hush",), None))
    told = capsys.readouterr().err
    assert json.loads(told)["event"] == "a message that does not fit its values: '*** %d'"


def test_a_secret_is_masked_in_tracebacks_and_stacks():
    lines = JsonFormatter([Secret('hush"hush')])
    try:
        int('hush"hush')
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "", 1, "failed", (), sys.exc_info(), sinfo='in hush"hush')
    told = lines.format(record)
    assert "hush" not in told
    assert json.loads(told)["stack"] == "in ***"


@asynccontextmanager
async def listening(*how):
    server = await serve("127.0.0.1", 0, *how)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def test_a_request_is_answered_and_one_that_fails_is_a_500():
    async def handle(request):
        if request.path == "/broken":
            raise RuntimeError("no")
        return HttpResponse(200, f"{request.method} {request.path} {request.body.decode()}")

    async def scenario():
        async with listening(handle) as url, httpx.AsyncClient() as client:
            assert (await client.post(f"{url}/a?b=c", content=b"words")).text == "POST /a words"
            assert (await client.get(f"{url}/broken")).status_code == 500
            assert (await client.post(url, content=b"x" * 1_000_001)).status_code == 413

    asyncio.run(scenario())


def test_the_gate_refuses_by_the_head_alone():
    reached = []

    async def handle(request):
        reached.append(request.path)
        return HttpResponse(200)

    def gate(request):
        return None if request.headers.get("x-key") == "right" else HttpResponse(403, "no key")

    async def scenario():
        async with listening(handle, gate) as url, httpx.AsyncClient() as client:
            assert (await client.get(f"{url}/a")).text == "no key"
            assert (await client.get(f"{url}/b", headers={"X-Key": "right"})).status_code == 200

    asyncio.run(scenario())
    assert reached == ["/b"]


def test_health_is_told_over_http():
    metrics, ready = Metrics("request"), []
    metrics.handled.labels("ask").inc()
    metrics.replies.labels("answered").inc()

    async def scenario():
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        async with (
            serve_health(port, metrics, lambda: bool(ready), "the library is away"),
            httpx.AsyncClient() as client,
        ):
            url = f"http://127.0.0.1:{port}"
            assert (await client.get(f"{url}/healthz")).text == "alive\n"
            refused = await client.get(f"{url}/readyz")
            assert (refused.status_code, refused.text) == (503, "the library is away\n")
            ready.append(True)
            assert (await client.get(f"{url}/readyz")).text == "ready\n"
            told = (await client.get(f"{url}/metrics")).text
            assert 'pullquote_requests_total{kind="ask"} 1.0' in told
            assert 'pullquote_replies_total{verdict="answered"} 1.0' in told
            assert (await client.get(f"{url}/other")).status_code == 404
        async with serve_health(0, metrics, lambda: True, ""):
            pass

    asyncio.run(scenario())


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "s"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "s"))
        yield listener


def test_the_supervisor_is_told(supervisor):
    notify("READY=1")
    assert supervisor.recv(100) == b"READY=1"
    supervisor.close()
    notify("WATCHDOG=1")  # nobody listens any more


def test_without_a_supervisor_nothing_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


def test_health_is_reported_until_the_check_fails(supervisor):
    states = [False, True, True]

    def check():
        if not states:
            raise TimeoutError("past help")
        return states.pop(0)

    async def scenario():
        with pytest.raises(TimeoutError, match="past help"):
            await report_health(check, 0)

    asyncio.run(scenario())
    told = [supervisor.recv(100) for _ in range(4)]
    assert told == [b"WATCHDOG=1", b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]


class WindowsLoop(asyncio.SelectorEventLoop):
    """A loop without handlers of signals."""

    def add_signal_handler(self, *_):
        raise NotImplementedError


@pytest.mark.parametrize("make_loop", [asyncio.SelectorEventLoop, WindowsLoop])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_server_on_any_system(make_loop, number):
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    async def wait_for_signal():
        stopped = asyncio.get_running_loop().create_future()
        heed_signals(stopped.set_result)
        os.kill(os.getpid(), number)
        return await asyncio.wait_for(stopped, 60)

    try:
        with asyncio.Runner(loop_factory=make_loop) as runner:
            assert runner.run(wait_for_signal()) == number
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_each_kind_of_work_has_its_own_threads():
    """A slow source or change holds up no question, and changes come one at a time."""
    release, begun = threading.Event(), []

    def change(number):
        begun.append(number)
        release.wait(60)
        return number

    async def work():
        threads = WorkThreads(readers=1)
        loads = [asyncio.ensure_future(threads.load(release.wait, 60)) for _ in range(3)]
        changes = [asyncio.ensure_future(threads.change(change, number)) for number in range(3)]
        for _ in range(5):
            assert await threads.ask(lambda: threads.asking) == 1
            assert await threads.aside(str, 7) == "7"
        assert (threads.asking, len(begun)) == (0, 1)
        release.set()
        assert await asyncio.gather(*changes) == begun == [0, 1, 2]
        assert all(await asyncio.gather(*loads))
        threads.end_threads()
        with pytest.raises(RuntimeError, match="shutdown"):
            await threads.ask(str)

    asyncio.run(work())
