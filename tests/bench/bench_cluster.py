"""How fast a cluster takes articles and answers, against opensearch-py alone.

python -m tests.bench.bench_cluster [PASSAGES]
Needs the nodes of tests/support/cluster_nodes.py. The default of 300,000 passages takes some ten minutes on two cores.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from index import Article, Filter, open_index
from index.engines.cluster import ClusterEngine, mapping
from index.engines.cluster.mapping import ArticleState
from index.evidence.question import read_question
from index.language.terms import analyse
from index.maintenance.cluster import set_up_cluster
from tests.support import cluster_nodes
from tests.support.make_library import stories

_BATCH = 1000
_SHARDS = 3
_ASKED = 200


def main(passages: int = 300_000) -> None:
    articles, questions = _library(passages)
    with cluster_nodes.library() as ours, cluster_nodes.library() as theirs:
        for address in (ours, theirs):
            set_up_cluster(address, None, _SHARDS, None)
        _writing(ours, theirs, articles)
        _asking(ours, questions)


def _library(passages: int) -> tuple[list[Article], list[str]]:
    begin = time.perf_counter()
    made = list(stories(passages))
    articles = [Article.from_text(story.text) for story in made]
    taken = time.perf_counter() - begin
    rate = len(articles) / taken
    print(f"library   {len(articles):,} articles, {passages:,} passages, analysed in one process at {rate:,.0f}/s")
    return articles, [story.question for story in made[:: max(1, len(made) // _ASKED)][:_ASKED]]


def _writing(ours: str, theirs: str, articles: list[Article]) -> None:
    from opensearchpy import OpenSearch, helpers

    engine = ClusterEngine(theirs)
    hosts = [{"host": host, "port": port} for host, port in engine.location.hosts]
    client = OpenSearch(hosts, timeout=60)
    warm = [articles[0]]
    for address in (ours, theirs):  # the first requests of a cluster are slow
        with open_index(address) as index:
            index.engine.add(warm, "default")
    begin = time.perf_counter()
    count = 0
    for okay, item in helpers.parallel_bulk(client, _actions(engine, articles), thread_count=4, chunk_size=1000):
        assert okay, item
        count += 1
    client.indices.refresh(index=f"{engine.location.passages},{engine.location.articles}")
    their_rate = count / (time.perf_counter() - begin)
    client.close()
    engine.close()
    print(f"writing   opensearch-py's parallel_bulk: {their_rate:,.0f} documents/s")
    with open_index(ours) as index:
        memory = []
        begin = time.perf_counter()
        rest = iter(articles)
        while batch := list(islice(rest, _BATCH)):
            index.engine.add(batch, "default")
            memory.append(_resident())
        our_rate = count / (time.perf_counter() - begin)
        assert len(index) == len(articles)
    quarter = len(memory) // 4
    growth = max(memory[-quarter - 1 :]) - max(memory[: quarter + 1])
    print(f"writing   Pullquote: {our_rate:,.0f} documents/s, {our_rate / their_rate:.0%} of that")
    for alias in (engine.location.articles, engine.location.passages):
        name = alias.replace(theirs.rpartition("/")[2], ours.rpartition("/")[2])
        cluster_nodes.request("POST", f"/{name}/_forcemerge?max_num_segments=1&flush=true")
        held = cluster_nodes.request("GET", f"/{name}/_stats/docs,store")["_all"]["primaries"]
        size = held["store"]["size_in_bytes"] / held["docs"]["count"]
        print(f"size      {name.rpartition('-')[2]}: {size:,.0f} bytes a document, each copy, merged")
    print(f"writing   memory of the writer: at most {growth:+.1f} MB in the last quarter against the first")


def _resident() -> float:
    """Return the megabytes that this process holds now; the highest so far would hide what was let go before."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def _actions(engine: ClusterEngine, articles: list[Article]) -> Iterator[dict[str, Any]]:
    for number, article in enumerate(articles):
        stored = ArticleState(article, ("default",), number, "bench")
        for key, body in mapping.build_passage_documents(stored):
            yield {"_index": engine.location.passages, "_id": key, **body}
        yield {"_index": engine.location.articles, "_id": article.id, **mapping.build_article_document(stored)}


def _asking(address: str, questions: list[str]) -> None:
    from opensearchpy import OpenSearch

    with open_index(address) as index:
        engine = index.engine
        assert isinstance(engine, ClusterEngine)
        client = OpenSearch([{"host": host, "port": port} for host, port in engine.location.hosts], timeout=60)
        within = Filter(collections=("default",))
        bodies = {text: _body(text, within) for text in questions}
        path = engine.location.passages
        half = len(questions) // 2
        for text in questions[:half]:  # other words than those that are measured, so that only code is warm
            client.search(index=path, body=bodies[text], search_type="dfs_query_then_fetch")
            index.ask(text)
        raw, searched, asked = [], [], []
        for text in questions[half:]:  # each once: what was asked before is answered faster
            for _ in range(2):
                begin = time.perf_counter()
                client.search(index=path, body=bodies[text], search_type="dfs_query_then_fetch")
                last = time.perf_counter() - begin
            raw.append(last)
            asked.append(_timed(index.ask, text))
            searched.append(_timed(index.search, text, 30))
        client.close()
    for name, times in (("raw search", raw), ("ask, first time", asked), ("search after it", searched)):
        times.sort()
        p50, p95 = median(times), times[int(len(times) * 0.95)]
        share = p50 / median(raw)
        print(f"asking    {name:<15} p50 {p50 * 1e3:6.1f} ms, p95 {p95 * 1e3:6.1f} ms, {share:.2f} of a raw search")


def _body(text: str, within: Filter) -> dict[str, Any]:
    terms = read_question(text).terms or analyse(text)
    return {
        "size": 30,
        "query": {"bool": {"must": mapping.build_term_query(terms), "filter": mapping.build_filter(within)}},
        "sort": [{"_score": "desc"}, "sequence", "number"],
        "_source": False,
        "track_total_hits": False,
    }


def _timed(call: Callable[..., Any], *arguments: Any) -> float:
    begin = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
