"""The command line: what is printed where, exit codes, and errors in one line."""

import io
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from bot import cli
from bot.__main__ import main
from bot.cli import VERBS
from bot.verbs.common import LONGEST_LINE, read_lines
from index import load_article, open_index
from tests.support.paths import ROOT
from tests.support.replies import HARBOUR, VINEYARD

QUESTION = "Who blamed a worn cable?"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "vineyard.txt").write_text(VINEYARD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("PULLQUOTE_INDEX", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def one_line(text):
    return text.count("\n") == 1 and text.startswith("pullquote: ") and "Traceback" not in text


def test_an_answer_is_printed_with_exit_code_0(run):
    code, out, err = run("ask", "--from", "harbour.txt", QUESTION)
    assert (code, err) == (0, "")
    assert "[1] She blamed a worn cable" in out
    assert "\x1b" not in out


def test_a_question_needs_no_quotation_marks(run):
    assert run("ask", "--from", "harbour.txt", *QUESTION.split()) == run("ask", "--from", "harbour.txt", QUESTION)


def test_a_refusal_is_an_answer_of_its_own_with_exit_code_1(run):
    code, out, err = run("ask", "--from", ".", "What is the recipe for kimchi?")
    assert (code, err) == (1, "")
    assert out.startswith("No answer in what was searched.\n")
    assert "kimchi" in out


def test_json_is_one_line_and_cites_the_stored_text(run):
    code, out, _ = run("ask", "--from", "harbour.txt", "--json", QUESTION)
    assert (code, out.count("\n")) == (0, 1)
    reply = json.loads(out)
    assert (reply["format"], reply["verdict"]) == (1, "answered")
    citation = reply["passages"][0]["citations"][0]
    article = json.loads(run("show", "--from", "harbour.txt", "--json")[1])
    assert article["text"] == HARBOUR
    assert article["text"][citation["start"] : citation["end"]] == citation["text"]
    assert "explain" not in reply


def test_explain_adds_the_weights(run):
    assert json.loads(run("ask", "--from", ".", "--json", "--explain", QUESTION)[1])["explain"]["words"]
    assert "in the sentence" in run("ask", "--from", ".", "--explain", QUESTION)[1]


def test_a_dash_reads_one_question_a_line_and_prints_one_reply_a_line(run):
    questions = (
        f"{QUESTION}\n\nWhat is the recipe for kimchi?\r\nWho? since:never\n{QUESTION}\nWho? article:zz".encode()
    )
    code, out, err = run("ask", "--from", ".", "-", stdin=questions)
    rows = out.splitlines()
    assert (code, err, len(rows)) == (0, "", 6)
    assert rows[0] == rows[4]
    assert rows[5].startswith("No answer. no article 'zz' here;")
    assert "“She blamed a worn cable" in rows[0]
    assert rows[1].startswith("No answer.")
    assert rows[2].startswith("No answer.")
    assert rows[3] == "No answer. never is not a date; write for example 2023-01-31."
    code, out, _ = run("ask", "--from", ".", "--json", "-", stdin=questions)
    replies = [json.loads(row) for row in out.splitlines()]
    assert code == 0
    assert [reply["verdict"] for reply in replies] == ["answered", *["refused"] * 3, "answered", "refused"]
    assert replies[3]["question"] == "Who? since:never"


def test_lines_of_a_conversation_borrow_from_each_other(run):
    questions = b"Who is Martin Oduya?\nWhat did he ask for?\n"
    alone = [json.loads(row) for row in run("ask", "--from", ".", "--json", "-", stdin=questions)[1].splitlines()]
    joined = run("ask", "--from", ".", "--json", "--conversation", "-", stdin=questions)[1].splitlines()
    assert alone[1]["understood"] is None
    assert "Oduya" in json.loads(joined[1])["understood"]


def test_any_bytes_are_lines():
    rows = list(
        read_lines(io.BytesIO(b"\xef\xbb\xbfWho?\r\n\xff\xfe\x00 x\n" + b"y" * (3 * LONGEST_LINE) + b"\n\nend"))
    )
    assert rows == ["Who?", "\ufffd\ufffd\x00 x", "y" * LONGEST_LINE, "", "end"]


@pytest.mark.parametrize(
    "question",
    [
        "the and of",
        "😀 🎉",
        "why " * 2500,
        "Wat is de reden waarom de haven van de stad gesloten is?",
        "\x00\x1b[31m",
    ],
    ids=["stop words", "emoji", "10,000 characters", "Dutch", "control characters"],
)
def test_a_question_that_cannot_be_asked_gets_one_clear_reason(run, question):
    code, out, err = run("ask", "--from", "harbour.txt", question)
    assert (code, err) == (1, "")
    head, reason = out.splitlines()
    assert head == "No answer in what was searched."
    assert len(reason) > 20
    assert json.loads(run("ask", "--from", "harbour.txt", "--json", question)[1])["verdict"] == "refused"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask"], "no question"),
        (["ask", ""], "no question"),
        (["ask", "  ", "--from", "harbour.txt"], "no question"),
        (["ask", "--conversation", "Who?"], "--conversation reads"),
        (["ask", "--since", "never", "Who?"], "never is not a date"),
        (["ask", "--from", "harbour.txt", "Who? since:never"], "never is not a date"),
        (["search", "--from", "harbour.txt", "port lead:x"], "lead:x is not a version"),
        (["ask", "--lead", "x", "Who?"], "--lead"),
        (["ask", "--nonsense"], "--nonsense"),
        (["show"], "ARTICLE"),
        (["search"], "WORDS"),
        (["aks", "Who?"], "did you mean 'ask'?"),
        (["Who denied it?"], 'To ask a question: pullquote ask "..."'),
    ],
)
def test_wrong_usage_is_one_line_that_points_to_help(run, arguments, told):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert one_line(err)
    assert told in err
    assert "--help" in err


@pytest.mark.parametrize("name", ["missing.txt", "empty.txt", "binary.bin", "nothing", "dutch.txt"])
def test_a_source_without_an_article_is_one_line_that_names_it(run, folder, name):
    (folder / "empty.txt").write_text("")
    (folder / "binary.bin").write_bytes(bytes(range(256)) * 20)
    (folder / "nothing").mkdir()
    dutch = "De haven van de stad is sinds donderdag gesloten, omdat de kraan op de kade is gevallen. " * 5
    (folder / "dutch.txt").write_text(dutch, encoding="utf-8")
    for verb in ("ask", "show"):
        code, out, err = run(verb, "--from", name, *(["Who?"] if verb == "ask" else []))
        assert (code, out) == (3, "")
        assert one_line(err)
        assert name in err


def test_one_bad_file_of_a_folder_is_told_and_the_rest_answers(run, folder):
    (folder / "empty.txt").write_text("")
    code, out, err = run("ask", "--from", ".", QUESTION)
    assert code == 0
    assert "worn cable" in out
    assert one_line(err)
    assert "empty.txt" in err


def test_a_folder_of_bad_files_is_an_error(run, folder):
    bad = folder / "bad"
    bad.mkdir()
    (bad / "a.txt").write_text("")
    (bad / "b.txt").write_text("")
    code, _, err = run("ask", "--from", "bad", QUESTION)
    assert code == 3
    assert one_line(err)
    assert "none of its 2 files" in err


def test_an_index_of_no_known_kind_is_a_setting_to_mend(run, monkeypatch):
    monkeypatch.setenv("PULLQUOTE_INDEX", "floppy:a")
    code, _, err = run("ask", QUESTION)
    assert code == 2
    assert one_line(err)
    assert "PULLQUOTE_INDEX" in err


def test_an_empty_library_says_how_to_fill_it(run, monkeypatch):
    monkeypatch.setenv("PULLQUOTE_INDEX", "memory:")
    code, _, err = run("ask", QUESTION)
    assert code == 3
    assert one_line(err)
    assert "pullquote add" in err


def test_a_bad_env_file_is_one_line(run, folder):
    (folder / ".env").write_bytes(b"\xff\xfe")
    code, _, err = run("ask", QUESTION)
    assert code == 2
    assert one_line(err)


def test_an_unknown_setting_is_a_warning_only(run, monkeypatch):
    monkeypatch.setenv("PULLQUOTE_INDXE", "x")
    monkeypatch.setenv("PULLQUOTE_INDEX", "memory:")
    err = run("ask", QUESTION)[2]
    assert "did you mean PULLQUOTE_INDEX?" in err
    assert err.count("\n") == 2


def test_several_questions_in_one_message_are_answered_in_order(run):
    both = f"{QUESTION} And where was nobody hurt?"
    out = run("ask", "--from", "harbour.txt", both)[1]
    assert out.startswith(f"1. {QUESTION}")
    assert "\n2. And where was nobody hurt?" in out
    rows = run("ask", "--from", "harbour.txt", "--json", both)[1].splitlines()
    assert [json.loads(row)["question"] for row in rows] == [QUESTION, "And where was nobody hurt?"]
    many = " ".join(f"Who was hurt in {year}?" for year in range(2000, 2007))
    code, out, _ = run("ask", "--from", "harbour.txt", many)
    assert code == 1
    assert "there are too many: Who was hurt in 2005? Who was hurt in 2006?" in out
    assert "2005" in run("ask", "--from", "harbour.txt", "--json", many)[2]


def test_a_request_in_words_is_told_as_in_the_console_and_asked_in_json(run):
    code, out, _ = run("ask", "--from", "harbour.txt", "what is this about?")
    assert code == 0
    assert "What it is about, in its own words:" in out
    assert json.loads(run("ask", "--from", "harbour.txt", "--json", "what is this about?")[1])["verdict"] == "refused"
    code, out, err = run("ask", "--from", ".", "what is this about?")
    assert (code, out) == (1, "")
    assert "pullquote digest about ARTICLE" in err
    code, out, _ = run("ask", "--from", "harbour.txt", "quotes by Nobody Atall")
    assert code == 1
    assert "The article attributes no words to Nobody Atall." in out


def test_filters_are_obeyed(run):
    shown = run("ask", "--from", ".", "--since", "2024-04", "--json", QUESTION)[1]
    assert "harbour.txt" not in shown
    found = run("search", "--from", ".", "--source", "vineyard", "--json", "port province")[1]
    assert {json.loads(row)["article"]["source"] for row in found.splitlines()} == {"vineyard.txt"}
    name = json.loads(run("show", "--from", "vineyard.txt", "--json")[1])["id"][:8]
    assert run("ask", "--from", ".", "--article", name, "Who heads the growers' union?")[0] == 0
    code, _, err = run("ask", "--from", ".", "--article", "ffff", "Who?")
    assert code == 3
    assert one_line(err)


def test_search_lists_hits_best_first(run):
    code, out, err = run("search", "--from", ".", "worn cable")
    assert (code, err) == (0, "")
    assert out.startswith("1.  Port of Eastmoor closes")
    assert "worn cable" in out
    hits = [
        json.loads(row)
        for row in run("search", "--from", ".", "--json", "--limit", "1", "the worn cable")[1].splitlines()
    ]
    assert len(hits) == 1
    assert HARBOUR[hits[0]["start"] : hits[0]["end"]] == hits[0]["text"]


def test_search_without_a_hit_says_so(run):
    code, out, err = run("search", "--from", ".", "zebra")
    assert (code, out) == (1, "")
    assert one_line(err)


def test_show_prints_the_body_with_paragraph_numbers(run):
    code, out, _ = run("show", "--from", "harbour.txt")
    assert code == 0
    assert "\n2  Nobody was hurt" in out
    assert "All News" not in out
    assert "(END)" not in out


def test_show_finds_an_article_by_the_beginning_of_its_id(run):
    name = json.loads(run("show", "--from", "vineyard.txt", "--json")[1])["id"]
    assert run("show", "--from", ".", name[:6])[1] == run("show", "--from", "vineyard.txt")[1]
    assert run("show", "--from", ".", "--json")[1].count("\n") == 2


def test_report_lists_what_is_never_cited(run):
    out = run("show", "--from", "harbour.txt", "--report")[1]
    assert "headline" in out
    assert "All News" in out
    assert "Nobody was hurt" not in out


def test_chat_answers_line_by_line_when_piped(run):
    code, out, err = run("chat", "--from", ".", stdin=f"\n{QUESTION}\n/cite\n/context 9\n/quit\nnever read\n".encode())
    assert code == 0
    assert "[1] She blamed a worn cable" in out
    assert "“She blamed a worn cable" in out
    assert "Which citation?" in out
    assert "never" not in out
    assert err == ""


def test_chat_goes_on_after_an_error(run):
    code, out, err = run("chat", "--from", ".", stdin=f"Who? article:ffff\n{QUESTION}\n".encode())
    assert code == 0
    assert one_line(err)
    assert "worn cable" in out


def test_every_verb_has_help_with_an_example(run):
    group = cli.cli
    names = group.list_commands(click.Context(group))
    assert {"ask", "chat", "search", "show"} <= set(names)
    for name in names:
        code, out, _ = run(name, "--help")
        assert code == 0
        assert f"pullquote {name}" in out.split("Example:")[1], name


def test_the_list_of_verbs_imports_none_of_them(run, monkeypatch):
    monkeypatch.setattr(cli.Verbs, "get_command", None)
    out = run("--help")[1]
    assert VERBS["ask"].short_help in out


def test_version(run):
    assert run("--version") == (0, f"pullquote, version {version('pullquote')}\n", "")


def test_alone_it_prints_help(run):
    code, _, err = run()
    assert code == 2
    assert "Verbs:" in err


def fail_with(error):
    @click.command()
    def verb():
        raise error

    return verb


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (RuntimeError("odd"), 3, "this should not happen (RuntimeError: odd)"),
        (OSError(28, "No space left on device"), 3, "No space left on device"),
        (PermissionError(13, "Permission denied", "a.txt"), 3, "a.txt: Permission denied"),
        (click.ClickException("clicked"), 3, "clicked"),
        (click.FileError("b.txt", "gone"), 3, "b.txt"),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (BrokenPipeError(32, "Broken pipe"), 141, ""),
        (SystemExit(1), 141, ""),
    ],
    ids=repr,
)
def test_errors_become_one_line_and_an_exit_code(run, monkeypatch, error, code, told):
    monkeypatch.setattr(cli.Verbs, "get_command", lambda *_: fail_with(error))
    found, out, err = run("ask")
    assert (found, out) == (code, "")
    assert one_line(err) if told else not err.strip()
    assert told in err


def test_a_pipe_that_closes_at_the_very_end_is_silent(run, monkeypatch):
    class Closed(io.StringIO):
        flushed = 0

        def flush(self):
            self.flushed += 1
            if self.flushed == 2:  # the first is click's, after the version
                raise BrokenPipeError(32, "Broken pipe")

    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Closed())
        assert cli.run(["--version"]) == 141
        sys.stdout.close()


def test_the_module_leaves_with_the_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["pullquote", "--version"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert "pullquote" in capsys.readouterr().out


def test_on_a_terminal_pages_are_drawn(run, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "30")
    code, out, _ = run("show", "--from", "harbour.txt")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 30


def test_debug_shows_the_traceback(run, monkeypatch):
    monkeypatch.setattr(cli.Verbs, "get_command", lambda *_: fail_with(RuntimeError("odd")))
    code, _, err = run("--debug", "ask")
    assert code == 3
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("pullquote: ")


def test_control_characters_of_an_error_are_made_visible(run):
    _, _, err = run("ask", "--from", "no\x1b[31m\nsuch", "Who?")
    assert one_line(err)
    assert "\x1b" not in err


# What only a process of its own can show.


def start(folder, *arguments, **more):
    environment = {**os.environ, "PULLQUOTE_INDEX": "memory:", "PYTHONPATH": str(ROOT), **more.pop("env", {})}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen([sys.executable, *arguments], cwd=folder, env=environment, **pipes)


def test_asking_imports_nothing_that_it_does_not_need(folder):
    names = ("rich", "prompt_toolkit", "telegram", "dotenv", "httpx", "index")
    code = f"import sys; from bot.cli import run; run(sys.argv[1:]); print([x for x in {names} if x in sys.modules])"
    for arguments, needed in ((["--help"], []), (["ask", "--from", "harbour.txt", QUESTION], ["index"])):
        with start(folder, "-c", code, *arguments) as process:
            assert process.communicate()[0].decode().splitlines()[-1] == str(needed)


def test_a_question_to_a_file_loads_no_library_that_is_as_large_as_the_answer(folder):
    names = ("nltk", "numpy", "rank_bm25", "index.sources.entries", "index.sources.worker.pool", "concurrent.futures")
    code = f"import sys; from bot.cli import run; run(sys.argv[1:]); print([x for x in {names} if x in sys.modules])"
    with start(folder, "-c", code, "ask", "--from", "harbour.txt", QUESTION) as process:
        *shown, loaded = process.communicate()[0].decode().splitlines()
    assert any(line.startswith("[1]") for line in shown)
    assert loaded == "[]"


def test_a_question_to_a_library_loads_no_reader_of_sources_and_no_writer(folder):
    with open_index(f"disk:{folder / 'library'}") as index:
        index.add(load_article(str(folder / "harbour.txt")))
    names = (
        "index.sources",
        "index.reading.article",
        "index.language.sentences",
        "index.citations.page",
        "index.engines.disk.writer",
    )
    names += ("logging", "shutil", "filelock", "nltk", "lxml", "numpy")
    code = f"import sys; from bot.cli import run; run(sys.argv[1:]); print([x for x in {names} if x in sys.modules])"
    with start(folder, "-c", code, "ask", QUESTION, env={"PULLQUOTE_INDEX": f"disk:{folder / 'library'}"}) as process:
        *shown, loaded = process.communicate()[0].decode().splitlines()
    assert any(line.startswith("[1]") for line in shown)
    assert loaded == "[]"


def test_a_closed_pipe_is_silent(folder):
    with start(folder, "-m", "bot", "ask", "--from", "harbour.txt", "-") as process:
        process.stdout.close()
        process.stdin.write(f"{QUESTION}\n".encode() * 5)
        process.stdin.flush()
        assert (process.wait(), process.stderr.read()) == (141, b"")


def test_each_reply_is_handed_over_before_the_next_question_comes(folder):
    with start(folder, "-m", "bot", "ask", "--from", "harbour.txt", "-") as process:
        process.stdin.write(f"{QUESTION}\n".encode())
        process.stdin.flush()
        assert b"worn cable" in process.stdout.readline()
        process.stdin.close()
        assert process.wait() == 0


def test_control_c_ends_with_130_and_no_traceback(folder):
    with start(folder, "-m", "bot", "ask", "--from", "harbour.txt", "-") as process:
        process.stdin.write(f"{QUESTION}\n".encode())
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert process.stderr.read().strip() == b""


def test_a_full_disk_is_one_line(folder):
    arguments = ("-m", "bot", "ask", "--from", "harbour.txt", QUESTION)
    with Path("/dev/full").open("w") as full, start(folder, *arguments, stdout=full) as process:
        err = process.communicate()[1].decode()
    assert process.returncode == 3
    assert one_line(err)


def test_a_terminal_without_our_letters_gets_question_marks(folder):
    arguments = ("-m", "bot", "ask", "--from", "harbour.txt", "-")
    with start(folder, *arguments, env={"PYTHONIOENCODING": "latin-1"}) as process:
        out, err = process.communicate(f"{QUESTION}\n".encode())
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"?She blamed a worn cable")
