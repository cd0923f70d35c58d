"""The same reply, to the byte, whichever engine holds the articles."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from index import Article, Filter, Index, load_article, open_index
from index.evaluate.question_sets import read_set
from index.forms.serial import reply_to_dict
from tests.support.paths import EVAL, SEEDS, need_shared

SETS = ("qamr-wikinews-dev", "xquad-en-even", "selqa-dev", "quail-a")


def said(index: Index, question: str, within: Filter | None = None) -> bytes:
    return json.dumps(reply_to_dict(index.ask(question, (), within, explain=True)), sort_keys=True).encode()


def differing(place: Path, articles: list[Article], questions: Iterable[str], step: int) -> list[str]:
    """Return the questions to which the engines reply otherwise; articles come in batches, and some go again."""
    with open_index("memory:") as memory, open_index(f"disk:{place}") as disk:
        for index in (memory, disk):
            for at in range(0, len(articles), step):
                index.add(articles[at : at + step])
            for article in articles[::17]:
                index.remove(article.id)
        first = Filter(articles=(articles[1].id,))
        return [
            question
            for number, question in enumerate(questions)
            if said(memory, question) != said(disk, question)
            or (number % 10 == 0 and said(memory, question, first) != said(disk, question, first))
        ]


def test_memory_and_disk_reply_the_same_on_the_seeds(tmp_path: Path) -> None:
    articles = [load_article(path) for path in sorted(SEEDS.glob("*.txt"))]
    rows = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(row)["question"] for row in rows][::4]
    assert len(questions) > 10
    assert differing(tmp_path / "library", articles, questions, 3) == []


@pytest.mark.check
def test_memory_and_disk_reply_the_same_to_500_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sets = [read_set(need_shared(EVAL / name)) for name in SETS]
    articles = list({article.id: article for each in sets for article in each.articles.values()}.values())
    asked = [question.text for each in sets for question in each.questions]
    questions = random.Random(4).sample(asked, 500)
    assert differing(tmp_path / "library", articles, questions, 60) == []
    with capsys.disabled():
        print(f"\n500 questions to {len(articles)} articles: memory and disk gave the same replies, byte for byte")
