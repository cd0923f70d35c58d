"""What a whole library holds: articles and passages by language, and which collections hold which article."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..engines import Engine
from ..model import Filter


def list_holdings(engine: Engine) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the ids of all articles with their collections, each collection's articles in their order of addition.

    An id comes once, or again where collections took their articles in different orders.
    """
    held: dict[str, list[str]] = {}
    waiting: dict[str, deque[str]] = {}
    order: list[tuple[str, str]] = []
    for name, card in engine.memberships():
        held.setdefault(card.id, []).append(name)
        waiting.setdefault(name, deque()).append(card.id)
        order.append((name, card.id))
    for name, key in order:
        if waiting[name] and waiting[name][0] == key:  # else it came already, together with another collection's
            names = tuple(each for each in held[key] if waiting[each] and waiting[each][0] == key)
            for each in names:
                waiting[each].popleft()
            yield key, names


def count_by_language(engine: Engine) -> dict[str, int]:
    """Return how many articles of a whole library each language has, by code, the most frequent first."""
    found = engine.languages(Filter(collections=tuple(engine.collections())))
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def count_passages(engine: Engine) -> int:
    """Return how many passages a library has in all its languages."""
    return sum(engine.statistics((), language).passages for language in count_by_language(engine))
