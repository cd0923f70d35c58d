"""What every place that keeps chats holds to: what is kept belongs to one chat, and every process reads it at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.telegram.chats.cluster import SharedChats
from bot.telegram.chats.contract import KEPT_SCREENS, make_id, merge_states
from bot.telegram.chats.sqlite import BotFile
from index.engines.cluster.chat_records import ChatRecordStore
from tests.support import cluster_nodes
from tests.support.chats import kept, post, turn


@pytest.fixture(params=["sqlite", pytest.param("cluster", marks=pytest.mark.cluster)])
def opened(request, tmp_path):
    """Give a function that opens the same chats, as one more process does."""
    found = []

    def made(make):
        found.append(make())
        return found[-1]

    if request.param == "sqlite":
        yield lambda: made(lambda: BotFile(tmp_path / "deep" / "bot.sqlite"))
        for each in found:
            each.close()
    else:
        with cluster_nodes.library() as where:
            yield lambda: made(lambda: SharedChats(ChatRecordStore(where, None, "1")))
            for each in found:
                each.close()


@pytest.fixture
def chats(opened):
    return opened()


def test_conversations_are_kept_per_chat_and_topic(chats):
    assert chats.get_talk(5, 0) is None
    chats.set_talk(5, 0, {"a": 1})
    chats.set_talk(5, 3, {"b": 2})
    chats.set_talk(5, 0, {"a": 2})
    assert (chats.get_talk(5, 0), chats.get_talk(5, 3), chats.get_talk(6, 0)) == ({"a": 2}, {"b": 2}, None)
    assert chats.find_newest(5, 0) == ""


def test_a_screen_is_found_by_its_id_its_message_and_what_was_asked(chats):
    chats.keep(kept(), [21, 22], 0.0, {"s": 1})
    chats.keep(kept("later", topic=2), [23], 0.0, {"s": 2})
    chats.keep(kept("list", kind="listing", asked=11), [24], 0.0)
    assert chats.get_screen("k") == kept()
    assert chats.get_screen("list") == kept("list", kind="listing")
    assert chats.get_screen("nobody") is None
    assert chats.find_shown(5, 22) == kept()
    assert chats.find_shown(6, 22) is None
    assert chats.find_answer(5, 11).id == "later"
    assert chats.find_answer(6, 11) is None
    assert (chats.find_newest(5, 0), chats.find_newest(5, 2), chats.find_newest(6, 0)) == ("k", "later", "")
    assert chats.list_messages("k") == [21, 22]
    assert chats.list_messages("nobody") == []
    assert chats.get_talk(5, 0) == {"s": 1}
    chats.keep(kept(payload={"b": 1}), [21], 0.0)
    assert chats.get_screen("k").payload == {"b": 1}
    assert chats.list_messages("k") == [21]
    assert chats.find_shown(5, 22) is None
    assert chats.drop("k")
    assert chats.get_screen("k") is chats.find_shown(5, 21) is None
    assert not chats.drop("k")


def test_an_answer_that_is_changed_is_not_the_newest_for_that(chats):
    chats.keep(kept("first"), [21], 0.0, {"s": 1})
    chats.keep(kept("second", asked=12), [22], 0.0, {"s": 2})
    chats.keep(kept("first", payload={"b": 1}), [21], 0.0)
    assert chats.find_newest(5, 0) == "second"
    assert chats.get_talk(5, 0) == {"s": 2}


def test_a_code_is_good_once_for_one_person_until_it_expires(chats):
    code = chats.issue(7, {"q": "x"}, expires=100.0)
    assert chats.redeem(code, 8, 0.0) is None
    assert chats.redeem(code, 7, 100.0) is None
    assert chats.redeem(code, 7, 99.0) == {"q": "x"}
    assert chats.redeem(code, 7, 99.0) is None
    assert len({make_id() for _ in range(1000)}) == 1000


def test_any_words_may_stand_where_a_code_is_wanted(chats):
    for words in ("", ".", "..", "../x", "a/b", "%2e%2e", "x?refresh", "ä", "*", "y" * 3000):
        assert chats.redeem(words, 7, 0.0) is None
        assert chats.get_screen(words) is None


def test_levels_stay_and_change_only_from_what_they_were(opened):
    one, two = opened(), opened()
    assert one.get_level("add:7") is None
    assert one.set_level("add:7", 3.5, None)
    assert two.set_level("add:7", 1.0, None) is False
    assert not two.set_level("add:7", 1.0, 3.0)
    assert two.set_level("add:7", 4.1, 3.5)
    assert one.get_level("add:7") == 4.1
    assert not one.set_level("add:8", 4.1, 0.0)


def test_what_one_process_writes_another_reads_at_once(opened):
    one, two = opened(), opened()
    for number in range(20):
        writer, reader = (one, two) if number % 2 else (two, one)
        writer.keep(kept(f"k{number}", asked=number), [100 + number], 0.0, {"s": number})
        assert reader.get_talk(5, 0) == {"s": number}
        assert reader.find_newest(5, 0) == reader.find_answer(5, number).id == reader.find_shown(5, 100 + number).id
        assert writer.drop(f"k{number}")
        assert reader.get_screen(f"k{number}") is None
    assert two.redeem(one.issue(7, {"q": "x"}, expires=100.0), 7, 0.0) == {"q": "x"}


def test_of_many_that_use_something_up_one_succeeds(opened):
    every = [opened() for _ in range(4)]
    for number in range(5):
        code = every[0].issue(7, {"n": number}, expires=100.0)
        every[0].keep(kept(f"offer{number}", kind="offer"), [1], 0.0)
        with ThreadPoolExecutor(4) as pool:
            got = list(pool.map(lambda each, code=code: each.redeem(code, 7, 0.0), every))
            assert [each for each in got if each] == [{"n": number}]
            assert sum(pool.map(lambda each, n=number: each.drop(f"offer{n}"), every)) == 1


def test_what_two_processes_change_at_a_time_is_all_there(opened):
    one, two = opened(), opened()
    one.set_talk(5, 0, turn("a"))
    before = two.get_talk(5, 0)
    one.set_talk(5, 0, turn("", chosen=["x"], reply="a"), before)
    two.keep(kept(), [21], 0.0, turn("a b"), before)
    assert one.get_talk(5, 0) == {"history": ["b"], "chosen": ["x"], "reply": "a b"}
    two.set_talk(5, 0, turn("z"))
    assert one.get_talk(5, 0) == turn("z")


def test_many_changes_at_a_time_lose_no_question(opened):
    every = [opened() for _ in range(4)]
    every[0].set_talk(5, 0, turn("a"))
    before = every[0].get_talk(5, 0)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: every[n].set_talk(5, 0, turn(f"a q{n}"), before), range(4)))
    assert sorted(every[0].get_talk(5, 0)["history"]) == ["a", "q0", "q1", "q2", "q3"]


def test_a_conversation_goes_on_from_what_it_was():
    assert merge_states(turn("a b"), turn("a"), None) == turn("a b")
    assert merge_states(turn("a b"), turn("a"), turn("a")) == turn("a b")
    assert merge_states(turn("a b"), turn("a"), turn("a c")) == turn("a c b", reply="a b")
    assert merge_states(turn("a b"), None, turn("a c")) == turn("a b")
    assert merge_states(turn("a", reply="next"), turn("a"), turn("a c")) == turn("a c", reply="next")
    long = " ".join("abcdefghij")
    assert merge_states(turn(f"{long[2:]} k"), turn(long), turn(f"{long[2:]} x"))["history"] == [*"cdefghij", "x", "k"]


def test_a_group_that_moves_takes_all_along(opened):
    one, two = opened(), opened()
    one.keep(kept(), [21], 0.0, {"s": 1})
    one.set_talk(5, 3, {"t": 1})
    one.keep(kept("other", chat=6), [21], 0.0, {"s": 2})
    one.migrate(5, -1005)
    two.migrate(5, -1005)  # both were told
    assert two.get_talk(-1005, 0) == {"s": 1}
    assert two.get_talk(-1005, 3) == {"t": 1}
    assert two.find_newest(-1005, 0) == "k"
    assert two.get_screen("k").chat == -1005
    assert two.find_shown(-1005, 21).id == two.find_answer(-1005, 11).id == "k"
    assert two.get_talk(5, 0) is two.find_shown(5, 21) is None
    assert two.find_shown(6, 21).id == "other"


def test_the_messages_that_hold_an_article_are_known_until_it_goes(opened):
    one, two = opened(), opened()
    first, second = post(31), post(32, start=90, looks=({"type": "bold", "offset": 3, "length": 4},))
    one.note_posts(5, [second, first])
    one.note_posts(5, [post(33, article="b")])
    one.note_posts(6, [post(31, article="c")])
    assert two.list_posts(5, "a") == [first, second]
    assert two.find_post(5, 32) == second
    assert two.find_post(6, 31).article == "c"
    assert two.find_post(6, 32) is None
    assert two.list_posts(7, "a") == []
    two.note_posts(5, [post(34)])
    assert [each.message for each in one.list_posts(5, "a")] == [31, 32, 34]
    two.forget_posts(5, "a")
    two.forget_posts(5, "nothing")
    assert one.list_posts(5, "a") == []
    assert one.find_post(5, 31) is None
    assert one.find_post(5, 33).article == "b"
    assert one.find_post(6, 31).article == "c"


def test_a_group_that_moves_forgets_its_posts_for_messages_are_numbered_anew(chats):
    chats.keep(kept(), [21], 0.0, {"s": 1})
    chats.note_posts(5, [post(31)])
    chats.migrate(5, -1005)
    assert chats.find_shown(-1005, 21).id == "k"
    assert chats.find_post(5, 31) is chats.find_post(-1005, 31) is None
    assert chats.list_posts(-1005, "a") == []


def test_what_is_old_goes_and_conversations_stay(opened):
    chats = opened()
    chats.keep(kept(), [21], 0.0, {"s": 1})
    chats.keep(kept("later", asked=12), [22], 10.0, {"s": 2})
    code = chats.issue(7, {}, expires=KEPT_SCREENS + 9.0)
    chats.set_level("add:7", 1.0, None)
    assert chats.count() == {"chats": 1, "answers": 2}
    chats.prune(KEPT_SCREENS + 5.0)
    assert chats.get_screen("k") is chats.find_answer(5, 11) is chats.find_shown(5, 21) is None
    assert chats.list_messages("k") == []
    assert chats.get_screen("later").id == chats.find_shown(5, 22).id == "later"
    assert chats.count() == {"chats": 1, "answers": 1}
    chats.prune(KEPT_SCREENS + 11.0)
    assert chats.redeem(code, 7, 0.0) is None
    assert chats.count() == {"chats": 1, "answers": 0}
    assert opened().get_talk(5, 0) == {"s": 2}
    assert chats.get_level("add:7") == 1.0
