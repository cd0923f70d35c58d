"""Dates at the edge of the calendar: every verb goes on, and all articles answer, whatever day one of them states."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.replies import HARBOUR

Run = Callable[..., tuple[int, str, str]]

EDGES = [
    "9999-12-31",
    "9999-12-31T23:59:59.999999",
    "9999-12-31T23:59:59-12:00",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00-12:00",
    "2016-12-31T23:59:60Z",
    "0000-01-01",
    "10000-01-01T00:00:00Z",
]
NO_DATES = EDGES[-2:]
"""Those that no calendar has: an embargo until then is refused, for nobody can tell when it ends."""
_STORY = (
    "The ferry to Larn {0} sank last Saturday, the harbour office of Larn {0} said. It had sunk last year, last month,"
    " yesterday, two weeks ago and in January. It will sail next year, next month, tomorrow and on Friday."
)
OTHER_FORMATS = (0, 4, 7)
STYLES = ("text", "markdown", "html", "bibtex", "csl", "annotation")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a plain story and, for each edge, one of each format that states a date."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    for number, edge in enumerate(EDGES):
        story = _STORY.format(f"{number}n")
        item = {"headline": f"Ferry {number}n sinks", "versioncreated": edge, "body_text": story, "source": "Tern"}
        embargoed = item | {"headline": f"Held {number}h", "body_text": _STORY.format(f"{number}h"), "embargoed": edge}
        files = {f"{number}n.json": json.dumps(item)}
        files |= {} if edge in NO_DATES else {f"{number}h.json": json.dumps(embargoed)}
        page = (
            f'<html><head><meta property="article:published_time" content="{edge}"></head><body><article>'
            f"<h1>Page {number}p</h1><p>{_STORY.format(f'{number}p')}</p></article></body></html>"
        )
        mail = (
            f"Subject: Mail {number}m\nDate: Fri, 31 Dec {edge[:4]} 23:59:60 -1200\n\n{_STORY.format(f'{number}m')}\n"
        )
        note = f"---\ntitle: Note {number}d\ndate: {edge}\n---\n\n{_STORY.format(f'{number}d')}\n"
        if number in OTHER_FORMATS:
            files |= {f"{number}p.html": page, f"{number}m.eml": mail, f"{number}d.md": note}
        for name, text in files.items():
            (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:library")
    return tmp_path


def test_a_folder_of_edges_is_added_listed_searched_asked_cited_and_exported(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 1 + 2 * len(EDGES) - len(NO_DATES) + 3 * len(OTHER_FORMATS)
    code, out, err = run("add", "in", "--jobs", "1")
    assert (code, err, out.splitlines()[-1]) == (0, "", f"added {count} articles")
    assert len(run("list", "--json", "--sort", "published")[1].splitlines()) == count
    assert " 0001-01-01 " in run("list")[1]
    assert run("search", "ferry", "Larn")[0] == 0
    assert "[1] She blamed a worn cable" in run("ask", "Who blamed a worn cable?")[1]
    for number in range(len(EDGES)):
        for kind in "n" if EDGES[number] in NO_DATES else "nh":
            (key,) = _find(run, f"{number}{kind}")
            code, out, err = run("ask", "--json", "--article", key, "Which ferry sank last Saturday?")
            assert (code in ({0} if kind == "n" else {0, 1}), err) == (True, "")
        if number in OTHER_FORMATS:
            (key,) = _find(run, f"{number}n")
            saved = run("ask", "--json", "--article", key, "Which ferry sank last Saturday?")[1].encode()
            assert [run("cite", "--style", style, "-", stdin=saved)[0] for style in STYLES] == [0] * len(STYLES)
            assert [run(*verb)[0] for verb in (("read", key, "-o", "-"), ("show", key))] == [0, 0]
            assert run("verify", "-", stdin=saved)[0] == 0
    _check_filters(run)
    cards = run("list", "--json")[1]
    assert run("export", "out.jsonl")[0] == 0
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:other")
    assert run("import", "out.jsonl")[0] == run("rebuild")[0] == 0
    assert run("list", "--json")[1] == cards


def _check_filters(run: Run) -> None:
    everything = len(run("list", "--json")[1].splitlines())
    dated = len(run("list", "--json", "--since", "0001-01-01T00:00:00+14:00")[1].splitlines())
    assert 0 < dated < everything  # articles without a date pass no limit of dates
    for edge in ("9999-12-31", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00-12:00"):
        before, after = (set(run("list", "--json", option, edge)[1].splitlines()) for option in ("--until", "--since"))
        assert len(before | after) == dated  # those of the day, or minute, itself are in both
    assert run("list", "--since", "0000-01-01")[0] == run("list", "--since", "10000-01-01")[0] == 2
    assert run("list", "--lead", str(1 << 70))[:2] == (1, "")


def _find(run: Run, mark: str) -> list[str]:
    """Return the ids of the articles of the file with this mark."""
    cards = [json.loads(row) for row in run("list", "--json")[1].splitlines()]
    return [card["id"] for card in cards if f"/{mark}." in card["source"]]
