"""Actions struck at every point where a process may die; prints what was found after each, as one line of JSON.

python -m tests.faults.crash_points ACTION FOLDER
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.support.crash_points import strike

OLD, NEW = b"old\n" * 5_000, b"new\n" * 50_000


def write(folder: Path) -> Counter[str]:
    """Replace a file; count which one is there after each kill, and the most files that ever lie beside it."""
    from index.files import WholeFile

    target = folder / "out.jsonl"

    def act() -> None:
        with WholeFile(target) as file:
            for at in range(0, len(NEW), 40_000):
                file.write(NEW[at : at + 40_000])

    states: Counter[str] = Counter()
    target.write_bytes(OLD)
    for _ in strike(act, by_line="index/files.py"):
        found = target.read_bytes()
        states["old" if found == OLD else "new" if found == NEW else "neither"] += 1
        states["beside"] = max(states["beside"], len(list(folder.iterdir())) - 1)
        target.write_bytes(OLD)
    states["at the end"] = (target.read_bytes() == NEW) + len(list(folder.iterdir())) - 1
    return states


ACTIONS: dict[str, Callable[[Path], Counter[str]]] = {"write": write}


if __name__ == "__main__":
    print(json.dumps(ACTIONS[sys.argv[1]](Path(sys.argv[2]))))
