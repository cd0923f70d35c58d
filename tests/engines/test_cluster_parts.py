"""The parts of the cluster engine that need no cluster: addresses, documents, queries, and how errors are mapped."""

from __future__ import annotations

import json
import logging
import re
import socket
import ssl
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import load
from index import Filter, open_index
from index.engines import Login, drop_vectors, rows
from index.engines.cluster import mapping, queries, setup
from index.engines.cluster.bulk import BulkAction, BulkWriter, _split
from index.engines.cluster.client import ClusterClient, Timeouts
from index.engines.cluster.encoder import LibraryEncoder
from index.engines.cluster.location import ClusterLocation, parse_location
from index.engines.cluster.mapping import ArticleState, Member
from index.engines.cluster.queries import escape_surrogates, unescape_surrogates
from index.engines.cluster.read_cache import ReadCache
from index.engines.cluster.search import _count_near, _PassageRef
from index.errors import EngineError, EngineNotInstalled, EngineUnavailable, IncompatibleIndex
from index.language.terms import ANALYSER
from index.reading.passages import split
from tests.support.fake_cluster import GOOD, Nodes
from tests.support.make_library import made
from tests.support.vectors import ENCODER, encoded

QUICK = Timeouts(0.4, 1.0)  # where a node hangs for good
STEADY = Timeouts(1.0, 30.0)  # where one hangs and the others answer
SLOW = Timeouts(10.0, 1.0)  # where all answer, however busy this machine is


Serve = Callable[..., tuple[Nodes, ClusterClient]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    opened: list[Nodes | ClusterClient] = []

    def call(
        answer: Callable[[int, str, str], tuple[int, object] | None], count: int = 1
    ) -> tuple[Nodes, ClusterClient]:
        nodes = Nodes(answer, count)
        link = ClusterClient(nodes.address, parse_location(nodes.address), None)
        opened.extend((link, nodes))
        return nodes, link

    yield call
    for each in opened:
        each.close()


def script(*answers: tuple[int, object]) -> Callable[[int, str, str], tuple[int, object]]:
    left = list(answers)
    return lambda _node, _path, _body: left.pop(0) if len(left) > 1 else left[0]


def fault(kind: str, **more: object) -> dict[str, object]:
    return {"error": {"type": kind, "reason": "because"}, **more}


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("opensearch://a/news", ClusterLocation((("a", 9200),), "news")),
        ("opensearch://a:1,b.c-d:65535/n_1", ClusterLocation((("a", 1), ("b.c-d", 65535)), "n_1")),
        ("opensearch://[::1]:9201/x", ClusterLocation((("::1", 9201),), "x")),
    ],
)
def test_addresses_are_read(address: str, place: ClusterLocation) -> None:
    assert parse_location(address) == place


@pytest.mark.parametrize(
    "address",
    [
        "opensearch:",
        "opensearch://",
        "opensearch://a",
        "opensearch://a/",
        "opensearch://a:0/x",
        "opensearch://a:99999/x",
        "opensearch://a,,b/x",
        "opensearch://a/Big",
        "opensearch://a/x*",
        "opensearch://a b/x",
        "opensearch://a/../x",
    ],
)
def test_other_addresses_are_told(address: str) -> None:
    with pytest.raises(ValueError, match=r"opensearch://"):
        open_index(address)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="do not belong") as caught:
        open_index("opensearch://me:hush@a:9200/x")
    assert "hush" not in str(caught.value)


def test_a_missing_client_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "opensearchpy", None)
    with pytest.raises(EngineNotInstalled, match="make install EXTRAS=cluster"):
        open_index("opensearch://a/x")


@given(st.text(st.characters(codec=None), max_size=40))
def test_any_text_is_spelt_for_a_cluster_and_back(text: str) -> None:
    text = text.translate(dict.fromkeys(range(0xF0000, 0xF0800)))  # private letters of a plane nobody uses
    escape_surrogates(text).encode("utf-8")
    assert unescape_surrogates(escape_surrogates(text)) == text
    assert len(escape_surrogates(text)) == len(text)


def test_documents_come_back_as_the_article() -> None:
    article = replace(made(["one two", "three \ud800 four"]), source="\udcff", cities=("A",), title="T")
    other = replace(article, source="b.txt", title="Other", story="s").card
    members = {"a": Member(7, article.card), "b\udcff": Member(9, article.card), "c": Member(8, other)}
    stored = ArticleState(article.bare, members, 7, "g1")
    row = {"_id": article.id, "_source": mapping.build_article_document(stored), "_seq_no": 3, "_primary_term": 1}
    json.dumps(row).encode()
    held = mapping.decode_article(row)
    assert held.to_state() == replace(stored, seq_no=3, term=1)
    assert (held.text.cut_passage(1),) == split(article)
    assert row["_source"]["cards"].count('"T"') == 1, "a card that two collections state is stored once"
    brief = row | {"_source": row["_source"] | {"body": "AAAA"}}
    assert mapping.decode_article(brief, held).to_state() == replace(stored, seq_no=3, term=1)
    with pytest.raises(ValueError, match=r".+"):  # of another generation its text is another
        mapping.decode_article(brief | {"_source": brief["_source"] | {"generation": "g2"}}, held)
    for key, value in (("checksum", 1), ("body_checksum", 1), ("body", "AAAA"), ("cards", "{}")):
        with pytest.raises(ValueError, match=r".+"):
            mapping.decode_article(row | {"_source": row["_source"] | {key: value}})


def test_vectors_stand_behind_what_documents_had_before() -> None:
    article = encoded(made(["one two", "three \ud800 four"]))
    members = {"a": Member(7, article.card)}
    documents = [
        mapping.build_article_document(ArticleState(each.bare, members, 7, "g1"))
        for each in (article, drop_vectors(article))
    ]
    body = rows.encode_article(article)
    parts = (body.text, body.spans, body.terms)
    old = b"".join(len(part).to_bytes(4, "little") for part in parts) + b"".join(parts)  # as format 3 packs them
    assert zlib.decompress(b64decode(documents[1]["body"])) == old
    assert zlib.decompress(b64decode(documents[0]["body"])) == old + body.vectors
    for document, expected in zip(documents, (article, drop_vectors(article)), strict=True):
        row = {"_id": article.id, "_source": document, "_seq_no": 3, "_primary_term": 1}
        assert mapping.decode_article(row).to_state().article == expected.bare


def test_older_documents_are_read_and_newer_ones_are_refused(serve: Serve) -> None:
    for version, is_read in ((2, False), (3, True), (4, True), (5, True), (6, False)):
        mark = {"library": "lib", "format": version, "analyser": ANALYSER}
        _, link = serve(script((200, {"lib-articles-1": {"mappings": {"_meta": mark}}})))
        place = parse_location(link.address)
        if is_read:
            assert setup.has_library(link, place)
            assert LibraryEncoder(link, place).fetch() == ""
        else:
            with pytest.raises(IncompatibleIndex, match=f"format {version}"):
                setup.has_library(link, place)


def test_an_encoder_is_taken_back_before_anyone_sees_an_article_without_vectors(serve: Serve) -> None:
    marks = [{"library": "lib", "format": 4, "analyser": "a", "encoder": ENCODER}]

    def answer(_node: int, request: str, body: str) -> tuple[int, object]:
        if request.startswith("PUT"):
            marks.append(json.loads(body)["_meta"])
        return 200, {"lib-articles-1": {"mappings": {"_meta": marks[-1]}}}

    nodes, link = serve(answer)
    place = parse_location(link.address)
    ours, plain = LibraryEncoder(link, place, ENCODER), LibraryEncoder(link, place)
    article, bare = encoded(made(["one."])), made(["two."])
    assert ours.fit(texts := {"a": article}) == ENCODER
    assert texts == {"a": article}
    for planned in ({ENCODER}, set[str]()):
        ours.confirm(planned)
    assert len(marks) == 1
    assert plain.fit(texts := {"a": article, "b": bare}) == ""
    assert texts == {"a": drop_vectors(article), "b": bare}
    assert marks[1:] == [marks[0] | {"encoder": ""}]
    asked = len(nodes.requests)
    assert plain.fit({}) == ""
    assert len(nodes.requests) == asked, "who adds no text asks nothing"
    plain.confirm({""})
    assert ours.fit(texts := {"a": article}) == ""
    assert texts == {"a": drop_vectors(article)}
    assert len(marks) == 2
    marks.append(marks[0] | {"encoder": "letters-2"})  # a rebuild while both were writing
    for planned in ({""}, {ENCODER}):
        marks.append(marks[2])
        ours.confirm(planned)
        assert marks[-1]["encoder"] == ""


def test_passages_are_named_by_their_generation() -> None:
    article = made([["w"] * 3, ["x" * 300], ["y"], ["z"], ["q"]])
    stored = ArticleState(article.bare, {"a": Member(7, article.card)}, 7, "g1")
    found = dict(mapping.build_passage_documents(stored))
    assert list(found) == list(stored.list_passage_ids()) == [f"{stored.article.id}.g1.{number}" for number in (1, 2)]
    terms = found[f"{stored.article.id}.g1.1"]["terms"].split(" ")
    assert terms[:3] == ["w", "w", "w"]
    assert len(terms[3]) == 64
    assert set(mapping.PASSAGE_FIELDS) == set(found[f"{stored.article.id}.g1.1"])
    assert set(mapping.ARTICLE_FIELDS) == set(mapping.build_article_document(stored))


def test_a_word_of_a_filter_is_no_pattern() -> None:
    clauses = queries.build_filter(Filter(("a",), sources=("50*?\\X",)))
    (one,) = clauses[1]["bool"]["should"][0]["bool"]["filter"]
    pattern = one["bool"]["should"][0]["wildcard"]["facts"]["value"]
    assert re.fullmatch(r"[0-9a-f]{32} places \*50\\\*\\\?\\\\x\*", pattern)


def test_a_word_named_twice_weighs_twice() -> None:
    query = queries.build_term_query(["a", "b", "a"])
    assert [each["term"]["terms"] for each in query["bool"]["should"]] == [
        {"value": "a", "boost": 2},
        {"value": "b", "boost": 1},
    ]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (429, fault("rejected_execution_exception")),
        (503, fault("cluster_manager_not_discovered_exception")),
        (500, fault("search_phase_execution_exception")),
        (404, fault("search_phase_execution_exception")),
        (403, fault("cluster_block_exception")),
        (200, {"_shards": {"total": 3, "failed": 1}}),
        (200, {"timed_out": True}),
        (200, {"responses": [fault("search_phase_execution_exception", status=503)]}),
        (200, {"responses": [{"error": "broken", "status": 500}]}),
        (200, {"responses": [{"_shards": {"total": 3, "failed": 1}}]}),
    ],
)
def test_what_may_pass_is_tried_again(
    serve: Callable[..., tuple[Nodes, ClusterClient]], status: int, answer: object
) -> None:
    nodes, link = serve(script((status, answer), (status, answer), (200, {"good": 1})))
    assert link.send("POST", "/x", {"a": 1}, Timeouts(10.0, 30.0)) == {"good": 1}
    assert len(nodes.requests) == 3


@pytest.mark.parametrize(
    ("status", "answer", "kind", "words"),
    [
        (401, "Unauthorized", EngineUnavailable, "refuses the user name and password"),
        (403, fault("security_exception"), EngineUnavailable, "refuses the user name and password"),
        (400, fault("parsing_exception"), EngineError, "400 parsing_exception: because"),
        (400, {"error": "plain"}, EngineError, "plain"),
        (503, fault("x"), EngineUnavailable, "503 x.*try again later"),
    ],
)
def test_what_will_not_pass_is_one_clear_error(
    serve: Callable[..., tuple[Nodes, ClusterClient]], status: int, answer: object, kind: type[EngineError], words: str
) -> None:
    _, link = serve(script((status, answer)))
    with pytest.raises(kind, match=words):
        link.send("GET", "/x", None, SLOW)


def test_a_node_that_hangs_is_passed_over(serve: Callable[..., tuple[Nodes, ClusterClient]]) -> None:
    nodes, link = serve(lambda node, _path, _body: None if node == 0 else (200, {"node": node}), 2)
    for _ in range(4):
        assert link.send("GET", "/x", None, STEADY) == {"node": 1}
    assert sum(request[0] == 0 for request in nodes.requests) <= 1
    _, alone = serve(lambda *_: None)
    with pytest.raises(EngineUnavailable, match="no answer in time"):
        alone.send("GET", "/x", None, QUICK)


class Clock:
    """Time that passes only when someone waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_cluster_that_is_gone_is_told_within_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("index.engines.cluster.client.time", clock)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"opensearch://127.0.0.1:{free.getsockname()[1]}/lib"
    with pytest.raises(EngineUnavailable, match="connection refused"):
        open_index(address)
    assert 0 < clock.now - 1000 < 3


def test_nothing_that_is_not_there_is_found(serve: Callable[..., tuple[Nodes, ClusterClient]]) -> None:
    _, link = serve(script((404, fault("index_not_found_exception"))))
    assert link.get("/x") is None
    assert not link.change_if_same("DELETE", "/x", None)
    with pytest.raises(EngineUnavailable, match="has lost an index"):
        link.request("GET", "/x", None)


def test_a_conflict_is_no_error(serve: Callable[..., tuple[Nodes, ClusterClient]]) -> None:
    _, link = serve(script((409, fault("version_conflict_engine_exception"))))
    assert not link.change_if_same("PUT", "/x", {})


@pytest.mark.parametrize(
    "version",
    [
        {"number": "1.3.0", "distribution": "opensearch"},
        {"number": "8.1.0"},
        {"number": "x", "distribution": "opensearch"},
    ],
)
def test_another_server_or_an_old_one_is_told(
    serve: Callable[..., tuple[Nodes, ClusterClient]], version: dict[str, str]
) -> None:
    nodes, _ = serve(script((200, {"version": version})))
    with pytest.raises(EngineUnavailable, match="OpenSearch 2 or later is needed"):
        open_index(nodes.address)


def test_a_login_is_sent_over_tls_only_and_shown_nowhere(
    serve: Callable[..., tuple[Nodes, ClusterClient]], caplog: pytest.LogCaptureFixture
) -> None:
    login = Login("me", "hush-hush")
    assert "hush" not in repr(login)
    nodes, _ = serve(script((200, GOOD)))
    caplog.set_level(logging.DEBUG)
    with pytest.raises(EngineUnavailable, match=r"TLS|refused|answer") as caught:
        open_index(nodes.address, login)
    assert "hush" not in caplog.text + str(caught.value)
    assert not any("authorization" in headers for *_, headers in nodes.requests)


def test_a_certificate_must_be_trusted(serve: Callable[..., tuple[Nodes, ClusterClient]], tmp_path: Path) -> None:
    authority, certificate = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(certificate)
    nodes, _ = serve(lambda _node, path, _body: (404, {}) if "lib-" in path else (200, GOOD))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    nodes.servers[0].socket = tls.wrap_socket(nodes.servers[0].socket, server_side=True)
    with pytest.raises(EngineUnavailable, match="its certificate is not trusted"):
        open_index(nodes.address, Login("me", "hush"))
    assert not nodes.requests
    with open_index(nodes.address, Login("me", "hush", str(certificate))) as index:
        assert len(index) == 0
    assert all("authorization" in headers for *_, headers in nodes.requests)
    with pytest.raises(EngineUnavailable, match="there is no file"):
        open_index(nodes.address, Login("me", "hush", str(tmp_path / "none.pem")))


def test_the_login_is_of_the_settings(tmp_path: Path) -> None:
    assert load({}, tmp_path).login is None
    found = {
        "PULLQUOTE_OPENSEARCH_USER": "me",
        "PULLQUOTE_OPENSEARCH_PASSWORD": "hush-hush",
        "PULLQUOTE_OPENSEARCH_CA": "ca.pem",
    }
    assert load(found, tmp_path).login == Login("me", "hush-hush", "ca.pem")
    assert "hush" not in repr(load(found, tmp_path))


def test_only_what_a_cluster_was_too_busy_for_is_sent_again(serve: Callable[..., tuple[Nodes, ClusterClient]]) -> None:
    seen: list[list[str]] = []

    def answer(_node: int, _path: str, body: str) -> tuple[int, object]:
        keys = [json.loads(line)["index"]["_id"] for line in body.splitlines()[::2]]
        seen.append(keys)
        busy = {"index": {"status": 429, "error": {"type": "rejected", "reason": "full"}}}
        wrong = {"index": {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "odd"}}}
        fine = {"index": {"status": 201}}
        return 200, {"items": [wrong if key == "3" else busy if key == "5" and len(seen) < 3 else fine for key in keys]}

    _, link = serve(answer)
    bulk = BulkWriter(link)
    failures = bulk.run(BulkAction(f"a{n}", {"index": {"_index": "i", "_id": str(n)}}, {"n": n}) for n in range(8))
    bulk.close()
    assert seen == [[str(n) for n in range(8)], ["5"], ["5"]]
    assert failures == [("a3", 400, "mapper_parsing_exception: odd")]


def test_a_cluster_that_stays_busy_is_told(
    serve: Callable[..., tuple[Nodes, ClusterClient]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engines.cluster.bulk.WRITING", SLOW)
    busy = {"items": [{"index": {"status": 429, "error": {"type": "rejected", "reason": "full"}}}]}
    _, link = serve(script((200, busy)))
    bulk = BulkWriter(link)
    with pytest.raises(EngineUnavailable, match=r"takes no more writes just now \(rejected\)"):
        bulk.run([BulkAction("a", {"index": {}}, {})])
    bulk.close()


def test_requests_stay_small_and_memory_flat() -> None:
    actions = (BulkAction("a", {"index": {}}, {"text": "x" * 1000}) for _ in range(5000))
    sizes = [(len(part), sum(len(lines) for _, lines in part)) for part in _split(actions)]
    assert sum(count for count, _ in sizes) == 5000
    assert max(size for _, size in sizes) <= 1_000_000


def test_what_was_read_holds_until_the_library_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("index.engines.cluster.read_cache.time", clock)
    versions = ["one"]
    looks: list[int] = []

    def look() -> str:
        looks.append(1)
        return versions[-1]

    present = ReadCache(look, seconds=0.05)
    assert present.get_or_make("key", lambda: "old") == "old"
    assert present.get_or_make("key", lambda: "new") == "old"
    clock.sleep(0.06)
    assert present.get_or_make("key", lambda: "new") == "old"
    versions.append("two")
    clock.sleep(0.06)
    assert present.get_or_make("key", lambda: "new") == "new"
    present.keep("late", "read before the change", "one")
    assert present.find("late") is None
    present.clear()
    assert present.get_or_make("key", lambda: "newest") == "newest"
    assert len(looks) == 4


def test_the_version_is_looked_at_while_a_question_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("index.engines.cluster.read_cache.time", clock)
    versions, reads = ["one"], []
    present = ReadCache(lambda: versions[-1], seconds=1)

    def read() -> str:
        reads.append(present.fetch_version())
        present.keep("key", versions[-1], reads[-1])
        return versions[-1]

    with ThreadPoolExecutor(1) as pool:
        assert (
            present.read_while_checking(pool, read) == "one"
        )  # never looked at before: first the version, then the rest
        assert present.read_while_checking(pool, read) == "one"
        clock.sleep(2)
        assert present.read_while_checking(pool, read) == "one"
        assert reads == ["one"] * 3
        clock.sleep(2)
        versions.append("two")
        assert present.read_while_checking(pool, read) == "two"
        assert reads[3:] in (["one", "two"], ["two", "two"])  # what was read of the old one was read again
        assert present.find("key") == "two"
        clock.sleep(2)
        versions.append("three")
        assert present.fetch_version() == "three"  # outside nothing is taken for granted


def test_only_passages_that_may_come_among_the_best_are_fetched() -> None:
    def candidates(*scores: float) -> list[_PassageRef]:
        return [_PassageRef(f"a{at}", "g", 1, score, "") for at, score in enumerate(scores)]

    assert _count_near(candidates(9, 8, 7.9, 7.85, 7.8, 1), 2) == 4
    assert _count_near(candidates(9, 8, 8, 8), 2) == 4
    assert _count_near(candidates(9, 8, 1), 2) == 2
    assert _count_near(candidates(9), 2) == 1
    assert _count_near([], 2) == 0


def test_each_language_has_a_field_of_its_own(serve: Serve) -> None:
    """A cluster counts how common terms are, and how long texts, among those that have the field."""
    korean = replace(made(["one two", "three"]), language="ko")
    found = {}
    for article in (made(["one two", "three"]), korean):
        state = ArticleState(article.bare, {"a": Member(1, article.card)}, 1, "g1")
        ((_, passage),) = mapping.build_passage_documents(state)
        found[article.language] = passage, mapping.build_article_document(state)
    (english, whole), (other, body) = found["en"], found["ko"]
    assert (english["terms"], other["terms_ko"]) == ("one two three", "one two three")
    assert "terms" not in other
    assert set(other["facts"]) - set(english["facts"]) == {" language ko"}
    row = {"_id": korean.id, "_source": body, "_seq_no": 3, "_primary_term": 1}
    assert mapping.decode_article(row).to_state().article == korean.bare
    assert whole["terms"] == body["terms"] == 3, "counts have one field"
    clauses = queries.build_filter(Filter(collections=("a",), language="ko"))
    assert {"term": {"facts": " language ko"}} in clauses
    assert len(queries.build_filter(Filter(collections=("a",)))) == 1


def test_another_analyser_of_one_language_is_refused_and_named(serve: Serve) -> None:
    mark = {"library": "lib", "format": 5, "analyser": ANALYSER}
    field = mapping.build_terms_field("ko")["terms_ko"]
    for analyser, is_read in ((field["meta"]["analyser"], True), ("korean-99", False)):
        index = {"_meta": mark, "properties": {"terms_ko": field | {"meta": {"analyser": analyser}}}}
        _, link = serve(script((200, {"lib-passages-1": {"mappings": index}})))
        place = parse_location(link.address)
        if is_read:
            assert setup.has_library(link, place)
            assert setup.fetch_analysers(link, place) == {"ko": analyser}
        else:
            with pytest.raises(IncompatibleIndex, match="analyser korean-99"):
                setup.has_library(link, place)
            assert setup.has_library(link, place, to_rebuild=True)
