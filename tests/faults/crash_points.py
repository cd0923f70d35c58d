"""Actions struck at every point where a process may die; prints what was found after each, as one line of JSON.

python -m tests.faults.crash_points ACTION FOLDER
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock  # noqa: F401 - loaded once, for all that are forked
import tantivy  # noqa: F401

import index.engines.disk.reindex
import index.reading.article  # noqa: F401
from index import open_index
from index.engines.disk.records import RecordFile
from index.files import WholeFile
from index.maintenance import cluster, library
from tests.faults.disk_faults import look, open_library, rebuild_library, story
from tests.support.crash_points import Vfs, leave_apart, run_apart, strike

OLD, NEW = b"old\n" * 5_000, b"new\n" * 50_000


def write(folder: Path) -> Counter[str]:
    """Replace a file; count which one is there after each kill, and the most files that ever lie beside it."""
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

    watched = Vfs()
    found: dict[str, list[str]] = {}
    engine, inbox = open_library(str(folder / "library")), BotFile(folder / "telegram.sqlite")
    engine.add([story(0)], "default")
    assert len(engine) == 1  # it stays open, so that closing the writer moves nothing from the log to the file
    calls: dict[str, Callable[[], object]] = {
        "add": lambda: engine.add(map(story, (1, 2)), "default"),
        "join": lambda: engine.add([story(1)], "other"),
        "keep": lambda: engine.keep(story(1).id, b"source", "default"),
        "remove": lambda: engine.remove(story(2).id, "default"),
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


NUMBERS = list(range(1, 13))


def damage(folder: Path) -> None:
    """Make a library whose last commits are still in SQLite's log, and zero a page that leads to others."""
    engine = open_library(str(folder))
    engine.add(map(story, range(40, 50)), "default")  # and gone again, so that the saved file differs in every page
    engine.add(map(story, NUMBERS), "default")
    for number in range(40, 50):
        engine.remove(story(number).id, "default")
    engine.close()
    engine = open_library(str(folder))
    assert len(engine) == len(NUMBERS)  # so that it is open, and what follows stays in the log
    engine.add(map(story, NUMBERS[:3]), "other")
    file = folder / "library.sqlite"
    data = bytearray(file.read_bytes())
    with RecordFile(file) as records:
        logged = set(records._frames)
    start = next(at for at in range(4096, len(data), 4096) if at // 4096 + 1 not in logged and data[at] == 5)
    data[start : start + 4096] = bytes(4096)
    file.write_bytes(data)
    os._exit(0)  # closing would empty the log


def salvage(folder: Path, stride: int) -> dict[str, Any]:
    """Rebuild a damaged library; count what a reader finds after each kill, and what the next rebuild leaves."""
    whole, work = folder / "whole", folder / "work"
    leave_apart(lambda: damage(whole))

    def prepare() -> None:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(whole, work)

    def look_at_it() -> list[Any]:
        found = look(str(work))
        return ["library", found["members"], found["wrong"]]

    def rebuild_again() -> list[Any]:
        done = rebuild_library(str(work))
        names = sorted(path.name for path in work.iterdir() if path.suffix != ".lock" and path.name != "reserve")
        return [done.articles, list(done.lost), [name for name in names if not name.startswith("passages-")]]

    def act() -> None:
        with open_index(f"disk:{work}"):  # a reader keeps SQLite from emptying the log before
            rebuild_library(str(work))

    seen: Counter[str] = Counter()
    prepare()
    for _ in strike(act, stride=stride):
        read = run_apart(look_at_it)
        seen[json.dumps(read[:1] if read[0] == "CorruptIndex" else read)] += 1
        seen[json.dumps(run_apart(rebuild_again))] += 1
        seen["points"] += 1
        prepare()
    return dict(seen) | {"at the end": run_apart(look_at_it)}


def copy(folder: Path, stride: int, by: str) -> dict[str, Any]:
    """Copy a library by `import` or `migrate`; count which articles are there after each kill, and after a repeat."""
    source, target = folder / "source", folder / "target"
    run_apart(lambda: open_index(f"disk:{source}").engine.add(map(story, NUMBERS), "default"))
    forms = run_apart(lambda: list(library.export_articles(open_index(f"disk:{source}"))))
    library._BATCH = cluster._BATCH = 4  # type: ignore[misc] - several batches

    def act() -> None:
        with open_index(f"disk:{source}") as old, open_index(f"disk:{target}") as new:
            if by == "migrate":
                cluster.migrate(old, new)
            else:
                list(library.import_articles(new, forms))

    def look_at_it() -> list[Any]:
        found = look(str(target))
        numbers = found["members"].get("default", [])  # its passages are those of the present analyser, not of `story`
        return [len(numbers), numbers == NUMBERS[: len(numbers)]]

    def repeat() -> list[Any]:
        act()
        return look_at_it()

    seen: Counter[str] = Counter()
    for _ in strike(act, stride=stride):
        seen[json.dumps(run_apart(look_at_it))] += 1
        seen[f"again {json.dumps(run_apart(repeat))}"] += 1
        seen["points"] += 1
        shutil.rmtree(target, ignore_errors=True)
    return dict(seen)


ACTIONS: dict[str, Callable[[Path, int], object]] = {
    "write": lambda folder, _: write(folder),
    "acknowledge": lambda folder, _: acknowledge(folder),
    "salvage": salvage,
    "import": lambda folder, stride: copy(folder, stride, "import"),
    "migrate": lambda folder, stride: copy(folder, stride, "migrate"),
}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(json.dumps(ACTIONS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 1)))
