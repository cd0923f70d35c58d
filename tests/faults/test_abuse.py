"""The abuse suite: bombs, traps and random damage in every format, each of which must cost only its sender.

More inputs: `PULLQUOTE_FUZZ=100000 make soak`.
"""

import os

import pytest

from index.sources.worker.pool import run
from tests.support import abuse_documents
from tests.support.abuse_documents import CASES, judge, seeds

SEEDS = seeds()
_BATCH = 50
_DECISIONS = {"UnsupportedFormat", "SourceTooLarge", "EmptyArticle"}


@pytest.mark.check
@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_an_error_or_an_article(name):
    decision, _, connects = judge(name)
    print(f"abuse: {name:50} {decision:22} {connects}")
    assert decision in _DECISIONS or decision.startswith("read, ")
    assert connects == 0


def fuzz(name, inputs):
    counts = {}
    for first in range(0, inputs, _BATCH):
        for result, count in run("tests.support.abuse_documents:fuzz", SEEDS[name], f"{name}|{first}|{_BATCH}").items():
            counts[result] = counts.get(result, 0) + count
    return counts


@pytest.mark.check
@pytest.mark.parametrize("name", SEEDS)
def test_a_thousand_damaged_files(name):
    counts = fuzz(name, 1000)
    assert sum(counts.values()) == 1000
    assert counts["read"] > 10  # else the damage is so great that no reader was tried
    assert [result for result in counts if result.startswith("fault")] == []


@pytest.mark.soak
@pytest.mark.parametrize("name", SEEDS)
def test_very_many_damaged_files(name):
    inputs = int(os.environ.get("PULLQUOTE_FUZZ", "100000"))
    counts = fuzz(name, inputs)
    assert sum(counts.values()) == inputs
    assert [result for result in counts if result.startswith("fault")] == []


def test_a_few_damaged_files_here():
    for name, data in SEEDS.items():
        counts = abuse_documents.fuzz(data, f"{name}|0|5")
        assert sum(counts.values()) == 5
        assert [result for result in counts if result.startswith("fault")] == []
    abuse_documents.sandbox.stop_clock()
