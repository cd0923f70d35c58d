"""Questions answered by other processes: the same replies and errors, whatever becomes of the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.processes import askers
from bot.processes.askers import ParallelIndex, answer, parallelize
from index import Article, Filter, Index, Verdict, open_index
from index.engines import Login
from index.errors import EngineUnavailable, UnknownArticle

TEXT = "The minister denied the talks on Monday.\nThe talks took place in Geneva in 2019."
OTHER = "The bridge of Torvik was closed in March after a storm.\nNobody was hurt."
QUESTION = "Who denied the talks?"
CHAT = Filter(collections=("chat:7", "default"))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParallelIndex]:
    monkeypatch.setattr(askers, "count_cores", lambda: 1)
    address = f"disk:{tmp_path / 'library'}"
    here = open_index(address)
    here.add(Article.from_text(TEXT))
    found = parallelize(here, address, None)
    assert isinstance(found, ParallelIndex)
    yield found
    found.close()


def process(index: ParallelIndex) -> int:
    """Return the id of the only process."""
    asker = index._idle.get()
    index._idle.put(asker)
    return asker._process.pid


def test_replies_are_those_of_this_process(index: ParallelIndex) -> None:
    here = Index(index.engine)
    for history in ((), ("Where were the talks?",)):
        for question in (QUESTION, "And who denied them?", "What is the price of tin?", "", "Wer war das?", "\ud800"):
            for within in (None, CHAT, Filter(since=datetime(2020, 1, 1, tzinfo=UTC), now=datetime(2023, 1, 1))):
                for explain in (False, True):
                    told = index.ask(question, history, within, limit=2, explain=explain)
                    assert told == here.ask(question, history, within, limit=2, explain=explain)


def test_what_is_committed_is_seen_at_once_and_by_its_chat_only(index: ParallelIndex) -> None:
    question = "When was the bridge of Torvik closed?"
    assert index.ask(question, filter=CHAT).verdict is Verdict.REFUSED
    index.add(Article.from_text(OTHER), "chat:7")
    assert index.ask(question, filter=CHAT).verdict is Verdict.ANSWERED
    assert index.ask(question, filter=Filter(collections=("chat:8", "default"))).verdict is Verdict.REFUSED
    index.remove(Article.from_text(OTHER).id, "chat:7")
    assert index.ask(question, filter=CHAT).verdict is Verdict.REFUSED


def test_questions_are_suggested_by_another_process(index: ParallelIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    article = Article.from_text(TEXT + "\nThe council closed the bridge because a cable broke.")
    index.add(article)
    before = Index(index.engine).suggestions(article.id)
    assert before
    with monkeypatch.context() as patched:
        patched.setattr("index.asking.suggest.propose_questions", lambda _: pytest.fail("made in this process"))
        assert index.suggestions(article.id) == before
        assert index.suggestions(article.id[:8], 1, CHAT) == before[:1]
    for within in (None, Filter(collections=("chat:8",))):
        with pytest.raises(UnknownArticle):
            index.suggestions("0123", filter=within)
    with pytest.raises(UnknownArticle):
        index.suggestions(article.id, filter=Filter(collections=("chat:8",)))
    monkeypatch.setattr(askers, "_RUN", "import sys; sys.stdin.readline()")
    os.kill(process(index), signal.SIGKILL)
    with pytest.raises(EngineUnavailable):
        index.suggestions(article.id)


def test_a_killed_process_is_replaced_and_the_question_answered(index: ParallelIndex) -> None:
    before = index.ask(QUESTION)
    killed = process(index)
    os.kill(killed, signal.SIGKILL)
    assert index.ask(QUESTION) == before
    assert process(index) != killed


def test_the_signals_of_a_supervisor_or_a_keyboard_end_no_answer(index: ParallelIndex) -> None:
    before, alive = index.ask(QUESTION), process(index)
    os.kill(alive, signal.SIGTERM)
    assert index.ask(QUESTION) == before
    assert process(index) == alive
    assert os.getsid(alive) != os.getsid(0)  # Ctrl-C reaches no other session


def test_a_question_without_end_is_given_up(index: ParallelIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index.ask(QUESTION)
    stopped = process(index)
    index._idle.queue[0]._socket.settimeout(0.2)
    os.kill(stopped, signal.SIGSTOP)
    with pytest.raises(EngineUnavailable, match="in other words"):
        index.ask(QUESTION)
    assert process(index) != stopped
    assert index.ask(QUESTION).verdict is Verdict.ANSWERED


def test_a_question_that_ends_each_process_is_given_up(index: ParallelIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(askers, "_RUN", "import sys; sys.stdin.readline()")
    os.kill(process(index), signal.SIGKILL)
    with pytest.raises(EngineUnavailable):
        index.ask(QUESTION)


def test_errors_are_those_of_this_process(index: ParallelIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Index:
        raise UnknownArticle("x")

    form = {"question": QUESTION, "history": [], "filter": askers.query.to_dict(CHAT), "limit": 3, "explain": False}
    assert answer(broken, form) is None
    found = answer(lambda: index, form)
    assert found is not None
    assert found["verdict"] == "answered"


def test_many_ask_at_once(tmp_path: Path) -> None:
    address = f"disk:{tmp_path / 'library'}"
    here = open_index(address)
    here.add([Article.from_text(TEXT), Article.from_text(OTHER)])
    index = parallelize(here, address, None)
    with ThreadPoolExecutor(8) as threads:
        questions = [QUESTION, "What was closed in March?"] * 20
        replies = list(threads.map(index.ask, questions))
    assert replies == [here.ask(question) for question in questions]
    index.close()
    index.close()


def test_an_index_in_memory_answers_itself() -> None:
    index = open_index("memory:")
    assert parallelize(index, "memory:", None) is index


def test_no_secret_is_handed_on_but_the_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(askers, "count_cores", lambda: 1)
    for name in (
        "TELEGRAM_BOT_TOKEN",
        "PULLQUOTE_WEBHOOK_SECRET",
        "PULLQUOTE_OPENSEARCH_PASSWORD",
        "PULLQUOTE_OPENSEARCH_API_KEY",
    ):
        monkeypatch.setenv(name, "canary")
    monkeypatch.setenv("HANDED_ON", "canon")
    address = f"disk:{tmp_path / 'library'}"
    here = open_index(address)
    here.add(Article.from_text(TEXT))
    asked = ParallelIndex(here, address, Login("user", "canary"))
    try:
        assert asked.ask(QUESTION).verdict is Verdict.ANSWERED  # so it runs, and not as a copy of this process any more
        folder = Path(f"/proc/{process(asked)}")
        seen = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        assert b"HANDED_ON=canon" in seen
        assert b"from bot.processes.askers import serve" in seen
        assert b"canary" not in seen
    finally:
        asked.close()
