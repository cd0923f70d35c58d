"""A month or a year in a question: met by the date of the article, or by its words, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from index import Article, Verdict, open_index
from index.evidence.question import read_question

STORY = "Lorries banned\n\nThe council closed Mill Lane to lorries on Friday.\n\nThe ring road is nine miles long.\n"
ASKED = "What did the council close to lorries"


def make(text=STORY, published=datetime(2026, 9, 14, tzinfo=UTC)):
    return replace(Article.from_text(text), published=published)


def ask(question, *articles):
    with open_index("memory:") as index:
        index.add(list(articles))
        return index.ask(question)


@pytest.mark.parametrize("when", ["in September", "in september 2026", "in 2026", "during September", "last September"])
def test_the_date_of_the_article_meets_its_month_and_year(when):
    assert ask(f"{ASKED} {when}?", make()).verdict is Verdict.ANSWERED


@pytest.mark.parametrize("when", ["in October", "in september 2025", "in 2019"])
def test_another_month_or_year_is_never_mentioned(when):
    reply = ask(f"{ASKED} {when}?", make())
    assert reply.verdict is not Verdict.ANSWERED
    assert "never mentions" in str(reply.reason)


def test_what_the_article_says_itself_counts():
    later = STORY.replace("on Friday", "in October")
    assert ask(f"{ASKED} in October?", make(later)).verdict is Verdict.ANSWERED
    assert ask(f"{ASKED} in October?", make(STORY.replace("on Friday", "next month"))).verdict is not Verdict.REFUSED


def test_an_article_without_a_date_meets_none():
    assert ask(f"{ASKED} in September?", make(published=None)).verdict is not Verdict.REFUSED
    assert read_question("Who fell in May?").period.holds(None) is False


def test_of_two_articles_that_of_the_month_comes_first():
    october = make(STORY.replace("Friday", "Tuesday"), datetime(2026, 10, 20, tzinfo=UTC))
    for month, day in (("September", "Friday"), ("October", "Tuesday")):
        assert day in ask(f"{ASKED} in {month}?", make(), october).passages[0].citations[0].text


@pytest.mark.parametrize("text", ["Who may march?", "Who said 2026?", "Is Mary in Marchfield?"])
def test_what_is_no_month(text):
    assert read_question(text).period is None


def test_how_long_may_be_a_length():
    reply = ask("How long is the ring road?", make())
    assert reply.verdict is Verdict.ANSWERED
    assert "nine miles" in reply.passages[0].citations[0].text
    assert "gives no length or span of time" in str(ask("How long is Mill Lane?", make()).reason)
