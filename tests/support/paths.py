"""Where things lie: the checkout, the seeds, and what is shared beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
SHARED = ROOT.parent / "shared"
EVAL = SHARED / "eval"
SEED = SHARED / "seed"


def need_shared(path: Path = SHARED) -> Path:
    """Return a file or folder of ../shared. Without it the test is skipped; in CI (CI=true) it fails.

    A fresh clone has no ../shared, and its tests must pass; in CI a test that silently skips would look like one that
    passes.
    """
    if path.exists():
        return path
    missing = path if SHARED.exists() else SHARED
    message = f"needs ../{missing.relative_to(ROOT.parent)}, which is not beside this checkout"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
