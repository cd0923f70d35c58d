"""Progress: each verb that may take its time shows it on a terminal, and nothing of it anywhere else."""

import io
import sys
import threading

import pytest

from bot.verbs import progress
from bot.verbs.progress import show_progress, show_waiting
from tests.support.replies import HARBOUR, VINEYARD

ASK = "Who blamed a worn cable?"


class Terminal(io.StringIO):
    """A terminal that keeps what it is told."""

    def isatty(self):
        return True


class AtOnce:
    """A timer that waits for nothing."""

    daemon = False

    def __init__(self, seconds, function):
        assert seconds == progress.PATIENCE
        self._function = function

    def start(self):
        self._function()

    def cancel(self):
        pass

    def join(self):
        pass


@pytest.fixture
def open_terminal(monkeypatch):
    """Puts a terminal in place of standard error, as late as in the test: pytest puts its own there before."""

    def call(timer=AtOnce, term="xterm"):
        shown = Terminal()
        monkeypatch.setattr(sys, "stderr", shown)
        monkeypatch.setenv("TERM", term)
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setattr(progress.threading, "Timer", timer)
        return shown

    return call


@pytest.fixture
def folder(library):
    """A folder with two stories, their saved reply and an export, and a library that is yet to be made."""
    for name, text in (("harbour", HARBOUR), ("vineyard", VINEYARD)):
        (library / "in").mkdir(exist_ok=True)
        (library / "in" / f"{name}.txt").write_text(text, "utf-8")
    return library


def test_what_takes_its_time_is_shown_with_count_and_total(open_terminal):
    terminal = open_terminal()
    with show_progress("adding", lambda: 3) as advance:
        for _ in range(3):
            advance(1)
    assert "adding" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()


def test_what_is_done_soon_is_not_shown(open_terminal, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 3600.0)
    terminal = open_terminal(threading.Timer)
    with show_progress("adding", lambda: 3) as advance:
        advance(3)
    assert terminal.getvalue() == ""


def test_what_takes_longer_is_shown_later_with_all_that_was_done(open_terminal, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.01)
    terminal, made = open_terminal(threading.Timer), threading.Event()
    make = progress._make_bar
    monkeypatch.setattr(progress, "_make_bar", lambda *given: (made.set(), make(*given))[1])
    with show_progress("adding", lambda: 3) as advance:
        advance(2)
        assert made.wait(60)
    assert "2/3" in terminal.getvalue()


@pytest.mark.parametrize("kind", ["dumb", "pipe"])
def test_a_terminal_that_rewrites_no_line_and_a_pipe_are_left_alone(open_terminal, monkeypatch, kind):
    monkeypatch.setattr(Terminal, "isatty", lambda _: kind == "dumb")
    terminal = open_terminal(term="dumb" if kind == "dumb" else "xterm")
    with show_progress("adding", lambda: 3) as advance:
        advance(3)
    assert list(show_waiting("checking", "ab")) == ["a", "b"]
    assert terminal.getvalue() == ""


def test_the_terminal_is_free_while_an_item_is_dealt_with(open_terminal):
    terminal, lengths = open_terminal(), []
    for _ in show_waiting("checking", range(3)):
        assert terminal.getvalue().count("checking") > len(lengths)
        lengths.append(len(terminal.getvalue()))
    assert len(lengths) == 3


def test_an_error_passes_and_takes_the_bar_with_it(open_terminal):
    terminal = open_terminal()

    def fail():
        with show_progress("adding"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert "\x1b[?25h" in terminal.getvalue(), "the cursor is shown again"


VERBS = [
    (("ask", ASK), "asking"),
    (("ask", "what is this about?", "--article", "Port"), "reading"),
    (("ask", "--from", "in", ASK), "reading"),
    (("ask", "-"), "asking"),
    (("search", "cable"), "searching"),
    (("digest", "latest"), "reading"),
    (("digest", "about", "in"), "reading"),
    (("show", "--from", "in"), "reading"),
    (("read", "--question", ASK, "-o", "-"), "asking"),
    (("verify", "reply.json"), "checking"),
    (("cite", "reply.json"), "checking"),
    (("list",), "listing"),
    (("stats",), "counting"),
    (("doctor",), "checking"),
    (("add", "in"), "adding"),
    (("add", "in", "--sync"), "looking for what is gone"),
    (("export", "out.jsonl"), "exporting"),
    (("rebuild",), "rebuilding"),
    (("migrate", "disk:library", "disk:copy"), "copying"),
]


@pytest.fixture
def filled(run, folder):
    """The folder with its library filled and a reply saved."""
    assert run("add", "in")[0] == 0
    (folder / "reply.json").write_text(run("ask", "--json", ASK)[1], "utf-8")
    return folder


@pytest.mark.parametrize(("words", "label"), VERBS)
def test_each_verb_shows_what_it_is_at(run, filled, open_terminal, words, label):
    terminal = open_terminal()
    code, _, _ = run(*words, stdin=f"{ASK}\n".encode())
    assert code in (0, 1)
    assert label in terminal.getvalue()


@pytest.mark.parametrize("words", [words for words, _ in VERBS])
def test_no_verb_shows_it_to_a_program(run, filled, monkeypatch, words):
    monkeypatch.setattr(progress.threading, "Timer", AtOnce)
    _, out, err = run(*words, stdin=f"{ASK}\n".encode())
    assert "\x1b" not in out + err


def test_every_verb_is_looked_at():
    from bot.cli import cli

    without = {
        "chat": "a prompt",
        "cluster": "needs one",
        "diff": "reads two articles",
        "eval": "has bars of its own",
        "import": "as export",
        "mcp": "a server",
        "remove": "tells each",
        "serve": "a server",
        "telegram": "a server",
    }
    verbs = set(cli.list_commands(None))
    seen = {words[0] for words, _ in VERBS}
    assert verbs - seen == set(without)
