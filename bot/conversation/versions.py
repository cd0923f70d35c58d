"""Look up the versions of a story in an index and apply the rule of `index.stories`; every face asks here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from index import Filter, Index
from index.model import Card
from index.stories import Silence, Standing, find_silences, find_standing, pair_to_compare

_FEW = 500
"""Stories that are looked up by name; for more, all cards are read."""


def read_clock(within: Filter) -> datetime:
    """Return the time at which embargoes are judged: the filter's, else the present."""
    return within.now or datetime.now(UTC)


def look_up_versions(index: Index, within: Filter, cards: Collection[Card]) -> tuple[Card, ...]:
    """Return the cards with all versions of their stories, in order of addition.

    The versions are those in the filter's collections, whatever else it limits: a withdrawal counts even if its date
    is outside the filter.
    """
    stories = tuple(dict.fromkeys(card.story for card in cards if card.story))
    everywhere = Filter(collections=within.collections)
    beside = everywhere if len(stories) > _FEW else replace(everywhere, stories=stories)
    found = {card.id: card for card in index.articles(beside)} if stories else {}
    return tuple((found | {card.id: card for card in cards}).values())


def look_up_silences(index: Index, within: Filter, cards: Collection[Card]) -> Mapping[str, Silence]:
    """Return the cards that a question within the filter may not cite, by id, with the reasons."""
    return find_silences(look_up_versions(index, within, cards), within, read_clock(within))


def look_up_standing(index: Index, within: Filter, card: Card) -> Standing:
    """Return whether a question within the filter may cite the card, and which version is newer."""
    return find_standing(card, look_up_versions(index, within, (card,)), within, read_clock(within))


def look_up_pair(index: Index, within: Filter, card: Card, *, named: bool = True) -> tuple[Card, Card] | None:
    """Return the two versions of the card's story to compare, None if only one is in view.

    Unless `named`, the card stands for its story, not for its own version.
    """
    others = index.articles(replace(within, stories=(card.story,))) if card.story else ()
    return pair_to_compare(others, card if named else None, read_clock(within))
