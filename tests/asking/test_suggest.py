"""Suggested questions: each template, plain grammar, enough of them, and answered by the article."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import load_article
from index.asking.suggest import propose_questions
from index.evaluate.question_sets import read_set
from index.model import Article, hash_text, make_article_id
from index.verdicts import Verdict
from tests.support.paths import EVAL, SEEDS, need_shared

STORIES = sorted(SEEDS.glob("*.txt"))


def of(text: str) -> list[str]:
    return list(propose_questions(Article.from_text(text)))


@pytest.mark.parametrize(
    ("text", "question"),
    [
        # what somebody said
        ("Nobody was hurt. Ada Kessler said that she was glad.", "What did Ada Kessler say?"),
        (
            "The harbour bridge is in ruins. Ada Kessler said that nobody had repaired the harbour bridge.",
            "What did Ada Kessler say about the harbour bridge?",
        ),
        ("The council denied that it had been warned.", "What did the council deny?"),
        ("Police said the road was closed.", "What did police say about the road?"),
        ("“Nobody told us,” said ferry captain Tom Reeves.", "What did Tom Reeves say?"),
        ('"Nobody told us," Ada Kessler, a lawyer, said. "We knew Ada Kessler."', "What did Ada Kessler say?"),
        # who somebody is
        ("A light burned in the house of harbour captain Ada Kessler.", "Who is Ada Kessler?"),
        ("The keys were with Tom Reeves, the mayor of Lisbon.", "Who is Tom Reeves?"),
        ("Nobody asked Tom Reeves, who had the keys.", "Who is Tom Reeves?"),
        ("Nobody asked President Ada Kessler on Monday.", "Who is Ada Kessler?"),
        # reasons, numbers, times, places
        ("The bridge was closed because a cable broke.", "Why was the bridge closed?"),
        ("The council closed the bridge because a cable broke.", "Why did the council close the bridge?"),
        ("About 300 soldiers took part in the drill.", "How many soldiers took part in the drill?"),
        ("At least three people died and 84,000 homes lost power.", "How many people died?"),
        ("The crews took 212 people to safety, most of them by boat.", "How many people did the crews take to safety?"),
        ("The suit was brought in 2022 by a plumber.", "When was the suit brought?"),
        ("The council approved the plan on Monday.", "When did the council approve the plan?"),
        ("The ferry will stop on Sunday.", "When will the ferry stop?"),
        ("The allies signed the paper in Lisbon.", "Where did the allies sign the paper?"),
        ("Sales grew fastest in Asia last year.", "Where did sales grow fastest?"),
        # meanings
        ("The ROK stands for a republic.", "What does ROK stand for?"),
        ("The National Weather Office (NWO) sent a warning.", "What does NWO stand for?"),
        ("They want extended deterrence, which refers to a promise.", "What does extended deterrence refer to?"),
        ("Extended deterrence is a promise of help.", "What is extended deterrence?"),
        # deeds of persons
        (
            "Nobody asked Ada Kessler, who had the keys. Ada Kessler opened the harbour bridge.",
            "Who opened the harbour bridge?",
        ),
        # what else there is
        ("The light of the harbour tower burned all night.", "What about the harbour tower?"),
        ("The rain fell on Lake Victoria.", "What about Lake Victoria?"),
    ],
)
def test_a_sentence_gives_a_question(text, question):
    assert question in of(text)


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("Ada Kessler of the Superior Court said no.", "What did Superior"),
        ("It was closed because a cable broke.", "Why"),
        ("The man accused of theft was freed on Monday.", "When"),
        ("A man was freed on Monday.", "When"),
        ("The team was from Leeds in May.", "When"),
        ("The lift will stop at midnight on Sunday.", "When"),
        ("About 300 metres were dry on Sunday.", "How many metres"),
        ("She took 212 people to safety.", "How many"),
        ("The council said in Lisbon that it was late.", "Where"),
        ("The red car (ROK) was late.", "What does ROK"),
        ("The Great Old House (NWO) was late.", "What does NWO"),
        ("Which bridge was closed because a cable broke?", "Why"),
        ("The council had a bridge because it was rich.", "Why"),
        ("The council, which closed the bridge on Monday, said no.", "When"),
        ("The keys were with Phnom Penh, the capital of Cambodia.", "Who is Phnom"),
        ("They read the King James Bible.", "Who is James"),
        ("They spoke of it, which refers to a promise.", "What does"),
        ("Lawyers for the county said it was late.", "What did the county"),
        ("COPENHAGEN - Ada Kessler announced her return on Monday.", "When did COPENHAGEN"),
        ("In the tunnel, the prosecution had claimed that it was late.", "What did the prosecution had"),
        ("Engineers discovered in May that the pump was broken.", "When did engineers discover?"),
        ("The remark was made during a break on Monday.", "When was the remark"),
        ("The hydrants had been dry since March.", "When had"),
        ("The guests will sleep in the hall in Leeds.", "Where will the guests sleep in"),
        ("Maravia once made three million pairs of shoes.", "How many million"),
    ],
)
def test_what_would_be_bad_grammar_is_not_asked(text, beginning):
    assert not [question for question in of(text) if question.startswith(beginning)]


def test_datelines_and_small_first_words():
    asked = of("ALDERPORT, March 14 (Pinecoast Wire) -- The judges closed the bridge because a cable broke.")
    assert asked[0] == "Why did the judges close the bridge?"
    assert not any("ALDERPORT" in question or "Pinecoast" in question for question in asked)
    names = of("Marcus Teale took the keys in Lisbon. Rescue crews took the keys in Leeds.")
    assert "Where did Marcus Teale take the keys?" in names
    assert "Where did rescue crews take the keys?" in names


def test_kinds_take_turns():
    text = (
        "The bridge was closed because a cable broke. The road was closed because a tree fell. "
        "Ada Kessler said that she was glad. Ada Kessler said that she was sad. Nobody asked Tom Reeves, the mayor."
    )
    assert of(text)[:4] == [
        "What did Ada Kessler say?",
        "Why was the bridge closed?",
        "Who is Tom Reeves?",
        "Why was the road closed?",
    ]


def well_formed(question: str) -> bool:
    return bool(re.fullmatch(r"(?:What|Who|Why|When|Where|How many) \S.*[^\s?]\?", question)) and "  " not in question


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_every_seed_answers_three_of_its_questions(path, fresh_index):
    article = load_article(path)
    asked = list(propose_questions(article))
    assert len(asked) == len(set(asked))
    assert all(well_formed(question) and len(question) <= 90 for question in asked), asked
    fresh_index.add(article)
    answered = [question for question in asked if fresh_index.ask(question).verdict is Verdict.ANSWERED]
    assert len(answered) >= 3, asked


def test_there_are_seeds():
    assert len(STORIES) >= 4


def test_ordinary_articles_give_three_questions():
    articles = list(read_set(need_shared(EVAL / "xquad-en-even")).articles.values())[:10]
    assert len(articles) == 10
    for article in articles:
        asked = list(propose_questions(article))
        assert len(asked) >= 3, article.title
        assert all(map(well_formed, asked)), asked


WORDS = [
    *(
        "Ada",
        "Kessler",
        "The",
        "the",
        "council",
        "said",
        "closed",
        "was",
        "because",
        "on",
        "Monday",
        "in",
        "Lisbon",
        "about",
        "300",
    ),
    *(
        "people",
        ",",
        ".",
        "“",
        "”",
        "(NWO)",
        "which",
        "refers",
        "to",
        "is",
        "a",
        "mayor",
        "who",
        "and",
        "will",
        "--",
        "had",
    ),
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=40).map(" ".join))
def test_any_text_is_taken(text):
    from index.language.sentences import split_sentences
    from index.model import Kind, Paragraph, Sentence

    spans = split_sentences(text)
    sha256 = hash_text(text)
    article = Article(
        id=make_article_id(sha256),
        sha256=sha256,
        text=text,
        paragraphs=(Paragraph(1, Kind.BODY, 0, len(text)),),
        sentences=tuple(Sentence(number, 1, start, end) for number, (start, end) in enumerate(spans, 1)),
    )
    asked = list(propose_questions(article))
    assert len(asked) == len(set(asked))
    assert all(question.endswith("?") and json.dumps(question) for question in asked)
