"""Fit what weighs words and meaning together, and write `index/evidence/weights_by_meaning.json`. Half an hour.

    python -m tests.train.train_by_meaning

As `train_evidence`, with two more inputs: how near sentence and question are in meaning, and what the judge says of the
best sentences. The weights of the features are fitted on all sets of `split.RANKED`; the confidence on those texts
alone that the judge never saw (`split.is_held_out`), each group of questions of each set with a share of its own.
The judge's opinion of a text is the same on one machine, so the same training gives the same figures.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.evidence import features, signs, weights
from index.evidence.candidate import PROMISING_BY_MEANING, rank
from index.meaning import Meaning, find_meaning
from tests.train.cases import Case, read_cases
from tests.train.split import CHECKED, RANKED, WEIGHED, fold, is_held_out
from tests.train.train_evidence import fit_logit, fit_softmax, rounded

FILE = Path(weights.__file__).with_name("weights_by_meaning.json")
JUDGED = 0.4
"""What the judge's log odds count in a sentence's score: of 0.15 to 1.5, the best on sloppy-a and wikiqa-dev."""
TOPIC_SHARES = {"answerable": 0.3, "unanswerable": 0.15, "cut": 0.05, "wrong": 0.5}
STATES_SHARES = {"answerable": 0.5, "unanswerable": 0.35, "cut": 0.15}
"""What the groups of a set's questions count in the two regressions behind the confidence."""
NAMES = (*signs.SIGNS, *signs.BY_MEANING)
ANSWERED_RIGHT = 0.83
"""Share of the answerable questions of sloppy-a that the bar of `answered` lets through, cross-validated."""
RELATED_WRONG = 0.06
"""Share of the questions to a wrong article that are at least `related`."""


@dataclass(frozen=True)
class Judged:
    """A case and the signs of its best sentence."""

    case: Case
    signs: np.ndarray


def fit_rank(cases: list[Case]) -> dict[str, float]:
    """Return the weights of the features."""
    used, rows, gold = [], [], []
    for case in cases:
        if case.group == "answerable":
            views = case.pick_views(PROMISING_BY_MEANING)
            right = np.array([view.sentence.number in case.gold for view in views])
            if right.any():
                used.append(RANKED[case.set])
                rows.append(np.array([list(features.evaluate(view).values()) for view in views]))
                gold.append(right)
    found = fit_softmax(rows, gold, np.array(used), penalty=10.0)
    return rounded(tuple(features.FEATURES), found)


def look(cases: list[Case], meaning: Meaning) -> list[Judged]:
    """Return the signs of the best sentence of each case, as the product finds it."""
    found = []
    for case in cases:
        best = rank(case.question, [case.nominated], meaning.judge)[0].view
        values = signs.find_signs(best)
        found.append(Judged(case, np.array([values[name] for name in NAMES])))
    return found


def fit_confidence(found: list[Judged]) -> tuple[tuple[np.ndarray, float], tuple[np.ndarray, float]]:
    """Return the two regressions: is the article on the topic, and if so, does its best sentence answer."""
    rows = np.array([each.signs for each in found])
    group = np.array([each.case.group for each in found])
    topic, states = share_out(found, TOPIC_SHARES), share_out(found, STATES_SHARES)
    on_topic = states > 0
    right = (group[on_topic] == "answerable").astype(float)
    return (
        fit_logit(rows, (group != "wrong").astype(float), topic, 10.0, NAMES),
        fit_logit(rows[on_topic], right, states[on_topic], 10.0, NAMES),
    )


def share_out(found: list[Judged], parts: dict[str, float]) -> np.ndarray:
    """Return what each case counts: every set its weight, every group its part of it."""
    keys = [(each.case.set, each.case.group) for each in found]
    counts = {key: keys.count(key) for key in set(keys)}
    return np.array([WEIGHED[name] * parts.get(group, 0.0) / counts[name, group] for name, group in keys])


def estimate(found: list[Judged], learned: tuple) -> np.ndarray:
    """Return for each case the probability of the topic, and the confidence."""
    rows = np.array([each.signs for each in found])
    topic, states = (1 / (1 + np.exp(-(rows @ part + bias))) for part, bias in learned)
    return np.stack([topic, topic * states], 1)


def find_bars(found: list[Judged]) -> tuple[float, float]:
    """Return the least confidence of `answered` and the least topic of `related`, by cross-validation over articles."""
    values = np.zeros((len(found), 2))
    for number in range(5):
        here = [at for at, each in enumerate(found) if fold(each.case.key, 5) == number]
        others = [each for each in found if fold(each.case.key, 5) != number]
        values[here] = estimate([found[at] for at in here], fit_confidence(others))
    group = np.array([each.case.group for each in found])
    ours = np.array([each.case.set == "sloppy-a" for each in found])
    answered = np.quantile(values[ours & (group == "answerable"), 1], 1 - ANSWERED_RIGHT)
    return float(answered), float(np.quantile(values[group == "wrong", 0], 1 - RELATED_WRONG))


def write(stored: dict) -> None:
    """Write the weights, and let the product read them again."""
    FILE.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    weights.load_model.cache_clear()


def main() -> None:
    """Fit and write everything."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    meaning = find_meaning()
    if meaning is None:
        raise SystemExit("needs the extra [meaning]")
    cases = [case for name in RANKED for case in read_cases(name, meaning)]
    nothing = {"weights": {}, "bias": 0.0}
    stored = {
        "record": {
            "sets": RANKED,
            "confidence": WEIGHED,
            "checked": CHECKED,
            "made_by": "tests/train/train_by_meaning.py",
        },
        "rank": fit_rank(cases),
        "topic": nothing,
        "states": nothing,
        "answered": 1.0,
        "related": 1.0,
        "affinity": 3.0,
        "judged": JUDGED,
    }
    write(stored)
    found = look([case for case in cases if case.set in WEIGHED and is_held_out(case.set, case.key)], meaning)
    for name, (part, bias) in zip(("topic", "states"), fit_confidence(found), strict=True):
        stored[name] = {"weights": rounded(NAMES, part), "bias": round(bias, 4)}
    stored["answered"], stored["related"] = (round(bar, 4) for bar in find_bars(found))
    write(stored)
    print(f"wrote {FILE.name}")


if __name__ == "__main__":
    main()
