"""What resolving follow-up questions is worth: `python -m tests.bench.bench_followup` prints it.

Terms of our rewrite against those of the human one (../shared/eval/mtrag-rewrite-a), beside the question alone
and the question with all of its history; then retrieval on ../shared/eval/mtragun-a with and without history.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import mean

from index.asking.followup import rewrite
from index.evaluate import outcomes, read_set, summary
from index.language.terms import analyse
from tests.support.paths import EVAL


def pairs() -> list[dict]:
    lines = (EVAL / "mtrag-rewrite-a" / "pairs.jsonl").read_text("utf-8").splitlines()
    return [pair for pair in map(json.loads, lines) if pair["history"]]


def recall_precision(ours: str, human: str) -> tuple[float, float]:
    found, wanted = set(analyse(ours)), set(analyse(human))
    both = len(found & wanted)
    return both / len(wanted) if wanted else 1.0, both / len(found) if found else 0.0


def borrowing(make: Callable[[dict], str], some: list[dict]) -> tuple[int, int, int]:
    """Count the terms borrowed, those of them in the human rewrite, and those that could have been."""
    borrowed = right = possible = 0
    for pair in some:
        own, human = set(analyse(pair["question"])), set(analyse(pair["rewrite"]))
        earlier = set(analyse(" ".join(pair["history"])))
        extra = set(analyse(make(pair))) - own
        borrowed += len(extra)
        right += len(extra & human)
        possible += len((human - own) & earlier)
    return borrowed, right, possible


def print_rewrites() -> None:
    some = pairs()
    systems = {
        "question alone": lambda pair: pair["question"],
        "with all of its history": lambda pair: " ".join([*pair["history"], pair["question"]]),
        "with the last question": lambda pair: f"{pair['history'][-1]} {pair['question']}",
        "rewritten": lambda pair: rewrite(pair["question"], pair["history"]) or pair["question"],
    }
    print(f"{len(some)} follow-up questions of mtrag-rewrite-a")
    print(f"{'':26}recall  precision     F1   borrowed  right  of")
    for name, make in systems.items():
        both = [recall_precision(make(pair), pair["rewrite"]) for pair in some]
        f1 = mean(2 * r * p / (r + p) if r + p else 0.0 for r, p in both)
        counts = "".join(f"{count:8}" for count in borrowing(make, some))
        print(f"{name:26}{mean(r for r, _ in both):.3f}      {mean(p for _, p in both):.3f}  {f1:.3f}{counts}")
    print(f"left alone: {sum(rewrite(pair['question'], pair['history']) is None for pair in some)}")


def print_retrieval() -> None:
    asked = read_set(EVAL / "mtragun-a")
    alone = replace(asked, questions=tuple(replace(question, history=()) for question in asked.questions))
    together = replace(
        asked,
        questions=tuple(replace(q, text=" ".join([*q.history, q.text]), history=()) for q in asked.questions),
    )
    for name, some in (("last turn", alone), ("all turns", together), ("rewritten", asked)):
        figures = summary(name, outcomes(some))
        print(f"{name:12}", figures["sentence"], "AUROC", figures["verdict"]["auroc"])


if __name__ == "__main__":
    print_rewrites()
    if "--retrieval" in sys.argv:
        print_retrieval()
