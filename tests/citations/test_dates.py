"""Dates as the article means them: words that leave the year, month or day open, against the day it came out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.citations.dates import resolve
from index.model import Article

TUESDAY = date(2023, 1, 3)


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("The office confirmed it Tuesday.", {"Tuesday": "2023-01-03"}),
        ("She resigned on Friday.", {"Friday": "2022-12-30"}),
        ("She resigned last Tuesday.", {"last Tuesday": "2022-12-27"}),
        ("The council will vote on Friday.", {"Friday": "2023-01-06"}),
        ("On Friday, the council will vote.", {"Friday": "2023-01-06"}),
        ("The vote is due next Tuesday.", {"next Tuesday": "2023-01-10"}),
        ("The vote is due this Thursday.", {"this Thursday": "2023-01-05"}),
        ("She will resign, the paper said Monday.", {"Monday": "2023-01-02"}),
        ("OSLO, Jan. 3 (Wire) -- It snowed.", {"Jan. 3": "2023-01-03"}),
        ("It snowed on December 28.", {"December 28": "2022-12-28"}),
        ("It snowed on 28 December.", {"28 December": "2022-12-28"}),
        ("The trial will open on Dec. 12.", {"Dec. 12": "2023-12-12"}),
        ("They met in November last year.", {"November last year": "2022-11"}),
        ("They met in May of last year.", {"May of last year": "2022-05"}),
        ("They met last November.", {"last November": "2022-11"}),
        ("Last January they met.", {"Last January": "2022-01"}),
        ("They meet next January.", {"next January": "2024-01"}),
        ("They meet this March.", {"this March": "2023-03"}),
        ("The ministers agreed in November.", {"November": "2022-11"}),
        ("The ministers are to agree in November.", {"November": "2023-11"}),
        ("It opened yesterday.", {"yesterday": "2023-01-02"}),
        ("It opens tomorrow.", {"tomorrow": "2023-01-04"}),
        ("It burned last night.", {"last night": "2023-01-02"}),
        ("It opened today.", {"today": "2023-01-03"}),
        ("It grew last year and last month.", {"last year": "2022", "last month": "2022-12"}),
        ("It ends next year.", {"next year": "2024"}),
        ("It opened three days ago.", {"three days ago": "2022-12-31"}),
        ("It opened 2 weeks ago.", {"2 weeks ago": "2022-12-20"}),
        ("It opened a month ago.", {"a month ago": "2022-12"}),
        ("It opened ten years ago.", {"ten years ago": "2013"}),
    ],
)
def test_open_words_are_resolved_against_the_articles_day(sentence, meant):
    assert {sentence[found.start : found.end]: found.date for found in resolve(sentence, TUESDAY)} == meant


@pytest.mark.parametrize(
    "sentence",
    [
        "It opened on January 3, 2019.",
        "It opened on 3 January 2019.",
        "It opened in March 2019.",
        "They may meet, and May agreed.",
        "They march on.",
        "Feb. 30 is no day.",
        "It opened 9999 years ago.",
        "It was built in 1958.",
    ],
)
def test_words_that_leave_nothing_open_are_left_alone(sentence):
    assert resolve(sentence, TUESDAY) == ()


def test_only_the_sentence_is_looked_at():
    text = "It opened Monday. It closed Tuesday."
    (found,) = resolve(text, TUESDAY, 18, len(text))
    assert text[found.start : found.end] == "Tuesday"


@given(st.text(max_size=200), st.dates())
def test_any_text_is_survived_and_offsets_are_in_order(text, day):
    found = resolve(text, day)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)


RELATIVE = (
    "It opened yesterday, last Friday, 9 weeks ago, a month ago, last month, last year, last January and in November"
    " last year. It will close tomorrow, next Friday, on Friday, next month, next year, next January and in January."
    " It opened 1 year ago, on January 3 and in December."
)


@given(st.sampled_from([date.min, date.max]), st.integers(0, 400))
def test_days_outside_the_calendar_are_not_named(edge, off):
    near = edge + timedelta(off if edge == date.min else -off)
    assert all(date.fromisoformat(f"{one.date}-01-01"[:10]) for one in resolve(RELATIVE, near))


def test_the_first_and_the_last_day_name_what_they_can():
    assert {one.date for one in resolve(RELATIVE, date.min)} >= {"0001-01-02", "0001-02", "0002"}
    assert {one.date for one in resolve(RELATIVE, date.max)} >= {"9999-12-30", "9999-11", "9998"}


STORY = """Ferry to Larn sinks

All News 09:10 March 06, 2023

BRANNOCK, March 6 (Coast Wire) -- The ferry to Larn sank on Saturday, the harbour office said.

The owners had bought the ferry in August last year.
"""


def test_a_citation_carries_the_resolved_month(fresh_index):
    fresh_index.add(Article.from_text(STORY))
    citation = fresh_index.ask("When did the owners buy the ferry?").citations[0]
    assert [note["date"] for note in citation.notes] == ["2022-08"]
    assert STORY[citation.notes[0]["start"] : citation.notes[0]["end"]] == "August last year"


def test_an_article_without_a_day_of_its_own_resolves_nothing(fresh_index):
    fresh_index.add(Article.from_text("The owners had bought the ferry in August last year."))
    assert fresh_index.ask("When did the owners buy the ferry?").citations[0].notes == ()
