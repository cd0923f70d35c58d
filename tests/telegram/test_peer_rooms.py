"""Watched questions and reading pages, from a person's side: the bot as a process, the library changed by others."""

import asyncio
import re
import sys

import httpx
import pytest

from bot.telegram.screens.wording import wording
from tests.support.bot_process import environment, process
from tests.support.fake_bot_api import FakeApi
from tests.support.loopback import free_port
from tests.support.paths import ROOT
from tests.support.telegram_peer import action, peer

QUESTION = "When will the lighthouse of Eastmoor be lit again?"
STORY = """Lighthouse of Eastmoor goes dark

All News 11:00 May 5, 2024

EASTMOOR, May 5 (Tern Agency) -- The lighthouse of Eastmoor went dark on Sunday after a storm.

The lighthouse of Eastmoor will be lit again on {day} May, said its keeper, Tomas Reyl.

(END)
"""
SENTENCE = "The lighthouse of Eastmoor will be lit again on {day} May, said its keeper, Tomas Reyl."
QUICK = {"PULLQUOTE_WATCH_SECONDS": "1", "PULLQUOTE_MEANING": "off"}


async def adds(tmp_path, *days):
    """Add stories to the bot's library as the operator does, while the bot runs."""
    folder = tmp_path / "-".join(map(str, days))
    folder.mkdir()
    for day in days:
        (folder / f"light-{day}.txt").write_text(STORY.format(day=day).replace("Eastmoor goes", f"Eastmoor {day} goes"))
    added = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "add",
        str(folder),
        cwd=ROOT,
        env=environment(tmp_path, "http://127.0.0.1:9", **QUICK),
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await added.communicate()
    assert added.returncode == 0, errors


def pages(port):
    return {"PULLQUOTE_PAGES_URL": f"http://127.0.0.1:{port}/read", "PULLQUOTE_WEBHOOK_LISTEN": f"127.0.0.1:{port}"}


def url_of(call):
    return next(
        button["url"]
        for row in call["reply_markup"]["inline_keyboard"]
        for button in row
        if button["text"] == wording.READ_PAGE
    )


def test_what_another_process_adds_is_told_once_over_a_restart(tmp_path):
    """The same as the session below, against our own server, for every run."""

    async def session():
        api = FakeApi()
        async with api.serving() as address:
            async with process(tmp_path, address, **QUICK):
                api.says(f"/watch {QUESTION}")
                await api.until(lambda: len(api.answers()) == 1, 90)
                await adds(tmp_path, 19)
                await api.until(lambda: len(api.answers()) == 2, 90)
            async with process(tmp_path, address, **QUICK):
                api.says(f"/watch {QUESTION}")
                await api.until(lambda: len(api.answers()) == 3, 90)
                await adds(tmp_path, 21)
                await api.until(lambda: len(api.answers()) == 4, 90)
        watching, first, again, second = api.answers()
        assert watching == wording.WATCHING.format(question=QUESTION)
        assert again == wording.WATCHED_ALREADY.format(question=QUESTION)
        assert SENTENCE.format(day=19) in first
        assert SENTENCE.format(day=21) in second

    asyncio.run(asyncio.wait_for(session(), 400))


@pytest.mark.check
def test_a_watched_question_is_told_and_its_page_is_read(tmp_path):
    """Before: /watch was no command, and there was no page to open."""

    async def session():
        port = free_port()
        async with peer() as server, process(tmp_path, server.address, **QUICK, **pages(port)):
            await server.calls("getMe", 1)
            await server.commands("/watch")
            assert (await server.calls("sendMessage", 1))[0]["text"] == wording.WATCH_HOW
            await server.commands(f"/watch {QUESTION}")
            assert (await server.calls("sendMessage", 2))[1]["text"] == wording.WATCHING.format(question=QUESTION)
            await adds(tmp_path, 19)
            notice = (await server.calls("sendMessage", 3))[2]
            assert SENTENCE.format(day=19) in notice["text"]
            assert wording.NOTICE.format(question=QUESTION) in notice["text"]
            async with httpx.AsyncClient() as browser:
                page = await browser.get(url_of(notice))
                assert re.search(r'<mark id="c1">(.*?)<sup>', page.text)[1] == SENTENCE.format(day=19)
                assert (await browser.get(f"http://127.0.0.1:{port}/read/{'a' * 32}")).status_code == 404
                assert (await browser.get(f"http://127.0.0.1:{port}/")).status_code == 404
            await server.commands("/watches")
            shown = (await server.calls("sendMessage", 4))[3]
            assert QUESTION in shown["text"]
            await server.presses(action(shown, "Stop 1"), 4)
            changed = (await server.calls("editMessageText", 1))[0]
            assert changed["text"].startswith(wording.WATCH_STOPPED.format(question=QUESTION))
            await adds(tmp_path, 20)
            await server.commands("/watches")
            assert (await server.calls("sendMessage", 5))[4]["text"] == wording.WATCHES_NONE

    asyncio.run(asyncio.wait_for(session(), 240))


@pytest.mark.check
def test_many_answers_at_once_are_a_few_notices_and_a_number(tmp_path):
    async def session():
        async with peer() as server, process(tmp_path, server.address, **QUICK):
            await server.calls("getMe", 1)
            await server.commands(f"/watch {QUESTION}")
            await server.calls("sendMessage", 1)
            await adds(tmp_path, *range(10, 25))
            told = (await server.calls("sendMessage", 4))[1:]
            await server.commands("/watches")
            assert len(await server.calls("sendMessage", 5)) == 5
            assert wording.NOTICE_MORE.format(count=12) in told[2]["text"]

    asyncio.run(asyncio.wait_for(session(), 240))
