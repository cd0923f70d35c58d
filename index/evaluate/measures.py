"""Measures of ranking and of decisions, as usually defined; tests compare them with ir_measures.

`ranks` are the ranks of the relevant units, from 1, ascending. A mean over nothing is None.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import ceil


def mean(values: Sequence[float]) -> float | None:
    """Return the arithmetic mean, None if there are no values."""
    return sum(values) / len(values) if values else None


def hit_at(ranks: Sequence[int], cutoff: int) -> float:
    """Return 1 if a relevant unit is among the first `cutoff`, else 0."""
    return float(any(rank <= cutoff for rank in ranks))


def reciprocal_rank(ranks: Sequence[int]) -> float:
    """Return 1 / rank of the first relevant unit; 0 if none was ranked."""
    return 1 / min(ranks) if ranks else 0.0


def average_precision(ranks: Sequence[int], relevant: int) -> float:
    """Return the mean, over all `relevant` units, of the precision at their ranks; an unranked unit counts 0."""
    return sum(found / rank for found, rank in enumerate(sorted(ranks), 1)) / relevant if relevant else 0.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the area under the ROC curve, 0 to 1: how often a positive scores above a negative, ties counting half.

    None if there are no positives or no negatives.
    """
    if not positive or not negative:
        return None
    below = sorted(negative)
    wins = sum(bisect_left(below, score) + bisect_right(below, score) for score in positive)
    return wins / (2 * len(positive) * len(negative))


def fpr_at_tpr(positive: Sequence[float], negative: Sequence[float], tpr: float = 0.95) -> float | None:
    """Return the share of negatives that reach the highest threshold which `tpr` of the positives reach.

    None if there are no positives or no negatives.
    """
    if not positive or not negative:
        return None
    enough = max(1, ceil(tpr * len(positive) - 1e-9))  # 0.95 * 20 is slightly more than 19 in floating point
    threshold = sorted(positive, reverse=True)[enough - 1]
    return sum(score >= threshold for score in negative) / len(negative)


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> tuple[tuple[float, float], ...]:
    """Return (coverage, risk) for each threshold, the highest first.

    Coverage is the share of questions answered, risk the share of the answered ones that are wrong.
    Questions of equal confidence are answered together.
    """
    curve: list[tuple[float, float]] = []
    wrong = 0
    order = sorted(range(len(confidence)), key=lambda place: -confidence[place])
    for answered, place in enumerate(order, 1):
        wrong += not right[place]
        if answered == len(order) or confidence[order[answered]] != confidence[place]:
            curve.append((answered / len(order), wrong / answered))
    return tuple(curve)
