"""The bot against a server that others wrote: npm's telegram-test-api, by polling, over HTTP."""

import asyncio
import os
import shutil
import subprocess
import time
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.telegram.screens import wording
from tests.support.bot_process import process
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


@pytest.mark.check
def test_a_conversation_with_the_independent_server(tmp_path):
    async def conversation():
        async with peer() as server, process(tmp_path, server.address, PULLQUOTE_ADMINS="7"):
            await server.calls("getMe", 1)
            await server.commands("/start")
            (start,) = await server.calls("sendMessage", 1)
            assert start["text"].startswith(wording.START)
            await server.says("Who is Kim Eun-hye?")
            answer = (await server.calls("sendMessage", 2))[1]
            assert "Kim Eun-hye" in answer["text"]
            assert {"bold"} <= {entity["type"] for entity in answer["entities"]}
            assert "parse_mode" not in answer
            await server.presses(action(answer, wording.WHY), 2)
            assert len(await server.calls("answerCallbackQuery", 1)) == 1
            assert "Kim" in (await server.calls("sendMessage", 3))[2]["text"]
            await server.presses(action(answer, wording.CONTEXT), 2)
            context = (await server.calls("sendMessage", 4))[3]
            assert context["reply_parameters"]["quote"]
            await server.presses("forged", 2)
            assert (await server.calls("answerCallbackQuery", 3))[2]["text"] == wording.NOT_YOURS
            await server.says("What did she say about the expression?")
            assert (await server.calls("sendMessage", 5))[4]["text"]
            await server.commands("/articles")
            listing = (await server.calls("sendMessage", 6))[5]
            assert "1. " in listing["text"]
            await server.presses(action(listing, "1"), 6)
            await server.calls("sendMessage", 7)
            menus = await server.calls("setMyCommands", 2)
            assert {menu["scope"]["type"] for menu in menus} == {"all_private_chats", "all_group_chats"}
            sent = await server.calls("sendMessage", 7)
            print(f"peer: {len(sent)} messages, 4 buttons, 2 commands, 2 questions, all as expected")

    asyncio.run(asyncio.wait_for(conversation(), 180))
