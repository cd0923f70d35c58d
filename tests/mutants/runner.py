"""Trying a mutant: the tests that reach its line are run on a copy of the checkout, each time in a forked process."""

import compileall
import contextlib
import gc
import io
import os
import py_compile
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

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

LONGEST = 30.0
"""Seconds that the tests of one mutant should take: those that reach its line, quick ones first, and three at least."""


MEMORY = Path("/dev/shm")
"""Where the tests put their files, if it is there: libraries are synced to disk hundreds of times a mutant."""


class Outcome(NamedTuple):
    """What became of a mutant, and the test that killed it ("" if none did)."""

    what: str
    test: str = ""


class Killer:
    """A plugin for pytest: writes down the first test that fails."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the name of a test that failed."""
        if report.failed and not self._file.exists():
            self._file.write_text(report.nodeid)


class Runner:
    """A copy of the checkout in `place`, and what its tests reach."""

    def __init__(
        self, root: Path, modules: list[str], tests: list[str], place: Path, warm: tuple[str, ...] = WARM
    ) -> None:
        self._copy, self._modules = place / "copy", modules
        self._files = Path(tempfile.mkdtemp(prefix="mutants-", dir=MEMORY if MEMORY.is_dir() else None))
        self._tests = [test for test in tests if (root / test).exists()]
        shutil.rmtree(place, ignore_errors=True)
        self._copy.mkdir(parents=True)
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, self._copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif (root / name).exists():
                shutil.copy(root / name, self._copy / name)
        # Told apart by hash, not by time: a mutant is written within the second, and often as long as what it replaces.
        for name in ("index", "bot"):
            if (self._copy / name).is_dir():
                kind = py_compile.PycInvalidationMode.CHECKED_HASH
                compileall.compile_dir(self._copy / name, quiet=2, invalidation_mode=kind)
        self._seconds: dict[str, float] = {}
        self._reached: dict[tuple[str, int], list[str]] = {}
        self._learn(place)
        for name in warm:
            with contextlib.suppress(ImportError):
                __import__(name)
        for plugin in entry_points(group="pytest11"):
            plugin.load()
        gc.freeze()  # pytest collects garbage at its end: not through all that is here already
        if self._run(self._tests, sum(self._seconds.values())).what != "survived":
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
            "--durations-min=0",
        ]
        # What is compiled now is not compiled again for each mutant.
        env = {**os.environ, "PYTHONPATH": str(self._copy), "TMPDIR": str(self._files), "PYTHONDONTWRITEBYTECODE": ""}
        done = subprocess.run(
            [*command, *self._tests], cwd=self._copy, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise SystemExit(f"the tests fail without any mutant:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
        for row in done.stdout.splitlines():
            words = row.strip().split(None, 2)  # a test's name may have spaces
            if len(words) == 3 and words[0].endswith("s") and words[1] in ("call", "setup"):
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

    def try_mutant(self, mutant: Mutant) -> Outcome:
        """Return "killed" and by which test, "survived", "not covered", or "killed by time"."""
        tests = self._choose(mutant)
        if tests is None:
            return Outcome("not covered")
        file = self._copy / mutant.path
        source = file.read_bytes()
        file.write_bytes(mutant.apply(source))
        try:
            return self._run(tests, sum(self._seconds.get(test, 0.1) for test in tests))
        finally:
            file.write_bytes(source)

    def _choose(self, mutant: Mutant) -> list[str] | None:
        """Return the tests that reach the mutant's line, quick ones first; any for a line that runs at import."""
        lines = range(mutant.first, mutant.line + 1)  # a statement of several lines may be noted at any of them
        found = {test for line in lines for test in self._reached.get((mutant.path, line), [])}
        if not found:
            return None
        if "" in found and len(found) == 1:  # while modules are loaded
            found = set(self._seconds)
        tests = sorted(found - {""}, key=lambda test: self._seconds.get(test, 0.0))
        taken = accumulate(self._seconds.get(test, 0.0) for test in tests)
        return [
            test for number, (test, total) in enumerate(zip(tests, taken, strict=True)) if number < 3 or total < LONGEST
        ]

    def _run(self, tests: list[str], expected: float) -> Outcome:
        """Run the tests in a child; one that turns in circles is ended by its CPU time, one that waits by the clock.

        Both leave room: where other programs use the cores, a child at low priority may take ten times as long.
        """
        shutil.rmtree(self._files, ignore_errors=True)
        self._files.mkdir()
        child = os.fork()
        if not child:
            self._run_in_child(tests, int(10 + 4 * expected))
        end = time.monotonic() + 45 + 12 * expected
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                if code in (0, -signal.SIGXCPU):
                    return Outcome("survived" if code == 0 else "killed by time")
                killer = self._files / "killer"
                return Outcome("killed", killer.read_text() if killer.exists() else "")
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return Outcome("killed by time")

    def _run_in_child(self, tests: list[str], seconds: int) -> None:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
            os.setpgid(0, 0)
            os.chdir(self._copy)
            sys.dont_write_bytecode = True
            os.environ |= {"PYTHONPATH": str(self._copy), "TMPDIR": str(self._files)}
            tempfile.tempdir = None  # it is made out anew from TMPDIR
            for name in [name for name in sys.modules if name.split(".")[0] in ("index", "bot", "tests")]:
                del sys.modules[name]
            sys.path.insert(0, str(self._copy))
            null = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(null, number)
            import pytest

            with contextlib.redirect_stdout(io.StringIO()):
                options = ["-x", "-q", "--tb=no", "--no-cov", "-p", "no:cacheprovider", "-p", "no:xdist"]
                options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # what is warm was imported before
                options += ["-m", "not check and not cluster and not soak"]
                code = int(pytest.main([*options, *tests], plugins=[Killer(self._files / "killer")]))
        finally:
            os._exit(code)

    def close(self) -> None:
        """Delete the copy and the tests' files."""
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.rmtree(self._files, ignore_errors=True)
