"""Articles in several languages in one library: each language is searched, counted and rebuilt for itself."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from index import Article, Filter, Index, Verdict, load_article, open_index
from index.engines import Engine, contract, drop_vectors, open_engine, rebuild
from index.engines.disk import DiskEngine, sqlite
from index.engines.disk.store import ArticleStore
from index.engines.vectors import fit_vectors
from index.errors import IncompatibleIndex, UnknownArticle
from index.evaluate.question_sets import read_set
from index.forms.serial import reply_from_dict, reply_to_dict
from index.language import language as languages
from index.maintenance.library import export_articles, import_articles, measure
from index.model import Hit
from tests.support import cluster_nodes
from tests.support.make_library import WORDS, drawn, made, stories
from tests.support.paths import ROOT, SEEDS
from tests.support.vectors import ENCODER, encoded

ALL = Filter(collections=("default",))
KOREAN = replace(ALL, language="ko")
ENGLISH = replace(ALL, language="en")

STORIES = {
    "en": "The mayor of Calder opened a bridge over the river Larn on Monday. It cost 12 million crowns. Two ferries "
    "that crossed the river will be sold in the autumn, the harbour office said.",
    "es": "La alcaldesa de Calder inauguró el lunes un puente sobre el río Larn. La obra costó 14 millones de coronas. "
    "Los dos transbordadores que cruzaban el río se venderán en otoño, según la oficina del puerto.",
    "de": "Die Bürgermeisterin von Calder hat am Montag eine Brücke über den Fluss Larn eröffnet. Der Bau kostete 16 "
    "Millionen Kronen. Die beiden Fähren über den Fluss werden im Herbst verkauft, teilte das Hafenamt mit.",
    "ko": "칼더 시장은 월요일에 라른강을 건너는 새 다리를 개통했다. 공사에는 1800만 크로네가 들었다. "
    "강을 건너던 여객선 두 척은 가을에 매각될 예정이라고 항만청이 밝혔다.",
}
QUESTIONS = {
    "en": ("How much did the bridge cost?", "What will happen to the ferries in the autumn?"),
    "es": ("¿Cuánto costó la obra del puente?", "¿Qué pasará con los transbordadores que cruzaban el río?"),
    "de": ("Wer hat die Brücke über den Fluss eröffnet?", "Wie viel hat der Bau der neuen Brücke gekostet?"),
    "ko": ("다리 공사에 얼마가 들었나요?", "가을에 무엇이 매각되나요?"),
}


def speak(articles: list[Article], language: str) -> list[Article]:
    return [replace(article, language=language) for article in articles]


def read_stories() -> list[Article]:
    return [Article.from_text(text, source=f"{code}.txt") for code, text in STORIES.items()]


def list_hits(hits: tuple[Hit, ...]) -> list[tuple[str, int, float]]:
    return [(hit.passage.article_id, hit.passage.number, hit.score) for hit in hits]


def read_file(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(apsw.Connection(str(folder / "library.sqlite"))) as file:
        return file.execute(statement).fetchall()


@pytest.fixture(params=["memory", "disk", pytest.param("cluster", marks=pytest.mark.cluster)])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Two empty libraries of one kind."""
    places = {
        "memory": ("memory:", "memory:"),
        "disk": (f"disk:{tmp_path / 'one'}", f"disk:{tmp_path / 'two'}"),
        "cluster": (cluster_nodes.fresh(), cluster_nodes.fresh()) if request.param == "cluster" else (),
    }[request.param]
    one, two = map(open_engine, places)
    yield one, two
    one.close()
    two.close()
    for place in places if request.param == "cluster" else ():
        cluster_nodes.drop(place)


def test_articles_in_another_language_change_neither_scores_nor_order(pair: tuple[Engine, Engine]) -> None:
    """The two languages share all their words, and the passages of one are twice as long."""
    alone, mixed = pair
    korean = speak(drawn(1, 40), "ko")
    english = [made([(sentence.terms * 2) for sentence in article.sentences]) for article in drawn(2, 120)]
    alone.add(korean, "default")
    mixed.add(english[:60], "default")
    mixed.add(korean[:7], "default")
    mixed.add([*korean[7:], *english[60:]], "default")
    assert mixed.statistics(WORDS, "ko") == alone.statistics(WORDS, "ko")
    assert mixed.statistics(WORDS).passages > alone.statistics(WORDS, "ko").passages
    assert alone.statistics(WORDS).passages == 0
    chance = random.Random(3)
    for _ in range(30):
        terms = chance.sample(WORDS, chance.randint(1, 5))
        found = alone.search(terms, 10, KOREAN)
        assert found
        assert list_hits(found) == list_hits(mixed.search(terms, 10, KOREAN))
        assert list_hits(mixed.search(terms, 10, ALL)) == list_hits(mixed.search(terms, 10, ENGLISH))
        assert {hit.passage.article_id for hit in mixed.search(terms, 99, ALL)} <= {each.id for each in english}
    assert alone.search(WORDS[:3], 10, ALL) == ()
    some = replace(KOREAN, articles=tuple(article.id for article in korean[::3]))
    assert list_hits(alone.search(WORDS[:4], 10, some)) == list_hits(mixed.search(WORDS[:4], 10, some))


def test_a_language_is_counted_and_listed_for_itself(pair: tuple[Engine, Engine]) -> None:
    engine, empty = pair
    korean, spanish = speak(drawn(4, 3), "ko"), speak(drawn(5, 2), "es")
    engine.add(drawn(6, 4), "default")
    engine.add([*korean, *spanish], "default")
    engine.add(korean[:1], "other")
    assert empty.languages(ALL) == {}
    assert engine.languages(ALL) == {"en": 4, "es": 2, "ko": 3}
    assert engine.languages(Filter(collections=("other",))) == {"ko": 1}
    assert engine.languages(replace(ALL, articles=(spanish[0].id,))) == {"es": 1}
    assert [card.id for card in engine.articles(KOREAN)] == [article.id for article in korean]
    assert [card.language for card in engine.articles(ALL)] == ["en"] * 4 + ["ko"] * 3 + ["es"] * 2
    assert (engine.count(ALL), engine.count(ENGLISH), engine.count(KOREAN)) == (9, 4, 3)
    assert engine.count(replace(ALL, language="tr")) == 0
    assert list(engine.articles(replace(ALL, language="tr"))) == []
    assert len(engine) == 9
    engine.remove(korean[0].id, "default")
    assert engine.languages(ALL) == {"en": 4, "es": 2, "ko": 2}
    for article in korean[1:]:
        engine.remove(article.id, "default")
    assert engine.languages(ALL) == {"en": 4, "es": 2}
    assert engine.statistics((), "ko").passages > 0, "the other collection has one"
    engine.remove(korean[0].id, "other")
    assert engine.statistics((), "ko").passages == 0
    assert engine.add(korean, "default") == 3
    assert engine.search([korean[0].sentences[0].terms[0]], 5, KOREAN)


def test_the_language_of_a_text_is_that_of_its_terms(pair: tuple[Engine, Engine]) -> None:
    """Whoever adds a text that is there already may state what he likes: its terms stay those of its language."""
    engine, _ = pair
    (korean,) = speak(drawn(7, 1), "ko")
    engine.add([korean], "default")
    engine.add([replace(korean, language="en", title="Mine")], "other")
    stated = engine.article(korean.id, ("other",))
    assert (stated.language, stated.title) == ("ko", "Mine")
    assert engine.languages(Filter(collections=("other",))) == {"ko": 1}
    term = korean.sentences[0].terms[0]
    assert engine.search([term], 5, Filter(collections=("other",))) == ()
    assert engine.search([term], 5, Filter(collections=("other",), language="ko"))


def test_articles_in_other_languages_leave_the_vectors_of_english_ones_alone(pair: tuple[Engine, Engine]) -> None:
    plain, _ = pair
    with closing(open_engine(plain.address if plain.address != "memory:" else "memory:", None, ENCODER)) as engine:
        english = [encoded(article) for article in drawn(8, 2)]
        engine.add(speak(drawn(9, 1), "ko"), "default")
        engine.add(english, "default")
        engine.add(speak(drawn(10, 1), "es"), "default")
        assert engine.encoder == ENCODER
        assert engine.article(english[0].id, ("default",)) == english[0]
        engine.add(drawn(11, 1), "default")
        assert engine.encoder == ""
    (korean,) = speak([encoded(article) for article in drawn(12, 1)], "ko")
    assert fit_vectors(korean, ENCODER, "") == (drop_vectors(korean), ENCODER), (
        "whoever adds it, with an encoder or not"
    )


# Whole questions


def say(index: Index, question: str) -> str:
    return json.dumps(reply_to_dict(index.ask(question, explain=True)), sort_keys=True)


def test_each_language_gives_the_replies_that_it_gives_alone(pair: tuple[Engine, Engine]) -> None:
    told = read_stories()
    assert [story.language for story in told] == list(STORIES)
    mixed = Index(pair[0])
    mixed.add([load_article(path) for path in sorted(SEEDS.glob("*.txt"))[:10]])
    mixed.add(told)
    memory = Index(open_engine("memory:"))
    memory.add([load_article(path) for path in sorted(SEEDS.glob("*.txt"))[:10]])
    memory.add(told)
    answers = 0
    for story in told:
        for question in QUESTIONS[story.language]:
            reply = mixed.ask(question)
            looked_at = {key for key, _, _ in mixed.rank(question).sentences}
            assert story.id in looked_at, question
            assert {mixed.article(key).language for key in looked_at} == {story.language}
            answers += {one.article_id for one in reply.citations} == {story.id}
            assert say(mixed, question) == say(memory, question)
            if story.language != "en":
                alone = Index(open_engine("memory:"))
                alone.add(story)
                assert say(mixed, question) == say(alone, question)
    assert answers >= 6, "most of them are answered"


@pytest.mark.check
@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_forty_korean_stories_reply_the_same_beside_a_thousand_english_ones(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = read_set(ROOT / "tests/evaluate/own-ko")
    english = [Article.from_text(story.text) for story in stories(10_000)]
    places = ("memory:", "memory:") if kind == "memory" else (f"disk:{tmp_path / 'one'}", f"disk:{tmp_path / 'two'}")
    with open_index(places[0]) as alone, open_index(places[1]) as mixed:
        mixed.add(english[:500])
        for index in (alone, mixed):
            index.add(list(asked.articles.values()))
        mixed.add(english[500:])
        differ = [each.id for each in asked.questions if say(alone, each.text) != say(mixed, each.text)]
        counts = mixed.engine.languages(ALL)
    with capsys.disabled():
        print(
            f"\n{len(asked.questions)} Korean questions to {counts} in {kind}: {len(differ)} replies differ: {differ}"
        )
    assert counts["en"] == 1000
    assert differ == []


def test_a_language_without_articles_is_named_and_so_are_those_that_are_there(pair: tuple[Engine, Engine]) -> None:
    index = Index(pair[0])
    for code in ("en", "es", "de"):
        index.add(Article.from_text(STORIES[code]))
    index.add(Article.from_text(f"{STORIES['en']} Nobody was hurt."))
    reply = index.ask(QUESTIONS["ko"][0])
    assert (reply.verdict, reply.passages) == (Verdict.REFUSED, ())
    assert reply.reason == "No Korean article here; 2 English ones, 1 German one, 1 Spanish one."
    assert (reply.reason.code, reply.reason.values) == (
        "none_in_language",
        {"language": "ko", "articles": {"en": 2, "de": 1, "es": 1}},
    )
    again = reply_from_dict(json.loads(json.dumps(reply_to_dict(reply)))).reason
    assert (str(again), again.code, again.values) == (str(reply.reason), reply.reason.code, reply.reason.values)
    for card in list(index.articles(ENGLISH)):
        index.remove(card.id)
    assert index.ask(QUESTIONS["en"][0]).reason == "No English article here; 1 German one, 1 Spanish one."
    assert index.ask("Larn?").citations, "a question in no language is read in that of the articles"


def test_an_export_keeps_the_languages(tmp_path: Path) -> None:
    with open_index("memory:") as first, open_index(f"disk:{tmp_path / 'library'}") as second:
        first.add(read_stories())
        forms = [form for form in export_articles(first) if isinstance(form, dict)]
        assert list(import_articles(second, json.loads(json.dumps(forms)))) == [4]
        assert measure(second).languages == dict.fromkeys(sorted(STORIES), 1)
        assert measure(second).passages == measure(first).passages
        for article in read_stories():
            assert second.article(article.id).sentences == article.sentences
        (broken,) = import_articles(second, [forms[0] | {"language": "xx"}])
        assert "language: expected one of en, " in str(broken)


# On disk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_a_library_of_english_articles_stays_as_earlier_versions_read_it(folder: Path) -> None:
    with closing(DiskEngine(str(folder))) as engine:
        engine.add(drawn(12, 2), "default")
        before = (folder / "library.sqlite").read_bytes()
        assert engine.languages(ALL) == {"en": 2}
    with closing(DiskEngine(str(folder))) as engine:
        assert engine.search(["w0"], 3, ENGLISH)
    assert (folder / "library.sqlite").read_bytes()[:100] == before[:100]
    assert read_file(folder, "PRAGMA user_version") == [(sqlite.FORMAT,)]
    assert read_file(folder, "SELECT name FROM sqlite_schema WHERE name IN ('language', 'foreign_article')") == []
    with closing(DiskEngine(str(folder))) as reader, closing(DiskEngine(str(folder))) as writer:
        assert reader.search(["w0"], 3, KOREAN) == ()
        writer.add(speak(drawn(13, 1), "ko"), "default")
        assert reader.search(["w0", "w1", "w2"], 3, KOREAN), "a reader sees the first one, too"
        assert reader.count(KOREAN) == 1
    assert read_file(folder, "PRAGMA user_version") == [(sqlite.WITH_LANGUAGES,)]


def test_another_analyser_of_one_language_makes_its_articles_alone_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_index(f"disk:{folder}") as index:
        index.add(read_stories())
    korean = languages.get_language("ko")
    newer = replace(korean, version="korean-99", analyse=lambda text: tuple(text.split()))
    really = languages.get_language
    monkeypatch.setattr(languages, "get_language", lambda code: newer if code == "ko" else really(code))
    with pytest.raises(IncompatibleIndex, match=f"analyser {korean.version}.*analyser korean-99.*rebuild"):
        DiskEngine(str(folder))
    analysed: list[str] = []
    make = contract.analyse_article
    monkeypatch.setattr(
        "index.engines.disk.rebuild.analyse_article", lambda article: analysed.append(article.language) or make(article)
    )
    assert rebuild(f"disk:{folder}").articles == 4
    assert analysed == ["ko"]
    with closing(DiskEngine(str(folder))) as engine:
        assert engine.statistics(["다리를"], "ko").frequency == {"다리를": 1}
    assert rebuild(f"disk:{folder}").articles == 4
    assert analysed == ["ko"]


def test_what_a_damaged_library_is_saved_of_keeps_its_languages(folder: Path) -> None:
    korean = speak(drawn(14, 12), "ko")
    with closing(DiskEngine(str(folder))) as engine:
        engine.add([*drawn(15, 12), *korean], "default")
        wanted = list_hits(engine.search(["w0", "w5"], 9, KOREAN))
    with (folder / "library.sqlite").open("r+b") as file:  # the page that leads to all others
        file.seek(100)
        file.write(bytes(3996))
    assert rebuild(f"disk:{folder}").articles == 24
    with closing(DiskEngine(str(folder))) as engine:
        assert engine.languages(ALL) == {"en": 12, "ko": 12}
        assert list_hits(engine.search(["w0", "w5"], 9, KOREAN)) == wanted
        assert engine.article(korean[3].id, ("default",)).language == "ko"


def test_a_lost_index_of_one_language_is_made_again(folder: Path) -> None:
    from shutil import rmtree

    with closing(DiskEngine(str(folder))) as engine:
        engine.add([*drawn(16, 5), *speak(drawn(17, 5), "ko")], "default")
        wanted = list_hits(engine.search(["w0", "w1"], 9, KOREAN))
    (place,) = folder.glob("passages-*/ko")
    rmtree(place)
    with closing(DiskEngine(str(folder))) as engine:
        assert list_hits(engine.search(["w0", "w1"], 9, KOREAN)) == wanted


def test_a_writer_that_died_before_the_index_was_written_loses_no_language(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(DiskEngine(str(folder))) as engine:
        engine.add(drawn(18, 3), "default")
        with monkeypatch.context() as patch:

            def die(*_: object) -> None:
                raise KeyboardInterrupt

            patch.setattr("index.engines.disk.folder.LibraryFolder._publish", die)
            with pytest.raises(KeyboardInterrupt):
                engine.add(speak(drawn(19, 2), "ko"), "default")
    with closing(ArticleStore(folder / "library.sqlite", "disk:")) as store:
        assert store.is_behind()
        assert set(store.read_languages(store.read_totals())) == {"en"}, "what is not seen is not counted"
    with closing(DiskEngine(str(folder))) as engine:
        assert engine.languages(ALL) == {"en": 3, "ko": 2}
        assert engine.search(["w0", "w1", "w2"], 9, KOREAN)
        with pytest.raises(UnknownArticle):
            engine.remove("nothing", "default")


def test_a_damaged_article_is_told_only_to_who_asks_in_its_language(folder: Path) -> None:
    (english,), (korean,) = drawn(20, 1), speak(drawn(21, 1), "ko")
    with closing(DiskEngine(str(folder))) as engine:
        engine.add([english, korean], "default")
    read_file(folder, "UPDATE body SET checksum = checksum + 1 WHERE seq = 2")
    with closing(DiskEngine(str(folder))) as engine:
        terms = [*english.sentences[0].terms, *korean.sentences[0].terms]
        engine.search(terms, 9, KOREAN)
        assert engine.unread(terms, KOREAN) == (korean.id,)
        engine.search(terms, 9, ENGLISH)
        assert engine.unread(terms, ENGLISH) == ()
