"""Fit what other languages than English need beside its weights: one weight for letters, and the confidence.

    python -m tests.train.train_languages            fit, and write index/evidence/weights_by_language.json
    python -m tests.train.train_languages --folds    measure by cross-validation over articles, write nothing

Sentences are ranked by the weights of English and those of letters. The confidence is fitted on the questions of all
languages together, asked of their article, of it without the sentences that answer, and of another; that of one
language keeps near it. A language without a set takes what all have in common.
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
from tests.support.paths import EVAL, ROOT
from tests.train import train_evidence as base

TRANSLATED = ("ar", "de", "el", "es", "hi", "ro", "ru", "tr", "vi", "zh")
FOLDERS = {code: EVAL / f"xquad-{code}-even" for code in TRANSLATED} | {"ko": ROOT / "tests" / "evaluate" / "own-ko"}
"""The set of each language: translations of one that people marked and, where there is none, our own."""
NAME = Path(__file__).name
FEATURES = {**features.FEATURES, **features.BY_LETTERS}
SIGNS = {**signs.SIGNS, **signs.BY_LETTERS}


def read_cases(code: str) -> Iterator[base.Case]:
    """Yield the questions of a language, each asked of its article, of the next, and of its own without the answer."""
    asked = read_set(FOLDERS[code])
    keys = list(asked.articles)
    language = get_language(code)
    for question in asked.questions:
        read = read_in_language(question.text, question.text, language.tokenize_question(question.text), language)
        other = keys[(keys.index(question.article) + 1) % len(keys)]
        for key in (question.article, other):
            yield make_case(asked, question, read, key, asked.articles[key])
        if not question.gold:
            continue
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


LETTERS = {"letters": 4.0, "letters_near": 2.0, "letters_around": 5.0}
"""What the letters count: of the weights that were tried for all languages together, those that find most."""


def rank_weights() -> np.ndarray:
    """Return the weights of the features: those of English, and those of letters."""
    known = weights.load_model().rank | LETTERS
    return np.array([known.get(name, 0.0) for name in FEATURES])


def fit_sure(
    used: list[base.Case], rows: np.ndarray, penalty: float, around: tuple = ()
) -> tuple[tuple[np.ndarray, float], ...]:
    """Return the two regressions behind the confidence, as `train_evidence.fit_sure` does, with the signs of letters.

    Those of one language keep near what was learned from all, `around`.
    """
    group = np.array([case.group for case in used])
    topic, states = base._shares(group, base.TOPIC_SHARES), base._shares(group, base.STATES_SHARES)
    on_topic = states > 0
    parts = (
        (rows, (group != "wrong").astype(float), topic),
        (rows[on_topic], (group[on_topic] == "answerable").astype(float), states[on_topic]),
    )
    if around:
        return tuple(fit_around(*part, penalty, prior) for part, prior in zip(parts, around, strict=True))
    return tuple(base.fit_logit(*part, penalty, tuple(SIGNS)) for part in parts)


def fit_around(
    rows: np.ndarray, truth: np.ndarray, share: np.ndarray, penalty: float, prior: tuple[np.ndarray, float]
) -> tuple[np.ndarray, float]:
    """Return weights and bias of a logistic regression that keeps near the prior ones."""
    share = share * len(share) / share.sum()
    mean, scale = rows.mean(0), np.maximum(rows.std(0), base.SCALE_FLOOR)
    scaled = np.concatenate([(rows - mean) / scale, np.ones((len(rows), 1))], 1)
    start = np.append(prior[0] * scale, prior[1] + (prior[0] * mean).sum())

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        scores, apart = scaled @ vector, vector[:-1] - start[:-1]
        slope = scaled.T @ (share * (1 / (1 + np.exp(-scores)) - truth))
        slope[:-1] += penalty * apart
        return (share * (np.logaddexp(0, scores) - truth * scores)).sum() + penalty / 2 * apart @ apart, slope

    solved = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x
    return solved[:-1] / scale, float(solved[-1] - (solved[:-1] * mean / scale).sum())


def find_code(case: base.Case) -> str:
    """Return the code of a case's language: "de" of "xquad-de-even"."""
    return case.set.split("-")[1]


def learn(found: list[base.Case], penalty: float, own_penalty: float) -> dict[str, dict]:
    """Return for each language, and for "all" of them, the two regressions and the two bars."""
    used, rows = base.sign_rows(found, rank_weights())
    codes = np.array([find_code(case) for case in used])
    shared = fit_sure(used, rows, penalty)
    learned = {"all": describe(used, rows, shared)}
    for code in dict.fromkeys(codes):
        mine = codes == code
        some = [case for case, is_mine in zip(used, mine, strict=True) if is_mine]
        learned[code] = describe(some, rows[mine], fit_sure(some, rows[mine], own_penalty, shared))
    return learned


def describe(used: list[base.Case], rows: np.ndarray, sure: tuple) -> dict:
    answered, related = base.thresholds(used, base.probabilities(rows, sure))
    return {"sure": sure, "answered": answered, "related": related}


def report(found: list[base.Case], learned: list[dict[str, dict]]) -> None:
    """Print for each language how often the first sentence is right, and what the confidence tells apart."""
    rank = rank_weights()
    for code in FOLDERS:
        hits: list[bool] = []
        told: dict[str, list[tuple[float, bool]]] = {group: [] for group in base.TOPIC_SHARES}
        for fold, parts in enumerate(learned):
            own = [case for case in found if find_code(case) == code and find_fold(case, len(learned)) == fold]
            used, rows = base.sign_rows(own, rank)
            for case, (_, confidence) in zip(used, base.probabilities(rows, parts[code]["sure"]), strict=True):
                best = int(np.argmax(case.rows @ rank))
                able = weights.can_answer(case.article_view.sentence(case.numbers[best]))
                is_answered = able and confidence >= parts[code]["answered"]
                told[case.group].append((confidence if able else confidence * weights.DENIED, is_answered))
                hits += [bool(case.gold[best])] if case.group == "answerable" else []
        good, wrong = ([each for each, _ in told[group]] for group in ("answerable", "wrong"))
        shares = {group: np.mean([is_answered for _, is_answered in some]) for group, some in told.items() if some}
        print(
            f"{code} hit@1 {np.mean(hits):.3f} | wrong AUROC {auroc(good, wrong):.4f} FPR95"
            f" {fpr_at_tpr(good, wrong):.3f} | answered",
            *[f"{group} {share:.3f}" for group, share in shares.items()],
            flush=True,
        )


def find_fold(case: base.Case, folds: int) -> int:
    """Return the fold of an article, the same in every language."""
    return int(hashlib.sha256(case.article.split("-", 2)[-1].encode()).hexdigest(), 16) % folds


def write(learned: dict[str, dict], args: argparse.Namespace) -> None:
    """Write what was learned, a line each language; no date and no chance in it, so that it can be made again."""
    sets = [folder.name for folder in FOLDERS.values()]
    record = {"sets": sets, "penalty": args.penalty, "own_penalty": args.own_penalty, "made_by": f"tests/train/{NAME}"}
    stored: dict[str, dict] = {"record": record, "rank": LETTERS}
    for code, parts in learned.items():
        logits = {
            name: {"weights": base.rounded(tuple(SIGNS), np.round(values, 3)), "bias": round(bias, 3)}
            for name, (values, bias) in zip(("topic", "states"), parts["sure"], strict=True)
        }
        stored[code] = logits | {name: round(parts[name], 4) for name in ("answered", "related")}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in stored.items())
    path = Path(weights.__file__).with_name("weights_by_language.json")
    path.write_text(f"{{\n{lines}\n}}\n", "utf-8")
    print(f"wrote {path.name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, nargs="?", const=4, default=1, help="cross-validate with so many folds")
    parser.add_argument("--penalty", type=float, default=10.0)
    parser.add_argument("--own-penalty", type=float, default=30.0)
    args = parser.parse_args()
    found = [case for code in FOLDERS for case in read_cases(code)]
    rest = [[case for case in found if find_fold(case, args.folds) != fold] or found for fold in range(args.folds)]
    learned = [learn(part, args.penalty, args.own_penalty) for part in rest]
    report(found, learned)
    if args.folds == 1:
        write(learned[0], args)


if __name__ == "__main__":
    main()
