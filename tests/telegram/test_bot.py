"""The bot as a person meets it: real updates in, Telegram calls out, no network."""

import asyncio

import pytest

from bot.conversation.openers import suggest_openers
from bot.conversation.state import State
from bot.telegram import desk as the_desk
from bot.telegram.access import collection_of_chat, filter_of_chat
from bot.telegram.screens.wording import wording as words
from index import Article, Filter, Verdict
from index.errors import EngineUnavailable
from index.model import DEFAULT_COLLECTION
from index.verdicts import HEADINGS
from tests.support.replies import HARBOUR, VINEYARD, article
from tests.support.telegram_chat import BOT, NAME, Bot, keyboard, labels, marked, texts

ASKED = "What did Lena Brandt blame?"
CABLE = "She blamed a worn cable that inspectors had noticed in January."
THIRD = """Ferry to Lindhaven sinks at its berth

LINDHAVEN, May 2 (Tern Agency) -- The ferry Aurelia sank at its berth in Lindhaven on Thursday.

Captain Otto Vahl said that a valve had been left open. Nobody was on board.

(END)
"""


@pytest.fixture
def bot():
    found = Bot()
    yield found
    found.close()


def test_a_question_is_answered_in_the_articles_own_words(bot):
    (call,) = bot.says(ASKED)
    assert call.method == "sendMessage"
    quotations = marked(call, "blockquote", "expandable_blockquote")
    assert CABLE in quotations[0]
    assert call.text.startswith(quotations[0])
    assert all(each in HARBOUR for each in quotations)
    assert marked(call, "bold")[0] == quotations[0]
    assert "paragraph 2" in call.text
    assert call.reply_parameters["allow_sending_without_reply"]
    assert "parse_mode" not in vars(call)
    assert {"In context", "Verify", "Open article"} <= set(labels(call))
    assert len(labels(call)) <= 4
    assert all(len(button.get("callback_data", "").encode()) <= 64 for row in keyboard(call) for button in row)


def test_a_refusal_says_what_was_looked_for(bot):
    (call,) = bot.says("Who won the chess championship in Reykjavik?")
    assert call.text.startswith((HEADINGS[Verdict.REFUSED], HEADINGS[Verdict.RELATED]))
    assert "chess" in call.text or "Reykjavik" in call.text


def test_chats_without_articles_of_their_own_share_what_is_suggested(bot, monkeypatch):
    made = []
    monkeypatch.setattr(
        the_desk,
        "suggest_openers",
        lambda index, scope, count: made.append(scope) or suggest_openers(index, scope, count),
    )
    for chat in (7, 8, 9):
        (call,) = bot.says("Who won the chess championship in Reykjavik?", chat)
        assert len(labels(call)) == 2
    assert made == [Filter(collections=(DEFAULT_COLLECTION,))]
    bot.index.add(Article.from_text(THIRD), collection_of_chat(9))
    for chat in (8, 9):
        bot.says("Who won the chess championship in Reykjavik?", chat)
    assert made == [Filter(collections=(DEFAULT_COLLECTION,)), filter_of_chat(9)]


def test_chats_that_are_refused_at_once_wait_for_one_suggestion(bot, monkeypatch):
    made = []
    monkeypatch.setattr(the_desk, "suggest_openers", lambda *_: made.append(1) or ("Who?",))

    async def all_at_once():
        return await asyncio.gather(*(bot.desk.suggest(State(filter=filter_of_chat(chat)), 2) for chat in range(1, 9)))

    assert bot.runner.run(all_at_once()) == [("Who?",)] * 8
    assert made == [1]


def test_an_answer_goes_out_without_suggestions_that_cannot_be_made(bot, monkeypatch):
    def broken(*_):
        raise EngineUnavailable("disk:x", "is gone")

    with monkeypatch.context() as patch:
        patch.setattr(the_desk, "suggest_openers", broken)
        assert bot.runner.run(bot.desk.suggest(State(filter=filter_of_chat(7)), 2)) == ()
    assert len(bot.runner.run(bot.desk.suggest(State(filter=filter_of_chat(7)), 2))) == 2


def test_a_follow_up_is_understood_from_what_came_before(bot):
    bot.says(ASKED)
    (call,) = bot.says("And when does she expect it to open again?")
    assert "Saturday" in call.text
    assert call.text.index("Saturday") < call.text.index("Understood as: ")
    (call,) = bot.says("And when does she expect it to open again?", chat=8)
    assert "Understood as" not in call.text


def test_the_buttons_of_an_answer(bot):
    (answer,) = bot.says(ASKED)
    calls = bot.presses(words.CONTEXT, answer)
    assert [call.method for call in calls] == ["answerCallbackQuery", "sendMessage"]
    around = calls[1]
    assert calls[1].reply_parameters["message_id"] == answer.sent
    cited = calls[1].reply_parameters["quote"]
    assert cited in marked(answer, "bold")
    assert calls[1].reply_parameters["quote_entities"][0]["type"] == "bold"
    assert marked(calls[1], "bold") == [cited]
    assert "paragraph 2 of 4" in calls[1].text
    assert "blame" in texts(bot.presses("Why this", around))[0]
    assert texts(bot.presses("Verify", answer))[0].startswith("Checked again:")
    assert "Nobody was hurt" in texts(bot.presses("Open article", answer))[0]
    copied = next(button for row in keyboard(around) for button in row if button["text"] == "Copy citation")
    assert cited in copied["copy_text"]["text"]


def test_more_shows_what_is_left_and_goes_away_with_it(bot):
    (answer,) = bot.says("What did inspectors notice in April?")
    seen = [answer.text]
    while words.MORE in labels(answer):
        answer = bot.presses(words.MORE, answer)[-1]
        assert answer.text not in seen
        seen.append(answer.text)
    assert len(seen) > 1
    other = [text for text in seen if "Frost ruins" in text]
    assert other
    assert all(words.OTHER_STORY in text for text in other)
    assert not any(words.OTHER_STORY in text for text in seen if text not in other)


def test_next_goes_on_after_what_was_seen(bot):
    (answer,) = bot.says("What did inspectors notice in April?")
    assert bot.says("/next")[0].text == bot.presses(words.MORE, answer)[-1].text


def test_editing_a_question_edits_its_answer(bot):
    first = bot.message(ASKED)
    (answer,) = bot.update(message=first)
    calls = bot.edits(first["message_id"], "How many ships does the port handle a week?")
    assert [call.method for call in calls] == ["editMessageText"]
    assert calls[0].message_id == answer.sent
    assert "40 ships" in calls[0].text
    assert bot.edits(4711, "no question of ours") == []
    assert "ships" in texts(bot.presses("Why this", bot.presses(words.CONTEXT, answer)[-1]))[0]


def test_editing_a_follow_up_does_not_count_the_old_one(bot):
    bot.says(ASKED)
    second = bot.message("And what about the vines in Calder?")
    bot.update(message=second)
    calls = bot.edits(second["message_id"], "And when does she expect it to open again?")
    assert "Saturday" in calls[0].text
    state = bot.store.get_talk(7, 0)
    assert state["history"] == [ASKED, "And when does she expect it to open again?"]


def test_replying_to_an_older_answer_goes_on_from_it(bot):
    (old,) = bot.says(ASKED)
    bot.says("Who asked the province for help?")
    shown = bot.message("x") | {"message_id": old.sent, "from": {"id": BOT, "is_bot": True, "first_name": "Q"}}
    (call,) = bot.says("And when does she expect it to open again?", reply_to_message=shown)
    assert "Saturday" in call.text


def test_conversations_outlive_a_restart_and_keep_to_their_topic(bot):
    topic = {"message_thread_id": 5, "is_topic_message": True}
    group = -1001
    bot.says(f"@{NAME} {ASKED}", chat=group, **topic)
    assert bot.store.get_talk(group, 5)["history"] == [ASKED]
    assert bot.store.get_talk(group, 0) is None
    calls = bot.says(f"@{NAME} And when does she expect it to open again?", chat=group, **topic)
    assert calls[0].message_thread_id == 5
    assert "Saturday" in calls[0].text


def test_groups_get_an_answer_only_when_they_ask_for_one(bot):
    group = -1001
    assert bot.says("nothing for you", chat=group) == []
    assert bot.says("/ask@another_bot Who?", chat=group) == []
    assert bot.says("/unknown", chat=group) == []
    assert bot.update(message=bot.message(chat=group) | {"photo": []}) == []
    (call,) = bot.says(f"@{NAME.upper()} {ASKED}".replace(NAME.upper(), NAME), chat=group)
    assert len(marked(call, "blockquote", "expandable_blockquote")) == 1
    (call,) = bot.says(f"/ask@{NAME} {ASKED}", chat=group)
    assert CABLE in call.text
    shown = bot.message("x", chat=group) | {"from": {"id": BOT, "is_bot": True, "first_name": "Q"}}
    (call,) = bot.says("How many ships does the port handle a week?", chat=group, reply_to_message=shown)
    assert "40 ships" in call.text
    (call,) = bot.says(f"@{NAME}", chat=group)
    assert call.text == words.GROUP_HOW.format(name=f"@{NAME}")


def test_a_mention_by_name_is_read_in_any_case(bot):
    text = f"@{NAME.title()} {ASKED}"
    entity = [{"type": "mention", "offset": 0, "length": len(NAME) + 1}]
    message = bot.message(chat=-5) | {"text": text, "entities": entity}
    assert CABLE in bot.update(message=message)[0].text
    other = bot.message(chat=-5) | {"text": f"@another_1 {ASKED}", "entities": entity}
    assert bot.update(message=other) == []


def test_only_administrators_choose_a_groups_article(bot):
    group = -1001
    assert texts(bot.says(f"/use@{NAME} 1", chat=group)) == [words.ADMINS_ONLY]
    bot.request.admins.add(7)
    assert "Port of Eastmoor" in texts(bot.says(f"/use@{NAME} 1", chat=group))[0]
    assert len(bot.store.get_talk(group, 0)["chosen"]) == 1


def test_commands_of_the_one_table(bot):
    assert "/articles" in bot.says("/help")[0].text
    (call,) = bot.says("/articles")
    assert "1. Port of Eastmoor" in call.text
    assert labels(call) == ["1", "2"]
    calls = bot.presses("2", call)
    assert "Frost ruins a third" in calls[-1].text
    assert len(bot.store.get_talk(7, 0)["chosen"]) == 1
    assert bot.says("/use all")[0].text == "All articles are asked now."
    assert bot.says("/nonsense")[0].text.startswith("There is no command /nonsense")
    assert bot.says("/privcy")[0].text == "There is no command /privcy; did you mean /privacy?"
    assert bot.says("/quit")[0].text == words.QUIT
    assert bot.says("/articles vines")[0].text == words.NO_HEADLINE.format("vines")
    bot.says(ASKED)
    assert bot.says("/json")[0].method == "sendDocument"
    assert "(Port of Eastmoor closes after crane falls, Tern Agency" in bot.says("/cite")[0].text
    assert "paragraph 2 of 4" in bot.says("/context")[0].text


def test_a_list_turns_its_pages_in_place(bot):
    bot.index.add([article(THIRD.replace("Aurelia", f"Aurelia {n}")) for n in range(12)])
    (call,) = bot.says("/articles")
    calls = bot.presses(words.LATER, call)
    assert [item.method for item in calls] == ["answerCallbackQuery", "editMessageText"]
    assert calls[1].message_id == call.sent
    assert "7. " in calls[1].text


def test_start_offers_questions_that_are_answered(bot):
    (call,) = bot.says("/start")
    assert call.text.startswith(words.START)
    assert labels(call)
    answer = bot.presses(labels(call)[0], call)[-1]
    assert marked(answer, "blockquote", "expandable_blockquote")


def test_small_commands(bot):
    assert bot.says("/whoami")[0].text == "Your numeric id is 7; this chat's is 7."
    assert "90 days" in bot.says("/privacy")[0].text
    assert bot.says("/stats")[0].text == words.OPERATORS_ONLY
    assert bot.says("/ask")[0].text == words.ASK_WHAT
    assert bot.says("/add")[0].text == words.ADD_WHAT
    assert bot.says("/remove")[0].text == words.REMOVE_WHAT
    assert bot.says("/diff 99")[0].text == words.NOT_HERE


def test_the_operator_sees_figures():
    bot = Bot(admins=(7,))
    bot.says(ASKED)
    assert bot.says("/stats")[0].text.startswith("Articles: 2 · chats: 1 · answers kept: 1")
    bot.close()


def document(bot, name, data, size=None, **more):
    bot.request.files[f"d/{name}"] = data
    size = len(data) if size is None else size
    sent = {"file_id": name, "file_unique_id": "u", "file_name": name, **({"file_size": size} if size >= 0 else {})}
    return bot.update(message=bot.message(**more) | {"document": sent})


def test_an_added_page_says_how_much_of_it_was_read(bot):
    aside = "The pilots keep a list of every ship that has gone aground here since the war, and it is a long one."
    rows = "".join(f"<p>{text}</p>" for text in HARBOUR.split("\n\n")[1:6])
    page = f"<article><h1>Port closes</h1>{rows}<aside><p>{aside}</p></aside>{rows}</article>"
    page = f"<html><body>{page}</body></html>"
    text = document(bot, "port.html", page.encode())[-1].text
    assert text.startswith("Added")
    assert "sentences of the page's main part; open the page for the rest." in text


def test_a_document_is_added_to_the_chat_alone(bot):
    calls = document(bot, "ferry.txt", THIRD.encode())
    assert texts(calls) == ["Downloading ferry.txt ..."]
    assert calls[-1].method == "editMessageText"
    assert calls[-1].text.startswith("Added\n\nFerry to Lindhaven sinks at its berth")
    assert "valve" in bot.says("What did Captain Otto Vahl say about the valve?")[0].text
    assert "valve had" not in bot.says("What did Captain Otto Vahl say about the valve?", chat=8)[0].text
    assert document(bot, "again.txt", THIRD.encode())[-1].text.startswith(words.ALREADY)


def test_a_document_is_never_read_in_the_bots_own_process(bot, monkeypatch):
    monkeypatch.setattr("index.sources.loading.read_here", lambda *_: pytest.fail("read in this process"))
    assert document(bot, "ferry.txt", THIRD.encode())[-1].text.startswith("Added")


def test_an_article_is_removed_after_asking(bot):
    added = document(bot, "ferry.txt", THIRD.encode())[-1]
    added.sent = added.message_id
    asked = bot.presses(words.REMOVE, added)[-1]
    assert asked.text == "Remove “Ferry to Lindhaven sinks at its berth”?"
    assert bot.presses(words.NO, asked)[-1].text == words.UNCHANGED
    assert bot.presses(words.NO, asked)[0].text == words.NOT_YOURS
    asked = bot.says("/remove Lindhaven")[0]
    assert bot.presses(words.REMOVE, asked)[-1].text == "Removed: Ferry to Lindhaven sinks at its berth"
    assert bot.says("/remove Lindhaven")[0].text == words.REMOVE_WHAT
    assert bot.says("/remove Eastmoor")[0].text.startswith(
        "“Port of Eastmoor closes after crane falls” is in the operator"
    )


@pytest.mark.parametrize(
    ("name", "data", "size", "told"),
    [
        ("big.pdf", b"x", 21_000_000, "larger than 20 MB"),
        ("empty.txt", b"", 0, "holds no text"),
        ("song.mp3", b"\xff\xfbID3\x00\x01" * 50, -1, "song.mp3: "),
        (
            "nl.txt",
            ("De minister zei maandag dat de vergadering niet voor de avond begint. " * 20).encode(),
            -1,
            "English",
        ),
    ],
)
def test_a_document_that_cannot_be_an_article_is_refused_in_one_line(bot, name, data, size, told):
    calls = document(bot, name, data, size)
    assert told in calls[-1].text
    assert "Traceback" not in calls[-1].text
    assert len(bot.index) == 2


def test_a_size_that_lies_does_not_help(bot):
    calls = document(bot, "big.txt", b"A word. " * 2_600_000, 10)
    assert "larger than 20 MB" in calls[-1].text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../x.txt", "x.txt"),
        ("a\x00\u202eb.txt", "a␀"),
        ("", "document"),
        ("C:\\x\\y.md", "y.md"),
        ("n" * 300 + ".txt", "n" * 80 + ".txt"),
    ],
)
def test_file_names_never_become_paths(given, shown):
    from bot.telegram.actions.add import clean_file_name

    assert clean_file_name(given).startswith(shown)
    assert len(clean_file_name(given)) < 120
    assert clean_file_name(None) == "document"


def test_a_link_alone_asks_first_and_a_private_address_is_refused(bot):
    (call,) = bot.says("http://127.0.0.1/story")
    assert call.text == words.OFFER_LINK
    assert labels(call) == [words.YES, words.NO]
    calls = bot.presses(words.YES, call)
    assert [item.method for item in calls] == ["answerCallbackQuery", "editMessageText", "editMessageText"]
    assert "127.0.0.1" in calls[-1].text
    assert bot.presses(words.YES, call)[0].text == words.NOT_YOURS
    assert "public" in bot.says("/add http://localhost/x")[-1].text


def test_a_forwarded_text_becomes_an_article_and_a_pasted_one_asks(bot):
    long = THIRD.replace("(END)", "The harbour office will look into it. " * 20)
    post = {"type": "channel", "date": 1, "chat": {"id": -100, "type": "channel", "username": "tern"}, "message_id": 12}
    calls = bot.says(long, forward_origin=post)
    assert "https://t.me/tern/12" in calls[-1].text
    (call,) = bot.says(long.replace("Aurelia", "Berta"))
    assert call.text == words.OFFER_TEXT
    assert bot.presses(words.YES, call)[-1].text.startswith("Added")
    answered = bot.message(long.replace("Aurelia", "Carla"))
    assert bot.says("/add", reply_to_message=answered)[-1].text.startswith("Added")


PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]


def test_a_picture_is_no_article(bot):
    assert texts(bot.update(message=bot.message(photo=PHOTO))) == [words.NO_MEDIA]


def test_a_newer_lead_shows_what_changed(bot):
    newer = HARBOUR.replace("(LEAD)", "(2nd LD)").replace("40 ships", "45 ships").replace("09:10", "11:10")
    calls = document(bot, "newer.txt", newer.encode())
    assert words.NEWER_OF in calls[-1].text
    calls[-1].sent = calls[-1].message_id
    shown = bot.presses(words.NEWER, calls[-1])[-1]
    assert shown.text.startswith("What changed in “Port of Eastmoor closes after crane falls” since LEAD")
    assert "45 ships" in marked(shown, "blockquote")[0]
    assert "40 ships" in marked(shown, "expandable_blockquote")[0]
    assert "has no other version" in bot.says("/diff Frost")[0].text


def test_inline_mode_offers_what_that_person_may_see(bot):
    document(bot, "ferry.txt", THIRD.encode())
    (call,) = bot.inline("What did Captain Otto Vahl say about the valve?")
    assert call.method == "answerInlineQuery"
    assert call.is_personal is True
    assert call.cache_time == 0
    assert any("valve" in item["title"] for item in call.results)
    assert "parse_mode" not in call.results[0]["input_message_content"]
    (other,) = bot.inline("What did Captain Otto Vahl say about the valve?", person=8)
    assert not any("valve" in item["title"] for item in other.results)
    assert bot.inline("ab")[0].results == []
    assert bot.inline("/use 1")[0].results == []
    code = call.button["start_parameter"]
    assert texts(bot.says(f"/start {code}", chat=8)) == [words.LINK_OVER]
    assert "valve" in bot.says(f"/start {code}")[0].text
    assert texts(bot.says(f"/start {code}")) == [words.LINK_OVER]


def test_a_group_that_moves_takes_its_articles_along(bot):
    group = -55
    bot.runner.run(bot.desk.change(bot.index.add, article(THIRD), f"chat:{group}"))
    bot.update(message=bot.message(chat=group) | {"migrate_to_chat_id": -10055})
    (call,) = bot.says(f"@{NAME} What did Captain Otto Vahl say about the valve?", chat=-10055)
    assert "valve" in call.text
    (call,) = bot.says(f"@{NAME} What did Captain Otto Vahl say about the valve?", chat=group)
    assert "valve had" not in call.text


def test_the_bot_introduces_itself_to_a_group(bot):
    def member(status):
        return {"status": status, "user": {"id": BOT, "is_bot": True, "first_name": "Q"}, "until_date": 0}

    chat = {"id": -5, "type": "supergroup", "title": "G"}
    change = {"chat": chat, "from": {"id": 7, "is_bot": False, "first_name": "P"}, "date": 1}
    calls = bot.update(my_chat_member=change | {"old_chat_member": member("left"), "new_chat_member": member("member")})
    assert f"@{NAME}" in calls[0].text
    calls = bot.update(my_chat_member=change | {"old_chat_member": member("member"), "new_chat_member": member("left")})
    assert calls == []


def test_strangers_are_told_their_id_once_a_minute_and_see_nothing():
    bot = Bot(patient=False, allowed=(1, -200))
    assert texts(bot.says(ASKED)) == [words.NOT_ALLOWED.format(person=7)]
    assert bot.says(ASKED) == []
    assert bot.says(f"@{NAME} {ASKED}", chat=-5) == []
    assert bot.inline(ASKED)[0].results == []
    assert bot.presses("x" * 16 + ":w")[0].text == words.NOT_ALLOWED.format(person=7)
    assert bot.edits(3, ASKED) == []
    assert document(bot, "a.txt", THIRD.encode()) == []
    assert CABLE in bot.says(f"@{NAME} {ASKED}", chat=-200)[0].text
    assert CABLE in bot.says(ASKED, chat=1)[0].text
    assert (
        bot.update(channel_post={"message_id": 1, "date": 1, "chat": {"id": -9, "type": "channel"}, "text": "x"}) == []
    )
    bot.close()


def test_adding_needs_the_right():
    bot = Bot(open_add=False)
    assert texts(document(bot, "a.txt", THIRD.encode())) == [words.MAY_NOT_ADD.format(person=7)]
    assert bot.says("/add https://news.example/")[0].text == words.MAY_NOT_ADD.format(person=7)
    assert bot.says("/remove Eastmoor")[0].text == words.MAY_NOT_ADD.format(person=7)
    bot.close()


def test_quotas_of_adding_are_told_politely():
    bot = Bot(patient=False, adds_per_hour=1, megabytes_per_day=1)
    assert document(bot, "a.txt", THIRD.encode(), chat=8, person=8)[-1].text.startswith("Added")
    assert "enough articles" in document(bot, "b.txt", THIRD.encode(), chat=8, person=8)[-1].text
    assert document(bot, "c.txt", b"A word. " * 200_000, chat=9, person=9)[-1].text == words.TOO_MUCH
    bot.desk.reading.add(10)
    assert document(bot, "d.txt", THIRD.encode(), chat=10, person=10)[-1].text == words.ONE_AT_A_TIME
    bot.close()


def test_a_groups_answers_have_a_rate_of_their_own():
    bot = Bot(patient=False, group_answers_per_minute=1)
    assert CABLE in bot.says(f"@{NAME} {ASKED}", chat=-5, person=7)[0].text
    (call,) = bot.says(f"@{NAME} {ASKED}", chat=-5, person=8)
    assert (call.method, call.reaction[0]["emoji"]) == ("setMessageReaction", words.IN_TURN_SIGN)
    bot.close()


def test_a_button_of_another_chat_does_nothing(bot):
    (mine,) = bot.says(ASKED)
    data = keyboard(mine)[0][0]["callback_data"]
    assert [call.text for call in bot.presses(data, chat=8, person=8)] == [words.NOT_YOURS]
    assert len(bot.presses(data)) > 1


@pytest.mark.parametrize("data", ["", ":", "x:y", "a" * 64, "\x00" * 16 + ":w", "k" * 16 + ":z", "k" * 16 + ":c999999"])
def test_forged_data_gets_a_neutral_line(bot, data):
    assert [call.text for call in bot.presses(data)] == [words.NOT_YOURS]


def test_a_number_out_of_range_is_harmless(bot):
    (call,) = bot.says(ASKED)
    key = keyboard(call)[0][0]["callback_data"].partition(":")[0]
    for action in ("c0", "c999999", "p7", "o0", "o55", "s3", "s999999"):
        for answer in bot.presses(f"{key}:{action}")[1:]:
            assert "Something went wrong" not in answer.text
    assert bot.presses(f"{key}:y")[0].text == words.NOT_YOURS


def test_an_error_is_told_in_one_line_with_a_number_and_logged_whole(bot, caplog, monkeypatch):
    monkeypatch.setattr("bot.telegram.actions.ask.perform_nearest", lambda *_: 1 / 0)
    (call,) = bot.says(ASKED)
    number = call.text.split()[-1].strip(".")
    assert call.text == words.BROKEN.format(error=number)
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_an_index_that_cannot_be_searched_is_no_not_found(bot, monkeypatch):
    from index.errors import EngineUnavailable

    def fail(*_):
        raise EngineUnavailable("disk:x", "is away")

    monkeypatch.setattr("bot.telegram.actions.ask.perform_nearest", fail)
    assert texts(bot.says(ASKED)) == [words.UNAVAILABLE]


def test_a_slow_answer_is_announced(bot, monkeypatch):
    import time

    from bot.conversation.perform import perform

    bot.desk.slow = 0.01
    monkeypatch.setattr("bot.telegram.actions.ask.perform_nearest", lambda *args: (time.sleep(0.1), perform(*args))[1])
    assert [call.method for call in bot.says(ASKED)] == ["sendChatAction", "sendMessage"]


def bad(description, **parameters):
    return (400, {"description": f"Bad Request: {description}", **({"parameters": parameters} if parameters else {})})


@pytest.mark.parametrize(
    ("fault", "left_out"),
    [
        ("message to be replied not found", "reply_parameters"),
        ("QUOTE_TEXT_INVALID", "reply_parameters"),
        ("can't parse entities", "entities"),
        ("ENTITIES_TOO_LONG", "entities"),
        ("message is too long", "entities"),
    ],
)
def test_what_telegram_refuses_goes_out_without_its_adornment(bot, fault, left_out):
    bot.request.faults["sendMessage"] = [bad(fault)]
    calls = bot.says(ASKED)
    assert [call.method for call in calls] == ["sendMessage", "sendMessage"]
    assert left_out in vars(calls[0])
    assert left_out not in vars(calls[1])
    assert calls[1].text == calls[0].text


def test_a_topic_that_is_gone_is_left_out(bot):
    bot.request.faults["sendMessage"] = [bad("message thread not found")]
    calls = bot.says(f"@{NAME} {ASKED}", chat=-5, message_thread_id=9, is_topic_message=True)
    assert "message_thread_id" not in vars(calls[1])


def test_the_general_topics_number_is_never_sent(bot):
    (call,) = bot.says(f"@{NAME} {ASKED}", chat=-5, message_thread_id=1)
    assert "message_thread_id" not in vars(call)


def test_an_answer_follows_a_group_that_has_moved(bot):
    bot.request.faults["sendMessage"] = [bad("group chat was upgraded", migrate_to_chat_id=-1005)]
    calls = bot.says(f"@{NAME} {ASKED}", chat=-5)
    assert [call.chat_id for call in calls] == [-5, -1005]


def test_a_person_who_blocked_the_bot_is_left_alone(bot):
    bot.request.faults["sendMessage"] = [(403, {"description": "Forbidden: bot was blocked by the user"})]
    assert len(bot.says(ASKED)) == 1


def test_a_query_that_is_too_old_is_done_all_the_same(bot):
    (call,) = bot.says(ASKED)
    bot.request.faults["answerCallbackQuery"] = [bad("query is too old")]
    assert CABLE in texts(bot.presses(words.CONTEXT, call))[0]


def test_a_file_that_telegram_calls_too_big(bot):
    bot.request.faults["getFile"] = [bad("file is too big")]
    assert "larger than 20 MB" in document(bot, "a.txt", THIRD.encode(), -1)[-1].text
    bot.request.faults["getFile"] = [bad("wrong file_id")]
    assert "would not hand out" in document(bot, "a.txt", THIRD.encode(), -1)[-1].text


def test_an_edit_that_changes_nothing_is_ignored_and_one_that_fails_is_sent_anew(bot):
    first = bot.message(ASKED)
    bot.update(message=first)
    bot.request.faults["editMessageText"] = [bad("message is not modified"), bad("message can't be edited")]
    assert [call.method for call in bot.edits(first["message_id"], ASKED)] == ["editMessageText"]
    assert [call.method for call in bot.edits(first["message_id"], ASKED)] == ["editMessageText", "sendMessage"]


def test_the_bots_own_inline_results_are_not_questions(bot):
    assert bot.says(VINEYARD, via_bot={"id": BOT, "is_bot": True, "first_name": "Q"}) == []


def test_a_group_sees_one_passage_and_goes_on_with_next(bot):
    (call,) = bot.says(f"@{NAME} {ASKED}", chat=-5)
    shown = marked(call, "blockquote", "expandable_blockquote")
    assert len(shown) == 1
    following = bot.says(f"/next@{NAME}", chat=-5)[-1]
    others = marked(following, "blockquote", "expandable_blockquote")
    assert following.text == "There is no further passage." or (len(others) == 1 and others != shown)


def test_a_group_edits_and_asks_by_command(bot):
    first = bot.message(f"@{NAME} {ASKED}", chat=-5)
    bot.update(message=first)
    calls = bot.edits(first["message_id"], f"@{NAME} How many ships does the port handle a week?", chat=-5, person=7)
    assert "40 ships" in calls[0].text
    assert bot.edits(first["message_id"], "no longer for the bot", chat=-5, person=7) == []
    second = bot.message(f"/ask {ASKED}")
    bot.update(message=second)
    calls = bot.edits(second["message_id"], "/ask How many ships does the port handle a week?")
    assert "40 ships" in calls[0].text
    assert words.HELP in bot.edits(second["message_id"], "/help")[0].text
    assert bot.edits(second["message_id"], "thanks") == [], "the answer stays"


def test_a_button_that_is_pressed_twice_by_a_slip_does_it_once():
    bot = Bot(patient=False)
    (answer,) = bot.says(ASKED)
    pressed = [bot.presses(words.CONTEXT, answer) for _ in range(2)]
    assert [[call.method for call in calls] for calls in pressed] == [
        ["answerCallbackQuery", "sendMessage"],
        ["answerCallbackQuery"],
    ]
    assert getattr(pressed[1][0], "text", None) is None
    assert len(bot.presses(words.CONTEXT, answer, person=8)) == 2, "it is another's"
    assert len(bot.presses(words.VERIFY, answer)) == 2
    bot.desk.pressed[7, 7] = bot.desk.pressed[7, 7][0], float("-inf")
    assert len(bot.presses(words.VERIFY, answer)) == 2, "later it is meant"
    bot.close()


def test_a_greeting_is_no_refusal_and_more_is_the_command(bot):
    (hello,) = bot.says("hi")
    assert hello.text.startswith("Ask me about something in the article.")
    assert labels(hello)
    assert texts(bot.says("more")) == texts(bot.says("/next"))


def test_an_answer_of_many_parts_is_edited_part_by_part(bot):
    long = "Prices of harbour tiles " + "rose in every town of the coast and beyond it, " * 120 + "officials said."
    story = THIRD.replace("Nobody was on board.", f"{long}\n\n{long.replace('towns', 'ports')} Nobody was on board.")
    document(bot, "tiles.txt", story.encode())
    first = bot.message("What rose in every town of the coast, officials said?")
    calls = bot.update(message=first)
    assert len(calls) > 1
    assert calls[0].text.startswith("1/")
    assert [bool(keyboard(call)) for call in calls] == [False] * (len(calls) - 1) + [True]
    shown = bot.presses(next(label for label in labels(calls[-1]) if label.startswith(words.CONTEXT)), calls[-1])
    assert shown[1].method == "sendMessage"
    edits = bot.edits(first["message_id"], ASKED)
    assert [call.method for call in edits] == ["editMessageText"] + ["deleteMessage"] * (len(calls) - 1)
    bot.request.faults["deleteMessage"] = [bad("message can't be deleted")]
    again = bot.edits(first["message_id"], "What rose in every town of the coast, officials said?")
    assert [call.method for call in again] == ["editMessageText"] + ["sendMessage"] * (len(calls) - 1)
    assert bot.edits(first["message_id"], ASKED)[-1].method == "deleteMessage"


def test_an_article_that_left_is_said_so(bot):
    added = document(bot, "ferry.txt", THIRD.encode())[-1]
    added.sent = added.message_id
    (answer,) = bot.says("What did Captain Otto Vahl say about the valve?")
    listing = bot.says("/articles")[0]
    asked = bot.presses(words.REMOVE, added)[-1]
    again = bot.presses(words.REMOVE, added)[-1]
    bot.presses(words.REMOVE, asked)
    assert bot.presses(words.REMOVE, again)[-1].text == words.NOT_HERE
    assert bot.presses(words.REMOVE, added)[-1].text == words.NOT_HERE
    assert bot.presses("Open article", answer)[-1].text == words.NOT_HERE
    gone = words.FOUND["unknown"].format(title="Ferry to Lindhaven sinks at its berth")
    assert bot.presses("Verify", answer)[-1].text == gone
    assert bot.presses("3", listing)[-1].text == words.NOT_HERE
    assert bot.presses(next(name for name in labels(answer) if name.startswith(words.CONTEXT)), answer)[-1].text == (
        words.NOT_HERE
    )
    assert bot.presses(words.ASK_THIS, added)[-1].text == words.NOT_HERE


def test_an_article_is_chosen_by_its_button(bot):
    added = document(bot, "ferry.txt", THIRD.encode())[-1]
    added.sent = added.message_id
    chosen = bot.presses(words.ASK_THIS, added)[-1]
    assert "Ferry to Lindhaven" in chosen.text
    assert len(bot.store.get_talk(7, 0)["chosen"]) == 1
    assert "no other version" in bot.says("/diff")[0].text
    if labels(chosen)[0].endswith("?"):
        assert bot.presses(labels(chosen)[0], chosen)[-1].text
    (call,) = bot.says(f"/articles@{NAME}", chat=-5)
    assert bot.presses("1", call, chat=-5)[-1].text == words.ADMINS_ONLY
    bot.request.faults["getChatMember"] = [bad("user not found")]
    assert bot.presses("1", call, chat=-5)[-1].text == words.ADMINS_ONLY
    assert texts(bot.says(f"/remove@{NAME} Ferry", chat=-5)) == [words.ADMINS_ONLY]


def test_several_matches_are_listed(bot):
    (call,) = bot.says("/use r")
    assert call.text.startswith("Several match")
    assert "Frost ruins" in bot.presses("2", call)[-1].text
    key = keyboard(call)[0][0]["callback_data"].partition(":")[0]
    assert [item.method for item in bot.presses(f"{key}:g6")] == ["answerCallbackQuery"]


def test_what_changed_tells_added_and_dropped_sentences(bot):
    newer = HARBOUR.replace("(LEAD)", "(2nd LD)").replace(
        "The crane's owner, Holm Lifting, declined to comment.", "Rain is expected."
    )
    document(bot, "newer.txt", newer.encode())
    shown = bot.says("/diff Port")[0].text if len(bot.says("/diff 1")) else ""
    told = "".join(texts(bot.says("/diff 1")))
    assert words.GREW in told + shown
    assert words.GONE in told + shown


def test_a_download_that_fails_is_said_so(bot, monkeypatch):
    bot.request.faults["getFile"] = [(500, {"description": "Internal"})]
    assert "would not hand out" in document(bot, "a.txt", THIRD.encode())[-1].text
    monkeypatch.setattr("bot.telegram.actions.add.LARGEST", 100)
    assert "larger than" in document(bot, "b.txt", THIRD.encode(), 50)[-1].text


def test_an_index_that_cannot_be_written_is_said_so(bot, monkeypatch, caplog):
    from index.errors import EngineUnavailable

    def fail(*_):
        raise EngineUnavailable("disk:x", "is in use by process 5; wait")

    monkeypatch.setattr(bot.index, "add", fail)
    assert document(bot, "a.txt", THIRD.encode())[-1].text == words.NOT_ADDED
    assert "in use by process 5" in caplog.text  # for the operator, whose address it names


def test_an_error_while_an_error_is_told_is_only_logged(bot, monkeypatch, caplog):
    monkeypatch.setattr("bot.telegram.actions.ask.perform_nearest", lambda *_: 1 / 0)
    bot.request.faults["sendMessage"] = [bad("chat not found")] * 9
    assert all(call.method == "sendMessage" for call in bot.says(ASKED))
    assert "could not be told" in caplog.text


def test_inline_queries_that_fail_are_answered_empty(bot, monkeypatch):
    from index.errors import EngineUnavailable

    def fail(*_):
        raise EngineUnavailable("disk:x", "is away")

    bot.request.faults["answerInlineQuery"] = [bad("query is too old")]
    assert len(bot.inline(ASKED)) == 1
    monkeypatch.setattr("bot.telegram.actions.inline.perform", fail)
    assert bot.inline(ASKED)[0].results == []


def test_the_log_tells_questions_only_where_it_should(caplog):
    import logging

    caplog.set_level(logging.INFO)
    quiet, telling = Bot(), Bot(log_texts=True)
    quiet.says(ASKED)
    assert ASKED not in caplog.text
    telling.says(ASKED)
    assert ASKED in caplog.text
    assert "not written to any log unless the operator" in telling.says("/privacy")[0].text
    quiet.close()
    telling.close()


def test_a_groups_card_leads_into_the_private_chat_once(bot):
    group = -1001
    bot.request.admins.add(7)
    (listing,) = bot.says(f"/articles@{NAME}", chat=group)
    card = bot.presses("1", listing, chat=group)[-1]
    assert words.REMOVE not in labels(card)  # it is the operator's
    assert words.NEWER not in labels(card)  # nor is there another version of it
    (url,) = (button["url"] for row in keyboard(card) for button in row if button["text"] == words.ASK_PRIVATE)
    address, _, code = url.partition("?start=")
    assert address == f"https://t.me/{NAME}"
    assert texts(bot.says(f"/start {code}", chat=8)) == [words.LINK_OVER]
    (opened,) = bot.says(f"/start {code}", chat=7)
    assert opened.text == card.text
    assert words.ASK_PRIVATE not in labels(opened)
    assert len(bot.store.get_talk(7, 0)["chosen"]) == 1
    assert texts(bot.says(f"/start {code}", chat=7)) == [words.LINK_OVER]


def test_no_link_leads_to_what_only_the_group_may_see(bot):
    group = -1001
    bot.request.admins.add(7)
    bot.index.add(article(THIRD), collection_of_chat(group))
    (listing,) = bot.says(f"/articles@{NAME} Ferry", chat=group)
    card = bot.presses("3", listing, chat=group)[-1]
    assert "Ferry" in card.text
    assert words.ASK_PRIVATE not in labels(card)
    code = bot.store.issue(7, {"article": article(THIRD).id}, expires=1e12)
    assert texts(bot.says(f"/start {code}", chat=7)) == [words.NOT_HERE]


def test_nobody_hears_where_on_the_operators_machine_an_article_is():
    bot = Bot(articles=())
    bot.index.add(Article.from_text(THIRD.partition("\n\n")[2], source="/home/operator/secret/ferry.txt"))
    try:
        bot.says("What did Captain Otto Vahl say about the valve?")
        for command in ("/article", "/articles", "/cite", "/cite csl", "/cite bibtex", "/why", "/context", "/json"):
            for call in bot.says(command):
                told = repr(call)
                if call.method == "sendDocument":
                    told = "".join(data.decode() for _, data, _ in bot.request.uploads.pop().values())
                    assert "ferry.txt" in told
                assert "secret" not in told
    finally:
        bot.close()


def test_a_comparison_of_nothing_asks_which(bot):
    assert texts(bot.says("/diff")) == [words.DIFF_WHAT]
    assert texts(bot.says("/diff unicorn")) == [words.NOT_HERE]
