"""What is a request and what is a question: our 580 phrasings, and 60 more that were written after the table."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.asking.understand import strip_courtesy
from index.digest import DigestKind, recognise, requests
from tests.evaluate.test_own_sets import read_lines
from tests.support.paths import EVAL, need_shared
from tests.train import make_keys

FRESH = {
    "about": [
        "What's this piece about?",
        "Summarise this for me please",
        "could you give me the gist?",
        "Give me the key facts",
        "the main points of the article, please",
        "sum up the story",
        "What is the story about?",
        "a short summary please",
        "tldr please",
        "What does this article say?",
        "What are the most important facts?",
        "briefly, what is this about?",
    ],
    "quotes": [
        "Show me all the quotes",
        "Who said what in the article?",
        "all quotes by the mayor",
        "Everything Kessler said",
        "list quotes from Tom Reeves",
        "Are there any direct quotes?",
        "who is quoted",
        "what are the minister's quotes?",
    ],
    "people": [
        "Who is mentioned in this article?",
        "list the people",
        "Which people are named?",
        "all the names in the story",
        "who are the people involved?",
        "who is in this story?",
    ],
    "timeline": [
        "Give me a timeline",
        "timeline of events",
        "What happened when?",
        "show me the dates",
        "the chronology of the story",
        "in which order did things happen?",
    ],
    "numbers": [
        "Show me the numbers",
        "What are the key figures?",
        "all the figures in the article",
        "any statistics?",
        "list all numbers",
    ],
    "headline": ["What's the headline?", "the title please", "what is the title of the story?"],
    "published": ["When was this article published?", "how old is this story?", "What's the publication date?"],
    "author": ["Who wrote this article?", "who is the author of this piece?", "who's the reporter?"],
    "length": ["How long is the article?", "how many words does it have?", "what's the word count?"],
    "source": ["Where is this article from?", "what's the source?", "which newspaper is this?"],
    "latest": ["What's new?", "the latest news on the strike", "any updates?"],
    "list": ["Which articles do you have?", "list all the articles", "what stories are there?"],
    "compare": ["compare the two articles on the cost", "Compare article 2 and article 3"],
}


def test_our_phrasings_are_recognised_and_what_looks_like_one_is_not():
    rows = read_lines("requests.jsonl")
    wrong = [row for row in rows if _read(row["text"]) != row["kind"]]
    assert len([row for row in wrong if row["kind"] is None]) == 0
    assert len(wrong) <= 0.02 * len(rows), wrong


def test_slots_are_found():
    rows = [row for row in read_lines("requests.jsonl") if row["slot"]]
    found = {row["text"]: recognise(strip_courtesy(row["text"])) for row in rows}
    wrong = [row for row in rows if not found[row["text"]] or " | ".join(found[row["text"]].slots) != row["slot"]]
    assert len(wrong) <= 0.05 * len(rows), wrong


def test_phrasings_that_were_written_after_the_table():
    rows = [(kind, text) for kind, texts in FRESH.items() for text in texts]
    assert len(rows) == 60
    wrong = [(kind, text, recognise(strip_courtesy(text))) for kind, text in rows if _read(text) != kind]
    assert len(wrong) <= 0.05 * len(rows), wrong


def _read(text):
    found = recognise(strip_courtesy(text))
    return None if found is None else str(found.kind)


def test_hardly_a_question_is_taken_for_a_request():
    """Questions such as "Who is Kim?" are left aside: the faces take it for a request only if the article names Kim."""
    need_shared(EVAL)
    taken = total = 0
    for name in ("squad2-even", "quail-a", "clapnq-a", "wikiqa-dev", "selqa-dev", "sloppy-a", "mtragun-a"):
        for line in (EVAL / name / "questions.jsonl").read_text("utf-8").splitlines():
            found = recognise(strip_courtesy(json.loads(line)["question"]))
            taken += found is not None and found.kind is not DigestKind.PERSON
            total += 1
    assert total > 5000
    assert taken <= total / 300


@pytest.mark.parametrize("text", ["", "?", "x" * 300, "who", "what is the bill about?", "who is named as heir", "the"])
def test_what_is_no_request(text):
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text", ["newest article", "what's the latest article about the pier", "which is the newest story"]
)
def test_the_newest_article_is_asked_for(text):
    assert recognise(text).kind is DigestKind.LATEST


def test_the_keys_are_those_of_the_phrasings():
    assert requests.KEYS.read_text("ascii") == make_keys.make_phrasings(), "run python -m tests.train.make_keys"


FITTING = st.sampled_from(requests.list_phrasings()).flatmap(
    lambda row: st.tuples(st.just(row[1]), st.from_regex(re.compile(row[1], re.IGNORECASE), fullmatch=True))
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(FITTING)
def test_whatever_fits_a_phrasing_holds_its_keys(fitting):
    pattern, text = fitting
    assert pattern in {each.pattern for _, each in requests._list_near(text)}


def test_few_phrasings_are_compiled_for_a_question():
    for question in ("How many homes lost power?", "Who denied the talks?", "Where did the Aurora sink on Monday?"):
        assert len(list(requests._list_near(question))) <= 2
