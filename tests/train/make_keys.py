"""Make `requests.keys` and `patterns.keys`: what a text must hold for a phrasing, or a rare pattern, to fit it.

The first has a line for each phrasing of `requests.txt`, in their order; the second an entry for each pattern that is
made with `rare=True`, by its checksum. Each is groups of alternatives, one of each group being in every text that fits,
in small letters. `python -m tests.train.make_keys` after each change of these; a test tells when it was forgotten.
"""

from __future__ import annotations

import json
import pkgutil
import re._constants as op  # the parsed form of a pattern is nowhere public
import re._parser as parser
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

import index
from index import patterns
from index.digest import requests
from index.evidence.answer_types import TYPES
from index.language.wordlists import word_set

MOST = 60
"""Alternatives of a group at most; a longer group tells little."""


_USUAL = word_set("also and are can could did does get had has have how let that what when where which who")
"""Words of many questions, so that to look for them tells little."""


def list_keys(pattern: str, flags: int = 0) -> list[list[str]]:
    """Return the groups of alternatives for a pattern."""
    groups = _find_groups(list(parser.parse(pattern, flags)))
    kept = [_shorten(each) for each in dict.fromkeys(groups) if min(map(len, each)) > 1]
    return [each for each in kept if len(each) <= MOST]


def _find_groups(nodes: Sequence[Any]) -> list[frozenset[str]]:
    """Return what every match holds: a run of letters, or one of several where the pattern branches."""
    found: list[frozenset[str]] = []
    run: list[Any] = []  # the literals that stand before the node
    for kind, value in [*nodes, (op.AT, None)]:
        if kind is op.LITERAL:
            run.append((kind, value))
            continue
        once = _list_literals(value[2]) if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0 else []
        if run and kind is op.BRANCH:
            found += _join([_find_groups([*run, *each]) for each in value[1]]) or [_spell(run)]
        elif run and kind is op.IN and len(value) == len(_list_literals(value)):
            found.append(frozenset(text for each in value for text in _spell([*run, each])))
        elif run or once:
            found.append(_spell([*run, *once]))
        elif kind is op.BRANCH:
            found += _join([_find_groups(list(each)) for each in value[1]])
        run = []
        if kind is op.SUBPATTERN:
            found += _find_groups(list(value[3]))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0 and not once:
            found += _find_groups(list(value[2]))
    return found


def _list_literals(nodes: Iterable[Any]) -> list[Any]:
    """Return nodes that are nothing but literals; [] for any others."""
    listed = list(nodes)
    return listed if all(kind is op.LITERAL for kind, _ in listed) else []


def _spell(literals: Iterable[Any]) -> frozenset[str]:
    return frozenset(["".join(chr(value).lower() for _, value in literals)])


def _join(branches: Iterable[list[frozenset[str]]]) -> list[frozenset[str]]:
    """Return one group of which every branch holds something, [] if there is none."""
    best = [max(groups, key=_rate, default=None) for groups in branches]
    return [] if None in best else [frozenset().union(*filter(None, best))]


def _rate(group: frozenset[str]) -> tuple[bool, bool, int, int]:
    """Return how much it tells of a text that it holds one of these, to compare it with other groups."""
    shortest = min(map(len, group))
    return shortest > 1, _USUAL.isdisjoint(key.strip() for key in group), shortest, -len(group)


def _shorten(group: frozenset[str]) -> list[str]:
    """Return the strings of a group, sorted, without those that hold another."""
    return sorted(key for key in group if not any(other in key for other in group - {key}))


def make_phrasings() -> str:
    """Return `requests.keys`."""
    return "".join(json.dumps(list_keys(text)) + "\n" for _, text in requests.list_phrasings())


def list_rare() -> Iterator[tuple[str, int]]:
    """Yield the text and the flags of each rare pattern of the package."""
    yield from ((patterns.fold(row.asked), 0) for row in TYPES if row.asked)
    for found in pkgutil.walk_packages(index.__path__, "index."):
        if found.name.startswith("index.plugs."):
            continue  # they need what only their tests install
        for each in vars(import_module(found.name)).values():
            if isinstance(each, patterns.Rare):
                yield each.pattern, each.flags


def make_patterns() -> str:
    """Return `patterns.keys`."""
    found = {patterns.checksum(text): list_keys(text, flags) for text, flags in list_rare()}
    lines = (f"{json.dumps(key)}: {json.dumps(groups)}" for key, groups in sorted(found.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """Write the files and say how large they are."""
    for path, text in ((requests.KEYS, make_phrasings()), (patterns.KEYS, make_patterns())):
        path.write_text(text, encoding="ascii")
        print(f"{path.name}: {path.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
