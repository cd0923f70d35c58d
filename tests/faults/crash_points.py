"""Actions struck at every point where a process may die; prints what was found after each, as one line of JSON.

python -m tests.faults.crash_points ACTION FOLDER
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.support.crash_points import Vfs, strike

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


def acknowledge(folder: Path) -> dict[str, list[str]]:
    """Return which SQLite files a power cut could still undo at the end of each call that acknowledges something."""
    from bot.telegram.chats.sqlite import BotFile
    from index.engines.disk import DiskEngine
    from tests.faults.disk_faults import story

    watched = Vfs()
    found: dict[str, list[str]] = {}
    library, inbox = DiskEngine(str(folder / "library")), BotFile(folder / "telegram.sqlite")
    library.add([story(0)], "default")
    assert len(library) == 1  # it stays open, so that closing the writer moves nothing from the log to the file
    calls: dict[str, Callable[[], object]] = {
        "add": lambda: library.add(map(story, (1, 2)), "default"),
        "join": lambda: library.add([story(1)], "other"),
        "keep": lambda: library.keep(story(1).id, b"source", "default"),
        "remove": lambda: library.remove(story(2).id, "default"),
        "receive": lambda: inbox.receive([(1, {"update_id": 1}), (2, {"update_id": 2})], 0.0),
        "begin": lambda: inbox.begin(1),
        "receive after others": lambda: inbox.receive([(3, {"update_id": 3})], 0.0),
    }
    for name, call in calls.items():
        before = watched.writes
        call()
        assert watched.writes > before, f"{name} wrote nothing"
        found[name] = sorted(watched.unsynced)
    return found


ACTIONS: dict[str, Callable[[Path], object]] = {"write": write, "acknowledge": acknowledge}


if __name__ == "__main__":
    print(json.dumps(ACTIONS[sys.argv[1]](Path(sys.argv[2]))))
