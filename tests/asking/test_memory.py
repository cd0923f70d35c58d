"""What is remembered of earlier questions: it saves time, and changes no reply."""

from __future__ import annotations

import pytest

from index import Article, Filter, Verdict, open_index
from index.asking import answer, reply

STORY = """\
Court frees ferry captain

The appeal court freed ferry captain Ada Kessler on Monday after 11 years in prison.

Prosecutor Tom Reeves said that he would not appeal. He apologised to the family in a letter.
"""
TALK = ("Who was freed?", "thanks", "Who is the prosecutor?", "What did he say?", "And what else did he say?")


@pytest.fixture
def index():
    with open_index("memory:", meaning=False) as opened:
        opened.add(Article.from_text(STORY))
        yield opened


@pytest.fixture
def asked_again(monkeypatch):
    """Collect the earlier questions that are answered again."""
    again = []
    plain = answer._answer_again

    def watch(text, thread, scope):
        again.append(text)
        return plain(text, thread, scope)

    monkeypatch.setattr(answer, "_answer_again", watch)
    return again


def hold(index, filter=None):
    return [index.ask(text, TALK[:place], filter) for place, text in enumerate(TALK)]


def test_no_earlier_question_is_answered_again(index, asked_again):
    first = hold(index)
    assert asked_again == []
    assert hold(index) == first


def test_what_is_not_remembered_is_answered_again_once(index, asked_again):
    talked = hold(index)[-1]
    index._memory.forget()
    assert index.ask(TALK[-1], TALK[:-1]) == talked
    assert asked_again == list(TALK[-4:-1])
    index.ask(TALK[-1], TALK[:-1])
    assert len(asked_again) == 3


def test_nothing_is_remembered_of_another_filter(index, asked_again):
    hold(index)
    index.ask(TALK[-1], TALK[:-1], Filter(sources=("nowhere",)))
    assert asked_again == list(TALK[-4:-1])


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_change_of_the_articles_is_noticed(index, change):
    hold(index)
    if change == "add":
        index.add(Article.from_text("Tom Reeves, the prosecutor, runs a bakery."))
    else:
        index.remove(next(index.articles()).id)
    assert not index._memory._told
    assert (index.ask(TALK[3], TALK[:3]).verdict is Verdict.REFUSED) is (change == "remove")


def test_an_article_that_may_no_longer_speak_is_not_remembered(index, asked_again):
    hold(index)
    index.engine.remove(next(index.articles()).id, "default")  # as another process does
    assert index.ask(TALK[3], TALK[:3]).citations == ()
    assert asked_again == [TALK[0], TALK[2]]


def test_only_so_many_are_remembered(index, monkeypatch):
    monkeypatch.setattr(reply, "REMEMBERED", 5)
    for number in range(7):
        index.ask(f"question {number}")
    assert [key[-1][-1] for key in index._memory._told] == [f"question {number}" for number in range(2, 7)]
