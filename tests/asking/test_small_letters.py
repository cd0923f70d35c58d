"""Names in small letters are names: a question gets the same reply however it is typed."""

import json
from dataclasses import replace

import pytest

from index import Article, Filter, open_index
from tests.support.paths import ROOT

OWN = ROOT / "tests/train/own"

TEXT = (
    "The ferry Aurora sank near Larn on Friday. Police said Ida Holm had left the bridge. "
    "In Larn people who knew Holm were sad. A stone hit Olaf Dahl, and Dahl was taken to the harbour by Holm."
)


def read_lines(name):
    return [json.loads(line) for line in (OWN / name).read_text("utf-8").splitlines()]


def tell(reply):
    return reply.verdict, reply.confidence, reply.reason.code, tuple(passage.text for passage in reply.passages)


@pytest.mark.parametrize(
    "question",
    ["Who hit Dahl?", "Where did the Aurora sink?", "How old is Holm?", "What did the police say of Ida Holm?"],
)
def test_small_letters_change_nothing(fresh_index, question):
    fresh_index.add(Article.from_text(TEXT))
    assert tell(fresh_index.ask(question)) == tell(fresh_index.ask(question.lower()))


def test_nearly_all_questions_get_the_same_reply_in_small_letters():
    """The rest are names that the article writes small, or has at the beginning of a sentence alone."""
    articles = {row["article_id"]: row for row in read_lines("articles.jsonl")}
    asked = [row for row in read_lines("questions.jsonl") if row["question"][1:] != row["question"][1:].lower()][:150]
    assert len(asked) > 100
    same = 0
    with open_index() as index:
        for key in dict.fromkeys(row["article_id"] for row in asked):
            article = replace(Article.from_text(articles[key]["text"]), title=articles[key]["title"])
            index.add(article, key)
        for row in asked:
            within = Filter(collections=(row["article_id"],))
            same += tell(index.ask(row["question"], filter=within)) == tell(
                index.ask(row["question"].lower(), filter=within)
            )
    assert same / len(asked) >= 0.92
