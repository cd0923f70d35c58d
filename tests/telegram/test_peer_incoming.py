"""What comes in to the bot, as sessions of a person at the independent server: one server and one bot for all."""

import asyncio
from contextlib import AsyncExitStack
from itertools import count

import pytest

from bot.telegram.screens.wording import wording
from tests.support.bot_process import process, started
from tests.support.telegram_chat import PHOTO, STICKER
from tests.support.telegram_peer import action, peer

pytestmark = pytest.mark.check

CHATS = count(100)
BOT = {"id": 1, "is_bot": True, "first_name": "T"}
POST = {"type": "channel", "date": 1, "chat": {"id": -100, "type": "channel", "username": "tern"}, "message_id": 12}
FERRY = """Ferry to Lindhaven sinks at its berth

LINDHAVEN, May 2 (Tern Agency) -- The ferry Aurelia sank at its berth in Lindhaven on Thursday.

Captain Otto Vahl said that a valve had been left open. Nobody was on board.

"""
LONG_FERRY = FERRY + "The harbour office will look into it. " * 20
VALVE = "What did Captain Otto Vahl say about the valve?"
ONCE = "Who kept every receipt in a shoebox?"
LINK = "http://127.0.0.1/ferry"


class Stage:
    """A server, a bot, and a runner for sessions."""

    def __init__(self, folder):
        self.runner, self.folder, self.stack = asyncio.Runner(), folder, AsyncExitStack()
        self.server = self.runner.run(self.open())

    async def open(self):
        server = await self.stack.enter_async_context(peer())
        limits = {"PULLQUOTE_ADDS_PER_HOUR": "1000", "PULLQUOTE_QUESTIONS_PER_MINUTE": "6000"}
        bot = process(self.folder, server.address, PULLQUOTE_OPEN_ADD="1", PULLQUOTE_ADMINS="7", **limits)
        await started(await self.stack.enter_async_context(bot), self.folder / "log", 0)
        return server

    def play(self, session, kind="private"):
        """Run a session in a chat of its own."""
        chat = next(CHATS)
        there = self.server.enters(chat if kind == "private" else -chat, kind)
        self.runner.run(asyncio.wait_for(session(there), 120))

    def close(self):
        self.runner.run(self.stack.aclose())
        self.runner.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    found = Stage(tmp_path_factory.mktemp("bot"))
    yield found
    found.close()


def begins(text):
    return lambda call: call.get("text", "").startswith(text)


def holds(text):
    return lambda call: text in call.get("text", "")


def mention(text):
    return [{"type": "mention", "offset": text.index("@peer_bot"), "length": len("@peer_bot")}]


def reply_to(chat, number, **more):
    return {"reply_to_message": {"message_id": number, "date": 1, "chat": chat.chat, **more}}


def test_a_link_with_words_around_it_is_offered(stage):
    async def session(chat):
        await chat.says(f"Ferry sinks at its berth\n{LINK}")
        first = (await chat.told(begins(wording.OFFER_LINK)))[-1]
        entity = {"type": "text_link", "offset": 0, "length": 5, "url": LINK}
        await chat.says("Ferry sinks", entities=[entity])
        second = (await chat.told(lambda call: call.get("sent", 0) > first["sent"]))[-1]
        assert second["text"] == wording.OFFER_LINK
        await chat.says(f"{VALVE} {LINK}")
        offer = (await chat.told(begins(wording.OFFER_QUESTION.format(question=VALVE))))[-1]
        assert action(offer, wording.ADD_AND_ASK)
        assert action(offer, wording.ASK_ONLY)

    stage.play(session)


def test_add_as_a_reply_adds_the_link_or_the_text(stage):
    async def session(chat):
        await chat.commands("/add", **reply_to(chat, 1, photo=PHOTO, caption=FERRY))
        await chat.told(begins(wording.ADDED))
        entity = {"type": "text_link", "offset": 0, "length": 5, "url": LINK}
        await chat.commands("/add", **reply_to(chat, 1, text="Ferry", entities=[entity]))
        await chat.told(holds("127.0.0.1"))

    stage.play(session)


def test_a_forwarded_picture_is_the_text_of_its_caption(stage):
    async def session(chat):
        await chat.shows(photo=PHOTO, caption=LONG_FERRY, forward_origin=POST)
        await chat.told(begins(wording.ADDED))
        await chat.shows(photo=PHOTO, caption=f"Ferry sinks {LINK}", forward_origin=POST)
        await chat.told(begins(wording.OFFER_LINK))
        await chat.shows(photo=PHOTO, caption="The quay this morning", forward_origin=POST)
        await chat.told(begins(wording.SHORT_POST))

    stage.play(session)


def test_a_question_in_a_documents_caption_is_asked_of_that_document(stage):
    async def session(chat):
        await chat.uploads("ferry.txt", FERRY, caption=VALVE)
        told = await chat.told(holds("valve had been left open"))
        assert any(begins(wording.ADDED)(call) for call in told)

    stage.play(session)


def test_a_mention_in_a_caption_is_heard(stage):
    async def session(chat):
        caption = f"@peer_bot {ONCE}"
        await chat.shows(photo=PHOTO, caption=caption, caption_entities=mention(caption))
        await chat.told(holds("receipt in a shoebox"))

    stage.play(session, "supergroup")


def test_an_album_is_one_card_and_one_answer(stage):
    async def session(chat):
        await chat.uploads("ferry.txt", FERRY, caption=VALVE, media_group_id="1")
        await chat.uploads("other.txt", FERRY.replace("Lindhaven", "Eastmoor"), media_group_id="1")
        told = await chat.told(lambda call: call["method"] == "editMessageText" and "valve" in call["text"])
        assert sum(call["method"] == "sendMessage" for call in told) == 2
        assert any(begins(wording.ADDED_TOGETHER)(call) for call in told)
        for number in range(3):
            await chat.shows(photo=PHOTO, media_group_id="2", **({"caption": ONCE} if number == 0 else {}))
        await chat.says("/whoami")
        last = await chat.told(begins("Your numeric id"))
        assert [call["method"] for call in last[len(told) :]] == ["sendMessage", "sendMessage"]

    stage.play(session)


def test_what_is_no_question_to_the_bot_in_a_group_gets_no_lecture(stage):
    async def session(chat):
        text = f"@peer_bot {ONCE}"
        await chat.says(text, entities=mention(text))
        answer = (await chat.told(holds("receipt in a shoebox")))[-1]
        to_it = reply_to(chat, answer["sent"], text="x", **{"from": BOT})
        await chat.says("lol that's crazy", **to_it)
        await chat.says("I knew that about them all along", **to_it)
        await chat.shows(sticker=STICKER, **to_it)
        text = "@alice @peer_bot is great isn't it"
        alice = {"type": "mention", "offset": 0, "length": 6}
        await chat.says(text, entities=[alice, *mention(text)])
        await chat.says("/whoami@peer_bot")
        told = await chat.told(begins("Your numeric id"))
        assert [call["method"] for call in told] == ["sendMessage", "setMessageReaction", "sendMessage"]

    stage.play(session, "supergroup")


@pytest.mark.parametrize("kind", ["private", "supergroup"])
def test_service_messages_are_ignored(stage, kind):
    async def session(chat):
        pinned = {"message_id": 1, "date": 1, "chat": chat.chat, "text": "x"}
        payment = {
            "currency": "XTR",
            "total_amount": 1,
            "invoice_payload": "x",
            "telegram_payment_charge_id": "a",
            "provider_payment_charge_id": "b",
        }
        for told in (
            {"pinned_message": pinned},
            {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
            {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "x"}}},
            {"successful_payment": payment},
            {"new_chat_members": [{"id": 8, "is_bot": False, "first_name": "N"}]},
            {"video_chat_started": {}},
        ):
            await chat.shows(**told)
        await chat.says("/whoami")
        assert len(await chat.told(begins("Your numeric id"))) == 1

    stage.play(session, kind)


def test_stickers_get_one_line_and_thanks_a_reaction(stage):
    async def session(chat):
        for _ in range(3):
            await chat.shows(sticker=STICKER)
        await chat.says("thanks")
        told = await chat.told(lambda call: call["method"] == "setMessageReaction")
        assert [call["method"] for call in told] == ["sendMessage", "setMessageReaction"]
        assert told[0]["text"] == wording.NO_MEDIA

    stage.play(session)


def test_the_article_at_hand_comes_first(stage):
    async def session(chat):
        await chat.uploads("ferry.txt", FERRY)
        card = (await chat.told(begins(wording.ADDED)))[-1]
        title = "Ferry to Lindhaven sinks at its berth"
        await chat.says("Was anybody on board?")
        near = (await chat.told(holds("Nobody was on board")))[-1]
        assert wording.ALONE.format(title=title) in near["text"]
        await chat.presses(action(near, wording.ASK_ALL), near["sent"])
        wide = (await chat.told(lambda call: call.get("sent", 0) > near["sent"]))[-1]
        assert wording.ALONE.format(title=title) not in wide["text"]
        await chat.says(ONCE, **reply_to(chat, int(card["message_id"]), text="x", **{"from": BOT}))
        alone = (await chat.told(lambda call: call.get("sent", 0) > wide["sent"]))[-1]
        assert "Hutchins" not in alone["text"]
        assert action(alone, wording.ASK_ALL)
        await chat.says(ONCE)
        await chat.told(holds("Hutchins"))

    stage.play(session)


def test_where_the_new_article_does_not_say_all_are_asked_and_that_is_said(stage):
    async def session(chat):
        await chat.uploads("ferry.txt", FERRY)
        await chat.told(begins(wording.ADDED))
        await chat.says(ONCE)
        answer = (await chat.told(holds("receipt in a shoebox")))[-1]
        assert wording.BEYOND.format(title="Ferry to Lindhaven sinks at its berth") in answer["text"]

    stage.play(session)


def test_a_paste_that_the_client_cut_is_one_article(stage):
    async def session(chat):
        whole = FERRY + " ".join(f"The harbour office in Lindhaven wrote {n} letters to the owner." for n in range(99))
        cut = whole.rindex(" ", 0, 4096)
        await chat.says(whole[:cut])
        await chat.says(whole[cut + 1 :])
        told = await chat.told(begins(wording.OFFER_PIECES.format(count=2)))
        assert [call["method"] for call in told] == ["sendMessage", "editMessageText"]
        await chat.presses(action(told[-1], wording.YES), told[0]["sent"])
        await chat.told(begins(wording.ADDED))
        await chat.says("Who wrote 98 letters to the owner?")
        await chat.told(holds("98 letters"))

    stage.play(session)
