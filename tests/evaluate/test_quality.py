"""Floors under the quality of the answers to the questions of seeds/, clean and with a typing error each."""

import random
from dataclasses import replace

import pytest

from index.evaluate import outcomes, read_set, summary
from tests.support.misspell import misspelled
from tests.support.paths import SEEDS


@pytest.fixture(scope="module")
def asked():
    return read_set(SEEDS)


@pytest.fixture(scope="module")
def clean(asked):
    return summary("seeds", outcomes(asked))


def test_the_right_sentence_comes_first(clean):
    assert clean["sentence"]["hit@1"] >= 0.88
    assert clean["sentence"]["mrr"] >= 0.92


def test_a_shown_passage_holds_the_answer(clean):
    assert clean["passage"]["hit@1"] >= 0.94
    assert clean["passage"]["hit@3"] >= 0.98


def test_most_answerable_questions_are_answered_and_few_others(clean):
    assert clean["verdict"]["answered_right"] >= 0.90
    assert clean["verdict"]["answered_wrong"] <= 0.30
    assert clean["verdict"]["auroc"] >= 0.88


def test_another_article_does_not_answer(asked):
    verdict = summary("seeds", outcomes(asked, wrong_article=True))["verdict"]
    assert verdict["auroc"] >= 0.97
    assert verdict["answered_wrong"] <= 0.06
    assert verdict["refused_wrong"] >= 0.90


def test_a_typing_error_costs_at_most_three_points(asked, clean):
    chance = random.Random(7)
    answerable = [question for question in asked.questions if question.answerable]
    typed = [replace(question, text=misspelled(question.text, chance)) for question in answerable]
    assert sum(one.text != other.text for one, other in zip(typed, answerable, strict=True)) > 100
    slipped = summary("typed", outcomes(replace(asked, questions=tuple(typed))))
    assert slipped["sentence"]["hit@1"] >= clean["sentence"]["hit@1"] - 0.03
