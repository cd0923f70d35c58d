"""Conversations: what a message asks for, and what comes of it on a real index."""

import json
import weakref
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import query
from bot.conversation.commands import read
from bot.conversation.dialogue import (
    Answer,
    Ask,
    Context,
    Details,
    Explain,
    Help,
    Listing,
    Note,
    Paste,
    Quit,
    Raw,
    Surround,
    Told,
    Why,
)
from bot.conversation.openers import suggest_openers
from bot.conversation.perform import LISTED, perform
from bot.conversation.state import State
from bot.pages.lines import render_plain
from bot.pages.render import render
from index import Filter, Verdict, open_index
from index.errors import UnknownArticle
from index.model import Card
from tests.support.replies import HARBOUR, VINEYARD, article, citation, passage, reply


def say(index, state, *messages):
    output = None
    for message in messages:
        state, output = perform(index, state, read(state, message))
    return state, output


def test_a_question_is_asked_with_its_history_and_filters():
    state = State(Filter(collections=("news",)), ("a",), ("Who is Lena Brandt?",))
    request = read(state, " What did she blame? since:2024-01  source:tern ")
    assert request == Ask(
        "What did she blame?",
        ("Who is Lena Brandt?",),
        Filter(("news",), ("a",), ("tern",), since=datetime(2024, 1, 1)),
    )


def test_an_answer_is_remembered_and_found_again(index):
    state, output = say(index, State(), "Who blamed a worn cable?")
    assert isinstance(output, Answer)
    assert output.reply.verdict is Verdict.ANSWERED
    assert "worn cable" in output.reply.citations[0].text
    assert state.history == ("Who blamed a worn cable?",)
    assert state.reply == output.reply


def test_a_follow_up_borrows_from_history(index):
    _, output = say(index, State(), "Who is Martin Oduya?", "What did he ask for?")
    assert isinstance(output, Answer)
    assert "Oduya" in (output.reply.understood or "")


def test_history_is_bounded(index):
    state, _ = say(index, State(), *[f"Who is number {n}?" for n in range(15)])
    assert len(state.history) == 11
    assert read(state, "Who?").history == tuple(f"Who is number {n}?" for n in range(5, 15))


@pytest.mark.parametrize("message", ["", "   ", "since:2024"])
def test_nothing_to_ask_is_told(message):
    request = read(State(), message)
    assert isinstance(request, Note)
    assert "Ask a question" in request.text


def test_a_bad_filter_is_told():
    assert read(State(), "Who? since:yesterday") == Note("yesterday is not a date; write for example 2023-01-31.")


@pytest.mark.parametrize(
    ("typed", "meant"), [("/hlep", "help"), ("/contxt 2", "context"), ("/WYH", "why"), ("/artcles", "articles")]
)
def test_a_typing_error_is_answered_with_the_nearest_command(typed, meant):
    assert f"did you mean /{meant}?" in read(State(), typed).text


def test_a_command_like_none_points_to_help():
    assert read(State(), "/zzzz").text.endswith("/help lists them.")
    assert read(State(), "/").text.endswith("/help lists them.")


@pytest.mark.parametrize(
    ("typed", "request_"), [("/help", Help()), ("HELP", Help()), ("?", Help()), ("/Quit", Quit()), ("exit", Quit())]
)
def test_commands_are_understood_in_any_case_and_some_without_slash(typed, request_):
    assert read(State(), typed) == request_


@given(st.text())
def test_no_message_breaks_the_reading(message):
    read(State(), message)
    read(State(reply=reply(), history=("Who?",)), "/" + message)


@pytest.mark.parametrize("command", ["/context", "/cite", "/cite 2", "/json", "/next", "/why"])
def test_commands_on_an_answer_need_one(index, command):
    _, output = say(index, State(), command)
    assert isinstance(output, Note)
    assert "ask a question first" in output.text


def test_citations_are_picked_by_number():
    both = passage(citation("The port handles 40 ships a week."), citation())
    state = State(reply=reply(Verdict.ANSWERED, both))
    assert read(state, "/cite") == Paste(both.citations[0], both.article)
    assert read(state, "/cite [2]") == Paste(both.citations[1], both.article)
    assert read(state, "/context 2") == Surround(2, both.citations[1])
    assert read(state, "/cite 3") == Note("Which citation? Write its number, from 1 to 2.")
    assert read(State(reply=reply()), "/cite x") == Note("Which citation? Write its number, 1, the only one.")
    assert read(state, "/json") == Raw(state.reply)


def test_context_shows_the_paragraphs_around_the_citation(index):
    state, _ = say(index, State(), "Who blamed a worn cable?")
    _, output = say(index, state, "/context 1")
    assert isinstance(output, Context)
    text = render_plain(render(output))
    assert "    paragraph 1 of 4\n" in text
    assert "    paragraph 2 of 4\n    Nobody was hurt" in text
    assert "\n[1] She blamed a worn cable" in text
    assert "    paragraph 3 of 4\n" in text
    assert "paragraph 4" not in text


def test_next_goes_on_without_renumbering(index):
    state, first = say(index, State(), "What did Brandt say of the port, the crane and the quay?")
    shown = first.reply.passages
    seen = len(shown)
    while True:
        state, output = say(index, state, "/next")
        if isinstance(output, Note):
            break
        assert output.skip == seen
        assert output.reply.passages[:seen] == state.reply.passages[:seen]
        assert output.reply.passages[: len(shown)] == shown
        assert len(output.reply.passages) > seen
        seen = len(output.reply.passages)
    assert output.text == "There is no further passage."


def test_next_shows_what_the_first_answer_left_out(fresh_index):
    fresh_index.add(article(VINEYARD.replace("Calder", name)) for name in ("Aldo", "Bren", "Calder", "Dell", "Esk"))
    state, first = say(fresh_index, State(), "Who put the damage at 12 million crowns?")
    state, more = say(fresh_index, state, "/next")
    assert isinstance(more, Answer)
    assert more.skip == len(first.reply.passages) == 3
    assert more.reply.passages[:3] == first.reply.passages
    text = render_plain(render(more))
    assert f"[{len(first.reply.citations) + 1}]" in text
    assert "[1]" not in text
    assert read(state, "/cite 1") == Paste(first.reply.citations[0], first.reply.passages[0].article)


def test_why_explains_the_last_question(index):
    state, _ = say(index, State(), "Who is Martin Oduya?", "What did he ask for?")
    assert read(state, "/why") == Explain()
    _, output = say(index, state, "/why")
    assert isinstance(output, Why)
    assert output.reply.understood == state.reply.understood
    assert output.reply.explain["words"]
    assert "in the sentence" in render_plain(render(output))


def test_json_is_the_reply(index):
    state, _ = say(index, State(), "Who blamed a worn cable?")
    _, output = say(index, state, "/json")
    assert (
        json.loads(render_plain(render(output)))["passages"][0]["citations"][0]["text"] == state.reply.citations[0].text
    )


def test_cite_is_one_line(index):
    state, _ = say(index, State(), "Who blamed a worn cable?")
    _, output = say(index, state, "/cite 1")
    assert render_plain(render(output)).count("\n") == 1
    assert "Tern Agency, 14 March 2024, paragraph 2" in render_plain(render(output))


def test_articles_are_listed_and_narrowed(index):
    _, output = say(index, State(), "/articles")
    assert [card.source for _, card in output.entries] == ["harbour.txt", "vineyard.txt"]
    assert "2  Frost ruins" in render_plain(render(output))
    _, output = say(index, State(), "/articles FROST")
    assert [number for number, _ in output.entries] == [2]
    assert say(index, State(), "/articles zebra")[1] == Note("No headline holds 'zebra'.")


def test_a_long_list_says_how_much_it_leaves_out(fresh_index):
    fresh_index.add(article(VINEYARD.replace("Calder", f"Calder-{n}"), f"{n}.txt") for n in range(LISTED + 5))
    _, output = say(fresh_index, State(), "/articles")
    assert len(output.entries) == LISTED
    assert "and 5 more" in render_plain(render(output))
    _, output = say(fresh_index, State(), "/use Calder-1")
    assert isinstance(output, Listing)
    assert render_plain(render(output)).startswith("Several match")


def test_an_empty_library_says_so(fresh_index):
    assert say(fresh_index, State(), "/articles")[1] == Note("There is no article here yet.")
    assert say(fresh_index, State(), "/article")[1] == Note("There is no article here yet.")
    assert suggest_openers(fresh_index, Filter()) == ()


@pytest.mark.parametrize("words", ["2", "frost ruins", "ID"])
def test_use_picks_one_article_and_all_goes_back(index, words):
    card = list(index.articles())[1]
    state = State(history=("Who?",))
    state, output = say(index, state, f"/use {card.id[:6] if words == 'ID' else words}")
    assert output == Details(card)
    assert state.scope == Filter(articles=(card.id,))
    assert state.history == ()  # names of another story are not borrowed
    _, reply = say(index, state, "Who blamed a worn cable?")
    assert {passage.article.id for passage in reply.reply.passages} <= {card.id}
    assert "*" in render_plain(render(say(index, state, "/articles")[1]))
    assert say(index, state, "/use all")[0].scope == Filter()


def test_use_of_nothing_known_is_told(index):
    state, output = say(index, State(), "/use zebra")
    assert output == Note("No article is called 'zebra'; /articles lists them.")
    assert state == State()


def test_article_tells_of_the_chosen_or_the_last_cited_one(index):
    assert isinstance(say(index, State(), "/article")[1], Listing)
    _, output = say(index, State(), "Who is Martin Oduya?", "/article")
    assert output.card.source == "vineyard.txt"
    _, output = say(index, State(), "/use 1", "/article")
    text = render_plain(render(output))
    assert "Port of Eastmoor closes after crane falls" in text
    assert "published  14 March 2024, 09:10" in text
    assert "version    LEAD" in text
    assert "length     6 sentences" in text


def test_filters_in_a_question_limit_who_answers(index):
    _, output = say(index, State(), "Who is Martin Oduya? until:2024-04-01")
    assert "vineyard.txt" not in {passage.article.source for passage in output.reply.passages}
    card = next(index.articles())
    _, output = say(index, State(), f"Who blamed a worn cable? article:{card.id[:6]}")
    assert output.reply.verdict is Verdict.ANSWERED


def test_an_unknown_article_is_an_error(index):
    with pytest.raises(UnknownArticle):
        say(index, State(), "Who? article:ffffffff")


def test_openers_are_answered_and_of_different_articles(index):
    questions = suggest_openers(index, Filter())
    assert len(questions) == 3
    replies = [index.ask(question) for question in questions]
    assert {reply.verdict for reply in replies} == {Verdict.ANSWERED}
    assert len({reply.passages[0].article.id for reply in replies}) == 2


def test_openers_pass_over_older_versions(fresh_index):
    older = HARBOUR.replace("(LEAD) ", "").replace("Nobody was hurt", "One docker was hurt")
    fresh_index.add([article(HARBOUR), article(older)])
    newest = next(card for card in fresh_index.articles() if card.lead == 1)
    assert len({card.story for card in fresh_index.articles()}) == 1
    assert set(suggest_openers(fresh_index, Filter())) <= set(fresh_index.suggestions(newest.id, 3))


@dataclass(frozen=True)
class Watched(Card):
    """A card of which it can be told whether it is still held."""


def test_openers_of_a_large_library_hold_few_cards():
    alive, asked = weakref.WeakSet(), []

    def cards(_scope):
        for number in range(500):
            card = Watched(id=str(number), sha256="", published=datetime(2024, 1, 1 + number % 28))
            alive.add(card)
            yield card
            assert len(alive) < 10

    index = SimpleNamespace(articles=cards, suggestions=lambda key, *_: asked.append(key) or ())
    assert suggest_openers(index, Filter()) == ()
    assert asked == ["27", "55", "83"]


def test_a_state_survives_json(index):
    start = State(Filter(("default",), since=query.read_since("2020"), lead=1))
    state, _ = say(index, start, "/use 1", "Who blamed a worn cable?")
    assert State.from_dict(json.loads(json.dumps(state.to_dict()))) == state
    assert State.from_dict(State().to_dict()) == State()


@pytest.mark.parametrize(
    "change",
    [{"format": 2}, {"filter": None}, {"history": 5}, {"reply": {}}, {"filter": {"since": "x", "until": None}}],
)
def test_a_malformed_state_is_refused(change):
    with pytest.raises(ValueError):  # noqa: PT011 - which part is malformed is told by different readers
        State.from_dict({**State().to_dict(), **change})
    with pytest.raises(ValueError, match="not a saved conversation"):
        State.from_dict({"format": 1})


@pytest.mark.parametrize(
    ("written", "first", "after"),
    [
        ("2023", datetime(2023, 1, 1), datetime(2024, 1, 1)),
        ("2024", datetime(2024, 1, 1), datetime(2025, 1, 1)),
        ("2023-02", datetime(2023, 2, 1), datetime(2023, 3, 1)),
        ("2023-12", datetime(2023, 12, 1), datetime(2024, 1, 1)),
        ("2023-02-03", datetime(2023, 2, 3), datetime(2023, 2, 4)),
        ("20230203", datetime(2023, 2, 3), datetime(2023, 2, 4)),
        ("2023-W06", datetime(2023, 2, 6), datetime(2023, 2, 13)),
        ("2023-02-03T14:25", datetime(2023, 2, 3, 14, 25), datetime(2023, 2, 3, 14, 26)),
        ("2023-02-03T14:25:07", datetime(2023, 2, 3, 14, 25, 7), datetime(2023, 2, 3, 14, 25, 8)),
        ("9999", datetime(9999, 1, 1), datetime.max),
    ],
)
def test_until_includes_the_year_month_day_or_minute_that_is_written(written, first, after):
    assert (query.read_since(written), query.read_until(written)) == (first, after)
    assert query.split(f"who since:{written} until:{written}") == ("who", Filter(since=first, until=after))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("author:Brandt who fell", "author: is no filter; speaker: may be meant"),
        ("who fell by:Brandt", "by: is no filter; speaker: may be meant"),
        ("who fell sinc:2024-01", "sinc: is no filter; since: may be meant"),
        ("who fell before:2024", "before: is no filter; until: may be meant"),
        ('topic:"the quay" who fell', "topic: is no filter, only article:, source:, speaker:, since:, until:, "),
        ("collection:secret who fell", "collection: is no filter, only article:"),
    ],
)
def test_an_unknown_filter_is_told(written, told):
    note = read(State(), written)
    assert isinstance(note, Note)
    assert told in note.text
    with pytest.raises(ValueError, match=told.partition(";")[0]):
        query.split(written)


def test_speaker_alone_asks_what_somebody_says(index):
    _, output = say(index, State(chosen=(next(index.articles()).id,)), "speaker:Brandt")
    assert isinstance(output, Told)
    assert [entry.citation.text[:18] for entry in output.digest.entries][:1] == ["Nobody was hurt, s"]


def test_only_what_the_speaker_says_answers(index):
    state, output = say(index, State(), "Was anybody hurt? speaker:Brandt")
    assert isinstance(output, Answer)
    assert output.reply.verdict is Verdict.ANSWERED
    assert state.within.speakers == ("Brandt",)
    assert State.from_dict(json.loads(json.dumps(state.to_dict()))) == state
    _, output = say(index, State(), "Was anybody hurt? speaker:Oduya")
    assert output.reply.reason == "Nothing that was found on it is attributed to “Oduya”."


NO_FILTERS = (
    "What happened at 14:25?",
    "Who owns localhost:8080?",
    "What is https://tern.example/story?",
    "Who made Mission:Impossible?",
    "What did she say: nothing?",
    'Who said "note:this"?',
)


def test_filter_words_are_taken_out_and_others_left():
    assert query.split('a source:"Tern Agency" b source:x lead:2') == (
        "a b",
        Filter(sources=("Tern Agency", "x"), lead=2),
    )
    for text in ("Is this a source: or not?", "https://since:2023", "since:", *NO_FILTERS):
        assert query.split(text) == (text, Filter())
    with pytest.raises(ValueError, match="lead:x is not a version"):
        query.split("who lead:x")


def test_an_article_may_be_named_by_the_beginning_of_its_id(index):
    card = next(index.articles())
    assert query.resolve(index, Filter(articles=(card.id[:8],))).articles == (card.id,)
    assert query.resolve(index, Filter()) == Filter()


def test_a_removed_article_is_an_error_when_its_context_is_asked(fresh_index):
    made = article()
    fresh_index.add(made)
    state, _ = say(fresh_index, State(), "Who blamed a worn cable?")
    fresh_index.remove(made.id)
    with pytest.raises(UnknownArticle):
        say(fresh_index, state, "/context")


FIRST = """Port reopens after storm

All News 10:00 May 3, 2023

PORT ADA, May 3 (Tern Wire) -- The harbour of Port Ada reopened on Wednesday. Two ferries left at noon.
"""
SECOND = """(LEAD) Port reopens after storm

All News 14:00 May 3, 2023

(ATTN: ADDS mayor in last para)

PORT ADA, May 3 (Tern Wire) -- The harbour of Port Ada reopened on Wednesday. Three ferries left at noon.

Mayor Lena Brandt promised a higher wall.
"""
HELD = """Port to be sold

EMBARGOED until 2300 GMT on Wednesday, Sept. 11, 2999

PORT ADA, May 3 (Tern Wire) -- The harbour of Port Ada will be sold to a bank in Fife.
"""


@pytest.fixture(scope="module")
def versions():
    with open_index("memory:") as index:
        index.add(
            [article(FIRST, "1.txt"), article(SECOND, "2.txt"), article(VINEYARD, "v.txt"), article(HELD, "h.txt")]
        )
        yield index


def test_an_older_version_tells_of_the_newer_and_the_list_tells_which_are_silent(versions):
    rows = render_plain(render(say(versions, State(), "/articles")[1])).splitlines()
    assert [row.rpartition(" · ")[2] for row in rows[1::2]][:2] == ["superseded", "3 sentences"]
    assert "embargoed" in rows[7]
    newer = say(versions, State(), "/articles")[1].entries[1][1]
    assert say(versions, State(), "/use 1")[1].newer == newer
    assert "newer      Tern Wire · 3 May 2023, 14:00 · LEAD; /diff shows" in render_plain(
        render(say(versions, State(), "/use 1")[1])
    )
    assert say(versions, State(), "/use 2")[1].newer is None


def test_an_article_under_embargo_is_refused_with_its_reason(versions):
    _, output = say(versions, State(), "Who will be sold the harbour?", "/use sold", "Which bank?")
    assert output.reply.verdict is Verdict.REFUSED
    assert "under embargo until 2999-09-11" in output.reply.reason


@pytest.mark.parametrize(
    "messages",
    [
        ["/diff 2"],
        ["/diff 1"],
        ["/diff Port reopens"],
        ["/use 1", "/diff"],
        ["/use 2", "/diff"],
        ["What did Mayor Lena Brandt promise?", "/diff"],
    ],
)
def test_the_changes_of_a_story_are_shown(versions, messages):
    shown = render_plain(render(say(versions, State(), *messages)[1]))
    assert "note  ADDS mayor in last para\n" in shown
    assert "1 added, 0 dropped, 1 changed.\n~   Two ferries left at noon.\n  → Three ferries left at noon.\n" in shown
    assert shown.endswith("+   Mayor Lena Brandt promised a higher wall.\n")


def test_without_two_versions_there_are_no_changes(versions):
    for message, told in (
        ("/diff 3", "There is one version of"),
        ("/diff zz", "No article is called 'zz'"),
        ("/diff", "Which article?"),
    ):
        assert told in render_plain(render(say(versions, State(), message)[1]))
    assert "Several match" in render_plain(render(say(versions, State(), "/diff Port")[1]))
