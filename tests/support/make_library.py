"""Make libraries of any size: distinct stories over a vocabulary as uneven as a language's, with questions they answer.

    python -m tests.support.make_library FOLDER PASSAGES [SEED]

writes story files and `questions.jsonl`. In tests, `stories` gives the same as values, and `made` builds an article
word by word without any analysis.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from index import Article, Paragraph, Sentence
from index.model import Kind, hash_text, make_article_id

SENTENCES = 20
"""Sentences of a story; it has half as many passages."""

_ONSETS = ["b", "br", "d", "dr", "f", "g", "gr", "k", "kl", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v"]
_SYLLABLES = [onset + vowel for onset in _ONSETS for vowel in "aeiou"]
_ENDS = ["n", "l", "r", "m", "nd", "rt", "ck", "st", "x", "th"]
_VOCABULARY = 60_000
_CITIES = ["EASTMOOR", "CALDER", "TORVIK", "MARRENPORT", "OSTVALE", "LINDHAVEN"]
_PATTERNS = (
    "{name}, who leads the {0} {1}, said on Monday that the {2} of the {3} had {4}ed the {5} near the {6}.",
    "The {0} {1} was {2}ed by {name} after a {3} of the {4} in the {5}, and no {6} was found.",
    "In the {0} of {1}, some {number} {2}s were moved to the {3} because the {4} had no {5} or {6}.",
    '"We have seen the {0} and the {1}," said {name}, "but the {2} {3} is not a {4} of the {5} {6}."',
    "It was the {0} that the {1} had asked for, {name} told reporters at the {2} {3} of the {4} {5} {6}.",
    "About {number} people from {0} were at the {1} when the {2} {3} began to {4} the {5} with a {6}.",
)


@dataclass(frozen=True, slots=True)
class Story:
    """A story as a file would hold it, and a question that its sentence of that number answers."""

    text: str
    question: str
    sentence: int


def stories(passages: int, seed: int = 1) -> Iterator[Story]:
    """Yield stories until they have so many passages; the same seed gives the same stories."""
    chance = random.Random(seed)
    words = _vocabulary(random.Random(0))
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))  # Zipf and Mandelbrot
    for number in range(1, passages * 2 // SENTENCES + 1):
        yield _story(chance, words, weights, number)


def made(sentences: Sequence[str | Sequence[str]], **known: Any) -> Article:
    """Return an article of one paragraph a line; the terms are the words of each sentence, lower-cased."""
    lines = [sentence if isinstance(sentence, str) else " ".join(sentence) for sentence in sentences]
    text = "\n".join(lines)
    paragraphs, found, at = [], [], 0
    for number, line in enumerate(lines, 1):
        end = at + len(line)
        paragraphs.append(Paragraph(number, Kind.BODY, at, end))
        found.append(Sentence(number, number, at, end, tuple(line.lower().replace(".", " ").split())))
        at = end + 1
    sha256 = hash_text(text)
    return Article(
        id=make_article_id(sha256),
        sha256=sha256,
        text=text,
        paragraphs=tuple(paragraphs),
        sentences=tuple(found),
        length=len(found),
        **known,
    )


def _vocabulary(chance: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < _VOCABULARY:
        length = 1 + (len(words) > 300) + (len(words) > 12_000)  # common words are short
        words["".join(chance.choices(_SYLLABLES, k=length)) + chance.choice(_ENDS)] = None
    return list(words)


def _story(chance: random.Random, words: list[str], weights: list[float], number: int) -> Story:
    asked = chance.randrange(SENTENCES)
    lines, question = [], ""
    for at in range(SENTENCES):
        drawn = chance.choices(words, cum_weights=weights, k=7)
        name = f"{drawn[0].title()} {chance.choice(words).title()}"
        line = chance.choice(_PATTERNS).format(*drawn, name=name, number=chance.randrange(3, 900))
        lines.append(line)
        if at == asked:
            question = f"What happened to the {drawn[1]} and the {drawn[2]} with the {drawn[3]} {drawn[4]}?"
    city = chance.choice(_CITIES)
    day = f"{chance.choice(['January', 'March', 'May', 'July'])} {chance.randrange(1, 28)}"
    paragraphs = [" ".join(lines[at : at + 2]) for at in range(0, SENTENCES, 2)]
    paragraphs[0] = f"{city}, {day} (Tern Agency) -- {paragraphs[0]}"
    headline = f"Report {number} on the {words[number % len(words)]} of {city.title()}"
    return Story("\n\n".join([headline, *paragraphs, "(END)"]) + "\n", question, asked + 1)


WORDS = [f"w{number}" for number in range(60)]
"""Words of the articles that `drawn` makes, from the most frequent to the rarest."""


def drawn(seed: int, count: int, sentences: int = 7) -> list[Article]:
    """Return articles of words drawn as unevenly as in a language."""
    chance = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]
    return [
        made(
            [chance.choices(WORDS, weights, k=chance.randint(3, 30)) for _ in range(chance.randint(1, sentences))],
            title=f"Title {number}",
        )
        for number in range(count)
    ]


def main(folder: str, passages: str, seed: str = "1") -> None:
    """Write the stories as files, 1,000 a folder, and the questions as one JSON Lines file."""
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    with (root / "questions.jsonl").open("w", encoding="utf-8") as questions:
        for number, story in enumerate(stories(int(passages), int(seed))):
            place = root / f"{number // 1000:04}" / f"{number:07}.txt"
            place.parent.mkdir(exist_ok=True)
            place.write_text(story.text, encoding="utf-8")
            row = {"file": str(place.relative_to(root)), "question": story.question, "sentence": story.sentence}
            questions.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
