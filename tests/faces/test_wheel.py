"""The built distribution holds the two packages alone, and works where nothing else of the project is."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


@pytest.mark.check
def test_the_bill_of_materials_lists_what_is_installed_and_comes_out_the_same(tmp_path: Path) -> None:
    """Two builds give the same bytes; the bill holds each package at its pinned version, and no path."""
    builds = [tmp_path / name for name in ("one", "two")]
    for folder in builds:
        run(ROOT / ".ci" / "dist", folder, cwd=tmp_path)
    one, two = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in builds)
    assert sorted(name.rpartition(".")[2] for name in one) == ["json", "whl"]
    assert one == two
    (bill,) = (json.loads(data) for name, data in one.items() if name.endswith(".cdx.json"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "pullquote"
    listed = {canonicalize_name(part["name"]): part["version"] for part in bill["components"]}
    lines = (ROOT / ".ci" / "constraints.txt").read_text("utf-8").splitlines()[1:]
    pinned = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    assert {name: version for name, version in listed.items() if pinned.get(name) != version} == {}
    (wheel,) = (folder for folder in builds[0].glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(name).decode()
    asked = [Requirement(line) for line in re.findall(r"^Requires-Dist: (.*)$", text, re.MULTILINE)]
    needed = {canonicalize_name(each.name) for each in asked if fits(each)}
    assert len(needed) > 20
    assert needed <= set(listed)
    assert not {"pip", "pytest", "ruff"} & set(listed)
    assert str(ROOT) not in json.dumps(bill)
    assert str(tmp_path) not in json.dumps(bill)


def fits(wanted: Requirement) -> bool:
    return wanted.marker is None or any(wanted.marker.evaluate({"extra": name}) for name in ("cluster", "plot"))
