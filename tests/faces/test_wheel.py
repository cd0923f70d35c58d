"""The built distribution holds the two packages alone, and works where nothing else of the project is."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.check
def test_the_wheel_answers_from_another_folder(tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path / "built", ROOT, cwd=tmp_path)
    (wheel,) = (tmp_path / "built").glob("pullquote-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"bot", "index"}

    run(sys.executable, "-m", "venv", tmp_path / "clean", cwd=tmp_path)
    python = tmp_path / "clean" / "bin" / "python"
    constraints = ROOT / ".ci" / "constraints.txt"
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", constraints, wheel, cwd=tmp_path)
    (tmp_path / "elsewhere").mkdir()
    story = tmp_path / "elsewhere" / "pier.txt"
    story.write_text("The harbour board of Pellan will build a second pier. It will cost 40 million crowns.\n", "utf-8")
    pullquote = python.with_name("pullquote")
    said = run(pullquote, "ask", "--from", story, "What will the second pier cost?", cwd=story.parent)
    assert "[1]" in said
    assert "pier" in said
