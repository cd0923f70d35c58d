"""One sentence of any shape and length costs what its length says: from `add` to what the faces show of it."""

import json
import subprocess
import sys

import pytest

from index import Article, Filter, open_index
from index.citations import verify
from index.language.sentences import LONGEST, split_sentences
from tests.support.long_sentences import SHAPES, write_story
from tests.support.paths import ROOT

STEEP = 1.6
"""The growth that no step may reach; one that takes the square of the length has 2."""


def measure(shapes, small, large):
    """Measure in a process of its own: what never ends must end with it."""
    code = "import json, sys; from tests.support.long_sentences import measure; print(json.dumps(measure({}, {}, {})))"
    command = [sys.executable, "-c", code.format(list(shapes), small, large)]
    rows = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=3000).stdout)
    for row in rows[:10]:
        print(*row)
    return rows


def test_some_shapes_take_linear_time():
    rows = measure(("refers", "cues", "names", "numbers"), 12_000, 100_000)
    assert [row for row in rows if row[2] > STEEP] == []
    assert {row[1] for row in rows} >= {"add", "ask", "suggest", "bot", "verify", "cite", "read", "diff", "speaker"}


@pytest.mark.check
def test_all_shapes_take_linear_time():
    assert [row for row in measure(SHAPES, 30_000, 200_000) if row[2] > STEEP] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_no_sentence_is_longer_than_the_limit_and_nothing_is_lost(shape):
    text = write_story(shape, 3 * LONGEST)
    article = Article.from_text(text)
    assert max(each.end - each.start for each in article.sentences) <= LONGEST
    body = "".join(article.quote(each) for each in article.sentences)
    assert "".join(body.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("a" * LONGEST, ["a"]),
        ("a, " + "b " * LONGEST, ["b", "b", "b"]),
        ("b " * 2000 + "a; " + "b " * LONGEST, ["a;", "b", "b", "b"]),
        ("b " * 2000 + "c, " + "b " * 100 + "a: " + "b " * 500, ["a:", "b"]),
        ("x" * (LONGEST + 1), ["x", "x"]),
        ("e\u0301" * LONGEST, ["e\u0301"] * 2),
    ],
)
def test_a_sentence_without_end_is_cut_behind_a_clause_or_a_word(text, ends):
    spans = split_sentences(text)
    found = [text[start:end].split()[-1] for start, end in spans]
    assert [last[-len(end) :] for last, end in zip(found, ends, strict=True)] == ends
    assert all(end - start <= LONGEST for start, end in spans)


def test_what_is_cited_of_a_cut_sentence_is_an_exact_part_of_the_text():
    article = Article.from_text(write_story("days", 30_000))
    with open_index("memory:") as index:
        index.add(article)
        reply = index.ask("When will the minister meet Lee?", filter=Filter(articles=(article.id,)))
    cited = [each for passage in reply.passages for each in passage.citations]
    assert cited
    assert all(article.text[each.start : each.end] == each.text for each in cited)
    assert {finding.outcome.value for finding in verify(reply, lambda *_: article)} == {"verified"}
