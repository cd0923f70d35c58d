"""Why a reply has its verdict: a code, its values, and one sentence of English."""

import copy
import pickle
from datetime import datetime

import pytest

from index import Article, Filter, open_index
from index.asking import reasons
from index.asking.reasons import explain_emptiness, explain_silence, make_reason
from index.forms.serial import reply_from_dict, reply_to_dict
from index.language.names import describe_language
from index.model import Card
from index.stories import Silence
from index.verdicts import Reason, ReasonCode

CARD = Card(id="a", sha256="", title="Harbour closes", agency="Tern Agency")
STORY = (
    "PELLAN, May 3 (Wire) -- Ada Kessler closed the pier of Pellan in May. It was old. Ida Holm called boats near Larn."
)


def test_every_code_but_that_of_an_error_has_its_sentence():
    assert set(reasons.SENTENCES) == set(ReasonCode) - {ReasonCode.ERROR}


def test_a_reason_is_its_english_and_says_its_code_and_values():
    reason = make_reason(ReasonCode.PARTLY_MENTIONED, words=("pier",), missing=("cost", "year", "mayor"))
    assert reason == "It speaks of “pier”, but never mentions “cost”, “year” or “mayor”."
    assert (reason.code, reason.values["missing"]) == ("partly_mentioned", ("cost", "year", "mayor"))
    assert make_reason(ReasonCode.STATED, words=()) == "A sentence holds it."


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda reason: pickle.loads(pickle.dumps(reason))])
def test_a_copy_of_a_reason_keeps_code_and_values(again):
    reason = again(make_reason(ReasonCode.ARTICLE_LACKS, missing=("pier",)))
    assert (str(reason), reason.code, reason.values) == (
        "The article never mentions “pier”.",
        "article_lacks",
        {"missing": ("pier",)},
    )


def test_what_a_title_holds_is_no_part_of_the_sentence():
    card = Card(id="a", sha256="", title="{missing} 100% {0}")
    assert explain_silence(card, Silence.SUPERSEDED).startswith("“{missing} 100% {0}” was superseded")


def test_why_an_article_is_silent():
    assert explain_silence(CARD, Silence.WITHDRAWN) == (
        "“Harbour closes” was withdrawn by Tern Agency, so nothing of it is cited."
    )
    held = Card(id="a", sha256="", title="Harbour closes", embargo=datetime(2023, 1, 3, 12))
    assert "until 2023-01-03 12:00" in explain_silence(held, Silence.EMBARGOED)
    assert explain_silence(Card(id="a", sha256="", source="in/a.txt"), Silence.SUPERSEDED).startswith("“a.txt” was")


def test_why_there_is_nothing_to_look_through():
    assert explain_emptiness(Filter(collections=("secret",))).code == "no_article"
    assert explain_emptiness(Filter(sources=("kite",), lead=3)) == "No article here passes source:kite lead:3."


@pytest.mark.parametrize(
    ("question", "code", "values"),
    [
        ("Who closed the pier of Pellan?", "stated", {"words": ("closed", "pier", "Pellan")}),
        (
            "Did Ida Holm zorbulate near Larn?",
            "partly_mentioned",
            {"words": ("Ida", "Holm", "Larn"), "missing": ("zorbulate",)},
        ),
        ("How much kimchi was sold?", "article_lacks", {"missing": ("kimchi", "sold")}),
        ("Hello!", "small_talk", {}),
        ("Who is it?", "no_words", {}),
        ("Wie zei nee tegen de pers?", "other_language", {"language": "nl", **describe_language("nl")}),
        ("Qui a dit non à la presse ?", "none_in_language", {"language": "fr", "articles": {"en": 1}}),
        ("x" * 2001, "too_long", {"limit": 2000}),
    ],
)
def test_a_reply_tells_the_code_and_its_values_in_json_too(question, code, values):
    with open_index("memory:") as index:
        index.add(Article.from_text(STORY))
        reply = index.ask(question)
    assert (reply.reason.code, reply.reason.values) == (code, values)
    form = reply_to_dict(reply)
    assert (form["reason"], form["reason_code"]) == (reply.reason, code)
    assert reply_from_dict(form).reason.values == values


@pytest.mark.parametrize("question", ["Did the lawyer like kimchi?", "did the attorney like kimchi"])
def test_what_is_said_in_another_word_is_not_called_missing(fresh_index, question):
    fresh_index.add(Article.from_text("Ada Kessler, an attorney, closed the pier. The attorney lives in Pellan."))
    reason = fresh_index.ask(question).reason
    assert "kimchi" in reason
    assert "lawyer" not in reason.values["missing"]


def test_a_synonym_finds_what_the_question_calls_otherwise(fresh_index):
    fresh_index.add(Article.from_text("Ada Kessler is an attorney. The pier of Pellan is old."))
    assert [number for _, number, _ in fresh_index.rank("who is the lawyer").sentences][0:1] == [1]
    assert "lawyer" not in fresh_index.ask("who is the lawyer").reason


def test_a_reply_of_an_earlier_version_is_read_without_a_code():
    form = {"format": 1, "question": "?", "understood": None, "verdict": "refused", "confidence": 0.0, "passages": []}
    reason = reply_from_dict(form | {"reason": "The article never mentions “kimchi”."}).reason
    assert (reason, reason.code, reason.values) == (Reason("The article never mentions “kimchi”."), "", {})
