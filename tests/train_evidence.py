"""Train the evidence model on the public question sets and write it beside the code that uses it.

    python tests/train_evidence.py            train on all, write index/weights.json
    python tests/train_evidence.py --folds    measure by cross-validation over articles, write nothing

Shipped weights come from sets whose licence allows it; WikiQA and QuAIL are for checking only. The
ranking model maximises the probability of a gold sentence among a question's candidates (a conditional
logit, McFadden 1974), the confidence is a logistic regression; both with a quadratic penalty.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[1]))

from index import evidence, weights
from index.engines.memory import MemoryEngine
from index.measures import auroc, fpr_at_tpr
from index.model import Article, Filter
from index.question import read_question
from index.questions import Asked, QuestionSet, read_set
from index.sight import Reading

EVAL = Path(__file__).parents[1] / "../shared/eval"
TRAINED = {"xquad-en-even": 1.0, "squad2-even": 0.7, "selqa-dev": 1.0, "qamr-wikinews-dev": 0.5, "clapnq-a": 0.5}
"""The sets that weights are trained on, and what one question of each counts in the ranking."""
CHECKED = ("wikiqa-dev", "quail-a")
SCALE_FLOOR = 0.02
NAMES = tuple(evidence.FEATURES)


@dataclass
class Case:
    """One question asked of one article: `rows` of features, `gold` rows, and what came of it."""

    set: str
    article: str
    right: bool
    answerable: bool
    rows: np.ndarray
    gold: np.ndarray
    reading: Reading
    numbers: list[int]
    hidden: int


def cases(name: str) -> list[Case]:
    asked = read_set(EVAL / name)
    keys = list(asked.articles)
    engines = {key: _engine(article) for key, article in asked.articles.items()}
    found = []
    for question in asked.questions:
        at = keys.index(question.article)
        others = [] if len(keys) < 2 else [keys[(at + 1) % len(keys)]]
        for key in [question.article, *others]:
            case = _case(asked, question, key, engines[key])
            if case is not None:
                found.append(case)
    return found


def _engine(article: Article) -> MemoryEngine:
    engine = MemoryEngine()
    engine.add([article], "default")
    return engine


def _case(asked: QuestionSet, question: Asked, key: str, engine: MemoryEngine) -> Case | None:
    read = read_question(question.text)
    article = asked.articles[key]
    hits = engine.search(read.terms, 30, Filter(collections=("default",)))
    numbers = sorted({number for hit in hits for number in range(hit.passage.first, hit.passage.last + 1)})
    right = key == question.article
    reading = Reading(read, article)
    rows = np.array([evidence.features(reading, number) for number in numbers], np.float64).reshape(
        len(numbers), len(NAMES)
    )
    spans = [article.sentences[number - 1] for number in numbers]
    touches = [right and any(s.start < end and start < s.end for start, end in question.gold) for s in spans]
    relevant = sum(any(s.start < end and start < s.end for start, end in question.gold) for s in article.sentences)
    gold = np.array(touches, bool)
    return Case(asked.name, key, right, question.answerable, rows, gold, reading, numbers, relevant - int(gold.sum()))


def fold(case: Case, folds: int) -> int:
    return int(hashlib.sha256(case.article.encode()).hexdigest(), 16) % folds


def fit_rank(found: list[Case], penalty: float) -> np.ndarray:
    """Return the weights that maximise the gold sentences' share of the softmax over each question's candidates."""
    used = [case for case in found if case.right and case.answerable and case.gold.any()]
    rows = np.concatenate([case.rows for case in used])
    scale = np.maximum(rows.std(0), SCALE_FLOOR)
    rows = rows / scale
    gold = np.concatenate([case.gold for case in used])
    counts = np.array([len(case.rows) for case in used])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    share = np.array([TRAINED[case.set] for case in used])

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        scores = rows @ vector
        scores = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), counts))
        total = np.add.reduceat(scores, starts)
        hit = np.maximum(np.add.reduceat(scores * gold, starts), 1e-300)
        slope = scores / np.repeat(total, counts) - scores * gold / np.repeat(hit, counts)
        value = -(share * (np.log(hit) - np.log(total))).sum() + penalty / 2 * vector @ vector
        return value, rows.T @ (slope * np.repeat(share, counts)) + penalty * vector

    solved = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    return solved.x / scale


def sign_rows(found: list[Case], rank: np.ndarray) -> tuple[list[Case], np.ndarray, list[str]]:
    """Return the cases that have candidates, what their confidence rests on, and its names."""
    used, rows, names = [], [], []
    for case in found:
        if not len(case.rows):
            continue
        scores = case.rows @ rank
        order = np.argsort(-scores, kind="stable")
        values = weights.signs(case.reading.sight(case.numbers[order[0]]), [float(scores[at]) for at in order])
        names = list(values)
        used.append(case)
        rows.append(list(values.values()))
    return used, np.array(rows), names


def fit_sure(used: list[Case], rows: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    """Return weights and bias of the confidence; answerable, on-topic and wrong-article cases count alike in sum."""
    truth = np.array([case.right and case.answerable for case in used], float)
    group = np.array([0 if case.right and case.answerable else 1 if case.right else 2 for case in used])
    share = np.zeros(len(used))
    for number, part in ((0, 0.5), (1, 0.2), (2, 0.3)):
        share[group == number] = part / max(1, (group == number).sum())
    share *= len(used)
    mean, scale = rows.mean(0), np.maximum(rows.std(0), SCALE_FLOOR)
    scaled = np.concatenate([(rows - mean) / scale, np.ones((len(rows), 1))], 1)

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        scores = scaled @ vector
        value = (share * (np.logaddexp(0, scores) - truth * scores)).sum() + penalty / 2 * vector[:-1] @ vector[:-1]
        slope = scaled.T @ (share * (1 / (1 + np.exp(-scores)) - truth))
        slope[:-1] += penalty * vector[:-1]
        return value, slope

    solved = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x
    return solved[:-1] / scale, float(solved[-1] - (solved[:-1] * mean / scale).sum())


def thresholds(used: list[Case], sure: np.ndarray) -> tuple[float, float]:
    """Return the least confidence of `answered` and of `related`.

    `answered` keeps 96 % of the answerable questions to the right article, `related` lets 8 % of the
    questions to a wrong article pass.
    """
    right = np.array([value for case, value in zip(used, sure, strict=True) if case.right and case.answerable])
    wrong = np.array([value for case, value in zip(used, sure, strict=True) if not case.right])
    answered = float(np.quantile(right, 0.04))
    return answered, min(answered, float(np.quantile(wrong, 0.92)))


def report(found: list[Case], scored: list[tuple[Case, np.ndarray, float]], at: tuple[float, float]) -> None:
    for name in dict.fromkeys(case.set for case in found):
        own = [(case, scores, sure) for case, scores, sure in scored if case.set == name]
        ranks, precisions = [], []
        for case, scores, _ in own:
            if case.right and case.answerable and (case.gold.any() or case.hidden):
                order = np.argsort(-scores, kind="stable") if len(scores) else np.array([], int)
                places = np.nonzero(case.gold[order])[0] + 1 if len(order) else np.array([], int)
                ranks.append(1 / places[0] if len(places) else 0.0)
                total = len(places) + case.hidden
                precisions.append(sum((n + 1) / place for n, place in enumerate(places)) / total)
        good = [sure for case, _, sure in own if case.right and case.answerable]
        off = [sure for case, _, sure in own if case.right and not case.answerable]
        wrong = [sure for case, _, sure in own if not case.right]
        line = f"{name:18s}"
        if ranks:
            line += f" hit@1 {np.mean(np.array(ranks) == 1):.3f} mrr {np.mean(ranks):.3f} map {np.mean(precisions):.3f}"
        if off:
            line += f" | unanswerable auroc {auroc(good, off):.3f}"
        if wrong:
            line += f" | wrong auroc {auroc(good, wrong):.4f} fpr95 {fpr_at_tpr(good, wrong, 0.95):.3f}"
            line += f" answered {np.mean(np.array(good) >= at[0]):.3f}/{np.mean(np.array(wrong) >= at[0]):.3f}"
            line += f" refused {np.mean(np.array(wrong) < at[1]):.3f}"
        print(line, flush=True)


def learn(found: list[Case], args: argparse.Namespace) -> dict:
    rank = fit_rank(found, args.rank_penalty)
    used, rows, names = sign_rows(found, rank)
    sure, bias = fit_sure(used, rows, args.sure_penalty)
    answered, related = thresholds(used, 1 / (1 + np.exp(-(rows @ sure + bias))))
    return {"rank": rank, "sure": sure, "bias": bias, "names": names, "answered": answered, "related": related}


def judge(found: list[Case], learned: dict) -> list[tuple[Case, np.ndarray, float]]:
    used, rows, _ = sign_rows(found, learned["rank"])
    sure = dict(zip(map(id, used), 1 / (1 + np.exp(-(rows @ learned["sure"] + learned["bias"]))), strict=True))
    return [
        (case, case.rows @ learned["rank"] if len(case.rows) else np.array([]), float(sure.get(id(case), 0.0)))
        for case in found
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, nargs="?", const=5, default=0, help="cross-validate with so many folds")
    parser.add_argument("--rank-penalty", type=float, default=10.0)
    parser.add_argument("--sure-penalty", type=float, default=10.0)
    args = parser.parse_args()
    trained = [case for name in TRAINED for case in cases(name)]
    if args.folds:
        scored: list = []
        at = []
        for number in range(args.folds):
            learned = learn([case for case in trained if fold(case, args.folds) != number], args)
            scored += judge([case for case in trained if fold(case, args.folds) == number], learned)
            at.append((learned["answered"], learned["related"]))
        report(trained, scored, tuple(np.mean(at, 0)))
    learned = learn(trained, args)
    checked = [case for name in CHECKED for case in cases(name)]
    report(checked, judge(checked, learned), (learned["answered"], learned["related"]))
    if not args.folds:
        write(learned, args)


def write(learned: dict, args: argparse.Namespace) -> None:
    stored = {
        "record": {
            "sets": TRAINED,
            "rank_penalty": args.rank_penalty,
            "sure_penalty": args.sure_penalty,
            "made_by": "tests/train_evidence.py",
        },
        "rank": dict(zip(NAMES, (round(float(weight), 4) for weight in learned["rank"]), strict=True)),
        "sure": dict(zip(learned["names"], (round(float(weight), 4) for weight in learned["sure"]), strict=True)),
        "bias": round(learned["bias"], 4),
        "answered": round(learned["answered"], 4),
        "related": round(learned["related"], 4),
        "affinity": 3.0,
    }
    path = Path(weights.__file__).with_name("weights.json")
    path.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
