"""Drafts: paragraphs before their kinds are known."""

import pytest

from index.model import Kind
from index.reading.document import Block
from index.reading.draft import LOOK, draft_blocks, draft_lines


def test_a_note_in_brackets_runs_to_its_closing_bracket():
    text = "(ATTN: ADDS details\nin 2 paras)\nStorm hits coast\n\nThe storm hit."
    assert [text[piece.start : piece.end] for piece in draft_lines(text)] == [
        "(ATTN: ADDS details\nin 2 paras)",
        "Storm hits coast",
        "The storm hit.",
    ]


def test_only_a_line_that_is_neither_note_nor_furniture_is_plain():
    note, plain = draft_lines("Eds: updates throughout\n\nThe storm hit.")
    assert not note.plain
    assert plain.plain
    assert plain.ends
    assert plain.has_words(3)
    assert not plain.has_words(4)


def test_the_spaces_of_web_pages_become_plain_ones_of_the_same_length():
    text = "The\xa0storm\u202fhit."
    (piece,) = draft_lines(text)
    assert piece.text == "The storm hit."
    assert len(piece.text) == len(text)


def test_patterns_look_at_the_beginning_only():
    (piece,) = draft_lines("word " * 200)
    assert len(piece.look) == LOOK
    assert not piece.is_tagged


def test_blocks_are_trimmed_and_empty_ones_left_out():
    text = "  Hello world. \n\n \nSecond."
    blocks = [Block(0, 15), Block(17, 18), Block(19, 26, Kind.HEADLINE, page=2)]
    pieces = draft_blocks(text, blocks)
    assert [(piece.text, piece.kind, piece.page) for piece in pieces] == [
        ("Hello world.", None, None),
        ("Second.", Kind.HEADLINE, 2),
    ]


@pytest.mark.parametrize("blocks", [[Block(0, 9), Block(5, 12)], [Block(0, 99)], [Block(4, 2)]])
def test_blocks_that_overlap_or_leave_the_text_are_a_mistake(blocks):
    with pytest.raises(ValueError, match="overlaps the one before it or leaves the text"):
        draft_blocks("Hello world.", blocks)
