"""What every place that keeps chats holds to: what is kept belongs to one chat, and every process reads it at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.telegram.chats.cluster import SharedChats
from bot.telegram.chats.contract import KEPT_SCREENS, PageLink, StandingQuestion, make_id, merge_states
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


def standing(key="q", chat=5, topic=0, question="Who denied it?", since=3):
    return StandingQuestion(key, chat, topic, 7, question, since)


def test_standing_questions_belong_to_one_chat(opened):
    one, two = opened(), opened()
    assert one.list_questions(5) == one.list_waking() == []
    assert one.add_question(standing(), 2)
    assert two.add_question(standing("r", topic=4), 2)
    assert two.add_question(standing("s", chat=-6), 2)
    assert two.list_questions(5) == [standing(), standing("r", topic=4)]
    assert one.list_questions(-6) == [standing("s", chat=-6)]
    assert sorted(each.id for each in two.list_waking()) == ["q", "r", "s"]
    assert not one.stop_question(-6, "q"), "another chat's"
    assert one.stop_question(5, "q")
    assert not two.stop_question(5, "q")
    assert two.list_questions(5) == [standing("r", topic=4)]


def test_a_chat_has_so_many_standing_questions_and_no_more(opened):
    every = [opened() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        kept = pool.map(lambda at: sum(every[at].add_question(standing(f"q{at}{n}"), 3) for n in "ab"), range(4))
        assert sum(kept) == 3
    assert len(every[0].list_questions(5)) == 3
    assert every[0].add_question(standing("other", chat=6), 3)
    kept = every[0].list_questions(5)[0].id
    assert every[0].stop_question(5, kept)
    assert every[1].add_question(standing("again"), 3)


def test_standing_questions_rest_and_wake_with_their_chat(opened):
    one, two = opened(), opened()
    one.add_question(standing(), 9)
    one.add_question(standing("s", chat=6), 9)
    one.rest_questions(5, resting=True)
    one.rest_questions(77, resting=True)
    assert [each.id for each in two.list_waking()] == ["s"]
    assert [each.id for each in two.list_questions(5)] == ["q"], "they are kept"
    two.rest_questions(5, resting=False)
    assert len(one.list_waking()) == 2
    one.rest_questions(5, resting=True)
    assert two.add_question(standing("t"), 9), "whoever asks here again is here"
    assert sorted(each.id for each in one.list_waking()) == ["q", "s", "t"]


def test_a_name_is_claimed_by_one_until_its_time_is_over(opened):
    one, two = opened(), opened()
    assert one.claim("look", "a", 0.0, 10.0)
    assert not two.claim("look", "b", 9.0, 30.0)
    assert one.claim("look", "a", 9.0, 20.0), "its owner goes on"
    assert not two.claim("look", "b", 19.0, 30.0)
    assert two.claim("look", "b", 20.0, 30.0)
    assert not one.claim("look", "a", 21.0, 40.0)
    assert (one.is_claimed("look", 29.0), one.is_claimed("look", 30.0), one.is_claimed("other", 0.0)) == (
        True,
        False,
        False,
    )
    two.release("look")
    assert one.claim("look", "a", 22.0, 40.0)
    every = [opened() for _ in range(4)]
    for number in range(5):
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(lambda n, k=number: every[n].claim(f"told {k}", f"p{n}", 0.0, 9.0), range(4))) == 1


def test_a_mark_is_read_by_all(opened):
    one, two = opened(), opened()
    assert one.get_mark("disk:/a b") is None
    one.set_mark("disk:/a b", {"floor": 3})
    two.set_mark("disk:/a b", {"floor": 4, "later": [["default", "k", 1.5]]})
    assert one.get_mark("disk:/a b") == {"floor": 4, "later": [["default", "k", 1.5]]}


def test_an_address_leads_to_its_chats_page_until_it_expires(opened):
    one, two = opened(), opened()
    one.keep_link("c" * 32, PageLink(5, "k"), 100.0)
    assert two.find_link("c" * 32, 99.0) == PageLink(5, "k")
    assert two.find_link("c" * 32, 100.0) is None
    for words in ("", "C" * 32, "c" * 31, "..", "../x", "a/b", "%2e%2e", "ä", "\ud800", "*", "y" * 3000):
        assert two.find_link(words, 0.0) is None


def test_what_lasts_moves_with_its_group_and_goes_when_it_is_over(opened):
    chats = opened()
    chats.add_question(standing(), 9)
    chats.keep_link("c" * 32, PageLink(5, "k"), 100.0)
    chats.claim("told", "a", 0.0, 100.0)
    chats.migrate(5, -1005)
    assert chats.list_questions(5) == []
    assert [each.chat for each in (*chats.list_questions(-1005), *chats.list_waking())] == [-1005, -1005]
    assert chats.stop_question(-1005, "q")
    assert chats.find_link("c" * 32, 0.0) == PageLink(-1005, "k")
    chats.prune(101.0)
    assert chats.find_link("c" * 32, 0.0) is None
    assert chats.claim("told", "b", 0.0, 9.0)
