"""Messages beyond a limit: each is told what becomes of it, waits for its turn, and holds up nobody."""

import asyncio

import pytest
from telegram import Update

from bot.serving.quota import Quotas, Rate
from bot.settings import Settings
from bot.telegram import desk
from bot.telegram.access import AHEAD, read_rates
from bot.telegram.app import _make_handler
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.desk import WaitingTurn
from bot.telegram.screens.wording import wording as words
from tests.support.fake_bot_api import FakeApi
from tests.support.live_bot import ASKED, CABLE, QUICK, running
from tests.support.telegram_chat import NAME, Bot, keyboard, labels, texts

GROUP = -1001


@pytest.fixture
def bot():
    """A bot for which no time passes: two questions a minute and twelve taps."""
    found = Bot(patient=False, questions_per_minute=2)
    found.desk.quotas._clock = lambda: 0.0
    yield found
    found.close()


def signs(calls):
    return [call.reaction[0]["emoji"] for call in calls if call.method == "setMessageReaction"]


def test_as_many_questions_as_a_minute_has_may_come_at_once():
    bot = Bot(patient=False)
    bot.desk.quotas._clock = lambda: 0.0
    assert all(CABLE in bot.says(ASKED)[0].text for _ in range(20))
    assert texts(bot.says(ASKED)) == [words.IN_TURN.format(seconds=4)]
    bot.close()


def test_each_message_beyond_is_told_when_it_is_answered_or_that_it_is_not(bot):
    for _ in range(2):
        assert CABLE in bot.says(ASKED)[0].text
    told = [bot.says(ASKED) for _ in range(AHEAD + 8)]
    assert [texts(calls) for calls in told[:AHEAD]] == [
        [words.IN_TURN.format(seconds=30 * (at + 1) + 1)] for at in range(AHEAD)
    ]
    assert [texts(calls) for calls in told[AHEAD : AHEAD + 5]] == [[words.NOT_ANSWERED.format(seconds=331)]] * 5
    assert [signs(calls) for calls in told[AHEAD + 5 :]] == [[words.NOT_ANSWERED_SIGN]] * 3
    assert all(len(calls) == 1 for calls in told)
    assert len(bot.desk.turns) == AHEAD
    assert bot.desk.metrics.refused.labels("quota")._value.get() == 8
    assert CABLE in bot.says(ASKED, chat=8)[0].text


def test_one_whose_turn_comes_is_answered_and_counted_once(bot):
    for _ in range(2):
        bot.says(ASKED)
    waiting = bot.message(ASKED)
    number = next(bot.numbers)

    def bring():
        before = len(bot.request.calls)
        raw = {"update_id": number, "message": waiting}
        bot.runner.run(bot.application.process_update(Update.de_json(raw, bot.application.bot)))
        return bot.request.calls[before:]

    assert texts(bring()) == [words.IN_TURN.format(seconds=31)]
    assert bot.desk.get_delay(number) == pytest.approx(30, abs=5)
    assert CABLE in texts(bring())[0]
    assert bot.desk.get_delay(number) is None
    assert bot.desk.metrics.handled.labels("message")._value.get() == 3


def test_taps_and_light_commands_cost_no_question(bot):
    (answer,) = bot.says(ASKED)
    for number in range(5):
        assert len(bot.presses((words.CONTEXT, words.VERIFY)[number % 2], answer)) == 2
        assert words.HELP in bot.says("/help")[0].text
    assert CABLE in bot.says(ASKED)[0].text
    for _ in range(2):
        bot.says("/whoami")
    assert bot.presses(words.CONTEXT, answer)[0].text == words.TOO_MANY_TAPS.format(seconds=6)
    assert texts(bot.says("/privacy")) == [words.IN_TURN.format(seconds=6)]


def test_commands_that_ask_count_as_questions(bot):
    for command in ("/about", "/next"):
        assert "lot at once" not in bot.says(command)[0].text
    for command in ("/ask Who?", "/summary", "/timeline"):
        assert "lot at once" in bot.says(command)[0].text


def test_an_edited_question_waits_for_its_turn_too(bot):
    first = bot.message(ASKED)
    bot.update(message=first)
    bot.says(ASKED)
    assert texts(bot.edits(first["message_id"], "How many ships does the port handle a week?")) == [
        words.IN_TURN.format(seconds=31)
    ]


def test_admins_are_not_limited():
    bot = Bot(patient=False, questions_per_minute=1, admins=(7,))
    assert all(CABLE in bot.says(ASKED)[0].text for _ in range(5))
    bot.close()


def test_a_group_that_may_hear_no_more_words_sees_signs():
    bot = Bot(patient=False, group_answers_per_minute=1)
    bot.desk.quotas._clock = lambda: 0.0
    ask = f"@{NAME} {ASKED}"
    assert CABLE in bot.says(ask, chat=GROUP)[0].text
    for person in range(8, 8 + AHEAD):
        assert signs(bot.says(ask, chat=GROUP, person=person)) == [words.IN_TURN_SIGN]
    assert signs(bot.says(ask, chat=GROUP, person=30)) == [words.NOT_ANSWERED_SIGN]
    bot.request.faults["setMessageReaction"] = [(400, {"description": "Bad Request: REACTION_INVALID"})]
    assert len(bot.says(ask, chat=GROUP, person=31)) == 1
    bot.close()


def ask_in_group(api, text, person):
    number = len(api.queue) + 5000 + api._numbers
    api.push(
        {
            "message": {
                "message_id": number,
                "date": 1,
                "from": {"id": person, "is_bot": False, "first_name": "P"},
                "chat": {"id": GROUP, "type": "supergroup", "title": "G"},
                "text": f"@{NAME} {text}",
                "entities": [{"type": "mention", "offset": 0, "length": len(NAME) + 1}],
            }
        }
    )
    return number


def live(monkeypatch, seconds):
    """Let two questions pass, and then one each so many seconds, however long the machine takes over them."""
    rates = read_rates(Settings()) | {"ask": Rate(1, seconds, 2)}
    monkeypatch.setattr(desk, "Quotas", lambda _: Quotas(rates, clock=lambda: 0.0))


def test_what_waits_is_answered_in_order_and_holds_up_nobody_else(tmp_path, monkeypatch):
    live(monkeypatch, 0.3)
    asked = [f"How many ships does the port handle a week {'indeed ' * at}?" for at in range(6)]

    async def scenario():
        api = FakeApi()

        def answered():
            shown = [sent for sent in api.sent if not sent["text"].startswith("That was a lot")]
            return [sent["reply_parameters"]["message_id"] for sent in shown]

        async with running(api, tmp_path, QUICK):
            numbers = [ask_in_group(api, text, 7) for text in asked]
            other = ask_in_group(api, ASKED, 8)
            await api.until(lambda: other in answered())
            assert len(answered()) < len(numbers)
            await api.until(lambda: len(answered()) > len(numbers))
        assert [number for number in answered() if number != other] == numbers
        assert len(api.sent) == len(numbers) + 1 + 4

    asyncio.run(asyncio.wait_for(scenario(), 60))


def told_to_wait(api, count):
    return sum("lot at once" in text for text in api.answers()) == count


def list_waiting(tmp_path):
    """Return the texts of the updates that are not done, as another start would find them."""
    file = BotFile(tmp_path / "bot.sqlite")
    found = [(raw.get("message") or raw["edited_message"])["text"] for _, raw, _ in file.list_waiting()]
    file.close()
    return found


def edit(api, update, text):
    """Edit the message that was sent by this update, which has the number before it."""
    message = {"message_id": update - 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": text}
    api.push({"edited_message": message | {"edit_date": 2, "from": {"id": 7, "is_bot": False, "first_name": "P"}}})


def test_a_question_that_is_edited_while_it_waits_keeps_its_turn_and_is_answered_as_edited(tmp_path, monkeypatch):
    """The first of two that wait; then one that was answered, twice, for an edit of it waits as well."""
    live(monkeypatch, 0.4)

    async def scenario():
        api = FakeApi()
        async with running(api, tmp_path):
            first, _, third, fourth = [api.says(text) for text in (ASKED, ASKED, "Who fell?", "Who paid?")]
            edit(api, third, "How many ships does the port handle a week?")
            edit(api, first, "Who asked for that?")
            edit(api, first, "How many ships does the port handle each week?")
            await api.until(lambda: len(api.sent) == 2 + 3 + 2 + 1)
        return api, third - 1, fourth - 1

    api, third, fourth = asyncio.run(asyncio.wait_for(scenario(), 60))
    *_, of_third, of_fourth, of_first = [sent for sent in api.sent if "lot at once" not in sent["text"]]
    assert "40 ships" in of_third["text"]
    assert of_third["reply_parameters"]["message_id"] == third
    assert of_fourth["reply_parameters"]["message_id"] == fourth
    assert (of_first["method"], "40 ships" in of_first["text"]) == ("editMessageText", True)


def test_what_was_edited_while_it_waits_is_answered_as_edited_after_a_restart(tmp_path, monkeypatch):
    live(monkeypatch, 3600)

    async def scenario():
        api = FakeApi()
        async with running(api, tmp_path):
            *_, third = [api.says(ASKED) for _ in range(3)]
            await api.until(lambda: told_to_wait(api, 1))
            edit(api, third, "/whoami")
            await api.until(lambda: list_waiting(tmp_path) == ["/whoami"] and api.calls[-1] == "getUpdates")
        async with running(api, tmp_path):
            await api.until(lambda: len(api.sent) == 4)
        assert api.answers()[-1] == words.WHOAMI.format(person=7, chat=7)

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_a_question_that_was_deleted_while_it_waited_is_not_answered(bot):
    """Telegram tells no bot of it, but a reaction to it fails."""
    for _ in range(2):
        bot.says(ASKED)
    for gone in (True, False):
        waiting, number = bot.message(ASKED), next(bot.numbers)
        update = Update.de_json({"update_id": number, "message": waiting}, bot.application.bot)
        bot.runner.run(bot.application.process_update(update))
        described = "Bad Request: message to react not found" if gone else "Bad Request: REACTION_EMPTY"
        bot.request.faults["setMessageReaction"] = [(400, {"description": described})]
        before = len(bot.request.calls)
        bot.runner.run(bot.application.process_update(update))
        assert len(texts(bot.request.calls[before:])) == (0 if gone else 1)
        assert bot.desk.turns == {}


def test_what_waits_outlives_a_restart(tmp_path, monkeypatch):
    live(monkeypatch, 3600)

    async def scenario():
        api = FakeApi()
        async with running(api, tmp_path):
            for _ in range(4):
                api.says(ASKED)
            await api.until(lambda: sum("lot at once" in text for text in api.answers()) == 2)
        assert sum(CABLE in text for text in api.answers()) == 2
        async with running(api, tmp_path):
            await api.until(lambda: sum(CABLE in text for text in api.answers()) == 4)

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_a_turn_that_comes_is_over_even_where_nothing_is_left_to_do(bot):
    """An edit that waited, of a question whose answer is too old by now: it must not come again for ever."""
    handle = _make_handler(bot.application, bot.desk)
    edited = bot.message("And who asked?") | {"message_id": 4711, "edit_date": 2}
    update = Update.de_json({"update_id": 5, "edited_message": edited}, bot.application.bot)
    bot.desk.turns[5] = WaitingTurn(0.0, ("ask", 7, 7))
    assert bot.runner.run(handle(update)) is None
    assert bot.desk.turns == {}


def test_nothing_overtakes_what_waits(bot):
    """One that is taken at once after all goes behind those of its line that still wait in their lane."""
    for _ in range(3):
        bot.says(ASKED)
    bot.desk.quotas._clock = lambda: 600.0
    assert bot.says(ASKED) == []
    assert [bot.desk.turns[number].due for number in sorted(bot.desk.turns)][1] is not None
    assert len(bot.desk.turns) == 2
    assert CABLE in bot.says(ASKED, chat=8)[0].text
    (answer,) = bot.says("/help")
    assert not keyboard(answer)
    assert labels(answer) == []
