"""A Telegram bot in this process against a fake server, over real HTTP on loopback."""

import asyncio
from contextlib import asynccontextmanager

import httpx

from bot.settings import Secret, Settings
from bot.telegram.app import Tempo, live
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.updates.inbox import FileThread
from index import open_index
from tests.support.fake_bot_api import TOKEN
from tests.support.loopback import free_port
from tests.support.replies import HARBOUR, article

ASKED = "What did Lena Brandt blame?"
CABLE = "She blamed a worn cable"
QUICK = Tempo(poll=1, retry=0.02, patience=5.0)


def library():
    index = open_index("memory:")
    index.add(article(HARBOUR))
    return index


class Running:
    """A bot against a fake server, in this process."""

    def __init__(self, api, task, stop, port):
        self.api, self.task, self.stop, self.port = api, task, stop, port

    async def answers(self, count=1, chat=7):
        """Ask, and wait for so many answers."""
        self.api.says(ASKED, chat)
        await self.answered(count, chat)

    async def answered(self, count=1, chat=7):
        await self.api.until(lambda: len(self.api.answers(chat)) >= count)
        assert all(CABLE in text for text in self.api.answers(chat)[:count])

    async def get(self, path):
        async with httpx.AsyncClient() as client:
            return await client.get(f"http://127.0.0.1:{self.port}{path}")


@asynccontextmanager
async def running(api, tmp_path, tempo=QUICK, address=None, **settings):
    """Run a bot while inside; it must end well."""
    async with api.serving() as served:
        values = {"token": Secret(TOKEN), "api_root": address or served, "health_port": free_port()} | settings
        stop = asyncio.Event()
        bot = live(Settings(**values), FileThread(BotFile(tmp_path / "bot.sqlite")), library(), stop, tempo=tempo)
        found = Running(api, asyncio.ensure_future(bot), stop, values["health_port"])
        try:
            yield found
        finally:
            stop.set()
            done, _ = await asyncio.wait({found.task}, timeout=20)
            assert done, "the bot does not stop"
        found.task.result()
