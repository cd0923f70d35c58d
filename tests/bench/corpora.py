"""The texts that are compared: a real corpus, all English articles of ../shared/eval, and a made one of any size.

A corpus of a size is a folder: `articles.jsonl` and `questions.jsonl`, each line with the number of its library. At the
size of one article every article is a library of its own, and asked alone; otherwise there is one library.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from itertools import chain
from pathlib import Path

QUESTIONS = 3000
ADDED = 500
ALONE = 60
"""Articles that are asked alone, at most: each keeps some files open."""

ALONE_SETS = ("xquad-en-even", "sloppy-a", "sloppy-c1", "sloppy-c2", "sloppy-c3")
"""The sets with many questions to articles of a news story's length."""


@dataclass(frozen=True, slots=True)
class Text:
    """An article as every contestant gets it: the library it belongs to, and its passages as ours are cut."""

    library: int
    text: str
    title: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the library that it is put to."""

    library: int
    text: str


def make_corpus(folder: Path, kind: str, size: int) -> None:
    """Write a corpus of at least so many passages, 1 meaning one article; nothing if the folder is there.

    The real corpus ends where its articles do.
    """
    if folder.exists():
        return
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    drawn = _draw_real(size) if kind == "real" else _draw_made(size)
    asked: list[Question] = []
    written = 0
    with (part / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number, (article, questions) in enumerate(drawn):
            library = number if size == 1 else 0
            if (size == 1 and number == ALONE) or (size > 1 and written >= size):
                break
            text = Text(library, article[1], article[0], _cut(*article))
            if not text.passages:
                continue
            file.write(json.dumps(asdict(text)) + "\n")
            written += len(text.passages)
            asked += [Question(library, question) for question in questions]
    chance = random.Random(1)
    chosen = chance.sample(asked, min(QUESTIONS, len(asked)))
    lines = (json.dumps(asdict(question)) + "\n" for question in chosen)
    (part / "questions.jsonl").write_text("".join(lines), encoding="utf-8")
    part.rename(folder)


def read_texts(folder: Path) -> Iterator[Text]:
    """Yield the articles of a corpus."""
    with (folder / "articles.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield Text(**row | {"passages": tuple(row["passages"])})


def read_questions(folder: Path) -> list[Question]:
    """Return the questions of a corpus, in the order in which they are asked."""
    return [Question(**json.loads(line)) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]


def make_more(start: int, end: int) -> list[Text]:
    """Return made stories that no corpus holds, to be added one at a time."""
    return [Text(0, text, "", _cut("", text)) for text in _list_more()[start:end]]


@cache
def _list_more() -> list[str]:
    from tests.support.make_library import stories

    return [story.text for story in stories(10 * ADDED, seed=2)]


def _cut(title: str, text: str) -> tuple[str, ...]:
    """Return the passages of an article; () if it is not one in English."""
    from index import article_from  # late, as all of ours: a new process of a peer must not pay for it
    from index.errors import SourceError
    from index.reading.passages import split

    try:
        return tuple(passage.text for passage in split(article_from(text, title=title)))
    except SourceError:
        return ()


Drawn = tuple[tuple[str, str], list[str]]
"""An article as title and text, and the questions that are put to it."""


def _draw_real(size: int) -> Iterator[Drawn]:
    from tests.support.paths import EVAL

    sets = [EVAL / name for name in ALONE_SETS] if size == 1 else sorted(EVAL.iterdir())
    found = list(chain.from_iterable(_read_set(folder) for folder in sets if (folder / "articles.jsonl").exists()))
    random.Random(1).shuffle(found)
    seen: set[str] = set()
    for article, questions in found:
        if article[1] not in seen:
            seen.add(article[1])
            yield article, questions


def _read_set(folder: Path) -> Iterator[Drawn]:
    questions: dict[str, list[str]] = {}
    for row in _read_rows(folder / "questions.jsonl"):
        questions.setdefault(row["article_id"], []).append(row["question"])
    for row in _read_rows(folder / "articles.jsonl"):
        yield (row["title"], row["text"]), questions.get(row["article_id"], [])


def _read_rows(path: Path) -> Iterable[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def _draw_made(size: int) -> Iterator[Drawn]:
    from tests.support.make_library import stories

    for story in stories(10 * ALONE if size == 1 else size):
        yield ("", story.text), [story.question]
