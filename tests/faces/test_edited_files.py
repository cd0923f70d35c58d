"""`add` of files that were edited, and `add --sync` of folders: what a file says now answers, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation.originals import Originals
from index import Article, Index

Run = Callable[..., tuple[int, str, str]]
FERRY = (
    "The ferry to Larn sank with {} people aboard.\n"  # no headline, so that only the file says what belongs together
)
ASK = ("ask", "How many people were aboard the ferry?")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "ferry.txt").write_text(FERRY.format(40), encoding="utf-8")
    (tmp_path / "in" / "sub" / "frost.txt").write_text("Frost\n\nFrost ruined the vines of Calder.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:library")
    return tmp_path


def edit(folder: Path, number: int) -> None:
    (folder / "in" / "ferry.txt").write_text(FERRY.format(number), encoding="utf-8")


def cards(run: Run) -> list[dict[str, object]]:
    return [json.loads(row) for row in run("list", "--json")[1].splitlines()]


def test_an_edited_file_answers_with_its_new_text_and_verify_says_so(run: Run, folder: Path) -> None:
    assert run("add", "in")[1].endswith("added 2 articles\n")
    saved = run(*ASK, "--json")[1]
    (key,) = (str(card["id"]) for card in cards(run) if "ferry" in str(card["source"]))
    edit(folder, 55)
    assert run("add", "in")[1].endswith("added 0 articles; 1 changed; 1 was there already\n")
    assert "with 55 people" in run(*ASK)[1]
    assert run("list")[1].count("superseded") == 1
    code, out, _ = run("verify", "-", stdin=saved.encode())
    assert (code, "superseded" in out, "55 people" in run("diff", key)[1]) == (1, True, True)
    (folder / "there").symlink_to(folder / "in")
    assert run("add", "there")[1].endswith("added 0 articles; 2 were there already\n")
    edit(folder, 40)
    assert run("add", "in/../in/ferry.txt")[1].endswith("added 0 articles; 1 changed\n")
    assert "with 40 people" in run(*ASK)[1]
    assert run("verify", "-", stdin=saved.encode())[0] == 0


def test_words_of_an_unknown_text_are_looked_for_in_the_text_that_the_file_has(fresh_index: Index) -> None:
    texts = [replace(Article.from_text(FERRY.format(number), source="a"), file="/a") for number in (40, 55, 66)]
    for each in (texts[0], texts[1], texts[0]):
        fresh_index.add(each)
    found = Originals(fresh_index).find(texts[2].card)
    assert found is not None
    assert found.id == texts[0].id


def test_the_same_words_under_two_names_outlive_an_edit_of_one(run: Run, folder: Path) -> None:
    shutil.copy("in/ferry.txt", "in/zcopy.txt")
    assert run("add", "in")[1].endswith("added 2 articles; 1 was there already\n")
    edit(folder, 55)
    run("add", "in")
    assert len([card for card in cards(run) if not card["replaced"]]) == 3
    Path("in/zcopy.txt").unlink()
    assert run("add", "--sync", "in")[1].endswith("0 new, 0 changed, 1 gone, 2 unchanged\n")
    assert len(cards(run)) == 2


def test_sync_counts_new_changed_gone_and_unchanged(run: Run, folder: Path) -> None:
    (folder / "elsewhere.txt").write_text("Hail\n\nHail fell on Torvik all day.\n", encoding="utf-8")
    run("add", "in", "elsewhere.txt")
    run("add", "-", stdin=b"Words of standard input are from no folder.\n")
    edit(folder, 55)
    (folder / "in" / "new.txt").write_text("Snow\n\nSnow fell on the hills of Ostvale.\n", encoding="utf-8")
    (folder / "in" / "sub" / "frost.txt").unlink()
    (folder / "in" / "sub" / "left.txt").write_text("Rain\n\nRain fell on the hills of Ostvale.\n", encoding="utf-8")
    code, out, err = run("add", "--sync", "in")
    assert (code, err) == (0, "")
    assert "removed " in out
    assert "sub/frost.txt is gone" in out
    assert out.endswith("2 new, 1 changed, 1 gone, 0 unchanged\n")
    assert run("add", "--sync", "in/")[1].endswith("0 new, 0 changed, 0 gone, 3 unchanged\n")
    assert sorted(str(card["source"]) for card in cards(run) if not card["replaced"]) == [
        "-",
        "elsewhere.txt",
        "in/ferry.txt",
        "in/new.txt",
        "in/sub/left.txt",
    ]
    (folder / "in" / "ferry.txt").unlink()
    assert run("add", "--sync", "in")[1].endswith("0 new, 0 changed, 1 gone, 2 unchanged\n")
    assert not [card for card in cards(run) if "ferry" in str(card["source"])]  # with the text that it had before


@pytest.mark.parametrize("state", ["empty", "missing", "unread"])
def test_a_folder_that_may_not_be_mounted_keeps_its_articles(run: Run, folder: Path, state: str) -> None:
    run("add", "in")
    shutil.move("in", "away")
    if state != "missing":
        Path("in").mkdir()
    if state == "unread":
        Path("in/NOT-MOUNTED").touch()
    code, out, err = run("add", "--sync", "in")
    assert code == 3
    assert "2 files in it would lose their articles" in err
    assert "--force" in err
    assert "0 gone" in out
    assert len(cards(run)) == 2
    assert run("add", "--sync", "--force", "in")[:2][1].endswith("0 new, 0 changed, 2 gone, 0 unchanged\n")
    assert cards(run) == []


def test_a_subfolder_that_may_not_be_mounted_keeps_its_articles(run: Run, folder: Path) -> None:
    run("add", "in")
    (folder / "in" / "sub" / "frost.txt").unlink()
    edit(folder, 55)
    code, out, err = run("add", "--sync", "in")
    assert (code, out.endswith("0 new, 1 changed, 0 gone, 0 unchanged\n")) == (3, True)
    assert "in/sub is empty or not there: 1 file in it" in err
    (folder / "in" / "sub").rmdir()
    assert run("add", "--sync", "in")[1].endswith("0 new, 0 changed, 1 gone, 1 unchanged\n")


def test_a_file_that_cannot_be_read_is_not_gone(run: Run, folder: Path) -> None:
    run("add", "in")
    (folder / "in" / "ferry.txt").write_bytes(b"\x7fELF" + bytes(100))
    code, out, _ = run("add", "--sync", "in")
    assert (code, out.endswith("0 new, 0 changed, 0 gone, 1 unchanged; 1 left out\n")) == (3, True)
    assert len(cards(run)) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sync", "--resume", "in"), "leave out --resume"),
        (("--sync", "--watch", "5", "in"), "leave out --watch"),
        (("--force", "in"), "--force goes with --sync"),
        (("--sync", "in", "-"), "add - by itself"),
        (("--sync", "in/ferry.txt"), "add in/ferry.txt by itself"),
        (("--sync", "https://news.example.org/a"), "add https://news.example.org/a by itself"),
    ],
)
def test_options_that_contradict_each_other_are_refused(run: Run, options: tuple[str, ...], said: str) -> None:
    code, _, err = run("add", *options)
    assert (code, said in err) == (2, True)


def test_files_of_unread_endings_are_counted_and_named(run: Run, folder: Path) -> None:
    for name in ("a.png", "b.png", "sub/README", ".hidden"):
        (folder / "in" / name).touch()
    code, out, err = run("add", "in")
    assert (code, out.endswith("added 2 articles\n")) == (0, True)
    assert err == (
        "pullquote: passed over 3 files because of endings that are not read (2 .png, 1 no ending):"
        " in/a.png, in/b.png, in/sub/README\n"
    )
    for number in range(40):
        (folder / "in" / f"{number:02}.xyz").touch()
    err = run("add", "in")[2]
    assert "passed over 43 files" in err
    assert "40 .xyz" in err
    assert err.endswith("in/19.xyz and 23 more\n")
