"""Make `index/language/punkt.json` from the evaluation texts with nltk's own trainer: `make train`, never in the tests.

Only sets under CC BY-SA, Apache or MIT terms are read. What is kept are single words in alphabetic order:
abbreviations, words that begin sentences, words that are written small; no run of text. Same texts, same bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.support.paths import EVAL, ROOT

SETS = ("clapnq-a", "qamr-wikinews-dev", "selqa-dev", "squad2-even", "xquad-en-even")
COMMON = 3
"""Words seen less often are left out: their case says nothing yet, and the file stays small."""


def texts(folder: Path) -> list[str]:
    """Return the articles' texts, set by set in the order of the files."""
    lines = [line for name in SETS for line in (folder / name / "articles.jsonl").read_text("utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


def train(articles: list[str]) -> dict[str, Any]:
    """Train Punkt on all texts at once and return its parameters, sorted, without rare words."""
    from nltk.tokenize.punkt import PunktTrainer

    from index.language.wordlists import ABBREVIATIONS, PLACE_ABBREVIATIONS, TITLE_ABBREVIATIONS

    ours = {word.lower() for word in TITLE_ABBREVIATIONS | ABBREVIATIONS | PLACE_ABBREVIATIONS}
    trainer = PunktTrainer()
    trainer._params.abbrev_types.update(ours)  # else "Mr" ends sentences in the training texts
    trainer.train("\n\n".join(articles))
    found = trainer.get_params()
    count = trainer._type_fdist
    return {
        "abbreviations": sorted(
            word for word in found.abbrev_types - ours if word.isascii() and count[word + "."] >= COMMON
        ),
        "starters": sorted(word for word in found.sent_starters if is_small(found, word)),
        "small": " ".join(
            word for word in sorted(found.ortho_context) if count[word] >= COMMON and is_small(found, word)
        ),
    }


def is_small(found: Any, word: str) -> bool:
    """Tell whether the word is written small within sentences, so that a capital speaks for a beginning."""
    from nltk.tokenize import punkt

    case = found.ortho_context[word]
    return word.isascii() and word.isalpha() and bool(case & punkt._ORTHO_LC) and not case & punkt._ORTHO_MID_UC


def main() -> None:
    """Write the file and say how large it is."""
    found = train(texts(EVAL))
    path = ROOT / "index" / "language" / "punkt.json"
    path.write_text(json.dumps(found, indent=0, ensure_ascii=True) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size} bytes, {len(found['abbreviations'])} abbreviations", file=sys.stderr)


if __name__ == "__main__":
    main()
