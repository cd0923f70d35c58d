"""The bot's SQLite file: nothing received is lost or done twice, and what is kept belongs to one chat."""

import apsw
import pytest

from bot.telegram.state import KEPT_SCREENS, KEPT_UPDATES, Kept, Store, new_id
from index.errors import EngineError


@pytest.fixture
def store(tmp_path):
    found = Store(tmp_path / "deep" / "bot.sqlite")
    yield found
    found.close()


def updates(*numbers):
    return [(number, {"update_id": number, "message": {"text": f"q{number}"}}) for number in numbers]


def kept(key="k", **changed):
    values = {"chat": 5, "topic": 0, "person": 7, "asked": 11, "kind": "answer", "payload": {"a": 1}} | changed
    return Kept(id=key, **values)


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


def test_conversations_are_kept_per_chat_and_topic(store):
    assert store.talk(5, 0) is None
    store.set_talk(5, 0, {"a": 1})
    store.set_talk(5, 3, {"b": 2})
    store.set_talk(5, 0, {"a": 2})
    assert (store.talk(5, 0), store.talk(5, 3), store.talk(6, 0)) == ({"a": 2}, {"b": 2}, None)


def test_a_screen_is_found_by_its_id_its_message_and_what_was_asked(store):
    store.keep(kept(), [21, 22], 0.0, {"s": 1})
    store.keep(kept("later", topic=2), [23], 0.0)
    store.keep(kept("list", kind="listing", asked=11), [24], 0.0)
    assert store.screen("k") == kept()
    assert store.screen("nobody") is None
    assert store.shown_in(5, 22) == kept()
    assert store.shown_in(6, 22) is None
    assert store.answer_to(5, 11).id == "later"
    assert store.answer_to(6, 11) is None
    assert (store.newest(5, 0), store.newest(5, 2), store.newest(6, 0)) == ("k", "later", "")
    assert store.messages_of("k") == [21, 22]
    assert store.talk(5, 0) == {"s": 1}
    store.keep(kept(payload={"b": 1}), [21], 0.0)
    assert store.messages_of("k") == [21]
    store.drop("k")
    assert store.screen("k") is store.shown_in(5, 21) is None


def test_a_code_is_good_once_for_one_person_until_it_expires(store):
    code = store.issue(7, {"q": "x"}, expires=100.0)
    assert store.redeem(code, 8, 0.0) is None
    assert store.redeem(code, 7, 100.0) is None
    assert store.redeem(code, 7, 99.0) == {"q": "x"}
    assert store.redeem(code, 7, 99.0) is None
    assert len({new_id() for _ in range(1000)}) == 1000


def test_levels_stay(store):
    store.set_level("adds:7", 3.5)
    store.set_level("adds:7", 4.5)
    assert store.levels() == {"adds:7": 4.5}


def test_a_group_that_moves_takes_all_along(store):
    store.keep(kept(), [21], 0.0, {"s": 1})
    store.migrate(5, -1005)
    assert store.talk(-1005, 0) == {"s": 1}
    assert store.screen("k").chat == -1005
    assert store.shown_in(-1005, 21).id == "k"
    assert store.talk(5, 0) is None


def test_old_rows_go_and_waiting_updates_never(store):
    store.receive(updates(1, 2), 0.0)
    store.done(1)
    store.keep(kept(), [21], 0.0)
    store.issue(7, {}, expires=10.0)
    store.prune(KEPT_UPDATES - 1.0)
    assert store.receive(updates(1), 0.0) == []
    store.prune(KEPT_SCREENS + 1.0)
    assert store.screen("k") is None
    assert store.messages_of("k") == []
    assert store.counts() == {"chats": 0, "answers": 0, "waiting": 1}


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
