"""The tool that makes mutants: what it changes, and that it tells a test that looks from one that does not."""

import sys

import pytest

from tests.mutants.operators import make_mutants
from tests.mutants.runner import Runner
from tests.mutants.targets import EQUIVALENT, TARGETS
from tests.support.paths import ROOT

SOURCE = '''"""A module."""

import logging

_log = logging.getLogger(__name__)
LIMIT: int = 3


def may(count, names, name, *, open=False):
    """Say whether."""
    assert count
    if open and name:
        _log.warning("open %s", count)
        return True
    if 0 <= count < LIMIT and not names:
        raise ValueError("none")
    return [each for each in names if each.good]
'''


def test_each_kind_of_change_is_made():
    found = {(mutant.old, mutant.new) for mutant in make_mutants("m.py", SOURCE)}
    assert found == {
        ("3", "4"),
        ("False", "True"),
        ("True", "False"),
        ("open and name", "((open) or (name))"),
        ("open and name", "((open))"),
        ("open and name", "((name))"),
        ("return True", "return None"),
        ("0 <= count < LIMIT", "0 < count < LIMIT"),
        ("0 <= count < LIMIT", "0 <= count <= LIMIT"),
        ("0", "1"),
        ("0 <= count < LIMIT and not names", "((0 <= count < LIMIT) or (not names))"),
        ("0 <= count < LIMIT and not names", "((0 <= count < LIMIT))"),
        ("0 <= count < LIMIT and not names", "((not names))"),
        ("not names", "(names)"),
        ('raise ValueError("none")', "pass"),
        ("return [each for each in names if each.good]", "return None"),
        ("each.good", "(not (each.good))"),
    }


def test_a_mutant_is_named_by_what_it_changes_and_not_by_its_line():
    first, moved = (make_mutants("m.py", text) for text in (SOURCE, SOURCE.replace("\nLIMIT", "\n\n\nLIMIT")))
    assert [mutant.key for mutant in first] == [mutant.key for mutant in moved]
    assert len({mutant.key for mutant in first}) == len(first)
    assert first[0].apply(SOURCE.encode()) == SOURCE.replace("int = 3", "int = 4").encode()


@pytest.mark.parametrize("part", TARGETS)
def test_every_part_has_modules_tests_and_mutants(part):
    modules, tests = TARGETS[part]
    assert all((ROOT / name).is_file() for name in (*modules, *tests))
    made = {mutant.key for path in modules for mutant in make_mutants(path, (ROOT / path).read_text(), compiled=False)}
    assert made


def test_what_no_test_can_notice_is_still_there():
    made = {
        mutant.key
        for modules, _ in TARGETS.values()
        for path in modules
        for mutant in make_mutants(path, (ROOT / path).read_text(), compiled=False)
    }
    assert set(EQUIVALENT) <= made, "a mutant that is said to change nothing is gone; take it off the list"


def test_a_test_that_looks_kills_and_one_that_does_not_lets_live(tmp_path):
    """A small project of its own, in a process of its own: `Runner` clears modules and forks."""
    project = tmp_path / "project"
    (project / "index").mkdir(parents=True)
    (project / "tests").mkdir()
    (project / "index" / "__init__.py").touch()
    (project / "index" / "limit.py").write_text(
        "def within(count):\n    return count < 3\n\n\n"
        "def double(count):\n    return 2 * count\n\n\n"
        "def lost():\n    return 7\n"
    )
    (project / "tests" / "test_limit.py").write_text(
        "from index.limit import double, within\n\n\n"
        "def test_within():\n    assert within(2)\n    assert not within(3)\n\n\n"
        "def test_double():\n    double(2)\n"
    )
    (project / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\npythonpath = ["."]\nmarkers = ["check: x", "cluster: x", "soak: x"]\n'
    )
    modules, tests = ["/".join(("index", "limit.py"))], ["/".join(("tests", "test_limit.py"))]
    runner = Runner(project, modules, tests, tmp_path / "place", warm=())
    mutants = make_mutants(modules[0], (project / modules[0]).read_text())
    found = {(mutant.old, mutant.new): runner.try_mutant(mutant).what for mutant in mutants}
    runner.close()
    assert found == {
        ("return count < 3", "return None"): "killed",
        ("count < 3", "count <= 3"): "killed",
        ("3", "4"): "killed",
        ("return 2 * count", "return None"): "survived",
        ("2 * count", "(2 + count)"): "survived",
        ("2", "3"): "survived",
        ("return 7", "return None"): "not covered",
        ("7", "8"): "not covered",
    }
    assert "index.limit" not in sys.modules
