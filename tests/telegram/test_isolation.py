"""P13: what one chat adds, no other chat sees, by whatever way it asks."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.serving.http import HttpRequest
from bot.telegram.access import collection_of_chat
from bot.telegram.lookout import Lookout
from bot.telegram.reading import make_door
from index import Article, Filter
from index.sources import read_bytes
from tests.support.counts import draw_from, how_often
from tests.support.telegram_chat import NAME, Bot, keyboard

CHATS = {1: 1, 2: 2, -30: 3, -40: 4, -50: 1}
"""Each chat, and a person in it; the first person is in a group, too."""

WAYS = (
    "question", "twin", "follow-up", "list", "use", "article", "next", "cite", "context", "why", "json", "start",
    "refusal", "button", "foreign button", "foreign article", "inline", "deep link", "edit", "reply", "diff", "remove",
    "stats", "watch", "watches", "addition", "page",
)  # fmt: skip


def canary(chat):
    """Return a word that stands in that chat's articles alone."""
    return f"Zanzi{'abcde'[list(CHATS).index(chat)] * 3}bar"


TWINS = {
    "shared": (
        "The bridge of Calder was closed on Friday after a barge hit its third pillar.",
        "Mayor Ann Holt said that it will stay shut until the divers have looked at the pillar.",
    ),
    "apart": (
        "The theatre of Marrow was sold on Tuesday to a company that builds garages.",
        "Director Olaf Brandt said that the last play will be given in June.",
    ),
}
"""Texts that every chat adds, and the operator the first of them: each with a card of its own; only that is secret."""

TWIN_QUESTIONS = ("What did Mayor Ann Holt say about the bridge?", "What did Director Olaf Brandt say about the play?")


def page(word, name):
    """Return a web page that names the word wherever a page can, but not in its text."""
    head = f"""<title>{word} {name}</title><meta name=author content="{word} Author"><meta property="og:site_name"
      content="{word} Agency"><meta property="og:title" content="{word} headline {name}"><meta name=description
      content="{word} note"><link rel=canonical href="https://{word}.example/{name}"><meta
      property="article:published_time" content="2024-05-03T09:00:00Z">"""
    body = "".join(f"<p>{sentence}</p>" for sentence in TWINS[name])
    return f"<!doctype html><html lang=en><head>{head}</head><body><article>{body}</article></body></html>".encode()


def story(chat, lead=""):
    word = canary(chat)
    said = f"denied that {word} was to blame{' at all' if lead else ''}. He will meet its owners on Friday."
    cost = f"CALDER, May 3 (Tern Agency) -- The {word} affair has cost 12 million crowns."
    return f"{lead}Report on the {word} affair\n\n{cost}\n\nMinister Rolf Quist {said}\n\n(END)\n"


WATCHED = ("What did Minister Rolf Quist deny today?", *TWIN_QUESTIONS)


class Town:
    """Five chats of one bot, each with a secret word in its articles."""

    def __init__(self):
        self.bot = Bot(admins=tuple(set(CHATS.values())), pages_url="https://pages.example/read")
        self.door = make_door(self.bot.desk, "/read/")
        self.lookout = Lookout(self.bot.desk, self.bot.application.bot)
        self.bot.runner.run(self.lookout.look())
        self.pages = []
        self.notices = {}
        self.additions = 0
        self.bot.request.admins.update(CHATS.values())
        self.numbers = {}
        self.data = []
        self.codes = []
        self.ids = []
        self.checked = 0
        operators = read_bytes(page("Operator", "shared"), "operator.html")
        for at, (chat, person) in enumerate(CHATS.items()):
            word = canary(chat)
            if at == 2:  # some chats were before the operator, some come after
                self.bot.index.add(operators)
            files = {f"{word}{len(text)}.txt": text.encode() for text in (story(chat), story(chat, "(LEAD) "))}
            files |= {f"{word}-{name}.html": page(word, name) for name in TWINS}
            for name, data in files.items():
                self.bot.request.files[f"d/{name}"] = data
                sent = {"file_id": name, "file_unique_id": "u", "file_name": name}
                message = self.bot.message(None, chat, person) | {"document": sent, "caption": "/add"}
                self.look(chat, self.bot.update(message=message))
            self.ids += [card.id for card in self.bot.index.articles(Filter(collections=(collection_of_chat(chat),)))]
        assert len(self.ids) == 4 * len(CHATS)
        assert len({*self.ids}) == 2 * len(CHATS) + len(TWINS), "every chat has the same twins"
        assert operators.id in self.ids

    def look(self, chat, calls, person=None):
        """Fail on any foreign word in what went out to the chat; gather what can be abused later."""
        self.files = repr(self.bot.request.uploads)
        self.bot.request.uploads.clear()
        for call in calls:
            shown = (repr(vars(call)) + self.files).casefold()
            for other in CHATS:
                if other != chat and person != other:
                    assert canary(other).casefold() not in shown, (chat, other, call)
            self.checked += 1
            self.data += [
                button["callback_data"] for row in keyboard(call) for button in row if "callback_data" in button
            ]
            self.pages += [
                (chat, button["url"].partition("#")[0].removeprefix("https://pages.example"))
                for row in keyboard(call)
                for button in row
                if button.get("url", "").startswith("https://pages.example/")
            ]
            if call.method == "answerInlineQuery" and getattr(call, "button", None):
                self.codes.append(call.button["start_parameter"])
            if call.method == "sendMessage":
                self.numbers.setdefault(chat, []).append(call.sent)

    def says(self, chat, text, **more):
        calls = self.bot.says(
            f"@{NAME} {text}" if chat < 0 and not text.startswith("/") else text, chat, CHATS[chat], **more
        )
        self.look(chat, calls)
        return calls

    def adds(self, chat):
        """Add an article to a chat by another way than the bot, and let the bot look what is new."""
        word, number = canary(chat), self.additions
        self.additions += 1
        text = f"{word} denial {number}\n\nMinister Rolf Quist denied today that {word} lost {number} crowns.\n"
        self.bot.index.add(Article.from_text(text), collection_of_chat(chat))
        before = len(self.bot.request.calls)
        self.lookout._quiet.clear()
        self.bot.runner.run(self.lookout.look())
        for call in self.bot.request.calls[before:]:
            self.look(call.chat_id, [call])
            self.notices.setdefault(call.chat_id, []).append(call)

    def reads(self, chat, path):
        """Open a page that was offered to a chat, and fail on any foreign word in it."""
        handle, gate = self.door
        request = HttpRequest("GET", path, {}, b"")
        assert gate(request) is None
        found = self.bot.runner.run(handle(request))
        assert found.status in (200, 404)
        for other in CHATS:
            assert other == chat or canary(other).casefold() not in found.text.casefold(), (chat, other, path)
        return found.text

    def step(self, way, chat, other, pick):
        """Do one thing in a chat, often about another chat's secret."""
        secret = canary(other)
        match way:
            case "watch":
                self.says(chat, f"/watch {pick(WATCHED)}")
            case "watches":
                self.says(chat, "/watches")
            case "addition":
                self.adds(other)
            case "page":
                if self.pages:
                    self.reads(*pick(self.pages))
            case "question":
                # The asker's own word comes back in what was understood; a word that nobody wrote must not.
                self.says(chat, "What did Minister Rolf Quist deny?")
            case "twin":
                self.says(chat, pick(TWIN_QUESTIONS))
            case "follow-up":
                self.says(chat, "And when will he meet its owners?")
            case "refusal":
                self.says(chat, "How much does the moon weigh?")
            case "list":
                self.says(chat, "/articles")
            case (
                "use" | "article" | "next" | "cite" | "context" | "why" | "json" | "start" | "diff" | "remove" | "stats"
            ):
                argument = {"use": " 1", "diff": " 1", "remove": " Report"}.get(way, "")
                self.says(chat, f"/{way}{argument}")
            case "button" | "foreign button":
                if self.data:
                    self.look(chat, self.bot.presses(pick(self.data), chat=chat, person=CHATS[chat]))
            case "foreign article":
                self.says(chat, f"What did the minister deny? article:{pick(self.ids)}")
                self.says(chat, f"/use {pick(self.ids)}")
                self.says(chat, "/use all")
            case "inline":
                person = CHATS[chat]
                self.look(person, self.bot.inline("What did Minister Rolf Quist deny?", person), person)
            case "deep link":
                if self.codes:
                    self.says(chat, f"/start {pick(self.codes)}")
            case "edit":
                question = self.bot.message("What did Minister Rolf Quist deny?", chat, CHATS[chat])
                self.look(chat, self.bot.update(message=question))
                self.look(
                    chat, self.bot.edits(question["message_id"], "When will he meet its owners?", chat, CHATS[chat])
                )
            case "reply":
                number = pick([number for numbers in self.numbers.values() for number in numbers])
                shown = self.bot.message("x", chat) | {"message_id": number}
                self.says(chat, "And who will meet them?", reply_to_message=shown)
        assert secret

    def close(self):
        self.bot.close()


@pytest.fixture(scope="module")
def town():
    found = Town()
    yield found
    found.close()


def test_a_chats_own_secret_is_found_there(town):
    """The test can fail: each secret does come out in its own chat, from its texts and from their cards."""
    for chat in CHATS:
        for question in TWIN_QUESTIONS:
            assert any(f"{canary(chat)} headline" in getattr(call, "text", "") for call in town.says(chat, question))
        assert town.says(chat, "/json")
        assert f"{canary(chat)} Agency" in town.files
        assert any(
            canary(chat) in getattr(call, "text", "") for call in town.says(chat, "What did Minister Rolf Quist deny?")
        )


def test_a_chats_own_secret_is_in_its_notices_and_pages(town):
    """The test can fail there, too."""
    for chat in CHATS:
        town.says(chat, f"/watch {WATCHED[0]}")
    for chat in CHATS:
        before = {other: len(town.notices.get(other, [])) for other in CHATS}
        town.adds(chat)
        told = {other for other in CHATS if len(town.notices.get(other, [])) > before[other]}
        assert told == {chat}
        assert canary(chat) in town.notices[chat][-1].text
        assert canary(chat) in town.reads(*[page for page in town.pages if page[0] == chat][-1])


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(WAYS), st.sampled_from(list(CHATS)), st.sampled_from(list(CHATS)), st.integers(0, 999)
        )
    )
)
def test_no_chat_sees_another_ones_articles(town, steps):
    for way, chat, other, number in steps:
        town.step(way, chat, other, lambda items, number=number: items[number % len(items)])


@how_often(60, 2000)
def test_no_secret_comes_out_in_many_steps(count):
    town, chance = Town(), random.Random(draw_from("steps"))
    for _ in range(count):
        town.step(chance.choice(WAYS), chance.choice(list(CHATS)), chance.choice(list(CHATS)), chance.choice)
    print(f"P13: {count} steps, {town.checked} calls looked at, 0 foreign words")
    town.close()
    assert town.checked > count
