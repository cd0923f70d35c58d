"""Fit what other languages than English need beside its weights: one weight for letters, and the confidence.

    python -m tests.train.train_languages            fit, and write index/evidence/weights_by_language.json
    python -m tests.train.train_languages --folds    measure by cross-validation over articles, write nothing

Sentences are ranked by the weights of English; what ranks in other languages alone gets the weight under which the
marked sentences are likeliest, over all languages. The confidence is fitted on the questions of all languages together,
asked of their article, of it without the sentences that answer, and of another; each language has bars of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

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


@lru_cache(maxsize=4)
def find_engine(article: Article) -> MemoryEngine:
    engine = MemoryEngine()
    engine.add([article], "default")
    return engine


def make_case(asked: QuestionSet, question: GoldQuestion, read: Question, key: str, article: Article) -> base.Case:
    """Return a question asked of an article, with the features of the sentences that are worth all of them."""
    hits = find_engine(article).search(read.terms, 30, Filter(collections=("default",)))
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


def fit_letters(found: list[base.Case]) -> np.ndarray:
    """Return the weights of the features: those of English, and the likeliest for what it lacks."""
    english = weights.load_model().rank
    rank = np.array([english.get(name, 0.0) for name in FEATURES])
    used = [case for case in found if case.group == "answerable" and case.gold.any()]
    own = [list(FEATURES).index(name) for name in features.BY_LETTERS]

    def measure(values: np.ndarray) -> float:
        rank[own] = values
        loss = 0.0
        for case in used:
            scores = case.rows @ rank
            loss += np.logaddexp.reduce(scores) - np.logaddexp.reduce(scores[case.gold])
        return loss

    solved = minimize(measure, np.full(len(own), 4.0), method="Nelder-Mead", options={"xatol": 0.05, "fatol": 0.5})
    rank[own] = solved.x
    return rank


def fit_sure(used: list[base.Case], rows: np.ndarray, penalty: float) -> tuple[tuple[np.ndarray, float], ...]:
    """Return the two regressions behind the confidence, as `train_evidence.fit_sure` does, with the signs of letters."""
    group = np.array([case.group for case in used])
    topic, states = base._shares(group, base.TOPIC_SHARES), base._shares(group, base.STATES_SHARES)
    on_topic = states > 0
    names = tuple(SIGNS)
    return (
        base.fit_logit(rows, (group != "wrong").astype(float), topic, penalty, names),
        base.fit_logit(
            rows[on_topic], (group[on_topic] == "answerable").astype(float), states[on_topic], penalty, names
        ),
    )


def find_bars(used: list[base.Case], sure: np.ndarray) -> dict[str, dict[str, float]]:
    """Return the least confidence of `answered` and the least probability of the topic of `related` by language."""
    codes = np.array([case.set.split("-")[1] for case in used])
    found = {}
    for code in ("all", *dict.fromkeys(codes)):
        mine = [at for at in range(len(used)) if code in ("all", codes[at])]
        answered, related = base.thresholds([used[at] for at in mine], sure[mine])
        found[code] = {"answered": round(answered, 4), "related": round(related, 4)}
    return found


def learn(found: list[base.Case], penalty: float) -> dict:
    rank = fit_letters(found)
    used, rows = base.sign_rows(found, rank)
    sure = fit_sure(used, rows, penalty)
    return {"rank": rank, "sure": sure, "bars": find_bars(used, base.probabilities(rows, sure))}


def report(found: list[base.Case], learned: list[dict], folds: int) -> None:
    """Print for each language how often the first sentence is right and what the confidence tells apart."""
    for code, name in SETS.items():
        hits: list[bool] = []
        told: dict[str, list[tuple[float, bool]]] = {"answerable": [], "cut": [], "wrong": []}
        for fold, part in enumerate(learned):
            own = [case for case in found if case.set == name and (folds < 2 or find_fold(case, folds) == fold)]
            used, rows = base.sign_rows(own, part["rank"])
            sure = base.probabilities(rows, part["sure"])
            bar = part["bars"].get(code, part["bars"]["all"])["answered"]
            for case, (_, confidence) in zip(used, sure, strict=True):
                best = int(np.argmax(case.rows @ part["rank"]))
                view = case.article_view.sentence(case.numbers[best])
                kept = confidence if weights.can_answer(view) else confidence * weights.DENIED
                told[case.group].append((kept, weights.can_answer(view) and confidence >= bar))
                hits += [bool(case.gold[best])] if case.group == "answerable" else []
            lost = len([case for case in own if case.group == "answerable"]) - len(told["answerable"])
        good, wrong = ([each for each, _ in told[group]] for group in ("answerable", "wrong"))
        shares = [np.mean([answered for _, answered in told[group]]) for group in told]
        print(
            f"{code} hit@1 {np.mean(hits):.3f} wrong AUROC {auroc(good, wrong):.4f} FPR95 {fpr_at_tpr(good, wrong):.3f}"
            f" answered {shares[0]:.3f} cut {shares[1]:.3f} wrong {shares[2]:.3f} mean {np.mean(good):.3f} lost {lost}",
            flush=True,
        )


def find_fold(case: base.Case, folds: int) -> int:
    """Return the fold of an article, the same in every language."""
    return int(hashlib.sha256(case.article.split("-", 2)[-1].encode()).hexdigest(), 16) % folds


def write(learned: dict, penalty: float) -> None:
    sure = {
        name: {"weights": base.rounded(tuple(SIGNS), values), "bias": round(bias, 4)}
        for name, (values, bias) in zip(("topic", "states"), learned["sure"], strict=True)
    }
    rank = dict(zip(FEATURES, learned["rank"], strict=True))
    stored = {
        "record": {"sets": list(SETS.values()), "penalty": penalty, "made_by": "tests/train/train_languages.py"},
        "rank": {name: round(float(rank[name]), 4) for name in features.BY_LETTERS},
        **learned["bars"],
    }
    stored["all"] = sure | stored["all"]
    path = Path(weights.__file__).with_name("weights_by_language.json")
    path.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(f"wrote {path.name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, nargs="?", const=4, default=0, help="cross-validate with so many folds")
    parser.add_argument("--penalty", type=float, default=10.0)
    args = parser.parse_args()
    found = [case for code in SETS for case in read_cases(code)]
    parts = [[case for case in found if find_fold(case, args.folds) != fold] for fold in range(args.folds)] or [found]
    learned = [learn(part, args.penalty) for part in parts]
    report(found, learned, args.folds)
    if not args.folds:
        write(learned[0], args.penalty)


if __name__ == "__main__":
    main()
