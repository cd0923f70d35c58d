"""How fast sentences and terms are, against plain nltk Punkt and PyStemmer in the same run: `make bench`.

Megabytes a second differ between machines; the ratios and the growth with length do not.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

from index.language import punkt, sentences
from index.language.detect import detect_language
from index.language.terms import analyse
from tests.support.paths import EVAL, SEEDS

SHAPES = {
    "full stops": " .",
    "a run of full stops": ".",
    "quotation marks apart": '. " ',
    "abbreviations": "U.S. ",
    "small beginnings": '. a " ',
    "one letter": "a",
    "attributions": '?" A A A A A A ',
}


def seconds(work: Callable[[str], object], text: str) -> float:
    """Return the best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work(text)
        best = min(best, time.perf_counter() - start)
    return best


def texts() -> str:
    """Return the running texts at hand, one a line."""
    sets = [EVAL / name / "articles.jsonl" for name in ("squad2-even", "xquad-en-even")]
    found = [
        json.loads(line)["text"] for path in sets if path.exists() for line in path.read_text("utf-8").splitlines()
    ]
    return "\n".join(found or [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))])


def main() -> None:
    """Print one line a measure."""
    from Stemmer import Stemmer

    text = texts()
    size = len(text) / 1e6
    analyse("warm"), sentences.split_sentences("Warm up. Yes.")
    plain_punkt, stemmer = punkt.load_splitter(), Stemmer("english")
    plain = seconds(lambda text: [list(plain_punkt.span_tokenize(line)) for line in text.split("\n")], text)
    ours = seconds(sentences.split_sentences, text)
    print(f"sentences: {size / ours:.1f} MB/s, plain Punkt {size / plain:.1f} MB/s: {plain / ours:.1f} times as fast")
    plain = seconds(lambda text: stemmer.stemWords(re.findall(r"\w+", text.lower())), text)
    start = time.perf_counter()
    analyse(text)
    first = time.perf_counter() - start
    ours = seconds(analyse, text)
    print(
        f"terms: {size / ours:.1f} MB/s, first time {size / first:.1f} MB/s, plain PyStemmer {size / plain:.1f} MB/s: "
        f"{plain / ours:.2f} times as fast"
    )
    print(f"detect: {1000 * seconds(detect_language, text):.1f} ms for any long text")
    for name, shape in SHAPES.items():
        half, whole = shape * (500_000 // len(shape)), shape * (1_000_000 // len(shape))
        one, two = seconds(sentences.split_sentences, half), seconds(sentences.split_sentences, whole)
        three, four = seconds(analyse, half), seconds(analyse, whole)
        growth = f"sentences {two:.2f} s, {two / one:.1f} times the half; terms {four:.2f} s, {four / three:.1f} times"
        print(f"1 MB of {name}: {growth}")


if __name__ == "__main__":
    main()
