"""The built distribution holds one package alone, beside anything, and works where nothing else of the project is."""

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT
from tests.support.source import tracked

ENDINGS = {".css", ".js", ".json", ".keys", ".onnx", ".po", ".py", ".terms", ".toml", ".txt", ".typed"}
ASK = """
from pullquote import open_index
from pullquote.bot.processes.askers import ParallelIndex
with ParallelIndex(open_index("disk:it"), "disk:it") as index:
    print(index.ask("What will the second pier cost?").citations[0].text)
"""


def run(*command: object, cwd: Path, **environment: str) -> str:
    words, known = [str(part) for part in command], {**os.environ, **environment}
    done = subprocess.run(words, cwd=cwd, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.check
def test_the_wheel_answers_from_another_folder(tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path / "built", ROOT, cwd=tmp_path)
    (wheel,) = (tmp_path / "built").glob("pullquote-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        sources = [archive.read(name).decode() for name in names if name.endswith(".py")]
    ours = {f"pullquote/{path.relative_to(ROOT).as_posix()}" for path in tracked() if path.suffix in ENDINGS}
    front = {"pullquote/__init__.py", "pullquote/__main__.py", "pullquote/py.typed"}
    assert set(names) == front | {name for name in ours if name.startswith(("pullquote/bot/", "pullquote/index/"))}
    assert not re.search(r"^\s*(?:from|import) (?:bot|index)\b", "".join(sources), re.MULTILINE)

    run(sys.executable, "-m", "venv", tmp_path / "clean", cwd=tmp_path)
    python = tmp_path / "clean" / "bin" / "python"
    constraints = ROOT / ".ci" / "constraints.txt"
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", constraints, wheel, cwd=tmp_path)
    (tmp_path / "elsewhere").mkdir()
    story = tmp_path / "elsewhere" / "pier.txt"
    story.write_text("The harbour board of Pellan will build a second pier. It will cost 40 million crowns.\n", "utf-8")
    pullquote = python.with_name("pullquote")
    for name in ("bot", "index"):  # what others have of these names is neither used nor harmed
        stranger = next((tmp_path / "clean").glob("lib/python*/site-packages")) / name / "__init__.py"
        stranger.parent.mkdir()
        stranger.write_text("raise ImportError('not ours')\n", "utf-8")
    question = "What will the second pier cost?"
    for command in ((pullquote,), (python, "-m", "pullquote")):
        said = run(*command, "ask", "--from", story, question, cwd=story.parent)
        assert "[1]" in said
        assert "pier" in said
    many = tmp_path / "many"
    many.mkdir()
    for number in range(20):
        (many / f"{number}.txt").write_text(story.read_text("utf-8").replace("Pellan", f"Pellan {number}"), "utf-8")
    place = {"PULLQUOTE_INDEX": "disk:it"}
    assert "added 20 articles" in run(pullquote, "add", "--jobs", "2", many, cwd=story.parent, **place)
    assert "second pier" in run(python, "-c", ASK, cwd=story.parent)


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


@pytest.mark.check
def test_source_and_wheel_come_out_the_same_twice_and_can_be_published(tmp_path: Path) -> None:
    """Two builds give the same bytes, the source builds the very wheel, and an index would take both."""
    run(sys.executable, "-m", "venv", tmp_path / "tool", cwd=tmp_path)
    python = tmp_path / "tool" / "bin" / "python"
    wanted = ROOT / ".ci" / "publish.txt"
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-r", wanted, cwd=tmp_path)
    publisher = {"PULLQUOTE_HOME_PAGE": "https://example.org/pullquote", "PULLQUOTE_CONTACT": "desk@example.org"}

    def build(name: str, *options: object) -> dict[str, bytes]:
        command = [python, "-m", "build", "--no-isolation", "-o", tmp_path / name, *options]
        run(*command, cwd=tmp_path, **publisher)
        return {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}

    one = build("one", ROOT)  # the source, and of that the wheel
    assert sorted(name.rpartition(".")[2] for name in one) == ["gz", "whl"]
    assert build("two", ROOT) == one
    assert build("three", "--wheel", ROOT).items() <= one.items()

    (source,) = (tmp_path / "one").glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()} - {"PKG-INFO"}
    ours = {path.relative_to(ROOT).as_posix() for path in tracked()}
    assert {*ours} - names <= {".gitignore"}
    assert names - ours <= {".gitignore"}

    checked = run(python, "-m", "twine", "check", "--strict", *(tmp_path / "one").iterdir(), cwd=tmp_path)
    assert checked.count("PASSED") == 2
    rated = run(python, "-m", "pyroma", "-n", "10", source, cwd=tmp_path, **publisher)
    assert "Final rating: 10/10" in rated
    print("peer: pyroma", rated.partition("Final rating: ")[2].splitlines()[0], "twine check --strict 2 of 2 passed")


def fits(wanted: Requirement) -> bool:
    return wanted.marker is None or any(wanted.marker.evaluate({"extra": name}) for name in ("cluster", "plot"))
