"""Messages with several questions, and with courtesies around them."""

import pytest

from index.asking.several import MOST, asks_yes_or_no, split_questions
from index.asking.understand import strip_courtesy


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Who is missing? When was it?", ("Who is missing?", "When was it?")),
        ("1) how big was the loan 2) who got it", ("how big was the loan", "who got it")),
        ("Two things:\n1. Who drowned?\n2. Where?", ("Who drowned?", "Where?")),
        ("- who drowned\n- where was it", ("who drowned", "where was it")),
        ("how much was it worth and who found it?", ("how much was it worth", "who found it?")),
        ("is the road open? whats the warning level", ("is the road open?", "whats the warning level")),
        ("Hi! Who is missing? And where? Thanks, Ann", ("Who is missing?", "And where?")),
        ("The pier is old. Who built it? Who pays?", ("The pier is old. Who built it?", "Who pays?")),
    ],
)
def test_questions_are_told_apart(message, asked):
    assert split_questions(message).asked == asked
    assert split_questions(message).left == ()


@pytest.mark.parametrize(
    "message",
    [
        "Who is missing?",
        "What did Kim and Lee say?",
        "what about the mayor, what does he think",
        "When a commission decides, what happens?",
        "Who said that prices and wages will rise?",
        "the harbour",
        "",
        "x" * 3000 + "? Who?",
    ],
)
def test_one_question_stays_whole(message):
    assert split_questions(message).asked == (message,)


def test_more_than_five_are_left():
    found = split_questions(" ".join(f"Who is number {n}?" for n in range(7)))
    assert len(found.asked) == MOST
    assert found.left == ("Who is number 5?", "Who is number 6?")


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Hi! Who is missing? Thanks, Ann", "Who is missing?"),
        ("hey bot, who is missing", "who is missing"),
        ("thanks! and who found him?", "and who found him?"),
        ("> On Tue, Ann wrote:\n> who was it?\nWho is missing?\n-- \nTom", "Who is missing?"),
        ("Dear Pullquote, who is missing? Kind regards, M. Ortiz", "who is missing?"),
        ("who is missing thx", "who is missing"),
        ("when was Kirstie Alley on Cheers", "when was Kirstie Alley on Cheers"),
        ("What did the mayor say about the best plan", "What did the mayor say about the best plan"),
        ("no, I meant the mayor", "what about the mayor"),
        ("no wait i mean the driver. whats his name", "the driver. whats his name"),
        ("not him, pell. how many games has he played", "pell. how many games has he played"),
        ("I mean", "I mean"),
        ("Could you please tell me who is missing?", "who is missing?"),
        ("I'd like to know why he left", "why he left"),
        ("tell me more", "tell me more"),
        ("By the way: who is missing?", "who is missing?"),
        ("Well, right, one more thing, who is missing?", "who is missing?"),
        ("right to left", "right to left"),
        ("That was really sad. Who is missing?", "Who is missing?"),
        ("He left, right?", "He left?"),
        ("Who was right?", "Who was right?"),
        ("thanks", "thanks"),
        ("> quoted only", "> quoted only"),
        ("", ""),
    ],
)
def test_courtesies_are_no_part_of_a_question(message, question):
    assert strip_courtesy(message) == question


@pytest.mark.parametrize("question", ["Did he resign?", "and was she hurt", "isn't it late?", "Hi! Is Kim in? Thanks"])
def test_a_yes_or_a_no_is_wanted(question):
    assert asks_yes_or_no(question)


@pytest.mark.parametrize("question", ["Who did it?", "what's new", "When was it?", "", "the ferry", "is who here?"])
def test_neither_is_wanted(question):
    assert not asks_yes_or_no(question)
