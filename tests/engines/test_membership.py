"""P13: what other collections state of a text changes nothing that is seen here, in any engine.

Two libraries hold the same texts and the same collections here. Elsewhere, one of them says nothing of these texts, the
other whatever could do harm: takes them back, holds them under an embargo, supersedes them, gives them names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.openers import suggest_openers
from bot.conversation.originals import Originals
from bot.conversation.perform import compare
from bot.conversation.versions import look_up_standing
from index import Article, Filter, Index, Verdict, open_index
from index.citations import Outcome, verify
from index.errors import UnknownArticle
from index.forms.serial import article_to_dict, card_to_dict, reply_to_dict
from index.maintenance.library import export_articles, import_articles
from index.model import Metadata, Status
from tests.support import cluster_nodes

PIER = "The harbour board of Pellan will build a second pier for {} million crowns. Work starts in May.\n"
KNOWN = Metadata(
    title="Second pier", agency="Tern", cities=("PELLAN",), published=datetime(2024, 3, 1, 9), story="pier"
)
SECRET = "Zanziaaabar"
PART = SECRET[3:7].upper()
HERE = Filter(collections=("chat:1", "default"), now=datetime(2024, 6, 1, tzinfo=UTC))
QUESTIONS = ("What will the second pier of Pellan cost?", "When does work start?", "Who won?")
KINDS = ("memory", "disk", pytest.param("cluster", marks=pytest.mark.cluster))


def story(cost: int, **known: Any) -> Article:
    return Article.from_text(PIER.format(cost), replace(KNOWN, **known), source=f"pier-{cost}.txt")


FIRST, LEAD, SHARED = story(40), story(55, lead=1, published=None), story(60, title="Pier", story="other")
APART = story(70, story="apart", title="Apart")  # is in no collection here


def spoil(article: Article, at: int) -> Article:
    """Return the article with a card that would be seen if it counted, or would silence others."""
    harm = [
        {"status": Status.WITHDRAWN, "lead": 9},
        {"embargo": datetime(2999, 1, 1, tzinfo=UTC), "lead": 8},
        {"lead": 9},
        {"story": "", "lead": 0, "published": None},
    ][at % 4]
    names = {"title": f"{SECRET} kills pier", "agency": SECRET, "byline": SECRET, "note": SECRET, "cities": (SECRET,)}
    places = {"url": f"https://{SECRET}.example/", "source": f"private/{SECRET}.txt"}
    return replace(article, **names | places | {"story": "pier", "published": datetime(2025, 1, 1, tzinfo=UTC)} | harm)


def fill(index: Index, others: list[Article], *, strangers_first: bool) -> None:
    """Put the articles here and elsewhere, what is elsewhere before or after what is here."""
    engine = index.engine
    for name in ("elsewhere", "here") if strangers_first else ("here", "elsewhere"):
        if name == "here":
            engine.add([SHARED, FIRST], "default")
            engine.add([LEAD, replace(SHARED, source="mine.txt", title="Mine", story="mine")], "chat:1")
        else:
            engine.add(others, "chat:2")
            for article in others:
                engine.keep(article.id, SECRET.encode(), "chat:2")


def see(index: Index) -> Iterator[Any]:
    """Yield all that can be seen here."""
    engine = index.engine
    for within in (HERE, Filter(collections=("default",)), Filter(collections=("chat:1",))):
        cards = list(index.articles(within))
        yield [card_to_dict(card) for card in cards], engine.count(replace(within, now=None))
        for card in cards:
            yield article_to_dict(index.article(card.id, within)), engine.raw(card.id, within.collections)
            yield str(look_up_standing(index, within, card)), str(compare(index, within, card))
            yield index.suggestions(card.id, 3, within)
        for question in QUESTIONS:
            for fields in ({}, {"lead": 0}, {"lead": 1}, {"sources": (PART,)}, {"stories": ("pier",)}):
                reply = index.ask(question, (), replace(within, **fields), explain=True)
                yield reply_to_dict(reply), str(reply.reason)
        yield [str(hit) for hit in index.search("second pier May", 9, within)]
        yield suggest_openers(index, within)
        for fields in ({"sources": (PART,)}, {"lead": 9}, {"since": datetime(2024, 12, 1, tzinfo=UTC)}):
            yield [card.id for card in index.articles(replace(within, **fields))]
    yield {name: count for name, count in engine.collections().items() if name != "chat:2"}
    stated = [(name, card_to_dict(card)) for name, card in engine.memberships()]
    yield [each for each in stated if each[0] != "chat:2"]


@pytest.fixture(params=KINDS)
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Index, Index]]:
    """Two empty libraries of one kind."""
    with ExitStack() as stack:
        address = {
            "memory": lambda _: "memory:",
            "disk": lambda at: f"disk:{tmp_path / str(at)}",
            "cluster": lambda _: stack.enter_context(cluster_nodes.library()),
        }[request.param]
        one, other = (stack.enter_context(open_index(address(at))) for at in (1, 2))
        yield one, other


@pytest.mark.parametrize("strangers_first", [True, False])
def test_what_is_stated_elsewhere_changes_nothing_here(two: tuple[Index, Index], *, strangers_first: bool) -> None:
    quiet, loud = two
    texts = [APART, SHARED, LEAD, FIRST]
    fill(quiet, [article.bare for article in texts], strangers_first=strangers_first)
    fill(loud, [spoil(article, at) for at, article in enumerate(texts)], strangers_first=strangers_first)
    expected, seen = ([repr(each) for each in see(index)] for index in two)
    assert len(seen) > 80
    assert seen == expected
    assert not [each for each in seen if SECRET in each]
    assert loud.ask(QUESTIONS[0], filter=HERE).verdict is Verdict.ANSWERED
    there = Filter(collections=("chat:2",), now=HERE.now)
    assert SECRET in repr(list(loud.articles(there))), "the test can fail: it is seen there"
    assert SECRET in repr(loud.ask(QUESTIONS[0], filter=there))
    assert loud.engine.raw(FIRST.id, ("chat:2",)) in (SECRET.encode(), None)


def test_only_versions_of_the_collections_asked_may_silence(two: tuple[Index, Index]) -> None:
    index, _ = two
    index.engine.add([FIRST], "chat:1")
    index.engine.add([replace(APART, status=Status.WITHDRAWN, lead=9, story="pier")], "chat:2")
    index.engine.add([replace(SHARED, story="pier", lead=5)], "chat:3")
    mine = replace(HERE, collections=("chat:1",))
    assert [each.article_id for each in index.ask(QUESTIONS[0], filter=mine).citations] == [FIRST.id]
    assert [hit.passage.article_id for hit in index.search("pier", filter=mine)] == [FIRST.id]
    for also, verdict in (("chat:2", Verdict.REFUSED), ("chat:3", Verdict.ANSWERED)):
        reply = index.ask(QUESTIONS[0], filter=replace(mine, collections=("chat:1", also)))
        assert reply.verdict is verdict
        assert FIRST.id not in {each.article_id for each in reply.citations}, "the test can fail"


def test_questions_are_suggested_within_the_collections_alone(
    two: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    index, _ = two
    mine = replace(HERE, collections=("chat:1",))
    index.engine.add([FIRST], "chat:1")
    index.engine.add([replace(FIRST, status=Status.WITHDRAWN, title=SECRET)], "default")
    index.engine.add([APART], "chat:2")
    asked: list[Filter] = []
    ask = Index.ask

    def watched(self: Index, text: str, *more: Any, **named: Any) -> Any:
        asked.append(named["filter"])
        return ask(self, text, *more, **named)

    monkeypatch.setattr(Index, "ask", watched)
    assert index.suggestions(FIRST.id, 3, mine)
    assert {(each.collections, each.articles) for each in asked} == {(("chat:1",), (FIRST.id,))}
    assert index.suggestions(FIRST.id, 3) == (), "in the default collection it is taken back"
    with pytest.raises(UnknownArticle):
        index.suggestions(APART.id, 3, mine)
    assert suggest_openers(index, mine)
    assert suggest_openers(index, replace(HERE, collections=("default",))) == ()


def test_stories_are_joined_within_the_collection_alone(two: tuple[Index, Index]) -> None:
    index, _ = two
    index.engine.add(
        [replace(FIRST, story="theirs"), replace(LEAD, story="theirs", published=KNOWN.published)], "chat:2"
    )
    index.add(replace(SHARED, title=KNOWN.title, story="mine", lead=2), "chat:1")
    index.add(replace(LEAD, lead=3, story="mine"), "chat:1")  # without a day
    assert [card.story for card in index.articles(Filter(collections=("chat:1",)))] == ["mine", "mine"]
    index.engine.add([replace(FIRST, story="tern|quay|2024-03-01|pellan")], "chat:3")
    dayless = replace(APART, published=None, story="tern|quay||pellan", lead=1)
    index.add(dayless, "chat:1")
    assert index.article(dayless.id, Filter(collections=("chat:1",))).story == dayless.story
    index.add(dayless, "chat:3")
    assert index.article(dayless.id, Filter(collections=("chat:3",))).story == "tern|quay|2024-03-01|pellan"
    index.add(replace(APART, title=KNOWN.title, story="new", lead=4), "chat:2")
    assert {card.story for card in index.articles(Filter(collections=("chat:2",)))} == {"theirs"}, "the test can fail"


def test_a_copy_states_in_each_collection_what_was_stated_there(two: tuple[Index, Index]) -> None:
    index, copy = two
    texts = [APART, SHARED, LEAD, FIRST]
    fill(index, [spoil(article, at) for at, article in enumerate(texts)], strangers_first=True)
    forms = [json.loads(json.dumps(form)) for form in export_articles(index)]
    assert sum(import_articles(copy, forms)) == len(texts)  # type: ignore[arg-type]
    assert list(export_articles(copy)) == list(export_articles(index))
    for names in (("default",), ("chat:1",), ("chat:2",), ("chat:1", "default", "chat:2")):
        within = Filter(collections=names)
        one, other = list(copy.articles(within)), list(index.articles(within))
        assert (one if len(names) == 1 else {*one}) == (other if len(names) == 1 else {*other})
        for card in copy.articles(within):
            assert copy.engine.raw(card.id, names) == index.engine.raw(card.id, names)


def test_an_export_of_before_gives_all_collections_one_card(two: tuple[Index, Index]) -> None:
    index, copy = two
    index.engine.add([FIRST], "a")
    index.engine.add([FIRST], "b")
    kept = index.engine.keep(FIRST.id, b"bytes", "a") and index.engine.keep(FIRST.id, b"bytes", "b")
    (form,) = export_articles(index)
    assert not {"cards", "raws"} & set(form)
    assert list(import_articles(copy, [form])) == [1]
    for name in ("a", "b"):
        assert copy.article(FIRST.id, Filter(collections=(name,))) == FIRST
        assert copy.engine.raw(FIRST.id, (name,)) == (b"bytes" if kept else None)


def test_a_saved_reply_is_checked_against_what_its_collection_states(two: tuple[Index, Index]) -> None:
    index, _ = two
    fill(index, [spoil(article, at) for at, article in enumerate([SHARED, LEAD, FIRST])], strangers_first=True)
    reply = reply_to_dict(index.ask(QUESTIONS[0], filter=HERE))
    for names, holds in ((HERE.collections, True), (("chat:2",), False)):
        shelf = Originals(index, replace(HERE, collections=names))
        found = verify(reply, shelf.find, shelf.stand)
        assert {finding.outcome is Outcome.VERIFIED for finding in found} == {holds}, found
    assert SECRET not in json.dumps(reply)
