"""The verbs of the library: add, list, remove, diff, rebuild, stats, export and import."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bot.processes import intake
from bot.verbs import adding
from index import Article, Filter, open_index
from index.engines import rebuild
from index.engines.disk import DiskEngine
from index.errors import ArticlesRefused, CorruptIndex, EngineUnavailable, SourceError
from index.maintenance.library import import_articles, measure
from index.sources import Loaded
from tests.support.make_library import made, stories
from tests.support.paths import ROOT
from tests.support.replies import HARBOUR, VINEYARD

Run = Callable[..., tuple[int, str, str]]
SECOND = HARBOUR.replace("(LEAD)", "(2nd LD)").replace("Nobody was hurt", "(ATTN: ADDS a line)\n\nTwo were hurt")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "in" / "vineyard.txt").write_text(VINEYARD, encoding="utf-8")
    (tmp_path / "second.txt").write_text(SECOND, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:library")
    return tmp_path


def ids(run: Run, *options: str) -> list[str]:
    return [json.loads(row)["id"] for row in run("list", "--json", *options)[1].splitlines()]


# add


def test_what_was_added_answers_in_the_next_command(run: Run) -> None:
    code, out, err = run("add", "in")
    assert (code, err) == (0, "")
    assert out.count("sentences found in the source") == 2
    assert out.endswith("added 2 articles\n")
    code, out, _ = run("ask", "Who blamed a worn cable?")
    assert code == 0
    assert "[1] She blamed a worn cable" in out
    assert run("add", "in", "second.txt")[1].endswith("added 1 article; 2 were there already\n")


def test_an_article_without_headline_is_called_the_same_everywhere(run: Run, folder: Path) -> None:
    (folder / "in" / "plain-note.txt").write_text("The harbour of Port Ada reopened on Wednesday.\n", encoding="utf-8")
    assert " plain-note.txt: " in run("add", "in/plain-note.txt")[1]
    assert run("list")[1].rstrip().endswith("  plain-note.txt")
    (key,) = ids(run)
    assert '<h1 dir="auto">plain-note.txt</h1>' in run("read", key, "-o", "-")[1]
    reply = run("ask", "--json", "What reopened on Wednesday?")[1]
    assert "(plain-note.txt, paragraph 1)" in run("cite", "-", stdin=reply.encode())[1]
    assert json.loads(run("cite", "--style", "csl", "-", stdin=reply.encode())[1])[0]["title"] == "plain-note.txt"
    assert run("remove", key)[1] == f"removed {key[:8]} plain-note.txt\n"
    assert " Untitled article\n" in run("add", "-", stdin=b"The harbour of Port Ada reopened on Wednesday.\n")[1]


def test_a_source_that_cannot_be_read_leaves_the_rest(run: Run, folder: Path) -> None:
    (folder / "in" / "bad.txt").write_bytes(b"\x7fELF" + bytes(100))
    code, out, err = run("add", "in", "nowhere.txt")
    assert code == 3
    assert out.endswith("added 2 articles; 2 left out\n")
    assert err.count("pullquote: left out: ") == 2
    (folder / "empty").mkdir()
    code, _, added = run("add", "empty")
    asked = run("ask", "--from", "empty", "Who?")[2]
    assert code == 3
    assert "empty: is a folder without articles; files that are read end in " in added
    assert added.removeprefix("pullquote: left out: ") == asked.removeprefix("pullquote: ")


def test_standard_input_is_literal_text(run: Run, folder: Path) -> None:
    code, out, _ = run("add", "in/harbour.txt", "-", "in/vineyard.txt", stdin=("\ufeff" + SECOND).encode())
    assert (code, out.splitlines()[-1]) == (0, "added 3 articles")
    assert [json.loads(row)["source"] for row in run("list", "--json")[1].splitlines()] == [
        "in/harbour.txt",
        "-",
        "in/vineyard.txt",
    ]
    code, _, err = run("add", "-", stdin=b"\xff\xfe\x00")
    assert code == 3
    assert "UTF-8" in err
    assert run("add", "-", stdin=b"")[0] == 3


def test_a_collection_is_asked_alone(run: Run) -> None:
    run("add", "in/harbour.txt")
    run("add", "in/vineyard.txt", "--collection", "april")
    assert len(ids(run)) == 1
    assert len(ids(run, "--collection", "april")) == 1
    assert run("ask", "--collection", "april", "Who blamed a worn cable?")[0] == 1
    (other,) = ids(run, "--collection", "april")
    assert run("show", other)[0] == 3
    assert "vineyards" in run("show", other[:8], "--collection", "april")[1]
    assert run("remove", ids(run)[0], "--collection", "april")[0] == 3


def test_the_files_own_bytes_are_kept_on_demand(run: Run, folder: Path) -> None:
    run("add", "in", "-", "--keep-source", stdin=SECOND.encode())
    with open_index("disk:library") as index:
        kept = {card.source: index.engine.raw(card.id, ("default",)) for card in index.articles()}
    assert kept == {
        "in/harbour.txt": HARBOUR.encode(),
        "in/vineyard.txt": VINEYARD.encode(),
        "-": None,
    }


def test_an_index_of_no_known_kind_is_wrong_usage(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLQUOTE_INDEX", "tape:library")
    code, _, err = run("add", "in")
    assert code == 2
    assert "PULLQUOTE_INDEX" in err


def test_of_many_articles_only_the_sum_is_told(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "_BATCH", 7)
    many = folder / "many"
    many.mkdir()
    for number, story in enumerate(stories(300)):
        (many / f"{number:03}.txt").write_text(story.text, encoding="utf-8")
    (many / "029.txt").write_bytes(b"PK\x03\x04 no archive")
    code, out, err = run("add", "many")
    assert (code, out) == (3, "added 29 articles; 1 left out\n")
    assert err.count("029.txt") == 1
    assert [json.loads(row)["source"] for row in run("list", "--json")[1].splitlines()] == [
        f"many/{number:03}.txt" for number in range(29)
    ]


def test_adding_goes_on_where_it_was_stopped(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    load = intake.load_all

    def counted(source: str, columns: object = None) -> object:
        read.append(source)
        return load(source)

    monkeypatch.setattr(intake, "load_all", counted)
    with monkeypatch.context() as patch:
        patch.setattr(adding, "_BATCH", 1)
        add = DiskEngine.add

        def gone(self: DiskEngine, articles: Iterable[Article], collection: str) -> int:
            if len(self):
                raise EngineUnavailable(self.address, "is full")
            return add(self, articles, collection)

        patch.setattr(DiskEngine, "add", gone)
        code, out, err = run("add", "in")
        assert (code, out) == (3, "")
        assert "stopped; the library has kept 1 article; --resume goes on from there" in err
        assert "is full" in err
    read.clear()
    assert run("add", "in", "--resume")[1].endswith("added 1 article\n")
    assert read == ["in/vineyard.txt"]
    assert run("add", "in", "--resume")[1] == "added 0 articles\n"
    assert run("add", "in", "--resume", "--collection", "other")[1].endswith("added 2 articles\n")


def test_what_an_engine_refuses_is_told_article_by_article(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = DiskEngine.add

    def picky(self: DiskEngine, articles: Iterable[Article], collection: str) -> int:
        batch = list(articles)
        odd = {article.id: "too odd" for article in batch if article.source == "in/harbour.txt"}
        added = add(self, [article for article in batch if article.id not in odd], collection)
        raise ArticlesRefused(self.address, odd, added)

    monkeypatch.setattr(DiskEngine, "add", picky)
    code, out, err = run("add", "in", "--keep-source")
    assert (code, err) == (3, "pullquote: refused: in/harbour.txt: too odd\n")
    assert out.count("\n") == 2
    assert out.endswith("added 1 article; 1 left out\n")


def test_processes_give_what_one_process_gives_in_the_same_order(folder: Path) -> None:
    many = folder / "many"
    many.mkdir()
    for number, story in enumerate(stories(300)):
        (many / f"{number:03}.txt").write_text(story.text, encoding="utf-8")
    (many / "011.txt").write_bytes(b"%PDF-1.4 broken")
    sources = ["second.txt", "many", "http://127.0.0.1:9/", "in", "nowhere"]
    here = [str(item) if isinstance(item, SourceError) else item for item in intake.read(sources, 1)]
    apart = [str(item) if isinstance(item, SourceError) else item for item in intake.read(sources, 2)]
    assert apart == here
    assert sum(isinstance(item, str) for item in here) == 3
    assert intake.count_sources(sources) == len(here)


def test_files_whose_process_died_are_read_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import Future
    from concurrent.futures.process import BrokenProcessPool

    class Dying:
        def __init__(self, *_: object, **__: object) -> None:
            self.count = 0

        def submit(self, *_: object) -> Future[object]:
            self.count += 1
            if self.count > 1:
                raise BrokenProcessPool
            future: Future[object] = Future()
            future.set_exception(BrokenProcessPool())
            return future

        def shutdown(self, **_: object) -> None:
            pass

    monkeypatch.setattr(intake, "ProcessPoolExecutor", Dying)
    monkeypatch.setattr(intake, "FEW", 1)
    monkeypatch.setattr(intake, "_CHUNK", 1)
    found = list(intake.read(["in", "second.txt"], 2))
    assert [item.article.source for item in found if not isinstance(item, SourceError)] == [
        "in/harbour.txt",
        "in/vineyard.txt",
        "second.txt",
    ]


def test_what_a_process_sends_back_is_plain(folder: Path) -> None:
    loaded, error = intake._load_files(["second.txt", "nowhere.txt"])
    assert isinstance(loaded, Loaded)
    assert loaded.article.text == SECOND
    assert isinstance(error, tuple)
    assert error[0] == "nowhere.txt"
    assert intake.read_raw_bytes("nowhere.txt") is None


def test_ctrl_c_keeps_what_was_acknowledged(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "_BATCH", 1)

    def interrupted(*_: object) -> object:
        yield from (Article.from_text(text) for text in (HARBOUR, VINEYARD))
        raise KeyboardInterrupt

    monkeypatch.setattr(intake, "read", interrupted)
    code, _, err = run("add", "in")
    assert (code, err) == (
        130,
        "pullquote: interrupted; the library has kept 2 articles; --resume goes on from there\n",
    )
    assert len(ids(run)) == 2


AT_ONCE = """
import sys
from bot import cli
from bot.verbs import progress
progress.PATIENCE = 0.0
sys.exit(cli.run(sys.argv[1:]))
"""


def test_progress_is_shown_on_a_terminal_only(folder: Path) -> None:
    main, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", AT_ONCE, "add", str(folder / "in")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**os.environ, "PULLQUOTE_INDEX": f"disk:{folder / 'library'}", "TERM": "xterm"},
    ) as process:
        os.close(terminal)
        shown = b""
        try:
            while data := os.read(main, 4096):
                shown += data
        except OSError:  # how Linux says that the other end is closed
            pass
        assert process.stdout is not None
        assert process.stdout.read().decode().endswith("added 2 articles\n")
    os.close(main)
    assert process.returncode == 0
    assert b"adding" in shown
    assert b"2/2" in shown


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_signal_in_the_middle_ends_with_130_and_a_whole_library(folder: Path, jobs: str) -> None:
    many = folder / "many"
    many.mkdir()
    for number, story in enumerate(stories(3000)):
        (many / f"{number:03}.txt").write_text(story.text, encoding="utf-8")
    library = folder / "library"
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "add", str(many), "--jobs", jobs],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PULLQUOTE_INDEX": f"disk:{library}"},
    ) as process:
        while not (library / "library.sqlite").exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        err = process.communicate()[1]
    if process.returncode == 0:
        pytest.fail("all was added before the signal came; give it more to do")
    assert process.returncode == 130, err
    assert b"Traceback" not in err
    with open_index(f"disk:{library}") as index:
        assert measure(index).passages == sum(len(list(parts(index.article(card.id)))) for card in index.articles())


def parts(article: Article) -> object:
    from index.reading.passages import split

    return split(article)


# list, remove, stats


def test_the_list_sorts_filters_and_shows_what_matters(run: Run) -> None:
    assert run("list")[0] == 1
    run("add", "in", "second.txt")
    code, out, _ = run("list")
    rows = out.splitlines()
    assert code == 0
    assert rows[0].split() == [
        "1",
        *ids(run)[0][:8].split(),
        "2024-03-14",
        "LEAD",
        "6",
        *["Port", "of", "Eastmoor", "closes", "after", "crane", "falls", "·", "superseded"],
    ]
    assert "\x1b" not in out
    by_title = ids(run, "--sort", "title", "--reverse")
    assert by_title == [ids(run)[2], ids(run)[0], ids(run)[1]] or by_title == [ids(run)[0], ids(run)[2], ids(run)[1]]
    assert ids(run, "--sort", "published")[-1] == ids(run)[1]
    assert ids(run, "--sort", "length")[0] == ids(run)[1]
    assert len(ids(run, "--since", "2024-03-15")) == 1
    assert len(ids(run, "--lead", "2")) == 1
    assert [row.endswith(" · superseded") for row in run("list")[1].splitlines()] == [True, False, False]
    assert run("list", "--lead", "1")[1].endswith(" · superseded\n")
    assert ids(run, "--sort", "source") == [ids(run)[0], ids(run)[1], ids(run)[2]]


def test_removing_by_the_beginning_of_an_id(run: Run) -> None:
    run("add", "in")
    first, second = ids(run)
    code, out, _ = run("remove", first[:6], second)
    assert (code, len(out.splitlines())) == (0, 2)
    assert out.startswith(f"removed {first[:8]} Port of Eastmoor")
    code, _, err = run("remove", "", "zz", first)
    assert (code, err.count("no article")) == (3, 3)


def test_the_figures(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "in")
    run("add", "second.txt", "--collection", "x\x1b[31m")
    code, out, _ = run("stats")
    assert code == 0
    assert f"place        {folder / 'library'}\n" in out
    assert "articles     3\n" in out
    assert f"text         {(len(HARBOUR) + len(VINEYARD) + len(SECOND)) / 1e3:.1f} kB\n" in out
    assert "\x1b" not in out
    found = json.loads(run("stats", "--json")[1])
    assert (found["place"], found["articles"]) == (str(folder / "library"), 3)
    assert found["collections"] == {"default": 2, "x\x1b[31m": 1}
    assert found["text_bytes"] == len(HARBOUR) + len(VINEYARD) + len(SECOND)
    assert found["disk_bytes"] > found["text_bytes"]
    monkeypatch.setenv("PULLQUOTE_INDEX", "memory:")
    told = "asked by     words alone (`pullquote rebuild` adds meaning)\n"
    assert run("stats")[1] == f"place        memory:\narticles     0\npassages     0\n{told}"
    assert found["by_meaning"] is False


def test_the_language_of_an_article_is_told_unless_it_is_english(run: Run, folder: Path) -> None:
    text = "칼더 시장은 월요일에 라른강을 건너는 새 다리를 개통했다. 공사에는 1800만 크로네가 들었다."
    (folder / "korean.txt").write_text(text, encoding="utf-8")
    run("add", "in", "korean.txt")
    rows = run("list")[1].splitlines()
    assert [row.endswith(" · Korean") for row in rows] == [False, False, True]
    assert [json.loads(line)["language"] for line in run("list", "--json")[1].splitlines()] == ["en", "en", "ko"]
    assert "language     English: 2\nlanguage     Korean: 1\n" in run("stats")[1]
    assert json.loads(run("stats", "--json")[1])["languages"] == {"en": 2, "ko": 1}
    code, out, _ = run("ask", "¿Quién inauguró el puente y cuándo fue?")
    assert (code, "No Spanish article here; 2 English ones, 1 Korean one." in out) == (1, True)


# diff


def test_two_leads_of_a_story_are_compared(run: Run) -> None:
    run("add", "in", "second.txt")
    old, _, new = ids(run)
    code, out, _ = run("diff", old[:8])
    assert code == 0
    assert "note  ADDS a line" in out or "note  (ATTN: ADDS a line)" in out
    assert "~   Nobody was hurt, said Lena Brandt, the harbour master.\n  → Two were hurt" in out
    assert run("diff", "eastmoor") == run("diff", new, "1", "2") == run("diff", old[:8])
    found = json.loads(run("diff", old, "--json")[1])
    assert (found["old"]["id"], found["new"]["id"]) == (old, new)
    (change,) = [change for change in found["changes"] if change["edit"] == "changed"]
    assert SECOND[change["new"]["start"] : change["new"]["end"]] == change["new"]["text"]
    back = json.loads(run("diff", old, "2", "1", "--json")[1])
    assert (back["old"]["id"], back["new"]["id"]) == (new, old)
    assert run("diff", old, "1", "1")[0] == 1


def test_the_newest_lead_answers_and_an_older_one_when_asked_for(run: Run) -> None:
    run("add", "in", "second.txt")
    reply = json.loads(run("ask", "--json", "Who was hurt, said Lena Brandt?")[1])
    assert {passage["article"]["lead"] for passage in reply["passages"]} == {2}
    reply = json.loads(run("ask", "--json", "--lead", "1", "Who was hurt, said Lena Brandt?")[1])
    assert {passage["article"]["lead"] for passage in reply["passages"]} == {1}


def test_a_withdrawn_story_is_never_cited_and_the_reply_says_why(run: Run, folder: Path) -> None:
    kill = HARBOUR.replace("(LEAD)", "(KILL)").replace("09:10", "19:10")
    (folder / "kill.txt").write_text(kill, encoding="utf-8")
    run("add", "in", "kill.txt")
    for options in ((), ("--lead", "1")):
        code, out, _ = run("ask", *options, "Who blamed a worn cable?")
        assert code == 1
        assert "was withdrawn by Tern Agency" in out
        assert "cable that inspectors" not in out
    assert [row.endswith(" · withdrawn") for row in run("list")[1].splitlines()] == [True, False, True]
    assert run("list", "--lead", "1")[1].endswith(" · withdrawn\n")  # by a version that the filter leaves out


def test_an_embargoed_article_is_not_answered_before_its_time(run: Run, folder: Path) -> None:
    held = HARBOUR.replace("All News", "EMBARGOED UNTIL 10:00 March 14, 2099\n\nAll News").replace(
        "Eastmoor", "Westmoor"
    )
    (folder / "held.txt").write_text(held, encoding="utf-8")
    run("add", "held.txt", "in/vineyard.txt")
    card = json.loads(run("list", "--json")[1].splitlines()[0])
    assert card["embargo"], "the wire rules did not see the embargo"
    code, out, _ = run("ask", "Who blamed a worn cable?")
    assert code == 1
    assert "embargo" in out
    assert "cable that inspectors" not in out
    assert run("list")[1].splitlines()[0].endswith(" · embargoed until 14 March 2099, 10:00")


def test_what_cannot_be_compared_is_told(run: Run) -> None:
    run("add", "in", "second.txt")
    for arguments, words in (
        (("vineyards",), "one version"),
        (("eastmoor", "0", "2"), "no version 0; there are 1, 2"),
        (("a",), "'a' names 3 articles: "),
    ):
        code, _, err = run("diff", *arguments)
        assert code == 2, err
        assert words in err
    assert run("diff", "nothing of the kind")[0] == 3


def test_sentences_added_and_dropped_are_marked(run: Run, folder: Path) -> None:
    third = SECOND.replace("(2nd LD)", "(3rd LD)").replace(
        "The crane's owner, Holm Lifting, declined to comment.", "Fog came."
    )
    (folder / "third.txt").write_text(third, encoding="utf-8")
    run("add", "in", "second.txt", "third.txt")
    out = run("diff", "eastmoor", "2", "3")[1]
    assert "1 added, 1 dropped, 0 changed." in out
    assert "\n+   Fog came.\n-   The crane's owner, Holm Lifting, declined to comment.\n" in out
    forms = json.loads(run("diff", "eastmoor", "2", "3", "--json")[1])["changes"]
    assert [(form["edit"], form["old"] is None, form["new"] is None) for form in forms] == [
        ("added", True, False),
        ("dropped", False, True),
    ]


# export, import, rebuild


def test_export_and_import_lose_nothing(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "in/vineyard.txt", "second.txt", "--keep-source")
    run("add", "in", "--collection", "other")
    code, out, err = run("export", "out.jsonl")
    assert (code, out, err) == (0, "", "pullquote: exported 3 articles\n")
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:copy")
    assert run("import", "out.jsonl")[:2] == (0, "imported 3 articles\n")
    assert run("export", "-")[1] == (folder / "out.jsonl").read_text(encoding="ascii")
    everything = Filter(collections=("default", "other"))
    with open_index("disk:library") as first, open_index("disk:copy") as second:
        cards = list(first.articles(everything))
        assert list(second.articles(everything)) == cards
        for name in everything.collections:
            cards = list(first.articles(Filter(collections=(name,))))
            assert list(second.articles(Filter(collections=(name,)))) == cards
            assert [first.engine.article(c.id, (name,)) for c in cards] == [
                second.engine.article(c.id, (name,)) for c in cards
            ]
        assert first.search("crane cable frost", 20, everything) == second.search("crane cable frost", 20, everything)


@pytest.mark.parametrize(
    ("error", "expected"), [(KeyboardInterrupt(), 130), (CorruptIndex("disk:library", "is damaged"), 3)]
)
def test_an_export_that_does_not_end_leaves_the_old_one(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, expected: int
) -> None:
    run("add", "in")
    run("export", "out.jsonl")
    old = (folder / "out.jsonl").read_bytes()
    assert (folder / "out.jsonl").stat().st_mode & 0o777 == 0o600

    def stopping(*_: object) -> object:
        yield {"id": "one", "text": "one " * 50_000}
        raise error

    monkeypatch.setattr("index.maintenance.library.export_articles", stopping)
    before = sorted(folder.iterdir())
    assert run("export", "out.jsonl")[0] == expected
    assert (folder / "out.jsonl").read_bytes() == old
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("verb", [("export", "link"), ("read", "vineyard", "--output", "link")])
def test_no_output_follows_a_symbolic_link(run: Run, folder: Path, verb: tuple[str, ...]) -> None:
    run("add", "in/vineyard.txt")
    words = [ids(run)[0] if word == "vineyard" else word for word in verb]
    (folder / "goal").write_text("someone else's")
    (folder / "link").symlink_to("goal")
    code, _, err = run(*words)
    assert (code, err) == (
        3,
        "pullquote: link: cannot be written (it is a symbolic link, which could lead anywhere); what stood there"
        " before is untouched; choose another place\n",
    )
    assert (folder / "goal").read_text() == "someone else's"


def test_a_broken_line_is_left_out(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "in")
    run("export", "out.jsonl")
    good, other = (folder / "out.jsonl").read_text(encoding="ascii").splitlines()
    forged = json.loads(other) | {"text": json.loads(other)["text"].replace("Frost", "Fros7")}
    rows = [
        "no json",
        "[]",
        json.dumps(forged),
        good,
        json.dumps(json.loads(other) | {"collections": []}),
        json.dumps(json.loads(other) | {"raw": 5}),
        json.dumps(json.loads(other) | {"raw": "*"}),
    ]
    (folder / "bad.jsonl").write_text("\n".join(rows), encoding="ascii")
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:copy")
    code, out, err = run("import", "bad.jsonl")
    assert (code, out) == (3, "imported 1 article; 6 left out\n")
    assert [f"left out: line {number}: " in err for number in (1, 2, 3, 4, 5, 6, 7)] == [True] * 3 + [False] + [
        True
    ] * 3


def test_an_interrupted_import_keeps_its_batches(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "in")
    run("export", "out.jsonl")

    def stopping(*_: object) -> object:
        yield 1
        raise KeyboardInterrupt

    monkeypatch.setattr("index.maintenance.library.import_articles", stopping)
    code, _, err = run("import", "out.jsonl")
    assert (code, err) == (130, "pullquote: interrupted; the library has kept 1 article\n")


def test_an_import_comes_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    from index.forms.serial import article_to_dict

    monkeypatch.setattr("index.maintenance.library._BATCH", 2)
    articles = [made([f"number {number}."]) for number in range(6)]
    names = [["a"], ["a"], ["a"], ["a", "b"], ["b"], ["b"]]
    with open_index("memory:") as index:
        forms = [article_to_dict(a) | {"collections": n} for a, n in zip(articles, names, strict=True)]
        assert list(import_articles(index, forms)) == [2, 2, 2]
        assert index.engine.collections() == {"a": 4, "b": 3}
        assert list(import_articles(index, [])) == []


def test_rebuilding_mends_and_tells_what_is_lost(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("rebuild")[0] == 3
    run("add", "in")
    for place in (folder / "library").glob("passages-*"):
        (place / "meta.json").write_text("{}")
    assert run("rebuild")[:2] == (0, "rebuilt: 2 articles\n")
    file = folder / "library" / "library.sqlite"
    data = bytearray(file.read_bytes())
    data[data.index(b"Lena Brandt")] ^= 1
    file.write_bytes(data)
    lost = ids(run)[0]
    code, _, err = run("show", lost)
    assert code == 3
    assert "damaged" in err
    code, out, err = run("rebuild")
    assert (code, out) == (3, "rebuilt: 1 article\n")
    assert f"article {lost}, Port of Eastmoor closes after crane falls (in/harbour.txt), was damaged beyond use" in err
    monkeypatch.setenv("PULLQUOTE_INDEX", "memory:")
    code, _, err = run("rebuild")
    assert code == 3
    assert "nothing to rebuild" in err


def test_rebuilding_a_file_that_sqlite_finds_damaged(run: Run, folder: Path) -> None:
    many = folder / "many"
    many.mkdir()
    for number, story in enumerate(stories(300)):
        (many / f"{number:03}.txt").write_text(story.text, encoding="utf-8")
    run("add", "many", "--jobs", "1")
    file = folder / "library" / "library.sqlite"
    data = bytearray(file.read_bytes())
    middle = len(data) // 8192
    for page in range(middle, middle + 6):
        data[page * 4096 : page * 4096 + 100] = bytes(100)
    file.write_bytes(data)
    code, out, err = run("rebuild")
    assert out.startswith("rebuilt: ")
    assert "is kept as" in err
    assert (code == 3) is ("damaged beyond use" in err)
    assert rebuild("disk:library").articles == len(ids(run))
