"""The make targets: what a question may hold on its way to the command, and how they end."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions

import pytest
from packaging.requirements import Requirement

from tests.support.paths import ROOT, SHARED, need_shared

OUTER = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
"""The environment without what a make that runs the tests tells a make inside."""

HARD = [
    'What\'s "this"?',
    "Does it cost $5 or $$5 or $(HOME) or ${HOME}?",
    "`touch made` $(touch made) $(shell touch made); touch made & touch made | touch made",
    "two\nlines\t and a tab",
    "# no comment, a\\b, 100%, é “…” 한국, *?[x] ~ !!",
    "--json",
    "-",
    "",
]


@pytest.fixture
def make(tmp_path):
    """Run make on a copy of the Makefile whose `pullquote` writes down its arguments."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "seeds").mkdir()
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "constraints.txt").touch()
    command = tmp_path / ".venv" / "bin" / "pullquote"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done > arguments\nexit "${CODE:-0}"\n')
    command.chmod(0o755)
    (tmp_path / ".venv" / ".run").touch()

    def call(*arguments, **environment):
        return subprocess.run(
            ["make", *arguments], cwd=tmp_path, env={**OUTER, **environment}, capture_output=True, check=False
        )

    call.folder = tmp_path
    return call


@pytest.mark.parametrize("question", HARD)
@pytest.mark.parametrize("way", ["command line", "environment"])
def test_a_question_arrives_as_it_was_written(make, question, way):
    done = make("ask", f"Q={question}") if way == "command line" else make("ask", Q=question)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    arguments = (make.folder / "arguments").read_bytes().decode().split("\0")[:-1]
    assert arguments == ["ask", "--from", "seeds", "--", question]
    assert not (make.folder / "made").exists()


@pytest.mark.parametrize(("code", "ends"), [("0", 0), ("1", 0), ("2", 2), ("3", 2), ("130", 2)])
def test_a_refusal_ends_well_and_an_error_does_not(make, code, ends):
    assert make("ask", "Q=Who?", CODE=code).returncode == ends


@pytest.mark.parametrize(("ci", "code", "told"), [("", 0, "skipped"), ("true", 1, "cannot run")])
def test_without_what_is_shared_the_cluster_tests_fail_in_ci_and_are_skipped_elsewhere(tmp_path, ci, code, told):
    (tmp_path / "checkout" / ".ci").mkdir(parents=True)
    script = shutil.copy(ROOT / ".ci" / "cluster", tmp_path / "checkout" / ".ci")
    done = subprocess.run([script], env={**OUTER, "CI": ci}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.count("\n") == 1
    assert told in done.stderr
    assert "../shared/opensearch" in done.stderr


def test_without_what_is_shared_a_test_fails_in_ci_and_is_skipped_elsewhere(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"needs \.\./shared"):
        need_shared(SHARED / "nothing")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=r"needs \.\./shared"):
        need_shared(SHARED / "nothing")


@pytest.mark.check
def test_a_fresh_copy_sets_itself_up_and_answers(tmp_path):
    copy = tmp_path / "copy"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    asked = subprocess.run(
        ["make", "ask", "Q=Who is Kim Eun-hye?"], cwd=copy, capture_output=True, text=True, check=True
    )
    assert "[1] " in asked.stdout
    chatted = subprocess.run(
        ["make", "chat"], cwd=copy, input="Who said no?\n", capture_output=True, text=True, check=True
    )
    assert "[1] " in chatted.stdout


def imported(*folders):
    """Return the modules that are imported anywhere in the folders, at any level, and are neither Python's nor ours.

    Those without which a test skips are left out.
    """
    found, spared = set(), set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        spared |= set(re.findall(r'(?:importorskip|import_module)\("(\w+)"', text))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    ours = {"index", "bot", "pullquote", "tests"} | {path.stem for path in (ROOT / "tests").glob("*.py")}
    return found - set(sys.stdlib_module_names) - ours - spared


def declared(*extras):
    """Return the names of what pyproject.toml asks for, as an index of packages spells them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {spelt(re.match(r"[\w.-]+", line)[0]): line for line in lines}


def spelt(name):
    return re.sub(r"[-_.]+", "-", name).lower()


EXTRAS = ["aws", "cluster", "mcp", "meaning", "serve", "plot", "haystack", "langchain", "llamaindex"]
APART = {
    "httpx2": "mcp",  # its client
    "haystack": "haystack-ai",
    "langchain_core": "langchain-core",
    "langchain_tests": "langchain-core",  # .ci/plugs.txt
    "llama_index": "llama-index-core",
    "mcp_types": "mcp",
}
"""Where that comes from whose package need not be installed, or is a part of another."""


def test_what_is_imported_is_asked_for():
    """A fresh environment must not lack what an old one happens to hold."""
    homes = packages_distributions()
    for folders, extras in (
        (("index", "bot"), EXTRAS),
        (("tests",), [*EXTRAS, "bench", "dev", "train"]),
    ):
        asked = declared(*extras)
        used = imported(*folders)
        assert len(used) > 5
        homes |= {name: [home] for name, home in APART.items()}
        found = {name: {spelt(home) for home in (name, *homes.get(name, ()))} for name in sorted(used)}
        assert [name for name, own in found.items() if not own & set(asked)] == []


def test_every_package_that_is_installed_has_its_exact_version():
    """Those that others need, too: or tomorrow's machine gets another version than today's."""
    first, *lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"# .* of 20\d\d-\d\d-\d\d, .*", first), "the day of these versions"
    pinned = {spelt(line.partition("==")[0]): line for line in lines}
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    waiting, seen = (
        [Requirement(line) for line in declared("aws", "cluster", "mcp", "meaning", "serve", "plot", "dev").values()],
        set(),
    )
    while waiting:
        wanted = waiting.pop()
        name, extras = spelt(wanted.name), frozenset(wanted.extras)
        if (name, extras) not in seen:
            seen.add((name, extras))
            needs = map(Requirement, distribution(name).requires or ())
            waiting += [need for need in needs if not need.marker or any(holds(need.marker, e) for e in ("", *extras))]
    assert sorted(name for name, _ in seen if name not in pinned) == []
    assert sorted(name for name in pinned if name not in {name for name, _ in seen}) == []


def holds(marker, extra):
    return marker.evaluate({"extra": extra})
