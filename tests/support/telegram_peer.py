"""The user's side of npm's telegram-test-api: a server of Telegram that others wrote."""

import asyncio
import os
import shutil
import subprocess
import time
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.support.fake_bot_api import TOKEN
from tests.support.loopback import free_port
from tests.support.paths import ROOT


class Peer:
    """The user's side of the server."""

    def __init__(self, address):
        self.address = address
        self.client = httpx.AsyncClient(base_url=address, timeout=20)
        self.person = {"id": 7, "is_bot": False, "first_name": "P", "username": "p"}
        self.chat = {"id": 7, "type": "private", "first_name": "P", "username": "p"}

    async def send(self, way, **content):
        base = {"botToken": TOKEN, "date": int(time.time()), "from": self.person, "chat": self.chat}
        (await self.client.post(way, json=base | content)).raise_for_status()

    async def says(self, text):
        await self.send("/sendMessage", text=text)

    async def commands(self, text):
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        await self.send("/sendCommand", text=text, entities=entities)

    async def presses(self, data, message):
        shown = {"message_id": message, "date": 1, "text": "x", "chat": self.chat}
        await self.send("/sendCallback", data=data, message=shown)

    async def calls(self, method, count):
        """Wait for so many calls of a method and return them."""
        end = time.monotonic() + 30
        while True:
            found = [call for call in (await self.client.get("/calls")).json() if call["method"] == method]
            if len(found) >= count:
                return found
            assert time.monotonic() < end, f"no {count} calls of {method}: {found}"
            await asyncio.sleep(0.05)


@asynccontextmanager
async def peer():
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    modules = subprocess.run(
        [ROOT / ".ci" / "telegram-peer"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        "node",
        str(ROOT / "tests" / "support" / "telegram_peer.js"),
        str(port),
        env={**os.environ, "NODE_PATH": modules},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert (await asyncio.wait_for(server.stdout.readline(), 30)).strip() == b"ready"
        found = Peer(f"http://127.0.0.1:{port}")
        yield found
        await found.client.aclose()
    finally:
        server.terminate()
        await server.wait()


def action(call, label):
    return next(
        button["callback_data"]
        for row in call["reply_markup"]["inline_keyboard"]
        for button in row
        if button["text"].startswith(label)
    )
