"""The console: at a real pseudo-terminal, and with its parts in process."""

import json
import re
import signal
import stat
import threading

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot import console
from bot.conversation.state import State
from bot.pages.lines import Line, Look, Piece, make_line
from index import Filter
from index.errors import EngineUnavailable
from tests.support.replies import HARBOUR
from tests.support.terminal import COLOUR, ESCAPE, PROMPT, Terminal

QUESTION = "Who blamed a worn cable?"


@pytest.fixture
def terminal(tmp_path):
    (tmp_path / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "hostile.txt").write_text(
        HARBOUR.replace("worn cable", "worn \x1b]0;owned\x07\x1b[31mcable\u202e\x9b5m").replace(
            "Port of", "Port\x1b[2J of"
        ),
        encoding="utf-8",
    )
    opened = []

    def call(*arguments, **more):
        opened.append(Terminal(tmp_path, *arguments, **more))
        return opened[-1]

    yield call
    for item in opened:
        item.close()


def test_a_conversation_at_a_terminal(terminal, tmp_path):
    screen = terminal("chat", "--from", "harbour.txt")
    opening = screen.wait_for(PROMPT)
    assert "Port of Eastmoor closes after crane falls" in opening
    assert len(re.findall(r"\n  [^\n]*\?", ESCAPE.sub("", opening).replace("\r", ""))) == 3
    screen.type(QUESTION + "\r")
    answer = screen.wait_for(PROMPT)
    assert "paragraph 2, sentence" in answer
    assert "\x1b[1;32m" in answer  # the cited sentence stands out
    screen.type("/hlep\r")
    assert "did you mean /help?" in screen.wait_for(PROMPT)
    screen.type("half a quest\x03")  # Ctrl-C clears the line
    screen.wait_for(PROMPT)
    screen.type("\x12worn\r\r")  # Ctrl-R finds the question again
    assert "paragraph 2, sentence" in screen.wait_for(PROMPT)
    screen.type("\x04")  # Ctrl-D leaves
    assert screen.ends() == 0
    history = tmp_path / "state" / "pullquote" / "history"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert QUESTION in history.read_text()
    assert "half a quest" not in history.read_text()


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["colours", "NO_COLOR", "dumb"],
)
def test_forty_columns_are_enough(terminal, environment, coloured):
    screen = terminal("ask", "--from", "harbour.txt", QUESTION, columns=40, **environment)
    assert screen.ends() == 0
    rows = COLOUR.sub("", screen.seen).replace("\r", "").splitlines()
    assert max(map(len, rows)) <= 40
    assert "[1] She blamed a worn cable that" in rows
    assert bool(re.search(r"\x1b\[[0-9;]*3\d", screen.seen)) is coloured
    if environment.get("TERM") == "dumb":
        assert "\x1b" not in screen.seen


def test_a_dumb_terminal_can_converse(terminal):
    screen = terminal("chat", "--from", "harbour.txt", TERM="dumb", columns=40)
    screen.wait_for("\n> ")
    screen.type(QUESTION + "\r")
    assert "sentence 3" in screen.wait_for("\n> ")
    screen.leave()
    assert screen.ends() == 0
    assert not COLOUR.search(screen.seen)


def test_what_an_article_holds_is_never_obeyed(terminal):
    screen = terminal("chat", "--from", "hostile.txt", columns=200)
    screen.wait_for(PROMPT)
    for message in (QUESTION, "/context", "/cite", "/json", "/article", "/articles", "/why"):
        screen.type(message + "\r")
        screen.wait_for(PROMPT)
    screen.type("\x04")
    assert screen.ends() == 0
    assert "␛[31mcable<U+202E><U+009B>5m" in screen.seen
    assert "\\u001b[31mcable\\u202e\\u009b5m" in screen.seen
    for bad in ("\x1b]0;owned", "\x1b[31mcable", "\u202e", "\x9b", "\x1b[2J of"):
        assert bad not in screen.seen


def test_long_output_goes_through_a_pager_and_answers_do_not(terminal, tmp_path):
    (tmp_path / "page").write_text("#!/bin/sh\necho PAGED\ncat\n")
    (tmp_path / "page").chmod(0o755)
    screen = terminal("chat", "--from", "harbour.txt", rows=8, PAGER=str(tmp_path / "page"))
    screen.wait_for(PROMPT)
    screen.type(QUESTION + "\r")
    assert "PAGED" not in screen.wait_for(PROMPT)
    screen.type("/help\r")
    assert "PAGED" in screen.wait_for(PROMPT)
    screen.type("/quit\r")
    assert screen.ends() == 0


LINKED = """---
title: Port of Eastmoor closes
url: https://tern.example/news/port-of-eastmoor-closes-after-crane-falls-on-a-quay
---

The port closed on Thursday. Nobody was hurt, said Lena Brandt, the harbour master. She blamed a worn cable.
"""
PAGE = "https://tern.example/news/port-of-eastmoor-closes-after-crane-falls-on-a-quay#:~:text="


def test_what_is_to_be_copied_is_not_broken_at_forty_columns(terminal, tmp_path):
    (tmp_path / "linked.md").write_text(LINKED, encoding="utf-8")
    screen = terminal("chat", "--from", "linked.md", columns=40, rows=12)
    screen.wait_for(PROMPT)
    screen.type(QUESTION + "\r")
    assert f";{PAGE}" in screen.wait_for(PROMPT)  # the place is a link
    assert PAGE not in ESCAPE.sub("", screen.seen)
    screen.type("/json\r")
    printed = ESCAPE.sub("", screen.wait_for(PROMPT)).replace("\r", "")
    found = json.loads(printed[printed.index("\n{") : printed.rindex("}") + 1])
    assert found["passages"][0]["citations"][0]["text"] == "She blamed a worn cable."
    screen.type("/cite markdown\r")
    assert f"(<{PAGE}" in ESCAPE.sub("", screen.wait_for(PROMPT))
    screen.type("/cite\r")
    whole = "“She blamed a worn cable.” (Port of Eastmoor closes, paragraph 1)"
    assert whole in ESCAPE.sub("", screen.wait_for(PROMPT))
    screen.type("\x04")
    assert screen.ends() == 0


def test_links_are_written_out_if_asked_and_hidden_where_they_would_be_shown_as_bytes(terminal, tmp_path):
    (tmp_path / "linked.md").write_text(LINKED, encoding="utf-8")
    shown = terminal("ask", "--links", "--from", "linked.md", QUESTION, columns=40)
    assert shown.ends() == 0
    assert f"\n    {PAGE}" in COLOUR.sub("", shown.seen).replace("\r", "")
    plain = terminal("ask", "--from", "linked.md", QUESTION, columns=40, TERM="linux")
    assert plain.ends() == 0
    assert "\x1b]8" not in plain.seen


# In process: what a terminal would need luck to show.


@pytest.fixture
def talk(index, tmp_path, monkeypatch, capsys):
    """Type text at the prompt, in process; returns what was drawn and the turns."""
    monkeypatch.setattr(console, "user_state_path", lambda _: tmp_path / "state")

    def call(text):
        turns = []
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            pipe.send_text(text)
            console.converse(index, State(), turns)
        return capsys.readouterr().out, turns

    return call


def test_turns_are_kept_for_a_transcript(talk):
    out, turns = talk(f"\r  \r{QUESTION}\r/next\r/why\r\x04")
    assert [question for question, _ in turns] == [QUESTION]
    assert turns[0][1].citations[0].text in COLOUR.sub("", out).replace("\n    ", " ")


def test_quit_leaves(talk):
    out, turns = talk(f"/quit\r{QUESTION}\r\x04")
    assert turns == []
    assert "2 articles" in out


def test_control_c_clears_the_line(talk):
    assert talk(f"nonsense\x03{QUESTION}\r\x04")[1][0][0] == QUESTION


def test_an_error_of_ours_is_a_line_and_the_conversation_goes_on(talk, index, monkeypatch):
    asked = index.ask

    def fails_once(*arguments, **options):
        monkeypatch.setattr(index, "ask", asked)
        raise EngineUnavailable("disk:x", "is being rebuilt; try again")

    monkeypatch.setattr(index, "ask", fails_once)
    monkeypatch.setattr(console, "suggest_openers", lambda *_: ())
    out, turns = talk(f"Who?\r{QUESTION}\r\x04")
    assert "disk:x: is being rebuilt; try again" in out
    assert "For example" not in out
    assert len(turns) == 1


def test_control_c_stops_the_running_question(talk, index, monkeypatch):
    release = threading.Event()
    asked = index.ask
    main = threading.main_thread().ident

    def hangs(*arguments, **options):
        monkeypatch.setattr(index, "ask", asked)
        signal.pthread_kill(main, signal.SIGINT)
        release.wait(60)
        return asked(*arguments, **options)

    monkeypatch.setattr(console, "suggest_openers", lambda *_: ())
    monkeypatch.setattr(index, "ask", hangs)
    out, turns = talk(f"Who?\r{QUESTION}\r\x04")
    release.set()
    assert "Stopped." in out
    assert [question for question, _ in turns] == [QUESTION]


def test_a_bug_in_the_thread_is_raised_where_it_is_seen():
    with pytest.raises(ZeroDivisionError):
        console.run_stoppable(lambda: 1 // 0)


def complete(index, text):
    completer = console._Completer(index, State())
    return [item.text for item in completer.get_completions(Document(text), CompleteEvent())]


def test_commands_and_headlines_are_completed(index):
    assert complete(index, "/c") == ["/context", "/cite"]
    assert complete(index, "/use fr") == ["Frost ruins a third of Calder vineyards"]
    assert len(complete(index, "/use ")) == 2
    assert complete(index, "/context ") == []
    assert complete(index, "Who") == []


def test_history_falls_back_to_memory(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    assert isinstance(console.open_history(blocked / "below"), InMemoryHistory)
    kept = console.open_history(tmp_path / "state")
    assert isinstance(kept, FileHistory)
    (tmp_path / "state" / "history").unlink()
    (tmp_path / "state" / "history").mkdir()
    kept.store_string("a full disk must not end the conversation")


def test_the_banner_names_a_single_article(index):
    card = next(index.articles())
    first = console.render_banner(index, State(Filter(articles=(card.id,))))[0]
    assert first.pieces[0].text == card.title


def test_wrapped_rows_start_below_the_words(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    console.draw((make_line("one two three four five six", Look.CITED, margin="[1] "), Line(), Line((Piece(""),))))
    assert COLOUR.sub("", capsys.readouterr().out) == "[1] one two three\n    four five six\n\n\n"


def test_every_look_has_a_style():
    assert set(console.STYLES) == set(Look)
