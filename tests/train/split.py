"""Which question sets the models are trained on, and which of their texts the judge never sees.

What it thinks of those is weighed and measured; what it thinks of texts that it learned from would flatter it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.support.paths import EVAL, ROOT

OWN = ROOT / "tests" / "train" / "own"

DRAWN = {
    "squad2-even": 0.6, "xquad-en-even": 0.7, "selqa-dev": 0.7, "qamr-wikinews-dev": 0.3, "clapnq-a": 1.0,
    "sloppy-c1": 1.2, "sloppy-c2": 1.2, "sloppy-c3": 1.2, "own": 1.0,
}  # fmt: skip
"""The sets that the judge is trained on, and how often an epoch draws a question of each, on average."""

WEIGHED = {
    "sloppy-a": 3.0, "sloppy-c3": 2.0, "own": 3.0, "squad2-even": 2.0, "xquad-en-even": 1.0, "clapnq-a": 1.0,
    "selqa-dev": 0.5, "qamr-wikinews-dev": 0.5,
}  # fmt: skip
"""The sets that the confidence is fitted on, as far as the judge does not know them, and what each counts in sum.

Some texts of sloppy-a may not be used commercially: no more of them goes into what ships than these few figures.
"""

RANKED = {
    "xquad-en-even": 1.0, "squad2-even": 0.7, "selqa-dev": 1.0, "qamr-wikinews-dev": 0.5, "clapnq-a": 0.5,
    "sloppy-a": 1.0, "sloppy-c1": 1.0, "sloppy-c2": 1.0, "sloppy-c3": 1.0, "own": 0.5,
}  # fmt: skip
"""The sets that the weights of the features are fitted on, and what one question of each counts."""

CHECKED = ("wikiqa-dev", "quail-a")
"""The sets that are only measured on."""

_WHOLE = {"sloppy-c1": False, "sloppy-c2": False, "sloppy-c3": True}
_SQUAD = ("squad2-French_and_Indian_War", "squad2-Normans")
_FOLDS = {"own": 9}


def find_folder(name: str) -> Path:
    """Return the folder of a question set."""
    return OWN if name == "own" else EVAL / name


def fold(article: str, folds: int) -> int:
    """Return which of so many folds an article is in."""
    return int(hashlib.sha256(article.encode()).hexdigest(), 16) % folds


def is_held_out(name: str, article: str) -> bool:
    """Tell whether the judge is not trained on the article of a set."""
    if name not in DRAWN:
        return True
    if name in _WHOLE:
        return _WHOLE[name]
    if name == "squad2-even":
        return article in _SQUAD
    return fold(article, _FOLDS.get(name, 5)) == 0
