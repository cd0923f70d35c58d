"""The bot against a server that others wrote: npm's telegram-test-api, by polling, over HTTP."""

import asyncio

import pytest

from bot.telegram.screens.wording import wording
from tests.support.bot_process import process
from tests.support.telegram_peer import action, peer


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
            await server.presses(action(answer, wording.CONTEXT), 2)
            assert len(await server.calls("answerCallbackQuery", 1)) == 1
            context = (await server.calls("sendMessage", 3))[2]
            assert context["reply_parameters"]["quote"]
            await server.presses(action(context, wording.WHY), 3)
            assert "Kim" in (await server.calls("sendMessage", 4))[3]["text"]
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
