"""Telegram away for a day in each of four ways (P10), with the idle time left out: minutes, not days."""

import asyncio
import os
import selectors
import time

import pytest

from bot.serving.quota import Quotas
from bot.telegram.app import Tempo
from bot.telegram.updates.polling import Poller
from tests.support.bot_process import AWAY, Load, back
from tests.support.fake_bot_api import FakeApi
from tests.support.live_bot import ASKED, CABLE, running
from tests.support.loopback import free_port

BURST = 8


class Skipping(selectors.DefaultSelector):
    """Waits for files, but not for time: where nothing comes within a millisecond, the clock is put forward instead.

    A clock N times as fast would have made Telegram's 10 s some 40 ms, less than a busy machine takes now and then,
    and sends would have timed out that nothing was wrong with. Here work takes its real time, beside time-outs of
    their real length. Both ends are on this loop and this machine, so after a millisecond nothing is on its way but
    what a thread makes; while `threads` are at work nothing is skipped.
    """

    skipped, threads = 0.0, 0

    def select(self, timeout=None):
        if not timeout or timeout <= 0.001 or self.threads:
            return super().select(timeout)
        found = super().select(0.001)
        self.skipped += 0.0 if found else timeout - 0.001
        return found


class Loop(asyncio.SelectorEventLoop):
    def run_in_executor(self, executor, function, *args):
        self._selector.threads += 1
        future = super().run_in_executor(executor, function, *args)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, _future):
        self._selector.threads -= 1


@pytest.mark.soak
def test_a_day_of_outage_loses_nothing(tmp_path, monkeypatch):
    """P10: a question a minute all the while, and sends under way when it begins; OUTAGE_HOURS is for each way.

    Every clock of the process is put forward alike: the loop's, polls', probes', pace, quotas, watchdog, housekeeping,
    both sides' time-outs, the 35 s here. What SQLite, the search and the loopback take is real.
    """
    selector, monotonic, wall = Skipping(), time.monotonic, time.time
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + selector.skipped)
    monkeypatch.setattr(time, "time", lambda: wall() + selector.skipped)
    # These took their clock when they were defined
    monkeypatch.setitem(Poller.__init__.__kwdefaults__, "clock", time.monotonic)
    monkeypatch.setattr(Quotas.__init__, "__defaults__", (*Quotas.__init__.__defaults__[:-1], time.monotonic))
    with asyncio.Runner(loop_factory=lambda: Loop(selector)) as runner:
        runner.run(outages(FakeApi(), tmp_path, 3600 * float(os.environ.get("OUTAGE_HOURS", "24"))))
    print(f"P10: {selector.skipped / 3600:.1f} h skipped")


async def outages(api, tmp_path, seconds):
    port, load, cut_off = free_port(), Load(api, 1 / 60, ASKED), set()
    async with running(api, tmp_path, Tempo(), f"http://127.0.0.1:{port}"):
        for way in AWAY:
            async with api.serving(port):
                await api.until(lambda: not load.missing(), 60)
                before, failed = len(api.sent), len(api.faulted)
                fault = {"refused": "502", "drop": "drop after"}.get(way, way)
                api.always = dict.fromkeys(("sendMessage", "getMe"), fault)
                for _ in range(BURST):
                    load.ask()
                await api.until(lambda failed=failed: sends(api.faulted[failed:]) >= BURST, 60)
                if way != "refused":
                    api.always["getUpdates"] = fault
                    load.away()
                    await asyncio.sleep(seconds)
                    cut_off |= {message["chat_id"] for message in api.sent[before:]}
                    api.always = {}
                    await back(api, load, way, 300)
            if way == "refused":
                api.always = {}
                load.away()
                await asyncio.sleep(seconds)
                async with api.serving(port):
                    await back(api, load, way, 300)
        async with api.serving(port):
            await load.ends(100)
    twice = load.twice()
    print(f"P10: {len(AWAY)} times {seconds / 3600:g} h, {load.asked} questions, 0 lost, {len(twice)} answered twice,")
    print(f"P10: {len(cut_off)} sends cut off after they went out, {sends(api.faulted)} sends failed")
    assert all(CABLE in message["text"] for message in api.sent)
    assert cut_off
    assert twice.keys() <= cut_off
    assert max(twice.values(), default=1) <= 2


def sends(faulted):
    return sum(method == "sendMessage" for method, _ in faulted)
