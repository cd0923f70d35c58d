"""What a message is, as a table, and what the bot does about each: links, captions, albums, pieces, remarks."""

import pytest
from telegram import Message

from bot.telegram.actions.gathering import BEFORE
from bot.telegram.chats.contract import GATHERED
from bot.telegram.gathered import Gathered, continues, join_pieces
from bot.telegram.incoming import (
    AskedQuestion,
    BareMention,
    GivenCommand,
    NotForUs,
    Remark,
    SharedDocument,
    SharedLink,
    SharedText,
    ShortPost,
    WordlessMedia,
    find_link,
    read_incoming,
)
from bot.telegram.screens.wording import wording as words
from index import Article, Filter
from index.errors import EngineUnavailable
from tests.support.replies import VINEYARD
from tests.support.telegram_chat import BOT, NAME, PHOTO, STICKER, Bot, labels, texts, user

ASKED = "What did Lena Brandt blame?"
CABLE = "She blamed a worn cable that inspectors had noticed in January."
URL = "https://news.example/ferry"
FERRY = """Ferry to Lindhaven sinks at its berth

LINDHAVEN, May 2 (Tern Agency) -- The ferry Aurelia sank at its berth in Lindhaven on Thursday.

Captain Otto Vahl said that a valve had been left open. Nobody was on board.

(END)
"""
VALVE = "What did Captain Otto Vahl say about the valve?"
LONG_FERRY = FERRY.replace("(END)", "The harbour office will look into it. " * 20)
GROUP = -1001
VOICE = {"file_id": "v", "file_unique_id": "v", "duration": 1}
POST = {"type": "channel", "date": 1, "chat": {"id": -100, "type": "channel", "username": "tern"}, "message_id": 12}
FRIEND = {"type": "user", "date": 1, "sender_user": user(70)}
TEXT = {"file_id": "d", "file_unique_id": "d", "file_name": "d.txt"}
ALICE = {"type": "mention", "offset": 0, "length": 6}


def mention(text, name=NAME):
    return {"type": "mention", "offset": text.index(f"@{name}"), "length": len(name) + 1}


def link(text, url=URL):
    return [{"type": "text_link", "offset": 0, "length": len(text), "url": url}]


def message(text=None, chat=7, **more):
    kind = "private" if chat > 0 else "supergroup"
    base = {"message_id": 5, "date": 100, "from": user(7), "chat": {"id": chat, "type": kind, "title": "G"}}
    entities = [mention(text)] if text and f"@{NAME}" in text else []
    content = {"text": text, "entities": entities} if text is not None else {}
    return Message.de_json(base | content | more, None)


OURS = {"message_id": 3, "date": 1, "chat": {"id": GROUP, "type": "supergroup"}, "text": "x", "from": user(BOT)}
TO_US = {"reply_to_message": OURS}
PRIVATE = [
    ("/add https://a.example", {}, GivenCommand("add", "https://a.example")),
    ("/add@another_bot x", {}, NotForUs()),
    (ASKED, {}, AskedQuestion(ASKED)),
    ("harbour cable", {}, AskedQuestion("harbour cable")),
    (URL, {}, SharedLink(URL)),
    (f"Ferry sinks at its berth\n{URL}", {}, SharedLink(URL)),
    (f"see ({URL}).", {}, SharedLink(URL)),
    (f"{URL} what did the captain say?", {}, SharedLink(URL, "what did the captain say?")),
    ("Ferry sinks", {"entities": link("Ferry sinks")}, SharedLink(URL)),
    ("Who is to blame", {"entities": link("Who is to blame")}, SharedLink(URL, "Who is to blame")),
    (LONG_FERRY, {}, SharedText(LONG_FERRY)),
    (LONG_FERRY, {"forward_origin": POST}, SharedText(LONG_FERRY, post=True)),
    (LONG_FERRY, {"forward_origin": FRIEND}, SharedText(LONG_FERRY, post=True)),
    (LONG_FERRY * 4, {"forward_origin": POST}, SharedText(LONG_FERRY * 4, post=True)),
    (LONG_FERRY * 4, {"forward_origin": FRIEND}, SharedText(LONG_FERRY * 4)),  # it may be cut
    ("Port closed again", {"forward_origin": POST}, ShortPost()),
    ("thanks!", {}, Remark()),
    ("ok", {}, Remark()),
    ("👍👍", {}, Remark()),
    ("hello", {}, AskedQuestion("hello")),
    (None, {"photo": PHOTO}, WordlessMedia()),
    (None, {"sticker": STICKER}, WordlessMedia()),
    (None, {"voice": VOICE}, WordlessMedia()),
    (None, {"photo": PHOTO, "caption": LONG_FERRY, "forward_origin": POST}, SharedText(LONG_FERRY, post=True)),
    (None, {"photo": PHOTO, "caption": f"Ferry sinks {URL}"}, SharedLink(URL)),
    (None, {"photo": PHOTO, "caption": "Ferry", "caption_entities": link("Ferry")}, SharedLink(URL)),
    (None, {"photo": PHOTO, "caption": ASKED}, AskedQuestion(ASKED)),
    (None, {"photo": PHOTO, "caption": "The quay this morning"}, ShortPost()),
    (None, {"pinned_message": OURS}, NotForUs()),
    (None, {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}}, NotForUs()),
    (None, {"new_chat_members": [user(8)]}, NotForUs()),
    (None, {"video_chat_started": {}}, NotForUs()),
    (None, {"a_kind_of_service_to_come": {}}, NotForUs()),
]
IN_GROUP = [
    (ASKED, {}, NotForUs()),
    (f"@{NAME} {ASKED}", {}, AskedQuestion(ASKED)),
    (f"Hey @{NAME}, {ASKED}", {}, AskedQuestion(f"Hey , {ASKED}")),
    (f"{ASKED} @{NAME}", {}, AskedQuestion(ASKED)),
    (f"ask @{NAME} what fell", {}, AskedQuestion("ask what fell")),
    (f"I think @{NAME} is great", {}, NotForUs()),
    (f"I think @{NAME} is great isn't it", {}, NotForUs()),
    (f"@{NAME} harbour cable", {}, AskedQuestion("harbour cable")),
    (f"@{NAME}", {}, BareMention()),
    (f"@{NAME} thanks", {}, Remark()),
    (f"@{NAME} {URL}", {}, SharedLink(URL)),
    (ASKED, TO_US, AskedQuestion(ASKED)),
    ("I do not believe the harbour master", TO_US, AskedQuestion("I do not believe the harbour master", sure=False)),
    ("lol that's crazy", TO_US, Remark()),
    (None, {"sticker": STICKER, **TO_US}, NotForUs()),
    (None, {"photo": PHOTO, "caption": ASKED}, NotForUs()),
    (None, {"photo": PHOTO, "caption": ASKED, **TO_US}, AskedQuestion(ASKED)),
    (ASKED, {"reply_to_message": {**OURS, "forum_topic_created": {"name": "n", "icon_color": 1}}}, NotForUs()),
    ("@alice " + ASKED, {"entities": [ALICE], **TO_US}, NotForUs()),
]


@pytest.mark.parametrize(("text", "more", "found"), PRIVATE)
def test_what_a_message_in_private_is(text, more, found):
    assert read_incoming(message(text, **more), NAME, BOT) == found


@pytest.mark.parametrize(("text", "more", "found"), IN_GROUP)
def test_what_a_message_in_a_group_is(text, more, found):
    assert read_incoming(message(text, GROUP, **more), NAME, BOT) == found


def test_the_name_of_the_bot_behind_another_is_no_address():
    text = f"@alice @{NAME} is great isn't it"
    assert read_incoming(message(text, GROUP, entities=[ALICE, mention(text)]), NAME, BOT) == NotForUs()


def test_a_document_is_one_with_or_without_a_caption_but_an_animation_is_none():
    (document, question) = (message(document=TEXT), message(document=TEXT, caption=VALVE))
    assert read_incoming(document, NAME, BOT) == SharedDocument(document.document)
    assert read_incoming(question, NAME, BOT) == SharedDocument(question.document, VALVE)
    moving = {"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1, "duration": 1}
    assert read_incoming(message(document=TEXT, animation=moving), NAME, BOT) == WordlessMedia()
    caption = f"@{NAME}"
    named = message(document=TEXT, caption=caption, caption_entities=[mention(caption)], chat=GROUP)
    assert read_incoming(named, NAME, BOT) == SharedDocument(named.document)


@pytest.mark.parametrize(
    ("text", "entities", "found"),
    [
        ("news.example/a", [{"type": "url", "offset": 0, "length": 14}], "https://news.example/a"),
        ("is news.example/a true", [{"type": "url", "offset": 3, "length": 14}], ""),
        ("a", [{"type": "text_link", "offset": 0, "length": 1, "url": "tg://user?id=1"}], ""),
        (f"“{URL}”", [], URL),
        ("no link", [], ""),
    ],
)
def test_the_link_of_a_message(text, entities, found):
    assert find_link(message(text, entities=entities)) == found


@pytest.mark.parametrize(
    ("changed", "more", "found"),
    [
        ({}, {}, True),
        ({}, {"date": 103}, False),
        ({}, {"date": 99}, False),
        ({"size": 700}, {}, False),
        ({"forwarded": True}, {}, False),
        ({"forwarded": True}, {"forward_origin": FRIEND}, True),
        ({}, {"text": "/help"}, False),
    ],
)
def test_a_piece_goes_on_with_the_text_before_it(changed, more, found):
    last = Gathered(**({"date": 100.0, "shown": 9, "size": 4000} | changed))
    assert continues(last, message(**({"text": "and so on."} | more))) is found


def test_pieces_are_joined_as_they_were():
    assert join_pieces("It rained. It", "poured.") == "It rained. It poured."
    assert join_pieces("It rained.", "It poured.") == "It rained.\n\nIt poured."


@pytest.fixture
def bot():
    found = Bot()
    yield found
    found.close()


def send(bot, chat=7, **more):
    return bot.update(message=bot.message(chat=chat, **more))


def document(bot, name, text, chat=7, **more):
    bot.request.files[f"d/{name}"] = text.encode()
    return send(bot, chat, document={"file_id": name, "file_unique_id": "u", "file_name": name}, **more)


def replied(bot, call, chat=7):
    """Return what a reply to a message of the bot is made of."""
    number = call.message_id if call.method == "editMessageText" else call.sent
    return {"reply_to_message": bot.message("x", chat) | {"message_id": number, "from": user(BOT)}}


def test_a_link_with_words_around_it_is_offered(bot):
    (call,) = bot.says("Ferry sinks at its berth\nhttp://127.0.0.1/a")
    assert call.text == words.OFFER_LINK
    assert labels(call) == [words.YES, words.NO]
    assert "127.0.0.1" in bot.presses(words.YES, call)[-1].text


def test_a_link_with_a_question_is_added_and_asked_or_only_asked(bot, monkeypatch):
    monkeypatch.setattr("bot.telegram.actions.add.load", lambda _: Article.from_text(FERRY))
    (call,) = bot.says(f"{VALVE} {URL}")
    assert call.text == words.OFFER_QUESTION.format(question=VALVE)
    assert labels(call) == [words.ADD_AND_ASK, words.ASK_ONLY]
    calls = bot.presses(words.ADD_AND_ASK, call)
    assert calls[-2].text.startswith(words.ADDED)
    assert "valve had been left open" in calls[-1].text
    (call,) = bot.says(f"{ASKED} {URL}")
    calls = bot.presses(words.ASK_ONLY, call)
    assert words.ADDED not in "".join(texts(calls))
    assert bot.presses(words.ASK_ONLY, call)[0].text == words.NOT_YOURS


def test_who_may_not_add_is_answered_and_told():
    bot = Bot(open_add=False)
    try:
        assert CABLE in bot.says(f"{ASKED} {URL}")[0].text
        assert texts(bot.says(f"Ferry sinks {URL}")) == [words.MAY_NOT_ADD.format(person=7)]
        first = LONG_FERRY * 3
        assert texts(bot.says(first)) == [words.MAY_NOT_ADD.format(person=7)]
        assert bot.says("and so on.") == []  # its second piece
    finally:
        bot.close()


def test_add_takes_the_link_or_the_text_that_it_replies_to(bot):
    for more in (
        {"text": "Ferry", "entities": link("Ferry", "http://127.0.0.1/a")},
        {"caption": "see http://127.0.0.1/a"},
    ):
        answered = bot.message() | more
        assert "127.0.0.1" in bot.says("/add", reply_to_message=answered)[-1].text
    for more in ({"text": FERRY}, {"photo": PHOTO, "caption": FERRY.replace("Aurelia", "Berta")}):
        answered = bot.message() | more
        assert bot.says("/add", reply_to_message=answered)[-1].text.startswith(words.ADDED)
    assert texts(bot.says("/add", reply_to_message=bot.message() | {"sticker": STICKER})) == [words.ADD_WHAT]


def test_a_picture_is_the_text_of_its_caption(bot):
    assert send(bot, photo=PHOTO, caption=LONG_FERRY, forward_origin=POST)[-1].text.startswith(words.ADDED)
    assert texts(send(bot, video=dict(PHOTO[0], duration=1), caption=f"Ferry sinks {URL}")) == [words.OFFER_LINK]
    assert texts(send(bot, photo=PHOTO, caption="The quay", forward_origin=POST)) == [words.SHORT_POST]
    assert CABLE in send(bot, photo=PHOTO, caption=ASKED)[0].text


def test_a_question_in_a_documents_caption_is_asked_of_it(bot):
    calls = document(bot, "ferry.txt", FERRY, caption=VALVE)
    assert calls[-2].text.startswith(words.ADDED)
    assert "valve had been left open" in calls[-1].text
    assert calls[-1].text.count(words.ALONE.format(title="Ferry to Lindhaven sinks at its berth")) == 1


def test_a_mention_in_a_caption_is_heard(bot):
    caption = f"@{NAME} {ASKED}"
    (call,) = send(bot, GROUP, photo=PHOTO, caption=caption, caption_entities=[mention(caption)])
    assert CABLE in call.text


def test_an_albums_captions_count_once(bot):
    album = {"media_group_id": "1", "photo": PHOTO}
    assert CABLE in send(bot, caption=ASKED, **album)[0].text
    assert send(bot, caption="The quay", **album) == []
    assert send(bot, **album) == []
    silent = {"media_group_id": "2", "photo": PHOTO}
    assert [texts(send(bot, **silent)) for _ in range(3)] == [[words.NO_MEDIA], [], []]


def test_the_documents_of_an_album_are_one_card_and_one_answer(bot):
    album = {"media_group_id": "1"}
    first = document(bot, "ferry.txt", FERRY, caption=VALVE, **album)
    card = next(call.message_id for call in first if call.method == "editMessageText")
    answer = first[-1]
    calls = document(bot, "frost.txt", VINEYARD.replace("Calder", "Morven"), **album)
    assert {call.method for call in calls} == {"editMessageText", "getFile"}
    told = [call for call in calls if call.method == "editMessageText"]
    assert {call.message_id for call in told} == {card, answer.sent}
    assert told[-2].text.startswith(words.ADDED_TOGETHER)
    assert "Ferry to Lindhaven" in told[-2].text
    assert "Frost ruins" in told[-2].text
    assert "valve had been left open" in told[-1].text
    calls = document(bot, "song.mp3", "\x00\x01" * 90, **album)
    assert any("song.mp3" in call.text and "Ferry" in call.text for call in calls if call.method == "editMessageText")


def test_an_album_of_more_documents_than_questions_at_once_is_added_whole():
    bot = Bot(patient=False, questions_per_minute=1)
    try:
        for number in range(4):
            calls = document(bot, f"{number}.txt", FERRY.replace("Aurelia", f"Aurelia {number}"), media_group_id="1")
        assert calls[-1].text.startswith(words.ADDED_TOGETHER)
        assert len(bot.index) == 6
    finally:
        bot.close()


def test_remarks_get_a_reaction_and_no_lecture(bot):
    for text in ("thanks", "ok", "👍"):
        (call,) = bot.says(text)
        assert call.method == "setMessageReaction"
    bot.request.faults["setMessageReaction"] = [(400, {"description": "Bad Request: REACTION_INVALID"})]
    assert [call.method for call in bot.says("thanks")] == ["setMessageReaction"]


def test_a_remark_in_a_group_is_no_question(bot):
    (answer,) = bot.says(f"@{NAME} {ASKED}", GROUP)
    to_it = replied(bot, answer, GROUP)
    assert texts(bot.says("lol that's crazy", GROUP, **to_it)) == []
    assert bot.says("I knew that about them all along", GROUP, **to_it) == []
    assert send(bot, GROUP, sticker=STICKER, **to_it) == []
    text = f"@alice @{NAME} is great isn't it"
    assert bot.says(text, GROUP, entities=[ALICE, mention(text)]) == []
    assert "40 ships" in bot.says("the port handles ships a week", GROUP, **to_it)[0].text


def test_service_messages_are_ignored_everywhere():
    wallpaper = {"type": {"type": "chat_theme", "theme_name": "x"}}
    for bot in (Bot(), Bot(allowed=(1,))):
        for chat in (7, GROUP):
            assert send(bot, chat, pinned_message=OURS) == []
            assert send(bot, chat, message_auto_delete_timer_changed={"message_auto_delete_time": 60}) == []
            assert send(bot, chat, left_chat_member=user(8)) == []
            assert send(bot, chat, chat_background_set=wallpaper) == []
        bot.close()


def test_stickers_get_one_line_not_one_each():
    bot = Bot(patient=False)
    assert [texts(send(bot, sticker=STICKER)) for _ in range(3)] == [[words.NO_MEDIA], [], []]
    bot.close()


def test_a_text_that_the_client_cut_is_offered_once_and_added_as_one(bot):
    paragraphs = [f"The harbour office in Lindhaven wrote {n} letters to the owner of the ferry." for n in range(60)]
    whole = FERRY.replace("(END)", "\n\n".join(paragraphs))
    cut = whole.rindex(" ", 0, 4096)
    (call,) = bot.says(whole[:cut])
    assert call.text == words.OFFER_TEXT
    changed = bot.says(whole[cut + 1 :])
    assert [(each.method, each.message_id) for each in changed] == [("editMessageText", call.sent)]
    assert changed[0].text == words.OFFER_PIECES.format(count=2)
    data = changed[0].reply_markup["inline_keyboard"][0][0]["callback_data"]
    assert bot.presses(data, message=call.sent)[-1].text.startswith(words.ADDED)
    assert len(bot.index) == 3
    assert "59 letters" in bot.says("Who wrote 59 letters to the owner of the ferry?")[0].text
    assert bot.says("Who wrote 3 letters?")[0].method == "sendMessage"  # a question is one again


def restart(bot):
    """Lose what a process that ends loses, in so far as it matters here."""
    bot.desk.gathered.clear()


def test_a_restart_between_two_pieces_of_a_text_that_the_client_cut_loses_neither(bot):
    """Nor does an update that is handled again, since the process died before it was noted as done."""
    whole = FERRY.replace("(END)", "The harbour office in Lindhaven wrote a letter to the owner of the ferry. " * 60)
    cut = whole.rindex(" ", 0, 4096)
    messages = [bot.message(whole[:cut]), bot.message(whole[cut + 1 :])]
    (offered,) = bot.update(message=messages[0])
    for message in (messages[0], messages[1], messages[1]):
        restart(bot)
        changed = bot.update(message=message)
    assert changed == []
    bot.presses(words.YES, offered)
    (card,) = bot.index.articles(Filter(collections=("chat:7",)))
    text = bot.index.article(card.id, Filter(collections=("chat:7",))).text
    assert text.count("wrote a letter") == 60
    assert [post.message for post in bot.store.list_posts(7, card.id)] == [each["message_id"] for each in messages]


def test_a_restart_between_two_documents_of_an_album_loses_neither(bot):
    album = {"media_group_id": "1"}
    document(bot, "ferry.txt", FERRY, caption=VALVE, **album)
    restart(bot)
    calls = document(bot, "frost.txt", VINEYARD.replace("Calder", "Morven"), **album)
    told = [call.text for call in calls if call.method == "editMessageText"]
    assert told[-2].startswith(words.ADDED_TOGETHER)
    assert "Ferry to Lindhaven" in told[-2]
    assert "valve had been left open" in told[-1]


def test_an_albums_caption_that_is_dealt_with_again_after_a_death_is_answered(bot):
    album = {"media_group_id": "1", "photo": PHOTO}
    first = bot.message(caption=ASKED, **album)
    for message in (first, first, bot.message(caption="How late was the frost?", **album)):
        restart(bot)
        calls = bot.update(message=message)
        assert bool(texts(calls)) == (message is first)


def test_what_came_in_several_messages_is_looked_up_only_soon_after_a_start_and_is_not_piled_up(bot, monkeypatch):
    album = {"photo": PHOTO}
    for number in range(5):
        send(bot, media_group_id=str(number), **album)
    assert list(bot.store.get_talk(7, GATHERED)) == ["2", "3", "4"]
    restart(bot)
    bot.desk.started -= BEFORE
    assert texts(send(bot, media_group_id="4", **album)) == [words.NO_MEDIA]
    restart(bot)
    with monkeypatch.context() as patch:
        patch.setattr(bot.store, "set_talk", lambda *_: (_ for _ in ()).throw(EngineUnavailable("x", "away")))
        assert texts(send(bot, media_group_id="6", **album)) == [words.NO_MEDIA]
    assert send(bot, media_group_id="6", **album) == []


def test_after_adding_the_new_article_is_asked_first(bot):
    document(bot, "ferry.txt", FERRY)
    (call,) = bot.says("Was anybody on board?")
    assert words.ALONE.format(title="Ferry to Lindhaven sinks at its berth") in call.text
    assert "Nobody was on board" in call.text
    assert words.ASK_ALL in labels(call)
    wide = bot.presses(words.ASK_ALL, call)[-1]
    assert words.ASK_ALL not in labels(wide)
    assert "as it has just been added" not in wide.text
    assert bot.store.get_talk(7, 0)["at_hand"] == []


def test_where_the_new_article_does_not_say_all_are_asked(bot):
    document(bot, "ferry.txt", FERRY)
    (call,) = bot.says(ASKED)
    assert CABLE in call.text
    assert words.BEYOND.format(title="Ferry to Lindhaven sinks at its berth") in call.text
    assert bot.store.get_talk(7, 0)["at_hand"] == []
    (call,) = bot.says(VALVE)
    assert words.ASK_ALL not in labels(call)


def test_what_is_asked_of_it_as_a_whole_is_told_of_the_new_article(bot):
    document(bot, "ferry.txt", FERRY)
    assert "Aurelia" in bot.says("What is this about?")[0].text
    assert "Lindhaven" in bot.says("/article")[0].text


def test_a_reply_to_a_card_or_a_post_asks_that_article_alone_and_for_once(bot):
    post = bot.message(LONG_FERRY, forward_origin=POST)
    card = bot.update(message=post)[-1]
    bot.says("Who put the damage at 12 million crowns?")  # it is no longer at hand
    for shown in (replied(bot, card), {"reply_to_message": post}):
        (call,) = bot.says("Was anybody hurt?", **shown)
        assert "Nobody was hurt" not in call.text
        assert words.ASK_ALL in labels(call)
        talk = bot.store.get_talk(7, 0)
        assert (talk["chosen"], talk["only"]) == ([], [])
    assert "Nobody was hurt" in bot.presses(words.ASK_ALL, call)[-1].text
    assert "Nobody was hurt" in bot.says("Was anybody hurt?")[0].text


def test_a_reply_to_what_the_bot_says_of_itself_offers_nothing(bot):
    helped = bot.says("/help")[0]
    assert len(helped.text) > 600
    shown = bot.message(helped.text) | {"message_id": helped.sent, "from": user(BOT)}
    assert CABLE in bot.says(ASKED, reply_to_message=shown)[0].text


def test_a_captions_question_in_an_album_is_taken_from_the_quota():
    bot = Bot(patient=False, questions_per_minute=1)
    calls = [send(bot, photo=PHOTO, caption=ASKED, media_group_id=str(number)) for number in range(3)]
    assert [len(each) for each in calls] == [1, 1, 1]
    later = words.IN_TURN.partition("{")[0]
    assert calls[1][0].text.startswith(later)
    assert not getattr(calls[2][0], "text", later).startswith(CABLE)
    bot.close()


def test_a_reply_to_a_link_that_is_not_here_offers_to_add_it(bot):
    answered = bot.message(f"Ferry sinks {URL}", person=8)
    (call,) = bot.says("What did the captain say?", reply_to_message=answered)
    assert call.text == words.OFFER_QUESTION.format(question="What did the captain say?")
