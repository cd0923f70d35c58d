"""What a power cut or a kill at any point leaves: the quick part of P2 and P3, without a file system of our own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT


def struck(action: str, folder: Path) -> Any:
    """Run an action in a process that may fork, and return what it found."""
    command = [sys.executable, "-m", "tests.faults.crash_points", action, str(folder)]
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
