"""Replies as pages: words, marks, numbers, and no control character ever."""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.lines import (
    Line,
    Look,
    clean,
    clean_line,
    format_citation,
    format_facts,
    format_moment,
    format_reply,
    name_article,
    name_lead,
    render_plain,
    render_reply,
    to_json,
)
from bot.pages.weighing import render_explanation
from index import Verdict
from index.model import Status
from tests.support.replies import CARD, citation, passage, reply


def looks(page):
    return {piece.look for line in page for piece in line.pieces}


def test_an_answer_names_the_article_and_marks_the_cited_sentence():
    assert render_plain(render_reply(reply())) == (
        "Port of Eastmoor closes after crane falls\n"
        "Tern Agency · 14 March 2024, 09:10 · LEAD\n"
        "    Nobody was hurt, Brandt said.\n"
        "[1] She blamed a worn cable.\n"
        "    The port handles 40 ships a week.\n"
        "    paragraph 2, sentence 3 of 8\n"
    )
    assert Look.CITED in looks(render_reply(reply()))


def test_the_three_verdicts_differ_in_words_and_in_looks():
    pages = [render_reply(reply(verdict)) for verdict in Verdict]
    firsts = {render_plain(page).splitlines()[0] for page in pages}
    assert len(firsts) == 3
    assert "not an answer" in render_plain(pages[1])
    assert "No answer" in render_plain(pages[2])
    assert [Look.RELATED in looks(page) for page in pages] == [False, True, False]
    assert [Look.REFUSED in looks(page) for page in pages] == [False, False, True]
    assert Look.CITED not in looks(pages[1])


def test_what_was_looked_for_is_told_unless_it_was_found():
    assert "Because." not in render_plain(render_reply(reply()))
    assert "Because." in render_plain(render_reply(reply(Verdict.RELATED)))
    assert "Because." in render_plain(render_reply(reply(Verdict.REFUSED)))


def test_what_was_understood_is_told():
    page = render_plain(render_reply(reply(understood="Who blamed the cable of the crane?")))
    assert page.startswith("Understood as: Who blamed the cable of the crane?\n\nPort of")


def test_citations_are_numbered_through_all_passages_and_articles_named_once():
    both = passage(citation("The port handles 40 ships a week."), citation("Nobody was hurt, Brandt said."))
    other = replace(CARD, id="f" * 20, title="Another story")
    page = render_plain(render_reply(reply(Verdict.ANSWERED, both, passage(), passage(card=other))))
    assert [row for row in page.splitlines() if row.startswith("[")] == [
        "[2] Nobody was hurt, Brandt said.",
        "[1] The port handles 40 ships a week.",
        "[3] She blamed a worn cable.",
        "[4] She blamed a worn cable.",
    ]
    assert page.count("Port of Eastmoor") == 1
    assert page.count("Another story") == 1
    assert "    [1] paragraph 2, sentence 3 of 8\n    [2] paragraph 2" in page


def test_only_the_first_passage_of_an_answer_looks_like_the_answer():
    page = render_reply(reply(Verdict.ANSWERED, passage(), passage()))
    at = [line.pieces[0].text for line in page if line.pieces].index("Further passages:")
    assert Look.CITED in looks(page[:at])
    assert Look.CITED not in looks(page[at:])
    assert "Further passages:" in render_plain(render_reply(reply(Verdict.ANSWERED, passage(), passage()), skip=1))
    assert "Further passages:" not in render_plain(render_reply(reply(Verdict.RELATED, passage(), passage())))


def test_skipped_passages_leave_their_numbers_behind():
    page = render_plain(render_reply(reply(Verdict.RELATED, passage(), passage(), passage()), skip=2))
    assert "[3] She" in page
    assert "[1]" not in page
    assert "Not said" not in page
    assert page.startswith("Port of")


def test_without_a_length_the_place_says_less():
    page = render_plain(render_reply(reply(Verdict.ANSWERED, passage(card=replace(CARD, length=0)))))
    assert "paragraph 2, sentence 3\n" in page


def test_one_line_says_all():
    assert format_reply(reply()) == (
        "“She blamed a worn cable.” (Port of Eastmoor closes after crane falls, "
        "Tern Agency, 14 March 2024, paragraph 2)"
    )
    assert format_reply(reply(Verdict.RELATED)).startswith("Not said outright. Because. Closest: “She")
    assert format_reply(reply(Verdict.REFUSED)) == "No answer. Because."


def test_a_quotation_is_not_quoted_twice():
    assert format_citation(citation("“No,” she said."), CARD).startswith("““No,” she said.” (")
    assert format_citation(citation("“No, no.”"), CARD).startswith("“No, no.” (")


@pytest.mark.parametrize(
    ("lead", "name"),
    [
        *((0, ""), (1, "LEAD"), (2, "2nd LD"), (3, "3rd LD"), (4, "4th LD"), (11, "11th LD"), (21, "21st LD")),
        *((100, "LEAD"), (102, "2nd LD")),
    ],
)
def test_versions_are_named_as_agencies_do(lead, name):
    assert name_lead(lead) == name


def test_dates_show_the_clock_and_the_zone_only_where_known():
    assert format_moment(datetime(2024, 3, 14)) == "14 March 2024"
    assert format_moment(datetime(2024, 3, 14, 9, 5)) == "14 March 2024, 09:05"
    assert format_moment(datetime(2024, 3, 14, tzinfo=UTC)) == "14 March 2024, 00:00 +0000"


def test_articles_are_named_by_what_is_known():
    assert format_facts(replace(CARD, agency="", published=None, lead=0)) == ""
    assert format_facts(replace(CARD, status=Status.WITHDRAWN)).endswith("· withdrawn")
    assert name_article(replace(CARD, title="")) == "harbour.txt"
    assert name_article(replace(CARD, title=" \x07\u200f", source="C:\\news\\harbour.txt")) == "harbour.txt"
    assert name_article(replace(CARD, title="", source="https://news.example/port")) == "https://news.example/port"
    for nameless in ("", "-", "\n"):
        assert name_article(replace(CARD, title="", source=nameless)) == "Untitled article"


HOSTILE = {
    "escape": ("\x1b[31mred", "␛[31mred"),
    "osc": ("\x1b]0;owned\x07", "␛]0;owned␇"),
    "c1": ("\x9b31m", "<U+009B>31m"),
    "carriage return": ("over\rwritten", "over␍written"),
    "backspace": ("rm\x08\x08", "rm␈␈"),
    "delete": ("\x7f", "␡"),
    "bidi": ("user\u202etxt.exe", "user<U+202E>txt.exe"),
    "isolate": ("\u2066x", "<U+2066>x"),
    "surrogate": ("\ud800", "<U+D800>"),
    "tags": ("a\U000e0069\U000e0067b", "a<U+E0069><U+E0067>b"),
    "flag": ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
    "joiner": ("می\u200cخواهم", "می\u200cخواهم"),
    "separator": ("a\u2028b", "a<U+2028>b"),
}


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_control_characters_become_visible(text, shown):
    assert clean(text) == shown


def test_line_ends_of_other_systems_are_line_ends():
    assert clean("a\r\nb\tc") == "a\nb\tc"
    assert clean_line(" a\r\n  b\tc ") == "a b c"


def test_every_part_of_a_page_is_clean():
    bad = "".join(text for text, _ in HOSTILE.values())
    card = replace(CARD, title=bad, agency=bad, source=bad)
    hostile = passage(citation(bad, end=100 + len(bad)), text=bad + bad, card=card)
    explain = {
        "words": [{"word": bad, "term": "x", "weight": 1.0, "where": "nowhere"}],
        "features": [{"name": "coverage", "value": 1.0, "weight": 1.0, "part": 1.0}],
        "bias": 0.0,
        "score": 1.0,
    }
    for verdict in Verdict:
        made = reply(verdict, hostile, reason=bad, understood=bad, explain=explain)
        for text in (render_plain(render_reply(made)), render_plain(render_explanation(made)), format_reply(made)):
            assert not [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n"]
            assert "\u202e" not in text


@given(st.text(alphabet=st.characters(categories=("Cc", "Cs", "Cf", "Zl", "Zp", "L", "P"))))
def test_json_is_safe_for_a_terminal_and_loses_nothing(text):
    written = to_json({"text": text})
    assert json.loads(written) == {"text": text}
    written.encode()  # halves of surrogate pairs are escaped
    assert not [letter for letter in written if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")]


def test_json_keeps_other_letters():
    assert to_json({"a": "한국 “x”"}) == '{"a": "한국 “x”"}'


def test_why_tells_each_word_with_its_weight_and_place():
    explain = {
        "words": [
            {"word": "blamed", "term": "blame", "weight": 2.5, "where": "sentence"},
            {"word": "cable", "term": "cabl", "weight": 1.25, "where": "window"},
            {"word": "crane", "term": "crane", "weight": 1.0, "where": "article"},
            {"word": "kimchi", "term": "kimchi", "weight": 3.0, "where": "nowhere"},
        ],
        "features": [
            {"name": "coverage", "value": 0.5, "weight": 3.0, "part": 1.5},
            {"name": "unfelt", "value": 1.0, "weight": -0.004, "part": -0.004},
        ],
        "bias": -0.5,
        "score": 1.0,
    }
    page = render_plain(render_explanation(reply(explain=explain)))
    rows = [row.split() for row in page.splitlines()]
    assert ["blamed", "2.50", "in", "the", "sentence"] in rows
    assert ["cable", "1.25", "beside", "it"] in rows
    assert ["kimchi", "3.00", "nowhere"] in rows
    assert ["coverage", "+1.50", "value", "0.50"] in rows
    assert ["bias", "-0.50"] in rows
    assert "unfelt" not in page
    assert "closest sentence" in render_plain(render_explanation(reply(Verdict.REFUSED, explain=explain)))


def test_why_without_evidence_gives_the_reason():
    assert render_plain(render_explanation(reply(Verdict.REFUSED))) == "Because.\n"


def test_an_empty_line_prints_as_one():
    assert render_plain((Line(),)) == "\n"
