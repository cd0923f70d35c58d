"""Make `index/digest/requests.keys` from `requests.txt`: what a text must hold for a phrasing to fit it.

A line for each phrasing, in its order: groups of alternatives, one of each group being in every text that fits, in
small letters. `python -m tests.train.make_keys` after each change of the phrasings; a test tells when it was forgotten.
"""

from __future__ import annotations

import json
import re._constants as op  # the parsed form of a pattern is nowhere public
import re._parser as parser
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from index.digest import requests

MOST = 60
"""Alternatives of a group at most; a longer group tells little."""


def list_keys(pattern: str) -> list[list[str]]:
    """Return the groups of alternatives for a pattern."""
    groups = _find_groups(list(parser.parse(pattern)))
    return [sorted(each) for each in dict.fromkeys(groups) if min(map(len, each)) > 1 and len(each) <= MOST]


def _find_groups(nodes: Sequence[Any]) -> list[frozenset[str]]:
    """Return what every match holds: a run of letters, or one of several where the pattern branches."""
    found, run = [], ""
    for kind, value in [*nodes, (op.AT, None)]:
        if kind is op.LITERAL:
            run += chr(value).lower()
            continue
        if run and kind is op.BRANCH and all(node is op.LITERAL for each in value[1] for node, _ in each):
            found.append(frozenset(run + "".join(chr(one).lower() for _, one in each) for each in value[1]))
            run = ""
            continue
        found += [frozenset([run])] if run else []
        run = ""
        if kind is op.SUBPATTERN:
            found += _find_groups(list(value[3]))
        elif kind is op.BRANCH:
            found += _join([_find_groups(list(each)) for each in value[1]])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
            found += _find_groups(list(value[2]))
    return found


def _join(branches: Iterable[list[frozenset[str]]]) -> list[frozenset[str]]:
    """Return one group of which every branch holds something, [] if there is none."""
    best = [max(groups, key=lambda group: (min(map(len, group)), -len(group)), default=None) for groups in branches]
    return [] if None in best else [frozenset().union(*filter(None, best))]


def make() -> str:
    """Return the file."""
    return "".join(json.dumps(list_keys(text)) + "\n" for _, text in requests.list_phrasings())


def main() -> None:
    """Write the file and say how large it is."""
    path = requests.KEYS
    path.write_text(make(), encoding="ascii")
    print(f"{path.name}: {path.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
