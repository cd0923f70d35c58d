"""Nodes that die, hang and return while questions and adding go on: nothing fails, nothing acknowledged is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from index import Filter, Index, open_index
from index.engines import rebuild
from index.engines.cluster import ClusterEngine
from index.errors import EngineUnavailable, PullquoteError
from index.maintenance.cluster import check_cluster, set_up_cluster
from tests.support import cluster_nodes
from tests.support.make_library import made
from tests.support.paths import need_shared

pytestmark = pytest.mark.cluster
NODES = (1, 2, 3)
ALL = Filter(collections=("default",))


@pytest.fixture
def address() -> Iterator[str]:
    need_shared(cluster_nodes.STARTER)  # kills and restarts nodes
    with cluster_nodes.library() as where:
        set_up_cluster(where, None, shards=3, replicas=2)
        yield where
        for number in set(NODES) - set(cluster_nodes.pids()):
            cluster_nodes.cluster("restart", number)


@dataclass
class Load:
    """Questions and adding without a pause; what failed, and what was acknowledged."""

    asked: int = 0
    slowest: float = 0.0
    failed: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@contextmanager
def load(address: str) -> Iterator[Load]:
    found = Load()
    done = threading.Event()

    def ask(index: Index) -> None:
        number = 0
        while not done.is_set():
            begin = time.monotonic()
            number = (number + 1) % 20
            try:
                reply = index.ask(f"Which ship brought cargo number{number} to the harbour?")
                if not reply.citations or f"number{number} " not in reply.citations[0].text:
                    found.failed.append(f"wrong: {reply.verdict}")
            except PullquoteError as error:
                found.failed.append(str(error))
            found.asked += 1
            found.slowest = max(found.slowest, time.monotonic() - begin)

    def add(index: Index) -> None:
        number = 0
        while not done.is_set():
            number += 1
            article = made([f"item{number} was added under load at {time.monotonic_ns()}", "and more"])
            try:
                index.engine.add([article], "load")
                found.acknowledged.append(article.id)
            except EngineUnavailable as error:
                found.refused.append(str(error))

    with open_index(address) as one, open_index(address) as two:
        one.engine.add(
            [made([f"The ship Vela{n} brought cargo number{n} to the harbour ."]) for n in range(20)], "default"
        )
        threads = [threading.Thread(target=ask, args=(one,)), threading.Thread(target=add, args=(two,))]
        for thread in threads:
            thread.start()
        try:
            yield found
        finally:
            done.set()
            for thread in threads:
                thread.join()


def lost(address: str, acknowledged: list[str]) -> list[str]:
    """Return the acknowledged articles that are not all there: listed, whole, and found by their words."""
    with open_index(address) as index:
        within = Filter(collections=("load",))
        listed = {card.id for card in index.engine.articles(within)}
        gone = []
        for key in acknowledged:
            if key not in listed:
                gone.append(key)
                continue
            article = index.engine.article(key, ("load",))
            hits = index.engine.search([article.sentences[0].terms[-1]], 5, within)
            if [hit.passage.article_id for hit in hits] != [key]:
                gone.append(key)
        return gone


def eventually(call: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if call():
            return True
        time.sleep(0.5)
    return False


def complaints(address: str) -> list[str]:
    """Return what needs attention; while a manager is elected, that nobody can say."""
    try:
        return [f"{each.name}: {each.text}" for each in check_cluster(address, None) if each.advice]
    except EngineUnavailable as error:
        return [str(error)]


def health() -> tuple[int, str]:
    """Return the nodes that joined and the cluster's colour; none while no node can say."""
    try:
        found = cluster_nodes.request("GET", "/_cluster/health")
    except AssertionError:
        return 0, ""
    return int(found["number_of_nodes"]), str(found["status"])


def version() -> str:
    return str(cluster_nodes.request("GET", "/")["version"]["number"])


def test_any_node_may_be_killed(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    down: list[str] = []

    def one_is_lost() -> bool:
        down[:] = complaints(address)
        return any(line.startswith("nodes: 2 joined") for line in down)

    with load(address) as found:
        assert eventually(lambda: found.asked > 5 and len(found.acknowledged) > 2, 120)
        for number in NODES:
            before = len(found.acknowledged), found.asked
            cluster_nodes.cluster("kill", number)
            assert eventually(lambda b=before: found.asked > b[1] + 5 and len(found.acknowledged) > b[0] + 1, 180)
            if number == NODES[0]:
                assert eventually(one_is_lost, 120), down
            cluster_nodes.cluster("restart", number)
    gone = lost(address, found.acknowledged)
    # shards on a node that came back are copied anew, which takes a busy machine a while
    eventually(lambda: all(line.startswith("node ") for line in complaints(address)), 120)
    left = complaints(address)
    with capsys.disabled():
        print(f"\nfaults  OpenSearch {version()}, 3 nodes, 2 replicas; nodes killed one after another: 3")
        print(f"faults  questions asked {found.asked}, failed {len(found.failed)}, slowest {found.slowest:.1f} s")
        print(f"faults  articles acknowledged {len(found.acknowledged)}, lost {len(gone)}, ", end="")
        print(f"adds refused {len(found.refused)}")
        print(f"faults  check with a node killed: {'; '.join(down)}")
    assert not found.failed
    assert not gone
    assert all(line.startswith("node ") for line in left), left


def test_a_node_may_hang(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with load(address) as found:
        assert eventually(lambda: found.asked > 5, 120)
        with cluster_nodes.frozen(2):
            before = found.asked
            time.sleep(15)
            eventually(lambda: found.asked > before + 1, 10)  # before the cluster itself drops the node
            during = found.asked - before
    assert eventually(lambda: health()[0] == 3, 180)
    gone = lost(address, found.acknowledged)
    with capsys.disabled():
        print(
            f"\nfaults  a node hung for 15 s: questions asked meanwhile {during}, failed {len(found.failed)}, ", end=""
        )
        print(f"slowest {found.slowest:.1f} s; acknowledged {len(found.acknowledged)}, lost {len(gone)}")
    assert during > 1  # a question asked meanwhile was answered meanwhile: it did not wait for the node that hung
    assert not found.failed
    assert not gone


def test_when_all_are_gone_it_is_said_at_once_and_it_recovers_by_itself(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_index(address) as index:
        article = made(["The ship Vela brought cargo to the harbour ."])
        index.engine.add([article], "default")
        for number in NODES:
            cluster_nodes.cluster("kill", number)
        times = []
        for call in (
            lambda: index.ask("Which ship brought cargo to the harbour?"),
            lambda: index.engine.article(article.id, ("default",)),
            lambda: index.engine.add([made(["more"])], "default"),
            lambda: ClusterEngine(address),
        ):
            begin = time.monotonic()
            with pytest.raises(EngineUnavailable, match="cannot be reached"):
                call()
            times.append(time.monotonic() - begin)
        cluster_nodes.cluster("start", 3)
        begin = time.monotonic()

        def answers() -> bool:
            try:
                return bool(index.ask("Which ship brought cargo to the harbour?").citations)
            except EngineUnavailable:
                return False

        assert eventually(answers, 120)
        with capsys.disabled():
            print(f"\nfaults  all nodes gone: said so within {max(times):.1f} s; ", end="")
            print(f"answered {time.monotonic() - begin:.1f} s after their return")
        assert max(times) < 15  # no time-out of a minute was waited for

        def adds() -> bool:
            try:
                return index.engine.add([made(["more"])], "default") == 1
            except EngineUnavailable:  # a write waits for its second copy
                return False

        assert eventually(adds, 120)


def test_a_restarted_empty_node_heals_and_a_rebuild_outlives_a_kill(address: str) -> None:
    import shutil
    from os import environ
    from pathlib import Path
    from tempfile import gettempdir

    with load(address) as found:
        assert eventually(lambda: len(found.acknowledged) > 5, 120)
        cluster_nodes.cluster("kill", 3)
        home = Path(environ.get("OPENSEARCH_HOME_DIR") or Path(gettempdir(), "opensearch-cluster"))
        shutil.rmtree(home / "node3" / "data")
        rebuild(address)
        cluster_nodes.cluster("restart", 3)
        assert eventually(lambda: health() == (3, "green"), 180)
    assert not found.failed
    assert not lost(address, found.acknowledged)
