"""The contract of `index.engines.Engine`, held by every engine: this file asks the same of all of them.

An engine joins by one row in `OPENERS`: a function that takes a place of its own and returns the engine there, and
returns it again, with all that was added, when called again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from math import log
from pathlib import Path

import pytest

from index.engines import Engine, Rebuilt, open_engine, rebuild
from index.errors import EngineError, UnknownArticle
from index.model import Article, Filter, Kind, Paragraph, Sentence, Status
from index.reading.passages import split
from index.stories import find_superseded
from tests.support import cluster_nodes
from tests.support.make_library import WORDS, drawn, made

Opener = Callable[[], Engine]


def _memory(place: Path) -> Opener:
    engine = open_engine("memory:")
    return lambda: engine  # it lasts as long as its process: opening it again gives the same


def _disk(place: Path) -> Opener:
    return partial(open_engine, f"disk:{place / 'library'}")


def _cluster(place: Path) -> Opener:
    return partial(open_engine, cluster_nodes.fresh())


OPENERS = {"memory": _memory, "disk": _disk, "cluster": _cluster}
EXACT = {"memory", "disk", "cluster"}
"""Engines that order by the exact score; others may round the lengths of passages."""

ALL = Filter(collections=("default",))
HERE = ALL.collections


@pytest.fixture(params=["memory", "disk", pytest.param("cluster", marks=pytest.mark.cluster)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opener(kind: str, tmp_path: Path) -> Iterator[Opener]:
    opened = []
    again = OPENERS[kind](tmp_path)

    def call() -> Engine:
        opened.append(again())
        return opened[-1]

    yield call
    for engine in opened:
        engine.close()
    if kind == "cluster" and opened:
        cluster_nodes.drop(opened[0].address)


@pytest.fixture
def engine(opener: Opener) -> Engine:
    return opener()


def reference(articles: list[Article], terms: list[str]) -> dict[tuple[str, int], float]:
    """Return the score of every passage that holds a term, computed plainly from the contract."""
    passages = [passage for article in articles for passage in split(article)]
    average = sum(len(passage.terms) for passage in passages) / len(passages)
    held = Counter(term for passage in passages for term in set(passage.terms))
    scores = {}
    for passage in passages:
        counts = Counter(passage.terms)
        scores[passage.article_id, passage.number] = sum(
            log(1 + (len(passages) - held[term] + 0.5) / (held[term] + 0.5))
            * counts[term]
            * 2.2
            / (counts[term] + 1.2 * (0.25 + 0.75 * len(passage.terms) / average))
            for term in terms
            if counts[term]
        )
    return {place: score for place, score in scores.items() if score}


def test_an_empty_index_finds_nothing(engine: Engine) -> None:
    assert len(engine) == 0
    assert engine.search(["w1"], 10, ALL) == ()
    assert list(engine.articles(ALL)) == []
    assert engine.count(ALL) == 0
    assert engine.statistics(["w1"]).passages == 0
    assert not engine.statistics(["w1"]).frequency
    assert engine.raw("nothing", HERE) is None
    assert engine.keep("nothing", b"bytes", "default") is False
    with pytest.raises(UnknownArticle):
        engine.article("nothing", HERE)
    with pytest.raises(UnknownArticle):
        engine.remove("nothing", "default")


def test_no_terms_unknown_terms_and_no_room_give_nothing(engine: Engine) -> None:
    engine.add(drawn(1, 3), "default")
    assert engine.search([], 10, ALL) == ()
    assert engine.search(["never", "seen"], 10, ALL) == ()
    assert engine.search(["w0"], 0, ALL) == ()
    assert engine.search(["w0"], 10, Filter(collections=("elsewhere",))) == ()
    assert engine.search(["w0"], 10, Filter()) == ()


def test_every_hit_shares_a_term_and_the_best_score_comes_first(engine: Engine, kind: str) -> None:
    articles = drawn(2, 40)
    assert engine.add(articles, "default") == 40
    for terms in (["w0"], ["w9", "w30"], ["w3", "w59", "w41", "w17"], ["w50", "gone"]):
        hits = engine.search(terms, 25, ALL)
        scores = reference(articles, terms)
        assert hits
        assert all(set(hit.passage.terms) & set(terms) for hit in hits)
        found = [scores[hit.passage.article_id, hit.passage.number] for hit in hits]
        best = sorted(scores.values(), reverse=True)[: len(hits)]
        assert found == pytest.approx(best, rel=1e-9 if kind in EXACT else 0.1)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_hits_carry_their_passage_as_it_was_split(engine: Engine) -> None:
    articles = drawn(3, 8)
    engine.add(articles, "default")
    passages = {(each.article_id, each.number): each for article in articles for each in split(article)}
    hits = engine.search(["w0", "w1"], 50, ALL)
    assert hits
    assert all(passages[hit.passage.article_id, hit.passage.number] == hit.passage for hit in hits)


def test_ties_stand_in_passage_order(engine: Engine) -> None:
    articles = [made(["same words here", "and more there"] * 5, title="first"), made(["other things"])]
    articles += [made([*["same words here", "and more there"] * 5, f"tail {number}"]) for number in range(12)]
    engine.add(articles[:5], "default")
    engine.add(articles[5:], "default")
    place = {article.id: number for number, article in enumerate(articles)}
    holding = sum("same" in passage.terms for article in articles for passage in split(article))
    for limit in (3, 17, 70):
        hits = engine.search(["same"], limit, ALL)
        keys = [(-hit.score, place[hit.passage.article_id], hit.passage.number) for hit in hits]
        assert len(hits) == min(limit, holding)
        assert keys == sorted(keys)


def test_a_smaller_limit_gives_the_beginning_of_a_larger(engine: Engine) -> None:
    engine.add(drawn(4, 30), "default")
    whole = engine.search(["w0", "w2", "w11"], 200, ALL)
    assert len(whole) > 45
    for limit in (1, 2, 30, 45):
        assert engine.search(["w0", "w2", "w11"], limit, ALL) == whole[:limit]


SEOUL = timezone(timedelta(hours=9))
PUBLISHED = [
    None,
    datetime(2023, 1, 3, 14, 25),
    datetime(2023, 1, 3, 14, 25, tzinfo=UTC),
    datetime(2023, 1, 3, 23, 24, 59, 999_999, tzinfo=SEOUL),
    datetime(2023, 1, 3, 23, 25, tzinfo=SEOUL),
    datetime(1890, 6, 1, tzinfo=UTC),
]
FILTERS = [
    {},
    {"sources": ("YONHAP",)},
    {"sources": ("straße", "example.org/b")},
    {"sources": ("nowhere",)},
    {"stories": ("story-1", "story-2")},
    {"stories": ("no such",)},
    {"since": datetime(2023, 1, 3, 14, 25, tzinfo=UTC)},
    {"until": datetime(2023, 1, 3, 14, 25)},
    {"since": datetime(1800, 1, 1, tzinfo=UTC), "until": datetime(2023, 1, 3, 23, 25, tzinfo=SEOUL)},
    {"lead": 1},
    {"lead": 0, "sources": ("y",), "stories": ("story-0",)},
]


def filtered_articles() -> list[Article]:
    return [
        replace(
            article,
            source=["wire/one.txt", "wire/STRASSE.txt", "\udcff.txt"][number % 3],
            agency=["Yonhap", "", "Reuters"][number % 3],
            url=["", "https://example.org/B"][number % 2],
            published=PUBLISHED[number % len(PUBLISHED)],
            story=f"story-{number % 4}" if number % 5 else "",
            lead=number % 3,
        )
        for number, article in enumerate(drawn(5, 36, sentences=3))
    ]


def test_filters_admit_what_the_filter_itself_admits(engine: Engine) -> None:
    articles = filtered_articles()
    engine.add(articles, "default")
    members = {article.id: article for article in articles}
    everything = {passage.article_id for hit in engine.search(WORDS[:20], 500, ALL) for passage in [hit.passage]}
    assert len(everything) > 30
    wanted = [*FILTERS, {"articles": (articles[3].id, articles[8].id, "nothing", "\udcff")}]
    for fields in wanted:
        within = Filter(collections=("default",), **fields)
        admitted = {key for key, article in members.items() if within.admits(article)}
        assert {card.id for card in engine.articles(within)} == admitted
        assert engine.count(within) == len(admitted)
        hits = engine.search(WORDS[:20], 500, within)
        assert {hit.passage.article_id for hit in hits} == admitted & everything


def test_a_filter_does_not_change_the_order(engine: Engine) -> None:
    articles = filtered_articles()
    engine.add(articles, "default")
    whole = engine.search(["w0", "w4"], 500, ALL)
    within = Filter(collections=("default",), lead=1)
    kept = tuple(hit for hit in whole if within.admits(next(a for a in articles if a.id == hit.passage.article_id)))
    assert [hit.passage for hit in engine.search(["w0", "w4"], 500, within)] == [hit.passage for hit in kept]
    assert [hit.passage for hit in engine.search(["w0", "w4"], 5, within)] == [hit.passage for hit in kept[:5]]


def test_a_search_for_current_versions_leaves_out_what_a_newer_one_supersedes(engine: Engine, kind: str) -> None:
    stories = [
        [made([f"word{'s' * lead} of {number}", "word and more"], story=f"s{number}", lead=lead) for lead in range(3)]
        for number in range(20)
    ]
    stories[3][2] = replace(stories[3][2], status=Status.WITHDRAWN)
    stories[4][2] = replace(stories[4][2], embargo=datetime(2100, 1, 1, tzinfo=UTC))
    alone = [made([f"word alone {number}"]) for number in range(3)]
    engine.add([version for story in stories[:-1] for version in story] + alone, "default")
    engine.add(stories[5][1:2] + stories[-1], "other")
    engine.add([replace(stories[5][2], lead=0), made(["word of a later version"], story="s6", lead=9)], "other")
    engine.remove(stories[7][2].id, "default")
    filters = [ALL, replace(ALL, lead=1), replace(ALL, articles=(stories[0][0].id, stories[1][2].id))]
    filters += [Filter(collections=names) for names in (("default", "other"), ("other", "default"), ("other",), ())]
    for within in filters:
        old: set[str] = set()
        for story in stories:
            everywhere = Filter(collections=within.collections, stories=(story[0].story,))
            old |= find_superseded(list(engine.articles(everywhere)), within)
        for terms, limit in ((["word"], 7), (["word", "more"], 30), (["of"], 100)):
            hits, is_partial = engine.search_current(terms, limit, within)
            if kind == "cluster":
                assert (hits, is_partial) == (engine.search(terms, limit, within), False)
                continue
            every = engine.search(terms, 999, within)
            assert hits == tuple(hit for hit in every if hit.passage.article_id not in old)[:limit]
            assert is_partial or hits == every[:limit]
            assert not is_partial or old


def test_collections_are_apart(engine: Engine) -> None:
    first, second, both = drawn(6, 3)
    assert engine.add([first, both], "a") == 2
    assert engine.add([second, both], "chat b\udcff") == 2
    assert len(engine) == 3
    assert [card.id for card in engine.articles(Filter(collections=("a",)))] == [first.id, both.id]
    assert {hit.passage.article_id for hit in engine.search(WORDS, 99, Filter(collections=("a",)))} == {
        first.id,
        both.id,
    }
    joined = Filter(collections=("a", "chat b\udcff"))
    assert [card.id for card in engine.articles(joined)] == [first.id, both.id, second.id]
    assert {hit.passage.article_id for hit in engine.search(WORDS, 99, joined)} == {first.id, both.id, second.id}


def test_adding_again_adds_nothing_but_newer_metadata(engine: Engine) -> None:
    article = replace(drawn(7, 1)[0], source="one.txt")
    assert engine.add([article, article], "default") == 1
    newer = replace(
        article, title="Corrected", status=Status.CORRECTED, source="two.txt", sentences=(), length=0, lead=2
    )
    assert engine.add([newer], "default") == 0
    assert len(engine) == 1
    stored = engine.article(article.id, HERE)
    assert stored == replace(article, title="Corrected", status=Status.CORRECTED, source="two.txt", lead=2)
    assert [card.title for card in engine.articles(Filter(collections=("default",), lead=2))] == ["Corrected"]
    assert not list(engine.articles(Filter(collections=("default",), lead=0)))
    assert engine.add([newer], "other") == 1


def test_who_adds_to_one_collection_changes_nothing_that_another_sees(engine: Engine) -> None:
    article = replace(drawn(7, 1)[0], source="one.txt")
    engine.add([article], "default")
    taken_back = replace(article, title="Other", status=Status.WITHDRAWN, source="secret.txt", lead=9)
    assert engine.add([taken_back], "other") == 1
    assert engine.add([taken_back], "other") == 0
    assert len(engine) == 1
    assert engine.article(article.id, HERE) == article
    assert engine.article(article.id, ("other",)) == taken_back
    assert [card.source for card in engine.articles(ALL)] == ["one.txt"]
    assert [card.source for card in engine.articles(Filter(collections=("other",)))] == ["secret.txt"]
    corrected = replace(article, title="Corrected", status=Status.CORRECTED)
    assert engine.add([corrected], "default") == 0
    assert engine.article(article.id, HERE) == corrected
    assert engine.article(article.id, ("other",)) == taken_back
    engine.remove(article.id, "default")
    assert engine.article(article.id, ("default", "other")) == taken_back
    with pytest.raises(UnknownArticle):
        engine.article(article.id, HERE)
    engine.add([article], "default")
    assert engine.article(article.id, HERE) == article, "what a removed membership stated is gone"


def test_the_card_of_the_first_collection_counts_and_no_other(engine: Engine) -> None:
    text, apart = drawn(21, 2, sentences=3)
    own = replace(
        text, source="own.txt", agency="Own", story="mine", lead=1, published=datetime(2024, 1, 1, tzinfo=UTC)
    )
    shared = replace(text, source="wire.txt", agency="Wire", url="https://wire.example/", story="theirs", lead=2)
    engine.add([shared, apart], "shared")
    engine.add([own], "chat")
    term = text.sentences[0].terms[0]
    views = {("chat", "shared"): own, ("shared", "chat"): shared, ("chat",): own, ("shared",): shared}
    admits = [
        {},
        {"sources": ("wire",)},
        {"sources": ("own.txt",)},
        {"stories": ("mine",)},
        {"stories": ("theirs", "x")},
        {"since": datetime(2023, 1, 1, tzinfo=UTC)},
        {"until": datetime(2025, 1, 1, tzinfo=UTC)},
        {"lead": 1},
        {"lead": 2},
        {"lead": 2, "articles": (text.id,)},
        {"articles": (text.id,)},
    ]
    for names, seen in views.items():
        assert engine.article(text.id, names) == seen
        for fields in admits:
            within = Filter(collections=names, **fields)
            expected = [seen.card] if within.admits(seen) else []
            assert [card for card in engine.articles(within) if card.id == text.id] == expected, within
            beside = "shared" in names and within.admits(apart)
            assert engine.count(within) == len(expected) + beside
            hits = {hit.passage.article_id for hit in engine.search([term], 99, within)}
            assert (text.id in hits) == bool(expected), within
            assert [card for card in engine.articles(within) if card.id == text.id] == expected, within


def test_the_order_is_that_in_which_the_collection_got_its_articles(engine: Engine) -> None:
    articles = [made(["same words here", f"tail {number}"]) for number in range(4)]
    engine.add(articles, "default")
    engine.add([articles[3], articles[1]], "other")
    engine.add([articles[0]], "other")
    there = Filter(collections=("other",))
    own_first = [articles[3].id, articles[1].id, articles[0].id]
    assert [card.id for card in engine.articles(there)] == own_first
    assert [card.id for card in engine.articles(replace(there, articles=tuple(sorted(own_first))))] == own_first
    assert [hit.passage.article_id for hit in engine.search(["same"], 9, there)] == own_first
    assert [card.id for card in engine.articles(replace(there, lead=0))] == own_first
    everywhere = Filter(collections=("other", "default"))
    expected = [articles[2].id, *own_first]
    assert [card.id for card in engine.articles(everywhere)] == expected
    assert [hit.passage.article_id for hit in engine.search(["same"], 9, everywhere)] == expected
    names = [(name, card.id) for name, card in engine.memberships()]
    assert names == [*(("default", article.id) for article in articles), *(("other", key) for key in own_first)]
    engine.add([articles[3]], "other")
    assert [card.id for card in engine.articles(there)] == own_first


def test_what_was_added_since_a_place_is_told_in_order(engine: Engine) -> None:
    assert engine.last_place() == 0
    assert list(engine.added_since(0)) == []
    articles = drawn(21, 5)
    engine.add(articles[:3], "default")
    last = engine.last_place()
    assert [(name, card.id) for _, name, card in engine.added_since(0)] == [("default", a.id) for a in articles[:3]]
    assert [(place, card.id) for place, _, card in engine.added_since(last)] == [(last, articles[2].id)]
    assert list(engine.added_since(last + 1)) == []
    engine.add([articles[0]], "default")  # again: it keeps its place
    engine.add([articles[0], articles[3]], "other")
    engine.add([articles[4]], "default")
    found = list(engine.added_since(last + 1))
    names = [("other", articles[0].id), ("other", articles[3].id), ("default", articles[4].id)]
    assert [(name, card.id) for _, name, card in found] == names
    places = [place for place, _, _ in found]
    assert places == sorted(places)
    assert places[0] > last
    assert places[-1] == engine.last_place()
    assert [card for _, _, card in found] == [articles[at].card for at in (0, 3, 4)]
    engine.remove(articles[3].id, "other")
    assert [card.id for _, _, card in engine.added_since(last + 1)] == [articles[0].id, articles[4].id]


def test_each_change_makes_another_revision(engine: Engine, kind: str) -> None:
    if kind == "cluster":
        assert engine.revision() is None
        return
    first, second = made(["one thing"]), made(["another thing"])
    seen = [engine.revision()]
    for change in (
        lambda: engine.add([first], "default"),
        lambda: engine.add([second], "other"),
        lambda: engine.add([replace(first, title="Renamed")], "default"),
        lambda: engine.remove(second.id, "other"),
    ):
        change()
        seen.append(engine.revision())
        assert engine.revision() == seen[-1], "asking changes nothing"
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_a_batch_that_fails_half_way_changes_nothing(engine: Engine) -> None:
    before, *rest = drawn(8, 4)
    engine.add([before], "default")

    def failing() -> Iterator[Article]:
        yield from rest
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        engine.add(failing(), "default")
    assert [card.id for card in engine.articles(ALL)] == [before.id]
    assert {hit.passage.article_id for hit in engine.search(WORDS, 99, ALL)} == {before.id}
    assert engine.add(iter(rest), "default") == 3


def test_removing_takes_the_membership_and_the_text_with_the_last(engine: Engine) -> None:
    article, other = drawn(9, 2)
    engine.add([article, other], "a")
    engine.add([article], "b")
    engine.remove(article.id, "a")
    assert engine.article(article.id, ("a", "b")) == article
    assert {hit.passage.article_id for hit in engine.search(WORDS, 99, Filter(collections=("a",)))} == {other.id}
    with pytest.raises(UnknownArticle):
        engine.remove(article.id, "a")
    engine.remove(article.id, "b")
    assert len(engine) == 1
    with pytest.raises(UnknownArticle):
        engine.article(article.id, ("a", "b"))
    assert {hit.passage.article_id for hit in engine.search(WORDS, 99, Filter(collections=("a", "b")))} == {other.id}


def test_an_article_added_after_its_removal_comes_last(engine: Engine) -> None:
    articles = drawn(10, 3)
    engine.add(articles, "default")
    engine.remove(articles[0].id, "default")
    engine.add([articles[0]], "default")
    assert [card.id for card in engine.articles(ALL)] == [articles[1].id, articles[2].id, articles[0].id]


def test_statistics_are_exact_after_any_changes(engine: Engine) -> None:
    articles = drawn(11, 12)
    present: dict[str, Article] = {}
    chance = random.Random(3)
    for step in range(8):
        batch = chance.sample(articles, 4)
        engine.add(batch, "default")
        present |= {article.id: article for article in batch}
        if step % 2:
            gone = chance.choice(sorted(present))
            engine.remove(gone, "default")
            del present[gone]
        passages = [passage for article in present.values() for passage in split(article)]
        held = Counter(term for passage in passages for term in set(passage.terms))
        found = engine.statistics([*WORDS, "never"])
        assert found.passages == len(passages)
        assert dict(found.frequency) == dict(held)


def test_search_after_changes_is_as_of_a_fresh_index(engine: Engine, kind: str) -> None:
    articles = drawn(12, 20)
    engine.add(articles, "default")
    for article in articles[::3]:
        engine.remove(article.id, "default")
    left = [article for number, article in enumerate(articles) if number % 3]
    for terms in (["w0"], ["w1", "w22"], ["w5", "w6", "w7"]):
        scores = reference(left, terms)
        found = [scores[hit.passage.article_id, hit.passage.number] for hit in engine.search(terms, 10, ALL)]
        best = sorted(scores.values(), reverse=True)[:10]
        assert found == pytest.approx(best, rel=1e-9 if kind in EXACT else 0.2)


ODD = [
    "Ünïcödé 한국어 \U0001f600 e\u0301 words",
    "lone \ud800 surrogate and \udfff another",
    "tab\tand\x00nul\x85next\u2028line",
    "\ufeffmark  double   spaces ",
    "fi\ufb01 \u202eright to left\u202c",
]


def test_text_offsets_and_metadata_come_back_unchanged(engine: Engine) -> None:
    text = "\n".join(ODD)
    base = made(["odd"])
    spans, at = [], 0
    for line in ODD:
        spans.append((at, at + len(line)))
        at += len(line) + 1
    kinds = [Kind.HEADLINE, Kind.NOTE, Kind.BODY, Kind.BODY, Kind.FURNITURE]
    article = replace(
        base,
        text=text,
        sha256="",
        title="T\udc80 “title”",
        source="dir/\udcffname.txt",
        published=datetime(2024, 2, 29, 23, 59, 59, 1, tzinfo=SEOUL),
        embargo=datetime(2024, 3, 1),
        agency="Agence",
        cities=("Seoul", "Ōsaka"),
        byline="A. B.",
        note="(ATTN: adds)",
        story="key|\ud83d",
        lead=3,
        status=Status.WITHDRAWN,
        url="https://example.org/a?b=c#d",
        paragraphs=tuple(
            Paragraph(number if kind is Kind.BODY else None, kind, start, end, number if number == 3 else None)
            for number, (kind, (start, end)) in enumerate(zip(kinds, spans, strict=True), 1)
        ),
        sentences=(
            Sentence(1, 3, *spans[2], ("term", "straße", "한국어", "x" * 70_000)),
            Sentence(2, 4, *spans[3], ()),
        ),
        length=2,
    )
    from index.model import hash_text, make_article_id

    article = replace(article, sha256=hash_text(text), id=make_article_id(hash_text(text)))
    engine.add([article], "default")
    assert engine.article(article.id, HERE) == article
    assert list(engine.articles(ALL)) == [article.card]
    assert list(engine.memberships()) == [("default", article.card)]
    for term in ("한국어", "straße", "x" * 70_000):
        (hit,) = engine.search([term], 5, ALL)
        assert hit.passage == split(article)[0]
        assert engine.statistics([term]).frequency == {term: 1}


@pytest.mark.parametrize("zone", [None, UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])
@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
def test_dates_at_the_calendars_edge_are_kept_and_ordered(
    engine: Engine, moment: datetime, zone: timezone | None
) -> None:
    edge, plain = made(["edge"], published=moment.replace(tzinfo=zone)), made(["plain"], published=datetime(2024, 1, 1))
    engine.add([edge, plain, made(["undated"])], "default")
    assert engine.article(edge.id, HERE).published == edge.published
    for limit in (edge.published, plain.published, datetime.min, datetime.max):
        for within in (replace(ALL, since=limit), replace(ALL, until=limit), replace(ALL, since=limit, until=limit)):
            found = {card.id for card in engine.articles(within)}
            assert found == {each.id for each in (edge, plain) if within.admits(each)}
            assert engine.count(within) == len(found)


def test_copies_come_with_all_their_collections_at_once(engine: Engine, kind: str) -> None:
    one, other = made(["one"], title="T"), made(["two"])
    names = [f"chat:{number}" for number in range(40)]
    entries = [(name, replace(one, title=name), name.encode()) for name in names]
    assert engine.restore([*entries, ("chat:0", other, None), ("chat:0", one, None)]) == 41
    assert engine.collections() == {name: 1 + (name == "chat:0") for name in names}
    for name in ("chat:1", "chat:39"):
        assert engine.article(one.id, (name,)) == replace(one, title=name)
        assert engine.raw(one.id, (name,)) == (name.encode() if kind in KEEPS_SOURCES else None)
    assert [card.id for card in engine.articles(Filter(collections=("chat:0",)))] == [one.id, other.id]
    assert engine.restore([]) == 0


def test_texts_of_a_file_are_found_and_follow_what_is_added_again(engine: Engine) -> None:
    one, other = made(["one"], file="/in/a\udcff.txt"), made(["two"], file="/in/b.txt")
    engine.add([one, other, made(["three"])], "default")
    engine.add([replace(one, file="/in/b.txt", replaced=True)], "elsewhere")
    of_a, of_b = (replace(ALL, files=(file,)) for file in (one.file, other.file))
    assert list(engine.articles(of_a)) == [one.card]
    assert list(engine.articles(of_b)) == [other.card]
    assert [card.replaced for card in engine.articles(replace(of_b, collections=("elsewhere",)))] == [True]
    assert list(engine.articles(replace(ALL, files=("/in/c.txt",)))) == []
    assert engine.count(replace(ALL, files=(one.file, other.file))) == 2
    assert [hit.passage.article_id for hit in engine.search(["one", "two"], 5, of_b)] == [other.id]
    moved = replace(one, file=other.file, replaced=True)
    assert engine.add([moved], "default") == 0
    assert list(engine.articles(of_a)) == []
    assert list(engine.articles(of_b)) == [moved.card, other.card]


@pytest.mark.parametrize("lead", [-1, 1 << 31, 1 << 70])
def test_a_version_that_none_can_have_is_not_found(engine: Engine, lead: int) -> None:
    engine.add([made(["one"])], "default")
    assert list(engine.articles(replace(ALL, lead=lead))) == []
    assert engine.search(["one"], 5, replace(ALL, lead=lead)) == ()


def test_a_reopened_index_answers_the_same(opener: Opener, kind: str) -> None:
    first = opener()
    first.add(drawn(13, 10), "default")
    first.add(drawn(14, 10), "other")
    first.remove(drawn(13, 1)[0].id, "default")
    both = Filter(collections=("default", "other"))
    queries = [["w0"], ["w7", "w12"], ["w33"]]
    before = [first.search(terms, 30, both) for terms in queries]
    cards = list(first.articles(both))
    if kind != "memory":
        first.close()
        first.close()
    again = opener()
    assert [again.search(terms, 30, both) for terms in queries] == before
    assert list(again.articles(both)) == cards
    assert len(again) == 19


KEEPS_SOURCES = {"memory", "disk"}
"""Engines that keep the source's own bytes."""

ON_DISK = {"disk"}
"""Engines whose files lie on this machine."""


def test_a_sources_own_bytes_belong_to_the_collection_that_got_them(opener: Opener, kind: str) -> None:
    engine = opener()
    article, other = drawn(17, 2)
    engine.add([article, other], "a")
    engine.add([article], "b")
    raw, keeps = bytes(range(256)) * 500, kind in KEEPS_SOURCES
    assert engine.keep("\ud800", raw, "a") is False
    assert engine.keep(other.id, raw, "b") is False
    assert engine.keep(article.id, b"an older fetch", "a") is keeps
    assert engine.keep(article.id, raw, "a") is keeps
    assert engine.keep(article.id, b"b's own", "b") is keeps
    if kind != "memory":
        engine.close()
    again = opener()
    assert again.raw(article.id, ("a", "b")) == (raw if keeps else None)
    assert again.raw(article.id, ("b", "a")) == (b"b's own" if keeps else None)
    assert again.raw(article.id, ("c",)) is None
    assert again.raw(other.id, ("a",)) is None
    assert again.raw("\ud800", ("a",)) is None
    assert again.article(article.id, ("a",)) == article
    again.remove(article.id, "a")
    again.add([article], "a")
    assert again.raw(article.id, ("a", "b")) is None
    assert again.raw(article.id, ("b",)) == (b"b's own" if keeps else None)


def test_sizes_are_told_where_the_files_are_here(engine: Engine, kind: str) -> None:
    articles = drawn(18, 3)
    engine.add(articles, "default")
    sizes = engine.sizes()
    if kind in ON_DISK:
        assert sizes.text == sum(len(article.text.encode()) for article in articles)
        assert sizes.disk is not None
        assert sizes.disk > sizes.text
    else:
        assert (sizes.text, sizes.disk) == (None, None)


def test_a_rebuilt_library_answers_the_same(opener: Opener, kind: str) -> None:
    engine = opener()
    if kind == "memory":
        with pytest.raises(EngineError, match="has nothing to rebuild"):
            rebuild(engine.address)
        return
    with pytest.raises(EngineError, match="pullquote add"):
        rebuild(engine.address)
    articles = drawn(19, 12)
    engine.add(articles, "default")
    engine.remove(articles[3].id, "default")
    queries = [["w0"], ["w7", "w12"], ["w33"]]
    before = [engine.search(terms, 30, ALL) for terms in queries]
    steps: list[tuple[int, int]] = []
    assert rebuild(engine.address, lambda done, of: steps.append((done, of))) == Rebuilt(11)
    assert steps[-1] == (11, 11)
    assert [opener().search(terms, 30, ALL) for terms in queries] == before
    assert list(opener().articles(ALL)) == [article.card for article in articles if article != articles[3]]


def test_searching_from_several_threads_gives_what_one_gives(engine: Engine) -> None:
    engine.add(drawn(15, 25), "default")
    queries = [[word, other] for word in WORDS[:8] for other in WORDS[20:24]]
    alone = [engine.search(terms, 10, ALL) for terms in queries]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda terms: engine.search(terms, 10, ALL), queries))
    assert together == alone


def test_searching_while_another_thread_adds(engine: Engine) -> None:
    articles = drawn(16, 12)
    engine.add(articles[:2], "default")
    with ThreadPoolExecutor(3) as pool:
        adding = pool.submit(lambda: [engine.add([article], "default") for article in articles[2:6]])
        seen = []
        while not adding.done():
            hits = engine.search(WORDS[:5], 50, ALL)
            assert all(set(hit.passage.terms) & set(WORDS[:5]) for hit in hits)
            seen.append(len({hit.passage.article_id for hit in hits}))
        assert adding.result() == [1, 1, 1, 1]
    assert seen == sorted(seen)
    assert engine.count(ALL) == 6


def test_a_word_of_a_heading_finds_the_passage_under_it(engine: Engine) -> None:
    text = "Mill burns.\n\nIt burned on Sunday.\n\nWho pays?\n\nThe council pays nothing."
    cuts = [text.index(words) for words in ("Mill", "It", "Who", "The")]
    ends = [*(cut - 2 for cut in cuts[1:]), len(text)]
    kinds = (Kind.HEADLINE, Kind.BODY, Kind.HEADLINE, Kind.BODY)
    numbers = (None, 1, None, 2)
    paragraphs = tuple(map(Paragraph, numbers, kinds, cuts, ends))
    whole = replace(
        Article.from_text(text),
        paragraphs=paragraphs,
        sentences=(
            Sentence(1, 1, cuts[1], ends[1], ("burn", "sunday")),
            Sentence(2, 2, cuts[3], ends[3], ("council",), heading=("who", "pay")),
        ),
        length=2,
    )
    engine.add([whole], "default")
    (hit,) = engine.search(["pay"], 5, ALL)
    assert hit.passage.terms == ("burn", "sunday", "who", "pay", "council")
    assert engine.article(whole.id, HERE).sentences == whole.sentences
    assert engine.statistics(["pay"]).frequency == {"pay": 1}
