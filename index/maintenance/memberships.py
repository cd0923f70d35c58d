"""Which collections hold which article, in an order that a copy of the library can be made in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..engines import Engine


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
