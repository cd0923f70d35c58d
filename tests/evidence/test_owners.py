"""Whose fact it is: ages, spouses and words of somebody else are no answer, and the reason says what is not told."""

import pytest

from index import Article, Verdict
from index.evidence.answer_types import TYPES
from index.evidence.owners import is_age_of_others, is_given, is_of_others
from index.evidence.question import read_question
from index.evidence.views import ArticleView

STORY = """LARN, May 3 (Wire) -- Captain Ida Holm resigned on Tuesday, two weeks after her ferry hit the pier of Larn. \
The company, Pellan Lines, said Holm had asked to leave.

Harbour master Olaf Dahl, 54, told reporters that the pier would be closed until June. "We need new wood and a lot of \
patience," Dahl said. His deputy, 61-year-old Karin Moe, called the repair "a long job".

Dahl lives near the harbour with his wife, Britt. Twelve passengers were taken to Larn General Hospital, where one of \
them, Per Lund, died of his injuries on Friday.

The mayor of Larn, Nils Berg, thanked the crew. Berg opened the pier in 2009."""


@pytest.fixture
def told(fresh_index):
    fresh_index.add(Article.from_text(STORY))
    return fresh_index


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("how old is ida holm", "The article gives no age for “ida holm”."),
        ("How old is Captain Ida Holm?", "The article gives no age for “Ida Holm”."),
        ("is ida holm married", "The article does not say whether “ida holm” is married."),
        ("who is ida holms husband", "The article names no husband or wife of “ida holms”."),
        ("Where was Ida Holm born?", "The article gives no place of birth for “Ida Holm”."),
        ("what did ida holm say", "The article does not quote “ida holm”."),
        ("does nils berg have kids", "The article says nothing about a family of “nils berg”."),
        ("how old is berg", "The article gives no age for “berg”."),
    ],
)
def test_what_a_story_does_not_tell_is_not_answered_and_the_reason_says_so(told, question, reason):
    reply = told.ask(question)
    assert reply.verdict is not Verdict.ANSWERED
    assert (reply.reason, reply.reason.code) == (reason, "not_told")


def test_a_death_that_the_story_tells_of_another_is_not_his(told):
    reply = told.ask("how did nils berg die")
    assert reply.verdict is not Verdict.ANSWERED
    assert "no cause of death for “nils berg”" in reply.reason


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how old is olaf dahl", "Harbour master Olaf Dahl, 54"),
        ("how old is karin moe", "His deputy, 61-year-old Karin Moe"),
        ("is dahl married", "Dahl lives near the harbour with his wife"),
        ("how did per lund die", "Twelve passengers were taken"),
        ("which hospital were the passengers taken to", "Twelve passengers were taken"),
        ("what did dahl say about the pier", "Harbour master Olaf Dahl"),
    ],
)
def test_what_it_tells_is_answered(told, question, answer):
    reply = told.ask(question)
    assert reply.verdict is Verdict.ANSWERED
    assert reply.citations[0].text.startswith(answer)


def test_a_name_that_the_article_lacks_is_named_instead(told):
    reply = told.ask("How old is Ada Quist?")
    assert "Quist" in reply.reason
    assert reply.reason.code != "not_told"


AGE = next(row for row in TYPES if row.name == "age")


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Holm met 77-year-old Hernandez.", True),
        ("Holm met Harris, 21, there.", True),
        ("Holm, 54, met Harris, 21.", False),
        ("Ida Holm, 54, met Harris, 21.", False),
        ("Holm met the 77-year-old.", False),
        ("Holm turned 54 when Harris, 21, left.", False),
    ],
)
def test_an_age_beside_another_name_is_not_the_one_asked_for(text, others):
    assert is_age_of_others(text, frozenset({"holm"}), AGE) is others


def test_nobody_asked_about_has_no_others():
    assert not is_age_of_others("Harris, 21, left.", frozenset(), AGE)
    assert not is_of_others("Olaf Dahl is married.", frozenset())


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Olaf Dahl left his wife.", True),
        ("He left his wife with Olaf Dahl.", False),  # whoever "he" is
        ("Thaddeus Wren married Beryl Stott.", True),  # of the same family
        ("Halley Wren married Beryl Stott.", False),
        ("The two married in June.", False),
        ("Dahl left his wife.", True),
    ],
)
def test_a_fact_of_another_person(text, others):
    assert is_of_others(text, frozenset({"halley", "wren"}), frozenset({"olaf", "dahl"})) is others


def test_persons_are_names_of_two_words_that_are_no_places_or_bodies():
    article = ArticleView(read_question("Who?"), Article.from_text(STORY))
    assert {"olaf", "dahl", "karin", "moe"} <= article.persons
    assert article.persons.isdisjoint({"hospit", "may"})


@pytest.mark.parametrize(
    ("question", "text", "given"),
    [
        ("What did Holm say?", 'The ferry sank. "It was old," Dahl said.', False),
        ("What did Holm say?", 'The ferry sank. "It was old," Holm said.', True),  # beside it
        ("What did Holm's lawyer say?", 'Ida Berg, an attorney for Holm, left. "No," Berg said.', True),
        ("What did he say?", 'The ferry sank. "It was old," Dahl said.', True),
        ("Why did it sink?", "The ferry sank. It was too old because of a lack of money.", True),
        ("Which ship sank?", "A ship sank on Friday. It was old.", False),
        ("Which ship sank?", "A ship called Aurora sank on Friday. It was old.", True),
        ("What sank?", "A ferry sank on Friday. It was old.", True),
    ],
)
def test_whether_a_sentence_gives_what_is_asked_for(question, text, given):
    view = ArticleView(read_question(question), Article.from_text(text)).sentence(1)
    assert is_given(view) is given
