"""Phrases: what a question is about, found by word lists and neighbours."""

import pytest

from index.language.phrases import find_phrases, is_general, is_light, is_verb, split_words


def texts(question, known=frozenset()):
    return [phrase.text for phrase in find_phrases(question, known)]


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("", []),
        ("Why?", []),
        ("How many people died?", []),  # people are too general to be a topic, and nobody asks about dying itself
        ("What did Kim say about the pier?", ["Kim", "the pier"]),
        ("what did kim say about the pier?", ["kim", "the pier"]),
        ("Who founded the U.S. Army?", ["the U.S. Army"]),
        ("St. Ives flooded", ["St. Ives"]),
        ("Did Kim resign from the Potters' Hall?", ["Kim", "the Potters' Hall"]),
        ("Will the pier cost a lot?", ["the pier"]),
    ],
)
def test_phrases_of_a_question(question, phrases):
    assert texts(question) == phrases


def test_an_owner_goes_with_what_is_owned():
    owner, owned = find_phrases("Kim's office was closed")
    assert (owner.text, owned.text) == ("Kim", "Kim's office")
    assert owned.definite
    assert owned.terms >= owner.terms


def test_an_office_with_its_place_is_a_person_and_covers_the_place():
    mayor, place = find_phrases("Who is the mayor of Leeds?")
    assert mayor.text == "the mayor of Leeds"
    assert mayor.person
    assert mayor.sure
    assert place.text == "Leeds"
    assert place.part
    assert place.named


def test_a_known_name_needs_no_capital():
    named = {phrase.text: phrase.named for phrase in find_phrases("where did lee meet the press", frozenset({"lee"}))}
    assert named["lee"]
    assert not any(phrase.named for phrase in find_phrases("where did lee meet the press"))


def test_a_group_or_a_place_is_nobody():
    assert not any(phrase.person for phrase in find_phrases("What did the Senate say about London?"))


def test_words_say_where_they_stand():
    text = "Who founded the U.S. Army’s band?"
    words = split_words(text)
    assert [text[word.start : word.end] for word in words] == [word.text for word in words]
    assert [word.lower for word in words][-2:] == ["army's", "band"]
    assert words[0].term is None, "question words belong to no phrase"


def test_verbs_general_and_light_words():
    words = split_words("they say the say needs people")
    assert is_verb(words, 1)
    assert not is_verb(words, 3), "a determiner stands before it"
    assert is_general(words[-1])
    assert is_light(words[-2])
    assert not is_light(split_words("the pier")[-1])
