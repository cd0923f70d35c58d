"""Versions of a story: grouping, which one speaks, and what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article, Filter
from index.model import Card, Status
from index.stories import (
    Silence,
    Standing,
    find_current,
    find_hidden,
    find_silences,
    find_standing,
    is_embargoed,
    list_versions,
    order_versions,
    pair_to_compare,
    stand_alone,
)
from index.stories.changes import Edit, diff
from index.stories.grouping import join_stories, match_story
from tests.support.make_library import made
from tests.support.paths import SEEDS

NOON = datetime(2023, 1, 3, 12, 0, tzinfo=UTC)


def card(name: str, **known: Any) -> Card:
    values: dict[str, Any] = {
        "title": "Harbour closes after crane falls",
        "agency": "Tern Agency",
        "cities": ("Eastmoor",),
        "published": NOON,
        "story": "harbour",
    }
    return Card(id=name, sha256=name, **values | known)


# Which story


def test_a_version_with_the_same_key_joins_it() -> None:
    assert match_story(card("b", lead=1), [card("a")]) == "harbour"


def test_a_recast_headline_joins_by_agency_day_city_and_words() -> None:
    new = card(
        "b", lead=2, title="Divers check harbour wall after crane falls", story="divers", cities=("EASTMOOR", "Rome")
    )
    assert match_story(new, [card("x", story="other", title="Vines freeze"), card("a")]) == "harbour"


@pytest.mark.parametrize(
    "change",
    [
        {"lead": 0},
        {"agency": "Other Agency"},
        {"agency": ""},
        {"published": NOON + timedelta(days=1)},
        {"published": None},
        {"cities": ("Calder",)},
        {"cities": ()},
        {"title": "Frost ruins vineyards of the valley"},
        {"title": "Crane"},
    ],
    ids=lambda change: f"{next(iter(change))}",
)
def test_one_fact_that_differs_keeps_stories_apart(change: dict[str, Any]) -> None:
    new = card("b", lead=1, title="Harbour shut as crane falls", story="shut")
    assert match_story(new, [card("a")]) == "harbour"
    assert match_story(replace(new, **change), [card("a")]) == "shut"


def test_a_correction_joins_though_its_lead_is_the_same() -> None:
    new = card("b", title="Harbour shut as crane falls", story="shut", status=Status.CORRECTED)
    assert match_story(new, [card("a")]) == "harbour"


def test_the_publishers_page_decides_whatever_the_headline_says() -> None:
    known = card("a", url="https://www.tern.example/news/17?utm_source=feed")
    new = card("b", title="Nothing alike", story="else", agency="", url="http://tern.example/news/17/#top")
    assert match_story(new, [known]) == "harbour"
    assert match_story(replace(new, url="http://tern.example/news/18"), [known]) == "else"
    assert match_story(replace(new, url="http://tern.example/news/17?id=2"), [known]) == "else"


def test_a_page_stands_for_a_story_of_which_nothing_else_is_known() -> None:
    first = card("a", story="", url="http://[bad", title="")
    assert match_story(first, []) == "page|http://[bad"
    known = replace(
        first, url="https://tern.example/17", story=match_story(replace(first, url="https://tern.example/17"), [])
    )
    assert known.story == "page|tern.example/17"
    assert match_story(card("b", story="", url="https://tern.example/17"), [known]) == known.story
    assert match_story(card("b", story="", url=""), [known]) == ""


def test_a_batch_is_grouped_among_itself_and_what_was_there_that_day() -> None:
    asked = []

    def on_day(day: date) -> list[Card]:
        asked.append(day)
        return [card("a")] if day == NOON.date() else []

    facts = {"agency": "Tern Agency", "cities": ("Eastmoor",), "published": NOON}
    recast = made(["one."], title="Harbour shut as crane falls", story="shut", lead=1, **facts)
    again = made(["two."], title="Shut as crane falls: divers", story="divers", lead=2, **facts)
    undated = made(["three."], title="Harbour shut as crane falls", story="", lead=1)
    days = [made([f"day {n}."], published=NOON + timedelta(days=n % 40), story=f"s{n}") for n in range(1, 81)]
    found = list(join_stories([recast, again, undated, *days], on_day, list))
    assert [article.story for article in found[:4]] == ["harbour", "harbour", "", "s1"]
    assert found[3:] == days
    assert asked[0] == NOON.date()
    assert len(asked) == 1 + 39 + 41  # the first days were forgotten by the time they came again


def test_a_kill_without_a_day_takes_back_the_newest_story_of_its_headline() -> None:
    key = "harbour-shut|tern agency|{}|eastmoor"
    stored = [card("a", story=key.format("2023-01-03")), card("b", story=key.format("2022-01-03"))]
    stored[1] = replace(stored[1], published=NOON - timedelta(days=365))
    kill = replace(
        made(["one."], title="Harbour shut", agency="Tern Agency", cities=("Eastmoor",)), story=key.format("")
    )
    for change, story in (
        ({"status": Status.WITHDRAWN}, key.format("2023-01-03")),
        ({"lead": 2}, key.format("2023-01-03")),
        ({}, key.format("")),  # a first filing is a story of its own
        ({"lead": 2, "story": key.format("").replace("shut", "open")}, key.format("").replace("shut", "open")),
    ):
        (found,) = join_stories([replace(kill, **change)], lambda _: [], lambda: stored)
        assert found.story == story


def test_an_article_is_no_version_of_itself() -> None:
    assert match_story(card("a", story="own", lead=1), [card("a")]) == "own"


def test_articles_that_belong_to_no_story_are_no_versions_of_each_other() -> None:
    one, other = card("one", story=""), card("other", story="", lead=1, title="Vines freeze", url="https://t.example/2")
    assert match_story(one, [other]) == ""
    assert match_story(replace(one, lead=2), [card("known", story="")]) == "", "there is no story that it could join"
    assert match_story(replace(one, url="https://t.example/1"), [card("b", url="")]) == "page|t.example/1"
    assert find_silences([one, other]) == {}
    recast = card("b", lead=1, title="Harbour shut as crane falls", story="shut")
    alone = card("x", story="", title=recast.title)
    assert match_story(recast, [card("a"), alone]) == "harbour", "the more alike one belongs to no story"
    nameless = [replace(each, agency="") for each in (recast, card("a"))]
    assert match_story(nameless[0], nameless[1:]) == "shut", "two that state no agency need not share one"


def test_two_words_and_half_of_the_shorter_headline_are_the_least_that_two_versions_share() -> None:
    known = card("a", title="Crane falls on Eastmoor ferry pier")

    def joins(title: str) -> bool:
        return match_story(card("b", lead=1, title=title, story="new"), [known]) == "harbour"

    assert joins("Crane falls")
    assert joins("Crane falls, divers search")
    assert not joins("Crane falls, divers search wall")
    assert not joins("Crane")


def test_a_day_that_one_of_two_does_not_state_joins_nothing() -> None:
    new = card("b", lead=1, title="Harbour shut as crane falls", story="shut")
    assert match_story(new, [card("a", published=None)]) == "shut"
    assert match_story(replace(new, published=None), [card("a", published=None)]) == "shut"


def test_a_kill_without_a_day_takes_back_what_came_in_the_same_batch() -> None:
    key = "harbour-shut|tern agency|{}|eastmoor"
    facts = {"title": "Harbour shut", "agency": "Tern Agency", "cities": ("Eastmoor",)}
    filed = replace(made(["one."], published=NOON, **facts), story=key.format("2023-01-03"))
    kill = replace(made(["two."], **facts), story=key.format(""), status=Status.WITHDRAWN)
    _, found = join_stories([filed, kill], lambda _: [], list)
    assert found.story == filed.story


def test_a_kill_without_a_day_takes_back_the_later_of_two_of_one_moment() -> None:
    key = "harbour-shut|tern agency|{}|eastmoor"
    stored = [card("a", story=key.format("2023-01-02")), card("b", story=key.format("2023-01-03"))]
    kill = replace(made(["one."], title="Harbour shut"), story=key.format(""), status=Status.WITHDRAWN)
    (found,) = join_stories([kill], lambda _: [], lambda: stored)
    assert found.story == key.format("2023-01-03")


# Which one speaks


def test_the_newest_lead_speaks() -> None:
    cards = [card("c", lead=2), card("a"), card("b", lead=1), card("alone", story="")]
    assert [version.id for version in order_versions(cards[:3])] == ["a", "b", "c"]
    assert find_silences(cards) == {"a": Silence.SUPERSEDED, "b": Silence.SUPERSEDED}


def test_an_older_lead_speaks_when_it_is_asked_for() -> None:
    cards = [card("a"), card("b", lead=1), card("c", lead=2)]
    assert find_silences(cards, Filter(lead=1)) == {}
    assert find_silences(cards, Filter(articles=("a",))) == {}
    assert find_silences(cards, Filter(until=NOON)) == {}


def test_a_correction_without_a_lead_follows_the_leads_before_it() -> None:
    later = NOON + timedelta(hours=1)
    cards = [
        card("fix", status=Status.CORRECTED, published=later),
        card("b", lead=1),
        card("c", lead=2, published=later + timedelta(hours=1)),
        card("a"),
    ]
    assert [version.id for version in order_versions(cards)] == ["a", "b", "fix", "c"]
    undated = [card("fix", status=Status.CORRECTED, published=None), card("b", lead=1)]
    assert [version.id for version in order_versions(undated)] == ["b", "fix"]


def test_of_equals_the_later_published_then_the_later_added_is_newer() -> None:
    cards = [card("late", published=NOON + timedelta(minutes=1)), card("early"), card("also")]
    assert [version.id for version in order_versions(cards)] == ["early", "also", "late"]


def test_a_kill_silences_the_whole_story_until_a_newer_version() -> None:
    kill = card("kill", status=Status.WITHDRAWN, published=NOON + timedelta(hours=1))
    cards = [card("a"), card("b", lead=1), kill]
    assert set(find_silences(cards).values()) == {Silence.WITHDRAWN}
    assert set(find_silences(cards)) == {"a", "b", "kill"}
    assert find_silences(cards, Filter(lead=1))["b"] is Silence.WITHDRAWN
    anew = card("d", lead=2, published=NOON + timedelta(hours=2))
    assert find_silences([*cards, anew]) == {
        "a": Silence.SUPERSEDED,
        "b": Silence.SUPERSEDED,
        "kill": Silence.WITHDRAWN,
    }
    assert find_silences([card("x", story="", status=Status.WITHDRAWN)]) == {"x": Silence.WITHDRAWN}


def test_a_correction_that_states_its_lead_corrects_that_one() -> None:
    first, fifth = card("first", lead=1), card("fifth", lead=5, published=NOON + timedelta(hours=2))
    correction = card("second", lead=2, status=Status.CORRECTED, published=NOON + timedelta(hours=3))
    assert order_versions([correction, fifth, first]) == (first, correction, fifth)


def test_a_correction_of_the_same_moment_follows_the_lead() -> None:
    lead, correction = card("lead", lead=3), card("correction", status=Status.CORRECTED)
    assert order_versions([correction, lead]) == (lead, correction)


def test_a_text_that_its_file_has_no_longer_comes_first_and_never_speaks() -> None:
    old, new = card("old", lead=5, file="/news/a.txt", replaced=True), card("new", lead=1, file="/news/a.txt")
    assert order_versions([new, old]) == (old, new)
    assert find_silences([old, new], Filter(lead=5)) == {"old": Silence.SUPERSEDED}
    elsewhere = replace(new, file="/news/b.txt")
    assert find_silences([old, elsewhere]) == {"new": Silence.SUPERSEDED}, "no text of its file has taken its place"


def test_a_version_that_the_filter_leaves_out_is_still_the_newest() -> None:
    first, second = card("first", lead=1), card("second", lead=2)
    assert find_standing(second, [first, second], Filter(lead=1)).newer is None
    assert find_standing(first, [first, second], Filter(lead=1)).newer is None


def test_an_embargo_to_the_calendars_end_is_never_over() -> None:
    assert is_embargoed(card("held", embargo=datetime.max), NOON)


def test_an_embargo_holds_until_its_end_and_without_a_clock_for_good() -> None:
    held = card("b", lead=1, embargo=NOON)
    cards = [card("a"), held]
    assert find_silences(cards) == {"b": Silence.EMBARGOED}
    assert find_silences(cards, now=NOON - timedelta(seconds=1)) == {"b": Silence.EMBARGOED}
    assert find_silences(cards, now=NOON.astimezone(timezone(timedelta(hours=9)))) == {"a": Silence.SUPERSEDED}


def test_an_embargo_without_a_zone_ends_when_it_is_over_everywhere() -> None:
    held = card("b", embargo=datetime(2023, 1, 3, 12, 0))
    assert find_silences([held], now=NOON + timedelta(hours=11, minutes=59)) == {"b": Silence.EMBARGOED}
    assert find_silences([held], now=NOON + timedelta(hours=12)) == {}


def test_a_kill_under_embargo_does_not_count_yet() -> None:
    kill = card("kill", lead=1, status=Status.WITHDRAWN, embargo=NOON)
    assert find_silences([card("a"), kill]) == {"kill": Silence.WITHDRAWN}


def test_an_embargoed_version_counts_as_not_there() -> None:
    later = NOON + timedelta(hours=1)
    kill = card("kill", lead=1, status=Status.WITHDRAWN)
    held = card("held", lead=2, embargo=later)
    withdrawn = {"a": Silence.WITHDRAWN, "kill": Silence.WITHDRAWN, "held": Silence.EMBARGOED}
    assert find_silences([card("a"), kill, held]) == withdrawn  # it brings no killed story back
    held_before = card("held", lead=3, embargo=later, published=NOON - timedelta(hours=1))
    unmarked = card("fix", status=Status.CORRECTED)
    cards = [card("a"), unmarked, held_before, card("b", lead=1, published=later)]
    assert find_silences(cards) == {"a": Silence.SUPERSEDED, "fix": Silence.SUPERSEDED, "held": Silence.EMBARGOED}
    assert [version.id for version in list_versions(cards)] == ["a", "fix", "b"]
    assert [version.id for version in list_versions(cards, named=held_before)] == ["a", "b", "held", "fix"]
    assert [version.id for version in list_versions(cards, later)] == ["a", "b", "held", "fix"]
    assert list_versions([held]) == ()


def test_what_is_under_embargo_is_hidden_beside_another_version_but_from_who_names_it() -> None:
    cards = [card("a"), card("b", lead=1, embargo=NOON), card("alone", story="", embargo=NOON)]
    assert find_hidden(cards) == {"b"}
    assert find_hidden(cards, Filter(lead=1)) == set()
    assert find_hidden(cards, Filter(articles=("b",))) == set()
    assert find_hidden(cards, Filter(articles=("a", "b"))) == set()
    assert find_hidden(cards, Filter(sources=("tern",))) == {"b"}
    assert find_hidden(cards, now=NOON) == set()


@pytest.mark.parametrize(
    ("change", "silence"),
    [
        ({"status": Status.WITHDRAWN}, Silence.WITHDRAWN),
        ({"status": Status.CORRECTED}, Silence.SUPERSEDED),
        ({"lead": 1}, Silence.SUPERSEDED),
        ({"lead": 1, "embargo": NOON}, None),
    ],
    ids=["killed", "corrected", "lead", "embargoed"],
)
def test_how_the_first_filing_stands_after_a_second(change: dict[str, Any], silence: Silence | None) -> None:
    second = card("second", published=NOON + timedelta(hours=1), **change)
    standing = find_standing(card("a"), [card("a"), second])
    assert standing == Standing(silence, None if silence is None else second)
    assert find_standing(second, [card("a")]).newer is None


def test_the_newest_version_is_one_that_passes_the_filter_and_of_equals_the_one_added_last() -> None:
    cards = [card("a"), card("b", lead=1), card("c", lead=2)]
    assert find_standing(cards[0], cards, Filter(lead=1)).newer == cards[1]
    assert find_standing(cards[0], cards, Filter(articles=("a",))) == Standing()
    equals = [card("first"), card("second")]
    assert find_standing(equals[1], equals) == Standing()
    assert find_standing(equals[0], equals) == Standing(Silence.SUPERSEDED, equals[1])


def test_an_article_alone_is_silenced_by_its_own_withdrawal_only() -> None:
    assert stand_alone(card("a", embargo=NOON)) == Standing()
    assert stand_alone(card("a", status=Status.WITHDRAWN)) == Standing(Silence.WITHDRAWN)


CARDS = st.builds(
    card,
    st.uuids().map(str),
    lead=st.integers(0, 2),
    status=st.sampled_from(Status),
    published=st.sampled_from([None, NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2)]),
    embargo=st.sampled_from([None, NOON, NOON + timedelta(days=1)]),
)


@given(st.lists(CARDS, min_size=1, max_size=6), st.sampled_from([None, Filter(lead=1), Filter(until=NOON)]))
def test_one_version_speaks_at_most_and_all_answers_of_the_rule_agree(cards: list[Card], within: Filter | None) -> None:
    now = NOON + timedelta(hours=3)
    silent = find_silences(cards, within, now)
    admitted = [one for one in cards if within is None or within.admits(one)]
    speaking = [one for one in admitted if one.id not in silent]
    assert len(speaking) <= 1
    assert find_current(cards, within, now) == (speaking[0] if speaking else None)
    assert find_hidden(cards, within, now) <= silent.keys()
    for one in admitted:
        standing = find_standing(one, cards, within, now)
        assert standing.silence == silent.get(one.id)
        if standing.silence is Silence.SUPERSEDED:
            assert standing.newer == speaking[0]
        assert standing.newer is None or not is_embargoed(standing.newer, now)
        if standing.silence is None:
            assert standing.newer is None


# Which two are compared


def test_an_older_version_is_compared_with_the_newest_and_the_newest_with_the_one_before() -> None:
    first, second, third = cards = [card("a"), card("b", lead=1), card("c", lead=2)]
    assert pair_to_compare(cards) == (second, third)
    assert pair_to_compare(cards, third) == (second, third)
    assert pair_to_compare(cards, second) == (second, third)
    assert pair_to_compare(cards, first) == (first, third)
    assert pair_to_compare([first]) is None
    assert pair_to_compare([], first) is None
    assert pair_to_compare([second], first) == (first, second)


def test_an_embargoed_version_is_compared_only_where_it_is_named() -> None:
    first, second, held = cards = [card("a"), card("b", lead=1), card("c", lead=2, embargo=NOON)]
    assert pair_to_compare(cards) == pair_to_compare(cards, first) == pair_to_compare(cards, second) == (first, second)
    assert pair_to_compare(cards, held) == (second, held)
    assert pair_to_compare([first, held]) is None
    assert pair_to_compare(cards, second, NOON) == (second, held)


# What changed


def changes(old: list[str], new: list[str]) -> list[tuple[Edit, str | None, str | None]]:
    first, second = made(old), made(new)
    return [
        (change.edit, change.old and first.quote(change.old), change.new and second.quote(change.new))
        for change in diff(first, second)
    ]


def test_sentences_added_dropped_and_changed() -> None:
    old = ["The port closed on Thursday.", "Nobody was hurt in the fall.", "It opens on Saturday."]
    new = ["The port closed late on Thursday.", "Divers will look at the wall.", "It opens on Saturday."]
    assert changes(old, new) == [
        (Edit.CHANGED, old[0], new[0]),
        (Edit.ADDED, None, new[1]),
        (Edit.DROPPED, old[1], None),
    ]


def test_a_dropped_sentence_before_a_changed_one_comes_first() -> None:
    assert changes(["Gone it is.", "One two three four."], ["One two three five."]) == [
        (Edit.DROPPED, "Gone it is.", None),
        (Edit.CHANGED, "One two three four.", "One two three five."),
    ]


def test_moved_sentences_and_white_space_are_no_change() -> None:
    assert changes(["A b c.", "D e f.", "G h i."], ["G h i.", "A  b c.", "D e f."]) == []
    assert changes(["A b c.", "A b c.", "D e f."], ["D e f.", "A b c."]) == [(Edit.DROPPED, "A b c.", None)]


def test_long_stretches_are_not_compared_one_by_one() -> None:
    old, new = (
        [f"old {number} same words." for number in range(101)],
        [f"new {number} same words." for number in range(101)],
    )
    found = changes(old, new)
    assert {edit for edit, _, _ in found} == {Edit.ADDED, Edit.DROPPED}
    assert len(found) == 202


@given(st.lists(st.sampled_from(["a b.", "c d.", "a c.", "e f g.", "e f h."]), max_size=8), st.data())
def test_every_sentence_of_a_change_is_from_its_side(old: list[str], data: st.DataObject) -> None:
    new = data.draw(st.lists(st.sampled_from(["a b.", "c d.", "x y.", "e f g.", "e f i."]), max_size=8))
    found = changes(old, new)
    gone = [before for _, before, _ in found if before is not None]
    came = [after for _, _, after in found if after is not None]
    assert sorted(old + came) == sorted(new + gone)


def test_the_leads_of_one_seed_story_are_one_story() -> None:
    first, second = (Article.from_text((SEEDS / f"exercises-{n}.txt").read_text(encoding="utf-8")) for n in (1, 2))
    assert match_story(second, [first.card]) == first.story
    assert find_silences([first, second]) == {first.id: Silence.SUPERSEDED}
    edits = {change.edit for change in diff(first, second)}
    assert Edit.ADDED in edits
    assert len(edits) > 1
