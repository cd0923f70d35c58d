"""Retrieval: sentences of the best passages that may be cited, of few articles, and which version was silenced."""

from datetime import UTC, datetime

from index import Article, Filter
from index.asking.retrieve import READ, Scope, find_hits, find_readable, retrieve
from index.evidence.candidate import rank
from index.evidence.question import read_question
from index.model import Metadata, Status
from index.stories import Silence

NOW = datetime(2024, 3, 14, 12, tzinfo=UTC)
FERRY = "The ferry Aurora sank near Larn on Monday. The harbour master saw it.\n\nNobody was hurt."


def scope(index):
    return Scope(index.engine, Filter(collections=("default",), now=NOW))


def test_an_empty_library_nominates_nothing(fresh_index):
    found = retrieve(read_question("Where did the ferry sink?"), scope(fresh_index))
    assert (found.nominated, found.silenced, found.hidden) == ((), None, frozenset())
    assert scope(fresh_index).count() == 0
    assert scope(fresh_index).find_only_card() is None


def test_all_sentences_of_a_passage_that_was_found_are_nominated_and_the_best_stands_first(fresh_index):
    fresh_index.add(Article.from_text(FERRY))
    question = read_question("Where did the ferry sink?")
    (nominated,) = retrieve(question, scope(fresh_index)).nominated
    assert nominated.numbers >= {1, 2}
    assert nominated.loss == 0
    ranked = rank(question, [nominated])
    assert {candidate.number for candidate in ranked} == nominated.numbers
    assert ranked[0].number == 1
    assert [candidate.score for candidate in ranked] == sorted((one.score for one in ranked), reverse=True)


def test_no_more_articles_are_read_than_so_many(fresh_index):
    fresh_index.add(Article.from_text(FERRY.replace("Larn", f"Larn {number}")) for number in range(READ + 4))
    assert len(retrieve(read_question("Where did the ferry sink?"), scope(fresh_index)).nominated) == READ


def test_a_withdrawn_version_is_silenced_and_told(fresh_index):
    fresh_index.add(Article.from_text(FERRY, Metadata(status=Status.WITHDRAWN)))
    found = find_hits(("ferri", "aurora"), 10, scope(fresh_index))
    assert found.hits == ()
    assert found.silenced is not None
    assert found.silenced[1] is Silence.WITHDRAWN


def test_few_articles_are_looked_through_for_a_mistyped_word_and_many_are_not(fresh_index):
    fresh_index.add(Article.from_text(FERRY))
    assert [article.text for article in find_readable(("ferxy",), scope(fresh_index))] == [FERRY]
    fresh_index.add(Article.from_text(FERRY.replace("Larn", f"Larn {number}")) for number in range(20))
    assert find_readable(("ferxy",), scope(fresh_index)) == []
