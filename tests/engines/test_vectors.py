"""Vectors of sentences, in every engine: they come back as they were, and all articles have those of one encoder.

An engine that holds an article without vectors, or with those of another encoder, names no encoder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import Article, Filter, Index
from index.engines import Engine, drop_vectors, has_vectors, make_vectors, open_engine, rebuild, rows, vectors
from index.engines.vectors import VectorMaker, fit_vectors
from index.maintenance.cluster import migrate
from index.maintenance.library import export_articles, import_articles
from index.model import Card
from tests.support import cluster_nodes
from tests.support.make_library import drawn, made
from tests.support.vectors import ENCODER, encode, encode_apart, encoded

HERE, THERE = ("here",), ("there",)
PLAIN = drawn(7, 6)
ARTICLES = list(map(encoded, PLAIN))
OTHER = "letters-2"

LASTING = ("disk", pytest.param("cluster", marks=pytest.mark.cluster))
"""Engines that are opened again by other processes, and can be rebuilt."""

Open = Callable[..., Engine]


@pytest.fixture(params=["memory", *LASTING])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reopen(kind: str, tmp_path: Path) -> Iterator[Open]:
    """Open the same library again and again, with an encoder; one in memory lasts as long as its engine."""
    address = {"memory": "memory:", "disk": f"disk:{tmp_path / 'library'}"}.get(kind) or cluster_nodes.fresh()
    opened: list[Engine] = []

    def call(encoder: str = "") -> Engine:
        if kind == "memory" and opened:
            return opened[0]
        opened.append(open_engine(address, encoder=encoder))
        return opened[-1]

    yield call
    for engine in opened:
        engine.close()
    if kind == "cluster":
        cluster_nodes.drop(address)


def read(engine: Engine, name: str = "here") -> list[Article]:
    """Return all articles of a collection, in order of addition."""
    return [engine.article(card.id, (name,)) for card in engine.articles(Filter(collections=(name,)))]


def test_vectors_come_back_byte_for_byte(reopen: Open) -> None:
    engine = reopen(ENCODER)
    assert engine.encoder == ENCODER  # of nothing yet
    assert engine.add(ARTICLES[:4], "here") == 4
    engine.add(ARTICLES[4:], "here")
    assert read(engine) == ARTICLES
    for encoder in (ENCODER, "", OTHER):  # whoever reads
        again = reopen(encoder)
        assert read(again) == ARTICLES
        assert again.encoder == ENCODER


def test_without_an_encoder_there_are_no_vectors(reopen: Open) -> None:
    engine = reopen()
    assert engine.encoder == ""
    engine.add(ARTICLES, "here")
    assert (read(engine), engine.encoder) == (PLAIN, "")


def test_an_article_without_vectors_makes_a_library_one_of_no_encoder(reopen: Open) -> None:
    engine = reopen(ENCODER)
    engine.add(ARTICLES[:2], "here")
    assert engine.add([PLAIN[2], ARTICLES[3]], "here") == 2
    assert engine.encoder == ""
    assert read(engine)[2:] == PLAIN[2:4]
    engine.add(ARTICLES[4:], "here")
    engine.remove(PLAIN[2].id, "here")
    assert engine.encoder == "", "nothing but a rebuild gives it one"
    assert read(engine)[3:] == PLAIN[4:]
    assert reopen(ENCODER).encoder == ""


def test_half_of_the_vectors_of_an_article_are_none(reopen: Open) -> None:
    whole = next(article for article in ARTICLES if len(article.sentences) > 1)
    first, *others = whole.sentences
    for odd in (b"", first.vector[1:]):
        engine = reopen(ENCODER)
        engine.add([replace(whole, sentences=(replace(first, vector=odd), *others))], "here")
        assert read(engine) == [drop_vectors(whole)]
        assert engine.encoder == ""
        engine.remove(whole.id, "here")


def test_a_text_that_is_there_keeps_its_vectors_whoever_adds_it(reopen: Open) -> None:
    reopen(ENCODER).add(ARTICLES, "here")
    for engine in (reopen(ENCODER), reopen()):
        engine.add(PLAIN[:3], "there")
        engine.add([replace(PLAIN[0], title="Newer")], "here")
        assert engine.encoder == ENCODER
        assert read(engine, "there") == ARTICLES[:3]
        assert read(engine) == [replace(ARTICLES[0], title="Newer"), *ARTICLES[1:]]
    engine.remove(ARTICLES[1].id, "here")
    assert engine.article(ARTICLES[1].id, THERE) == ARTICLES[1]


def test_an_article_without_sentences_lacks_none(reopen: Open) -> None:
    empty = replace(made([]), title="Nothing to cite")
    assert has_vectors(empty)
    engine = reopen(ENCODER)
    for articles in ([empty], ARTICLES):
        engine.add(articles, "here")
        assert engine.encoder == ENCODER
    assert read(engine) == [empty, *ARTICLES]


@pytest.mark.parametrize("kind", LASTING, indirect=True)
def test_a_writer_with_another_encoder_stores_none(reopen: Open) -> None:
    reopen(ENCODER).add(ARTICLES[:2], "here")
    other = reopen(OTHER)
    other.add([make_vectors(PLAIN[2], encode_apart)], "here")
    assert read(other) == [*ARTICLES[:2], PLAIN[2]]
    assert other.encoder == reopen(ENCODER).encoder == ""


@pytest.mark.parametrize("kind", ["memory", "disk"], indirect=True)
def test_an_emptied_library_takes_the_encoder_that_it_is_opened_with(reopen: Open) -> None:
    """On a cluster nobody can tell that it is empty: others may be adding to it."""
    engine = reopen(ENCODER)
    engine.add(PLAIN[:1], "here")
    assert engine.encoder == ""
    engine.remove(PLAIN[0].id, "here")
    assert engine.encoder == ENCODER
    engine.add(ARTICLES[:1], "here")
    assert (read(engine), engine.encoder) == (ARTICLES[:1], ENCODER)


@pytest.mark.parametrize("kind", LASTING, indirect=True)
def test_a_rebuild_makes_vectors_keeps_them_and_drops_them(reopen: Open) -> None:
    engine = reopen()
    engine.add(PLAIN, "here")
    asked: list[str] = []

    def count(words: str) -> bytes:
        asked.append(words)
        return encode(words)

    steps: list[tuple[int, int]] = []
    address = engine.address
    assert rebuild(address, lambda *now: steps.append(now), encode=count, encoder=ENCODER).articles == len(PLAIN)
    assert sorted(asked) == sorted(article.quote(each) for article in PLAIN for each in article.sentences)
    assert steps[-1] == (len(PLAIN), len(PLAIN))
    again = reopen(ENCODER)
    assert (read(again), again.encoder) == (ARTICLES, ENCODER)
    again.add([encoded(extra := made(["w1 w2 w3."]))], "here")
    assert again.encoder == ENCODER

    asked.clear()
    rebuild(address, encode=count, encoder=ENCODER)
    assert asked == [], "they are of this encoder already"
    assert read(reopen()) == [*ARTICLES, encoded(extra)]
    rebuild(address, encode=encode_apart, encoder=OTHER)
    other = reopen(OTHER)
    assert (read(other), other.encoder) == ([make_vectors(each, encode_apart) for each in [*PLAIN, extra]], OTHER)
    rebuild(address)
    bare = reopen(OTHER)
    assert (read(bare), bare.encoder) == ([*PLAIN, extra], "")


@pytest.mark.parametrize("kind", LASTING, indirect=True)
def test_a_rebuild_completes_a_library_that_lost_its_encoder(reopen: Open) -> None:
    reopen(ENCODER).add(ARTICLES[:3], "here")
    engine = reopen()
    engine.add(PLAIN[3:], "here")
    assert engine.encoder == ""
    rebuild(engine.address, encode=encode, encoder=ENCODER)
    again = reopen()
    assert (read(again), again.encoder) == (ARTICLES, ENCODER)


def test_an_encoder_is_a_function_and_its_id() -> None:
    for half in ({"encode": encode}, {"encoder": ENCODER}):
        with pytest.raises(ValueError, match="function and its id"):
            rebuild("memory:", **half)  # type: ignore[arg-type]


def test_an_export_has_no_vectors_and_an_import_leaves_them_to_be_made_anew(reopen: Open) -> None:
    engine = reopen(ENCODER)
    engine.add(ARTICLES, "here")
    forms = [json.loads(json.dumps(form)) for form in export_articles(Index(engine))]
    assert not [form for form in forms if "vector" in json.dumps(form)]
    copy = Index(open_engine("memory:", encoder=ENCODER))
    assert list(import_articles(copy, forms)) == [len(ARTICLES)]
    assert copy.engine.encoder == ""
    assert not [each for article in read(copy.engine) for each in article.sentences if each.vector]
    assert not [each for article in read(engine) for each in article.sentences if not each.vector], "the test can fail"


@pytest.mark.parametrize("encoder", [ENCODER, OTHER, ""])
def test_a_migration_takes_vectors_along_to_a_library_of_the_same_encoder(reopen: Open, encoder: str) -> None:
    source, target = Index(open_engine("memory:", encoder=ENCODER)), Index(reopen(encoder))
    source.engine.add(ARTICLES, "here")
    for _ in range(2):
        assert migrate(source, target).proved == len(ARTICLES)
        assert read(target.engine) == (ARTICLES if encoder == ENCODER else PLAIN)
        assert target.engine.encoder == (ENCODER if encoder == ENCODER else "")


def test_what_a_library_without_an_encoder_still_holds_is_not_taken_along(reopen: Open) -> None:
    engine = reopen(ENCODER)
    engine.add([*ARTICLES[:2], PLAIN[2]], "here")
    assert read(engine)[0].sentences[0].vector
    copy = Index(open_engine("memory:", encoder=ENCODER))
    assert migrate(Index(engine), copy).proved == 3
    assert (read(copy.engine), copy.engine.encoder) == (PLAIN[:3], "")


def test_stored_rows_give_each_sentence_its_own_vector() -> None:
    article = max(ARTICLES, key=lambda each: len(each.sentences))
    body = rows.encode_article(article)
    text = rows.decode_text(article.id, body, body.checksum)
    count = len(article.sentences)
    assert count > 3
    for at in range(count):
        for end in (None, *range(at, count + 3)):
            assert text.body.cut_sentences(at, end) == article.sentences[at:end]
    plain = rows.encode_article(drop_vectors(article))
    assert plain.checksum == rows.EncodedBody(body.text, body.spans, body.terms).checksum
    moved = rows.EncodedBody(body.text, body.spans, body.terms + body.vectors[:1], body.vectors[1:])
    for broken in (
        body._replace(vectors=body.vectors[:-1]),
        body._replace(vectors=body.vectors + bytes(count - 1)),
    ):
        with pytest.raises(ValueError, match="vectors are not those"):
            rows.decode_text(article.id, broken, broken.checksum)
    for damaged in (moved, plain, body._replace(vectors=bytes([body.vectors[0] ^ 1]) + body.vectors[1:])):
        with pytest.raises(ValueError, match="checksum"):
            rows.decode_text(article.id, damaged, body.checksum)
    empty = rows.encode_article(made([]))
    odd = empty._replace(vectors=b"1")
    assert rows.decode_text(made([]).id, empty, empty.checksum).build_article(Card(id="", sha256="")).sentences == ()
    with pytest.raises(ValueError, match="vectors are not those"):
        rows.decode_text(made([]).id, odd, odd.checksum)


@pytest.mark.parametrize("ours", ["", ENCODER])
@pytest.mark.parametrize("library", ["", ENCODER, OTHER])
def test_what_is_stored_and_what_the_library_says_fit_together(library: str, ours: str) -> None:
    for article in (ARTICLES[0], PLAIN[0]):
        stored, then = fit_vectors(article, library, ours)
        assert stored in (article, PLAIN[0])
        assert then in ("", library)
        assert (then != "") == any(each.vector for each in stored.sentences)
        assert (then != "") == (library == ours == ENCODER and article is ARTICLES[0])
    assert VectorMaker().renew(ARTICLES[0], library) == PLAIN[0]
    assert has_vectors(VectorMaker(encode, ENCODER).renew(PLAIN[0], library))


def test_only_so_many_sentences_of_one_article_are_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "MOST", 2)
    asked: list[str] = []

    def encode(text: str) -> bytes:
        asked.append(text)
        return b"\x01\x02"

    article = vectors.make_vectors(Article.from_text("One fell. Two stood. Three ran. Four swam."), encode)
    assert asked == ["One fell.", "Two stood."]
    assert [one.vector for one in article.sentences] == [b"\x01\x02", b"\x01\x02", b"\0\0", b"\0\0"]
    assert vectors.has_vectors(article)
