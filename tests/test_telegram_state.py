"""The bot's SQLite file: nothing received is lost or done twice."""

import apsw
import pytest

from bot.telegram.chats import KEPT_SCREENS
from bot.telegram.state import KEPT_UPDATES, Store
from index.errors import EngineError
from tests.test_chats_contract import kept


@pytest.fixture
def store(tmp_path):
    found = Store(tmp_path / "deep" / "bot.sqlite")
    yield found
    found.close()


def updates(*numbers):
    return [(number, {"update_id": number, "message": {"text": f"q{number}"}}) for number in numbers]


def test_an_update_is_new_once(store):
    assert store.receive(updates(1, 2), 0.0) == [1, 2]
    assert store.receive(updates(2, 3), 0.0) == [3]
    store.done(2)
    assert [number for number, _, _ in store.waiting()] == [1, 3]
    assert store.receive(updates(2), 0.0) == []


def test_what_waits_keeps_the_order_in_which_it_came_even_when_ids_begin_anew(store):
    store.receive(updates(900, 901), 50.0)
    store.receive(updates(12), 3.0)  # the clock went back, too
    assert [number for number, _, _ in store.waiting()] == [900, 901, 12]
    assert store.waiting()[2][1]["message"]["text"] == "q12"


def test_it_waits_over_a_restart(store, tmp_path):
    store.receive(updates(1), 0.0)
    assert store.begin(1) == 0
    store.close()
    again = Store(tmp_path / "deep" / "bot.sqlite")
    assert [number for number, _, _ in again.waiting()] == [1]
    assert again.begin(1) == 1
    again.close()


def test_the_text_of_a_finished_update_is_dropped(store, tmp_path):
    store.receive(updates(1), 0.0)
    store.done(1)
    rows = list(apsw.Connection(str(tmp_path / "deep" / "bot.sqlite")).execute("SELECT raw FROM inbox"))
    assert rows == [("",)]


def test_a_received_update_is_committed_with_full_synchronisation(store, monkeypatch):
    store.receive(updates(1), 0.0)
    assert next(store._db.execute("PRAGMA synchronous"))[0] == 2
    store.done(1)
    assert next(store._db.execute("PRAGMA synchronous"))[0] == 1


def test_old_rows_go_and_waiting_updates_never(store):
    store.receive(updates(1, 2), 0.0)
    store.done(1)
    store.keep(kept(), [21], 0.0)
    store.prune(KEPT_UPDATES - 1.0)
    assert store.receive(updates(1), 0.0) == []
    store.prune(KEPT_SCREENS + 1.0)
    assert store.screen("k") is None
    assert store.left() == 1


def test_a_file_of_another_format_is_refused_untouched(tmp_path):
    path = tmp_path / "bot.sqlite"
    other = apsw.Connection(str(path))
    other.execute("PRAGMA user_version = 9; CREATE TABLE t (x)")
    other.close()
    with pytest.raises(EngineError, match="format 9"):
        Store(path)
    bad = tmp_path / "bad.sqlite"
    bad.write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(EngineError, match="cannot keep"):
        Store(bad)
