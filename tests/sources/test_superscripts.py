"""Raised and lowered letters: powers, ordinals, units and the marks of notes, in every format that has them."""

import pytest

from index.sources.html import read_fragment
from index.sources.superscripts import read_lowered, read_raised


@pytest.mark.parametrize(
    ("before", "raised", "read"),
    [
        ("10", "6", "⁶"),
        ("10", "−6", "⁻⁶"),
        ("70 m", "2", "²"),
        ("a cm", "3", "³"),
        ("E=mc", "2", "²"),
        ("the 4", "th", "th"),
        ("Brand", "TM", "TM"),
        ("N", "o", "o"),
        ("x", "n", "ⁿ"),
        ("the piles", "1", ""),
        ("the piles.", "12", ""),
        ("the piles,”", "3", ""),
        ("the piles", "1,2", ""),
        ("the piles", "[4]", ""),
        ("the piles.", "a", ""),
        ("the piles", "*", ""),
        ("the piles", "††", ""),
        ("", "14", "¹⁴"),
        ("floor ", "1", "¹"),
        ("in 1985", "2", "²"),
        ("the piles", "new", "new"),
        ("the piles", " ", " "),
    ],
)
def test_raised_letters_are_what_they_mean(before, raised, read):
    assert read_raised(before, raised) == read


@pytest.mark.parametrize(("before", "raised"), [("in 1985", "2"), ("the 70 m", "3"), ("x", "note 4"), ("", "[5]")])
def test_a_raised_link_is_the_mark_of_a_note(before, raised):
    assert read_raised(before, raised, linked=True) == ""


def test_a_raised_link_that_is_a_word_stays():
    assert read_raised("the ", "council", linked=True) == "council"


@pytest.mark.parametrize(
    ("before", "lowered", "read"),
    [("CO", "2", "2"), ("H", "2", "2"), ("10", "2", "₂"), ("1¹/", "2", "₂"), ("x", "i", "i")],
)
def test_lowered_letters_stand_apart_behind_a_figure(before, lowered, read):
    assert read_lowered(before, lowered) == read


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("10<sup>6</sup> times", "10⁶ times"),
        ("CO<sub>2</sub> and 3 m<sup>2</sup> more", "CO2 and 3 m² more"),
        ("the floor.<sup><a href='#f1'>1</a></sup> That is", "the floor. That is"),
        ("the floor<a href='#f1'><sup>1</sup></a>. That is", "the floor. That is"),
        ("in 1985<sup><a href='#f1'>2</a></sup> it", "in 1985 it"),
        ("the floor<sup class='reference'><a href='#c'><span>[</span>12<span>]</span></a></sup>.", "the floor."),
        ("the floor<a href='#f1'>[3]</a> was", "the floor was"),
        ("the floor<a role='doc-noteref' href='n.xhtml#f1'>3</a> was", "the floor was"),
        ("see <a href='#s3'>3</a> below", "see 3 below"),
        ("<a href='#top'>[1]</a> The board", "[1] The board"),
        ("the 4<sup>th</sup> time", "the 4th time"),
        ("one<sup> </sup>two", "one two"),
        ("a<sup><p>b</p></sup>c", "a b c"),
        ("It costs <del>seven</del> <ins>nine</ins>.", "It costs nine."),
        ("It costs <s>seven</s> <strike>eight</strike> nine.", "It costs nine."),
        ("It costs <span style='text-decoration: line-through'>seven</span> nine.", "It costs nine."),
        (
            "<style>.x{text-decoration-line:line-through}</style>It costs <b class=x>seven <i>or</i></b> nine.",
            "It costs nine.",
        ),
        ("It <span style='text-decoration: underline'>costs</span> nine.", "It costs nine."),
        ("<del><p>One.</p></del><p>Two.</p>", "Two."),
    ],
)
def test_a_page_is_read_so(markup, read):
    assert " ".join(read_fragment(f"<body><div>{markup}</div></body>".encode(), "x").text.split()) == read


@pytest.mark.parametrize("unit", ["<sup>1</sup>", "<a href='#a'>", "<sup><a href='#a'>1</a></sup>", "<sub>1</sub>"])
def test_many_marks_take_linear_time(unit):
    page = "<p>" + "word " * 100_000 + unit * 1500 + "</p>"
    assert read_fragment(page.encode(), "x").text.startswith("word word")
