"""bot/OPERATING.md tells what is so: its commands run, its unit can be read, the figures and settings exist."""

import configparser
import os
import re
import shutil
import stat
import subprocess
import sys

import pytest

from bot.cli import cli
from bot.serving.metrics import Metrics
from bot.settings import list_variables
from bot.telegram.chats.sqlite import BotFile
from tests.support.paths import ROOT, SEEDS

PAGE = (ROOT / "bot" / "OPERATING.md").read_text("utf-8")
HOME = "/srv/pullquote"
"""Where the page lets the checkout stand."""


def blocks(start):
    """Return the commands of each indented block that begins with the words, as one script each."""
    found = re.findall(r"(?:^    .*\n)+", PAGE, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in found if block.startswith(f"    {start}")]


@pytest.fixture
def checkout(tmp_path):
    """A folder that stands for the page's: the environment of this run, a library of one article, chats."""
    (tmp_path / ".venv").symlink_to(sys.prefix)

    def run(script):
        done = subprocess.run(
            ["bash", "-ec", script.replace(HOME, str(tmp_path))],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "PYTHONPATH": str(ROOT),
                "PULLQUOTE_MEANING": "off",
                "PULLQUOTE_INDEX": f"disk:{tmp_path / 'library'}",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.folder = tmp_path
    shutil.copy(SEEDS / "storm-tamsin.txt", tmp_path)
    run(".venv/bin/pullquote add storm-tamsin.txt")
    return run


def test_a_backup_is_taken_beside_a_running_bot_and_restores_all(checkout):
    state = checkout.folder / "telegram.sqlite"
    file = BotFile(state)
    file.receive([(900, {"update_id": 900}), (901, {"update_id": 901})], 0.0)
    (backup,) = blocks("umask 077")
    checkout(backup)  # the file is open, and what was received may still be in its log alone
    for name in ("library.jsonl", "telegram.backup"):
        assert stat.S_IMODE((checkout.folder / name).stat().st_mode) == 0o600
    file.receive([(902, {"update_id": 902})], 0.0)
    file.close()
    before = checkout(".venv/bin/pullquote list --json")
    shutil.rmtree(checkout.folder / "library")
    (restore,) = blocks("rm -f")
    checkout(restore)
    assert checkout(".venv/bin/pullquote list --json") == before
    restored = BotFile(state)
    assert restored.count_waiting() == 2
    restored.close()


def test_a_second_backup_overwrites_nothing(checkout):
    BotFile(checkout.folder / "telegram.sqlite").close()
    (checkout.folder / "telegram.backup").write_text("the last one")
    (backup,) = blocks("umask 077")
    with pytest.raises(AssertionError, match="sqlite3"):
        checkout(backup)
    assert (checkout.folder / "telegram.backup").read_text() == "the last one"


def test_the_container_copies_the_same_way():
    """The SQL that the test above ran is the one that runs inside."""
    commands = [line for block in blocks("umask 077") + blocks("docker compose exec") for line in block.splitlines()]
    programs = {found[1] for line in commands if (found := re.search(r"python -c '([^']+)'", line))}
    assert len(programs) == 1


def test_the_unit_waits_for_the_bot_and_leaves_it_time_to_stop():
    text = re.sub("^    ", "", re.search(r"^    \[Unit\]\n(?:    .*\n|\n)+", PAGE, re.MULTILINE)[0], flags=re.MULTILINE)
    unit = configparser.ConfigParser(strict=True)
    unit.optionxform = str
    unit.read_string(text)
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert int(service["TimeoutStopSec"]) > 15
    assert int(service["WatchdogSec"]) > 120, "a poll that hangs ends the bot by itself after 120 s, and says why"
    assert service["RestartPreventExitStatus"] == "2"
    assert service["ExecStart"].startswith(f"{HOME}/.venv/bin/pullquote telegram")


def test_the_settings_that_are_named_exist():
    named = set(re.findall(r"\b(?:PULLQUOTE|TELEGRAM)_\w+", PAGE))
    assert len(named) > 6
    assert named <= set(list_variables())


def test_the_commands_that_are_named_exist():
    named = set(re.findall(r"(?:\bbin/|`|bot )pullquote ([a-z]+)", PAGE))
    assert {"telegram", "export", "import", "doctor", "rebuild"} <= named
    assert named <= set(cli.list_commands(None))


def test_the_figures_are_those_of_a_bot():
    kinds = set(re.findall(r"^# TYPE (pullquote_\w+)", Metrics("update").render(), re.MULTILINE))
    own = {"pullquote_poll_age_seconds"}  # bot/telegram/watch.py adds it
    named = set(re.findall(r"`(pullquote_\w+)`", PAGE))
    assert named == {kind for kind in kinds if not kind.endswith("_created")} | own


def test_what_was_said_in_two_places_is_said_in_one():
    other = (ROOT / "bot" / "README.md").read_text("utf-8")
    headings = set(re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE))
    assert not headings & set(re.findall(r"^#+ (.+)$", other, re.MULTILINE))
    assert "](OPERATING.md)" in other
    assert "bot/OPERATING.md" in (ROOT / "README.md").read_text("utf-8")
