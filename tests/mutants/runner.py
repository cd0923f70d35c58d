"""Trying a mutant: the tests that reach its line are run on a copy of the checkout, each time in a forked process."""

import contextlib
import io
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import accumulate
from pathlib import Path

from tests.mutants.operators import Mutant

WARM = (
    "pytest",
    "hypothesis",
    "httpx",
    "apsw",
    "tantivy",
    "telegram.ext",
    "aiohttp.web",
    "lxml.html",
    "nltk",
    "rich",
    "click",
)
"""Libraries that the tests need: loaded once, they are there in every process that is forked off."""

COPIED = ("index", "bot", "tests", "seeds", "pyproject.toml", "README.md", ".env.example", "Makefile", ".ci")

LONGEST = 15.0
"""Seconds that the tests of one mutant should take: those that reach its line, quick ones first, and three at least."""


class Runner:
    """A copy of the checkout in `place`, and what its tests reach."""

    def __init__(
        self, root: Path, modules: list[str], tests: list[str], place: Path, warm: tuple[str, ...] = WARM
    ) -> None:
        self._copy, self._modules = place / "copy", modules
        self._tests = [test for test in tests if (root / test).exists()]
        shutil.rmtree(place, ignore_errors=True)
        self._copy.mkdir(parents=True)
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, self._copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif (root / name).exists():
                shutil.copy(root / name, self._copy / name)
        self._seconds: dict[str, float] = {}
        self._reached: dict[tuple[str, int], list[str]] = {}
        self._learn(place)
        for name in warm:
            with contextlib.suppress(ImportError):
                __import__(name)
        if self._run(self._tests, 60 + 6 * sum(self._seconds.values())) != "survived":
            raise SystemExit("the tests fail in a forked process without any mutant, so that none would mean anything")

    def _learn(self, place: Path) -> None:
        """Run the tests once, and keep which of them reach which lines, and how long each takes."""
        (place / "coverage.ini").write_text(
            f"[run]\ndata_file = {place / 'coverage'}\nsource = index\n  bot\nconcurrency = thread\n"
        )
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-m",
            "not check and not cluster and not soak",
        ]
        command += [
            "--cov",
            f"--cov-config={place / 'coverage.ini'}",
            "--cov-context=test",
            "--cov-report=",
            "--durations=0",
            "-vv",
        ]
        env = {**os.environ, "PYTHONPATH": str(self._copy), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [*command, *self._tests], cwd=self._copy, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise SystemExit(f"the tests fail without any mutant:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
        for row in done.stdout.splitlines():
            words = row.split()
            if len(words) >= 3 and words[0].endswith("s") and words[1] in ("call", "setup"):
                with contextlib.suppress(ValueError):
                    self._seconds[words[2]] = self._seconds.get(words[2], 0.0) + float(words[0][:-1])
        data = sqlite3.connect(place / "coverage")
        query = (
            "SELECT file.path, context.context, line_bits.numbits FROM line_bits "
            "JOIN file ON file.id = line_bits.file_id JOIN context ON context.id = line_bits.context_id"
        )
        for path, context, bits in data.execute(query):
            name = str(Path(path).relative_to(self._copy)) if path.startswith(str(self._copy)) else path
            if name not in self._modules:
                continue
            test = context.rpartition("|")[0]
            for at, octet in enumerate(bits):
                for bit in range(8):
                    if octet >> bit & 1:
                        self._reached.setdefault((name, 8 * at + bit), []).append(test)
        data.close()

    def try_mutant(self, mutant: Mutant) -> str:
        """Return "killed", "survived", "not covered", or "killed by time"."""
        tests = self._choose(mutant)
        if tests is None:
            return "not covered"
        file = self._copy / mutant.path
        source = file.read_bytes()
        file.write_bytes(mutant.apply(source))
        try:
            expected = sum(self._seconds.get(test, 0.1) for test in tests)
            return self._run(tests, 20.0 + 6 * expected)
        finally:
            file.write_bytes(source)

    def _choose(self, mutant: Mutant) -> list[str] | None:
        """Return the tests that reach the mutant's line, quick ones first; all for a line that runs at import."""
        lines = range(mutant.first, mutant.line + 1)  # a statement of several lines may be noted at any of them
        found = {test for line in lines for test in self._reached.get((mutant.path, line), [])}
        if not found:
            return None
        if "" in found and len(found) == 1:  # while modules are loaded
            return self._tests
        tests = sorted(found - {""}, key=lambda test: self._seconds.get(test, 0.0))
        taken = accumulate(self._seconds.get(test, 0.0) for test in tests)
        return [
            test for number, (test, total) in enumerate(zip(tests, taken, strict=True)) if number < 3 or total < LONGEST
        ]

    def _run(self, tests: list[str], limit: float) -> str:
        child = os.fork()
        if not child:
            self._run_in_child(tests)
        end = time.monotonic() + limit
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "killed by time"

    def _run_in_child(self, tests: list[str]) -> None:
        code = 1
        try:
            os.setpgid(0, 0)
            os.chdir(self._copy)
            sys.dont_write_bytecode = True
            os.environ["PYTHONPATH"] = str(self._copy)
            for name in [name for name in sys.modules if name.split(".")[0] in ("index", "bot", "tests")]:
                del sys.modules[name]
            sys.path.insert(0, str(self._copy))
            null = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(null, number)
            import pytest

            with contextlib.redirect_stdout(io.StringIO()):
                options = ["-x", "-q", "--no-cov", "-p", "no:cacheprovider", "-p", "no:xdist"]
                options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # what is warm was imported before
                code = int(pytest.main([*options, "-m", "not check and not cluster and not soak", *tests]))
        finally:
            os._exit(code)

    def close(self) -> None:
        """Delete the copy."""
        shutil.rmtree(self._copy, ignore_errors=True)
