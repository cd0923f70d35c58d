"""Make `index/punkt.json` from the evaluation texts with nltk's own trainer: `make train`, never in the tests.

Only sets under CC BY-SA, Apache or MIT terms are read. What is kept are single words (abbreviations, sentence
starters, the case in which common words occur) and pairs of an initial and a name; no run of text. Same texts, same bytes.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SETS = ("clapnq-a", "qamr-wikinews-dev", "selqa-dev", "squad2-even", "xquad-en-even")
COMMON = 5
"""Words seen less often are left out: their case says nothing yet, and the file stays small."""


def texts(folder: Path) -> list[str]:
    """Return the articles' texts, set by set in the order of the files."""
    lines = [line for name in SETS for line in (folder / name / "articles.jsonl").read_text("utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


def train(articles: list[str]) -> dict[str, Any]:
    """Train Punkt on all texts at once and return its parameters, sorted, without rare words."""
    from nltk.tokenize.punkt import PunktTrainer

    from index.words import ABBREVIATIONS, TITLES

    trainer = PunktTrainer()
    trainer._params.abbrev_types.update(word.lower() for word in TITLES | ABBREVIATIONS)  # else "Mr" ends sentences
    trainer.train("\n\n".join(articles))
    found = trainer.get_params()
    case = defaultdict(list)
    for word in sorted(found.ortho_context):
        if word.isascii() and word.isalpha() and trainer._type_fdist[word] >= COMMON:
            case[str(found.ortho_context[word])].append(word)
    return {
        "abbreviations": sorted(word for word in found.abbrev_types if word.isascii() and not word.startswith("##")),
        "collocations": sorted(list(pair) for pair in found.collocations),
        "starters": sorted(word for word in found.sent_starters if word.isascii()),
        "case": {flags: " ".join(words) for flags, words in sorted(case.items())},
    }


def main() -> None:
    """Write the file and say how large it is."""
    found = train(texts(ROOT.parent / "shared" / "eval"))
    path = ROOT / "index" / "punkt.json"
    path.write_text(json.dumps(found, indent=0, ensure_ascii=True) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size} bytes, {len(found['abbreviations'])} abbreviations", file=sys.stderr)


if __name__ == "__main__":
    main()
