"""What Pullquote costs beside its peers, in one run: contestants in turns, ratios with their spread.

    python -m tests.bench [--million] [--corpus real] [--size 10000] [--only "Pullquote, disk" ...]

`make bench` installs the peers and runs it: hours for all of it, so that libraries are kept in `build/bench` and the
figures of each corpus and size are written as soon as they are there; those of earlier runs stand in the tables, too.
Remove that folder to build anew. The tables go to the standard output, the plots to `speed.svg` in the folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.contestants import CONTESTANTS
from tests.bench.corpora import ADDED, make_corpus, read_questions, read_texts
from tests.bench.figures import draw, name_size, table

ROOT = Path(__file__).resolve().parents[2]
TURNS = 30
FEWEST_TURNS = 10
"""Turns that a contestant's time must last for, or its ratios have no spread; it is asked fewer questions in each."""

ADDING_TURNS = 20
COLD_TURNS = 5
SIZES = (1, 10_000, 100_000)
MILLION = 1_000_000
_ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
    "PULLQUOTE_MEANING": "off",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "OMP_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}


class Lost(Exception):
    """A contestant's process ended."""


class Runner:
    """A contestant in its process; `seconds` is the CPU that it may still use for questions."""

    def __init__(self, name: str, corpus: Path, home: Path, seconds: float) -> None:
        self.name, self.seconds = name, seconds
        self.log = home.with_suffix(".log")
        command = (sys.executable, "-m", "tests.bench.contestants", name, str(corpus), str(home))
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=_ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def do(self, command: str, *arguments: object) -> Any:
        """Have a method of the worker called and return what it replies.

        Raises:
            Lost: the process ended.
        """
        assert self._process.stdin
        assert self._process.stdout
        try:
            print(json.dumps([command, *arguments]), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise Lost(self.name) from None
        if line := self._process.stdout.readline():
            return json.loads(line)
        raise Lost(self.name)

    def end(self) -> None:
        """End the process and wait for it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


class Comparison:
    """One corpus of one size: the contestants that are still there, and what was measured of them."""

    def __init__(self, folder: Path, size: int, names: Sequence[str], seconds: float) -> None:
        self.folder, self.corpus, self.size = folder, folder / "corpus", size
        texts = list(read_texts(self.corpus))
        self.passages = sum(len(text.passages) for text in texts)
        self.first_text = texts[0].text
        self.text_size = sum(len(text.text.encode()) for text in texts) / 1e6
        self.questions = read_questions(self.corpus)
        self.names = [name for name in names if self.passages <= 1.2 * CONTESTANTS[name].most or size == 1]
        self.seconds = seconds
        self.found: dict[str, dict[str, Any]] = {}
        self.runners: list[Runner] = []
        self.articles = len(texts)

    def run(self, python: str) -> Iterator[dict[str, Any]]:
        """Measure, and yield what is known after each of the three parts: questions, single adds, cold commands."""
        known: dict[str, Any] = {
            "size": self.size,
            "passages": self.passages,
            "articles": self.articles,
            "questions": len(self.questions),
            "text": self.text_size,
            "contestants": self.found,
            "cold": {},
        }
        try:
            self._open()
            self._ask()
            yield known
            if self.size > 1:
                self._add()
                yield known
        finally:
            for runner in self.runners:
                runner.end()
        yield known | {"cold": self._start_cold(python)}

    def find_home(self, name: str) -> Path:
        """Return the folder of a contestant's libraries."""
        return self.folder / "".join(letter if letter.isalnum() else "-" for letter in name)

    def _open(self) -> None:
        for name in self.names:
            _tell(f"{self.folder.name}: {name} opens or builds")
            runner = Runner(name, self.corpus, self.find_home(name), self.seconds)
            self.runners.append(runner)
            self.found[name] = {"first": [], "again": [], "added": [], "after": []}
            built = self._do(runner, "open")
            if built is not None:
                self.found[name]["built"] = built
                if CONTESTANTS[name].asks:
                    self._do(runner, "warm")

    def _ask(self) -> None:
        batch = -(-len(self.questions) // TURNS)
        for turn in range(TURNS):
            _tell(f"{self.folder.name}: questions, turn {turn + 1} of {TURNS}")
            for runner in self._take_turns(turn):
                share = min(runner.seconds, self.seconds / FEWEST_TURNS)
                asked = self._do(runner, "ask", turn * batch, (turn + 1) * batch, share)
                if asked:
                    runner.seconds -= sum(asked[0]) / 1000
                    self.found[runner.name]["first"].append(asked[0])
                    self.found[runner.name]["again"].append(asked[1])
        for runner in list(self.runners):
            self.found[runner.name].update(self._do(runner, "measure") or {})
            runner.seconds = self.seconds

    def _add(self) -> None:
        batch = ADDED // ADDING_TURNS
        for turn in range(ADDING_TURNS):
            _tell(f"{self.folder.name}: single adds, turn {turn + 1} of {ADDING_TURNS}")
            for runner in self._take_turns(turn):
                done = self._do(runner, "add", turn * batch, (turn + 1) * batch, runner.seconds)
                if done:
                    runner.seconds -= sum(map(sum, done)) / 1000
                    for name, costs in zip(("added", "after"), done, strict=True):
                        self.found[runner.name][name].append(costs)

    def _take_turns(self, turn: int) -> list[Runner]:
        """Return those whose time is not up, each turn beginning with another."""
        left = [runner for runner in self.runners if CONTESTANTS[runner.name].asks and runner.seconds > 0]
        at = turn % max(1, len(left))
        return left[at:] + left[:at]

    def _do(self, runner: Runner, command: str, *arguments: object) -> Any:
        """Do a command; a contestant whose process ended is left out from here on."""
        try:
            return runner.do(command, *arguments)
        except Lost:
            runner.end()
            self.runners.remove(runner)
            last = runner.log.read_text("utf-8").strip().splitlines()[-1:] or ["no reason is known"]
            _tell(f"{self.folder.name}: {runner.name} is left out at `{command}`: {last[0]}")
            return None

    def _start_cold(self, python: str) -> dict[str, list[float]]:
        """Return the CPU of new processes that ask one question, and of imports to compare them with, in turns."""
        question = next(question.text for question in self.questions if question.library == 0)
        environment = dict(_ENVIRONMENT)
        commands: dict[str, list[str]] = {}
        if self.size == 1:
            file = self.folder / "article.txt"
            file.write_text(self.first_text, encoding="utf-8")
            commands["Pullquote, memory"] = [python, "-m", "bot", "ask", "--from", str(file), question]
            commands["import nltk"] = [python, "-c", "import nltk"]
        else:
            environment["PULLQUOTE_INDEX"] = f"disk:{self.find_home('Pullquote, disk') / '0'}"
            commands["Pullquote, disk"] = [python, "-m", "bot", "ask", question]
            commands["import tantivy, click, apsw"] = [python, "-c", "import tantivy, click, apsw"]
            for name in self.found:
                home = self.find_home(name)
                if CONTESTANTS[name].opens_alone and (home / "built.json").exists():
                    inner = ("tests.bench.contestants", name, str(self.corpus), str(home / "0"), question)
                    commands[name] = [sys.executable, "-m", *inner]
        commands = {
            name: command for name, command in commands.items() if name in self.found or name.startswith("import")
        }
        _tell(f"{self.folder.name}: cold commands")
        for command in commands.values():
            _take_cpu(command, environment)  # writes what is compiled
        turns = [
            {name: _take_cpu(command, environment) for name, command in commands.items()} for _ in range(COLD_TURNS)
        ]
        return {name: [turn[name] for turn in turns] for name in commands}


def _take_cpu(command: Sequence[str], environment: dict[str, str]) -> float:
    """Return the milliseconds of CPU of a new process; exit code 1 is a refusal, and fine."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        sys.exit(f"exit code {process.returncode}: {' '.join(command)}")
    return 1000 * (used.ru_utime + used.ru_stime)


def _tell(line: str) -> None:
    if sys.stderr.isatty():
        print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Compare as the command line says, and print the tables of all results that are there."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "bench", help="where libraries and figures stay")
    parser.add_argument("--corpus", choices=("real", "made"), action="append", help="both without it")
    parser.add_argument("--size", type=int, action="append", help="passages, 1 for one article; else 1, 10k, 100k")
    parser.add_argument("--million", action="store_true", help="a million passages, too")
    parser.add_argument("--only", choices=CONTESTANTS, action="append", metavar="NAME", help="this contestant")
    parser.add_argument("--python", default=sys.executable, help="for cold commands of ours: one without extras, say")
    parser.add_argument("--seconds", type=float, default=60, help="CPU that a contestant may use for its questions")
    given = parser.parse_args()
    sizes = given.size or [*SIZES, *[MILLION] * given.million]
    for kind in given.corpus or ("real", "made"):
        for size in sizes:
            if kind == "real" and size == MILLION:
                continue  # it ends long before
            folder = given.cache / f"{kind}-{size}"
            make_corpus(folder / "corpus", kind, size)
            comparison = Comparison(folder, size, given.only or list(CONTESTANTS), given.seconds)
            for known in comparison.run(given.python):
                (folder / "result.json").write_text(json.dumps({"corpus": kind} | known), encoding="utf-8")
    results = [json.loads(path.read_text("utf-8")) for path in given.cache.glob("*/result.json")]
    results.sort(key=lambda result: (result["corpus"] == "made", result["size"]))
    for result in results:
        print(f"### {result['corpus'].title()} text, {name_size(result)}\n\n{table(result)}\n")
    draw(results, given.cache / "speed.svg")


if __name__ == "__main__":
    main()
