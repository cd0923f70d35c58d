"""Synonyms and opposites, from `synonyms.txt` and `opposites.txt`, which are our own, and words of plain English.

To make the terms of 8,000 words takes as long as an answer, so they are kept as `synonyms.terms` and `plain.terms`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from .terms import analyse

SYNONYMS, PLAIN = (Path(__file__).with_name(f"{name}.terms") for name in ("synonyms", "plain"))
"""The terms of the groups of `synonyms.txt`, and of all words of the word lists and of `punkt.json`."""


@lru_cache(4096)
def find_synonyms(term: str) -> frozenset[str]:
    """Return the terms that newspapers use in place of this one: the others of every group that it is in."""
    return frozenset([other for group in load_groups().get(term, ()) for other in group if other != term])


@cache
def load_groups() -> Mapping[str, Sequence[tuple[str, ...]]]:
    """Return for each term the groups of `synonyms.txt` that it is in; each line is a group of synonyms."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in SYNONYMS.read_text("utf-8").splitlines():
        group = tuple(line.split())
        for term in group:
            found.setdefault(term, []).append(group)
    return found


@cache
def load_opposites() -> Mapping[str, frozenset[str]]:
    """Return for each term its opposites; on each line of `opposites.txt` the first word is that of all others."""
    found: dict[str, set[str]] = {}
    for line in Path(__file__).with_name("opposites.txt").read_text("utf-8").splitlines():
        first, *others = (analyse(word) for word in line.split())
        for one, other in ((one, other) for one in first for each in others for other in each):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {term: frozenset(others - {term}) for term, others in found.items()}


@cache
def load_small_words() -> frozenset[str]:
    """Return the words that our training texts write small within sentences: some 4,000, with their endings."""
    return frozenset(json.loads(Path(__file__).with_name("punkt.json").read_text("utf-8"))["small"].split())


@cache
def load_plain_terms() -> frozenset[str]:
    """Return the terms of plain English that the word lists hold, some 3,500."""
    return frozenset(PLAIN.read_text("utf-8").split())
