"""Foreign wires given to `add`: told right, and served or refused by name; a paragraph in another language."""

import json

import pytest

from tests.support import told
from tests.support.paths import ROOT

WIRES = told.read_lines(ROOT / "tests" / "language" / "wires.jsonl")
MIXED = """Ferry strike ends in Larrane

LARRANE, May 3 (Harbor News) -- The ferry strike ended on Friday, and all boats will sail again from Monday.

{}

The company said that it would pay what it owes by the end of the month.
"""


@pytest.fixture
def folder(library):
    return library


def write_wires(folder):
    (folder / "in").mkdir()
    for place, wire in enumerate(WIRES):
        (folder / "in" / f"{place}-{wire['language']}.txt").write_text(wire["text"], encoding="utf-8")


def test_of_ten_foreign_wires_nine_are_added_and_the_tenth_is_refused_by_name(run, library):
    write_wires(library)
    code, out, err = run("add", "in", "--jobs", "1")
    assert (code, out.splitlines()[-1]) == (3, "added 9 articles; 1 left out")
    assert "9-sw.txt: is in Swahili; Pullquote reads English, Arabic, Chinese, " in out + err
    cards = [json.loads(row) for row in run("list", "--json")[1].splitlines()]
    served = {wire["language"] for wire in WIRES} - {"sw"}
    assert {card["language"] for card in cards} == served
    assert len(cards) == len(served) == 9


def test_show_names_the_language_of_a_paragraph_that_is_never_cited(run, library):
    swahili = next(wire["text"] for wire in WIRES if wire["language"] == "sw").split("\n\n")[2]
    (library / "mixed.txt").write_text(MIXED.format(swahili), encoding="utf-8")
    shown = run("show", "--from", "mixed.txt")[1]
    assert "In Swahili, and so never cited:" in shown
    report = run("show", "--from", "mixed.txt", "--report")[1]
    assert any(row.startswith("Swahili") and "Mkuu wa wilaya" in row for row in report.splitlines())
    _, out, _ = run("ask", "--from", "mixed.txt", "Neema Kombo magari makubwa daraja", "--json")
    assert "Kombo" not in json.dumps(json.loads(out)["passages"])


def test_a_question_in_a_language_that_is_not_served_is_refused_by_name(run, library):
    (library / "mixed.txt").write_text(MIXED.format(""), encoding="utf-8")
    out = run("ask", "--from", "mixed.txt", "Kwa nini bandari imefungwa?")[1]
    assert "The question is in Swahili; Pullquote understands English, Arabic, Chinese, " in out
