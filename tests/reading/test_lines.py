"""Lines and paragraphs: where they stand in the text, and when lines run on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.lines import LineRole, TextLine, flatten, group_lines, split_lines

WRAPPED = """The council closed the old bridge over the river on
Monday because it leaked, and nobody was allowed to
cross it before noon, said the mayor of the town.

A second paragraph follows a blank line.
"""


def runs(text, stands=None):
    rows = tuple(split_lines(text))
    return list(group_lines(text, rows, stands or [LineRole.RUNS_ON] * len(rows)))


def test_lines_tell_indent_and_blank_lines_before_them():
    text = "One line.\n\n  Indented line \r\nThird\x0b\n\nlast"
    assert [(text[row.start : row.end], row.indent, row.gap) for row in split_lines(text)] == [
        ("One line.", 0, True),
        ("Indented line", 2, True),
        ("Third", 0, False),
        ("last", 0, True),
    ]


@pytest.mark.parametrize("text", ["", "\n \n\t\n", "\x85\u2028"])
def test_nothing_but_space_has_no_line(text):
    assert list(split_lines(text)) == []
    assert runs(text) == []


def test_a_hard_wrapped_paragraph_runs_on_to_the_blank_line():
    assert runs(WRAPPED) == [(0, 3), (3, 4)]


def test_lines_that_end_their_sentences_are_paragraphs_of_their_own():
    assert runs(WRAPPED.replace("on\nMonday", "then.\nOn Monday").replace("to\ncross", "pass.\nTo cross")) == [
        (0, 1),
        (1, 2),
        (2, 3),
        (3, 4),
    ]
    assert runs("A\nB\nC") == [(0, 1), (1, 2), (2, 3)], "a column so narrow is verse or a list"


def test_a_line_that_opens_or_stands_alone_ends_the_run():
    assert runs(WRAPPED, [LineRole.RUNS_ON, LineRole.OPENS, LineRole.RUNS_ON, LineRole.RUNS_ON])[:2] == [(0, 1), (1, 3)]
    assert (0, 1) in runs(WRAPPED, [LineRole.ALONE, LineRole.OPENS, LineRole.RUNS_ON, LineRole.RUNS_ON])


def test_an_item_of_a_list_begins_a_paragraph():
    listed = WRAPPED.replace("on\nMonday", "last\nweek").replace("cross it", "- cross it")
    assert runs(listed) == [(0, 2), (2, 3), (3, 4)]


def test_flattened_words_keep_their_length():
    assert flatten("a\n> b\r\nc", 0, 9) == "a   b  c"
    assert flatten("abc", 1, 3) == "bc"


@given(st.text(alphabet="ab .\n\r\x0b\u2028-", max_size=60))
def test_lines_are_ordered_trimmed_and_lose_no_word(text):
    rows = list(split_lines(text))
    assert all(
        isinstance(row, TextLine) and text[row.start : row.end].strip() == text[row.start : row.end] for row in rows
    )
    assert [row.start for row in rows] == sorted(row.start for row in rows)
    assert [word for row in rows for word in text[row.start : row.end].split()] == text.split()
    assert len(flatten(text, 0, len(text))) == len(text)
