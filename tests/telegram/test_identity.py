"""Who is who: people, administrators who write as their group, people who write as a channel; and what each may."""

import pytest

from bot.telegram.access import collection_of_chat
from bot.telegram.chats.contract import SETTLED, SavedScreen
from bot.telegram.screens.wording import wording as words
from index import Filter
from tests.support.replies import HARBOUR, VINEYARD, article
from tests.support.telegram_chat import NAME, Bot, labels, texts

ASKED = "What did Lena Brandt blame?"
CABLE = "She blamed a worn cable that inspectors had noticed in January."
GROUP, CHANNEL = -1001, -1002
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
AS_CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
ADMIN, MEMBER = 7, 8
FERRY = HARBOUR.replace("Eastmoor", "Lindhaven").replace("crane", "ferry")


@pytest.fixture
def bot():
    found = Bot((HARBOUR, VINEYARD, FERRY), open_add=False)
    found.request.admins.add(ADMIN)
    yield found
    found.close()


def as_group():
    return {"from": ANONYMOUS, "sender_chat": {"id": GROUP, "type": "supergroup", "title": "G"}}


def as_channel():
    return {"from": AS_CHANNEL, "sender_chat": {"id": CHANNEL, "type": "channel", "title": "C"}}


def ask(bot, text=ASKED, **sender):
    return bot.says(f"@{NAME} {text}", chat=GROUP, **sender)[0]


def press(bot, label, call, person):
    full = next(name for name in labels(call) if name.startswith(label))
    return bot.presses(full, call, chat=GROUP, person=person)


@pytest.mark.parametrize("label", [words.CONTEXT, words.VERIFY, words.WHY, words.OPEN])
def test_any_member_may_press_what_only_reads(bot, label):
    shown = ask(bot, person=ADMIN)
    if label in (words.WHY, words.OPEN):  # these stand under what *In context* shows
        shown = press(bot, words.CONTEXT, shown, ADMIN)[-1]
    calls = press(bot, label, shown, MEMBER)
    assert [call.method for call in calls] == ["answerCallbackQuery", "sendMessage"]
    assert not hasattr(calls[0], "text")


def test_only_the_asker_and_administrators_go_on(bot):
    answer = ask(bot, person=MEMBER)
    assert len(press(bot, words.MORE, answer, MEMBER)) == 2
    assert [call.method for call in press(bot, words.MORE, answer, ADMIN)] == [
        "getChatMember",
        "answerCallbackQuery",
        "sendMessage",
    ]
    calls = press(bot, words.MORE, answer, 9)
    assert [call.method for call in calls] == ["getChatMember", "answerCallbackQuery"]
    assert calls[1].text == words.ASKERS_ONLY


def test_an_anonymous_administrator_presses_the_buttons_of_their_own_answer(bot):
    answer = ask(bot, **as_group())
    assert len(press(bot, words.VERIFY, answer, ADMIN)) == 2
    assert press(bot, words.MORE, answer, ADMIN)[-1].method == "sendMessage"
    assert press(bot, words.MORE, answer, MEMBER)[-1].text == words.ASKERS_ONLY


def test_who_writes_as_a_channel_presses_the_buttons_of_their_own_answer(bot):
    answer = ask(bot, **as_channel())
    assert len(press(bot, words.CONTEXT, answer, MEMBER)) == 2
    assert press(bot, words.MORE, answer, MEMBER)[-1].method == "sendMessage"


def test_those_who_write_as_two_channels_are_two(bot):
    bot.desk.quotas._clock = lambda: 0.0
    other = as_channel() | {"sender_chat": {"id": -1003, "type": "channel", "title": "D"}}
    for _ in range(15):
        ask(bot, **as_channel())
    assert bot.desk.quotas.preview("ask", CHANNEL, 0)[1] == 15
    ask(bot, **other)
    assert bot.desk.quotas.preview("ask", -1003, 0)[1] == 1


def add(bot, **sender):
    return texts(bot.says(f"/add@{NAME} https://127.0.0.1/x", chat=GROUP, **sender))[-1]


@pytest.mark.parametrize("sender", [{"person": ADMIN}, as_group()])
@pytest.mark.parametrize(
    ("settings", "may"),
    [
        ({"open_add": False}, False),
        ({"open_add": True}, True),
        ({"open_add": False, "adders": (GROUP,)}, True),
        ({"open_add": False, "adders": (CHANNEL, 55)}, False),
        ({"open_add": False, "allowed": (GROUP,)}, False),
    ],
)
def test_a_named_and_an_anonymous_administrator_have_the_same_rights(settings, may, sender):
    bot = Bot(**settings)
    bot.request.admins.add(ADMIN)
    assert add(bot, **sender).startswith("Fetching" if may else "Adding and removing articles is for people")
    bot.close()


@pytest.mark.parametrize("sender", [{"person": MEMBER}, as_channel()])
def test_others_in_the_group_may_not_add(sender):
    bot = Bot(open_add=True, adders=(GROUP,))
    bot.request.admins.add(ADMIN)
    assert add(bot, **sender).startswith("Adding and removing")
    bot.close()


def test_an_administrator_removes_what_the_group_added():
    bot = Bot(open_add=True)
    bot.request.admins.add(ADMIN)
    bot.index.add(article(FERRY), collection_of_chat(GROUP))
    assert texts(bot.says(f"/remove@{NAME} Lindhaven", chat=GROUP, person=MEMBER)) == [words.ADMINS_ONLY]
    asked = bot.says(f"/remove@{NAME} Lindhaven", chat=GROUP, **as_group())[-1]
    assert bot.presses(words.REMOVE, asked, chat=GROUP, person=MEMBER)[-1].text == words.ASKERS_ONLY
    assert "Removed" in bot.presses(words.REMOVE, asked, chat=GROUP, person=ADMIN)[-1].text
    bot.close()


def test_an_offer_to_who_writes_as_a_channel_is_for_administrators(bot):
    bot.index.add(article(FERRY), collection_of_chat(GROUP))
    asked = bot.says(f"/remove@{NAME} Lindhaven", chat=GROUP, person=ADMIN)[-1]
    assert asked.text == words.MAY_NOT_ADD.format(person=ADMIN)
    key = "k" * 16
    bot.store.keep(SavedScreen(key, GROUP, 0, CHANNEL, None, "offer", {"remove": "x"}), [41], 0.0)
    assert bot.presses(f"{key}:x", chat=GROUP, person=MEMBER, message=41)[-1].text == words.ASKERS_ONLY
    assert bot.presses(f"{key}:x", chat=GROUP, person=ADMIN, message=41)[-1].text == words.UNCHANGED


def test_one_who_is_listed_as_an_adder_locks_nobody_out():
    bot = Bot(open_add=False, adders=(55,))
    assert CABLE in bot.says(ASKED)[0].text
    assert bot.says("/add https://127.0.0.1/x", chat=55)[0].text.startswith("Fetching")
    assert bot.says("/add https://127.0.0.1/x")[0].text == words.MAY_NOT_ADD.format(person=7)
    bot.close()


MEMBERSHIP = {"user": {"id": 99, "is_bot": True, "first_name": "Q"}, "until_date": 0}


def joins(bot, kind):
    change = {"chat": {"id": CHANNEL, "type": kind, "title": "C"}, "from": ANONYMOUS, "date": 1}
    members = {"old_chat_member": MEMBERSHIP | {"status": "left"}, "new_chat_member": MEMBERSHIP | {"status": "member"}}
    return bot.update(my_chat_member=change | members)


def test_nothing_is_posted_into_a_channel_that_takes_the_bot_in(bot):
    assert joins(bot, "channel") == []
    assert len(joins(bot, "group")) == 1


def post(text=FERRY, number=12, **more):
    channel = {"id": CHANNEL, "type": "channel", "title": "Tern Wire", "username": "tern"}
    origin = {"type": "channel", "date": 1_700_000_000, "chat": channel, "message_id": number}
    telegram = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    sender = {"from": telegram, "sender_chat": channel, "is_automatic_forward": True, "forward_origin": origin}
    return sender | {"text": text} | more


def cards(bot):
    return list(bot.index.articles(Filter(collections=(collection_of_chat(GROUP),))))


def follow(bot, words="", **sender):
    return texts(bot.says(f"/follow@{NAME} {words}".strip(), chat=GROUP, **(sender or {"person": ADMIN})))


@pytest.fixture
def following():
    bot = Bot(open_add=True)
    bot.request.admins |= {ADMIN, 99}
    bot.request.about = {"linked_chat_id": CHANNEL}
    assert follow(bot) == [words.FOLLOWING]
    yield bot
    bot.close()


def posts(bot, kind="message", **more):
    return bot.update(**{kind: bot.message(None, GROUP) | {"message_id": 400} | post(**more)})


def test_a_channels_posts_are_read_when_an_administrator_says_so(following):
    assert posts(following) == []
    (card,) = cards(following)
    assert (card.agency, card.url) == ("Tern Wire", "https://t.me/tern/12")
    assert "ferry" in ask(following, "What did the ferry's owner do?").text
    assert posts(following, text=None, caption=FERRY.replace("ferry", "barge"), number=13) == []
    assert len(cards(following)) == 2
    assert follow(following, "off") == [words.FOLLOW_OFF]
    assert posts(following, text=FERRY.replace("ferry", "tug"), number=14) == []
    assert len(cards(following)) == 2


def test_an_edited_post_is_a_newer_version(following):
    posts(following)
    assert posts(following, "edited_message", text=FERRY.replace("40 ships", "45 ships")) == []
    assert len({card.story for card in cards(following)}) == 1
    assert len(cards(following)) == 2
    assert "45 ships" in ask(following, "How many ships does the port of Lindhaven handle a week?").text


def test_a_post_of_a_private_channel_has_an_address_too(following):
    channel = {"id": -1009876, "type": "channel", "title": "Tern Wire"}
    posts(following, forward_origin={"type": "channel", "date": 1, "chat": channel, "message_id": 3})
    assert [card.url for card in cards(following)] == ["https://t.me/c/9876/3"]


@pytest.mark.parametrize(
    "text", ["", "De minister zei maandag dat de vergadering niet voor de avond begint. " * 9, "🙂"]
)
def test_a_post_that_is_no_article_is_passed_over_in_silence(following, text):
    assert posts(following, text=text) == []
    assert cards(following) == []


def test_a_group_reads_no_more_posts_than_it_may_add():
    bot = Bot(open_add=True, megabytes_per_day=0)
    bot.store.set_talk(GROUP, SETTLED, {"follows": True})
    assert posts(bot) == []
    assert cards(bot) == []
    bot.close()


def test_a_channel_is_followed_though_its_posts_are_nobodys_who_may_ask():
    bot = Bot(open_add=True, allowed=(ADMIN,))
    bot.request.admins |= {ADMIN}
    bot.request.about = {"linked_chat_id": CHANNEL}
    assert follow(bot) == [f"{words.FOLLOWING}\n{words.FOLLOW_BLIND}"]
    assert posts(bot) == []
    assert len(cards(bot)) == 1
    bot.request.faults["getChatMember"] = [(400, {"description": "Bad Request: user not found"})]
    assert follow(bot) == [words.ADMINS_ONLY]
    bot.close()


def test_a_post_that_names_the_bot_asks_nothing(bot):
    assert posts(bot, text=f"@{NAME} {ASKED}", entities=[{"type": "mention", "offset": 0, "length": 10}]) == []
    assert cards(bot) == []


def test_who_may_have_a_channel_followed(bot):
    bot.request.about = {"linked_chat_id": CHANNEL}
    assert texts(bot.says("/follow")) == [words.FOLLOW_WHERE]
    assert follow(bot, person=MEMBER) == [words.ADMINS_ONLY]
    assert follow(bot) == [words.MAY_NOT_ADD.format(person=ADMIN)]
    open_bot = Bot(open_add=True)
    open_bot.request.admins.add(ADMIN)
    assert follow(open_bot) == [words.FOLLOW_NONE]
    open_bot.close()
