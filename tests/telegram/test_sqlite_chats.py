"""The bot's SQLite file: nothing received is lost or done twice."""

import asyncio
from functools import partial

import apsw
import pytest

from bot.telegram.chats.contract import KEPT_SCREENS, StandingQuestion, make_id
from bot.telegram.chats.sqlite import KEPT_UPDATES, BotFile
from bot.telegram.updates.inbox import FileThread
from index.errors import EngineError
from tests.support.chats import kept


@pytest.fixture
def store(tmp_path):
    found = BotFile(tmp_path / "deep" / "bot.sqlite")
    yield found
    found.close()


def updates(*numbers):
    return [(number, {"update_id": number, "message": {"text": f"q{number}"}}) for number in numbers]


def test_an_update_is_new_once(store):
    assert store.receive(updates(1, 2), 0.0) == [1, 2]
    assert store.receive(updates(2, 3), 0.0) == [3]
    store.finish(2)
    assert [number for number, _, _ in store.list_waiting()] == [1, 3]
    assert store.receive(updates(2), 0.0) == []


def test_what_waits_keeps_the_order_in_which_it_came_even_when_ids_begin_anew(store):
    store.receive(updates(900, 901), 50.0)
    store.receive(updates(12), 3.0)  # the clock went back, too
    assert [number for number, _, _ in store.list_waiting()] == [900, 901, 12]
    assert store.list_waiting()[2][1]["message"]["text"] == "q12"


def test_it_waits_over_a_restart(store, tmp_path):
    store.receive(updates(1), 0.0)
    assert store.begin(1) == 0
    store.close()
    again = BotFile(tmp_path / "deep" / "bot.sqlite")
    assert [number for number, _, _ in again.list_waiting()] == [1]
    assert again.begin(1) == 1
    again.close()


def test_a_note_is_taken_back_or_becomes_a_death(store):
    store.receive(updates(1, 2), 0.0)
    assert store.begin(1) == 0
    store.excuse(1)
    assert store.begin(1) == 0
    store.blame(1)
    assert [tries for _, _, tries in store.list_waiting()] == [2, 0]


def test_a_closed_file_is_whole_without_its_log(store, tmp_path):
    store.receive(updates(1), 0.0)
    assert (tmp_path / "deep" / "bot.sqlite-wal").exists()
    store.close()
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["bot.sqlite"]


def test_the_text_of_a_finished_update_is_dropped(store, tmp_path):
    store.receive(updates(1), 0.0)
    store.finish(1)
    rows = list(apsw.Connection(str(tmp_path / "deep" / "bot.sqlite")).execute("SELECT raw FROM inbox"))
    assert rows == [("",)]


def test_a_received_update_is_committed_with_full_synchronisation(store, monkeypatch):
    store.receive(updates(1), 0.0)
    assert next(store._db.execute("PRAGMA synchronous"))[0] == 2
    store.finish(1)
    assert next(store._db.execute("PRAGMA synchronous"))[0] == 1


def test_a_write_waits_five_seconds_for_that_of_another_process(store):
    assert next(store._db.execute("PRAGMA busy_timeout"))[0] == 5_000


def test_old_rows_go_and_waiting_updates_never(store):
    store.receive(updates(1, 2), 0.0)
    store.finish(1)
    store.keep(kept(), [21], 0.0)
    store.prune(KEPT_UPDATES - 1.0)
    assert store.receive(updates(1), 0.0) == []
    store.prune(KEPT_SCREENS + 1.0)
    assert store.get_screen("k") is None
    assert store.count_waiting() == 1


def test_a_finished_update_is_known_for_three_days(store):
    store.receive(updates(1), 0.0)
    store.finish(1)
    store.prune(72 * 3600.0)
    assert store.receive(updates(1), 0.0) == []
    store.prune(72 * 3600.0 + 1)
    assert store.receive(updates(1), 0.0) == [1]


def test_a_screen_that_is_dropped_is_shown_by_no_message(store):
    store.keep(kept(), [21], 0.0)
    assert (store.list_messages("k"), store.drop("k"), store.list_messages("k")) == ([21], True, [])


def test_a_file_of_another_format_is_refused_untouched(tmp_path):
    path = tmp_path / "bot.sqlite"
    other = apsw.Connection(str(path))
    other.execute("PRAGMA user_version = 9; CREATE TABLE t (x)")
    other.close()
    with pytest.raises(EngineError, match="format 9, this version reads 1"):
        BotFile(path)
    bad = tmp_path / "bad.sqlite"
    bad.write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(EngineError, match="cannot keep"):
        BotFile(bad)


def test_a_file_of_before_gets_the_tables_that_came_later(tmp_path):
    path = tmp_path / "bot.sqlite"
    before = BotFile(path)
    before.set_talk(5, 0, {"a": 1})
    before.receive(updates(1), 0.0)
    for table in ("questions", "claims", "marks", "links"):
        before._db.execute(f"DROP TABLE {table}")
    before.close()
    for _ in range(2):
        store = BotFile(path)
        assert (store.get_talk(5, 0), store.count_waiting()) == ({"a": 1}, 1)
        assert store._db.fetch_one("PRAGMA user_version") == (1,), "a version of before can open it again"
        store.set_mark("x", {"floor": 1})
        assert store.add_question(StandingQuestion(make_id(), 5, 0, 7, "Who?", 0), 9)
        store.close()
    assert len(BotFile(path).list_questions(5)) == 2


def committed(store, calls):
    """Make the calls together and return their outcomes and how many commits that took."""
    commits = []
    store._db._connection.set_commit_hook(lambda: commits.append(1) or False)
    outcomes = store.run_together(calls)
    store._db._connection.set_commit_hook(None)
    return outcomes, len(commits)


def test_calls_together_take_one_commit_and_what_fails_is_undone_alone(store):
    def half():
        store.set_talk(5, 0, {"a": 1})
        store._db.execute("INSERT INTO levels VALUES ('half', 1)")
        raise ValueError("half way")

    def broken():
        with store._db.open_transaction():
            half()

    store.receive(updates(1, 2), 0.0)
    calls = [partial(store.begin, 1), broken, partial(store.set_talk, 6, 0, {"b": 2}), partial(store.get_talk, 6, 0)]
    outcomes, commits = committed(store, calls)
    assert commits == 1
    assert [found for found, _ in outcomes] == [0, None, None, {"b": 2}]
    assert [type(error) for _, error in outcomes] == [type(None), ValueError, type(None), type(None)]
    assert (store.get_talk(5, 0), store.get_talk(6, 0), store.get_level("half")) == (None, {"b": 2}, None)


def test_two_calls_share_a_commit_and_one_that_reads_waits_for_no_writer(store, tmp_path):
    store.receive(updates(1, 2), 0.0)
    assert committed(store, [partial(store.begin, 1), partial(store.begin, 2)]) == ([(0, None), (0, None)], 1)
    other = BotFile(tmp_path / "deep" / "bot.sqlite")
    store._db._connection.set_busy_timeout(1)
    with other._db.open_transaction():
        assert store.run_together([store.count_waiting]) == [(2, None)]
    other.close()


def test_what_cannot_be_committed_together_is_told_to_all(store):
    store.receive(updates(1, 2), 0.0)
    store._db._connection.set_commit_hook(lambda: True)
    outcomes = store.run_together([partial(store.finish, 1), partial(store.finish, 2)])
    store._db._connection.set_commit_hook(None)
    assert [type(error) for _, error in outcomes] == [EngineError] * 2
    assert [number for number, _, _ in store.list_waiting()] == [1, 2]


def test_calls_together_that_begin_by_reading_can_still_write(store, tmp_path):
    other = BotFile(tmp_path / "deep" / "bot.sqlite")
    other._db._connection.set_busy_timeout(1)
    calls = [
        partial(store.get_talk, 5, 0),
        partial(other.set_talk, 5, 0, {"a": 1}),
        partial(store.set_talk, 5, 0, {"b": 2}),
    ]
    outcomes = store.run_together(calls)
    assert [type(error) for _, error in outcomes] == [type(None), EngineError, type(None)]
    assert other.get_talk(5, 0) == {"b": 2}
    other.close()


def test_what_is_called_at_once_is_done_together_and_each_gets_its_own(store, monkeypatch):
    sizes = []
    together = store.run_together
    monkeypatch.setattr(store, "run_together", lambda calls: sizes.append(len(calls)) or together(calls))

    async def main():
        thread = FileThread(store)
        await thread.receive(updates(*range(1, 41)), 0.0)
        cancelled = asyncio.ensure_future(thread.run(store.begin, 40))
        calls = [thread.run(store.begin, number) for number in range(1, 40)]
        failing = thread.run(store.set_talk, 5, 0, {"a": {1}})
        asyncio.get_running_loop().call_soon(cancelled.cancel)
        *tries, error = await asyncio.gather(*calls, failing, return_exceptions=True)
        assert tries == [0] * 39
        assert isinstance(error, TypeError)
        assert await thread.run(store.begin, 7) == 1
        assert await asyncio.gather(cancelled, return_exceptions=True)
        thread.close()

    asyncio.run(asyncio.wait_for(main(), 20))
    assert sizes == [41, 1]
