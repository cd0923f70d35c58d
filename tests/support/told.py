"""How well languages are told: the table of `python -m tests.support.told`, and the counts that tests hold to.

Questions and articles are those of ../shared/eval, in English and eleven other languages, and our own short texts in
`tests/language/told.jsonl`, an article, an item and some questions a language. The articles of the English sets are
read whole. "Asked" counts the texts about which the model of letters is asked, because words leave doubt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from index.language.detect import detect_by_words, detect_language
from tests.support.paths import EVAL, ROOT

ENGLISH = (
    "clapnq-a", "qamr-wikinews-dev", "quail-a", "selqa-dev", "squad2-even", "wikiqa-dev", "xquad-en-even",
)  # fmt: skip
"""The sets whose 6,035 questions are written out."""

TYPED = ("mtragun-a", "sloppy-a", "sloppy-c1", "sloppy-c2", "sloppy-c3")
"""The sets with questions as people type them."""

OTHERS = ("ar", "de", "el", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh")

OWN = ROOT / "tests" / "language" / "told.jsonl"


class Count(NamedTuple):
    """Of `total` texts: how many are told `right`, how many in any language but English, and how often who is asked."""

    total: int
    right: int
    foreign: int
    asked: int


def read_lines(path: Path) -> list[dict[str, object]]:
    """Return the objects of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_questions(names: Iterable[str]) -> list[str]:
    """Return the questions of sets in ../shared/eval."""
    return [str(line["question"]) for name in names for line in read_lines(EVAL / name / "questions.jsonl")]


def read_articles(names: Iterable[str]) -> list[str]:
    """Return the texts of the articles of sets in ../shared/eval."""
    return [str(line["text"]) for name in names for line in read_lines(EVAL / name / "articles.jsonl")]


def read_own() -> list[dict[str, object]]:
    """Return our own texts: of each language its code as "language", "article", "item" and "questions"."""
    return read_lines(OWN)


def count_told(texts: Iterable[str], language: str) -> Count:
    """Tell the language of each text, and count."""
    found = list(texts)
    told = [detect_language(text) for text in found]
    doubted = [text for text in found if not detect_by_words(text)]
    return Count(len(found), sum(code == language for code in told), sum(code != "en" for code in told), len(doubted))


def make_rows() -> Iterator[tuple[str, Count]]:
    """Yield the rows of the table."""
    yield "English questions, written out", count_told(read_questions(ENGLISH), "en")
    yield "English questions, as typed", count_told(read_questions(TYPED), "en")
    yield "English articles", count_told(read_articles((*ENGLISH, *TYPED)), "en")
    for code in OTHERS:
        yield f"{code} questions", count_told(read_questions([f"xquad-{code}-even"]), code)
        yield f"{code} articles", count_told(read_articles([f"xquad-{code}-even"]), code)
    for form in ("article", "item"):
        counts = [count_told([str(line[form])], str(line["language"])) for line in read_own()]
        yield f"own {form}s, {len(counts)} languages", Count(*map(sum, zip(*counts, strict=True)))


if __name__ == "__main__":
    print(f"{'':34}{'texts':>7}{'told':>7}{'not English':>13}{'asked':>7}")
    for name, count in make_rows():
        print(f"{name:34}{count.total:>7}{count.right:>7}{count.foreign:>13}{count.asked:>7}")
