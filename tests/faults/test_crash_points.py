"""What a power cut or a kill at any point leaves: the quick part of P2 and P3, without a file system of our own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT


def struck(action: str, folder: Path, stride: int = 1) -> Any:
    """Run an action in a process that may fork, and return what it found."""
    command = [sys.executable, "-m", "tests.faults.crash_points", action, str(folder), str(stride)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_what_is_acknowledged_is_synced_to_disk(tmp_path: Path) -> None:
    """`synchronous=NORMAL` fails here: SQLite then syncs its log only when it moves it into the file."""
    found = struck("acknowledge", tmp_path)
    for call in ("add", "join", "keep", "remove"):
        assert "library.sqlite-wal" not in found[call], call
        assert "library.sqlite" not in found[call], call
    for call in ("receive", "receive after others"):
        assert "telegram.sqlite-wal" not in found[call], call
    assert "telegram.sqlite-wal" in found["begin"], "nothing is noticed: `begin` does not wait for the disk"


EVERY = pytest.param(1, marks=pytest.mark.check)
"""Every crash point; the quick part takes a few."""


@pytest.mark.parametrize("stride", [EVERY, 11])
def test_p2_a_killed_rebuild_of_a_damaged_library_loses_nothing(
    tmp_path: Path, stride: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """At each point a reader hears that the library is damaged, or finds all of it; the next rebuild saves all."""
    found = struck("salvage", tmp_path, stride)
    points, whole = found.pop("points"), found.pop("at the end")
    assert whole == ["library", {"default": list(range(1, 13)), "other": [1, 2, 3]}, []]
    damaged, old_and_new = found.pop('["CorruptIndex"]'), found.pop(json.dumps(whole))
    again = {name: json.loads(name) for name in found if name.startswith("[12, []")}
    assert sum(found.pop(name) for name in again) == points
    kept = {"library.sqlite", "damaged-1.sqlite", "damaged-1.sqlite-wal"}
    assert all(set(names) <= kept for _, _, names in again.values()), "leftovers pile up"
    assert not found
    assert damaged + old_and_new == points
    assert points > 90 // stride
    with capsys.disabled():
        print(f"\nP2: rebuild of a damaged library: {points} kills, {damaged} left it damaged, {old_and_new} saved")


@pytest.mark.parametrize("stride", [EVERY, 31])
@pytest.mark.parametrize("way", ["import", "migrate"])
def test_p2_a_killed_copy_has_whole_batches_and_a_repeat_completes_it(
    tmp_path: Path, way: str, stride: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = struck(way, tmp_path, stride)
    points = found.pop("points")
    assert points > 150 // stride
    assert found.pop("again [12, true]") == points
    assert set(found) <= {f"[{count}, true]" for count in (0, 4, 8, 12)}
    assert len(found) > 2
    with capsys.disabled():
        print(f"\nP2: {way}: {points} kills, each left whole batches, and each repeat all articles")
