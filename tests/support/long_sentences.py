"""One sentence of many shapes, as long as wanted, on its way through `add`, questions, suggestions, and what is shown.

`python -m tests.support.long_sentences 30000 200000` prints the seconds of CPU of each step for all shapes.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from bot.pages.lines import render_plain, render_reply
from bot.pages.why import explain_reply
from bot.telegram.screens.marked_text import make_entities, split_messages
from bot.telegram.screens.quotations import draw_answer
from bot.telegram.screens.screens import draw_why
from index import Article, open_index
from index.asking.suggest import propose_questions
from index.citations import cite, reading_page, verify
from index.citations.dates import resolve
from index.evidence.speakers import find_speaker
from index.language.phrases import find_phrases
from index.language.sentences import split_sentences
from index.language.terms import analyse
from index.model import Sentence
from index.stories.changes import diff

SHAPES = {
    "refers": ", which refers to the talks",
    "speakers": "said Mr. A, ",
    "days": "will meet Lee on Monday and Tuesday and ",
    "dates": "on Jan. 3 ",
    "cues": "will by ",
    "of": "the mayor of Leeds of the city of ",
    "brackets": "(a) ",
    "quoted": '"a" ',
    "capital": "A ",
    "names": "Aa ",
    "hyphens": "A-",
    "addresses": "http://a.b/c?d=e ",
    "numbers": "1,000 people and ",
    "apposed": "John Smith, a lawyer, ",
    "questions": "who was the man ",
    "one word": "x",
    "owners": "’s ",
    "commas": ", ",
    "stops": ". . ",
    "reported": "he said that she said that ",
    "offices": "Kim Eun-hye of the office of the president of South Korea ",
    "pictures": "\U0001f600 ",
    "marks": "e\u0301",
    "letters": "U.S. ",
    "signs": "?! ",
    "things": "the talks ",
    "Kim's": "Kim's ",
    "blanks": "   ",
    "marks of quotation": '"',
    "meanings": "ROK stands for ROK (ROK) ",
    "dashes": " -- ",
    "slashes": "a/",
    "semicolons": "talks; ",
    "clauses": "when the talks in Geneva ",
}
"""What a sentence repeats, by the name of its shape."""

_QUESTIONS = (
    "Who denied the talks?",
    "When did the council meet?",
    "Who is the president of South Korea?",
    "How many people were there?",
    "What did Kim Eun-hye say?",
)
NOISE = 0.15
"""Seconds of CPU below which a figure says nothing about growth."""

_STYLES = ("text", "markdown", "html", "bibtex", "csl", "annotation")


def write_story(shape: str, size: int) -> str:
    """Return a story whose second paragraph is one sentence of so many characters."""
    unit = SHAPES[shape]
    return (
        "The council said on Monday that it had closed the bridge and the road to the town. Nobody was hurt.\n\n"
        f"The minister denied that the talks {unit * (size // len(unit))} ended in Geneva.\n\n"
        "The council of the town said that nobody was hurt in the talks."
    )


def time_steps(shape: str, size: int) -> Iterator[tuple[str, float]]:
    """Yield each step with the seconds of CPU that it takes."""
    text = write_story(shape, size)
    article, seconds = _time(lambda: Article.from_text(text))
    yield "add", seconds
    index = open_index("memory:")
    index.add(article)
    replies, seconds = _time(lambda: [index.ask(question, explain=True) for question in _QUESTIONS])
    yield "ask", seconds
    cited = [(one.article, each) for reply in replies for one in reply.passages for each in one.citations]
    other = Article.from_text(text.replace("nobody", "no one"))
    steps: dict[str, Callable[[], Any]] = {
        "suggest": lambda: list(propose_questions(article)),
        "bot": lambda: [_send(reply) for reply in replies],
        "console": lambda: [(render_plain(render_reply(reply)), explain_reply(reply)) for reply in replies],
        "verify": lambda: [list(verify(reply, lambda *_: article)) for reply in replies],
        "cite": lambda: [cite(*each, style) for each in cited for style in _STYLES],
        "read": lambda: [reading_page(article, reply) for reply in replies],
        "diff": lambda: diff(article, other),
    }
    for name, step in steps.items():
        yield name, _time(step)[1]


def time_parts(shape: str, size: int) -> Iterator[tuple[str, float]]:
    """Yield the rules over one sentence with their seconds; old libraries hold longer ones than we make."""
    text = write_story(shape, size)
    start, end = text.index("\n\n") + 2, text.rindex("\n\n")
    words = text[start:end]
    article = Article.from_text(write_story(shape, 100))
    paragraph = replace(article.paragraphs[0], start=start, end=end)
    sentence = Sentence(1, 1, start, end, analyse(words))
    long = replace(article, text=text, length=1, paragraphs=(paragraph,), sentences=(sentence,))
    index = open_index("memory:")
    index.add(long)
    yield "asked", _time(lambda: [index.ask(question) for question in _QUESTIONS])[1]
    yield "phrases", _time(lambda: find_phrases(words))[1]
    yield "proposed", _time(lambda: list(propose_questions(long)))[1]
    yield "speaker", _time(lambda: find_speaker(long, sentence))[1]
    yield "resolved", _time(lambda: resolve(words, date(2023, 1, 3)))[1]
    yield "split", _time(lambda: split_sentences(words))[1]


def measure(shapes: Iterable[str], small: int, large: int) -> list[tuple[str, str, float, float]]:
    """Return rows of shape, step, growth (1 where it is linear) and seconds with `large` characters."""
    rows = []
    for shape in shapes:
        for steps in (time_steps, time_parts):
            dict(steps(shape, 500))  # imports and tables
            first, last = dict(steps(shape, small)), dict(steps(shape, large))
            for name, seconds in last.items():
                told = seconds > NOISE
                growth = math.log(seconds / max(first[name], NOISE / 4)) / math.log(large / small) if told else 0.0
                rows.append((shape, name, round(growth, 2), round(seconds, 3)))
    return sorted(rows, key=lambda row: -row[2])


def _send(reply: Any) -> None:
    for screen in (draw_answer(reply), draw_why(reply)):
        for part in split_messages(screen.blocks):
            make_entities(part)


def _time(step: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return step(), time.process_time() - began


def main() -> None:
    """Print, for each size, the steps of all shapes, and the longest at the end."""
    for size in map(int, sys.argv[1:]):
        worst: dict[str, tuple[float, str]] = {}
        for shape in SHAPES:
            steps = dict(time_steps(shape, size))
            print(f"{size:8,} {shape:20}" + "".join(f"{name} {steps[name]:.2f}  " for name in steps), flush=True)
            worst = {name: max(worst.get(name, (0.0, "")), (seconds, shape)) for name, seconds in steps.items()}
        print(
            f"{size:8,} {'longest':20}"
            + "".join(f"{name} {found[0]:.2f} ({found[1]})  " for name, found in worst.items())
        )


if __name__ == "__main__":
    main()
