"""The make targets: what a question may hold on its way to the command, and how they end."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

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
            ["make", *arguments], cwd=tmp_path, env={**os.environ, **environment}, capture_output=True, check=False
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
