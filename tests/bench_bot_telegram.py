"""How fast the bot answers, beside an echo bot of the same library with the same inbox.

    python tests/bench_bot_telegram.py [PASSAGES] [SECONDS] [MEMORY]

A library of so many passages on disk, 1,000 chats, 30 questions a second (what Telegram lets a bot send) for so many
seconds, from the update's being there to the answer's being sent; then the rate at which each bot saturates, without
the pace that Telegram asks for; then the memory of the process over MEMORY more updates.
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.fake_bot_api import TOKEN, FakeApi  # noqa: E402 - the file is run by itself

CHATS = 1_000
RATE = 30
BURST = 1_500
"""Updates at once, to see how fast they are done: one or two a chat."""


def questions(folder, passages):
    """Make the library where it is not there yet, and return questions that it answers."""
    from index import Article, open_index
    from tests.make_library import stories

    asked = []
    articles = []
    for story in stories(passages):
        asked.append(story.question)
        articles.append(story.text)
    if not (folder / "done").exists():
        began = time.monotonic()
        with open_index(f"disk:{folder}") as index:
            for batch in chunks(articles, 500):
                index.add([Article.from_text(text) for text in batch])
        (folder / "done").touch()
        print(f"library of {passages:,} passages made in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return asked


def chunks(items, size):
    return (items[at : at + size] for at in range(0, len(items), size))


def child(kind, address, folder, state):
    """Run a bot without the pace: ours, or an echo with the same inbox and sending."""
    from telegram.request import HTTPXRequest

    from bot.askers import beside
    from bot.settings import Secret, Settings
    from bot.telegram import app
    from bot.telegram.inbox import Disk
    from bot.telegram.logs import set_up
    from bot.telegram.pace import Pace
    from bot.telegram.state import Store
    from index import open_index

    class Unpaced(Pace):
        async def _turn(self, chat):
            pass

    set_up("error", ())
    if kind != "paced":
        app.Pace = Unpaced
    if kind == "echo":
        app.routes = echo_routes
        app.Calls = lambda _root, wait: HTTPXRequest(64, read_timeout=wait, write_timeout=wait, connect_timeout=wait)
    settings = Settings(token=Secret(TOKEN), api_root=address, questions_per_minute=10**6)
    where = f"disk:{folder}" if kind != "echo" else "memory:"
    index = beside(open_index(where), where, None)
    asyncio.run(app.live(settings, Disk(Store(state)), index, asyncio.Event()))


def echo_routes(application, _desk):
    from telegram.ext import MessageHandler, filters

    async def echo(update, _context):
        await update.message.reply_text(update.message.text)

    application.add_handler(MessageHandler(filters.TEXT, echo))


async def start(kind, address, folder, state):
    return await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--child", kind, address, str(folder), str(state), cwd=ROOT
    )


async def steady(api, asked, seconds):
    """Ask at the rate for so long and return the seconds that each answer took."""
    asking = itertools.cycle(asked)
    pushed = {}
    began = time.monotonic()
    for number in range(int(RATE * seconds)):
        await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
        chat = 1 + number % CHATS
        api.says(next(asking), chat)
        pushed[number] = (chat, time.monotonic())
    await api.until(lambda: len(api.sent) >= len(pushed), 120)
    sent = {}
    for message in api.sent:
        sent.setdefault(message["chat_id"], []).append(message["at"])
    return sorted(sent[chat].pop(0) - at for chat, at in pushed.values())


async def burst(api, asked, size):
    """Ask all at once and return how many answers came a second."""
    api.sent.clear()
    for number, question in zip(range(size), itertools.cycle(asked), strict=False):
        api.says(question, 1 + number % CHATS)
    began = time.monotonic()
    await api.until(lambda: len(api.sent) >= size, 600)
    return size / (time.monotonic() - began)


def memory(process):
    """Return the megabytes that a process holds."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(passages, seconds, more):
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(os.environ.get("BENCH_LIBRARY", f"{folder}/library"))  # where it stays for the next run
        cache.mkdir(parents=True, exist_ok=True)
        asked = await asyncio.to_thread(questions, cache, passages)
        await compare(Path(folder), cache, asked, seconds, more)


async def compare(folder, cache, asked, seconds, more):
    rates = {}
    for kind in ("paced", "ours", "echo"):
        api = FakeApi()
        async with api.serving() as address:
            bot = await start(kind, address, cache, folder / f"{kind}.sqlite")
            try:
                for chat in range(2001, 2031):  # warm up
                    api.says(asked[chat % len(asked)], chat)
                await api.until(lambda api=api: len(api.sent) >= 30, 120)
                api.sent.clear()
                if kind == "paced":
                    took = await steady(api, asked, seconds)
                    at = [1000 * took[int(share * (len(took) - 1))] for share in (0.5, 0.95, 0.99, 1)]
                    print(f"{len(took)} questions at {RATE}/s, library of {len(asked):,} articles: received to sent")
                    print("  p50 {:.0f} ms, p95 {:.0f} ms, p99 {:.0f} ms, longest {:.0f} ms".format(*at))
                else:
                    rates[kind] = max([await burst(api, asked, BURST) for _ in range(2)])
                if kind == "ours" and more:
                    await remember(api, asked, bot, more)
            finally:
                bot.terminate()
                await bot.wait()
    ours, echo = rates["ours"], rates["echo"]
    print(f"saturates at {ours:.0f}/s, an echo bot at {echo:.0f}/s: {ours / echo:.2f}x")


async def remember(api, asked, bot, more):
    """Tell the memory of the process at a fifth and at the end of many updates."""
    held = []
    for _ in range(5):
        for _ in range(more // 5 // BURST or 1):
            await burst(api, asked, BURST)
        held.append(memory(bot))
    print(f"memory over {more:,} updates, MB: {', '.join(f'{each:.0f}' for each in held)}")


def main(passages="100000", seconds="20", more="0"):
    asyncio.run(measure(int(passages), float(seconds), int(more)))


if __name__ == "__main__":
    {"--child": partial(child, *sys.argv[2:])}.get(sys.argv[1] if sys.argv[1:] else "", partial(main, *sys.argv[1:]))()
