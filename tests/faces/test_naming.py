"""Articles are named by number, id or words in every verb, and text comes on standard input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.replies import HARBOUR, VINEYARD

Run = Callable[..., tuple[int, str, str]]
SECOND = HARBOUR.replace("(LEAD)", "(2nd LD)").replace("Nobody was hurt", "Two were hurt")
CABLE = "Who blamed a worn cable?"


@pytest.fixture
def folder(library: Path, run: Run) -> Path:
    return library


@pytest.fixture
def run(library: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a library of three articles: the harbour, the vineyards, the harbour's second lead."""
    import io
    import sys

    from bot import cli

    def call(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = cli.run(arguments)
        return (code, *capfd.readouterr())

    for name, text in (("harbour", HARBOUR), ("vineyard", VINEYARD), ("second", SECOND)):
        (library / f"{name}.txt").write_text(text, encoding="utf-8")
        call("add", f"{name}.txt")
    return call


def list_ids(run: Run) -> list[str]:
    return [json.loads(row)["id"] for row in run("list", "--json")[1].splitlines()]


def test_the_list_counts_and_keeps_its_numbers_under_filters_and_sorting(run: Run) -> None:
    for options in ((), ("--sort", "title"), ("--reverse",), ("--since", "2024-03-20"), ("--article", "frost")):
        rows = [row.split() for row in run("list", *options)[1].splitlines()]
        assert rows
        assert all(list_ids(run)[int(number) - 1].startswith(key) for number, key, *_ in rows)
    assert len(run("list", "--until", "2024")[1].splitlines()) == 3
    assert len(run("list", "--until", "2024-03-14")[1].splitlines()) == 2


def test_every_verb_takes_a_number_an_id_or_words(run: Run, folder: Path) -> None:
    first, key, _ = list_ids(run)
    reply = run("ask", "--json", "Who asked the province for help?")[1].encode()
    for name in ("2", key, key[:8], key[:2], "calder VINEYARDS"):
        assert "Frost ruins a third of Calder vineyards" in run("show", name)[1]
        assert "Frost destroyed a third" in run("read", name, "-o", "-")[1]
        assert "Frost destroyed a third" in run("digest", "about", name)[1]
        assert "Oduya" in run("ask", "--article", name, "Who asked for help?")[1]
        assert "Oduya" in run("ask", f'article:"{name}" Who asked for help?')[1]
        assert "province" in run("search", "--article", name, "help")[1]
        assert len(run("list", "--article", name)[1].splitlines()) == 1
        assert "Oduya" in run("cite", "--article", name, "-", stdin=reply)[1]
        assert run("cite", "--article", "1", "-", stdin=reply)[0] == 1
        assert "one version" in run("diff", name)[2]
    assert run("diff", "1") == run("diff", list_ids(run)[0]) == run("diff", "eastmoor")
    assert run("remove", "2", "1")[1].splitlines() == [
        f"removed {key[:8]} Frost ruins a third of Calder vineyards",
        f"removed {first[:8]} Port of Eastmoor closes after crane falls",
    ]
    assert len(list_ids(run)) == 1


def test_words_that_name_several_articles_are_told_with_their_ids(run: Run) -> None:
    first, _, third = list_ids(run)
    for verb in (("show", "eastmoor"), ("read", "eastmoor"), ("digest", "about", "eastmoor")):
        code, out, err = run(*verb)
        assert (code, out) == (2, "")
        assert f"'eastmoor' names 2 articles: {first[:8]} Port of" in err
        assert f"{third[:8]} Port of" in err
    assert run("remove", "eastmoor")[0] == 3
    assert len(list_ids(run)) == 3
    assert "[1] She blamed a worn cable" in run("ask", "--article", "eastmoor", CABLE)[1]  # versions of one story
    assert "'a' names 3 articles" in run("ask", "--article", "a", CABLE)[2]
    assert "no article 'nothing of it' here" in run("show", "nothing of it")[2]
    assert run("show", " ")[0] == 3


def test_a_text_is_asked_on_standard_input(run: Run) -> None:
    text = HARBOUR.replace("Eastmoor", "Westmoor").encode()
    assert "[1] She blamed a worn cable" in run("ask", "--from", "-", CABLE, stdin=text)[1]
    assert "Port of Westmoor" in run("show", "--from", "-", stdin=text)[1]
    assert "Port of Westmoor" in run("digest", "about", "-", stdin=text)[1]
    code, out, _ = run("ask", "--from", "-", "--from", "vineyard.txt", "--json", CABLE, stdin=text)
    assert (code, json.loads(out)["passages"][0]["article"]["source"]) == (0, "-")
    assert "holds no" in run("ask", "--from", "-", CABLE)[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ask", "--from", "-", "-"), "Standard input holds the questions"),
        (("chat", "--from", "-"), "Standard input holds the questions"),
        (("verify", "--from", "-", "-"), "Standard input holds the replies"),
        (("cite", "--from", "-", "-"), "Standard input holds the replies"),
        (("ask", "--from", "-", "--from", "-", "Who?"), "standard input can be read once only"),
    ],
)
def test_standard_input_holds_one_thing(run: Run, arguments: tuple[str, ...], told: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert told in err


def test_speaker_limits_what_answers_and_is_no_filter_of_a_search(run: Run) -> None:
    assert "[1] Nobody was hurt" in run("ask", "--lead", "1", "speaker:Brandt Was anybody hurt?")[1]
    code, out, _ = run("ask", "speaker:Oduya Was anybody hurt?")
    assert (code, "attributed to “Oduya”" in out) == (1, True)
    assert "Lena Brandt" in run("ask", "--article", "1", "speaker:Brandt")[1]
    assert run("search", "speaker:Brandt", "cable")[0] == 2
    code, _, err = run("ask", "author:Brandt What was blamed?")
    assert (code, "speaker: may be meant" in err) == (2, True)
