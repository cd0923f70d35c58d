"""A damaged article: asking says that nobody could look into it, adding it again heals it, and exporting goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from bot.pages.lines import format_reply, render_plain, render_reply
from bot.telegram.screens.quotations import draw_answer
from index import Article, Filter, Verdict, open_index
from index.citations import conversation_page, transcript, verify
from index.engines.disk import DiskEngine
from index.forms.serial import reply_from_dict, reply_to_dict
from index.verdicts import ReasonCode
from tests.support.replies import HARBOUR, VINEYARD

HERE = ("default",)
QUESTION = "When did the crane fall?"  # of the harbour alone
NAME = "Port of Eastmoor closes after crane falls"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "in" / "vineyard.txt").write_text(VINEYARD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:library")
    return tmp_path


def damage(folder: Path, statement: str) -> None:
    with closing(apsw.Connection(str(folder / "library.sqlite"))) as file:
        file.execute(statement)
        assert file.changes() == 1


BODY = "UPDATE body SET text = replace(text, 'crane', 'train') WHERE seq = 1"
CARD = "UPDATE member SET checksum = checksum + 1 WHERE number = 1"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of two articles, the first of which is about a harbour."""
    folder = tmp_path / "library"
    with open_index(f"disk:{folder}") as index:
        index.add(
            [Article.from_text(HARBOUR, source="harbour.txt"), Article.from_text(VINEYARD, source="vineyard.txt")]
        )
    return folder


def test_what_could_not_be_looked_into_is_named_and_never_called_absent(library: Path) -> None:
    with open_index(f"disk:{library}") as index:
        sound = index.ask(QUESTION)
        assert (sound.verdict, sound.unread) == (Verdict.ANSWERED, ())
        assert "unread" not in reply_to_dict(sound)
    damage(library, BODY)
    with open_index(f"disk:{library}") as index:
        reply = index.ask(QUESTION)
        other = index.ask("What did the frost do to the vines?")
    assert (reply.verdict, reply.reason.code) == (Verdict.REFUSED, ReasonCode.UNREAD)
    assert [each.name for each in reply.unread] == [NAME]
    assert reply.reason == (
        f"What is stored of “{NAME}” ({reply.unread[0].id[:8]}) is damaged, so nobody could look into it."
        " Add its source again."
    )
    assert other.verdict is Verdict.ANSWERED
    form = reply_to_dict(reply)
    assert form["unread"] == [{"id": reply.unread[0].id, "name": NAME}]
    assert reply_from_dict(json.loads(json.dumps(form))) == reply


def test_others_answer_beside_a_notice_in_every_face(library: Path) -> None:
    more = Article.from_text("CALDER, May 1 (Tern Agency) -- A crane fell in Calder on Monday, officials said.\n")
    with open_index(f"disk:{library}") as index:
        index.add([more])
    damage(library, BODY)
    with open_index(f"disk:{library}") as index:
        reply = index.ask(QUESTION)
        assert verify(reply_to_dict(reply), lambda _: index.article(more.id))[0].outcome.value == "verified"
    assert reply.verdict is not Verdict.REFUSED
    assert reply.citations[0].article_id == more.id
    words = f"What is stored of “{NAME}”"
    for shown in (
        format_reply(reply),
        render_plain(render_reply(reply)),
        "\n".join(block.text for block in draw_answer(reply).blocks),
        transcript([(QUESTION, reply)], "md"),
        conversation_page([(QUESTION, reply)]),
    ):
        assert shown.count(words) == 1
        assert "Add its source again" in shown


def test_an_article_under_embargo_is_not_named(library: Path) -> None:
    secret = replace(
        Article.from_text("CALDER, May 1 (Tern Agency) -- A crane fell in Calder on Monday, officials said.\n"),
        embargo=datetime(2999, 1, 1, tzinfo=UTC),
    )
    with open_index(f"disk:{library}") as index:
        index.add([secret])
    damage(library, "UPDATE body SET text = replace(text, 'Calder', 'Colder') WHERE seq = 3")
    with open_index(f"disk:{library}") as index:
        assert index.ask(QUESTION).unread == ()


def test_a_chat_does_not_hear_of_a_damaged_article_of_another(library: Path) -> None:
    with open_index(f"disk:{library}") as index:
        index.add([Article.from_text(VINEYARD)], "chat:7")
    damage(library, BODY)
    with open_index(f"disk:{library}") as index:
        reply = index.ask(QUESTION, filter=Filter(collections=("chat:7",)))
    assert reply.unread == ()
    assert reply.reason.code != ReasonCode.UNREAD


@pytest.mark.parametrize("statement", [BODY, CARD])
@pytest.mark.parametrize("reindexed", [False, True])
def test_adding_it_again_heals_it(library: Path, statement: str, reindexed: bool) -> None:
    """Also where the search index was made anew without it meanwhile."""
    damage(library, statement)
    if reindexed:
        engine = DiskEngine(str(library))
        engine._folder.rebuild_search_index()
        engine.close()
    with open_index(f"disk:{library}") as index:
        assert index.ask(QUESTION).reason.code == ReasonCode.UNREAD
        article = Article.from_text(HARBOUR, source="harbour.txt")
        assert index.add(article) == 1
        reply = index.ask(QUESTION)
        assert (reply.verdict, reply.unread) == (Verdict.ANSWERED, ())
        assert index.engine.article(article.id, HERE) == article
        assert index.add(article) == 0
    with open_index(f"disk:{library}") as index:
        assert index.ask(QUESTION) == reply
        assert (
            index.engine.statistics(()).passages == sum(1 for _ in index.search("crane frost harbour vines", 99)) or 1
        )


def test_removing_it_ends_the_notice(library: Path) -> None:
    damage(library, BODY)
    engine = DiskEngine(str(library))
    engine._folder.rebuild_search_index()
    (bad, _) = engine.articles(Filter(collections=HERE))
    engine.remove(bad.id, "default")
    engine.close()
    with open_index(f"disk:{library}") as index:
        reply = index.ask(QUESTION)
    assert (reply.verdict, reply.unread) == (Verdict.REFUSED, ())
    assert reply.reason.code != ReasonCode.UNREAD


def test_the_command_line_says_so_and_ends_with_3(run: Run, folder: Path) -> None:
    run("add", "in")
    assert run("ask", QUESTION)[0] == 0
    damage(folder / "library", BODY)
    code, out, _ = run("ask", QUESTION)
    assert code == 3
    assert f"What is stored of “{NAME}”" in out
    assert run("ask", "--json", QUESTION)[0] == 3
    assert f"“{NAME}”" in run("ask", "-", stdin=QUESTION.encode())[1]
    assert run("add", "in/harbour.txt")[1].endswith("added 1 article\n")
    assert run("ask", QUESTION)[0] == 0


@pytest.mark.parametrize("there", [True, False])
def test_an_export_goes_on_past_it_and_keeps_the_old_one(run: Run, folder: Path, there: bool) -> None:
    run("add", "in")
    if there:
        assert run("export", "out.jsonl")[0] == 0
        old = (folder / "out.jsonl").read_bytes()
    damage(folder / "library", BODY)
    code, _, err = run("export", "out.jsonl")
    assert code == 3
    assert "left out: article " in err
    assert "exported 1 article; 1 left out or not whole\n" in err
    written = folder / ("out.jsonl.incomplete" if there else "out.jsonl")
    assert len(written.read_text().splitlines()) == 1
    if there:
        assert (folder / "out.jsonl").read_bytes() == old, "the whole backup is gone"
        assert "out.jsonl is left as it was; what could be read is in out.jsonl.incomplete" in err
    assert len(run("export", "-")[1].splitlines()) == 1


def test_an_export_tells_of_damaged_cards_and_source_bytes(run: Run, folder: Path) -> None:
    run("add", "in", "--keep-source")
    damage(folder / "library", "UPDATE member SET checksum = checksum + 1 WHERE number = 1")
    damage(folder / "library", "UPDATE member SET raw = x'00' WHERE number = 2")
    code, _, err = run("export", "out.jsonl")
    assert code == 3
    assert "without its source's bytes: " in err
    assert "1 article of a collection is not listed: a card is damaged; `pullquote rebuild` mends that" in err
    assert len((folder / "out.jsonl").read_text().splitlines()) == 1
