"""Articles that stand in the chat: an answer quotes the message, and what a person highlights is asked about."""

import pytest

from bot.telegram.actions import offers
from bot.telegram.actions.add import Source
from bot.telegram.actions.posts import make_quoted
from bot.telegram.chats.contract import Post, SavedScreen
from bot.telegram.screens.screens import LONGEST_QUOTE
from bot.telegram.screens.wording import wording
from index import Filter
from tests.support.replies import article as make_article
from tests.support.replies import citation
from tests.support.telegram_chat import BOT, Bot, keyboard, labels, texts, user

POST = (
    "🚢 Ferry to Lindhaven sinks at its berth\n\n"
    "LINDHAVEN, May 2 (Tern Agency) -- The ferry Aurelia sank at its berth in Lindhaven on Thursday. "
    + "The harbour stayed open and other ships were not held up by the wreck, the port said. "
    * 6
    + "\n\n🌊 Captain Otto Vahl said that a valve had been left open. Nobody was on board.\n\n"
    "Pumps will raise the ferry on Monday, said Captain Otto Vahl.\n"
)
VALVE = "Captain Otto Vahl said that a valve had been left open."
ASKED = "What did Captain Otto Vahl say about the valve?"
FORWARDED = {"type": "hidden_user", "sender_user_name": "X", "date": 1}


@pytest.fixture
def bot():
    found = Bot()
    yield found
    found.close()


def forward(bot, text=POST, chat=7, **more):
    """Forward a post to the bot and return the message."""
    message = bot.message(text, chat) | {"forward_origin": FORWARDED} | more
    bot.update(message=message)
    return message


def units(text):
    return len(text.encode("utf-16-le")) // 2


def cut(text, start, length):
    return text.encode("utf-16-le")[2 * start : 2 * (start + length)].decode("utf-16-le")


def test_an_answer_from_a_forwarded_post_quotes_that_message(bot):
    message = forward(bot)
    (answer,) = bot.says(ASKED)
    to = answer.reply_parameters
    assert to["message_id"] == message["message_id"]
    assert to["allow_sending_without_reply"]
    assert VALVE in to["quote"]
    assert cut(POST, to["quote_position"], units(to["quote"])) == to["quote"]
    assert units(POST[: POST.index(to["quote"])]) > POST.index(to["quote"])  # an emoji counts twice
    (other,) = bot.says("What did Lena Brandt blame?")
    assert "quote" not in other.reply_parameters


def test_another_chat_is_never_led_to_the_message(bot):
    forward(bot, chat=8)
    forward(bot, chat=7)
    (answer,) = bot.says(ASKED, chat=8)
    assert bot.store.find_post(8, answer.reply_parameters["message_id"]) is not None
    assert bot.store.find_post(9, answer.reply_parameters["message_id"]) is None


def test_a_quotation_repeats_the_looks_of_the_message(bot):
    at = units(POST[: POST.index("valve")])
    looks = [
        {"type": "bold", "offset": at, "length": 5},
        {"type": "italic", "offset": 0, "length": 7},
        {"type": "mention", "offset": at, "length": 5},
    ]
    forward(bot, entities=looks)
    to = bot.says(ASKED)[0].reply_parameters
    (bold,) = to["quote_entities"]
    assert bold["type"] == "bold"
    assert cut(to["quote"], bold["offset"], bold["length"]) == "valve"


def test_a_quotation_that_telegram_refuses_gives_way_to_a_plain_reply(bot):
    forward(bot)
    bad = {"description": "Bad Request: QUOTE_TEXT_INVALID"}
    bot.request.faults["sendMessage"] = [(400, bad)]
    question = bot.message(ASKED)
    first, second = bot.update(message=question)
    assert "quote" in first.reply_parameters
    assert second.reply_parameters == {"message_id": question["message_id"], "allow_sending_without_reply": True}
    assert second.text == first.text


def test_a_pasted_text_that_was_offered_is_quoted_too(bot):
    message = bot.message(POST)
    (offered,) = bot.update(message=message)
    bot.presses(wording.YES, offered)
    assert bot.says(ASKED)[0].reply_parameters["message_id"] == message["message_id"]


def test_what_was_removed_is_forgotten_with_its_messages(bot):
    message = forward(bot)
    assert bot.store.find_post(7, message["message_id"]).length == len(POST)
    (asked,) = bot.says("/remove Ferry")
    assert [button.get("style") for row in keyboard(asked) for button in row] == ["danger", None]
    bot.presses(wording.REMOVE, asked)
    assert bot.store.find_post(7, message["message_id"]) is None


def highlight(bot, words, to, question, **more):
    quote = {"text": words, "position": 0, "is_manual": True} | more
    shown = to | {"from": user(7)}
    return bot.says(question, reply_to_message=shown, quote=quote)


def test_a_question_about_highlighted_words_is_answered_from_there(bot):
    message = forward(bot)
    (plain,) = bot.says("What did Captain Otto Vahl say?")
    assert plain.text.startswith("🌊 Captain Otto Vahl said") or plain.text.startswith("Captain Otto Vahl said")
    words = "Pumps will raise the ferry on Monday, said Captain Otto Vahl."
    (answer,) = highlight(bot, words, message, "What did Captain Otto Vahl say?")
    assert answer.text.startswith(words)
    assert answer.reply_parameters["quote"] == words
    assert bot.store.get_talk(7, 0)["chosen"] == []
    (automatic,) = highlight(bot, words, message, "What did Captain Otto Vahl say?", is_manual=False)
    assert automatic.text.startswith(plain.text[:20])


def test_words_highlighted_in_an_answer_name_their_article(bot):
    forward(bot)
    (answer,) = bot.says("What did Lena Brandt blame?")
    shown = bot.message(answer.text) | {"message_id": answer.sent}
    quoted = "She blamed a worn cable that inspectors had noticed in January."
    (after,) = highlight(bot, quoted, shown, "Who said that a valve had been left open?")
    assert VALVE not in after.text  # that is another article's
    (unknown,) = highlight(bot, "no words of it", shown, ASKED)
    assert VALVE in unknown.text
    assert labels(unknown)


def test_words_highlighted_in_context_are_asked_about_from_there(bot):
    """In a paragraph beside the cited one; the same below "Open article"."""
    forward(bot)
    (answer,) = bot.says(ASKED)
    quoted = "Pumps will raise the ferry on Monday, said Captain Otto Vahl."
    for button in (wording.CONTEXT, wording.OPEN):
        (shown,) = [call for call in bot.presses(button, answer) if call.method == "sendMessage"]
        assert quoted in shown.text
        to = bot.message(shown.text) | {"message_id": shown.sent}
        (plain,) = bot.says("What did Captain Otto Vahl say?", reply_to_message=to | {"from": user(BOT)})
        assert not plain.text.startswith(quoted)
        (after,) = highlight(bot, quoted, to, "What did Captain Otto Vahl say?")
        assert after.text.startswith(quoted)
        assert after.reply_parameters["quote"] == quoted


def test_a_reply_to_what_stands_in_context_goes_on_from_its_answer(bot):
    (answer,) = bot.says("What did Lena Brandt blame?")
    shown = bot.presses(wording.CONTEXT, answer)[-1]
    after = []
    for sent in (answer, shown):
        bot.says("How late was the frost?")
        to = bot.message(sent.text) | {"message_id": sent.sent, "from": user(BOT)}
        after += texts(bot.says("Why?", reply_to_message=to))
    assert after[0] == after[1]
    assert len(bot.presses(wording.WHY, shown)) == 2, "its buttons are the answer's"


def test_a_part_that_the_command_shows_is_asked_about_too(bot):
    bot.says("What did Lena Brandt blame?")
    (shown,) = bot.says("/context 1")
    to = bot.message(shown.text) | {"message_id": shown.sent, "from": user(BOT)}
    (after,) = highlight(bot, "inspectors had noticed", to, "Who noticed a worn cable?")
    assert "inspectors had noticed" in after.text
    (alone,) = bot.says("What did Lena Brandt blame?", reply_to_message=to)
    assert wording.ASK_ALL in labels(alone)


def test_a_question_without_words_of_its_own_is_about_what_is_highlighted(bot):
    message = forward(bot)
    (answer,) = highlight(bot, "a valve had been left open", message, "who said that?")
    assert VALVE in answer.text
    assert "Captain Otto Vahl" in answer.text
    (answer,) = highlight(bot, "Pumps will raise the ferry on Monday", message, "when?")
    assert answer.text.startswith("Pumps will raise the ferry on Monday")
    assert bot.store.get_talk(7, 0)["history"][-1] == "when?", "what is highlighted was not asked"


def test_what_is_highlighted_in_an_article_that_was_removed_is_asked_like_anything_else(bot):
    forward(bot)
    (answer,) = bot.says(ASKED)
    shown = bot.presses(wording.CONTEXT, answer)[-1]
    (asked,) = bot.says("/remove Ferry")
    bot.presses(wording.REMOVE, asked)
    to = bot.message(shown.text) | {"message_id": shown.sent}
    assert highlight(bot, VALVE, to, "What did Lena Brandt blame?")


def document(bot, text=POST):
    bot.request.files["d/f"] = text.encode()
    message = bot.message() | {"document": {"file_id": "f", "file_unique_id": "u", "file_name": "ferry.txt"}}
    bot.update(message=message)
    return message


def test_what_a_document_came_in_is_known_but_not_quoted(bot):
    message = document(bot)
    post = bot.store.find_post(7, message["message_id"])
    assert (post.start, post.length) == (0, 0)
    bot.says("How late was the frost?")  # it is no longer at hand
    (answer,) = bot.says(ASKED, reply_to_message=message)
    assert VALVE in answer.text
    assert wording.ASK_ALL in labels(answer)
    assert answer.reply_parameters["message_id"] != message["message_id"]
    (asked,) = bot.says("/remove Ferry")
    bot.presses(wording.REMOVE, asked)
    assert wording.ASK_ALL not in labels(bot.says("What did Lena Brandt blame?", reply_to_message=message)[0])


def test_what_a_link_came_in_is_asked_alone(bot, monkeypatch):
    async def get():
        return make_article(POST)

    monkeypatch.setattr(offers, "make_link_source", lambda _desk, url, posts: Source(url, "{}", 0, get, posts))
    message = bot.message("https://news.example/ferry")
    (offered,) = bot.update(message=message)
    bot.presses(wording.YES, offered)
    bot.says("How late was the frost?")
    (answer,) = bot.says(ASKED, reply_to_message=message)
    assert wording.ASK_ALL in labels(answer)


def test_what_an_earlier_version_kept_is_read(bot):
    """The messages that a link came in stood with its card, and those of an offer were numbers alone."""
    forward(bot)
    (card,) = list(bot.index.articles(Filter(collections=("chat:7",))))
    (number,) = (post.message for post in bot.store.list_posts(7, card.id))
    bot.store.forget_posts(7, card.id)
    kept = SavedScreen("k" * 16, 7, 0, 7, None, "card", {"id": card.id, "questions": []})
    bot.store.keep(kept, [555, number], 0.0)
    bot.says("How late was the frost?")
    old = bot.message(POST) | {"message_id": number}
    (answer,) = bot.says(ASKED, reply_to_message=old)
    assert wording.ASK_ALL in labels(answer)
    offer = SavedScreen("o" * 16, 7, 0, 7, None, "offer", {"text": POST + "It was towed.", "sent": [41, 42]})
    bot.store.keep(offer, [556], 0.0)
    bot.presses(f"{offer.id}:y", message=556)
    assert {bot.store.find_post(7, each).length for each in (41, 42)} == {0}


def test_a_quotation_begins_where_the_message_does_and_is_never_too_long():
    text = "🌊" * 3 + "The sea rose. " + "y" * 2000
    post = Post(5, "a", 2, len(text) - 2)
    made = make_quoted(text, post, citation("The sea rose.", start=3, end=16))
    assert (made.message, made.words, made.position) == (5, "The sea rose.", 2)
    long = citation("y" * 2000, start=17, end=2017)
    assert make_quoted(text, post, long).words == "y" * LONGEST_QUOTE
