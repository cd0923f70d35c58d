"""The user's side of npm's telegram-test-api: a server of Telegram that others wrote."""

import asyncio
import os
import shutil
import subprocess
import time
from contextlib import asynccontextmanager
from copy import copy

import httpx

from tests.support.counts import lack_tool
from tests.support.fake_bot_api import TOKEN
from tests.support.loopback import free_port
from tests.support.paths import ROOT

SHOWING = ("sendMessage", "editMessageText", "setMessageReaction")


class Peer:
    """The user's side of the server."""

    def __init__(self, address):
        self.address = address
        self.client = httpx.AsyncClient(base_url=address, timeout=20)
        self.person = {"id": 7, "is_bot": False, "first_name": "P", "username": "p"}
        self.chat = {"id": 7, "type": "private", "first_name": "P", "username": "p"}

    def enters(self, chat, kind="private"):
        """Return the same server seen from another chat: that of another person, or with `kind` a group."""
        other = copy(self)
        other.chat = {"id": chat, "type": kind, "first_name": "P", "title": "G"}
        other.person = self.person if kind != "private" else self.person | {"id": chat}
        return other

    async def send(self, way, **content):
        """Send as the person and return the number of the message, None for a button."""
        base = {"botToken": TOKEN, "date": int(time.time()), "from": self.person, "chat": self.chat}
        answer = await self.client.post(way, json=base | content)
        answer.raise_for_status()
        return answer.json().get("message_id")

    async def says(self, text, **more):
        return await self.send("/sendMessage", text=text, **more)

    async def shows(self, **content):
        """Send something else than a text: a picture, a document, what Telegram tells of the chat."""
        return await self.send("/sendMessage", **content)

    async def uploads(self, name, text, **more):
        """Send a document."""
        await self.client.post("/files", json={"id": name, "text": text})
        return await self.shows(document={"file_id": name, "file_unique_id": "u", "file_name": name}, **more)

    async def commands(self, text, **more):
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return await self.send("/sendCommand", text=text, entities=entities, **more)

    async def presses(self, data, message):
        shown = {"message_id": message, "date": 1, "text": "x", "chat": self.chat}
        await self.send("/sendCallback", data=data, message=shown)

    async def told(self, until):
        """Wait until what this chat was told last is as it should be, and return all that it was told.

        That is what came of `sendMessage`, `editMessageText` and `setMessageReaction`.
        """
        end = time.monotonic() + 30
        while True:
            came = (await self.client.get("/calls")).json()
            mine = [call for call in came if call["method"] in SHOWING and int(call["chat_id"]) == self.chat["id"]]
            if mine and until(mine[-1]):
                return mine
            assert time.monotonic() < end, f"it was never told: {mine[-3:]}"
            await asyncio.sleep(0.05)

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
        lack_tool("npm is not installed")
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
