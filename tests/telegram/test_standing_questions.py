"""Standing questions: a chat is told once, in time, of what it may see, and of nothing else."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.telegram import lookout as module
from bot.telegram.access import collection_of_chat
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.lookout import LEASE, Lookout
from bot.telegram.screens.wording import wording
from bot.telegram.sending.send import put
from index import Article, Filter
from index.errors import EngineUnavailable
from index.model import Status
from tests.support.replies import HARBOUR, VINEYARD, article
from tests.support.telegram_chat import Bot, keyboard, labels, marked, texts

QUESTION = "When will the lighthouse of Eastmoor be lit again?"
LIGHT = """Lighthouse of Eastmoor goes dark

All News 11:00 May 5, 2024

EASTMOOR, May 5 (Tern Agency) -- The lighthouse of Eastmoor went dark on Sunday after a storm.

The lighthouse of Eastmoor will be lit again on 19 May, said its keeper, Tomas Reyl.

(END)
"""
SENTENCE = "will be lit again on 19 May, said its keeper, Tomas Reyl."


def light(number=0, **known):
    """Return an article that answers the question, each number another one."""
    text = LIGHT.replace("19 May", f"{19 + number % 9} May").replace("(END)", f"Note {number}.\n\n(END)")
    return (
        replace(Article.from_text(text), story=f"light-{number}")
        if not known
        else replace(Article.from_text(text), **known)
    )


class Town(Bot):
    """A bot whose lookout looks when it is told."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.lookout = Lookout(self.desk, self.application.bot)
        self.look()

    def look(self, lookout=None):
        before = len(self.request.calls)
        self.runner.run((lookout or self.lookout).look())
        return self.request.calls[before:]

    def quieted(self):
        self.lookout._quiet.clear()


@pytest.fixture
def bot():
    found = Town()
    yield found
    found.close()


def test_a_new_article_that_answers_is_told_with_its_citation_once(bot):
    assert texts(bot.says(f"/watch {QUESTION}"))[0] == wording.WATCHING.format(question=QUESTION)
    assert bot.look() == []
    bot.index.add(light())
    (call,) = bot.look()
    assert call.method == "sendMessage"
    assert call.chat_id == 7
    assert SENTENCE in "".join(marked(call, "bold"))
    assert "Lighthouse of Eastmoor goes dark" in call.text
    assert wording.NOTICE.format(question=QUESTION) in call.text
    assert wording.STOP_WATCHING in labels(call)
    bot.quieted()
    assert bot.look() == []
    bot.index.add(light())
    assert bot.look() == [], "it was there"


def test_what_was_there_before_and_what_does_not_answer_is_not_told(bot):
    bot.index.add(light())
    bot.says(f"/watch {QUESTION}")
    bot.index.add([article(HARBOUR + "\nMore.\n"), article(VINEYARD + "\nMore.\n")])
    assert bot.look() == []


def test_a_notice_has_the_buttons_of_an_answer_and_leaves_the_conversation_where_it_was(bot):
    bot.says("What did Lena Brandt blame?")
    bot.says(f"/watch {QUESTION}")
    before = bot.store.get_talk(7, 0)
    bot.index.add(light())
    (call,) = bot.look()
    assert bot.store.get_talk(7, 0) == before
    context = bot.presses(wording.CONTEXT, call)
    assert SENTENCE in texts(context)[0]
    replied = bot.says("Who said so?", reply_to_message=bot.message("x") | {"message_id": call.sent})
    assert "Tomas Reyl" in texts(replied)[0]


def test_a_notice_goes_to_the_topic_where_it_was_asked(bot):
    bot.request.admins.add(7)
    bot.says(f"/watch {QUESTION}", -40, 7, is_topic_message=True, message_thread_id=12)
    bot.index.add(light())
    (call,) = bot.look()
    assert (call.chat_id, call.message_thread_id) == (-40, 12)


def test_in_a_group_an_administrator_decides_what_is_watched(bot):
    assert texts(bot.says(f"/watch {QUESTION}", -40, 8)) == [wording.WATCH_ADMINS_ONLY]
    bot.request.admins.add(7)
    bot.says(f"/watch {QUESTION}", -40, 7)
    shown = bot.says("/watches", -40, 8)[-1]
    stop = keyboard(shown)[0][0]["callback_data"]
    assert bot.presses(stop, chat=-40, person=8, message=shown.sent)[-1].text in (
        wording.WATCH_ADMINS_ONLY,
        wording.NOT_YOURS,
    )
    assert len(bot.store.list_questions(-40)) == 1


def test_watch_says_how_and_refuses_what_cannot_be_watched(bot):
    assert texts(bot.says("/watch")) == [wording.WATCH_HOW]
    assert texts(bot.says("/watch ??")) == [wording.WATCH_WHAT]
    assert texts(bot.says("/watch " + "why " * 100)) == [wording.WATCH_LONG.format(most=300)]
    assert "is not a date" in texts(bot.says("/watch since:yesterday who denied it?"))[0]
    bot.says(f"/watch {QUESTION}")
    assert texts(bot.says(f"/watch  {QUESTION.upper()} ")) == [
        wording.WATCHED_ALREADY.format(question=QUESTION.upper())
    ]
    assert len(bot.store.list_questions(7)) == 1


def test_a_chat_watches_so_many_questions(bot):
    for number in range(10):
        assert texts(bot.says(f"/watch Who won race {number}?")) == [
            wording.WATCHING.format(question=f"Who won race {number}?")
        ]
    assert texts(bot.says("/watch Who won the last race?")) == [wording.WATCH_FULL.format(count=10)]
    assert texts(bot.says("/watch Who won the last race?", 8)) != [wording.WATCH_FULL.format(count=10)]


@pytest.mark.parametrize("off", ["watches_per_chat", "watch_seconds"])
def test_nothing_is_watched_where_the_operator_turned_it_off(off):
    bot = Town(**{off: 0})
    assert texts(bot.says(f"/watch {QUESTION}")) == [wording.WATCH_OFF]
    bot.runner.run(bot.lookout.run())  # ends at once
    bot.close()


def test_watches_lists_and_stops(bot):
    assert texts(bot.says("/watches")) == [wording.WATCHES_NONE]
    bot.says(f"/watch {QUESTION}")
    bot.says("/watch Who denied the talks?")
    shown = bot.says("/watches")[-1]
    assert f"1. {QUESTION}" in shown.text
    assert labels(shown) == ["Stop 1", "Stop 2"]
    changed = bot.presses("Stop 1", shown)[-1]
    assert changed.method == "editMessageText"
    assert changed.text.startswith(wording.WATCH_STOPPED.format(question=QUESTION))
    assert [each.question for each in bot.store.list_questions(7)] == ["Who denied the talks?"]
    bot.index.add(light())
    assert bot.look() == []
    gone = bot.presses(keyboard(shown)[0][0]["callback_data"], message=shown.sent)[-1]
    assert len(bot.store.list_questions(7)) == 0, gone.text


def test_a_notice_stops_its_own_question(bot):
    bot.says("/watch Who denied the talks?")
    bot.says(f"/watch {QUESTION}")
    bot.index.add(light())
    (call,) = bot.look()
    assert texts(bot.presses(wording.STOP_WATCHING, call)) == [wording.WATCH_STOPPED.format(question=QUESTION)]
    assert [each.question for each in bot.store.list_questions(7)] == ["Who denied the talks?"]
    assert texts(bot.presses(wording.STOP_WATCHING, call)) == [wording.WATCHES_NONE]


def test_what_a_chat_adds_is_told_there_alone(bot):
    for chat in (7, 8):
        bot.says(f"/watch {QUESTION}", chat)
    bot.index.add(light(), collection_of_chat(8))
    assert [call.chat_id for call in bot.look()] == [8]
    bot.index.add(light(1), "elsewhere")
    bot.quieted()
    assert bot.look() == []
    bot.index.add(light(2))
    assert sorted(call.chat_id for call in bot.look()) == [7, 8]


@pytest.mark.parametrize(
    "known",
    [
        {"status": Status.WITHDRAWN},
        {"embargo": datetime(2999, 1, 1, tzinfo=UTC)},
        {"story": "s", "lead": 1},
    ],
)
def test_what_may_not_be_cited_is_not_told(bot, known):
    newest = light(3, story="s", lead=2)
    bot.index.add(replace(newest, published=datetime(2024, 6, 1, tzinfo=UTC)))
    bot.look()
    bot.says(f"/watch {QUESTION}")
    bot.index.add(light(**{"story": "other"} | known))
    assert bot.look() == []


def test_a_newer_version_is_told_and_an_older_one_that_comes_with_it_is_not(bot):
    bot.says(f"/watch {QUESTION}")
    bot.index.add([light(1, story="s", lead=1), light(2, story="s", lead=2)])
    (call,) = bot.look()
    assert "21 May" in call.text
    bot.index.add(light(3, story="s", lead=3))
    bot.quieted()
    (call,) = bot.look()
    assert "22 May" in call.text


def test_an_article_under_embargo_is_told_when_that_is_over(bot, monkeypatch):
    bot.says(f"/watch {QUESTION}")
    end = datetime.now(UTC) + timedelta(hours=1)
    bot.index.add(light(embargo=end))
    assert bot.look() == []
    again = Lookout(bot.desk, bot.application.bot)  # a restart forgets nothing
    assert bot.look(again) == []
    pass_time(bot, monkeypatch, end + timedelta(minutes=2))
    (call,) = bot.look(again)
    assert SENTENCE in call.text
    bot.quieted()
    assert bot.look(again) == bot.look(Lookout(bot.desk, bot.application.bot)) == []
    assert bot.store.get_mark(f"added {bot.index.engine.address}")["later"] == []


def test_an_embargo_that_ends_while_the_chat_is_left_alone_is_told_after_a_restart(bot, monkeypatch):
    bot.says(f"/watch {QUESTION}")
    end = datetime.now(UTC) + timedelta(hours=1)
    bot.index.add([light(embargo=end), article(VINEYARD + "\nMore.\n")])
    assert bot.look() == []
    pass_time(bot, monkeypatch, end + timedelta(minutes=2))
    bot.lookout._quiet[7] = time.monotonic() + 99
    assert bot.look() == bot.look() == []
    assert len(bot.look(Lookout(bot.desk, bot.application.bot))) == 1


def pass_time(bot, monkeypatch, now):
    """Let it be another time for the bot and for its library."""
    found = bot.index.ask
    monkeypatch.setattr(bot.index, "ask", lambda q, h=(), f=None, **more: found(q, h, replace(f, now=now), **more))
    for name in ("bot.telegram.matching", "bot.conversation.versions"):
        monkeypatch.setattr(f"{name}.read_clock", lambda _: now)
    monkeypatch.setattr(type(bot.desk), "now", lambda _: now.timestamp())


def test_nothing_is_told_twice_over_a_restart_and_what_came_meanwhile_is_told(bot):
    bot.says(f"/watch {QUESTION}")
    bot.index.add(light())
    assert len(bot.look()) == 1
    bot.index.add(light(1))
    again = Lookout(bot.desk, bot.application.bot)
    (call,) = bot.look(again)
    assert "20 May" in call.text
    bot.store.set_mark(f"added {bot.index.engine.address}", {"floor": 0, "later": []})
    assert bot.look(Lookout(bot.desk, bot.application.bot)) == [], "even if it looked at everything again"


def test_two_processes_tell_a_notice_once(bot):
    bot.says(f"/watch {QUESTION}")
    one, two = (Lookout(bot.desk, bot.application.bot, owner) for owner in ("a", "b"))
    for each in (one, two):
        bot.look(each)
    bot.index.add(light())
    assert len(bot.look(one)) == 1
    assert bot.look(two) == [], "the other one leads"
    bot.index.add(light(1))
    one._quiet.clear()
    assert bot.look(two) == []
    bot.store.release(f"added {bot.index.engine.address}")  # its time is over while it still works
    two._floor = None
    assert len(bot.look(two)) == 1
    assert bot.look(one) == []


def test_the_lead_passes_on_when_its_process_has_died_or_ended(bot, monkeypatch):
    bot.says(f"/watch {QUESTION}")
    dead, heir = (Lookout(bot.desk, bot.application.bot, owner) for owner in ("a", "b"))
    for each in (dead, heir):
        bot.look(each)
    bot.index.add(article(VINEYARD + "\nMore.\n"))
    bot.look(dead)
    bot.index.add(light())
    assert bot.look(heir) == []
    now = time.time() + LEASE + 1
    monkeypatch.setattr(type(bot.desk), "now", lambda _: now)
    assert len(bot.look(heir)) == 1
    bot.index.add(light(1))

    async def end():
        task = asyncio.ensure_future(heir.run())
        while heir._held == {}:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    bot.runner.run(end())
    (call,) = bot.look(Lookout(bot.desk, bot.application.bot, "c"))
    assert "20 May" in call.text


def test_a_burst_is_three_notices_and_a_number(bot):
    bot.says(f"/watch {QUESTION}")
    bot.index.add([light(number) for number in range(15)])
    calls = bot.look()
    assert len(calls) == 3
    assert wording.NOTICE_MORE.format(count=12) in calls[-1].text
    assert not any("more answer" in call.text for call in calls[:2])
    bot.index.add([light(number) for number in range(15, 20)])
    assert bot.look() == [], "the chat is left alone for a while"
    bot.quieted()
    calls = bot.look()
    assert len(calls) == 3
    assert wording.NOTICE_MORE.format(count=2) in calls[-1].text
    bot.quieted()
    assert bot.look() == []


def test_what_is_held_back_is_told_after_a_restart(bot):
    bot.says(f"/watch {QUESTION}")
    bot.index.add(light())
    assert len(bot.look()) == 1
    bot.index.add(light(1))
    assert bot.look() == []
    (call,) = bot.look(Lookout(bot.desk, bot.application.bot))
    assert "20 May" in call.text


def test_what_was_stopped_or_taken_away_while_it_was_held_back_is_not_told(bot):
    bot.says(f"/watch {QUESTION}")
    bot.index.add(light())
    bot.look()
    bot.index.add([light(1), light(2)])
    assert bot.look() == []
    bot.index.remove(light(1).id)
    bot.quieted()
    (call,) = bot.look()
    assert "21 May" in call.text
    bot.index.add(light(3))
    assert bot.look() == []
    bot.store.stop_question(7, bot.store.list_questions(7)[0].id)
    bot.quieted()
    assert bot.look() == []


def test_what_a_chat_watches_rests_when_it_is_closed_to_us_and_wakes_when_it_opens(bot):
    bot.says(f"/watch {QUESTION}")
    bot.index.add(light())
    bot.request.faults["sendMessage"] = [(403, {"description": "Forbidden: bot was blocked by the user"})]
    bot.look()
    assert bot.store.list_waking() == []
    bot.index.add(light(1))
    bot.quieted()
    assert bot.look() == []
    bot.update(my_chat_member=membership("kicked", "member", 7))
    bot.index.add(light(2))
    bot.quieted()
    (call,) = bot.look()
    assert "21 May" in call.text
    bot.update(my_chat_member=membership("member", "kicked", 7))
    assert bot.store.list_waking() == []
    bot.says("/watch Who denied the talks?")
    assert len(bot.store.list_waking()) == 2, "whoever writes to us is there"


def membership(old, new, chat):
    user = {"id": 99, "is_bot": True, "first_name": "Q"}
    more = {"kicked": {"until_date": 0}}
    return {
        "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "G"},
        "from": {"id": 7, "is_bot": False, "first_name": "P"},
        "date": 1,
        "old_chat_member": {"user": user, "status": old, **more.get(old, {})},
        "new_chat_member": {"user": user, "status": new, **more.get(new, {})},
    }


def test_whoever_may_no_longer_ask_is_told_nothing():
    bot = Town(allowed=(7,))
    bot.says(f"/watch {QUESTION}")
    bot.desk.access = replace(bot.desk.access, allowed=frozenset({8}), adders=frozenset())
    bot.index.add(light())
    assert bot.look() == []
    bot.close()


def test_filters_of_a_standing_question_hold(bot):
    bot.says(f"/watch source:tern {QUESTION}")
    bot.says(f"/watch source:heron {QUESTION}", 8)
    bot.says(f"/watch since:2030 {QUESTION}", 9)
    bot.index.add(light())
    assert [call.chat_id for call in bot.look()] == [7]


def test_an_article_is_asked_only_by_whom_it_may_concern(bot, monkeypatch):
    """The library is not asked at all, and an article only what shares words with it."""
    bot.says(f"/watch {QUESTION}")
    bot.says("/watch Who won the regatta of Larkin County?")
    asked = []
    found = bot.index.ask
    monkeypatch.setattr(
        bot.index, "ask", lambda q, h=(), f=None, **more: asked.append((q, f.articles)) or found(q, h, f, **more)
    )
    new = light()
    bot.index.add([new, article(VINEYARD + "\nMore.\n")])
    bot.look()
    assert asked == [(QUESTION, (new.id,))]


def test_a_library_that_is_away_is_looked_at_again(bot, monkeypatch):
    bot.says(f"/watch {QUESTION}")
    bot.index.add(light())

    def away(*_, **__):
        raise EngineUnavailable("disk:x", "is busy")

    for name in ("last_place", "added_since", "ask", "article"):
        with monkeypatch.context() as patch:
            patch.setattr(bot.index, name, away)
            with pytest.raises(EngineUnavailable):
                bot.look()
    assert len(bot.look()) == 1


def test_a_notice_that_cannot_be_prepared_is_sent_later(bot, monkeypatch):
    bot.says(f"/watch {QUESTION}")
    bot.index.add(light())
    with monkeypatch.context() as patch:
        patch.setattr(bot.store, "get_talk", lambda *_: (_ for _ in ()).throw(EngineUnavailable("x", "away")))
        with pytest.raises(EngineUnavailable):
            bot.look()
    bot.quieted()
    assert len(bot.look()) == 1


@pytest.mark.parametrize(("step", "told"), [("prepare_notice", 1), ("put", 0)])
def test_a_notice_is_lost_only_if_the_process_dies_during_the_call(bot, monkeypatch, step, told):
    """Whether that call arrived nobody knows then, and what may have arrived is not sent again."""

    async def die(*_):
        raise asyncio.CancelledError

    bot.says(f"/watch {QUESTION}")
    bot.index.add(light())
    with monkeypatch.context() as patch:
        patch.setattr(module, step, die)
        with pytest.raises(asyncio.CancelledError):
            bot.look()
    assert len(bot.look(Lookout(bot.desk, bot.application.bot))) == told


def test_those_that_were_only_counted_are_told_if_the_process_dies_before_the_number_is(bot, monkeypatch):
    sent = []

    async def die_at_the_third(*given):
        if len(sent) == 2:
            raise asyncio.CancelledError
        sent.append(await put(*given))

    bot.says(f"/watch {QUESTION}")
    bot.index.add([light(number) for number in range(5)])
    with monkeypatch.context() as patch:
        patch.setattr(module, "put", die_at_the_third)
        with pytest.raises(asyncio.CancelledError):
            bot.look()
    assert len(bot.look(Lookout(bot.desk, bot.application.bot))) == 2


def test_an_article_that_ends_in_errors_is_passed_over_in_time(bot, monkeypatch):
    bot.says(f"/watch {QUESTION}")
    bad, good = light(), light(1)
    bot.index.add([bad, good])
    found = bot.index.ask

    def ask(question, history=(), filter=None, **more):
        if filter.articles == (bad.id,):
            raise EngineUnavailable("disk:x", "could not answer this question in its time")
        return found(question, history, filter, **more)

    monkeypatch.setattr(bot.index, "ask", ask)
    for _ in range(module.TRIES - 1):
        with pytest.raises(EngineUnavailable):
            bot.look()
    (call,) = bot.look()
    assert "20 May" in call.text


def test_a_library_made_anew_starts_from_what_is_there(bot):
    bot.says(f"/watch {QUESTION}")
    bot.store.set_mark(f"added {bot.index.engine.address}", {"floor": 500, "later": []})
    again = Lookout(bot.desk, bot.application.bot)
    assert bot.look(again) == []
    bot.index.add(light())
    assert len(bot.look(again)) == 1


def test_standing_questions_outlive_a_restart(tmp_path):
    path = tmp_path / "bot.sqlite"
    store = BotFile(path)
    bot = Bot()
    bot.says(f"/watch {QUESTION}")
    (standing,) = bot.store.list_questions(7)
    assert store.add_question(standing, 9)
    store.close()
    assert BotFile(path).list_questions(7) == [standing]
    bot.close()


def test_the_library_of_articles_is_what_it_was(bot):
    before = [card.id for card in bot.index.articles(Filter())]
    bot.says(f"/watch {QUESTION}")
    bot.look()
    assert [card.id for card in bot.index.articles(Filter())] == before
