"""The abuse suite: bombs, traps and random damage in every format, each of which must cost only its sender."""

import pytest

from index.sources.worker.pool import run
from tests.support import abuse_documents
from tests.support.abuse_documents import CASES, judge, seeds
from tests.support.counts import draw_from, how_often

SEEDS = seeds()
_BATCH = 50
_DECISIONS = {"UnsupportedFormat", "SourceTooLarge", "EmptyArticle"}


SOME = {"txt: zeros.txt", "md: 1 MB of brackets.md", "feed: a billion laughs.xml", "txt: a word of 5 MB.txt"}
"""Cases that `make test` tries, too."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in SOME else [pytest.mark.check]) for name in CASES]
)
def test_a_hostile_file_is_an_error_or_an_article(name):
    decision, _, connects = judge(name)
    print(f"P7: 1 bomb: {name:50} {decision:22} {connects}")
    assert decision in _DECISIONS or decision.startswith("read, ")
    assert connects == 0


def fuzz(name, inputs):
    counts = {}
    for first in range(0, inputs, _BATCH):
        order = f"{name}|{draw_from('')}|{first}|{min(_BATCH, inputs - first)}"
        for result, count in run("tests.support.abuse_documents:fuzz", SEEDS[name], order).items():
            counts[result] = counts.get(result, 0) + count
    return counts


@how_often(10, 1000)
@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files(name, count):
    counts = fuzz(name, count)
    print(f"P6: {count} inputs: {name}, {counts.get('read', 0)} read, the others refused, 0 faults")
    assert sum(counts.values()) == count
    assert count < 1000 or counts["read"] > 10  # else the damage is so great that no reader was tried
    assert [result for result in counts if result.startswith("fault")] == []


def test_a_few_damaged_files_here():
    for name, data in SEEDS.items():
        counts = abuse_documents.fuzz(data, f"{name}||0|5")
        assert sum(counts.values()) == 5
        assert [result for result in counts if result.startswith("fault")] == []
    abuse_documents.sandbox.stop_clock()
