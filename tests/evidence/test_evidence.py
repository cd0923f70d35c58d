"""The features of a sentence for a question, the signs of an answer, and the model that weighs them."""

import gc
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.core import open_index
from index.errors import PullquoteError
from index.evidence import answer_types, features, signs, weights
from index.evidence.answer_types import AnswerType
from index.evidence.question import read_question
from index.evidence.views import ArticleView, SentenceView
from index.model import Article, Filter
from index.verdicts import Verdict
from tests.support.paths import ROOT

TEXT = """The ferry Aurora sank near Larn on Friday with 30 cars. Harbour master Ida Holm, 54, saw it. She called boats.

Was the ferry too old? The owners had bought it for 2 million euros because it was cheap.

The western pier is not closed."""


def read(question: str, text: str = TEXT) -> ArticleView:
    return ArticleView(read_question(question), Article.from_text(text))


def value(name: str, question: str, number: int, text: str = TEXT) -> float:
    table = features.FEATURES if name in features.FEATURES else signs.SIGNS
    return table[name](read(question, text).sentence(number))


@pytest.mark.parametrize(
    ("name", "question", "high", "low"),
    [
        ("coverage", "Where did the Aurora sink?", 1, 2),
        ("count", "Where did the Aurora sink?", 1, 2),
        ("bm25", "Where did the Aurora sink?", 1, 2),
        ("window", "Where did the Aurora sink?", 2, 6),
        ("before", "What did the Aurora do?", 2, 1),
        ("paragraph", "Where did the Aurora sink?", 3, 5),
        ("paragraph_bm25", "Where did the Aurora sink?", 3, 5),
        ("pairs", "Who is the harbour master?", 2, 1),
        ("tightness", "Who is the harbour master?", 2, 1),
        ("spelling", "Who saw the mastership?", 2, 1),
        ("synonyms", "Who purchased it?", 5, 1),
        ("generic", "What is it called?", 3, 1),
        ("names_lost", "Where did the Aurora sink?", 6, 1),
        ("plain_share", "Where did the Aurora sink?", 1, 6),
        ("names_share", "Where did the Aurora sink?", 1, 6),
        ("named_before", "Where did the Aurora sink?", 2, 1),
        ("lead", "What sank?", 1, 2),
        ("near", "How many cars were on it?", 1, 5),
        ("no_answer", "How many cars were on it?", 6, 1),
        ("wanted", "How old is Holm?", 2, 5),
        ("measure", "How much did the ferry cost?", 5, 1),
        ("choices", "How many cars were on it?", 1, 6),
        ("time", "When did it sink?", 1, 6),
        ("place", "Where did it sink?", 1, 6),
        ("carried", "What did Holm call?", 3, 2),
        ("points_back", "What did Holm call?", 3, 2),
        ("antecedent", "Who called the boats?", 2, 1),
        ("asks", "Was the ferry old?", 4, 5),
        ("length", "What sank?", 1, 3),
        ("capitals", "What sank?", 1, 6),
        ("any_name_lost", "Where did the Aurora sink?", 6, 1),
        ("numbers_lost", "Who had 30 cars?", 5, 1),
        ("apart", "Where did the Aurora sink?", 6, 1),
        ("plain_here", "Who bought the ferry?", 5, 2),
        ("plain_least", "Who bought it?", 5, 2),
        ("plain_lost", "Who bought the boats?", 1, 5),
        ("denied", "What was not bought?", 5, 6),
        ("opposite", "Is the eastern pier closed?", 6, 5),
    ],
)
def test_a_feature_is_higher_where_its_reason_holds(name, question, high, low):
    assert value(name, question, high) > value(name, question, low)


@pytest.mark.parametrize(
    ("name", "question", "wanted"),
    [
        ("names_nowhere", "Who is Ida Holm?", 0.0),
        ("any_name_nowhere", "Who is Ida Dahl?", 1.0),
        ("any_name_nowhere", "Who is Ida Holm?", 0.0),
        ("plain_nowhere", "Who baked bread?", 1.0),
        ("plain_anywhere", "Who baked bread?", 0.0),
        ("asks_not", "Who did not see it?", 1.0),
        ("asks_not", "Who saw it?", 0.0),
        ("prefixed", "Is it unreadable?", 0.0),
        ("names", "Who is Ida Holm?", 2 / 3),
        ("plain", "Who bought it?", 0.5),
    ],
)
def test_a_sign_by_its_value(name, question, wanted):
    assert value(name, f"Yesterday, {question}", 1) == pytest.approx(wanted)


def test_a_word_with_a_prefix_is_noticed():
    assert value("prefixed", "Was the insignificant pier rebuilt?", 1, "The significant pier was old.") == 1.0


def test_what_the_headline_adds():
    article = replace(Article.from_text(TEXT), title="Larn ferry disaster")
    article_view = ArticleView(read_question("What caused the disaster?"), article)
    assert features.title(article_view.sentence(1)) > 0


def test_quotations_are_noticed():
    assert value("quoted", "What?", 1, 'Holm said "no" to it.') == 1.0


@given(st.text(max_size=60), st.text(max_size=300))
def test_every_value_is_finite_for_any_text(question, text):
    try:
        article = Article.from_text(f"The ferry sank near the harbour. {text}")
    except PullquoteError:
        return
    article_view = ArticleView(read_question(question + " ferry"), article)
    for sentence in article_view.article.sentences:
        view = article_view.sentence(sentence.number)
        values = [*features.evaluate(view).values(), *signs.find_signs(view).values()]
        assert all(-20 < value < 20 for value in values)


def test_the_model_names_only_features_and_signs_that_exist():
    model = weights.load_model()
    assert set(model.rank) <= set(features.FEATURES)
    assert set(model.topic.weights) | set(model.states.weights) <= set(signs.SIGNS)
    assert 0 < model.related < 1
    assert 0 < model.answered < 1


def test_the_record_of_the_training_names_sets_whose_licence_allows_it():
    record = json.loads(Path(weights.__file__).with_name("weights.json").read_text("utf-8"))["record"]
    assert record["sets"]
    assert not {"wikiqa-dev", "wikiqa-train", "quail-a"} & set(record["sets"])


def test_a_verdict_needs_confidence_and_then_the_topic():
    model = replace(weights.load_model(), answered=0.5, related=0.5)
    view = read("Where did the ferry Aurora sink?").sentence(1)
    sure = {"topic": weights.Logit({}, 9.0), "states": weights.Logit({}, 9.0)}
    unsaid = sure | {"states": weights.Logit({}, -9.0)}
    elsewhere = sure | {"topic": weights.Logit({}, -9.0)}
    assert replace(model, **sure).estimate(view).verdict is Verdict.ANSWERED
    assert replace(model, **unsaid).estimate(view).verdict is Verdict.RELATED
    assert replace(model, **elsewhere).estimate(view).verdict is Verdict.REFUSED


def test_the_logistic_function_never_overflows():
    assert weights.logistic(-1e9) < 1e-20
    assert weights.logistic(1e9) == 1.0


def test_an_article_added_elsewhere_changes_no_order_within_this_one():
    story = Article.from_text(TEXT)
    others = [
        Article.from_text(f"The Aurora {word} was seen with cars near Larn on Monday.") for word in ("ship", "bus")
    ]
    with open_index() as alone, open_index() as among:
        alone.add(story)
        among.add([*others, story])
        for question in ("Where did the Aurora sink?", "Who saw the ferry?", "What was cheap?"):
            here = [number for _, number, _ in alone.rank(question).sentences]
            there = [number for key, number, _ in among.rank(question).sentences if key == story.id]
            assert [number for number in here if number in there] == there


def test_only_promising_sentences_are_weighed_in_full_and_the_rest_stand_behind(fresh_index):
    text = "\n\n".join(f"The ferry number {number} sank near Larn." for number in range(features.PROMISING + 20))
    fresh_index.add(Article.from_text(text))
    scores = [score for _, _, score in fresh_index.rank("Which ferry sank near Larn?").sentences]
    assert len(scores) > features.PROMISING
    assert scores == sorted(scores, reverse=True)
    assert scores[features.PROMISING - 1] - scores[features.PROMISING] >= 1


SCRIPT = """
import sys
from index import open_index, Article
text = sys.stdin.read()
with open_index(meaning=False) as index:
    index.add(Article.from_text(text))
    for question in ("Where did the Aurora sink?", "Who saw the old ferry sink with thirty cars near the pier?"):
        ranking = index.rank(question)
        print(ranking.confidence, ranking.sentences, ranking.reason)
assert "numpy" not in sys.modules or "rank_bm25" in sys.modules
"""


def test_two_processes_give_the_same_figures_to_the_last_bit():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=TEXT,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1


def test_a_question_leaves_nothing_to_the_garbage_collector(fresh_index):
    """Views that held each other would wait for it: a sixth of what a question costs."""
    fresh_index.add(Article.from_text(TEXT))
    fresh_index.ask("Where did the Aurora sink?")
    gc.collect()
    gc.disable()
    try:
        fresh_index.ask("Where did the Aurora sink?")
        left = [each for each in gc.get_objects() if isinstance(each, ArticleView | SentenceView)]
    finally:
        gc.enable()
    assert left == []


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("How old is the harbour master Ida Dahl?", "age"),
        ("When was the ferry bought?", "time"),
        ("How much did the boats of Ida Holm cost?", "sum of money"),
        ("Did Ida Holm zorbulate near Larn?", "never mentions “zorbulate”"),
    ],
)
def test_what_cannot_be_an_answer_is_none_and_the_reply_says_what_is_lacking(question, reason, fresh_index):
    text = "Harbour master Ida Dahl saw it. The ferry was bought cheaply. Ida Holm called boats near Larn."
    fresh_index.add(Article.from_text(text))
    reply = fresh_index.ask(question)
    assert reply.verdict is not Verdict.ANSWERED
    assert reason in reply.reason


def test_a_new_type_of_answer_is_one_row():
    """Asked for, looked for, denied where it is missing, and named in the reason: each from the row alone."""
    row = AnswerType(
        "distance", asked=r"\bhow far\b", held=r"\b\d+ (?:km|miles?|metres)\b", lacking="distance", measured=True
    )
    with open_index("memory:") as index, pytest.MonkeyPatch.context() as patch:
        index.add(
            Article.from_text("The Aurora sank far from Larn. Ida Holm saw it. The pier is old and long and grey.")
        )
        index.add(Article.from_text("The Aurora sank 30 miles from Larn. Ida Holm saw it. The pier is old."), "told")
        before = index.ask("How far from Larn did the Aurora sink?")
        patch.setattr(answer_types, "TYPES", (row, *answer_types.TYPES))
        missing = index.ask("How far from Larn did the Aurora sink?")
        told = index.ask("How far from Larn did the Aurora sink?", filter=Filter(collections=("told",)))
    assert before.reason.values.get("wanted") != "distance"
    assert missing.verdict is Verdict.RELATED
    assert (missing.reason.code, missing.reason.values["wanted"]) == ("type_missing", "distance")
    assert "gives no distance" in missing.reason
    assert told.verdict is Verdict.ANSWERED


@pytest.mark.parametrize("question", ["did he really say that", "What happened?", "How many were there?"])
def test_a_question_that_names_nothing_is_not_answered(question):
    with open_index("memory:") as index:
        index.add(Article.from_text("The ferry\n\nFour people were there, Ida Holm said. It happened on Monday.\n"))
        reply = index.ask(question)
    assert reply.verdict is not Verdict.ANSWERED
    assert "holds no word to look for" in reply.reason
