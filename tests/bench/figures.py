"""What the figures of a comparison come to: percentiles, ratios with their spread, tables and plots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

OURS = ("Pullquote, disk", "Pullquote, memory")
Turns = Sequence[Sequence[float]]
"""Milliseconds of each question, by turns."""

_HEAD = (
    "| | p50 | p95 | p99 | longest | again, p50 | ours in theirs | again | cold | ours in theirs | build, s "
    "| memory, MB (building) | disk, MB (in text's) | one add | asked after it |"
)


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that this share of all does not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def list_ratios(ours: Turns, theirs: Turns) -> list[float]:
    """Return our time in theirs for each turn, of the questions that both were asked."""
    found = []
    for mine, other in zip(ours, theirs, strict=False):
        common = min(len(mine), len(other))
        if common and sum(other[:common]):
            found.append(sum(mine[:common]) / sum(other[:common]))
    return found


def tell_ratio(ratios: Sequence[float]) -> str:
    """Return the median and, in brackets, from the tenth to the ninetieth of a hundred; "" of none."""
    if not ratios:
        return ""
    low, high = percentile(ratios, 0.1), percentile(ratios, 0.9)
    return f"{_round(median(ratios))} ({_round(low)} to {_round(high)})"


def name_size(result: Mapping[str, Any]) -> str:
    """Return the size as a heading tells it."""
    asked = f"{result['questions']:,} questions"
    if result["size"] == 1:
        return f"one article ({result['articles']:,} of them, {asked})"
    return f"{result['passages']:,} passages ({asked})"


def choose_ours(result: Mapping[str, Any]) -> str:
    """Return which of ours the others are compared with: memory for one article, disk for a library."""
    return OURS[1] if result["size"] == 1 else OURS[0]


def table(result: Mapping[str, Any]) -> str:
    """Return the Markdown table of one corpus and size, in milliseconds of CPU where nothing else is said."""
    found, cold = result["contestants"], result["cold"]
    ours = choose_ours(result)
    base = found.get(ours, {"first": [], "again": []})
    rows = [_HEAD, "|---" * (_HEAD.count("|") - 1) + "|"]
    for name in [*found, *(name for name in cold if name not in found)]:
        one = found.get(name, {"first": [], "again": []})
        first, again = list(chain(*one["first"])), list(chain(*one["again"]))
        compared = name != ours
        cells = [
            *(_round(percentile(first, share)) if first else "" for share in (0.5, 0.95, 0.99, 1)),
            _round(percentile(again, 0.5)) if again else "",
            tell_ratio(list_ratios(base["first"], one["first"])) if compared else "",
            tell_ratio(list_ratios(base["again"], one["again"])) if compared else "",
            _round(median(cold[name])) if name in cold else "",
            tell_ratio(_divide(cold.get(ours, ()), cold.get(name, ()))) if compared else "",
            _round(one["built"]["cpu"]) if "built" in one else "",
            f"{_round(one['memory'])} ({_round(one['built']['memory'])})" if "memory" in one else "",
            f"{_round(one['disk'])} ({_round(one['disk'] / result['text'])})" if one.get("disk") else "",
            *(_round(median(chain(*one[key]))) if one.get(key) else "" for key in ("added", "after")),
        ]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def draw(results: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write what a new question costs against the passages, a panel a corpus; a line ends at p50, a bar at p99."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "pullquote"  # the same figures give the same bytes
    from matplotlib.figure import Figure

    corpora = sorted({result["corpus"] for result in results}, reverse=True)
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    panels = figure.subplots(1, len(corpora), sharey=True, squeeze=False)[0]
    asked = (name for result in results for name, told in result["contestants"].items() if any(told["first"]))
    names = dict.fromkeys(asked)  # ten, as there are colours
    for panel, corpus in zip(panels, corpora, strict=True):
        for at, name in enumerate(names):
            points = []
            for result in results:
                first = list(chain(*result["contestants"].get(name, {"first": []})["first"]))
                if result["corpus"] == corpus and first:
                    passages = result["passages"] / (result["articles"] if result["size"] == 1 else 1)
                    points.append((passages, percentile(first, 0.5), percentile(first, 0.99)))
            if points:
                across, middle, high = zip(*points, strict=True)
                over = [top - half for top, half in zip(high, middle, strict=True)]
                style = {"linewidth": 2.5 if name in OURS else 1, "color": f"C{at % 10}", "label": name}
                panel.errorbar(across, middle, yerr=([0] * len(over), over), marker="o", capsize=3, **style)
        panel.set(xscale="log", yscale="log", xlabel="passages", title=f"{corpus} text")
    panels[0].set_ylabel("CPU of a new question, ms: p50, bar to p99")
    figure.legend(*_join_legends(panels), loc="outside right center", frameon=False)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _join_legends(panels: Iterable[Any]) -> tuple[list[Any], list[str]]:
    """Return each contestant's mark and name once, whichever panels it stands in."""
    found = {label: mark for panel in panels for mark, label in zip(*panel.get_legend_handles_labels(), strict=True)}
    return list(found.values()), list(found)


def _divide(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [mine / other for mine, other in zip(ours, theirs, strict=False) if other]


def _round(value: float) -> str:
    """Return three digits that count: 0.123, 1.23, 12.3, 1,230."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{2 - (value >= 10)}f}" if value >= 1 else f"{value:.3f}"
