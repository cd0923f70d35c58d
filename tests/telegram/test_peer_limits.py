"""Limits, identity, channels and refused calls against the independent server: one bot, one session for each."""

import asyncio
import itertools
from contextlib import AsyncExitStack

import httpx
import pytest

from bot.telegram.screens.wording import wording
from tests.support.bot_process import QUESTION, process
from tests.support.loopback import free_port
from tests.support.telegram_peer import action, peer

pytestmark = pytest.mark.check

SEVERAL = "What did Yoon say?"  # several passages, so that there is *More*
GROUP, CHANNEL, ADMIN, MEMBER = -1001, -1002, 71, 72
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
AS_CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
LONG = (
    "The ferry Aurelia sank at its berth in Lindhaven on Thursday. Captain Otto Vahl said that **a valve** had been "
    "left open. Nobody was on board, and the harbour office will look into it on Monday.\n\n"
)


class Session:
    """What a person, a group or a channel does at the server, and what the bot calls because of it."""

    def __init__(self, server, runner, port):
        self.server, self.runner, self.port = server, runner, port
        self.numbers = itertools.count(500)

    def run(self, what):
        return self.runner.run(asyncio.wait_for(what, 120))

    def post(self, way, **content):
        self.run(self.server.client.post(way, json=content)).raise_for_status()

    def calls(self):
        return self.run(self.server.client.get("/calls")).json()

    def message(self, text, chat, sender, **more):
        marks = [("bot_command", "/"), ("mention", "@")]
        kinds = [kind for kind, sign in marks if text.startswith(sign)]
        entities = [{"type": kind, "offset": 0, "length": len(text.split()[0])} for kind in kinds]
        kind = "private" if chat > 0 else "supergroup"
        shown = {"id": chat, "type": kind, "title": "G"}
        base = {"message_id": next(self.numbers), "date": 1, "from": sender, "chat": shown}
        return {**base, "text": text, "entities": entities, **more}

    def says(self, text, chat, sender=None, **more):
        """Send a message and return its number."""
        message = self.message(text, chat, sender or person(chat), **more)
        self.post("/push", message=message)
        return message["message_id"]

    def edits(self, number, text, chat, sender=None, **more):
        message = self.message(text, chat, sender or person(chat), **more)
        self.post("/push", edited_message={**message, "message_id": number, "edit_date": 2})

    def presses(self, call, label, chat, who):
        """Press a button of a sent message and return the answer to the tap."""
        data = action(call, label)
        number = f"tap{next(self.numbers)}"
        shown = {"message_id": 9, "date": 1, "text": "x", "chat": {"id": chat, "type": "supergroup", "title": "G"}}
        query = {"id": number, "from": person(who), "chat_instance": "1", "data": data, "message": shown}
        self.post("/push", callback_query=query)
        return self.until(lambda call: call["method"] == "answerCallbackQuery" and call["callback_query_id"] == number)

    def until(self, what, count=1):
        """Wait for so many calls of which this holds and return the last."""

        async def wait():
            while True:
                found = [call for call in (await self.server.client.get("/calls")).json() if what(call)]
                if len(found) >= count:
                    return found[count - 1]
                await asyncio.sleep(0.05)

        return self.run(wait())

    def hears(self, chat, words="", count=1):
        """Wait for a message in the chat that holds the words, and return it."""
        return self.until(lambda call: is_sent(call, chat) and words in call["text"], count)

    def asks(self, chat, sender=None, question=QUESTION, **more):
        number = self.says(f"@peer_bot {question}", chat, sender, **more)
        return self.until(
            lambda call: is_sent(call, chat) and call.get("reply_parameters", {}).get("message_id") == number
        )

    def errors(self):
        async def read():
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{self.port}/metrics")).text

        (line,) = (each for each in self.run(read()).splitlines() if each.startswith("pullquote_errors_total"))
        return float(line.split()[1])


def is_sent(call, chat):
    return call["method"] == "sendMessage" and str(call["chat_id"]) == str(chat)


def person(number):
    return {"id": number, "is_bot": False, "first_name": f"P{number}"}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("bot"), free_port()
    limits = {"PULLQUOTE_QUESTIONS_PER_MINUTE": "2", "PULLQUOTE_OPEN_ADD": "1", "PULLQUOTE_HEALTH_PORT": str(port)}
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        server = runner.run(stack.enter_async_context(peer()))
        runner.run(stack.enter_async_context(process(folder, server.address, **limits)))
        found = Session(server, runner, port)
        found.log = folder / "log"
        found.post("/settle", admins=[ADMIN, 1])
        found.until(lambda call: call["method"] == "setMyShortDescription")
        yield found
        runner.run(stack.aclose())


def test_a_message_beyond_the_limit_is_told_and_answered_when_its_turn_comes(session):
    for _ in range(2):
        session.says(QUESTION, 100)
    number = session.says(QUESTION, 100)
    notice = session.hears(100, "That was a lot at once; I answer this one in ")
    assert notice["reply_parameters"]["message_id"] == number
    session.hears(100, "Kim Eun-hye", 3)


def test_taps_and_help_cost_no_question(session):
    for _ in range(7):
        session.says("/help", 101)
    session.hears(101, "/articles", 7)
    session.says(QUESTION, 101)
    answer = session.hears(101, "Kim Eun-hye")
    assert not any("lot at once" in call.get("text", "") for call in session.calls() if is_sent(call, 101))
    assert answer["text"]


def test_any_member_may_press_in_context_and_verify_in_a_group(session):
    answer = session.asks(GROUP, person(ADMIN))
    for label in (wording.CONTEXT, wording.VERIFY):
        assert "text" not in session.presses(answer, label, GROUP, MEMBER)


def test_an_anonymous_administrator_presses_the_buttons_of_their_own_answer(session):
    as_group = {"id": GROUP, "type": "supergroup", "title": "G"}
    answer = session.asks(GROUP, ANONYMOUS, SEVERAL, sender_chat=as_group)
    assert "text" not in session.presses(answer, wording.MORE, GROUP, ADMIN)


def test_who_writes_as_a_channel_presses_the_buttons_of_their_own_answer(session):
    answer = session.asks(GROUP, AS_CHANNEL, SEVERAL, sender_chat={"id": -1003, "type": "channel", "title": "C"})
    assert "text" not in session.presses(answer, wording.MORE, GROUP, MEMBER)


@pytest.mark.parametrize("sender", [person(ADMIN), ANONYMOUS])
def test_a_named_administrator_may_add_to_the_group_as_an_anonymous_one_may(session, sender):
    group = -1100 - (sender is ANONYMOUS)
    more = {"sender_chat": {"id": group, "type": "supergroup", "title": "G"}} if sender is ANONYMOUS else {}
    session.says("/add@peer_bot https://127.0.0.1/x", group, sender, **more)
    session.hears(group, "Fetching 127.0.0.1")
    session.says("/add@peer_bot https://127.0.0.1/x", group, person(MEMBER))
    session.hears(group, wording.MAY_NOT_ADD.format(person=MEMBER))


def test_nothing_is_posted_into_a_channel_and_its_posts_are_read_where_an_administrator_says_so(session):
    bot = {"user": {"id": 1, "is_bot": True, "first_name": "T"}, "until_date": 0}
    channel = {"id": CHANNEL, "type": "channel", "title": "Tern Wire", "username": "tern"}
    change = {"chat": channel, "from": person(ADMIN), "date": 1, "old_chat_member": {**bot, "status": "left"}}
    session.post("/push", my_chat_member={**change, "new_chat_member": {**bot, "status": "member"}})
    about = {"id": -1200, "type": "supergroup", "title": "G", "accent_color_id": 0, "max_reaction_count": 1}
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    about |= {"linked_chat_id": CHANNEL, "accepted_gift_types": dict.fromkeys(gifts, False)}
    session.post("/settle", answers={"getChat": about})
    session.says("/follow@peer_bot", -1200, person(ADMIN))
    session.hears(-1200, wording.FOLLOWING)
    origin = {"type": "channel", "date": 1_700_000_000, "chat": channel, "message_id": 12}
    telegram = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    post = {"sender_chat": channel, "is_automatic_forward": True, "forward_origin": origin}
    number = session.says(LONG, -1200, telegram, **post)
    session.says("@peer_bot What did Captain Otto Vahl say about the valve?", -1200, person(MEMBER))
    answer = session.hears(-1200, "Captain Otto Vahl said that a valve had been left open.")
    assert "**" not in answer["text"]
    session.edits(number, LONG.replace("left open", "left shut"), -1200, telegram, **post)
    session.says("@peer_bot What did Captain Otto Vahl say about the valve, again?", -1200, person(MEMBER))
    session.hears(-1200, "Captain Otto Vahl said that a valve had been left shut.")
    assert not any(str(call.get("chat_id")) == str(CHANNEL) for call in session.calls())


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (400, "Bad Request: TOPIC_CLOSED"),
        (400, "Bad Request: not enough rights to send text messages to the chat"),
        (403, "Forbidden: bot was blocked by the user"),
    ],
)
def test_an_answer_that_may_not_be_written_is_tried_once_without_an_error(session, code, told):
    chat = {"Bad Request: TOPIC_CLOSED": 301}.get(told, 302 + (code == 403))
    before = session.log.stat().st_size
    session.post("/settle", answers={"sendMessage": {"ok": False, "error_code": code, "description": told}})
    session.says("/help", chat)
    session.hears(chat)
    session.post("/settle", answers={})
    session.says("/help", 304)
    session.hears(304, "/articles")
    assert sum(is_sent(call, chat) for call in session.calls()) == 1
    log = session.log.read_text()[before:]
    assert "Traceback" not in log
    assert told.partition(": ")[2].casefold() in log.casefold()
    assert session.errors() == 0


def test_a_message_that_was_deleted_before_its_edit_is_no_error(session):
    session.says("https://127.0.0.1/story", 310)
    offer = session.hears(310)
    missing = {"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"}
    session.post("/settle", answers={"editMessageText": missing})
    data = action(offer, wording.NO)
    shown = {"message_id": 9, "date": 1, "text": "x", "chat": {"id": 310, "type": "private"}}
    query = {"id": "gone", "from": person(310), "chat_instance": "1", "data": data, "message": shown}
    session.post("/push", callback_query=query)
    session.until(lambda call: call["method"] == "editMessageText" and str(call["chat_id"]) == "310")
    session.post("/settle", answers={})
    session.says("/help", 310)
    session.hears(310, "/articles")
    assert session.errors() == 0


def test_an_edit_of_a_mistyped_command_is_done(session):
    number = session.says("/aks who", 320)
    session.hears(320, "There is no command /aks")
    session.edits(number, f"/ask {QUESTION}", 320)
    session.hears(320, "Kim Eun-hye")


def test_no_marks_of_bold_words_stand_in_a_quotation(session):
    post = {"type": "channel", "date": 1, "chat": {"id": -1, "type": "channel", "title": "T"}, "message_id": 1}
    session.says(LONG * 4, 330, forward_origin=post)
    session.until(lambda call: call["method"] == "editMessageText" and call["text"].startswith(wording.ADDED))
    session.says("What did Captain Otto Vahl say about the valve?", 330)
    answer = session.hears(330, "a valve had been left open")
    assert "**" not in answer["text"]
