"""What the words of a sentence show, and that it is worked out once."""

import pytest

from index.evidence.answer_types import OTHER, TYPES
from index.evidence.surface import Surface, read_surface


@pytest.mark.parametrize(
    ("text", "capitals"),
    [
        ("The ferry left Larn for Port Erin.", ("Larn", "Port", "Erin")),
        ('He called it "Aurora" (Latin), the McLeod way.', ("Aurora", "Latin", "McLeod")),
        ("An iPhone of O'Neill's: Holm's own. And more", ("O'Neill's", "Holm's")),
        ("Larn", ()),
    ],
)
def test_capitals_within_a_sentence(text, capitals):
    assert Surface(text).capitals == capitals


def test_names_are_those_within_and_the_first_word():
    assert Surface("McLeod left Larn.").names == {"mcleod", "larn"}
    assert Surface("the ferry left Larn.").names == {"larn"}
    assert Surface("").names == frozenset()


def test_persons_are_names_of_two_words_that_are_no_places():
    assert Surface("Olaf Dahl of New York met Karin and Ida de Moe.").persons == {"olaf", "dahl", "ida", "de", "moe"}


def test_what_is_counted_and_where_the_numbers_stand():
    terms, numbers = Surface("Three of the 1,200 cars, several.").counts
    assert (terms, numbers) == (("3", None, None, "1200", "car", "sever"), (0, 3, 5))


@pytest.mark.parametrize(
    ("text", "asks", "points_back", "has_pronoun", "quotes"),
    [
        ("Who saw HER?", True, False, True, False),
        ("He said “no”.", False, True, True, True),
        ("They? Nobody", False, True, True, False),
        ("Nobody saw it???", True, False, True, False),
        ('The "Aurora" sank.', False, False, False, True),
    ],
)
def test_what_a_sentence_is(text, asks, points_back, has_pronoun, quotes):
    surface = Surface(text)
    assert (surface.asks, surface.points_back, surface.has_pronoun, surface.quotes) == (
        asks,
        points_back,
        has_pronoun,
        quotes,
    )


def test_what_was_worked_out_is_kept_but_not_for_a_sentence_without_end():
    assert read_surface("The ferry sank off Larn.") is read_surface("The ferry sank off " + "Larn.")
    long = "The ferry sank. " * 100
    assert read_surface(long) is not read_surface(long)


def test_a_type_is_looked_for_once_in_a_sentence():
    asked = []
    surface = Surface("It cost $5.")
    assert all(surface.tell("money", lambda text: not asked.append(text)) for _ in range(3))
    assert asked == ["It cost $5."]


@pytest.mark.parametrize("row", [row for row in (*TYPES, OTHER) if not row.cased], ids=lambda row: row.name)
def test_the_case_of_a_sentence_does_not_count(row):
    texts = (
        "It cost 5 USD in March, because he died of it aged 40.",
        "His wife, two officials and a son were born at sea in the 1990s.",
        "“Half of it,” she said, “is 5 km long; it was called Aurora.”",
        "Three years later their population was 1,200.",
        "It sank.",
    )
    for text in texts:
        found = {row.is_held_in(Surface(each), frozenset(), fits=False) for each in (text, text.upper(), text.lower())}
        assert len(found) == 1, text
