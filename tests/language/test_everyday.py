"""Questions as people type them: short spellings are written out, and fillers are no words to look for."""

import pytest

from index.language.everyday import FILLERS, TYPED
from index.language.terms import analyse, spell_out, tokenize_question
from index.language.wordlists import FORMS


def terms(text: str) -> list[str]:
    return [token.term for token in tokenize_question(text) if token.term]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("whos the captain", "who is the captain"),
        ("wich ppl died", "which people died"),
        ("why didnt u go", "why did not you go"),
        ("Whats UR", "what is UR"),  # capitals make a name
        ("is it urban", "is it urban"),
    ],
)
def test_short_spellings_are_written_out(typed, meant):
    assert spell_out(typed) == meant


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("whos the captain", ["captain"]),
        ("so how many ppl died exactly", ["mani", "person", "die"]),
        ("did anyone die", ["die"]),
        ("did somebody say something about the dam", ["say", "dam"]),
        ("hey, can you tell me who the captain is pls", ["captain"]),
        ("do u know why the ferry sank", ["ferri", "sink"]),
        ("so?", list(analyse("so?"))),  # it has nothing else
    ],
)
def test_what_tells_nothing_has_no_term(typed, held):
    assert terms(typed) == held


def test_words_stand_where_they_were_typed():
    typed = "whos teh captain"
    assert all(token.text == typed[token.start : token.end] for token in tokenize_question(typed))


def test_the_tables_hold_no_word_of_plain_english():
    assert TYPED
    assert TYPED.keys().isdisjoint(FILLERS | FORMS.keys())
    assert TYPED.keys().isdisjoint({"its", "were", "wed", "well", "hell", "id", "ill", "shed", "cause"})
