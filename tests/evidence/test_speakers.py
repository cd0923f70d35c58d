"""Who the article says the words are from."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import PullquoteError
from index.evidence.speakers import find_speaker
from index.model import Article


def spoken(text: str) -> list[str | None]:
    article = Article.from_text(text)
    found = [find_speaker(article, sentence) for sentence in article.sentences]
    for span in found:
        assert span is None or article.text[span.start : span.end] == span.text
    return [span and span.text for span in found]


@pytest.mark.parametrize(
    ("sentence", "who"),
    [
        ('"The ferry was old," harbour master Ida Holm said in a statement.', "harbour master Ida Holm"),
        ('"The ferry was old," said Ida Holm, who runs the harbour.', "Ida Holm"),
        ("The ferry was old, said Chief Fire Officer Ann Rao-Pike.", "Chief Fire Officer Ann Rao-Pike"),
        ("Ida Holm said the ferry was old.", "Ida Holm"),
        ("Mayor Ida Holm of Larn, a cousin of the owner, said the ferry was old.", "Mayor Ida Holm of Larn"),
        ("The ferry was old, according to the harbour office.", "the harbour office"),
        ("According to Ida Holm, the ferry was old.", "Ida Holm"),
        ("Thus, Holm added, the ferry had to sink.", "Holm"),
        ("A senior Larn official was quoted by the Courier as saying the ferry was old.", "A senior Larn official"),
        ("Ida Holm told reporters that the ferry was old.", "Ida Holm"),
        ("“The ferry was old,” Ida Holm also said.", "Ida Holm"),
        ("Its master, Ida Holm, said the ferry was old.", "Ida Holm"),
        ("“It was old,” said the director, Ida Holm.", "Ida Holm"),
        ("The leader of the council, Ida Holm, promised a fund and said it was old.", "Ida Holm"),
        ("Shortly after Petro said so, it sank.", "Petro"),
        ("The group tracked 729 book challenges and said it was a record.", "The group"),
        ("Holm, 33, said by phone that it was old.", "Holm"),
        ("Ida Holm praised “the quietest wheels I have ever heard” and left.", "Ida Holm"),
        ("According to a White House statement, it was old.", "White House"),
        ("He has put up a sign reading “Tallow and Rope for sale”.", None),
        ("Police have asked for help.", None),
        ("The ferry sank at noon.", None),
        ('Painters wrote "Ida Holm said no" on the wall.', "Painters"),
    ],
)
def test_one_sentence(sentence, who):
    assert spoken(sentence)[0] == who


def test_a_quotation_that_goes_on_is_given_to_whom_its_end_names():
    text = '"As Mayor Dahl said, it was old. It was rusty," a spokesperson for the Harbour Office wrote in an email.'
    assert spoken(text) == ["a spokesperson for the Harbour Office"] * 2


def test_a_sentence_of_quotation_alone_is_given_to_the_speaker_beside_it():
    assert spoken('"It was old," Ida Holm said. "It was rusty."') == ["Ida Holm", "Ida Holm"]


def test_he_and_the_official_are_who_spoke_last():
    text = (
        "Harbour master Olaf Holm said the ferry was old. He added it was rusty.\n\n"
        'A senior Larn official called it a shame. "We all loved it," the official said.'
    )
    who = spoken(text)
    assert who[:2] == ["Harbour master Olaf Holm"] * 2
    assert who[-1] in {"A senior Larn official", "a senior Larn official"}


def test_a_time_before_he_or_it_is_no_part_of_the_speaker():
    assert spoken("Harbour master Ida Holm runs it. In July she said the ferry was old.")[1] == "Ida Holm"
    assert spoken("Brandt Foods said it grew. In July it said it would shrink.") == ["Brandt Foods"] * 2


def test_he_is_the_last_person_named_and_she_is_no_mister():
    assert spoken('Ida Holm runs the harbour. "It was old," she said.')[1] == "Ida Holm"
    assert spoken('Mr Olaf Dahl met Ida Holm. "It was old," she said.')[1] == "Ida Holm"
    assert spoken('The White House burnt. "It was old," he said.')[1] is None


def test_a_quotation_of_three_sentences_is_given_to_whom_its_end_names():
    assert spoken('"It was old. It was rusty. It was slow," Ida Holm said.') == ["Ida Holm"] * 3


def test_a_pronoun_that_meets_nobody_names_nobody():
    assert spoken("He said the ferry was old.") == [None]


@given(st.text(alphabet='ab AB."“”,\n said', max_size=120))
def test_any_text_is_survived(text):
    with suppress(PullquoteError):
        spoken(f"The ferry sank. {text}")


def test_a_citation_carries_its_speaker(fresh_index):
    text = 'The ferry sank at noon.\n\n"The ferry was old and rusty," Ida Holm said.'
    fresh_index.add(Article.from_text(text))
    citation = fresh_index.ask("Who said the ferry was rusty?").citations[0]
    assert citation.speaker is not None
    assert citation.speaker.text == "Ida Holm"
    assert text[citation.speaker.start : citation.speaker.end] == "Ida Holm"
