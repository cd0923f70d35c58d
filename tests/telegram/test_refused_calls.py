"""What Telegram refuses for good is tried once and is nobody's fault; and a mistyped command that is edited is done."""

import logging

import pytest

from bot.telegram.access import collection_of_chat
from bot.telegram.desk import ChatPlace
from bot.telegram.screens.wording import wording as words
from index import Filter
from tests.support.replies import HARBOUR
from tests.support.telegram_chat import NAME, Bot

ASKED = "What did Lena Brandt blame?"
CABLE = "She blamed a worn cable that inspectors had noticed in January."


@pytest.fixture
def bot(caplog):
    caplog.set_level(logging.INFO, "bot.telegram")
    found = Bot()
    yield found
    found.close()


def bad(description):
    return (400, {"description": f"Bad Request: {description}"})


BLOCKED = (403, {"description": "Forbidden: bot was blocked by the user"})


def errors(bot):
    return bot.desk.metrics.errors._value.get()


@pytest.mark.parametrize(
    "fault",
    [
        bad("TOPIC_CLOSED"),
        bad("not enough rights to send text messages to the chat"),
        bad("have no rights to send a message"),
        bad("CHAT_WRITE_FORBIDDEN"),
        bad("chat not found"),
        BLOCKED,
    ],
)
@pytest.mark.parametrize("text", [ASKED, "/help", "/json"])
def test_an_answer_that_may_not_be_written_is_tried_once(bot, caplog, fault, text):
    method = "sendDocument" if text == "/json" else "sendMessage"
    if text == "/json":
        bot.says(ASKED)
    caplog.clear()
    bot.request.faults[method] = [fault, fault]
    assert [call.method for call in bot.says(text)] == [method]
    assert len([record for record in caplog.records if "ms" not in record.getMessage()]) == 1
    assert "Traceback" not in caplog.text
    assert errors(bot) == 0


@pytest.mark.parametrize("fault", [bad("message to edit not found"), bad("message can't be edited")])
def test_a_message_that_was_deleted_before_its_edit_stays_so(bot, caplog, fault):
    (call,) = bot.says("http://127.0.0.1/story")
    bot.request.faults["editMessageText"] = [fault, fault]
    caplog.clear()
    assert [made.method for made in bot.presses(words.NO, call)] == ["answerCallbackQuery", "editMessageText"]
    assert len(caplog.records) == 1
    assert errors(bot) == 0


def test_an_answer_that_was_deleted_is_sent_anew_when_its_question_is_edited(bot, caplog):
    first = bot.message(ASKED)
    bot.update(message=first)
    bot.request.faults["editMessageText"] = [bad("message to edit not found")]
    caplog.clear()
    calls = bot.edits(first["message_id"], "How many ships does the port handle a week?")
    assert [call.method for call in calls] == ["editMessageText", "sendMessage"]
    assert "Traceback" not in caplog.text
    assert errors(bot) == 0


def test_a_topic_that_was_deleted_is_answered_without_it(bot):
    bot.request.faults["sendMessage"] = [bad("TOPIC_DELETED")]
    calls = bot.says(f"@{NAME} {ASKED}", chat=-5, message_thread_id=9, is_topic_message=True)
    assert [hasattr(call, "message_thread_id") for call in calls] == [True, False]


def edit(bot, before, after, chat=7):
    first = bot.message(before, chat)
    bot.update(message=first)
    edited = bot.message(after, chat) | {"message_id": first["message_id"], "edit_date": 2}
    return bot.update(edited_message=edited)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("/aks who", f"/ask {ASKED}", CABLE),
        ("/ask", f"/ask {ASKED}", CABLE),
        ("/aks who", ASKED, CABLE),
        ("/hlep", "/help", words.HELP),
        ("/aks who", "/aksk who", "There is no command /aksk"),
    ],
)
def test_a_mistyped_command_is_done_when_it_is_edited(bot, before, after, told):
    (call,) = edit(bot, before, after)
    assert told in call.text


def test_in_a_group_too(bot):
    (call,) = edit(bot, f"/aks@{NAME} who", f"/ask@{NAME} {ASKED}", chat=-5)
    assert CABLE in call.text
    assert edit(bot, "/aks who", "lol", chat=-5) == []


def test_a_command_that_was_done_is_not_done_again_for_an_edit(bot):
    assert edit(bot, "/help", "/help me") == []
    assert edit(bot, "/add http://127.0.0.1/x", "/add http://127.0.0.1/y") == []
    first = bot.message("/hlep")
    bot.update(message=first)
    assert len(bot.edits(first["message_id"], "/help")) == 1
    assert bot.edits(first["message_id"], "/help") == []


def test_only_so_many_mistyped_commands_are_remembered(bot):
    for number in range(1001):
        bot.desk.note_undone(ChatPlace(7, 0, 7, number))
    assert not bot.desk.forget_undone(ChatPlace(7, 0, 7, 0))
    assert bot.desk.forget_undone(ChatPlace(7, 0, 7, 1))
    assert not bot.desk.forget_undone(ChatPlace(7, 0, 7, 1))


def test_no_marks_of_bold_words_stand_in_a_quotation(bot):
    marked = HARBOUR.replace("Eastmoor", "Lindhaven").replace("a worn cable", "**a worn cable**")
    long = marked.replace("(END)", "The harbour office will look into it. " * 20)
    post = {"type": "channel", "date": 1, "chat": {"id": -100, "type": "channel", "username": "t"}, "message_id": 1}
    bot.says(long, forward_origin=post)
    (card,) = bot.index.articles(Filter(collections=(collection_of_chat(7),)))
    (call,) = bot.says(f"article:{card.id} {ASKED}")
    assert "She blamed a worn cable that" in call.text
    assert "**" not in call.text
    assert "**" not in bot.index.article(card.id, Filter(collections=(collection_of_chat(7),))).text
