"""How an answer looks, against a server that others wrote: one session, and a test for each of its faults."""

import asyncio
from types import SimpleNamespace

import pytest

from bot.telegram.screens.wording import wording
from tests.support.bot_process import process
from tests.support.telegram_peer import action, peer
from tests.telegram.test_posts import ASKED, POST, VALVE, cut, units

PUMPS = "Pumps will raise the ferry on Monday, said Captain Otto Vahl."
FORWARDED = {"type": "hidden_user", "sender_user_name": "X", "date": 1}


async def play(server):
    """Forward a post, ask of it, point at a sentence, remove it, and check the answer; return what the bot sent.

    Messages are numbered in the order in which they come, on both sides.
    """
    await server.calls("getMe", 1)
    await server.send("/sendMessage", text=POST, forward_origin=FORWARDED)  # 1; the bot's card is 2
    card = (await server.calls("editMessageText", 1))[0]
    await server.says(ASKED)  # 3
    answer = (await server.calls("sendMessage", 2))[1]  # 4
    await server.presses(action(answer, wording.CONTEXT), 4)
    context = (await server.calls("sendMessage", 3))[2]  # 5
    await server.presses(action(context, wording.WHY), 5)
    why = (await server.calls("sendMessage", 4))[3]  # 6
    posted = {"message_id": 1, "date": 1, "chat": server.chat, "from": server.person, "text": POST}
    quote = {"text": PUMPS, "position": units(POST[: POST.index(PUMPS)]), "is_manual": True}
    await server.send("/sendMessage", text="What did Captain Otto Vahl say?", reply_to_message=posted, quote=quote)  # 7
    pointed = (await server.calls("sendMessage", 5))[4]  # 8
    await server.presses(action(card, wording.REMOVE), 2)
    sure = (await server.calls("sendMessage", 6))[5]  # 9
    await server.presses(action(sure, wording.REMOVE), 9)
    await server.calls("editMessageText", 2)
    await server.presses(action(answer, wording.VERIFY), 4)
    checked = (await server.calls("sendMessage", 7))[6]
    return SimpleNamespace(
        card=card, answer=answer, context=context, why=why, pointed=pointed, sure=sure, checked=checked
    )


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    async def conversation():
        words_alone = {"PULLQUOTE_ADMINS": "7", "PULLQUOTE_MEANING": "off"}  # half the time to start
        async with peer() as server, process(tmp_path_factory.mktemp("peer"), server.address, **words_alone):
            return await play(server)

    return asyncio.run(asyncio.wait_for(conversation(), 300))


def list_buttons(call):
    return [button for row in call["reply_markup"]["inline_keyboard"] for button in row]


@pytest.mark.check
def test_an_answer_opens_with_the_cited_sentence(session):
    assert session.answer["text"].partition("\n")[0].endswith(VALVE)
    kinds = [each["type"] for each in session.answer["entities"]]
    assert kinds.count("blockquote") == 1
    assert "expandable_blockquote" in kinds


@pytest.mark.check
def test_an_answer_has_at_most_four_buttons(session):
    labels = [button["text"] for button in list_buttons(session.answer)]
    assert len(labels) <= 4
    assert not any("[" in label for label in labels)


@pytest.mark.check
def test_context_shows_the_sentence_marked_and_unfolded(session):
    text = session.context["text"]
    (bold,) = [each for each in session.context["entities"] if each["type"] == "bold"]
    assert cut(text, bold["offset"], bold["length"]).endswith(VALVE)
    around = [each for each in session.context["entities"] if each["type"] == "blockquote"]
    assert any(each["offset"] <= bold["offset"] < each["offset"] + each["length"] for each in around)
    assert session.context["reply_parameters"]["quote"].endswith(VALVE)


@pytest.mark.check
def test_an_answer_quotes_the_post_that_it_is_from(session):
    to = session.answer["reply_parameters"]
    assert (to["message_id"], to["allow_sending_without_reply"]) == (1, True)
    assert cut(POST, to["quote_position"], units(to["quote"])) == to["quote"]


@pytest.mark.check
def test_highlighted_words_are_where_the_answer_is_from(session):
    assert session.pointed["text"].startswith(PUMPS)
    assert session.pointed["reply_parameters"]["quote"] == PUMPS


@pytest.mark.check
def test_why_is_told_in_words(session):
    assert session.why["text"].startswith("It names")
    assert "bias" not in session.why["text"]


@pytest.mark.check
def test_remove_looks_dangerous(session):
    for call in (session.card, session.sure):
        styles = {button["text"]: button.get("style") for button in list_buttons(call)}
        assert styles.pop(wording.REMOVE) == "danger"
        assert set(styles.values()) == {None}


@pytest.mark.check
def test_verify_after_a_removal_says_removed(session):
    assert "was removed here" in session.checked["text"]
    assert "changed" not in session.checked["text"]
