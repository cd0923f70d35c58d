"""The article at hand comes first: asked alone, then all, and what belongs to the whole library is asked of that."""

import pytest

from bot.conversation.at_hand import perform_nearest
from bot.conversation.commands import read
from bot.conversation.dialogue import Answer, Listing
from bot.conversation.state import State
from index import Verdict
from tests.support.replies import HARBOUR, VINEYARD, article

HURT = "Was anybody hurt?"
DAMAGE = "Who put the damage at 12 million crowns?"
TITLE = "Frost ruins a third of Calder vineyards"


@pytest.fixture
def index(fresh_index):
    fresh_index.add([article(HARBOUR), article(VINEYARD)])
    return fresh_index


def ask(index, text, **state):
    state = State(at_hand=(article(VINEYARD).id,), **state)
    return perform_nearest(index, state, read(state, text))


def test_what_it_answers_is_asked_of_it_alone(index):
    after, output = ask(index, DAMAGE, history=("Who is Lena Brandt?",))
    assert (output.alone, output.beyond) == (TITLE, "")
    assert {passage.article.title for passage in output.reply.passages} == {TITLE}
    assert (after.only, after.at_hand) == ((article(VINEYARD).id,), (article(VINEYARD).id,))
    assert after.history == (DAMAGE,)  # a new article, a new conversation


def test_what_it_does_not_answer_is_asked_of_all_and_it_is_at_hand_no_longer(index):
    after, output = ask(index, HURT)
    assert output.reply.verdict is Verdict.ANSWERED
    assert (output.alone, output.beyond) == ("", TITLE)
    assert (after.only, after.at_hand) == ((), ())


def test_where_nobody_answers_what_is_near_is_shown(index):
    _, output = ask(index, "How old is the head of the growers' union?")
    assert output.reply.verdict is not Verdict.ANSWERED
    assert output.alone == TITLE


@pytest.mark.parametrize("text", ["What is this about?", "/article"])
def test_a_request_for_a_digest_is_of_it(index, text):
    after, output = ask(index, text)
    assert TITLE in str(output)
    assert after.only == ()


def test_a_follow_up_is_understood_from_what_it_was_asked_before(index):
    first, _ = ask(index, "Who is Martin Oduya?")
    state = State.from_dict(first.to_dict() | {"only": []})
    _, output = perform_nearest(index, state, read(state, "And what did he ask for?"))
    assert output.alone == TITLE
    assert "Oduya" in output.reply.understood


def test_the_library_is_asked_where_that_is_meant(index):
    _, listed = ask(index, "which articles do you have?")
    assert isinstance(listed, Listing)
    assert listed.total == 2
    _, named = ask(index, f"{HURT} article:{article(HARBOUR).id}")
    assert named == Answer(named.reply)


def test_an_article_that_is_alone_or_gone_is_not_spoken_of(fresh_index):
    fresh_index.add(article(VINEYARD))
    assert ask(fresh_index, DAMAGE)[1].alone == ""
    fresh_index.add(article(HARBOUR))
    fresh_index.remove(article(VINEYARD).id)
    assert ask(fresh_index, HURT)[1].beyond == ""


def test_a_state_that_an_earlier_version_saved_has_nothing_at_hand():
    form = State(at_hand=("a",), only=("b",)).to_dict()
    assert State.from_dict(form) == State(at_hand=("a",), only=("b",))
    del form["at_hand"], form["only"]
    assert State.from_dict(form) == State()
