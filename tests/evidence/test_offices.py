"""Who holds an office, in a story that names several who hold one like it."""

import pytest

from index import Article, Verdict
from index.evidence.offices import find_bearers
from index.evidence.question import read_question
from index.evidence.views import ArticleView

TEXT = (
    "LARN, Jan. 3 (Halyard News) -- Pellan and Orvay are not discussing a bridge, the palace said Tuesday, hours after"
    " President Ada Holm said no. President Tor Lind said the two sides talk. President Holm repeated her no."
    " The governor of the bank of Orvay, Per Dahl, was not asked."
)


def asked(question: str, number: int = 1, text: str = TEXT) -> tuple[str, ...]:
    return find_bearers(ArticleView(read_question(question), Article.from_text(text)).sentence(number))


@pytest.mark.parametrize(
    "question", ["Who is the president of Orvay?", "Who's the current president of Orvay?", "Who is Orvay's president?"]
)
def test_several_bear_the_office_and_the_sentence_ties_none_to_it(question):
    assert asked(question) == ("President Ada Holm", "President Tor Lind")


@pytest.mark.parametrize(
    ("question", "number", "text"),
    [
        ("Who is the governor of the bank?", 1, TEXT),  # nobody is called so before a name
        ("Who is the president?", 1, TEXT),  # of nothing: the reader sees whom the sentence names
        ("What did the president of Orvay say?", 1, TEXT),
        ("Who is the president of Orvay?", 1, "Orvay's President Ada Holm met President Tor Lind."),
        (
            "Who is the president of Orvay?",
            1,
            "Ada Holm, president of Orvay, met President Tor Lind and President Dahl.",
        ),
        ("Who is the president of Orvay?", 1, "In Orvay President Ada Holm spoke. President Holm left."),
        ("", 1, TEXT),
    ],
)
def test_otherwise_nothing_is_in_doubt(question, number, text):
    assert asked(question, number, text) == ()


def test_a_reply_names_them_and_does_not_answer(fresh_index):
    fresh_index.add(Article.from_text(TEXT))
    reply = fresh_index.ask("Who is the president of Orvay?")
    assert reply.verdict is Verdict.RELATED
    assert reply.reason.startswith("It names “President Ada Holm” and “President Tor Lind”")
