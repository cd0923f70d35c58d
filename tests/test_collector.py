"""Garbage is looked for between questions, never while one is answered."""

import gc

import pytest

from index import Article, core, open_index
from index.collector import put_off_collection


@pytest.fixture(autouse=True)
def collecting():
    gc.enable()
    yield
    gc.enable()


def test_nothing_is_collected_while_it_works_and_again_afterwards():
    assert put_off_collection(gc.isenabled)() is False
    assert gc.isenabled()


def test_whoever_has_turned_it_off_keeps_it_off():
    gc.disable()
    assert put_off_collection(gc.isenabled)() is False
    assert not gc.isenabled()


def test_an_error_lets_it_go_on():
    with pytest.raises(ZeroDivisionError):
        put_off_collection(lambda: 1 // 0)()
    assert gc.isenabled()


def test_a_question_is_answered_without_a_search(monkeypatch):
    searched = []
    answer = core.answer_alone
    monkeypatch.setattr(core, "answer_alone", lambda *given: searched.append(gc.isenabled()) or answer(*given))
    index = open_index(meaning=False)
    index.add(Article.from_text("The ferry sank off Port Ada on Monday. Three people died."))
    assert index.ask("Who died?").citations
    assert searched == [False]
    assert gc.isenabled()
