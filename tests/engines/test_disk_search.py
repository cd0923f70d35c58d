"""How a library on disk is searched: which passages are read for it, and when no other can be among the best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from index import Article, Filter
from index.engines import open_engine, rows
from index.engines.contract import Statistics
from index.engines.disk import DiskEngine, commit_cache, search, search_index
from index.engines.disk.commit_cache import CommitCache
from index.engines.disk.search_index import (
    DamagedSearchIndex,
    SearchIndex,
    SearchIndexWriter,
    TopPassages,
    create_index,
    map_tantivy_errors,
    verify_checksums,
)
from index.engines.disk.store import ArticleStore
from index.errors import EngineUnavailable, UnknownArticle
from index.reading.passages import list_terms, split
from tests.support.make_library import made

ALL = Filter(collections=("default",))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DiskEngine]:
    engine = DiskEngine(str(tmp_path / "library"))
    yield engine
    engine.close()


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many candidates were retrieved, each time."""
    seen: list[int] = []
    find_top = SearchIndex.find_top

    def spy(self: SearchIndex, terms: list[str], count: int, seqs: frozenset[int] | None) -> TopPassages:
        seen.append(count)
        return find_top(self, terms, count, seqs)

    monkeypatch.setattr(SearchIndex, "find_top", spy)
    return seen


def spy_on(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[tuple[Any, ...]]:
    """Return what a function is called with, from now on."""
    seen: list[tuple[Any, ...]] = []
    really = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *values: seen.append(values) or really(*values))
    return seen


def alike(count: int) -> list[Article]:
    """Return articles of one passage each that score the same for "alpha"."""
    return [made([f"alpha tail{number}"]) for number in range(count)]


def falling(count: int) -> list[Article]:
    """Return articles of one passage of 40 words each, of which the first holds "alpha" most often."""
    return [made([["alpha"] * (count - n) + [f"w{n}"] * (40 - count + n)]) for n in range(count)]


@pytest.mark.parametrize("limit", [1, 5])
def test_equal_scores_are_cut_in_the_order_of_the_memberships_that_count(engine: DiskEngine, limit: int) -> None:
    """The search index has them in the order in which their texts came: the first are not among its first."""
    articles = alike(300)
    engine.add(articles, "other")
    engine.add(articles[::-1], "default")
    hits = engine.search(["alpha"], limit, ALL)
    assert [hit.passage.article_id for hit in hits] == [article.id for article in articles[: -limit - 1 : -1]]


@pytest.mark.parametrize(("most", "expected"), [(4000, [25, 100, 400]), (100, [25, 100]), (25, [25]), (26, [25, 100])])
def test_four_times_as_many_are_retrieved_until_there_are_enough_or_too_many(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch, counts: list[int], most: int, expected: list[int]
) -> None:
    monkeypatch.setattr(search, "_MOST", most)
    engine.add(alike(300), "default")
    assert len(engine.search(["alpha"], 5, ALL)) == 5
    assert counts == expected


def test_no_more_is_read_than_can_be_among_the_best(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch, counts: list[int]
) -> None:
    articles = falling(30)
    engine.add(articles, "default")
    scored = spy_on(monkeypatch, search.bm25, "score_passage")
    hits = engine.search(["alpha"], 2, ALL)
    assert [hit.passage.article_id for hit in hits] == [articles[0].id, articles[1].id]
    assert (counts, len(scored)) == ([22], 2)
    engine.add([made([["alpha"] * 29 + ["v1"] * 11])], "default")  # as good as the second
    scored.clear()
    again = engine.search(["alpha"], 2, ALL)
    assert [hit.passage for hit in again] == [hit.passage for hit in hits]
    assert len(scored) == 3


def test_the_nearest_passages_are_read_in_one_query_each_for_texts_and_cards(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.add(alike(8), "default")
    texts = spy_on(monkeypatch, ArticleStore, "open_many")
    cards = spy_on(monkeypatch, ArticleStore, "find_members")
    single = spy_on(monkeypatch, ArticleStore, "open")
    assert len(engine.search(["alpha"], 8, ALL)) == 8
    assert (len(texts), len(cards), len(single)) == (1, 1, 0)


def test_one_search_finds_enough_current_versions_once_some_were_looked_at(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch, counts: list[int]
) -> None:
    versions = [(number, lead) for number in range(60) for lead in (0, 1)]
    texts = [["alpha"] * (60 - number) + ["tail"] * number + [f"v{lead}"] for number, lead in versions]
    stories = [{"story": f"s{number}", "lead": lead} for number, lead in versions]
    engine.add([made([text], **known) for text, known in zip(texts, stories, strict=True)], "default")
    scored = spy_on(monkeypatch, search.bm25, "score_passage")
    first, is_partial = engine.search_current(["alpha"], 30, ALL)
    assert (len(first), is_partial) == (30, True)
    assert all("v1" in hit.passage.terms for hit in first)
    assert (counts, len(scored)) == ([50, 200], 30)
    counts.clear()
    assert engine.search_current(["alpha"], 30, ALL)[0] == first
    assert counts == [100]


def test_more_is_retrieved_where_a_filter_drops_some(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch, counts: list[int]
) -> None:
    monkeypatch.setattr(search, "_SPARE", 1)
    articles = falling(40)
    engine.add(articles[:30], "other")
    engine.add(articles[30:], "default")
    hits = engine.search(["alpha"], 2, ALL)
    assert [hit.passage.article_id for hit in hits] == [articles[30].id, articles[31].id]
    assert counts[0] == 12  # of 40 articles 10 pass the filter, and 3 are wanted
    counts.clear()
    assert len(engine.search(["alpha"], 9, ALL)) == 9
    assert counts[0] == 40  # there are no more


def test_nothing_more_is_retrieved_once_all_that_is_outside_scores_less(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch, counts: list[int]
) -> None:
    monkeypatch.setattr(search, "_SPARE", 1)
    monkeypatch.setattr("index.engines.disk.search_index._FEW", 0)  # the filter is applied to what was retrieved
    articles = falling(40)
    engine.add(articles, "other")
    engine.add([articles[0], articles[4], *articles[32:]], "default")
    hits = engine.search(["alpha"], 2, ALL)
    assert [hit.passage.article_id for hit in hits] == [articles[0].id, articles[4].id]
    assert counts == [12]


def test_an_emptied_library_is_searched_in_vain(engine: DiskEngine) -> None:
    (article,) = alike(1)
    engine.add([article], "default")
    engine.remove(article.id, "default")
    assert engine.search(["alpha"], 1, ALL) == ()


class Littered:
    """A search index of 40 passages, of which 30 hold "rare": half of all are removed, and all but 2 of those."""

    stored_passages = 40

    def count_holding_stored(self, term: str) -> int:
        return {"rare": 30, "common": 40}[term]


def test_a_score_can_exceed_tantivys_by_the_passages_and_the_weight_that_it_gets_wrong() -> None:
    # twice as many passages, and log(1 + 18.5 / 2.5) / log(1 + 10.5 / 30.5) = 7.2 times as rare a term
    slack = search._compute_slack(Littered(), Statistics(20, {"rare": 2, "common": 20}))  # type: ignore[arg-type]
    assert slack == pytest.approx(2 * 7.2, rel=0.002)
    assert search._compute_slack(Littered(), Statistics(40, {"rare": 30})) == 1.0001  # type: ignore[arg-type]


# What is kept in memory


@pytest.fixture
def store(engine: DiskEngine, tmp_path: Path) -> Iterator[ArticleStore]:
    """A library of four texts, each of 100 bytes, in two collections; the second lacks the last."""
    articles = [made([f"alpha {number}".ljust(100, "x")]) for number in range(4)]
    engine.add(articles, "a")
    engine.add(articles[:3], "b")
    found = ArticleStore(tmp_path / "library" / "library.sqlite", "disk:")
    yield found
    found.close()


def make_cache(store: ArticleStore) -> CommitCache:
    totals = store.read_totals()
    return CommitCache(store.read_version(), totals, store.read_languages(totals))


@pytest.mark.parametrize(
    ("most", "read", "kept"),
    [
        (200, [1, 2], [1, 2]),
        (199, [1, 2], [2]),
        (250, [1, 2, 1, 3], [1, 3]),
        (50, [1], [1]),  # a text of any length is kept until the next one comes
        (300, [1, 2, 3, 4], [2, 3, 4]),
    ],
)
def test_texts_not_used_for_longest_make_room(
    store: ArticleStore, monkeypatch: pytest.MonkeyPatch, most: int, read: list[int], kept: list[int]
) -> None:
    monkeypatch.setattr(commit_cache, "_MOST", most)
    cache = make_cache(store)
    for seq in read:
        text = cache.load(store, seq)
        assert text is not None
        assert text.id == store.find_id(seq)
    single = spy_on(monkeypatch, ArticleStore, "open")
    assert [seq for seq in (1, 2, 3, 4) if cache.find_number(store.find_id(seq))] == sorted(kept)
    for seq in kept:
        cache.load(store, seq)
    assert single == []


def test_texts_read_together_count_once(store: ArticleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_cache, "_MOST", 400)
    cache = make_cache(store)
    for seqs in ([1, 2], [2, 3, 4]):
        cache.prefetch(store, seqs)
    single = spy_on(monkeypatch, ArticleStore, "open")
    assert all(cache.load(store, seq) for seq in (3, 1, 4, 2))
    assert single == []


def test_cards_make_room_for_others_and_all_that_were_asked_for_are_there(
    store: ArticleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_cache, "_CARDS", 3)
    cache = make_cache(store)
    read = spy_on(monkeypatch, ArticleStore, "find_members")
    held = [sorted(cache.load_members(store, seqs, ("a",))) for seqs in ((1, 2), (2, 3), (3, 4), (3, 4))]
    assert held == [[1, 2], [1, 2, 3], [3, 4], [3, 4]]
    assert len(read) == 3
    other = cache.load_members(store, (3, 4), ("b",))
    assert (other[3] is None, other[4]) == (False, None)


def test_a_search_loses_no_hit_when_cards_make_room(engine: DiskEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_cache, "_CARDS", 4)
    memory = open_engine("memory:")
    for each in (engine, memory):
        each.add(alike(12), "other")
        each.add(alike(12)[::-1], "default")
    for limit in (1, 3, 7, 20):
        assert engine.search(["alpha"], limit, ALL) == memory.search(["alpha"], limit, ALL)


def test_however_many_filters_are_asked_for_few_are_kept_and_all_are_answered(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_FILTERS", "_NAMES"):
        monkeypatch.setattr(commit_cache, name, 2)
    articles = alike(6)
    for number, article in enumerate(articles):
        engine.add([article], f"chat:{number}")
    names = [f"chat:{number}" for number in range(8)]
    for _ in range(2):
        for number in range(6):
            within = Filter(collections=tuple(names[number:]))
            found = [hit.passage.article_id for hit in engine.search(["alpha"], 9, within)]
            assert found == [article.id for article in articles[number:]]
            assert engine.count(within) == 6 - number
            cache = engine._cache
            assert cache is not None
            for kept in (cache._admitted, cache._counts, cache._holding, cache._within):
                assert len(kept) <= 2


def test_however_many_searches_come_upon_damage_few_are_remembered(
    store: ArticleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_cache, "_FILTERS", 2)
    cache = make_cache(store)
    for number in range(4):
        cache.note_unread(store, [f"w{number}"], ALL, [3, 1, 99])  # the last is gone
        assert cache.list_unread([f"w{number}"], ALL) == (store.find_id(1), store.find_id(3))
        assert len(cache._unread) <= 2


def test_a_filter_that_all_pass_names_none(store: ArticleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = make_cache(store)
    only = Filter(collections=("a", "b"), articles=(store.find_id(2),))
    read = spy_on(monkeypatch, ArticleStore, "find_admitted")
    for _ in range(2):
        found = [cache.find_admitted(store, within) for within in (Filter(collections=("a",)), only)]
        assert found == [None, {2}]
    assert len(read) == 1
    assert cache.find_admitted(store, Filter(collections=("b",))) == {1, 2, 3}


def test_what_was_read_for_one_collection_or_id_is_not_shown_for_another(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engines.disk.engine._FRESH", 3600)
    first, second = alike(2)
    engine.add([first], "chat:1")
    engine.add([second], "chat:2")
    for _ in range(2):
        for name, article in (("chat:1", first), ("chat:2", second)):
            assert engine.article(article.id, (name,)) == article
            for stranger in ("chat:3", "chat:2" if name == "chat:1" else "chat:1"):
                with pytest.raises(UnknownArticle):
                    engine.article(article.id, (stranger,))
            with pytest.raises(UnknownArticle):
                engine.article("none", (name,))
            assert list(engine.articles(Filter(collections=(name,), articles=("none",)))) == []


# The search index itself


def write_index(folder: Path, articles: list[Article]) -> SearchIndex:
    writer = SearchIndexWriter(folder, "disk:", create_index(folder, "disk:"))
    for seq, article in enumerate(articles, 1):
        writer.add(seq, list_terms(article))
    writer.commit()
    return SearchIndex(folder, "disk:")


def test_an_index_is_written_as_earlier_versions_wrote_it(tmp_path: Path) -> None:
    """Else those that are there would find other passages, or none."""
    import tantivy

    longest, longer = "x" * 200, "x" * 201
    articles = [made([f"{longest} one"]), made(["a."] * 5 + [f"{longer} two"]), made(["café half\ud800"])]
    index = write_index(tmp_path / "index", articles)
    words = (longest, longer, "café", "half\ud800")
    assert [index.count_holding(word) for word in words] == [1, 1, 1, 1]
    found = tantivy.Index.open(str(tmp_path / "index")).searcher()
    spelt = [longest, sha256(longer.encode()).hexdigest(), "café", "half\\ud800", longer]
    assert [found.doc_freq("terms", term) for term in spelt] == [1, 1, 1, 1, 0]
    every = found.search(tantivy.Query.all_query(), 9).hits
    places = found.fast_field_values("place", [address for _, address in every])
    assert sorted(places) == [(1 << 24) + 1, *((2 << 24) + number for number in (1, 2, 3)), (3 << 24) + 1]


def test_a_filter_is_part_of_the_query_while_it_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = write_index(tmp_path / "index", falling(9))
    every = index.find_top(["alpha"], 5, None)
    assert [seq for _, seq, _ in every.places] == [1, 2, 3, 4, 5]
    assert every.floor == every.places[-1][0]
    assert every.places[0][0] > every.places[-2][0] > every.floor
    few = frozenset({2, 5, 8})
    monkeypatch.setattr(search_index, "_FEW", 3)
    assert [seq for _, seq, _ in index.find_top(["alpha"], 5, few).places] == [2, 5, 8]
    assert index.find_top(["alpha"], 5, few).floor == 0.0
    monkeypatch.setattr(search_index, "_FEW", 2)
    long = index.find_top(["alpha"], 5, few)
    assert ([seq for _, seq, _ in long.places], long.floor) == ([2, 5], every.floor)


def test_an_index_is_littered_from_half_as_many_removed_passages_and_a_thousand(tmp_path: Path) -> None:
    index = write_index(tmp_path / "index", alike(2))
    found = []
    for stored in (2, 4000, 4001):
        index.passages, index.stored_passages = 2000, stored
        found.append(index.is_littered())
    assert found == [False, False, True]


def test_the_checksums_of_an_index_are_compared_up_to_its_limit(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    write_index(folder, alike(3))
    size = sum(file.stat().st_size for file in folder.iterdir() if len(file.stem) == 32)
    for limit in (None, size, size - 1):
        verify_checksums(folder, "disk:", limit)
    (file,) = folder.glob("*.fieldnorm")
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])
    for limit in (None, size):
        with pytest.raises(DamagedSearchIndex, match=r"fieldnorm fails its checksum.*`pullquote rebuild` makes"):
            verify_checksums(folder, "disk:", limit)
    verify_checksums(folder, "disk:", size - 1)


def test_an_error_on_a_full_disk_is_none_of_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that died of it only says that it is dead."""
    for free, kind in ((65_535, EngineUnavailable), (65_536, DamagedSearchIndex)):
        monkeypatch.setattr(search_index, "count_free_bytes", lambda _, free=free: free)
        with pytest.raises(kind), map_tantivy_errors("disk:", tmp_path):
            raise ValueError("the writer was killed")
    monkeypatch.undo()
    with pytest.raises(DamagedSearchIndex), map_tantivy_errors("disk:", tmp_path / "gone"):
        raise ValueError("the writer was killed")
    for error in (MemoryError(), OSError("[Errno 24] Too many open files")):
        with pytest.raises(EngineUnavailable), map_tantivy_errors("disk:", tmp_path):
            raise error


def test_a_batch_is_merged_before_it_is_acknowledged(tmp_path: Path) -> None:
    """Nothing changes the files of an index after they were synced."""
    folder = tmp_path / "index"
    before = write_index(folder, alike(1))
    for number in range(2, 5):
        writer = SearchIndexWriter(folder, "disk:")
        writer.add(number, list_terms(alike(5)[number]))
        writer.commit()
        index = SearchIndex(folder, "disk:")
        assert index.passages == number
        SearchIndexWriter(folder, "disk:").discard()  # no writer holds the index any more
        assert (before.is_stale(), index.is_stale()) == (True, False)
        before = index


def test_a_passage_cut_out_of_a_stored_text_is_that_of_the_article():
    plain = Article.from_text("The ferry sank. Nobody saw it. It was dark. They wait. They hope.")
    headed = replace(plain.sentences[1], heading=("who", "saw"))
    article = replace(plain, sentences=(plain.sentences[0], headed, *plain.sentences[2:]))
    body = rows.encode_article(article)
    stored = rows.decode_text(article.id, body, body.checksum)
    assert [stored.cut_passage(number) for number in range(4)] == [None, *split(article), None]
