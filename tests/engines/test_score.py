"""The score of a passage as the contract states it, worked out anew, and as the engine in memory gives it."""

from math import log

import pytest

from index import Article
from index.engines.contract import Statistics
from index.engines.memory import _take_snapshot
from index.language import bm25
from index.language.terms import analyse
from index.reading.passages import split
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


def test_passages_are_scored_alike_whether_rank_bm25_has_to_choose_or_not():
    articles = [Article.from_text(path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt"))]
    snapshot = _take_snapshot(articles)
    everywhere = range(len(snapshot.passages))
    for question in ("Who won the final?", "How many homes lost power in the storm?", "Storm storm or zzz?"):
        terms = analyse(question)
        chosen = snapshot.score(terms, everywhere, limit=len(everywhere) - 1)
        assert snapshot.score(terms, everywhere, limit=len(everywhere)) == chosen
        assert len(set(chosen)) > 1
