"""Make `index/language/synonyms.terms` and `plain.terms`: the terms of words that a question is compared with.

`python -m tests.train.make_terms` after each change of `synonyms.txt`, `punkt.json`, the word lists or the analyser; a
test tells when it was forgotten.
"""

from __future__ import annotations

import sys

from index.language import thesaurus, wordlists
from index.language.terms import analyse


def make_synonyms() -> str:
    """Return the terms of each group of `synonyms.txt`, a group a line."""
    lines = thesaurus.SYNONYMS.with_suffix(".txt").read_text("utf-8").splitlines()
    return "".join(" ".join(term for word in line.split() for term in analyse(word)) + "\n" for line in lines)


def make_plain() -> str:
    """Return the terms of plain English that the word lists hold, in alphabetic order, a term a line."""
    listed = wordlists.VERBS.union(
        wordlists.GENERAL,
        wordlists.LIGHT,
        wordlists.OFFICES,
        wordlists.SMALL,
        wordlists.NUMBERS,
        thesaurus.load_small_words(),
    )
    return "".join(f"{term}\n" for term in sorted({term for word in listed for term in analyse(word)}))


def main() -> None:
    """Write the files and say how large they are."""
    for path, text in ((thesaurus.SYNONYMS, make_synonyms()), (thesaurus.PLAIN, make_plain())):
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
