"""What five fixed jobs cost in instructions of the processor, which do not depend on what else the machine does.

    python -m tests.bench.instructions [--write]        needs Valgrind on an x86-64; `make bench-check`

Each job is done once, so that all it needs is loaded, and then once counted, with other words. A count is told in
those of a yardstick, a piece of plain Python, so that another build of Python tells much the same. The exit code is 1
if a job takes over a tenth more than `instructions.json` says; `--write` puts there what was counted.
"""

from __future__ import annotations

import ctypes
import gc
import json
import mmap
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.support.paths import ROOT, SEEDS

COUNTS = ROOT / "tests" / "bench" / "instructions.json"
MOST = 1.1
PASSAGES = 1000
ASKED = 3
STORY = "storm-tamsin"

_ZERO, _DUMP, _START, _STOP = 0x43540001, 0x43540003, 0x43540004, 0x43540005  # requests of callgrind.h
_CALL = bytes.fromhex("4889f8 31d2 48c1c703 48c1c70d 48c1c73d 48c1c733 4887db 4889d0 c3")
"""A function of the x86-64: its argument, the address of a request, goes to rax; the five instructions that follow do
nothing, and by them Valgrind knows a request (valgrind.h)."""


class Callgrind:
    """Speaks to the Valgrind that runs this process; without one nothing is counted."""

    def __init__(self) -> None:
        self._code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        self._code.write(_CALL)
        place = ctypes.addressof(ctypes.c_char.from_buffer(self._code))
        self._send = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p)(place)

    def count(self, name: str, job: Callable[[], object]) -> None:
        """Do a job and have its instructions written down under a name."""
        label = ctypes.create_string_buffer(name.encode())
        gc.collect()
        gc.disable()  # when it is due depends on all that was done before
        self._ask(_START)
        self._ask(_ZERO)  # or what threads of an earlier job did is told here
        job()
        self._ask(_DUMP, ctypes.addressof(label))
        self._ask(_STOP)
        gc.enable()

    def _ask(self, request: int, value: int = 0) -> None:
        self._send(ctypes.byref((ctypes.c_size_t * 6)(request, value)))


def prepare(folder: Path) -> None:
    """Make the library that is asked; nothing of it is counted."""
    from index import article_from, open_index
    from tests.support.make_library import stories

    made = list(stories(PASSAGES))
    with open_index(f"disk:{folder}/library", meaning=False) as library:
        library.add(article_from(story.text) for story in made)
    (folder / "questions.json").write_text(json.dumps([story.question for story in made[: 2 * ASKED]]))


def do_yardstick(texts: list[str]) -> object:
    """Split, count and sort words: what Python does all day, and nothing of ours."""
    return [sorted(Counter(re.findall(r"\w+", text.lower())).items(), key=lambda pair: pair[1]) for text in texts]


def run_jobs(folder: Path) -> None:
    """Do each job twice, the second time counted, in a folder that `prepare` was given."""
    from index import article_from, open_index
    from index.digest import DigestKind, making
    from index.sources.job import read_here
    from tests.support.layouts import large_page

    texts = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    rows = [json.loads(line) for line in (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()]
    asked = [row["question"] for row in rows if row["article_id"] == STORY][: 2 * ASKED]
    made = json.loads((folder / "questions.json").read_text("utf-8"))
    pages = [large_page(number) for number in (1, 2)]
    articles = [article_from(text) for text in texts[:2]]
    kinds = [DigestKind(name) for name in ("about", "quotes", "people", "timeline", "numbers")]
    with (
        open_index(f"disk:{folder}/library", meaning=False) as library,
        open_index(meaning=False) as new,  # in memory: the threads that write a library wait as long as they like
        open_index(meaning=False) as one,
    ):
        one.add(article_from((SEEDS / f"{STORY}.txt").read_text("utf-8")))
        jobs: dict[str, Callable[[int], object]] = {
            "yardstick": lambda _: do_yardstick(texts),
            "add an article": lambda turn: new.add(article_from(texts[turn - 2])),
            "ask one article": lambda turn: [one.ask(text) for text in asked[turn::2]],
            "ask a library": lambda turn: [library.ask(text) for text in made[turn::2]],
            "digest": lambda turn: [making.make_digest(articles[turn], kind) for kind in kinds],
            "read a page": lambda turn: read_here(pages[turn], "page.html"),
        }
        callgrind = Callgrind()
        for name, job in jobs.items():
            job(0)
            callgrind.count(name, partial(job, 1))


def count() -> dict[str, float]:
    """Run the jobs under Valgrind and return the count of each in those of the yardstick."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        command = ("valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/counted")
        inner = (sys.executable, "-m", "tests.bench.instructions", "--jobs", name)
        environment = {**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [*command, *inner], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"The jobs failed under Valgrind:\n{done.stderr}")
        found = {}
        for dump in folder.glob("counted.*"):
            text = dump.read_text("utf-8")
            job = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.MULTILINE)
            total = re.search(r"^totals: (\d+)$", text, re.MULTILINE)
            if job and total:
                found[job[1]] = int(total[1])
    base = found.pop("yardstick")
    return {name: round(total / base, 3) for name, total in sorted(found.items())}


def compare(counted: dict[str, float], written: dict[str, float]) -> tuple[list[str], bool]:
    """Return a line for each job, and whether none takes over a tenth more than was written of it."""
    lines, held = [], counted.keys() == written.keys()
    for name in sorted(counted.keys() | written.keys()):
        if name not in counted or name not in written:
            lines.append(f"{name}: {'not counted' if name in written else 'not written'}; write it with --write")
            continue
        change = counted[name] / written[name]
        held = held and change <= MOST
        verdict = "too much" if change > MOST else "less: write it with --write" if change < 2 - MOST else "held"
        lines.append(
            f"{name}: {counted[name]:.3f} yardsticks, written {written[name]:.3f}, {change - 1:+.1%}: {verdict}"
        )
    return lines, held


def main(arguments: list[str]) -> int:
    """Count, and compare or write; return the exit code."""
    if arguments[:1] == ["--jobs"]:
        run_jobs(Path(arguments[1]))
        return 0
    if platform.machine() != "x86_64" or not shutil.which("valgrind"):
        print("Counting instructions needs Valgrind on an x86-64: install the package valgrind.", file=sys.stderr)
        return 2
    counted = count()
    if arguments == ["--write"]:
        COUNTS.write_text(json.dumps(counted, indent=2) + "\n", encoding="utf-8")
    lines, held = compare(counted, json.loads(COUNTS.read_text("utf-8")))
    print(*lines, sep="\n")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
