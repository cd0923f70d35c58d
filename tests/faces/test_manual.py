"""What the command says of itself to shells and to man."""

import os
import shutil
import subprocess
import sys

import click
import pytest

from bot.cli import VERBS, cli
from bot.manual import SHELLS, write_completion, write_manual
from tests.support.paths import ROOT


def complete(*words):
    known = {"_PULLQUOTE_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    command = [sys.executable, "-m", "bot"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | known, capture_output=True, text=True, check=True)
    return [row.partition(",")[2] for row in done.stdout.splitlines()]


def test_verbs_and_options_are_completed():
    assert complete("pullquote", "di") == ["digest", "diff"]
    assert complete("pullquote", "ask", "--s") == ["--source", "--since"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_read_what_completes(shell):
    text = write_completion(cli, shell)
    assert f"_PULLQUOTE_COMPLETE={shell}_complete" in text
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=text, text=True, check=True)


def test_the_manual_has_every_verb_and_option_and_nothing_that_man_would_obey():
    text = write_manual(cli, "1.0")
    for name in VERBS:
        command = cli.get_command(click.Context(cli), name)
        assert f"\n.SS pullquote {name} " in text
        for option in (each for each in command.params if isinstance(each, click.Option) and not each.hidden):
            assert option.opts[-1].replace("-", "\\-") in text
    requests = {row.split()[0] for row in text.splitlines() if row.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".B", ".I", ".TP", ".SS", ".PP", ".nf", ".fi"}
    if shutil.which("groff"):
        command = ["groff", "-man", "-Tutf8", "-ww"]
        shown = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        assert shown.stderr == ""
        assert "pullquote cluster check" in shown.stdout
