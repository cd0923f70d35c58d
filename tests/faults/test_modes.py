"""Whatever people asked, added or saved is in files that only their owner can read, from the moment they are made."""

import io
import os
import stat
from pathlib import Path

import pytest

from bot.cli import run
from bot.console import open_history
from bot.settings import Settings
from bot.telegram.app import hold_file
from bot.telegram.chats import locate_file
from bot.telegram.chats.sqlite import BotFile
from index import open_index
from index.files import close_to_others, make_private_file, make_private_folder
from index.model import DEFAULT_COLLECTION
from tests.support.replies import HARBOUR, article


def list_open(folder):
    """Return what in a folder, itself included, others may read, enter or write; it must not be empty."""
    found = [folder, *folder.rglob("*")]
    assert len(found) > 1
    return {str(each.relative_to(folder)) for each in found if stat.S_IMODE(each.lstat().st_mode) & 0o077}


@pytest.fixture
def careless():
    """A umask that takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def no_mending(monkeypatch, careless):
    """No rights are changed later: what is seen is what a file had when it was made."""
    monkeypatch.setattr(Path, "chmod", lambda *_args, **_more: None)
    monkeypatch.setattr(os, "fchmod", lambda *_: None)


def keep_and_ask(folder):
    with open_index(f"disk:{folder}") as index:
        index.add(article(HARBOUR))
        index.engine.keep(next(iter(index.articles())).id, HARBOUR.encode(), DEFAULT_COLLECTION)
        assert index.ask("What did Lena Brandt blame?").citations
        with open_index(f"disk:{folder}") as second:
            second.add(article(f"Kiel. {HARBOUR}"))
            return list_open(folder)


def test_a_library_is_private_while_it_is_open_and_after(tmp_path, careless):
    assert keep_and_ask(tmp_path / "above" / "library") == set()
    assert list_open(tmp_path / "above") == set()


def test_a_library_is_private_from_the_moment_it_is_made(tmp_path, no_mending):
    left = keep_and_ask(tmp_path / "library")
    assert {name for name in left if "passages-" not in name} == set()
    # tantivy makes its own files, in a folder that nobody else can enter.
    assert all(Path(name).parent.name.startswith("passages-") for name in left)


def test_a_rebuilt_library_is_private(tmp_path, careless):
    from index.engines import rebuild

    with open_index(f"disk:{tmp_path / 'library'}") as index:
        index.add([article(f"Place {number}. {HARBOUR}") for number in range(40)])
    rebuild(f"disk:{tmp_path / 'library'}")
    assert list_open(tmp_path / "library") == set()
    file = tmp_path / "library" / "library.sqlite"
    data = bytearray(file.read_bytes())
    pages = len(data) // 4096
    for page in range(pages // 2, pages // 2 + 3):
        data[page * 4096 : page * 4096 + 100] = bytes(100)
    file.write_bytes(data)
    rebuild(f"disk:{tmp_path / 'library'}")
    assert list(tmp_path.rglob("damaged-*")), "nothing was damaged"
    assert list_open(tmp_path / "library") == set()


def test_what_chats_write_is_private_while_the_bot_runs_and_after(tmp_path, no_mending):
    settings = Settings(state=str(tmp_path / "state" / "telegram.sqlite"))
    with hold_file(locate_file(settings)):
        file = BotFile(locate_file(settings))
        file.receive([(1, {"message": {"text": "a question"}})], 0.0)
        beside = {each.name for each in (tmp_path / "state").iterdir()}
        assert {"telegram.sqlite", "telegram.sqlite-wal", "telegram.sqlite-shm", "telegram.lock"} <= beside
        assert list_open(tmp_path / "state") == set()
        file.close()


def test_what_is_typed_is_private(tmp_path, no_mending):
    open_history(tmp_path / "state").store_string("a question")
    assert list_open(tmp_path / "state") == set()


def test_what_earlier_versions_left_open_is_closed_with_a_word(tmp_path, caplog, careless):
    library, state = tmp_path / "library", tmp_path / "state"
    keep_and_ask(library)
    file = BotFile(state / "telegram.sqlite")
    history = open_history(state)
    history.store_string("a question")
    for each in (library, *library.rglob("*"), *state.iterdir()):
        each.chmod(0o755 if each.is_dir() else 0o644)
    with open_index(f"disk:{library}") as index:
        assert index.ask("What did Lena Brandt blame?").citations
        assert "could be read by other users of this machine (library, library.sqlite" in caplog.text
        BotFile(state / "telegram.sqlite").close()
        assert "could be read by other users of this machine (telegram.sqlite" in caplog.text
        open_history(state)
        told = len(caplog.records)
    assert list_open(state) <= {"telegram.lock"}
    assert {name for name in list_open(library) if "passages-" not in Path(name).parts[0] or "/" not in name} == set()
    with open_index(f"disk:{library}"):
        BotFile(state / "telegram.sqlite").close()
    assert len(caplog.records) == told, "it is told once"
    file.close()


def test_a_folder_that_holds_other_things_keeps_its_rights(tmp_path, careless):
    tmp_path.chmod(0o755)
    (tmp_path / "letter.txt").write_text("not ours")
    keep_and_ask(tmp_path)
    (tmp_path / "library.sqlite").chmod(0o644)
    with open_index(f"disk:{tmp_path}"):
        pass
    assert list_open(tmp_path) == {".", "letter.txt"}


def test_rights_are_given_whatever_the_umask_takes(tmp_path):
    before = os.umask(0o777)
    try:
        make_private_folder(tmp_path / "a" / "b")
        make_private_file(tmp_path / "a" / "b" / "c")
        make_private_file(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b", "a/b/c")]
    assert modes == [0o700, 0o700, 0o600]


def test_pipes_and_what_is_not_there_are_left_alone(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o644)
    (tmp_path / "file").touch(0o644)
    found = [tmp_path / name for name in ("pipe", "file", "none")]
    assert close_to_others(found) == [tmp_path / "file"]
    assert close_to_others(found) == []


def test_every_verb_leaves_private_files(tmp_path, monkeypatch, careless):
    home, work = tmp_path / "home", tmp_path / "work"
    for folder in (home, work):
        folder.mkdir(mode=0o700)
    (work / "story.txt").write_text(HARBOUR)
    (work / "story.txt").chmod(0o600)
    monkeypatch.chdir(work)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("PULLQUOTE_INDEX", raising=False)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"What did Lena Brandt blame?\n")))
    for call in (
        ["add", "--keep-source", "story.txt"],
        ["export", "out.jsonl"],
        ["read", "--from", "story.txt", "-o", "page.html"],
        ["chat", "--from", "story.txt", "--transcript", "talk.html"],
    ):
        assert run(call) == 0, call
    assert list_open(home) == set()
    assert {"out.jsonl", "page.html", "talk.html"} <= {each.name for each in work.iterdir()}
    assert list_open(work) == set()
