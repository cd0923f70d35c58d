"""Files for a reader: whole or not at all, for their owner alone, never through a link."""

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import OutputError
from index.files import WholeFile, write_whole
from tests.support.paths import ROOT


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_for_its_owner_alone(tmp_path):
    place = tmp_path / "out.html"
    with WholeFile(place) as file:
        file.write(b"one ")
        part = next(tmp_path.iterdir())
        assert stat.S_IMODE(part.stat().st_mode) == 0o600, "readable by others before it is whole"
        file.write(b"two")
    assert place.read_bytes() == b"one two"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    place.chmod(0o644)
    write_whole(place, b"three")
    assert place.read_bytes() == b"three"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert names(tmp_path) == ["out.html"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit])
def test_a_failed_block_leaves_the_old_file_and_nothing_else(tmp_path, error):
    place = tmp_path / "out.jsonl"
    place.write_bytes(b"old")

    def fail(file):
        file.write(b"new" * 100_000)
        raise error

    with pytest.raises(error), WholeFile(place) as file:
        fail(file)
    assert place.read_bytes() == b"old"
    assert names(tmp_path) == ["out.jsonl"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failed_disk_leaves_the_old_file_and_is_named(tmp_path, monkeypatch, failing):
    place = tmp_path / "out.jsonl"
    place.write_bytes(b"old")

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(OutputError, match=r"No space left on device.*untouched; make room") as caught:
        write_whole(place, b"new")
    monkeypatch.undo()
    assert caught.value.path == str(place)
    assert place.read_bytes() == b"old"
    assert names(tmp_path) == ["out.jsonl"]


def test_a_full_disk_is_told_while_writing(tmp_path):
    """The limit on a file's size fails a write as a full disk does."""
    script = (
        "import resource, sys; from pathlib import Path; from index.files import write_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: write_whole(Path(sys.argv[1]), bytes(200_000))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    place = tmp_path / "out.jsonl"
    place.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", script, place], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("OutputError"), done
    assert "untouched" in done.stdout
    assert place.read_bytes() == b"old"
    assert names(tmp_path) == ["out.jsonl"]


def test_killed_at_any_line_the_old_file_or_the_new_is_there(tmp_path):
    """P2 of outputs: 0 halves, and what one killed process left is gone after the next."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.crash_points", "write", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["old"] > 30
    assert found["new"] > 0
    assert "neither" not in found
    assert found["beside"] == 1
    assert found["at the end"] == 1


def test_a_part_that_is_being_written_is_not_taken_for_a_dead_one(tmp_path):
    place = tmp_path / "out.jsonl"
    (tmp_path / ".out.jsonl.00000000.part").write_bytes(b"of a killed process")
    with WholeFile(place) as one:
        one.write(b"one")
        assert len(names(tmp_path)) == 1
        write_whole(place, b"two")
        assert place.read_bytes() == b"two"
    assert place.read_bytes() == b"one"
    assert names(tmp_path) == ["out.jsonl"]


@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_is_not_followed(tmp_path, there):
    goal, link = tmp_path / "goal", tmp_path / "page.html"
    if there:
        goal.write_bytes(b"someone else's")
    link.symlink_to(goal)
    with pytest.raises(OutputError, match="symbolic link"):
        write_whole(link, b"page")
    assert link.is_symlink()
    assert goal.read_bytes() == b"someone else's" if there else not goal.exists()


def test_a_link_put_there_meanwhile_is_replaced(tmp_path):
    goal, place = tmp_path / "goal", tmp_path / "page.html"
    goal.write_bytes(b"someone else's")
    with WholeFile(place) as file:
        file.write(b"page")
        place.symlink_to(goal)
    assert not place.is_symlink()
    assert (place.read_bytes(), goal.read_bytes()) == (b"page", b"someone else's")


def test_streams_are_written_to_as_they_are(tmp_path):
    read_end, write_end = os.pipe()
    write_whole(Path(f"/dev/fd/{write_end}"), b"through a pipe")
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        assert pipe.read() == b"through a pipe"
    with pytest.raises(OutputError, match="/dev/full: cannot be written"):
        write_whole(Path("/dev/full"), b"full")


def test_a_folder_and_a_missing_folder_are_refused(tmp_path):
    with pytest.raises(OutputError, match="it is a folder"):
        write_whole(tmp_path, b"")
    with pytest.raises(OutputError, match="No such file or directory"):
        write_whole(tmp_path / "no" / "out", b"")


def test_a_file_may_come_to_stand_under_another_name(tmp_path):
    place = tmp_path / "out.jsonl"
    place.write_bytes(b"whole")
    with WholeFile(place) as file:
        file.write(b"less")
        file.stand_beside(tmp_path / "out.jsonl.incomplete")
    assert place.read_bytes() == b"whole"
    assert names(tmp_path) == ["out.jsonl", "out.jsonl.incomplete"]


def test_a_name_as_long_as_file_systems_allow(tmp_path):
    place = tmp_path / ("ü" * 127)
    write_whole(place, b"long")
    assert place.read_bytes() == b"long"
