"""What only a cluster must keep to: many writers, killed writers, isolation, rebuilding, migration, and its verbs."""

from __future__ import annotations

import io
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opensearchpy import Transport
from opensearchpy.exceptions import TransportError

from bot import cli
from index import Article, Filter, open_index
from index.engines import Rebuilt, rebuild, rows
from index.engines.cluster import ClusterEngine, intents, mapping
from index.engines.cluster import rebuild as cluster_rebuild
from index.engines.cluster.bulk import BulkWriter
from index.engines.cluster.client import WRITING, ClusterClient
from index.engines.cluster.location import parse_location
from index.engines.cluster.writer import ClusterWriter
from index.engines.contract import Statistics
from index.engines.disk import DiskEngine
from index.errors import (
    ArticlesRefused,
    CorruptIndex,
    EngineError,
    EngineUnavailable,
    IncompatibleIndex,
    UnknownArticle,
)
from index.maintenance.cluster import migrate, set_up_cluster
from index.model import Status
from tests.support import cluster_nodes
from tests.support.make_library import WORDS, drawn, made, stories
from tests.support.vectors import ENCODER, encode, encoded

pytestmark = pytest.mark.cluster
ALL = Filter(collections=("default",))


@pytest.fixture
def address() -> Iterator[str]:
    with cluster_nodes.library() as where:
        yield where


@pytest.fixture
def engine(address: str) -> Iterator[ClusterEngine]:
    found = ClusterEngine(address)
    yield found
    found.close()


def passages_held(engine: ClusterEngine) -> int:
    cluster_nodes.request("POST", f"/{engine.location.passages}/_refresh")
    return int(cluster_nodes.request("POST", f"/{engine.location.passages}/_count")["count"])


def ids(engine: ClusterEngine, *names: str) -> set[str]:
    return {hit.passage.article_id for hit in engine.search(WORDS, 500, Filter(collections=names))}


def test_another_machine_sees_changes_within_a_moment(engine: ClusterEngine, address: str) -> None:
    first, second = drawn(1, 2)
    other = ClusterEngine(address)
    assert len(other) == 0
    engine.add([first], "default")
    time.sleep(0.3)
    assert ids(other, "default") == {first.id}
    other.add([replace(first, title="Newer")], "default")
    other.add([second, first], "other")
    time.sleep(0.3)
    assert engine.article(first.id, ("default",)).title == "Newer"
    assert engine.collections() == {"default": 1, "other": 2}
    engine.remove(first.id, "default")
    engine.remove(first.id, "other")
    time.sleep(0.3)
    with pytest.raises(UnknownArticle):
        other.article(first.id, ("default", "other"))
    assert other.statistics(WORDS).passages == passages_held(other)
    other.close()


def test_writers_on_several_machines_meet_at_the_same_articles(address: str) -> None:
    articles = drawn(2, 12)
    engines = [ClusterEngine(address) for _ in range(3)]
    engines[0].add([made(["warm"])], "warm")
    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(lambda each: each[1].add(articles, f"c{each[0]}"), enumerate(engines)))
    assert counts == [12, 12, 12]
    for number in range(3):
        assert ids(engines[0], f"c{number}") == {article.id for article in articles}
    totals = engines[1].statistics(WORDS)
    assert totals.passages == passages_held(engines[1])
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda each: [each[1].remove(a.id, f"c{each[0]}") for a in articles], enumerate(engines)))
    time.sleep(0.3)
    assert {name: count for name, count in engines[0].collections().items() if name != "warm"} == {}
    assert passages_held(engines[0]) == 1
    for each in engines:
        each.close()


@pytest.mark.parametrize("step", ["_build_switch", "_refresh", "_announce", "_close"])
def test_what_a_killed_writer_leaves_is_not_seen_and_is_swept(
    engine: ClusterEngine, address: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, *rest = drawn(3, 6)
    engine.add([before], "default")

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ClusterWriter, step, dies)
        with pytest.raises(KeyboardInterrupt):
            engine.add([*rest, replace(before, title="New")], "default")
    other = ClusterEngine(address)
    assert {hit.passage.article_id for hit in other.search(WORDS, 500, ALL)} <= {
        card.id for card in other.articles(ALL)
    }
    assert before.id in ids(other, "default")
    monkeypatch.setattr(intents, "LEASE", -2.0)  # as if minutes had passed
    cluster_nodes.request("POST", f"/{engine.location.writes}/_refresh")  # the intent is found by a search
    other.add([made(["another"])], "default")
    assert passages_held(other) == other.statistics(()).passages
    monkeypatch.setattr(intents, "LEASE", 300.0)
    assert other.add(rest, "default") in (0, len(rest))
    assert ids(other, "default") >= {article.id for article in rest}
    other.close()


def test_a_writer_that_slept_too_long_begins_anew(engine: ClusterEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.add(drawn(4, 1), "default")
    late = drawn(5, 3)
    refresh, sleeps = ClusterWriter._refresh, [True]

    def swept(self: ClusterWriter, *indexes: str) -> None:
        refresh(self, *indexes)
        if sleeps and sleeps.pop():
            cluster_nodes.request("POST", f"/{engine.location.writes}/_refresh")
            query = {"query": {"exists": {"field": "at"}}}
            cluster_nodes.request("POST", f"/{engine.location.writes}/_delete_by_query", query)

    monkeypatch.setattr(ClusterWriter, "_refresh", swept)
    assert engine.add(late, "default") == 3
    assert not sleeps
    assert engine.count(ALL) == 4
    assert passages_held(engine) == engine.statistics(()).passages


def test_a_writer_that_slept_before_its_last_step_writes_again(
    engine: ClusterEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = drawn(12, 1)[0]
    engine.add(drawn(4, 1), "default")
    announce = ClusterWriter._announce

    def swept(self: ClusterWriter) -> None:
        announce(self)
        cluster_nodes.request("POST", f"/{engine.location.writes}/_refresh")
        for index, query in (
            (engine.location.writes, {"exists": {"field": "at"}}),
            (engine.location.passages, {"term": {"article": article.id}}),
        ):
            cluster_nodes.request("POST", f"/{index}/_delete_by_query?refresh=true", {"query": query})
        monkeypatch.setattr(ClusterWriter, "_announce", announce)

    monkeypatch.setattr(ClusterWriter, "_announce", swept)
    engine.add([article], "default")
    assert article.id in ids(engine, "default")
    assert passages_held(engine) == engine.statistics(()).passages


def test_all_may_be_rebuilt_between_two_steps_of_a_writer(
    engine: ClusterEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = drawn(18, 3)
    engine.add([first], "default")
    switch, announce = ClusterWriter._switch_documents, ClusterWriter._announce

    def switched(self: ClusterWriter, changes: Sequence[object]) -> dict[str, object]:
        monkeypatch.setattr(ClusterWriter, "_switch_documents", switch)
        rebuild(engine.address)
        return switch(self, changes)

    def announced(self: ClusterWriter) -> None:
        monkeypatch.setattr(ClusterWriter, "_announce", announce)
        rebuild(engine.address)
        announce(self)

    monkeypatch.setattr(ClusterWriter, "_switch_documents", switched)
    assert engine.add([second], "default") == 1
    monkeypatch.setattr(ClusterWriter, "_announce", announced)
    assert engine.add([third], "default") == 1
    assert ids(engine, "default") == {first.id, second.id, third.id}
    assert passages_held(engine) == engine.statistics(()).passages


def test_a_rebuild_that_makes_vectors_may_overtake_a_writer_without_any(
    engine: ClusterEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was planned before, and is stored after, must not stand in a library that claims vectors of all articles."""
    first, second = drawn(18, 2)
    engine.add([first], "default")
    switch = ClusterWriter._switch_documents

    def switched(self: ClusterWriter, changes: Sequence[object]) -> dict[str, object]:
        monkeypatch.setattr(ClusterWriter, "_switch_documents", switch)
        rebuild(engine.address, encode=encode, encoder=ENCODER)
        assert ClusterEngine(engine.address).encoder == ENCODER
        return switch(self, changes)

    monkeypatch.setattr(ClusterWriter, "_switch_documents", switched)
    assert engine.add([second], "default") == 1
    assert [engine.article(each.id, ("default",)) for each in (first, second)] == [encoded(first), second]
    assert engine.encoder == ""


def test_a_reply_that_was_lost_is_no_second_writer(engine: ClusterEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every write is sent twice, as when the first answer is lost."""
    send = BulkWriter._send

    def twice(self: BulkWriter, part: list[tuple[str, str]]) -> list[object]:
        send(self, part)
        return send(self, part)

    monkeypatch.setattr(BulkWriter, "_send", twice)
    articles = drawn(6, 8)
    assert engine.add(articles, "default") == 8
    assert engine.add(articles, "other") == 8
    engine.remove(articles[0].id, "default")
    engine.remove(articles[0].id, "other")
    assert ids(engine, "default") == {article.id for article in articles[1:]}
    assert passages_held(engine) == engine.statistics(()).passages


def test_any_change_may_be_sent_twice(engine: ClusterEngine, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the first answer is lost with the node that gave it."""
    send = Transport.perform_request

    def twice(self: Transport, method: str, url: str, *args: object, **kwargs: object) -> object:
        if method != "GET" and "_search" not in url and "_mget" not in url:
            with suppress(TransportError):
                send(self, method, url, *args, **kwargs)
        return send(self, method, url, *args, **kwargs)

    monkeypatch.setattr(Transport, "perform_request", twice)
    articles = drawn(16, 6)
    assert set_up_cluster(address, None, 2, None)
    assert engine.add(articles, "default") == 6
    engine.remove(articles[0].id, "default")
    assert rebuild(address) == Rebuilt(5)
    assert rebuild(address) == Rebuilt(5)
    assert ids(engine, "default") == {article.id for article in articles[1:]}
    assert passages_held(engine) == engine.statistics(()).passages


def test_a_rebuild_whose_last_step_fails_loses_nothing(
    engine: ClusterEngine, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The aliases are moved, and only then a node goes away."""
    first, second = drawn(17, 2)
    engine.add([first], "default")
    switch = cluster_rebuild._switch

    def failing(*args: object) -> None:
        switch(*args)
        raise EngineUnavailable(address, "went away")

    with monkeypatch.context() as patch:
        patch.setattr(cluster_rebuild, "_switch", failing)
        with pytest.raises(EngineUnavailable, match="went away"):
            rebuild(address)
    with open_index(address) as index:
        assert index.engine.article(first.id, ("default",)) == first
        assert index.engine.add([second], "default") == 1
    held = cluster_nodes.request("GET", f"/{engine.location.name}-*/_alias")
    assert sorted(held) == [
        f"{engine.location.name}-{part}" for part in ("articles-000002", "passages-000002", "writes-000001")
    ]


def test_a_refused_article_is_named_and_all_others_are_stored(
    engine: ClusterEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = drawn(7, 2)
    form = mapping.build_passage_documents

    def broken(stored: mapping.ArticleState) -> Iterator[tuple[str, dict]]:
        for key, body in form(stored):
            yield key, body | ({"unknown": 1} if stored.article.id == bad.id else {})

    with monkeypatch.context() as patch:
        patch.setattr(mapping, "build_passage_documents", broken)
        with pytest.raises(ArticlesRefused) as caught:
            engine.add([bad, good], "default")
    assert list(caught.value.refused) == [bad.id]
    assert ids(engine, "default") == {good.id}
    assert engine.add([bad, good], "default") == 1


def test_damaged_bytes_are_never_quoted(engine: ClusterEngine) -> None:
    article, other = drawn(8, 2)
    engine.add([article, other], "default")
    cluster_nodes.request(
        "POST", f"/{engine.location.articles}/_update/{article.id}?refresh=true", {"doc": {"body_checksum": 1}}
    )
    fresh = ClusterEngine(engine.address)
    with pytest.raises(CorruptIndex, match="damaged"):
        fresh.article(article.id, ("default",))
    assert ids(fresh, "default") == {other.id}
    fresh.remove(article.id, "default")
    assert fresh.add([article], "default") == 1
    assert fresh.article(article.id, ("default",)) == article
    fresh.close()


@pytest.mark.parametrize(
    ("what", "value", "told"),
    [
        ("index.language.terms.ANALYSER", "older", "older"),
        ("index.engines.cluster.mapping.FORMAT", 2, "format 2"),
    ],
)
def test_another_version_is_refused_and_rebuilt(
    address: str, monkeypatch: pytest.MonkeyPatch, what: str, value: object, told: str
) -> None:
    articles = drawn(9, 30)
    with monkeypatch.context() as patch:
        patch.setattr(what, value)
        engine = ClusterEngine(address)
        engine.add(articles, "default")
        engine.close()
    with pytest.raises(IncompatibleIndex, match=told):
        ClusterEngine(address)
    assert rebuild(address) == Rebuilt(30)
    engine = ClusterEngine(address)
    assert [card.id for card in engine.articles(ALL)] == [article.id for article in articles]
    engine.close()


def test_a_library_whose_members_shared_one_card_is_rebuilt(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Format 2 had the fields of one card in each document, for all collections."""
    articles = [replace(article, source=f"{at}.txt", lead=at) for at, article in enumerate(drawn(9, 3))]
    mute, key = {"type": "keyword", "index": False, "doc_values": False}, {"type": "keyword"}
    old = {"collections": key, "sequence": {"type": "long"}, "article": key, "generation": mute, "card": mute}
    old |= {"checksum": {"type": "long"}, "body": {"type": "binary"}, "body_checksum": {"type": "long"}}
    with monkeypatch.context() as patch:
        patch.setattr("index.engines.cluster.mapping.FORMAT", 2)
        patch.setattr("index.engines.cluster.mapping.ARTICLE_FIELDS", old)
        assert set_up_cluster(address, None, 1, 0)
    place = parse_location(address)
    for at, article in enumerate(articles):
        state = mapping.ArticleState(article.bare, {}, at, "g1")
        card = rows.card_to_json(article)
        form = {key: value for key, value in mapping.build_article_document(state).items() if key in old}
        names = ["default", "chat:7"] if at else ["chat:7"]
        form |= {"card": card, "checksum": zlib.crc32(card.encode()), "collections": names}
        cluster_nodes.request("PUT", f"/{place.articles}/_doc/{article.id}?refresh=true", form)
    with pytest.raises(IncompatibleIndex, match="format 2"):
        ClusterEngine(address)
    assert rebuild(address) == Rebuilt(3)
    engine = ClusterEngine(address)
    assert list(engine.articles(ALL)) == [article.card for article in articles[1:]]
    assert list(engine.articles(Filter(collections=("chat:7",), lead=0))) == [articles[0].card]
    engine.add([replace(articles[1], source="ours.txt")], "chat:7")
    assert engine.article(articles[1].id, ("default",)) == articles[1]
    assert engine.article(articles[1].id, ("chat:7",)).source == "ours.txt"
    engine.close()


def test_one_rebuild_at_a_time_and_a_killed_one_is_taken_over(engine: ClusterEngine, address: str) -> None:
    with pytest.raises(EngineError, match="is not there yet"):
        rebuild(address)
    article, other = drawn(13, 2)
    engine.add([article, other], "default")
    claim = f"/{engine.location.writes}/_doc/rebuild?refresh=true"
    cluster_nodes.request("PUT", claim, {"beat": int(time.time())})
    with pytest.raises(EngineUnavailable, match="being rebuilt already"):
        rebuild(address)
    cluster_nodes.request("PUT", claim, {"beat": int(time.time() - 600)})
    cluster_nodes.request("PUT", f"/{engine.location.passages}-000002")
    cluster_nodes.request(
        "POST", f"/{engine.location.articles}/_update/{other.id}?refresh=true", {"doc": {"body_checksum": 1}}
    )
    assert rebuild(address) == Rebuilt(1, (other.id,))
    assert ids(engine, "default") == {article.id}


def test_a_rebuild_that_fails_leaves_all_as_it_was(engine: ClusterEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = drawn(14, 2)
    engine.add([first], "default")
    form = mapping.build_article_document
    with monkeypatch.context() as patch:
        patch.setattr(mapping, "build_article_document", lambda stored: form(stored) | {"unknown": 1})
        with pytest.raises(EngineError, match="the old indexes are untouched"):
            rebuild(engine.address)
    assert engine.add([second], "default") == 1
    assert ids(engine, "default") == {first.id, second.id}
    assert rebuild(engine.address) == Rebuilt(2)


def test_questions_and_adding_go_on_while_all_is_rebuilt(address: str) -> None:
    articles = [Article.from_text(story.text) for story in stories(400)]
    question = next(stories(10)).question
    with open_index(address) as index, open_index(address) as writing:
        index.add(articles)
        wanted = index.ask(question)
        assert wanted.citations
        done = threading.Event()
        answers: list[bool] = []
        added: list[str] = []

        def ask() -> None:
            while not done.is_set():
                answers.append(index.ask(question) == wanted)

        def add() -> None:
            for number in range(40):
                if done.is_set():
                    return
                article = made([f"added word{number} while rebuilding"])
                writing.engine.add([article], "later")
                added.append(article.id)

        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(ask), pool.submit(add)]
            rebuilds = 0
            while rebuilds < 2 or (len(answers) <= 5 and rebuilds < 20):  # a busy machine asks slowly
                rebuild(address)
                rebuilds += 1
            done.set()
            for each in running:
                each.result()
        assert len(answers) > 5
        assert all(answers)
        assert added
    with open_index(address) as index:  # what another machine wrote is seen a moment later, here at once
        later = Filter(collections=("later",))
        assert {card.id for card in index.engine.articles(later)} == set(added)
        for number in range(len(added)):
            assert index.engine.search([f"word{number}"], 5, later)
        assert isinstance(index.engine, ClusterEngine)
        assert passages_held(index.engine) == index.engine.statistics(()).passages


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[ClusterEngine, dict[str, tuple[Article, set[str]]]]]:
    """Articles with a word that only they have, in random collections."""
    names = ["a", "b", "c d", "e\udcff"]
    with cluster_nodes.library() as where:
        engine = ClusterEngine(where)
        held = {}
        for number, article in enumerate(drawn(10, 24, sentences=3)):
            members = {name for at, name in enumerate(names) if (number + 1) >> at & 1} or {"a"}
            facts = {"lead": number % 3, "source": f"wire/{number % 4}", "story": f"s{number % 5}"}
            held[article.id] = (replace(article, **facts), members)
        for name in names:
            engine.add([article for article, members in held.values() if name in members], name)
        yield engine, held
        engine.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    collections=st.lists(st.sampled_from(["a", "b", "c d", "e\udcff", "none", ""]), max_size=3),
    sources=st.lists(st.sampled_from(["wire/1", "WIRE", "/2", "*", "?", "\\"]), max_size=2),
    story=st.lists(st.sampled_from(["s1", "s2", "nothing"]), max_size=2),
    lead=st.sampled_from([None, 0, 1, 7]),
    terms=st.lists(st.sampled_from(WORDS), min_size=1, max_size=5),
    limit=st.sampled_from([1, 3, 30, 400]),
)
def test_collections_never_leak(shared, collections, sources, story, lead, terms, limit) -> None:
    engine, held = shared
    within = Filter(tuple(collections), sources=tuple(sources), stories=tuple(story), lead=lead)
    allowed = {key for key, (article, members) in held.items() if members & set(collections) and within.admits(article)}
    hits = {hit.passage.article_id for hit in engine.search(terms, limit, within)}
    assert hits <= allowed
    if limit == 400:
        assert hits == {key for key in allowed if any(set(s.terms) & set(terms) for s in held[key][0].sentences)}
    assert {card.id for card in engine.articles(within)} == allowed
    assert engine.count(within) == len(allowed)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", address)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        code = cli.run(arguments)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


def test_a_library_is_migrated_and_back(run: Run, address: str, tmp_path: Path) -> None:
    articles = [Article.from_text(story.text) for story in stories(250)]
    with open_index("disk:there") as index:
        index.engine.add(articles[:20], "default")
        index.engine.add([*reversed(articles[10:15]), *articles[15:]], "other")
        index.engine.add([replace(articles[12], source="ours.txt", status=Status.WITHDRAWN)], "other")
    code, out, err = run("migrate", "disk:there", address)
    assert (code, err) == (0, "")
    assert out == "copied 25 articles with 35 memberships; 25 compared and equal; 0 failed\n"
    assert run("migrate", "disk:there", address)[1] == out  # again is safe
    assert run("migrate", address, "disk:back")[0] == 0
    with open_index("disk:there") as one, open_index("disk:back") as two:
        both = Filter(collections=("default", "other"))
        assert [*one.engine.articles(both)] == [*two.engine.articles(both)]
        assert one.engine.collections() == two.engine.collections()
        for name in both.collections:
            cards = list(one.engine.articles(Filter(collections=(name,))))
            assert list(two.engine.articles(Filter(collections=(name,)))) == cards
            assert all(one.engine.article(c.id, (name,)) == two.engine.article(c.id, (name,)) for c in cards)
        assert two.engine.article(articles[12].id, ("other",)).source == "ours.txt"
        assert two.engine.article(articles[12].id, ("default",)).source == ""
    code, _, err = run("migrate", "disk:empty", address)
    assert code == 3
    assert "holds no article" in err
    assert run("migrate", "disk:there", "nowhere:x")[0] == 2


def test_a_migration_names_what_arrives_changed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index("memory:") as source, open_index(address) as target:
        source.add([Article.from_text(story.text) for story in stories(30)])
        get = ClusterEngine.article
        monkeypatch.setattr(
            ClusterEngine, "article", lambda self, key, names: replace(get(self, key, names), title="other")
        )
        done = migrate(source, target)
        assert set(done.failed.values()) == {"arrived changed"}
        assert done.proved == 0


def test_a_migration_goes_on_past_what_cannot_be_copied(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    good, damaged, refused = articles = [Article.from_text(story.text) for story in stories(30)]
    with open_index("disk:there") as index:
        index.engine.add(articles, "default")

    def article(self: DiskEngine, key: str, names: tuple[str, ...]) -> Article:
        if key == damaged.id:
            raise CorruptIndex(self.address, "is damaged")
        return get(self, key, names)

    def add(self: ClusterEngine, batch: list[Article], name: str) -> int:
        store(self, [each for each in batch if each.id != refused.id], name)
        raise ArticlesRefused(self.address, {refused.id: "too odd"})

    get, store = DiskEngine.article, ClusterEngine.add
    monkeypatch.setattr(DiskEngine, "article", article)
    monkeypatch.setattr(ClusterEngine, "add", add)
    code, out, err = run("migrate", "disk:there", address_of(run))
    assert code == 3
    assert f"{damaged.id}: disk:there: is damaged" in err
    assert f"{refused.id}: too odd" in err
    assert "1 compared and equal; 2 failed" in out
    assert good.id not in err


def address_of(run: Run) -> str:
    return run("cluster", "init")[1].removeprefix("made ").strip()


def test_a_migration_that_lacks_something_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index("memory:") as source, open_index(address) as target:
        source.add([Article.from_text(story.text) for story in stories(30)])
        with monkeypatch.context() as patch:
            patch.setattr(ClusterEngine, "add", lambda *_: 0)
            assert set(migrate(source, target).failed.values()) == {
                f"no article {card.id!r} here; `pullquote list` shows what there is" for card in source.articles()
            }
        migrate(source, target)
        with monkeypatch.context() as patch:
            patch.setattr(ClusterEngine, "articles", lambda *_: iter(()))
            with pytest.raises(EngineError, match="lacks 3 articles"):
                migrate(source, target)
        with monkeypatch.context() as patch:
            patch.setattr(ClusterEngine, "statistics", lambda *_: Statistics(7, {}))
            with pytest.raises(EngineError, match="has 7 passages, the source 30"):
                migrate(source, target)


def test_the_verb_cluster_is_for_clusters(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:x")
    for verb in ("init", "check"):
        code, _, err = run("cluster", verb)
        assert code == 2
        assert "this is not a cluster" in err


def test_an_interrupted_migration_says_that_it_goes_on(run: Run, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index("disk:there") as index:
        index.engine.add([Article.from_text(story.text) for story in stories(10)], "default")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("index.maintenance.cluster.migrate", interrupted)
    code, _, err = run("migrate", "disk:there", address)
    assert code == 130
    assert "goes on from there" in err


def test_verbs_of_a_library_work_on_a_cluster(run: Run, address: str, tmp_path: Path) -> None:
    for number, story in enumerate(stories(30)):
        (tmp_path / f"{number}.txt").write_text(story.text, encoding="utf-8")
    code, out, _ = run("cluster", "check")
    assert code == 3
    assert "is not there yet" in out
    code, out, _ = run("cluster", "init", "--shards", "3")
    assert code == 0
    code, _, err = run("cluster", "init")
    assert code == 3
    assert "is there already" in err
    assert run("add", *(f"{number}.txt" for number in range(3)))[0] == 0
    assert run("list")[1].count("\n") == 3
    code, out, err = run("ask", next(stories(10)).question)
    assert code == 0, (out, err)
    assert "\narticles     3\n" in run("stats")[1]
    assert run("rebuild")[1] == "rebuilt: 3 articles\n"
    assert run("export", "all.jsonl")[0] == 0
    cluster_nodes.copied()
    code, out, _ = run("cluster", "check")
    assert code == 0, out
    assert "all is well" in out
    assert f"  {'format':<28}  {mapping.FORMAT}, analyser" in out
    assert "30 in the index, +0 against the articles" in out
    cluster_nodes.request("PUT", f"/{parse_location(address).passages}/_block/write")
    code, out, _ = run("cluster", "check")
    assert code == 3
    assert "index.blocks.write is set" in out
    assert "1 findings need attention" in out


def test_a_library_is_set_up_with_the_copies_that_were_asked_for(address: str) -> None:
    assert set_up_cluster(address, None, shards=6, replicas=1)
    assert not set_up_cluster(address, None, shards=1, replicas=None)
    name = address.rpartition("/")[2]
    found = cluster_nodes.request("GET", f"/{name}-passages/_settings")[f"{name}-passages-000001"]["settings"]["index"]
    assert (found["number_of_shards"], found["number_of_replicas"]) == ("6", "1")
    with pytest.raises(ValueError, match="not a cluster"):
        set_up_cluster("disk:x", None, shards=1, replicas=None)


def test_a_first_question_takes_two_rounds_of_requests(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version beside the search, the stories beside the articles; asked again nothing but the version."""
    with open_index(address) as writing:
        older, newer = made(["Vela the ship left"], story="s", lead=1), made(["nothing more"], story="s", lead=2)
        alone, other = made(["a ship in port"], story="t"), made(["no ship in port"])
        writing.engine.add([older, newer, alone, other], "default")
        writing.engine.add([made(["hidden"], story="t", lead=9)], "private")
    sent: list[str] = []
    send = ClusterClient.send

    def noted(self: ClusterClient, method: str, path: str, *more: object) -> object:
        sent.append(path.partition("?")[0].rpartition("/")[2])
        return send(self, method, path, *more)

    with open_index(address) as index:
        assert index.search("unheard") == ()  # what a library needs once
        monkeypatch.setattr(ClusterClient, "send", noted)
        found = {hit.passage.article_id for hit in index.search("ship", 30)}
        assert found == {alone.id, other.id}  # the newer version speaks, though it holds no word of the question
        assert sorted(name for name in sent if name != "state") == ["_mget", "_msearch", "_search"]
        sent.clear()
        assert {hit.passage.article_id for hit in index.search("port", 30)} == {alone.id, other.id}
        assert set(sent) <= {"state", "_msearch"}


@pytest.mark.parametrize("field", ["body_checksum", "checksum"])
def test_a_damaged_version_of_a_story_is_no_less_a_version(engine: ClusterEngine, field: str) -> None:
    older, newer = made(["Vela the ship left"], story="s", lead=1), made(["the ship returned"], story="s", lead=2)
    engine.add([older, newer], "default")
    path = f"/{engine.location.articles}/_update/{newer.id}?refresh=true"
    cluster_nodes.request("POST", path, {"doc": {field: 1}})
    with open_index(engine.address) as fresh:
        if field == "checksum":
            with pytest.raises(CorruptIndex, match="card of article"):
                fresh.search("ship", 30)
        else:
            assert fresh.search("ship", 30) == ()


def test_a_change_of_one_document_tells_whether_it_was_made(engine: ClusterEngine) -> None:
    engine.add(drawn(11, 1), "default")
    path = f"/{engine.location.writes}/_doc/one"
    assert engine.client.change_if_same("PUT", f"{path}?op_type=create", {"beat": 1})
    assert not engine.client.change_if_same("PUT", f"{path}?op_type=create", {"beat": 1})
    assert engine.client.send("DELETE", path, None, WRITING)
