"""Typing errors: which words are looked at, and what they are read as."""

import pytest

from index import Article, Verdict
from index.asking.typos import correct, find_slips, is_derived
from index.language.similarity import edit_distance
from index.language.terms import analyse, tokenize

TEXT = (
    "The ferry Aurora arrived in Larn on Monday. Ida Holm, the harbour master, was wearing a red coat. "
    "Her temperature was taken at the quay."
)


def mended(text: str) -> str | None:
    article = Article.from_text(TEXT)
    known = {term for sentence in article.sentences for term in sentence.terms}
    return correct(text, find_slips(tokenize(text), {term for term in analyse(text) if term not in known}), [article])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Where did the Aurroa go?", "Where did the Aurora go?"),
        ("What was she wering?", "What was she wearing?"),
        ("Where did it arriev?", "Where did it arrived?"),  # the article's own word: its term is that of "arrive"
        ("What was her tempratuer?", "What was her temperature?"),
        ("Who is the harbor mastre?", "Who is the harbor master?"),
    ],
)
def test_a_slip_is_read_as_the_articles_word(typed, read):
    assert mended(typed) == read


@pytest.mark.parametrize(
    "text",
    [
        "Where did the Aurora arrive?",
        "What did the boat cost?",  # plain English that the article lacks, though it has "coast"-like words
        "Who ate the kimchi?",
        "Where is Bron?",  # too short to tell
        "",
    ],
)
def test_what_is_no_slip_is_left_alone(text):
    assert mended(text) is None


@pytest.mark.parametrize(
    ("typed", "article"),
    [
        ("Who is the goalie?", "Northquay scored a late goal."),
        ("What was the most unpopular plan?", "It was a popular plan."),
        ("What did the loser say?", "They lose at home."),
        ("Where is the bakery?", "The baker lost his hands."),
        ("Which bug is going round?", "It was found here."),
        ("At whose mercy was he?", "The poet Percy wrote it."),
        ("Is the sleeper greener?", "The green party said so."),
        ("How many continents are there?", "Two contingents came."),
    ],
)
def test_a_right_word_that_the_article_lacks_is_left_alone(typed, article):
    unknown = {term for term in analyse(typed) if term not in analyse(article)}
    assert correct(typed, find_slips(tokenize(typed), unknown), [Article.from_text(article)]) is None


@pytest.mark.parametrize(
    ("word", "other", "derived"),
    [
        ("goalie", "goal", True),
        ("reopening", "open", True),
        ("sponser", "sponsor", False),
        ("nwosus", "nwosu", False),
        ("temprature", "temperature", False),
    ],
)
def test_words_made_of_others(word, other, derived):
    assert is_derived(word, other) is derived


def test_distance_counts_letters_put_in_left_out_changed_and_swapped():
    assert [edit_distance("aurora", other) for other in ("aurora", "auroa", "aurroa", "aurara", "laurora", "holm")] == [
        *(0, 1, 1, 1, 1, 5),
    ]


def test_an_index_tells_what_it_understood(fresh_index):
    fresh_index.add(Article.from_text(TEXT))
    reply = fresh_index.ask("Where did the Aurroa arrive?")
    assert reply.understood == "Where did the Aurora arrive?"
    assert reply.passages[0].citations[0].text.startswith("The ferry Aurora arrived")


def test_a_question_whose_language_shows_once_it_is_mended_is_refused(fresh_index):
    fresh_index.add(Article.from_text("The old sign in the harbour says: hier niet aanleggen, maar wacht zonder rum."))
    reply = fresh_index.ask("who is Brennick nieet maarr zonderr")
    assert reply.understood == "who is Brennick niet maar zonder"
    assert (reply.verdict, reply.reason.code, reply.passages) == (Verdict.REFUSED, "other_language", ())


def test_typing_errors_are_mended_in_english_alone(fresh_index):
    fresh_index.add(Article.from_text("The old sign in the harbour says: Hier liegt das Schiff nicht, sondern wartet."))
    reply = fresh_index.ask("Wo liegt nicth sonderm Brennick")
    assert reply.understood is None
    assert (reply.verdict, reply.reason.code, reply.passages) == (Verdict.REFUSED, "none_in_language", ())
    assert reply.reason == "No German article here; 1 English one."
