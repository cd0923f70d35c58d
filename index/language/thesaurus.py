"""Words that stand for each other, and words that say the opposite: `synonyms.txt` and `opposites.txt`, all our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from .terms import analyse, analyse_word


def synonyms(term: str) -> frozenset[str]:
    """Return the terms that newspapers use in place of this one, those of all groups that it is in."""
    return frozenset([other for group in groups().get(term, ()) for other in group if other != term])


@cache
def groups() -> Mapping[str, Sequence[tuple[str, ...]]]:
    """Return for each term the groups of `synonyms.txt` that it is in: a line's words may stand for each other."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in Path(__file__).with_name("synonyms.txt").read_text("utf-8").splitlines():
        group = tuple([term for word in line.split() for term in analyse_word(word)])
        for term in group:
            found.setdefault(term, []).append(group)
    return found


@cache
def opposites() -> Mapping[str, frozenset[str]]:
    """Return for each term its opposites, from `opposites.txt`: on a line, the first word is that of all others."""
    found: dict[str, set[str]] = {}
    for line in Path(__file__).with_name("opposites.txt").read_text("utf-8").splitlines():
        first, *others = (analyse(word) for word in line.split())
        for one, other in ((one, other) for one in first for each in others for other in each):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {term: frozenset(others - {term}) for term, others in found.items()}
