"""Clauses: a sentence is split into subject, verb and rest, or skipped."""

import pytest

from index.language.clauses import find_clause, is_self_contained, strip_dateline

NOBODY = frozenset()
KIM = frozenset({"Kim"})


def test_a_simple_sentence_is_split_and_can_be_asked_for():
    clause = find_clause("The council closed the bridge on Monday because it leaked.", NOBODY)
    assert clause is not None
    assert (clause.subject, clause.verb, clause.base) == ("the council", "closed", "close")
    assert clause.head == "the bridge on Monday"
    assert clause.ask("When", "the bridge") == "When did the council close the bridge?"


def test_an_auxiliary_is_kept_in_the_question():
    clause = find_clause("Kim was elected mayor of Leeds.", KIM)
    assert clause is not None
    assert (clause.subject, clause.auxiliary, clause.base) == ("Kim", "was", "")
    assert clause.ask("When", "elected mayor of Leeds") == "When was Kim elected mayor of Leeds?"


def test_being_somewhere_is_no_event():
    elected, native = (find_clause(f"Kim was {rest}.", KIM) for rest in ("elected mayor", "from Leeds"))
    assert elected is not None
    assert native is not None
    assert elected.is_event("elected mayor")
    assert not native.is_event("from Leeds")
    assert not elected.is_event("")


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Nothing here.",
        "The man accused of theft was released.",  # two verbs: which is the sentence's own?
        "When it rained, the council closed the bridge.",
        "Kim has money.",
        "“No,” Kim said.",
        "Kim, 40, was elected.",
        "The bridge closed",  # nothing follows the verb
    ],
)
def test_a_sentence_that_cannot_be_split_safely_is_skipped(sentence):
    assert find_clause(sentence, KIM) is None


def test_only_the_dateline_of_an_agency_is_left_out():
    assert strip_dateline("SEOUL, Jan. 3 (Yonhap) -- South Korea said so.") == "South Korea said so."
    assert strip_dateline("Seoul (the capital) -- was calm.") == "Seoul (the capital) -- was calm."


def test_what_points_elsewhere_cannot_be_read_alone():
    assert is_self_contained("the bridge over its river"), "its owner mostly stands beside it"
    assert not is_self_contained("their bridge")
    assert not is_self_contained("the “new” bridge")
    assert not is_self_contained("the bridge (1890)")
