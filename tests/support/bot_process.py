"""The command `pullquote telegram` as a process, and questions that keep coming while it is killed or cut off."""

import asyncio
import math
import os
import sys
import time
from contextlib import asynccontextmanager

from tests.support.fake_bot_api import TOKEN
from tests.support.paths import ROOT, SEEDS

QUESTION = "Who is Kim Eun-hye?"
HOOK = "hook_secret_value"
AWAY = ("refused", "502", "hang 60", "drop")
"""The ways in which Telegram is away: no connection, an error, no answer, a connection cut off."""


def environment(tmp_path, address, **more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START") if name in os.environ}
    return kept | {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_ROOT": address,
        "PULLQUOTE_STATE": str(tmp_path / "bot.sqlite"),
        "PULLQUOTE_INDEX": f"disk:{tmp_path / 'library'}",
        "PULLQUOTE_WEBHOOK_SECRET": HOOK,
        **more,
    }


async def start(tmp_path, address, *options, log=None, **more):
    """Start the bot on the seeds as a process."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "telegram",
        "--seed",
        str(SEEDS),
        *options,
        cwd=ROOT,
        env=environment(tmp_path, address, **more),
        stdout=log or asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


@asynccontextmanager
async def process(tmp_path, address, *options, **more):
    """Run the bot while inside; it must end well on SIGTERM. Its log is a file."""
    with (tmp_path / "log").open("ab") as log:
        before = log.tell()
        bot = await start(tmp_path, address, *options, log=log, **more)
        try:
            yield bot
        finally:
            await started(bot, tmp_path / "log", before)
            if bot.returncode is None:
                bot.terminate()
            assert await asyncio.wait_for(bot.wait(), 20) == 0, (tmp_path / "log").read_text()[-3000:]


async def started(bot, log, before):
    """Wait until the bot says in its log, beyond `before` bytes, that it runs: only then it knows what SIGTERM is."""
    end = time.monotonic() + 30
    while bot.returncode is None and time.monotonic() < end and b"runs;" not in log.read_bytes()[before:]:
        await asyncio.sleep(0.01)


class Load:
    """Questions that keep coming, each from a chat of its own, while fewer than `most` wait for an answer.

    A bot that is killed each second answers fewer than are asked, and would have to do so for minutes afterwards.
    """

    def __init__(self, api, rate, question=QUESTION, most=math.inf):
        self.api, self.rate, self.question, self.most = api, rate, question, most
        self.asked = self.since = 0
        self.answered, self.seen = set(), 0
        self.task = asyncio.ensure_future(self.run())

    async def run(self):
        while True:
            if len(self.missing()) < self.most:
                self.ask()
            await asyncio.sleep(1 / self.rate)

    def ask(self):
        self.asked += 1
        self.api.says(self.question, self.asked)

    def away(self):
        """Telegram goes now: what is asked from here on it keeps, but for what a poll under way still brings."""
        self.since = self.asked + 3

    def missing(self):
        self.answered.update(message["chat_id"] for message in self.api.sent[self.seen :])
        self.seen = len(self.api.sent)
        return [chat for chat in range(1, self.asked + 1) if chat not in self.answered]

    def twice(self):
        counts = {}
        for message in self.api.sent:
            counts[message["chat_id"]] = counts.get(message["chat_id"], 0) + 1
        return {chat: count for chat, count in counts.items() if count > 1}

    async def ends(self, seconds):
        """Stop asking and wait until all is answered."""
        self.task.cancel()
        await self.api.until(lambda: not self.missing(), seconds)


async def back(api, load, way, patience):
    """Wait until it answers what was asked meanwhile, and then until it has caught up, so many seconds at most.

    What still waited when the next outage begins would be answered before what is asked in it.
    """
    came, before, asked = time.monotonic(), len(api.sent), load.asked
    await api.until(lambda: any(message["chat_id"] > load.since for message in api.sent[before:]), 35)
    print(f"P10: {way}, answering again after {time.monotonic() - came:.1f} s")
    await api.until(lambda: all(chat > asked for chat in load.missing()), patience)
    await api.until(lambda: len(load.missing()) <= max(1, load.rate), patience)
