"""The versions of a story, looked up in an index for the rule of `index.stories`: every face asks here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from index import Filter, Index
from index.model import Card
from index.stories import Silence, Standing, find_silences, find_standing, pair_to_compare

_FEW = 500
"""Stories that are looked up one by one; beyond, all cards are read."""


def read_clock(within: Filter) -> datetime:
    """Return the time by which an embargo counts as over: the one that the filter states, else the present."""
    return within.now or datetime.now(UTC)


def look_up_versions(index: Index, within: Filter, cards: Collection[Card]) -> tuple[Card, ...]:
    """Return the cards with all versions of their stories, in order of addition.

    The versions are those of the filter's collections, whatever else it limits: a withdrawal counts though it came too
    late to pass.
    """
    stories = tuple(dict.fromkeys(card.story for card in cards if card.story))
    everywhere = Filter(collections=within.collections)
    beside = everywhere if len(stories) > _FEW else replace(everywhere, stories=stories)
    found = {card.id: card for card in index.articles(beside)} if stories else {}
    return tuple((found | {card.id: card for card in cards}).values())


def look_up_silences(index: Index, within: Filter, cards: Collection[Card]) -> Mapping[str, Silence]:
    """Return which of the cards a question within the filter may not cite, and why, by their ids."""
    return find_silences(look_up_versions(index, within, cards), within, read_clock(within))


def look_up_standing(index: Index, within: Filter, card: Card) -> Standing:
    """Return whether a question within the filter may cite the card, and which version is newer."""
    return find_standing(card, look_up_versions(index, within, (card,)), within, read_clock(within))


def look_up_pair(index: Index, within: Filter, card: Card, *, named: bool = True) -> tuple[Card, Card] | None:
    """Return the two versions of the card's story to compare, None where there is one only in view.

    Not `named`, the card stands for its story, not for the version that it is.
    """
    others = index.articles(replace(within, stories=(card.story,))) if card.story else ()
    return pair_to_compare(others, card if named else None, read_clock(within))
