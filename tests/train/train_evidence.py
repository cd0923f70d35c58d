"""Train the evidence model on the public question sets and write it beside the code that uses it.

    python -m tests.train.train_evidence            train on all, write index/evidence/weights.json
    python -m tests.train.train_evidence --folds    measure by cross-validation over articles, write nothing
    python -m tests.train.train_evidence --folds --without FEATURE    the same without a feature of ranking

Shipped weights come from sets whose licence allows it; WikiQA and QuAIL are for checking only. The
ranking model maximises the probability of a gold sentence among a question's candidates (a conditional
logit, McFadden 1974), the confidence is a logistic regression; both with a quadratic penalty.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from index.engines.memory import MemoryEngine
from index.evaluate.measures import auroc, fpr_at_tpr
from index.evaluate.question_sets import GoldQuestion, QuestionSet, read_set
from index.evidence import features, signs, weights
from index.evidence.candidate import weigh_first
from index.evidence.question import read_question
from index.evidence.views import ArticleView
from index.model import Article, Filter
from tests.support.paths import EVAL

TRAINED = {"xquad-en-even": 1.0, "squad2-even": 0.7, "selqa-dev": 1.0, "qamr-wikinews-dev": 0.5, "clapnq-a": 0.5}
"""The sets that weights are trained on, and what one question of each counts in the ranking."""
CHECKED = ("wikiqa-dev", "quail-a")
SCALE_FLOOR = 0.02
NAMES = tuple(features.FEATURES)
SIGNS = tuple(signs.SIGNS)
FOR = frozenset(
    [
        *("count", "pairs", "title", "spelling", "synonyms", "near", "carried"),
        *("plain_here", "plain_least", "plain_anywhere", "wanted"),
    ]
)
"""Signs that can only speak for an answer; without this they learn what is odd in one set."""
AGAINST = frozenset(
    [
        *("generic", "names_lost", "any_name_lost", "names_nowhere", "any_name_nowhere", "numbers_lost"),
        *("no_age", "no_count", "no_duration", "no_money", "no_share", "no_time"),
        *("apart", "plain_lost", "plain_nowhere", "denied", "opposite", "prefixed"),
    ]
)
"""Signs that can only speak against one."""
TOPIC_SHARES = {"answerable": 0.3, "unanswerable": 0.15, "cut": 0.05, "wrong": 0.5}
STATES_SHARES = {"answerable": 0.5, "unanswerable": 0.17, "cut": 0.33}
"""What the groups of questions count in sum in the two regressions behind the confidence."""


@dataclass
class Case:
    """One question asked of one article: `rows` of features, `gold` rows, and what came of it."""

    set: str
    article: str
    right: bool
    answerable: bool
    rows: np.ndarray
    gold: np.ndarray
    article_view: ArticleView
    numbers: list[int]
    hidden: int
    cut: bool = False

    @property
    def group(self) -> str:
        """What the question is to the article: `answerable`, `unanswerable`, `cut` (its answer was) or `wrong`."""
        if self.cut:
            return "cut"
        return "wrong" if not self.right else "answerable" if self.answerable else "unanswerable"


def cases(name: str) -> list[Case]:
    asked = read_set(EVAL / name)
    keys = list(asked.articles)
    engines = {key: _engine(article) for key, article in asked.articles.items()}
    found = []
    for question in asked.questions:
        at = keys.index(question.article)
        others = [] if len(keys) < 2 else [keys[(at + 1) % len(keys)]]
        found += [_case(asked, question, key, asked.articles[key], engines[key]) for key in [question.article, *others]]
        if name in TRAINED and question.gold:
            found += _cut(asked, question)
    return found


def _cut(asked: QuestionSet, question: GoldQuestion) -> list[Case]:
    """Return the question asked of its article without the sentences that answer it: on the topic, unanswerable."""
    article = asked.articles[question.article]
    kept = [s for s in article.sentences if not any(s.start < end and start < s.end for start, end in question.gold)]
    if not kept:
        return []
    shorter = replace(article, sentences=tuple(replace(s, number=at) for at, s in enumerate(kept, 1)))
    return [replace(_case(asked, question, question.article, shorter, _engine(shorter)), cut=True, answerable=False)]


def _engine(article: Article) -> MemoryEngine:
    engine = MemoryEngine()
    engine.add([article], "default")
    return engine


def _case(asked: QuestionSet, question: GoldQuestion, key: str, article: Article, engine: MemoryEngine) -> Case:
    read = read_question(question.text)
    hits = engine.search(read.terms, 30, Filter(collections=("default",)))
    numbers = sorted({number for hit in hits for number in range(hit.passage.first, hit.passage.last + 1)})
    right = key == question.article
    article_view = ArticleView(read, article)
    views = {number: article_view.sentence(number) for number in numbers}
    numbers.sort(key=lambda number: (-weigh_first(views[number]), number))
    del numbers[features.PROMISING :]
    rows = np.array([list(features.evaluate(views[number]).values()) for number in numbers], np.float64).reshape(
        len(numbers), len(NAMES)
    )
    spans = [article.sentences[number - 1] for number in numbers]
    touches = [right and any(s.start < end and start < s.end for start, end in question.gold) for s in spans]
    relevant = sum(any(s.start < end and start < s.end for start, end in question.gold) for s in article.sentences)
    gold = np.array(touches, bool)
    return Case(
        asked.name, key, right, question.answerable, rows, gold, article_view, numbers, relevant - int(gold.sum())
    )


def fold(case: Case, folds: int) -> int:
    return int(hashlib.sha256(case.article.encode()).hexdigest(), 16) % folds


def fit_rank(found: list[Case], penalty: float) -> np.ndarray:
    """Return the weights that maximise the gold sentences' share of the softmax over each question's candidates."""
    used = [case for case in found if case.right and case.answerable and case.gold.any()]
    share = np.array([TRAINED[case.set] for case in used])
    return fit_softmax([case.rows for case in used], [case.gold for case in used], share, penalty)


def fit_softmax(each: list[np.ndarray], right: list[np.ndarray], share: np.ndarray, penalty: float) -> np.ndarray:
    """Return the weights for questions with a row of features for each candidate, and whether it is right."""
    rows = np.concatenate(each)
    scale = np.maximum(rows.std(0), SCALE_FLOOR)
    rows = rows / scale
    gold = np.concatenate(right)
    counts = np.array([len(own) for own in each])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])

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


def sign_rows(found: list[Case], rank: np.ndarray) -> tuple[list[Case], np.ndarray]:
    """Return the cases that have candidates, and the signs of their best sentence."""
    used, rows = [], []
    for case in found:
        if len(case.rows):
            best = case.numbers[int(np.argsort(-(case.rows @ rank), kind="stable")[0])]
            used.append(case)
            rows.append(list(signs.find_signs(case.article_view.sentence(best)).values()))
    return used, np.array(rows)


def fit_logit(
    rows: np.ndarray, truth: np.ndarray, share: np.ndarray, penalty: float, names: tuple[str, ...] = SIGNS
) -> tuple[np.ndarray, float]:
    """Return weights and bias of a logistic regression; signs that can only speak one way keep to it."""
    share = share * len(share) / share.sum()
    mean, scale = rows.mean(0), np.maximum(rows.std(0), SCALE_FLOOR)
    scaled = np.concatenate([(rows - mean) / scale, np.ones((len(rows), 1))], 1)

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        scores = scaled @ vector
        value = (share * (np.logaddexp(0, scores) - truth * scores)).sum() + penalty / 2 * vector[:-1] @ vector[:-1]
        slope = scaled.T @ (share * (1 / (1 + np.exp(-scores)) - truth))
        slope[:-1] += penalty * vector[:-1]
        return value, slope

    bounds = [(0 if name in FOR else None, 0 if name in AGAINST else None) for name in names] + [(None, None)]
    options = {"maxiter": 2000}
    start = np.zeros(scaled.shape[1])
    solved = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return solved[:-1] / scale, float(solved[-1] - (solved[:-1] * mean / scale).sum())


def fit_sure(used: list[Case], rows: np.ndarray, penalty: float) -> tuple[tuple[np.ndarray, float], ...]:
    """Return the two regressions behind the confidence: is the article on the topic, and if so, is it answered."""
    group = np.array([case.group for case in used])
    topic = _shares(group, TOPIC_SHARES)
    states = _shares(group, STATES_SHARES)
    on_topic = states > 0
    return (
        fit_logit(rows, (group != "wrong").astype(float), topic, penalty),
        fit_logit(rows[on_topic], (group[on_topic] == "answerable").astype(float), states[on_topic], penalty),
    )


def _shares(group: np.ndarray, parts: dict[str, float]) -> np.ndarray:
    share = np.zeros(len(group))
    for name, part in parts.items():
        share[group == name] = part / max(1, (group == name).sum())
    return share


def thresholds(used: list[Case], sure: np.ndarray) -> tuple[float, float]:
    """Return the least confidence of `answered`, and the least probability of the topic of `related`.

    `answered` lets through 54 % of the questions whose answer was cut out of the right article, `related` 6 % of
    the questions to a wrong article.
    """
    group = np.array([case.group for case in used])
    return float(np.quantile(sure[group == "cut", 1], 0.46)), float(np.quantile(sure[group == "wrong", 0], 0.94))


def report(found: list[Case], scored: list[tuple[Case, np.ndarray, np.ndarray]], at: tuple[float, float]) -> None:
    for name in dict.fromkeys(case.set for case in found):
        own = [(case, scores, sure) for case, scores, sure in scored if case.set == name]
        ranks, precisions = [], []
        for case, scores, _ in own:
            if case.group == "answerable" and (case.gold.any() or case.hidden):
                order = np.argsort(-scores, kind="stable")
                places = np.nonzero(case.gold[order])[0] + 1
                ranks.append(1 / places[0] if len(places) else 0.0)
                total = len(places) + case.hidden
                precisions.append(sum((n + 1) / place for n, place in enumerate(places)) / total)
        sure = {
            group: np.array([sure for case, _, sure in own if case.group == group]).reshape(-1, 3)
            for group in ("answerable", "unanswerable", "cut", "wrong")
        }
        good, wrong = list(sure["answerable"][:, 1]), sure["wrong"]
        line = f"{name:18s}"
        if ranks:
            line += f" hit@1 {np.mean(np.array(ranks) == 1):.3f} mrr {np.mean(ranks):.3f} map {np.mean(precisions):.3f}"
        for group in ("unanswerable", "cut"):
            if len(sure[group]):
                line += f" | {group} {auroc(good, list(sure[group][:, 1])):.3f}"
                line += f" answered {answered(sure[group], at[0]).mean():.3f}"
        line += f" | wrong {auroc(good, list(wrong[:, 1])):.4f} fpr95 {fpr_at_tpr(good, list(wrong[:, 1]), 0.95):.3f}"
        line += f" answered {answered(sure['answerable'], at[0]).mean():.3f}/{answered(wrong, at[0]).mean():.3f}"
        line += f" refused {np.mean((wrong[:, 0] < at[1]) & (wrong[:, 1] < at[0])):.3f}"
        print(line, flush=True)


def answered(sure: np.ndarray, least: float) -> np.ndarray:
    """Return which cases would be answered; `sure` holds topic, confidence and whether it can be stated at all."""
    return (sure[:, 1] >= least) & (sure[:, 2] > 0)


def learn(found: list[Case], args: argparse.Namespace) -> dict:
    rank = fit_rank(found, args.rank_penalty)
    used, rows = sign_rows(found, rank)
    learned = {"rank": rank, "sure": fit_sure(used, rows, args.sure_penalty)}
    least, related = thresholds(used, probabilities(rows, learned["sure"]))
    return learned | {"answered": least, "related": related}


def probabilities(rows: np.ndarray, sure: tuple) -> np.ndarray:
    """Return for each case the probability of the topic, and the confidence."""
    topic, states = (1 / (1 + np.exp(-(rows @ weights + bias))) for weights, bias in sure)
    return np.stack([topic, topic * states], 1)


def judge(found: list[Case], learned: dict) -> list[tuple[Case, np.ndarray, np.ndarray]]:
    used, rows = sign_rows(found, learned["rank"])
    best = [case.article_view.sentence(case.numbers[int(np.argmax(case.rows @ learned["rank"]))]) for case in used]
    stated = [signs.is_stated(each) for each in best]
    values = np.column_stack([probabilities(rows, learned["sure"]), np.array(stated, float)])
    sure = dict(zip(map(id, used), values, strict=True))
    return [(case, case.rows @ learned["rank"], sure.get(id(case), np.zeros(3))) for case in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, nargs="?", const=5, default=0, help="cross-validate with so many folds")
    parser.add_argument("--rank-penalty", type=float, default=10.0)
    parser.add_argument("--sure-penalty", type=float, default=10.0)
    parser.add_argument("--without", choices=NAMES, metavar="FEATURE", help="measure without this feature of ranking")
    args = parser.parse_args()
    if args.without and not args.folds:
        parser.error("--without only measures: give --folds, too")
    trained = [case for name in TRAINED for case in cases(name)]
    checked = [case for name in CHECKED for case in cases(name)]
    if args.without:
        for case in trained + checked:
            case.rows[:, NAMES.index(args.without)] = 0
    if args.folds:
        scored: list = []
        at = []
        for number in range(args.folds):
            learned = learn([case for case in trained if fold(case, args.folds) != number], args)
            scored += judge([case for case in trained if fold(case, args.folds) == number], learned)
            at.append((learned["answered"], learned["related"]))
        report(trained, scored, tuple(np.mean(at, 0)))
    learned = learn(trained, args)
    report(checked, judge(checked, learned), (learned["answered"], learned["related"]))
    if not args.folds:
        write(learned, args, trained + checked)


def rounded(names: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    """Return the weights by name, to four places, without those that are nothing."""
    return {name: weight for name, value in zip(names, values, strict=True) if (weight := round(float(value), 4))}


def hits(found: list[Case], rank: np.ndarray) -> dict[str, float]:
    """Return for each set the share of the answerable questions whose best sentence is a marked one."""
    right: dict[str, list[bool]] = {}
    for case in found:
        if case.group == "answerable" and (case.gold.any() or case.hidden):
            best = bool(len(case.rows)) and bool(case.gold[np.argmax(case.rows @ rank)])
            right.setdefault(case.set, []).append(best)
    return {name: round(float(np.mean(each)), 3) for name, each in right.items()}


def write(learned: dict, args: argparse.Namespace, found: list[Case]) -> None:
    """Write the weights and how they came about; no date and no chance in it, so that it can be made again."""
    stored = {
        "record": {
            "sets": TRAINED,
            "rank_penalty": args.rank_penalty,
            "sure_penalty": args.sure_penalty,
            "hit@1": hits(found, learned["rank"]),
            "made_by": "tests/train/train_evidence.py",
        },
        "rank": rounded(NAMES, learned["rank"]),
        "topic": {"weights": rounded(SIGNS, learned["sure"][0][0]), "bias": round(learned["sure"][0][1], 4)},
        "states": {"weights": rounded(SIGNS, learned["sure"][1][0]), "bias": round(learned["sure"][1][1], 4)},
        "answered": round(learned["answered"], 4),
        "related": round(learned["related"], 4),
        "affinity": 3.0,
    }
    path = Path(weights.__file__).with_name("weights.json")
    path.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
