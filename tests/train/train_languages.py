"""Fit what other languages than English need beside its weights: one weight for letters, and the confidence.

    python -m tests.train.train_languages            fit, and write index/evidence/weights_by_language.json
    python -m tests.train.train_languages --folds    measure by cross-validation over articles, write nothing

Sentences are ranked by the weights of English; what ranks in other languages alone gets the weight under which the
marked sentences are likeliest, over all languages. The confidence is fitted on the questions of all languages together,
asked of their article, of it without the sentences that answer, and of another; each language has bars of its own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.engines.memory import MemoryEngine
from index.evaluate.measures import auroc, fpr_at_tpr
from index.evaluate.question_sets import GoldQuestion, QuestionSet, read_set
from index.evidence import features, signs, weights
from index.evidence.candidate import view_article, weigh_first
from index.evidence.other_languages import read_in_language
from index.evidence.question import Question
from index.language.language import get_language
from index.model import Article, Filter
from tests.support.paths import EVAL
from tests.train import train_evidence as base

SETS = {code: f"xquad-{code}-even" for code in ("ar", "de", "el", "es", "hi", "ro", "ru", "tr", "vi", "zh")}
FEATURES = {**features.FEATURES, **features.BY_LETTERS}
SIGNS = {**signs.SIGNS, **signs.BY_LETTERS}


def read_cases(code: str) -> Iterator[base.Case]:
    """Yield the questions of a language, each asked of its article, of the next, and of its own without the answer."""
    asked = read_set(EVAL / SETS[code])
    keys = list(asked.articles)
    language = get_language(code)
    for question in asked.questions:
        read = read_in_language(question.text, question.text, language.tokenize_question(question.text), language)
        other = keys[(keys.index(question.article) + 1) % len(keys)]
        for key in (question.article, other):
            yield make_case(asked, question, read, key, asked.articles[key])
        article = asked.articles[question.article]
        kept = [each for each in article.sentences if not is_gold(each, question)]
        shorter = replace(article, sentences=tuple(replace(each, number=at) for at, each in enumerate(kept, 1)))
        yield replace(make_case(asked, question, read, question.article, shorter), cut=True, answerable=False)


def is_gold(span, question: GoldQuestion) -> bool:
    return any(span.start < end and start < span.end for start, end in question.gold)


def make_case(asked: QuestionSet, question: GoldQuestion, read: Question, key: str, article: Article) -> base.Case:
    """Return a question asked of an article, with the features of the sentences that are worth all of them."""
    engine = MemoryEngine()
    engine.add([article], "default")
    hits = engine.search(read.terms, 30, Filter(collections=("default",)))
    numbers = sorted({number for hit in hits for number in range(hit.passage.first, hit.passage.last + 1)})
    article_view = view_article(read, article)
    views = {number: article_view.sentence(number) for number in numbers}
    numbers.sort(key=lambda number: (-weigh_first(views[number]), number))
    del numbers[features.PROMISING :]
    rows = np.array([list(features.evaluate(views[number], FEATURES).values()) for number in numbers], np.float64)
    right = key == question.article
    gold = np.array([right and is_gold(article.sentences[number - 1], question) for number in numbers], bool)
    relevant = sum(is_gold(each, question) for each in article.sentences)
    rows = rows.reshape(len(numbers), len(FEATURES))
    hidden = relevant - int(gold.sum())
    return base.Case(asked.name, key, right, question.answerable, rows, gold, article_view, numbers, hidden)
