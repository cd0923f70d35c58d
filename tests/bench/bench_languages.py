"""What each part gives in each language: terms alone, with letters, with kinds of question; and how sure replies are.

    python -m tests.bench.bench_languages [CODE ...]

Each question of `../shared/eval/xquad-CODE-even` is asked of its article. "hit@1" is the share whose best sentence
holds the answer, "shown" that whose first passage does. The verdict is measured on the same questions, and on each
asked of the next article. It takes a minute a language.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from index.evaluate import open_in_memory, outcomes, read_set, summary
from index.evaluate.question_sets import QuestionSet
from index.evidence import weights
from index.language.language import find_language, list_languages
from tests.support.paths import EVAL

HEAD = ("language", "terms", "+ letters", "+ kinds", "AUROC", "FPR95", "answered", "of wrong")
COLUMNS = "{:10} {:>11} {:>11} {:>11} {:>7} {:>7} {:>9} {:>9}"


@contextmanager
def without_letters() -> Iterator[None]:
    """Rank by the weights of English alone."""
    load = weights._load_weights
    weights.load_model.cache_clear()
    with patch.object(weights, "_load_weights", lambda name: load(name) | ({"rank": {}} if "language" in name else {})):
        yield
    weights.load_model.cache_clear()


@contextmanager
def without_kinds(code: str) -> Iterator[None]:
    """Read questions of the language without looking for what kind of answer they ask for."""
    language = find_language(code)
    assert language is not None
    with patch.dict(language.asks, clear=True):  # type: ignore[arg-type]
        yield


def measure(asked: QuestionSet, *, wrong: bool = False) -> dict[str, Any]:
    by_words = partial(open_in_memory, meaning=False)
    return summary(asked.name, outcomes(asked, wrong_article=wrong, opened=by_words))


def tell(found: dict[str, Any]) -> str:
    return f"{found['sentence']['hit@1']:.3f}/{found['passage']['hit@1']:.3f}"


def measure_language(code: str) -> str:
    asked = read_set(EVAL / f"xquad-{code}-even")
    told = {article.language for article in asked.articles.values()}
    assert told == {code}, f"{code}: articles are told as {told}"
    if code == "en":
        whole = measure(asked, wrong=True)
        steps = ["", "", tell(whole)]
    else:
        with without_kinds(code), without_letters():
            steps = [tell(measure(asked))]
        with without_kinds(code):
            steps.append(tell(measure(asked)))
        whole = measure(asked, wrong=True)
        steps.append(tell(whole))
    verdict = whole["verdict"]
    figures = [verdict[name] for name in ("auroc", "fpr95", "answered_right", "answered_wrong")]
    return COLUMNS.format(code, *steps, *[f"{figure:.3f}" for figure in figures])


def main(codes: list[str]) -> None:
    print(COLUMNS.format(*HEAD))
    for code in codes or [code for code in list_languages() if (EVAL / f"xquad-{code}-even").is_dir()]:
        print(measure_language(code), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
