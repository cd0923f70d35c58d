"""Requests in the console: digests in words and as commands, several questions, a new start, the prompt of /use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.console import make_prompt
from bot.conversation.commands import read
from bot.conversation.dialogue import Answer, Answers, AskEach, Listing, Note, Tell, Told
from bot.conversation.perform import perform
from bot.conversation.state import State
from bot.pages.lines import render_plain
from bot.pages.render import render
from bot.telegram.screens.quotations import draw_answer
from bot.telegram.screens.wording import wording
from index import Article, open_index
from index.digest import DigestKind
from index.model import Metadata
from tests.digest.test_digests import STORY

OTHER = """\
Harbour wall of Sall to be raised

Mayor Olga Brandt said on Monday that the harbour wall would be raised by two metres. It will cost 90,000 pounds.
"""


@pytest.fixture
def index():
    with open_index("memory:") as opened:
        opened.add(Article.from_text(STORY, Metadata(published=datetime(2024, 3, 4, tzinfo=UTC))))
        yield opened


@pytest.fixture
def two(index):
    index.add(Article.from_text(OTHER, Metadata(published=datetime(2024, 3, 9, tzinfo=UTC))))
    return index


def say(index, *messages):
    state, output = State(), None
    for message in messages:
        state, output = perform(index, state, read(state, message))
    return state, output


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("what is this about?", DigestKind.ABOUT),
        ("/about", DigestKind.ABOUT),
        ("/summary", DigestKind.ABOUT),
        ("Hi! Could you summarize the article? Thanks, Ann", DigestKind.ABOUT),
        ("all quotes by Kessler", DigestKind.QUOTES),
        ("/quotes Kessler", DigestKind.QUOTES),
        ("who is Tom Reeves", DigestKind.PERSON),
        ("/people", DigestKind.PEOPLE),
        ("timeline please", DigestKind.TIMELINE),
        ("/numbers", DigestKind.NUMBERS),
        ("when was it published", DigestKind.PUBLISHED),
        ("what's new?", DigestKind.LATEST),
    ],
)
def test_requests_are_told_in_words_and_as_commands(index, message, kind):
    _, output = say(index, message)
    assert isinstance(output, Told)
    assert output.digest.kind is kind
    assert not output.digest.empty


@pytest.mark.parametrize("message", ["who is Petra?", "what is the latest on penguins?"])
def test_what_the_article_does_not_name_is_asked_as_a_question(index, message):
    _, output = say(index, message)
    assert isinstance(output, Answer)


def test_quotations_of_somebody_who_says_nothing_are_no_question(index):
    _, output = say(index, "all quotes by Petra")
    assert render_plain(render(output)) == "The article attributes no words to Petra.\n"


def test_of_a_library_the_article_that_speaks_of_the_person_is_told_of(two):
    for message, title in (("all quotes by Reeves", "Ferry sinks"), ("quotes by Olga Brandt", "Harbour wall of Sall")):
        _, output = say(two, message)
        assert title in output.digest.article.title
    assert say(two, "quotes by Petra")[1].digest.empty


def test_whoever_was_told_of_is_meant_by_he_and_she(index):
    _, output = say(index, "who is Ada Kessler", "what did she say?")
    assert output.reply.understood == "what did Ada Kessler say?"


def test_it_may_point_at_an_answer_instead_of_the_article(index):
    state, output = say(index, "When did the ferry sink?", "where was it?")
    assert isinstance(output, Answer)
    assert isinstance(read(state, "how long is it?"), type(read(state, "Who drowned?")))
    assert isinstance(read(State(), "how long is it?"), Tell)
    assert isinstance(read(state, "how long is the article?"), Tell)


def test_several_questions_are_answered_in_order(index):
    message = "Hi! Who is the prosecutor? How many people drowned? Thanks, Ann"
    assert isinstance(read(State(), message), AskEach)
    state, output = say(index, message)
    assert isinstance(output, Answers)
    assert [reply.question for reply in output.replies] == ["Who is the prosecutor?", "How many people drowned?"]
    assert state.history == ("Who is the prosecutor?", "How many people drowned?")
    page = render_plain(render(output))
    assert "1. Who is the prosecutor?" in page
    assert "2. How many people drowned?" in page


def test_questions_that_are_too_many_are_named(index):
    _, output = say(index, " ".join(f"Who is number {n}?" for n in range(6)))
    assert len(output.replies) == 5
    assert "Not asked, there are too many: Who is number 5?" in render_plain(render(output))


@pytest.mark.parametrize("command", ["/new", "/reset", "/clear"])
def test_a_new_start_forgets_the_thread(index, command):
    state, output = say(index, "Who is the prosecutor?", command)
    assert state.history == ()
    assert output == Note("The questions so far are forgotten.")
    _, after = say(index, "Who is the prosecutor?", command, "What did he say?")
    assert after.reply.understood is None


def test_the_prompt_says_what_alone_is_asked_and_the_way_back(two):
    state, _ = say(two, "/use 2")
    assert make_prompt(two, state) == "[Harbour wall of Sall to be raised · /use all goes back]\n> "
    assert make_prompt(two, State()) == "> "
    _, output = say(two, "/use 2", "/new")
    assert "Only 'Harbour wall of Sall to be raised' is asked" in output.text


def test_of_a_library_an_article_must_be_chosen(two):
    assert "/use" in say(two, "what is this about?")[1].text
    assert say(two, "/use 2", "what is this about?")[1].digest.article.title.startswith("Harbour wall")
    assert say(two, "What does the wall cost?", "/numbers")[1].digest.article.title.startswith("Harbour wall")
    assert isinstance(say(two, "which articles do you have?")[1], Listing)
    labels = [entry.label for entry in say(two, "what is new?")[1].digest.entries]
    assert labels[0].startswith("Harbour wall of Sall")


def test_two_articles_are_compared_on_one_question(two):
    _, output = say(two, "compare 1 and 2 on who said what about the cost")
    assert [reply.question for reply in output.replies] == ["who said what about the cost"] * 2
    assert "compare 1 and 2" in say(two, "compare")[1].text
    assert "compare 1 and 2" in say(two, "compare the train and the plane on speed")[1].text


def test_a_yes_or_no_question_is_told_that_the_article_says_something(index):
    _, output = say(index, "Did the ferry sink near Calder?")
    page = render_plain(render(output))
    assert page.startswith("The article says:\n")
    assert "The article says:" not in render_plain(render(say(index, "How many people drowned?")[1]))
    shown = draw_answer(output.reply).blocks[0].text  # the sentence comes first there, for a notification
    assert shown.index(output.reply.citations[0].text) == 0 < shown.index(wording.NO_VERDICT)
