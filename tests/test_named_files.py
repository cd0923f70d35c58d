"""Files and modules that comments, docstrings and pages name are where they say."""

import re

from tests.support.paths import ROOT
from tests.support.source import tracked

_PLACE = re.compile(r"(?<![\w/.-])(?:index|bot|tests|seeds|\.ci)/[\w./*{}-]+")
_MODULE = re.compile(r"-m (?P<module>(?:tests|index|bot)(?:\.\w+)+)")
_ENDINGS = {".md", ".py", ".toml", ".json", ""}  # not SVG, stories and question sets


def find_lost(text):
    """Return the files and modules that the text names and that are not there; `bench_*.py` names no single one."""
    places = {place.rstrip("./-") for place in _PLACE.findall(text) if not set(place) & set("*{}")}
    modules = {found["module"].replace(".", "/") for found in _MODULE.finditer(text)}
    lost = {place for place in places if not (ROOT / place).exists()}
    return lost | {module for module in modules if not any((ROOT / f"{module}{end}").exists() for end in ("", ".py"))}


def test_what_is_named_is_there():
    pages = [path for path in tracked() if path.suffix in _ENDINGS and path.name != "test_named_files.py"]
    assert len(pages) > 200, "the rule looks at next to nothing"
    lost = {str(path.relative_to(ROOT)): find_lost(path.read_text(encoding="utf-8")) for path in pages}
    assert {name: places for name, places in lost.items() if places} == {}


def test_what_is_not_there_is_found():
    assert find_lost("tests/test_nothing.py, python -m tests.nothing") == {"tests/test_nothing.py", "tests/nothing"}
    assert (
        find_lost("tests/test_named_files.py, python -m tests.support.calls, index/; ../shared/index/nothing") == set()
    )
