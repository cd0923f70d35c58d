"""The language of the interface, from a person's side: the bot as a process, and a server that others wrote."""

import asyncio

import pytest

from bot.telegram.screens.wording import wording
from bot.translation import speaking
from tests.support.bot_process import process
from tests.support.telegram_peer import action, peer

ASKED = "Who denied the talks?"
QUICK = {"PULLQUOTE_MEANING": "off"}


def said(language, name):
    with speaking(language):
        return getattr(wording, name)


def labels(call):
    return [button["text"] for row in call["reply_markup"]["inline_keyboard"] for button in row]


@pytest.mark.check
def test_a_person_is_spoken_to_in_the_language_of_their_app_or_the_one_they_chose(tmp_path):
    """Before: everybody got English, whatever their app said."""

    async def session():
        async with peer() as server:
            server.person["language_code"] = "es"
            async with process(tmp_path, server.address, **QUICK):
                await server.calls("getMe", 1)
                menus = await server.calls("setMyCommands", 6)
                assert {menu.get("language_code", "") for menu in menus} == {"", "es", "ko"}
                await server.says(ASKED)
                answer = (await server.calls("sendMessage", 1))[0]
                assert labels(answer)[0].startswith(said("es", "CONTEXT"))
                await server.commands("/language")
                shown = (await server.calls("sendMessage", 2))[1]
                assert "español" in shown["text"]
                await server.presses(action(shown, "English"), 2)
                changed = (await server.calls("editMessageText", 1))[0]
                assert changed["text"] == said("en", "LANGUAGE_SET").format(language="English")
                await server.commands("/language ko")
                told = (await server.calls("sendMessage", 3))[2]
                assert told["text"] == said("ko", "LANGUAGE_SET").format(language="한국어")
            async with process(tmp_path, server.address, **QUICK):
                await server.says(ASKED)
                answer = (await server.calls("sendMessage", 4))[3]
                assert labels(answer)[0].startswith(said("ko", "CONTEXT"))

    asyncio.run(asyncio.wait_for(session(), 240))
