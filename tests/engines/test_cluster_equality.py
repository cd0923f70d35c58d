"""The same questions over one library give the same replies in memory, on disk and on a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import pytest

from index import Article, Filter, Index
from index.engines import make_vectors, open_engine
from index.evaluate.question_sets import GoldQuestion, read_set
from index.forms.serial import reply_to_dict
from index.language.terms import analyse
from index.maintenance.cluster import set_up_cluster
from index.meaning import ENCODER, Meaning
from tests.support import cluster_nodes
from tests.support.paths import EVAL, need_shared

pytestmark = pytest.mark.cluster

SETS = ("squad2-even", "wikiqa-dev", "quail-a", "qamr-wikinews-dev", "xquad-en-even")
QUESTIONS = 500
ALL = Filter(collections=("default",))


@dataclass(frozen=True)
class Three:
    """One library with vectors in three engines, and questions on it."""

    indexes: dict[str, Index]
    questions: tuple[GoldQuestion, ...]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    sets = [read_set(need_shared(EVAL / name)) for name in SETS]
    articles: list[Article] = list(chain.from_iterable(each.articles.values() for each in sets))
    asked = list(chain.from_iterable(each.questions for each in sets))
    questions = tuple(asked[:: len(asked) // QUESTIONS][:QUESTIONS])
    with cluster_nodes.library() as cluster:
        set_up_cluster(cluster, None, shards=3, replicas=None, encoder=ENCODER)
        places = {"memory": "memory:", "disk": f"disk:{tmp_path_factory.mktemp('library')}", "cluster": cluster}
        models = Meaning()
        indexes = {name: Index(open_engine(place, None, ENCODER), models) for name, place in places.items()}
        articles = [make_vectors(article, models.encoder.encode_sentence) for article in articles]
        for index in indexes.values():
            index.engine.add(articles, "default")
            assert index.compares_meanings
        assert len({len(index) for index in indexes.values()}) == 1
        yield Three(indexes, questions)
        for index in indexes.values():
            index.close()


@pytest.mark.parametrize("by_meaning", [False, True])
def test_500_questions_have_the_same_replies(
    three: Three, capsys: pytest.CaptureFixture[str], by_meaning: bool
) -> None:
    asked = {name: index if by_meaning else Index(index.engine) for name, index in three.indexes.items()}
    replies = {
        name: [json.dumps(reply_to_dict(index.ask(each.text, each.history))) for each in three.questions]
        for name, index in asked.items()
    }
    assert len(replies["memory"]) == QUESTIONS
    with capsys.disabled():
        print(f"\nequality  {len(three.indexes['memory'])} articles, {QUESTIONS} questions, by meaning: {by_meaning}")
        for name in ("disk", "cluster"):
            pairs = zip(replies["memory"], replies[name], strict=True)
            differ = [each.id for each, (one, two) in zip(three.questions, pairs, strict=True) if one != two]
            print(f"equality  memory = {name}: {QUESTIONS - len(differ)} byte for byte, others: {differ}")
            assert len(differ) <= QUESTIONS * 0.005


def test_the_candidates_are_the_same(three: Three, capsys: pytest.CaptureFixture[str]) -> None:
    shares, orders = [], 0
    for each in three.questions:
        terms = tuple(dict.fromkeys(analyse(each.text)))
        found = {
            name: [(hit.passage.article_id, hit.passage.number) for hit in index.engine.search(terms, 30, ALL)]
            for name, index in three.indexes.items()
        }
        wanted = set(found["memory"])
        shares.append(len(wanted & set(found["cluster"])) / max(1, len(wanted)) if wanted else 1.0)
        orders += found["memory"] == found["cluster"]
    overlap = sum(shares) / len(shares)
    with capsys.disabled():
        print(f"\nequality  the best 30 overlap {overlap:.4f} with memory's, in the same order {orders} of {QUESTIONS}")
    assert overlap >= 0.97


def test_statistics_are_the_same(three: Three) -> None:
    terms = sorted({term for each in three.questions for term in analyse(each.text)})
    assert len(terms) > 500
    for at in range(0, len(terms), 100):
        found = [index.engine.statistics(terms[at : at + 100]) for index in three.indexes.values()]
        assert found[0] == found[1] == found[2]
