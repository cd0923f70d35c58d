"""The score of a passage as the contract states it, worked out anew, and as the engine in memory gives it."""

from math import log

import pytest

from index import Article
from index.engines.contract import Statistics
from index.engines.inverted_index import InvertedIndex
from index.language import bm25
from index.language.terms import analyse
from index.reading.passages import list_terms, split
from tests.support.paths import SEEDS


def score_passage(query, terms, known, average):
    return bm25.score_passage(query, terms, known.passages, known.frequency, average)


FOUR = Statistics(4, {"crane": 1, "quay": 3})


def test_terms_that_are_not_shared_score_nothing():
    assert score_passage((), ("crane",), FOUR, 1.0) == 0.0
    assert score_passage(("crane",), (), FOUR, 1.0) == 0.0
    assert score_passage(("crane",), ("quay",), FOUR, 1.0) == 0.0


def test_the_formula():
    # one of two terms held twice, in a passage of average length: idf * 2 * 2.2 / (2 + 1.2)
    assert score_passage(("crane", "quay"), ("crane", "crane"), FOUR, 2.0) == pytest.approx(
        log(1 + 3.5 / 1.5) * 4.4 / 3.2
    )


def test_an_unknown_term_counts_as_held_by_none():
    assert score_passage(("pier",), ("pier",), FOUR, 1.0) == pytest.approx(log(1 + 4.5 / 0.5))


def test_the_engine_in_memory_gives_the_same_bits(fresh_index):
    text = "The crane fell on the quay on Thursday.\n\nThe harbour master blamed a worn cable of the crane."
    article = Article.from_text(text)
    passages = [tuple(analyse(passage.text)) for passage in split(article)]
    query = tuple(analyse("crane cable"))
    fresh_index.add(article)
    known = fresh_index.engine.statistics(query)
    hits = fresh_index.search("crane cable")
    average = sum(map(len, passages)) / len(passages)
    assert {hit.passage.number: hit.score for hit in hits} == {
        number: score_passage(query, terms, known, average) for number, terms in enumerate(passages, 1)
    }


QUESTIONS = ("Who said how many people were hurt?", "How many homes lost power in the storm?", "Storm storm or zzz?")


def read_seeds():
    return [Article.from_text(path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt"))]


def make_inverted_index(articles):
    found = InvertedIndex()
    for article in articles:
        found.add(article)
    return found


def test_passages_are_scored_alike_whether_rank_bm25_has_to_choose_or_not():
    inverted = make_inverted_index(read_seeds())
    for question in QUESTIONS:
        terms = analyse(question)
        everything = inverted.find_best(terms, inverted.passages, None)
        scores = sorted((hit.score for hit in everything), reverse=True)
        assert len(set(scores)) > 1
        for limit in range(1, len(everything)):
            chosen = inverted.find_best(terms, limit, None)
            assert chosen == [hit for hit in everything if hit.score >= scores[limit - 1]]


def test_many_passages_are_narrowed_down_to_those_that_may_be_among_the_best(monkeypatch):
    articles = read_seeds()
    admitted = {article.id for article in articles[::2]}
    plain = make_inverted_index(articles)
    expected = [plain.find_best(analyse(question), 3, within) for question in QUESTIONS for within in (None, admitted)]
    monkeypatch.setattr("index.engines.inverted_index._FEW", 0)
    found = [plain.find_best(analyse(question), 3, within) for question in QUESTIONS for within in (None, admitted)]
    assert found == expected
    assert all(hits and len(hits) < 9 for hits in found)


def test_an_inverted_index_is_the_same_however_it_came_to_be():
    articles = read_seeds()
    grown = make_inverted_index(articles)
    for article in articles[1::3]:
        grown.remove(article.id)
    kept = [article for article in articles if article not in articles[1::3]]
    fresh = make_inverted_index(kept)
    for question in QUESTIONS:
        terms = analyse(question)
        for limit in (3, 1000):
            assert grown.find_best(terms, limit, None) == fresh.find_best(terms, limit, None) != []
    assert grown.passages == fresh.passages
    assert {term: grown.count_holding(term) for term in terms} == {term: fresh.count_holding(term) for term in terms}


def test_what_is_indexed_of_passages_are_their_terms():
    for article in read_seeds():
        assert list_terms(article) == tuple(passage.terms for passage in split(article)) != ()
