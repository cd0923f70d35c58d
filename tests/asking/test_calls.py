"""The road of a question is short, and the counter of it counts what it says."""

import pytest

from tests.support.calls import count_ask, count_calls
from tests.support.paths import SEEDS

MOST_FILES, MOST_CALLS = 26, 120


@pytest.mark.parametrize(
    "question",
    [
        "Who denied the talks?",  # answered, with a speaker and a date
        "How many people were taken to safety?",
        "What is the price of tin?",  # refused
        "What does ROK stand for?",  # related
    ],
)
def test_a_question_enters_few_files(question):
    _, road = count_ask(str(SEEDS), question)
    print(f"house: {question} files {len(road.files)}, calls {len(road.calls)}")
    assert 5 < len(road.files) <= MOST_FILES, sorted(road.files)
    assert 20 < len(road.calls) <= MOST_CALLS, sorted(road.calls)


def test_only_calls_from_file_to_file_count_and_each_once():
    from index.language import bm25, terms

    assert count_calls(lambda: [terms.analyse("ferry"), bm25.idf(2, 1)]).calls == frozenset()
    road = count_calls(lambda: [_read("Who denied the talks?"), _read("Who denied the talks?")])
    assert {(call.file, call.function) for call in road.calls} >= {("index/language/terms.py", "tokenize_question")}
    assert all(call.caller_file != call.file for call in road.calls)


def _read(question):
    from index.evidence.question import read_question

    return getattr(read_question, "__wrapped__", read_question)(question)


def test_a_profile_that_was_set_is_set_again():
    import sys

    seen = []

    def watch(frame, event, argument):
        seen.append(event)

    sys.setprofile(watch)
    try:
        count_calls(lambda: None)
        assert sys.getprofile() is watch
    finally:
        sys.setprofile(None)
