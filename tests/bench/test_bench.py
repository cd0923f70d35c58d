"""The bench and the count of instructions say what they measured, and the run of it all works."""

import gc
import platform
import subprocess
import sys

import pytest

from tests.bench import figures, instructions
from tests.support.paths import ROOT


def test_percentiles_are_values_that_were_measured():
    values = [float(number) for number in range(1, 101)]
    assert [figures.percentile(values, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert figures.percentile([7.0], 0.5) == 7
    assert figures.percentile([], 0.5) == 0


def test_a_ratio_is_of_the_questions_that_both_were_asked():
    ours, theirs = [[2.0, 2.0, 90.0], [3.0, 3.0]], [[1.0, 1.0], [1.0, 1.0], [5.0]]
    assert figures.list_ratios(ours, theirs) == [2, 3]
    assert figures.tell_ratio([2.0, 3.0, 2.2]) == "2.20 (2.00 to 3.00)"
    assert figures.tell_ratio([]) == ""


def test_a_table_has_as_many_cells_in_each_row():
    one = {"first": [[1.0, 3.0]], "again": [[0.5, 0.5]], "built": {"cpu": 2.0, "memory": 90.0}, "memory": 80.0}
    more = {"added": [[7.0, 9.0]], "after": [[1.0, 2.0]], "disk": 1.25}
    result = {
        "size": 10_000,
        "text": 0.5,
        "contestants": {
            "Pullquote, disk": one | more,
            "peer": one | {"first": [[2.0]]},
            "lost": {"first": [], "again": []},
        },
        "cold": {"Pullquote, disk": [300.0, 320.0], "import": [100.0, 100.0]},
    }
    head, line, *rows = figures.table(result).splitlines()
    assert {row.count("|") for row in (head, line, *rows)} == {16}
    assert rows[0].startswith(
        "| Pullquote, disk | 1.00 | 3.00 | 3.00 | 3.00 | 0.500 |  |  | 310 |  | 2.00 | 80.0 (90.0) | 1.25 (2.50) | 8"
    )
    assert "| peer | 2.00 | 2.00 | 2.00 | 2.00 | 0.500 | 0.500 (0.500 to 0.500) |" in rows[1]
    assert "| import |  |  |  |  |  |  |  | 100 | 3.10 (3.00 to 3.20) |" in rows[3]


@pytest.mark.parametrize(
    ("counted", "held"),
    [({"ask": 1.1}, True), ({"ask": 1.12}, False), ({"ask": 0.5}, True), ({}, False), ({"ask": 1, "add": 1}, False)],
)
def test_a_tenth_more_than_was_written_fails(counted, held):
    lines, found = instructions.compare(counted, {"ask": 1.0})
    assert found is held
    assert len(lines) == len(counted | {"ask": 1})


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the request to Valgrind is code of the x86-64")
def test_a_job_is_done_without_valgrind_too():
    done = []
    instructions.Callgrind().count("a job", lambda: done.append(gc.isenabled()))
    assert (done, gc.isenabled()) == ([False], True)


@pytest.mark.check
def test_one_run_builds_asks_adds_and_starts(tmp_path):
    command = [sys.executable, "-m", "tests.bench", "--cache", str(tmp_path), "--corpus", "made", "--size", "50"]
    command += ["--only", "Pullquote, disk", "--only", "SQLite FTS5", "--seconds", "0.1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    heading, _, _, _, *rows = done.stdout.splitlines()
    assert heading.startswith("### Made text, ")
    ours, peer, start = (row.split(" | ") for row in rows if row)
    assert [ours[0], peer[0], start[0]] == ["| Pullquote, disk", "| SQLite FTS5", "| import tantivy, click, apsw"]
    assert all(cell.strip(" |") for cell in peer)
    assert (tmp_path / "speed.svg").stat().st_size > 5000
