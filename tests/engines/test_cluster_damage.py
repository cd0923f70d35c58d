"""A damaged article of a cluster: a question says that nobody could look into it, and others answer beside that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.pages.lines import format_reply
from index import Article, Filter, Index, Verdict, open_index
from index.forms.serial import reply_to_dict
from index.verdicts import ReasonCode
from tests.support.fake_cluster import FakeLibrary, Nodes
from tests.support.replies import HARBOUR, VINEYARD

HERE = ("default",)
QUESTION = "When did the crane fall?"  # of the harbour alone
NAME = "Port of Eastmoor closes after crane falls"
HARBOUR_STORY = Article.from_text(HARBOUR, source="harbour.txt")
VINEYARD_STORY = Article.from_text(VINEYARD, source="vineyard.txt")
CALDER = "CALDER, May 1 (Tern Agency) -- A crane fell in Calder on Monday, officials said.\n"


@pytest.fixture
def library() -> FakeLibrary:
    """A library of two articles, the first of which is about a harbour."""
    return FakeLibrary([(HARBOUR_STORY, HERE), (VINEYARD_STORY, HERE)])


@contextmanager
def opened(library: FakeLibrary) -> Iterator[Index]:
    with closing(Nodes(library.answer)) as nodes, open_index(nodes.address) as index:
        yield index


def test_what_could_not_be_looked_into_is_named_and_never_called_absent(library: FakeLibrary) -> None:
    with opened(library) as index:
        sound = index.ask(QUESTION)
    assert (sound.verdict, sound.unread) == (Verdict.ANSWERED, ())
    library.change(HARBOUR_STORY, body_checksum=1)
    with opened(library) as index:
        reply, other = index.ask(QUESTION), index.ask("What did the frost do to the vines?")
    assert (reply.verdict, reply.reason.code) == (Verdict.REFUSED, ReasonCode.UNREAD)
    assert json.loads(json.dumps(reply_to_dict(reply)))["unread"] == [{"id": HARBOUR_STORY.id, "name": NAME}]
    assert (other.verdict, other.unread) == (Verdict.ANSWERED, ())


def test_others_answer_beside_a_notice(library: FakeLibrary) -> None:
    library.put(Article.from_text(CALDER))
    library.change(HARBOUR_STORY, body_checksum=1)
    with opened(library) as index:
        reply = index.ask(QUESTION)
    assert [each.article_id for each in reply.citations] == [Article.from_text(CALDER).id]
    assert [each.name for each in reply.unread] == [NAME]
    assert f"What is stored of “{NAME}”" in format_reply(reply)


def test_one_whose_card_is_damaged_too_is_named_by_its_id(library: FakeLibrary) -> None:
    library.change(HARBOUR_STORY, checksum=1)
    with opened(library) as index:
        assert [(each.id, each.name) for each in index.ask(QUESTION).unread] == [(HARBOUR_STORY.id, "")]


def test_one_under_embargo_is_not_named(library: FakeLibrary) -> None:
    secret = replace(Article.from_text(CALDER), embargo=datetime(2999, 1, 1, tzinfo=UTC))
    library.put(secret)
    library.change(secret, body_checksum=1)
    with opened(library) as index:
        reply = index.ask(QUESTION)
    assert (reply.verdict, reply.unread) == (Verdict.ANSWERED, ())


def test_a_chat_does_not_hear_of_one_of_another(library: FakeLibrary) -> None:
    library.put(Article.from_text(CALDER), ("chat:7",))
    library.change(HARBOUR_STORY, body_checksum=1)
    with opened(library) as index:
        reply = index.ask(QUESTION, filter=Filter(collections=("chat:7",)))
        assert index.ask(QUESTION).reason.code == ReasonCode.UNREAD
    assert (reply.verdict, reply.unread) == (Verdict.ANSWERED, ())


def test_once_it_is_written_again_the_notice_is_gone(library: FakeLibrary) -> None:
    library.change(HARBOUR_STORY, body_checksum=1)
    with opened(library) as index:
        assert index.ask(QUESTION).unread
        library.put(HARBOUR_STORY)
        index.engine._read_cache.clear()  # the change of another machine, seen at once
        reply = index.ask(QUESTION)
    assert (reply.verdict, reply.unread) == (Verdict.ANSWERED, ())


def test_what_a_killed_writer_left_is_not_damaged(library: FakeLibrary) -> None:
    del library.articles[HARBOUR_STORY.id]
    with opened(library) as index:
        reply = index.ask(QUESTION)
    assert (reply.unread, reply.reason.code == ReasonCode.UNREAD) == ((), False)
