"""Rebuilding a library article by article: what is told of each, and what stays of what is damaged."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from index import Filter
from index.engines.disk import DiskEngine, traces
from index.engines.disk.rebuild import rebuild
from index.engines.disk.salvage import RECOVERED, describe_card
from index.engines.disk.store import ArticleStore
from index.errors import IncompatibleIndex
from tests.support.make_library import made

ONE, TWO = made(["alpha one."], title="One", source="one.txt"), made(["alpha two."], title="Two", source="two.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with closing(DiskEngine(str(tmp_path / "library"))) as engine:
        engine.add([ONE, TWO], "a")
        engine.add([TWO], "b")
    return tmp_path / "library"


def change(folder: Path, statement: str) -> None:
    with closing(apsw.Connection(str(folder / "library.sqlite"))) as file:
        file.execute(statement)


def members(folder: Path, seq: int) -> list[str]:
    with closing(ArticleStore(folder / "library.sqlite", "disk:x")) as store:
        return [name for name, _, _ in store.list_members_of(seq)]


def test_terms_of_another_analyser_are_renewed_one_article_after_the_other(folder: Path) -> None:
    change(folder, "UPDATE meta SET value = 'other-1' WHERE name = 'analyser'")
    steps: list[tuple[int, int]] = []
    assert rebuild(str(folder), lambda *step: steps.append(step)).articles == 2
    assert steps == [(1, 2), (2, 2), (1, 2), (2, 2)]  # the terms, then the search index
    steps.clear()
    rebuild(str(folder), lambda *step: steps.append(step))
    assert steps == [(1, 2), (2, 2)]


def test_a_text_that_is_lost_is_named_by_what_is_stated_of_it(folder: Path) -> None:
    change(folder, "UPDATE body SET text = x'00'")
    change(folder, "UPDATE member SET checksum = checksum + 1 WHERE seq = 1")
    change(folder, "UPDATE member SET checksum = checksum + 1 WHERE seq = 2 AND collection = CAST('a' AS BLOB)")
    done = rebuild(str(folder))
    assert (done.articles, done.names) == (0, {ONE.id: "", TWO.id: describe_card(TWO.card)})
    assert "Two" in describe_card(TWO.card)


def test_a_damaged_card_goes_and_the_intact_ones_stay(folder: Path) -> None:
    change(folder, "UPDATE member SET checksum = checksum + 1 WHERE collection = CAST('a' AS BLOB)")
    done = rebuild(str(folder))
    assert (done.articles, done.lost, done.recovered) == (2, (), 2)
    assert [members(folder, seq) for seq in (1, 2)] == [[RECOVERED], ["b", RECOVERED]]
    assert rebuild(str(folder)).recovered == 0


def test_what_a_killed_rebuild_left_half_done_goes(folder: Path) -> None:
    (folder / traces.NEW).write_bytes(b"half")
    assert rebuild(str(folder)).articles == 2
    assert not (folder / traces.NEW).exists()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_rebuild_killed_once_all_is_saved_leaves_whose_terms_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    if not is_known:
        change(folder, "UPDATE meta SET name = 'lost' WHERE name = 'analyser'")
    data = bytearray((folder / "library.sqlite").read_bytes())
    data[100:4096] = bytes(3996)  # the page that leads to all others
    (folder / "library.sqlite").write_bytes(data)
    with monkeypatch.context() as patch:

        def kill(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr("index.engines.disk.rebuild._renew", kill)
        with pytest.raises(KeyboardInterrupt):
            rebuild(str(folder))
    if not is_known:
        with pytest.raises(IncompatibleIndex, match="analyser unknown"):
            DiskEngine(str(folder))
        assert rebuild(str(folder)).articles == 2
    with closing(DiskEngine(str(folder))) as engine:
        assert len(engine.search(["alpha"], 9, Filter(collections=("a",)))) == 2


def test_an_empty_file_beside_nothing_is_an_empty_library(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").touch()
    assert rebuild(str(tmp_path)).articles == 0
