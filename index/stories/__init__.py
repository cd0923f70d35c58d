"""Versions of a story: which one may speak, and which may be named. Every face asks this one rule. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ..model import Card, Filter, Status
from ..moments import as_utc, shift


class Silence(StrEnum):
    """Why an article is not cited."""

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"


class Standing(NamedTuple):
    """How a version stands among those of its story.

    `silence` is why it is not cited, None where it may be. `newer` is the newest version in view, None where that is
    this one: it is cited instead, unless it takes the story back.
    """

    silence: Silence | None = None
    newer: Card | None = None


def order_versions(cards: Iterable[Card]) -> tuple[Card, ...]:
    """Return the versions of one story from first to newest, whoever may see them.

    A correction or withdrawal that states no lead counts as of the last lead before it. Of equal leads, corrections
    come later, then the later published, then the one given later. A text that its file has no longer comes before all.
    """
    versions = tuple(cards)
    if len(versions) < 2:
        return versions

    outdated = _find_outdated(versions)

    def place(numbered: tuple[int, Card]) -> tuple[bool, int, bool, datetime, int]:
        number, card = numbered
        lead = card.lead
        if card.status is not Status.USABLE and not lead:
            before = [other.lead for other in versions if moment_of(other) <= moment_of(card) or card.published is None]
            lead = max([0, *before])
        return card.id not in outdated, lead, card.status is not Status.USABLE, moment_of(card), number

    return tuple(card for _, card in sorted(enumerate(versions), key=place))


def list_versions(cards: Iterable[Card], now: datetime | None = None, named: Card | None = None) -> tuple[Card, ...]:
    """Return the versions of one story that may be named, from first to newest; () when none may.

    One under embargo counts as not there for everybody, unless it is the very version that the asker `named`.
    """
    asked = named.id if named else ""
    return order_versions(card for card in cards if card.id == asked or not is_embargoed(card, now))


def find_silences(
    cards: Iterable[Card], within: Filter | None = None, now: datetime | None = None
) -> dict[str, Silence]:
    """Return the ids of the articles that may not be cited, with the reason.

    Args:
        cards: All versions that the asker may see of the stories in question, whatever else is asked for; an article
            without a story stands alone.
        within: Only versions that pass this filter compete to speak, so that an older lead can be asked for; the newest
            of them speaks. None admits all.
        now: The time by which an embargo counts as over; None keeps every embargo.
    """
    found: dict[str, Silence] = {}
    for group in _group_by_story(cards):
        seen = list_versions(group, now)
        killed = bool(seen) and seen[-1].status is Status.WITHDRAWN
        outdated = _find_outdated(seen) - set(within.articles if within else ())
        for card in group:
            if card.status is Status.WITHDRAWN:
                found[card.id] = Silence.WITHDRAWN
            elif is_embargoed(card, now):
                found[card.id] = Silence.EMBARGOED
            elif killed:
                found[card.id] = Silence.WITHDRAWN
            elif card.id in outdated:
                found[card.id] = Silence.SUPERSEDED
        speaking = [card for card in seen if card.id not in found and (within is None or within.admits(card))]
        found |= {card.id: Silence.SUPERSEDED for card in speaking[:-1]}
    return found


def find_superseded(versions: Collection[Card], within: Filter) -> set[str]:
    """Return the ids of the versions of one story that are superseded at any time; `within` is as in `find_silences`.

    None is where one of them is withdrawn or has an embargo: then why the others may not be cited depends on more.
    """
    if any(card.status is Status.WITHDRAWN or card.embargo is not None for card in versions):
        return set()
    return set(find_silences(versions, within))


def find_hidden(cards: Iterable[Card], within: Filter | None = None, now: datetime | None = None) -> set[str]:
    """Return the ids of the articles under embargo that nothing may name: another version of the story is in view.

    Where `within` names the article, or admits none of the others, the asker means that very version.
    """
    found: set[str] = set()
    for group in _group_by_story(cards):
        held = {card.id for card in group if is_embargoed(card, now)}
        if held and any(card.id not in held and (within is None or within.admits(card)) for card in group):
            found |= held
    return found - set(within.articles if within else ())


def find_standing(
    card: Card, versions: Iterable[Card], within: Filter | None = None, now: datetime | None = None
) -> Standing:
    """Return how a version stands among the versions of its story that the asker may see; it may be one of them.

    `within` and `now` are as in `find_silences`: the newest version is one that passes the filter.
    """
    group = {one.id: one for one in (*versions, card)}.values()
    seen = [one for one in list_versions(group, now, card) if one.id == card.id or within is None or within.admits(one)]
    newer = None if seen[-1].id == card.id else seen[-1]
    return Standing(find_silences(group, within, now).get(card.id), newer)


def stand_alone(card: Card) -> Standing:
    """Return how an article stands of which no other version is known, nor the time: it may take itself back."""
    return Standing(Silence.WITHDRAWN if card.status is Status.WITHDRAWN else None)


def find_current(versions: Iterable[Card], within: Filter | None = None, now: datetime | None = None) -> Card | None:
    """Return the version of one story that speaks, None where none may; `within`, `now` as in `find_silences`."""
    known = tuple(versions)
    silent = find_silences(known, within, now)
    speaking = (card for card in known if card.id not in silent and (within is None or within.admits(card)))
    return next(speaking, None)


def pair_to_compare(
    versions: Iterable[Card], named: Card | None = None, now: datetime | None = None
) -> tuple[Card, Card] | None:
    """Return the older and the newer version of one story that a comparison shows, None where there is one only.

    An older version that was named is compared with the newest. The newest, or a story of which no version was named,
    is compared with the one before it.
    """
    seen = list_versions({one.id: one for one in (*versions, *([named] if named else []))}.values(), now, named)
    if len(seen) < 2:
        return None
    older = next((card for card in seen[:-1] if named and card.id == named.id), seen[-2])
    return older, seen[-1]


def is_embargoed(card: Card, now: datetime | None) -> bool:
    """Tell whether an embargo holds; one that states no zone is over when it is over everywhere."""
    if card.embargo is None:
        return False
    end = shift(as_utc(card.embargo), timedelta(hours=12 if card.embargo.tzinfo is None else 0))
    return now is None or end is None or as_utc(now) < end


def name_embargo(card: Card) -> str:
    """Return how an embargo is told, as in "under embargo until 2024-03-01 12:00"."""
    return f"under embargo{f' until {card.embargo.date()} {card.embargo:%H:%M}' if card.embargo else ''}"


def _find_outdated(cards: Iterable[Card]) -> set[str]:
    """Return the ids of the texts whose file has another one of these texts by now."""
    known = [card for card in cards if card.file]
    present = {card.file for card in known if not card.replaced}
    return {card.id for card in known if card.replaced and card.file in present}


def _group_by_story(cards: Iterable[Card]) -> Iterable[list[Card]]:
    stories: dict[str, list[Card]] = {}
    for card in cards:
        stories.setdefault(card.story or card.id, []).append(card)
    return stories.values()


def moment_of(card: Card) -> datetime:
    """Return when an article was published, the beginning of time where that is not known."""
    return datetime.min.replace(tzinfo=UTC) if card.published is None else as_utc(card.published)
