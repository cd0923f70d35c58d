"""Replies that are kept: never longer than the library stays as it is."""

import asyncio

import pytest

from bot.web.kept import LARGEST, LASTS, MOST, KeptReplies
from index import open_index
from tests.support.replies import HARBOUR, VINEYARD, article
from tests.web.conftest import serving


class Maker:
    """Makes replies, and counts them."""

    def __init__(self, reply=b"reply"):
        self.count, self.reply = 0, reply

    async def __call__(self):
        self.count += 1
        await asyncio.sleep(0)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


def find(revision):
    async def tell(*, is_late):
        return revision

    return tell


def test_a_reply_is_made_once_for_all_who_ask():
    async def ask():
        make, kept = Maker(), KeptReplies()
        assert await asyncio.gather(*(kept.get("a", find("1"), make) for _ in range(9))) == [b"reply"] * 9
        assert (await kept.get("a", find("1"), make), make.count) == (b"reply", 1)
        await kept.get("b", find("1"), make)
        assert make.count == 2

    asyncio.run(ask())


def test_it_is_made_anew_after_a_change_after_a_while_and_after_an_error():
    async def ask():
        now = 0.0
        make, kept = Maker(), KeptReplies(lambda: now)
        for revision, moment, count in (
            ("1", 0, 1),
            ("2", 0, 2),
            ("2", LASTS - 1, 2),
            ("2", LASTS, 3),
            ("1", LASTS, 4),
        ):
            now = moment
            await kept.get("a", find(revision), make)
            assert make.count == count
        fail = Maker(ValueError("no"))
        for count in (1, 2):
            with pytest.raises(ValueError, match="no"):
                await kept.get("f", find("1"), fail)
            assert fail.count == count

    asyncio.run(ask())


def test_nothing_is_kept_without_a_revision_nor_too_much():
    async def ask():
        make, kept = Maker(), KeptReplies()
        for _ in range(2):
            await kept.get("a", find(None), make)
        assert (make.count, len(kept)) == (2, 0)
        await kept.get("long", find("1"), Maker(b"x" * (LARGEST + 1)))
        assert len(kept) == 0
        for number in range(MOST + 5):
            await kept.get(number, find("1"), make)
        assert len(kept) == MOST

    async def ask_later():
        now = 0.0
        make, kept = Maker(), KeptReplies(lambda: now)
        for key in "abc":
            await kept.get(key, find("1"), make)
        now = LASTS
        await kept.get("d", find("1"), make)
        assert len(kept) == 1, "what is over is forgotten"

    asyncio.run(ask_later())

    asyncio.run(ask())


def test_who_leaves_takes_no_reply_from_the_others():
    async def ask():
        begun, release = asyncio.Event(), asyncio.Event()

        async def make():
            begun.set()
            await release.wait()
            return b"reply"

        kept = KeptReplies()
        first = asyncio.ensure_future(kept.get("a", find("1"), make))
        await begun.wait()
        second = asyncio.ensure_future(kept.get("a", find("1"), make))
        first.cancel()
        release.set()
        assert await second == b"reply"

    asyncio.run(ask())


def test_what_another_process_adds_is_in_the_next_reply(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.web.backend.FRESH", 0.0)
    place = f"disk:{tmp_path / 'library'}"
    sent = {"json": {"question": "How much did the frost ruin?"}}
    with open_index(place) as own, open_index(place) as other, serving(own) as client:
        own.add(article(HARBOUR))
        assert client.post("/v1/ask", **sent).json()["verdict"] == "refused"
        other.add(article(VINEYARD))
        assert client.post("/v1/ask", **sent).json()["verdict"] == "answered"
        other.remove(article(VINEYARD).id)
        assert client.post("/v1/ask", **sent).json()["verdict"] == "refused"


def test_the_same_question_is_asked_once(client, monkeypatch):
    asked = []
    index = client.app.state.backend.index
    inner = index.ask
    monkeypatch.setattr(index, "ask", lambda *args, **kwargs: asked.append(args) or inner(*args, **kwargs))
    replies = {client.post("/v1/ask", json={"question": "Who blamed a cable?"}).text for _ in range(3)}
    assert (len(replies), len(asked)) == (1, 1)
    client.post("/v1/articles", json={"text": "A cable broke on Monday, the owner said."})
    client.post("/v1/ask", json={"question": "Who blamed a cable?"})
    client.post("/v1/ask", json={"question": "Who blamed a cable?", "limit": 1})
    assert len(asked) == 3
