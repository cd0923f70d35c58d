"""Files whose text has changed: the new text is the newest version, the old ones are told as superseded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from index import Article, Filter, Index, open_index
from index.errors import CorruptIndex
from index.model import Card, Status
from index.stories import Silence, find_current, find_silences, find_standing, order_versions, pair_to_compare
from index.stories.edits import follow_edits
from tests.support.make_library import made

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def card(key: str, **known: object) -> Card:
    return Card(**{"id": key, "sha256": key, "file": "/a", "story": "s"} | known)  # type: ignore[arg-type]


def test_only_the_text_that_the_file_has_speaks_whatever_the_others_state() -> None:
    olds = (
        card("1", replaced=True, lead=3, published=datetime(2030, 1, 1)),
        card("2", replaced=True, status=Status.CORRECTED),
        card("3", replaced=True, status=Status.WITHDRAWN),
    )
    new = card("4")
    for cards in ((*olds, new), (new, *olds)):
        assert find_current(cards, now=NOW) == new
        assert find_silences(cards, now=NOW).keys() == {"1", "2", "3"}
        assert order_versions(cards)[-1] == new
        assert find_standing(olds[0], cards, now=NOW).newer == new
        assert pair_to_compare(cards, olds[0], NOW) == (olds[0], new)


def test_no_filter_makes_a_replaced_text_speak_but_its_own_id() -> None:
    old, new = card("1", replaced=True, lead=1, published=datetime(2023, 1, 1)), card("2", published=NOW)
    for within in (Filter(lead=1), Filter(until=datetime(2023, 6, 1))):
        assert find_current((old, new), within, NOW) is None
        assert find_silences((old, new), within, NOW) == {"1": Silence.SUPERSEDED}
    assert find_current((old, new), Filter(articles=("1",)), NOW) == old


def test_without_the_newer_text_in_view_the_old_one_speaks() -> None:
    old = card("1", replaced=True)
    assert find_current((old,), now=NOW) == old
    assert find_current((old, card("2", embargo=datetime(2030, 1, 1))), now=NOW) == old
    assert find_current((old, card("2", file="/b", lead=1)), now=NOW) == card("2", file="/b", lead=1)


def test_a_withdrawal_that_a_file_took_back_holds_no_longer() -> None:
    killed, good = card("1", replaced=True, status=Status.WITHDRAWN), card("2")
    assert find_silences((killed, good), now=NOW) == {"1": Silence.WITHDRAWN}
    killed, good = card("1", status=Status.WITHDRAWN), card("2", replaced=True)
    assert find_current((good, killed), now=NOW) is None


def test_a_text_that_cannot_be_read_does_not_stop_its_successor() -> None:
    new = made(["new"], file="/a")
    assert list(follow_edits([new], lambda files: [card("1", story="")], lambda card: None)) == [
        replace(new, story=next(follow_edits([new], lambda files: [card("1", story="")], lambda card: None)).story)
    ]


def test_files_are_looked_up_a_hundred_at_a_time_and_articles_without_file_never() -> None:
    asked: list[tuple[str, ...]] = []

    def find(files: tuple[str, ...]) -> list[Card]:
        asked.append(files)
        return []

    articles = [made([f"number {at}"], file=f"/{at}" if at % 2 else "") for at in range(600)]
    assert list(follow_edits(articles, find, lambda card: None)) == articles
    assert len(asked) == 6
    assert sum(map(len, asked)) == 300


@pytest.fixture(params=["memory:", "disk:"])
def index(request: pytest.FixtureRequest, tmp_path: object) -> Index:
    return open_index(request.param if request.param == "memory:" else f"disk:{tmp_path}/library")


def text(number: int, title: str = "Ferry sinks off Larn") -> Article:
    return replace(Article.from_text(f"{title}\n\nThe ferry to Larn sank with {number} people aboard.\n"), file="/a")


def told(index: Index) -> list[str]:
    reply = index.ask("How many people were aboard the ferry?")
    return [citation.text.split()[6] for citation in reply.citations]


def test_each_new_text_replaces_the_last_and_an_old_one_may_come_back(index: Index) -> None:
    seen = []
    for number, title in (
        (1, "Ferry sinks"),
        (2, "Ferry sinks"),
        (1, "Ferry sinks"),
        (3, "Boat down"),
        (2, "Ferry sinks"),
    ):
        seen.append(index.add(text(number, title)))
        assert told(index) == [str(number)]
        cards = list(index.articles())
        assert sum(not each.replaced for each in cards) == 1
        assert len({each.story for each in cards}) == 1
    assert seen == [1, 1, 0, 1, 0]
    index.close()


def test_two_texts_of_one_file_in_one_batch_leave_the_second(index: Index) -> None:
    index.add([text(1), text(2)])
    assert told(index) == ["2"]
    index.add([text(3), text(1)])
    assert told(index) == ["1"]
    index.close()


def test_collections_do_not_replace_each_others_texts(index: Index) -> None:
    index.add(text(1))
    index.add(text(2), "other")
    assert told(index) == ["1"]
    assert [each.replaced for each in index.articles(Filter(collections=("default", "other")))] == [False, False]
    index.close()


def test_a_damaged_old_text_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index("memory:") as index:
        index.add(text(1))
        old = index.engine.article

        def damaged(key: str, collections: tuple[str, ...]) -> Article:
            if key == text(1).id:
                raise CorruptIndex("memory:", "is damaged")
            return old(key, collections)

        monkeypatch.setattr(index.engine, "article", damaged)
        assert index.add(text(2)) == 1
