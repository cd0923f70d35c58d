"""What changed between two versions of a sentence, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.stories.changes import Edit, diff_words

WORDS = st.text(alphabet="ab \n", max_size=40)


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        (
            "Two men were hurt.",
            "Nobody was hurt.",
            [("dropped", "Two men were"), ("added", "Nobody was"), (None, "hurt.")],
        ),
        ("It opened.", "It opened  late.", [(None, "It"), ("dropped", "opened."), ("added", "opened late.")]),
        ("", "New.", [("added", "New.")]),
        ("Gone.", "", [("dropped", "Gone.")]),
        ("The  same\nwords.", "The same words.", [(None, "The same words.")]),
        ("", "", []),
    ],
)
def test_words_are_kept_dropped_or_added(old, new, pieces):
    assert list(diff_words(old, new)) == pieces


@given(WORDS, WORDS)
def test_both_versions_can_be_read_from_the_pieces(old, new):
    pieces = list(diff_words(old, new))
    for edit, text in ((Edit.ADDED, old), (Edit.DROPPED, new)):
        assert " ".join(words for kind, words in pieces if kind is not edit) == " ".join(text.split())


def test_a_sentence_of_thousands_of_words_is_not_compared_word_by_word():
    old, new = "a b " * 300, "a c " * 300
    assert [edit for edit, _ in diff_words(old, new)] == [Edit.DROPPED, Edit.ADDED]
