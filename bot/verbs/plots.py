"""Plot how far the confidence can be trusted: a reliability diagram, and risk against coverage.

They need matplotlib, which the extra `plot` installs; nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from index.evaluate import risk_coverage
from index.files import write_whole

if TYPE_CHECKING:
    from index.evaluate import Outcome

BINS = 10
"""Bins of the reliability diagram, of equal width."""

FEWEST = 10
"""Questions that a bin needs to be drawn; a share of fewer means nothing."""


def select_judged(outcomes: Sequence[Outcome]) -> tuple[list[float], list[bool]]:
    """Return, for the questions with a marked answer, the confidences and whether the first citation answers."""
    marked = [outcome for outcome in outcomes if outcome.cited is not None]
    return [outcome.confidence for outcome in marked], [outcome.positive and bool(outcome.cited) for outcome in marked]


def bin_reliability(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float, int]]:
    """Return the mean confidence, the share answered rightly and the number of questions of each bin with enough."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for sure, answers in zip(confidence, right, strict=True):
        bins[min(BINS - 1, int(sure * BINS))].append((sure, answers))
    return [
        (sum(sure for sure, _ in some) / len(some), sum(answers for _, answers in some) / len(some), len(some))
        for some in bins
        if len(some) >= FEWEST
    ]


def draw(measured: Mapping[str, Sequence[Outcome]], path: Path) -> None:
    """Write both plots side by side, one line a set, in the format of the file's extension (.svg, .png, ...).

    Raises:
        ImportError: matplotlib is not installed.
        OutputError: the file cannot be written.
        ValueError: matplotlib does not know the extension.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "pullquote"  # the same figures give the same bytes
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, outcomes in measured.items():
        confidence, answers = select_judged(outcomes)
        if not confidence:
            continue
        points = bin_reliability(confidence, answers)
        left.plot([sure for sure, _, _ in points], [share for _, share, _ in points], marker="o", label=name)
        curve = risk_coverage(confidence, answers)
        right.plot([coverage for coverage, _ in curve], [risk for _, risk in curve], label=name)
    left.set(xlabel="confidence", ylabel="share answered rightly", xlim=(0, 1), ylim=(0, 1), title="Reliability")
    right.set(xlabel="share of questions answered", ylabel="share of those wrong", xlim=(0, 1), ylim=(0, 1))
    right.set_title("Risk and coverage")
    right.legend(frameon=False)
    drawn = BytesIO()
    form = path.suffix.lower().lstrip(".") or "png"
    figure.savefig(drawn, format=form, metadata={"Date": None} if form == "svg" else None)
    write_whole(path, drawn.getvalue())
