"""The long run: its table names tests that are there, and its report tells what was tried, held and broken."""

import re

import pytest

from tests.soak import __main__ as soak
from tests.soak.promises import TRIALS, Trial
from tests.support.paths import ROOT


def test_every_promise_is_in_the_table():
    assert {trial.promise for trial in TRIALS} == {f"P{number}" for number in range(1, 18)}
    assert [trial.promise for trial in TRIALS if not trial.tests and not trial.needs] == []


@pytest.mark.parametrize("test", [test for trial in TRIALS for test in trial.tests])
def test_every_test_of_the_table_is_there(test):
    file, _, name = test.partition("::")
    assert (ROOT / file).is_file()
    name = name.partition("[")[0]
    assert not name or re.search(rf"^(?:async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE)


@pytest.fixture
def tried(monkeypatch, tmp_path):
    """Let each run of tests print what is given, and keep how it was called."""
    calls = []

    def let(*outcomes):
        left = list(outcomes)

        def run_tests(trial, batch, seed, limit):
            calls.append((batch, seed))
            told, code = left.pop(0)
            return soak.subprocess.CompletedProcess([], code, told, "")

        monkeypatch.setattr(soak, "run_tests", run_tests)
        return calls

    monkeypatch.setattr(soak, "PLACE", tmp_path)
    return let


TRIAL = Trial("P1", "nothing is lost", "kills", 25, 10, ("x.py",))


def test_rounds_add_up_until_as_much_was_tried_as_is_wanted(tried):
    calls = tried(*[("P1: 10 kills, 0 lost\n1 passed", 0)] * 2, ("P1: 5 kills, 0 lost\n1 passed", 0))
    found = soak.try_promise(TRIAL, 1000)
    assert (found["outcome"], found["count"], found["rounds"]) == ("held", 25, 3)
    assert calls == [(10, 0), (10, 1), (5, 2)]


def test_when_the_time_is_up_it_is_told_how_much_there_was(tried):
    tried(("P1: 1,010 kills, 0 lost\n1 passed", 0))
    found = soak.try_promise(TRIAL._replace(wanted=5000), 0)
    assert (found["outcome"], found["count"]) == ("held, fewer than wanted", 1010)


def test_what_breaks_is_told_and_what_was_skipped_is_not_held(tried):
    tried(("P1: 10 kills\n1 passed", 0), ("AssertionError: <lost>", 1))
    found = soak.try_promise(TRIAL, 1000)
    assert (found["outcome"], found["count"]) == ("broken", 10)
    assert "<lost>" in found["why"]
    tried(("3 skipped", 0))
    assert soak.try_promise(TRIAL, 1000)["outcome"] == "not run"
    assert soak.try_promise(TRIAL._replace(tests=(), needs="a cluster"), 1000)["why"] == "a cluster"


def test_the_report_is_a_file_and_a_page(tried, tmp_path):
    from lxml import html

    tried(("P1: 10 kills\n1 passed", 0), ("AssertionError: <lost>", 1))
    soak.soak([TRIAL], 5)
    page = html.fromstring((tmp_path / "report.html").read_text())
    assert page.xpath("//tbody/tr/@class") == ["broken"]
    assert "<lost>" in page.xpath("string(//pre)")
    assert '"count": 10' in (tmp_path / "report.json").read_text()
