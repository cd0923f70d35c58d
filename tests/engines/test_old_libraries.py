"""P17: libraries that earlier versions wrote open, upgraded at once; and so will those of this one.

`libraries/format-N.sql` is the dump of a library that the version with format N wrote: `python -m
tests.engines.test_old_libraries` writes that of the present format. A dump is never written again.
"""

import shutil
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from index import Index, open_index
from index.engines import open_engine, rebuild
from index.engines.disk import DiskEngine, sqlite
from index.engines.disk.folder import LibraryFolder
from index.errors import EngineUnavailable, IncompatibleIndex
from index.maintenance.library import export_articles
from index.model import Article, Filter, Status
from tests.support.paths import ROOT
from tests.support.vectors import ENCODER, encode, encoded

DUMPS = ROOT / "tests/engines/libraries"
FORMATS = sorted(int(file.stem.removeprefix("format-")) for file in DUMPS.glob("format-*.sql"))
CALDER, CHAT = ("default",), ("chat:7",)


def write_library(number: int, folder: Path) -> apsw.Connection:
    folder.mkdir()
    found = apsw.Connection(str(folder / "library.sqlite"))
    found.execute((DUMPS / f"format-{number}.sql").read_text("utf-8"))
    return found


def read_version(folder: Path) -> object:
    with closing(apsw.Connection(str(folder / "library.sqlite"))) as file:
        return file.pragma("user_version")


def test_there_is_a_library_of_every_format() -> None:
    assert list(range(1, sqlite.FORMAT + 1)) == FORMATS


@pytest.mark.parametrize("number", FORMATS)
def test_a_library_of_any_earlier_version_opens(number: int, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    write_library(number, folder).close()
    for _ in range(2):  # as it was, and as the first opening left it
        with open_index(f"disk:{folder}") as index:
            assert index.engine.collections() == {"chat:7": 2, "default": 2}
            here = list(index.articles())
            there = list(index.articles(Filter(collections=CHAT)))
            assert [card.source for card in here] == ["bridge.txt", "lead.txt"]
            assert [card.status for card in there] == [Status.USABLE, Status.WITHDRAWN]
            assert [card.source for card in there] == ["lead.txt" if number == 1 else "other.txt", "flood.txt"]
            assert len({card.story for card in here}) == 1
            assert index.engine.raw(here[0].id, CALDER) == b"the bytes of bridge.txt"
            assert index.engine.raw(here[0].id, CHAT) is None
            reply = index.ask("How many bridges did the mayor open?")
            assert [citation.article_id for citation in reply.citations] == [here[1].id]  # it supersedes the first
            assert len(index) == 3
            for within in (CALDER, CHAT):
                for card in index.articles(Filter(collections=within)):
                    article = index.article(card.id, Filter(collections=within))
                    again = Article.from_text(article.text)
                    assert (again if number < 3 else encoded(again)).sentences == article.sentences
            assert index.engine.encoder == ("" if number < 3 else ENCODER)
    assert read_version(folder) == sqlite.FORMAT
    assert rebuild(f"disk:{folder}", encode=encode, encoder=ENCODER).articles == 3
    engine = DiskEngine(str(folder))
    assert engine.encoder == ENCODER
    article = engine.article(there[1].id, CHAT)
    assert article.sentences == encoded(Article.from_text(article.text)).sentences
    engine.add([replace(article, source="new.txt")], "x")
    assert [name for name, _ in engine.memberships()][-1] == "x"
    engine.close()


@pytest.mark.parametrize("number", FORMATS[:-1])
def test_an_upgrade_does_not_wait_for_the_search_index(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making one takes minutes for a large library, and reading articles needs none."""
    folder = tmp_path / "library"
    write_library(number, folder).close()
    monkeypatch.setattr(LibraryFolder, "_catch_up", lambda *_: pytest.fail("the search index was looked at"))
    with closing(DiskEngine(str(folder))) as engine:
        assert engine.collections() == {"chat:7": 2, "default": 2}


@pytest.mark.parametrize("number", FORMATS[:-1])
def test_an_upgrade_that_is_interrupted_leaves_the_library_as_it_was(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "library"
    write_library(number, folder).close()
    steps = [f"{part};" for part in sqlite._UPGRADES[number].split(";\n")]
    for at in range(1, len(steps)):
        if apsw.complete("".join(steps[:at])) and steps[at - 1].strip(" ;"):
            monkeypatch.setitem(sqlite._UPGRADES, number, "\n".join([*steps[:at], "SELECT * FROM interrupted;"]))
            with pytest.raises(apsw.SQLError):
                DiskEngine(str(folder))
            assert read_version(folder) == number
    monkeypatch.undo()
    with closing(DiskEngine(str(folder))) as engine:
        assert engine.collections() == {"chat:7": 2, "default": 2}


def test_an_old_library_that_cannot_be_written_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "library"
    write_library(1, folder).close()
    before = (folder / "library.sqlite").read_bytes()

    def read_only(*_: object, **__: object) -> None:
        raise EngineUnavailable("disk:", "cannot be written")

    monkeypatch.setattr("index.engines.disk.lock.hold_lock", read_only)
    with pytest.raises(IncompatibleIndex, match="make its folder writable"):
        DiskEngine(str(folder))
    assert (folder / "library.sqlite").read_bytes() == before


def test_what_is_intact_in_a_damaged_old_library_is_saved(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with closing(write_library(1, folder)) as file:
        file.execute("UPDATE body SET text = x'00' WHERE seq = 1")
        page = int(file.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'article_story'").get)
    data = bytearray((folder / "library.sqlite").read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    (folder / "library.sqlite").write_bytes(data)
    done = rebuild(f"disk:{folder}")
    assert (done.articles, len(done.lost), Path(done.aside).name) == (2, 1, "damaged-1.sqlite")
    with open_index(f"disk:{folder}") as index:
        names = {card["id"]: (card["source"], sorted(card["collections"])) for card in export_articles(index)}
    assert sorted(names.values()) == [("flood.txt", ["chat:7"]), ("lead.txt", ["chat:7", "default"])]


def write_dump(place: Path) -> None:
    """Write the dump of a library of the present format."""
    import io

    import apsw.shell

    bridge = "CALDER, May 1 (Tern Agency) -- The mayor of Calder opened {} bridges on Monday."
    first = Article.from_text(
        f"Bridge of Calder opens\n\n{bridge.format('three')}\n\nThey cost 12 million crowns.\n", source="bridge.txt"
    )
    lead = Article.from_text(f"(LEAD) Bridge of Calder opens\n\n{bridge.format('four')}\n", source="lead.txt")
    flood = "Flood in Marrow\n\nMARROW, May 2 (Tern Agency) -- Water stood in 40 streets of Marrow.\n"
    killed = replace(Article.from_text(flood, source="flood.txt"), status=Status.WITHDRAWN)
    with Index(open_engine(f"disk:{place}", encoder=ENCODER)) as index:
        index.add(map(encoded, [first, lead]))
        index.add(map(encoded, [replace(lead, source="other.txt", title="Ours"), killed]), "chat:7")
        index.engine.keep(first.id, b"the bytes of bridge.txt", "default")
    with closing(apsw.Connection(str(place / "library.sqlite"))) as file:
        out = io.StringIO()
        apsw.shell.Shell(db=file, stdout=out).process_command(".dump")
    shutil.rmtree(place)
    skipped = ("--", "DROP", "PRAGMA page_size")
    lines = [line for line in out.getvalue().splitlines() if line.strip() and not line.startswith(skipped)]
    target = DUMPS / f"format-{sqlite.FORMAT}.sql"
    if target.exists():
        sys.exit(f"{target} is there already")
    target.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    import tempfile

    write_dump(Path(tempfile.mkdtemp()) / "library")
