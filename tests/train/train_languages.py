"""Fit what other languages than English need beside its weights: one weight for letters, and the confidence.

    python -m tests.train.train_languages            fit, and write index/evidence/weights_by_language.json
    python -m tests.train.train_languages --folds    measure by cross-validation over articles, write nothing

Sentences are ranked by the weights of English; the feature of letters gets the weight under which the most likely
sentences are the marked ones, over all languages. The confidence is fitted on the questions of all languages together,
asked of their article, of it without the sentences that answer, and of another; each language has bars of its own.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.evaluate.question_sets import GoldQuestion, QuestionSet, read_set
from index.evidence import features, signs, weights
from index.evidence.candidate import view_article, weigh_first
from index.evidence.other_languages import read_in_language
from index.evidence.question import Question
from index.language.language import Language, get_language
from index.model import Article, Filter
from index.engines.memory import MemoryEngine
from tests.support.paths import EVAL
from tests.train import train_evidence as base

SETS = {code: f"xquad-{code}-even" for code in ("ar", "de", "el", "es", "hi", "ro", "ru", "tr", "vi", "zh")}
NAMES = (*features.FEATURES, *features.BY_LETTERS)


def read_cases(code: str) -> list[base.Case]:
    """Return the questions of a language, each asked of its article, of the next, and of its own without the answer."""
    asked = read_set(EVAL / SETS[code])
    keys = list(asked.articles)
    engines = {key: base._engine(article) for key, article in asked.articles.items()}
    language = get_language(code)
    found = []
    for question in asked.questions:
        read = read_in_language(question.text, question.text, language.tokenize_question(question.text), language)
        other = keys[(keys.index(question.article) + 1) % len(keys)]
        for key in (question.article, other):
            found.append(make_case(asked, question, read, key, asked.articles[key], engines[key]))
        found += cut(asked, question, read)
    return found


def cut(asked: QuestionSet, question: GoldQuestion, read: Question) -> list[base.Case]:
    """Return the question asked of its article without the sentences that answer it."""
    article = asked.articles[question.article]
    kept = [s for s in article.sentences if not any(s.start < end and start < s.end for start, end in question.gold)]
    if not kept:
        return []
    shorter = replace(article, sentences=tuple(replace(s, number=at) for at, s in enumerate(kept, 1)))
    made = make_case(asked, question, read, question.article, shorter, base._engine(shorter))
    return [replace(made, cut=True, answerable=False)]


def make_case(
    asked: QuestionSet, question: GoldQuestion, read: Question, key: str, article: Article, engine: MemoryEngine
) -> base.Case:
    """Return a question asked of an article, with the features of the sentences that are worth all of them."""
    hits = engine.search(read.terms, 30, Filter(collections=("default",)))
    numbers = sorted({number for hit in hits for number in range(hit.passage.first, hit.passage.last + 1)})
    article_view = view_article(read, article)
    views = {number: article_view.sentence(number) for number in numbers}
    numbers.sort(key=lambda number: (-weigh_first(views[number]), number))
    del numbers[features.PROMISING :]
    known = {**features.FEATURES, **features.BY_LETTERS}
    rows = np.array([list(features.evaluate(views[number], known).values()) for number in numbers], np.float64)
    right = key == question.article
    spans = [article.sentences[number - 1] for number in numbers]
    touches = [right and any(s.start < end and start < s.end for start, end in question.gold) for s in spans]
    relevant = sum(any(s.start < end and start < s.end for start, end in question.gold) for s in article.sentences)
    gold = np.array(touches, bool)
    return base.Case(
        asked.name,
        key,
        right,
        question.answerable,
        rows.reshape(len(numbers), len(NAMES)),
        gold,
        article_view,
        numbers,
        relevant - int(gold.sum()),
    )
