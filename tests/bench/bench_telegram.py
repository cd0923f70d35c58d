"""How fast the bot answers, beside an echo bot of the same library with the same inbox.

    python -m tests.bench.bench_telegram [PASSAGES] [SECONDS] [MEMORY]

A library of so many passages on disk (21,000 at least), 1,000 chats, 30 questions a second (what Telegram lets a bot
send) for so many seconds, from the update's being there to the answer's being sent; then the rate at which each bot
saturates, without the pace that Telegram asks for, in bursts by turns: ours with its processes that answer, ours all
in one process, and the echo; then the memory of the processes over MEMORY more updates, from the first ones on.
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from tests.support.fake_bot_api import TOKEN, FakeApi
from tests.support.paths import ROOT

CHATS = 1_000
RATE = 30
REFUSED = "Who won the chess championship of Zembla?"
BURST = 1_500
"""Updates at once, to see how fast they are done: one or two a chat."""

KINDS = ("ours", "one process", "echo")
PARTS = 8
"""Times that memory is looked at."""

TURNS = 3
"""Bursts of each bot; the fastest counts, as whatever else runs on the machine only makes them slower."""


def questions(folder, passages):
    """Make the library where it is not there yet, and return questions that it answers."""
    from index import Article, open_index
    from tests.support.make_library import stories

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

    from bot.processes.askers import parallelize
    from bot.serving.logs import set_up_logs
    from bot.settings import Secret, Settings
    from bot.telegram import app
    from bot.telegram.chats.sqlite import BotFile
    from bot.telegram.sending.pace import Pace
    from bot.telegram.updates.inbox import FileThread
    from index import open_index

    class Unpaced(Pace):
        async def _wait_for_turn(self, chat):
            pass

    set_up_logs("error", ())
    sys.setswitchinterval(0.0005)  # as `app.run` does
    if kind != "paced":
        app.Pace = Unpaced
    if kind == "echo":
        app.add_routes = echo_routes
        app.Calls = lambda _root, wait: HTTPXRequest(64, read_timeout=wait, write_timeout=wait, connect_timeout=wait)
    settings = Settings(token=Secret(TOKEN), api_root=address, questions_per_minute=10**6)
    where = f"disk:{folder}" if kind != "echo" else "memory:"
    index = open_index(where) if kind == "one process" else parallelize(open_index(where), where, None)
    asyncio.run(app.live(settings, FileThread(BotFile(state)), index, asyncio.Event()))


def echo_routes(application, _desk):
    from telegram.ext import MessageHandler, filters

    async def echo(update, _context):
        await update.message.reply_text(update.message.text)

    application.add_handler(MessageHandler(filters.TEXT, echo))


async def start(kind, address, folder, state):
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bench_telegram", "--child", kind, address, str(folder), str(state), cwd=ROOT
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


async def burst(api, asking, size):
    """Ask all at once and return how many answers came a second."""
    api.sent.clear()
    for number, question in zip(range(size), asking, strict=False):
        api.says(question, 1 + number % CHATS)
    began = time.monotonic()
    await api.until(lambda: len(api.sent) >= size, 600)
    return size / (time.monotonic() - began)


def processes(bot):
    """Return the ids of a bot's process and of those that answer questions for it."""
    tasks = Path(f"/proc/{bot.pid}/task").iterdir()
    return [bot.pid, *(int(child) for task in tasks for child in (task / "children").read_text().split())]


def memory(bot):
    """Return the megabytes that a bot's processes hold, its own first."""
    pages = (int(Path(f"/proc/{number}/statm").read_text().split()[1]) for number in processes(bot))
    return [count * os.sysconf("SC_PAGE_SIZE") / 1e6 for count in pages]


def computed(bot):
    """Return the seconds of processor time that a bot's processes took so far."""
    told = (Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split() for number in processes(bot))
    return sum(int(each[11]) + int(each[12]) for each in told) / os.sysconf("SC_CLK_TCK")


async def measure(passages, seconds, more):
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(os.environ.get("BENCH_LIBRARY", f"{folder}/library"))  # where it stays for the next run
        cache.mkdir(parents=True, exist_ok=True)
        asked = await asyncio.to_thread(questions, cache, passages)
        await compare(Path(folder), cache, asked, seconds, more)


async def compare(folder, cache, asked, seconds, more):
    async with running("paced", folder, cache, asked) as (api, _):
        took = await steady(api, asked, seconds)
    at = [1000 * took[int(share * (len(took) - 1))] for share in (0.5, 0.95, 0.99, 1)]
    print(f"{len(took)} questions at {RATE}/s, library of {len(asked):,} articles: received to sent")
    print("  p50 {:.0f} ms, p95 {:.0f} ms, p99 {:.0f} ms, longest {:.0f} ms".format(*at))
    async with AsyncExitStack() as stack:
        bots = {kind: await stack.enter_async_context(running(kind, folder, cache, asked)) for kind in KINDS}
        asking = itertools.cycle(asked)
        rates = {kind: [] for kind in KINDS}
        for _ in range(TURNS):
            for kind, (api, bot) in bots.items():
                before = computed(bot)
                rates[kind].append(await burst(api, asking, BURST))
                cost = 1000 * (computed(bot) - before) / BURST
                print(f"  {kind}: {rates[kind][-1]:.0f}/s, {cost:.1f} ms of processor time each")
        best = {kind: max(found) for kind, found in rates.items()}
        for kind in KINDS[:-1]:
            ratio = best[kind] / best["echo"]
            print(f"{kind} saturates at {best[kind]:.0f}/s, an echo bot at {best['echo']:.0f}/s: {ratio:.2f}x")
        if more:
            await remember(*bots["ours"], asking, more)


@asynccontextmanager
async def running(kind, folder, cache, asked):
    """Run a bot, warm, while inside, and yield its server with it."""
    api = FakeApi()
    async with api.serving() as address:
        bot = await start(kind, address, cache, folder / f"{kind}.sqlite")
        try:
            for chat in range(2001, 2031):
                api.says(asked[-chat], chat)
            api.says(REFUSED, 2031)
            await api.until(lambda: len(api.sent) >= 31, 120)
            api.sent.clear()
            yield api, bot
        finally:
            bot.terminate()
            await bot.wait()


async def remember(api, bot, asking, more):
    """Tell the memory of the processes from now on, and how it grew from the first to the last quarter of the updates.

    By then each cache was filled: the library's lists of the words that are asked for, and what suggests questions
    where one is refused.
    """
    held = [memory(bot)]
    for _ in range(PARTS):
        for _ in range(-(-more // (PARTS * BURST))):
            await burst(api, asking, BURST)
        held.append(memory(bot))
    for at, name in enumerate(["the bot", *["one that answers"] * (len(held[0]) - 1)]):
        found = [each[at] for each in held]
        first, last = (sum(part) / len(part) for part in (found[1 : PARTS // 4 + 1], found[-PARTS // 4 :]))
        print(f"memory over {more:,} updates, MB, {name}: {', '.join(f'{each:.0f}' for each in found)};", end=" ")
        print(f"from the first quarter to the last {last / first - 1:+.1%}")


def main(passages="100000", seconds="20", more="0"):
    asyncio.run(measure(int(passages), float(seconds), int(more)))


if __name__ == "__main__":
    {"--child": partial(child, *sys.argv[2:])}.get(sys.argv[1] if sys.argv[1:] else "", partial(main, *sys.argv[1:]))()
