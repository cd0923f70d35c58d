"""Chats on a cluster: several processes of one bot, kills, outages, and what a person in charge sees of them."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from typing import Any

import httpx
import pytest

from bot import cli
from bot.serving.metrics import Metrics
from bot.settings import Secret, Settings, SettingsError
from bot.telegram.chats import open_chats
from bot.telegram.chats.cluster import SharedChats, open_shared_chats
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.check import check
from bot.telegram.desk import make_desk
from bot.telegram.screens.wording import wording
from bot.telegram.updates.inbox import FileThread, StoreThreads
from index import open_index
from index.engines import rebuild
from index.engines.cluster.chat_records import ChatRecord, ChatRecordStore
from index.errors import EngineError, EngineUnavailable, IncompatibleIndex
from tests.support import cluster_nodes
from tests.support.bot_process import HOOK, process, start, started
from tests.support.chats import kept, turn
from tests.support.fake_bot_api import TOKEN, FakeApi
from tests.support.loopback import free_port
from tests.support.make_library import made
from tests.support.telegram_chat import Bot
from tests.support.telegram_chat import texts as texts_of

pytestmark = pytest.mark.cluster
HEADER = "X-Telegram-Bot-Api-Secret-Token"
ASKED = "How many people were taken to safety?"


@pytest.fixture
def address() -> Iterator[str]:
    with cluster_nodes.library() as where:
        yield where


@pytest.fixture
def records(address: str) -> Iterator[ChatRecordStore]:
    found = ChatRecordStore(address, None, "1")
    yield found
    found.close()


def settings(address: str, token: str = TOKEN) -> Settings:
    return Settings(state=address, token=Secret(token))


def test_each_bot_has_chats_of_its_own(address: str) -> None:
    one, two = (open_shared_chats(settings(address, f"{number}:secret")) for number in (1, 12))
    one.keep(kept(), [21], 0.0, {"s": 1})
    two.keep(kept(), [21], 1e9, {"s": 2})
    assert (one.get_talk(5, 0), two.get_talk(5, 0)) == ({"s": 1}, {"s": 2})
    one.migrate(5, -5)
    one.prune(1e9)
    assert one.get_screen("k") is None
    assert two.get_screen("k") == kept()
    assert two.count() == {"chats": 1, "answers": 1}
    for each in (one, two):
        each.close()
        each.close()


def test_malformed_settings_are_told_without_their_secrets(tmp_path: Any) -> None:
    for state, token, told in (
        ("opensearch://user:secret-word@node/x", TOKEN, "PULLQUOTE_STATE: a user name and password do not belong"),
        ("opensearch://node/", TOKEN, "PULLQUOTE_STATE: the name after"),
        ("opensearch://node/x", "secret-word", "TELEGRAM_BOT_TOKEN is no token"),
    ):
        with pytest.raises(SettingsError, match=told) as caught:
            open_shared_chats(settings(state, token))
        assert "secret-word" not in str(caught.value)
    with closing(BotFile(":memory:")) as file:
        assert open_chats(Settings(state=str(tmp_path)), file) is file
        with pytest.raises(SettingsError, match="PULLQUOTE_STATE: the name after"):
            open_chats(settings("opensearch://node/"), file)


def test_what_another_version_wrote_is_refused_untouched(address: str) -> None:
    name = address.rpartition("/")[2]
    body = {"mappings": {"_meta": {"chats": name, "format": 9}}, "aliases": {f"{name}-chats": {}}}
    cluster_nodes.request("PUT", f"/{name}-chats-000001", body)
    with pytest.raises(IncompatibleIndex, match=r"format 9 .* another name"):
        ChatRecordStore(address, None, "1")
    assert cluster_nodes.request("GET", f"/{name}-chats/_count")["count"] == 0


def test_a_change_whose_answer_was_lost_is_made_once(records: ChatRecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a node that dies after it wrote: the request is repeated on another, which says that it was beaten."""
    lines = records._client.send_lines

    def repeated(*args: Any) -> Any:
        lines(*args)
        return lines(*args)

    monkeypatch.setattr(records._client, "send_lines", repeated)
    assert records.swap("a", None, ChatRecord("talk", 5, {"n": 1}))
    held = records.get("a")
    assert held is not None
    assert records.swap("a", held, ChatRecord("talk", 5, {"n": 2}))
    assert not records.swap("a", held, ChatRecord("talk", 5, {"n": 3}))
    chats = SharedChats(records)
    assert chats.redeem(chats.issue(7, {"q": "x"}, 10.0), 7, 0.0) == {"q": "x"}


def test_a_cluster_that_is_busy_is_asked_again(records: ChatRecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, answers = (
        records._client.send_lines,
        [(429, "rejected_execution_exception"), (403, "cluster_block_exception")],
    )

    def busy(*args: Any) -> Any:
        if not answers:
            return lines(*args)
        status, kind = answers.pop()
        return {"items": [{"index": {"status": status, "error": {"type": kind}}}]}

    monkeypatch.setattr(records._client, "send_lines", busy)
    records.write({"a": ChatRecord("talk", 5, {"n": 1})})
    found = records.get("a")
    assert found is not None
    assert found.record.body == {"n": 1}
    assert not answers
    answers.append((400, "mapper_parsing_exception"))
    with pytest.raises(EngineError, match=r"refused a record of a chat \(mapper_parsing_exception\)"):
        records.write({"a": ChatRecord("talk", 5, {"n": 2})})


def test_a_cluster_that_is_away_is_not_waited_for_without_end(
    records: ChatRecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise EngineUnavailable(records.address, "the cluster cannot be reached")

    records.write({"a": ChatRecord("talk", 5, {})})
    monkeypatch.setattr(records._client, "send", away)
    monkeypatch.setattr("index.engines.cluster.chat_records._DEADLINE", 0.5)
    for change in (ChatRecord("talk", 5, {"n": 1}), None):
        with pytest.raises(EngineUnavailable, match="takes no records of chats"):
            records.write({"a": change})
    monkeypatch.undo()
    found = records.get("a")
    assert found is not None
    assert found.record.body == {}


def test_an_index_that_is_deleted_meanwhile_is_not_made_by_accident(records: ChatRecordStore, address: str) -> None:
    cluster_nodes.drop(address)
    chats = SharedChats(records)
    assert chats.get_talk(5, 0) is None
    with pytest.raises(EngineUnavailable, match="lost the index of the chats"):
        chats.set_talk(5, 0, {"s": 1})
    with pytest.raises(EngineUnavailable, match="lost the index of the chats"):
        chats.keep(kept(), [21], 0.0)
    assert cluster_nodes.request("GET", f"/{address.rpartition('/')[2]}-chats") == {}


def test_who_is_always_beaten_gives_up(records: ChatRecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "write", lambda *_: False)
    monkeypatch.setattr("bot.telegram.chats.cluster_lasting.TRIES", 3)
    with pytest.raises(EngineUnavailable, match="changed by others"):
        SharedChats(records).set_talk(5, 0, {"s": 1})


def test_more_than_one_page_moves_and_goes(records: ChatRecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.engines.cluster.chat_records._AT_ONCE", 3)
    monkeypatch.setattr("index.engines.cluster.chat_records._SWEPT", 2)
    chats = SharedChats(records)
    chats.keep(kept(), range(10), 0.0, {"s": 1})
    chats.migrate(5, -5)
    assert [chats.find_shown(-5, number).id for number in range(10)] == ["k"] * 10  # type: ignore[union-attr]
    chats.prune(1e9)
    assert records.count("pointer") == (0, 0)
    assert chats.get_talk(-5, 0) == {"s": 1}


def run(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = cli.run(words)
    return code, capsys.readouterr().out


def test_init_check_and_rebuild_know_the_chats(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = address.rpartition("/")[2]
    monkeypatch.setenv("PULLQUOTE_INDEX", address)
    monkeypatch.setenv("PULLQUOTE_STATE", address)
    assert run("cluster", "init", capsys=capsys) == (0, f"made {address} and {address}-chats\n")
    assert run("cluster", "init", capsys=capsys)[0] == 3
    with open_index(address) as index:
        index.add(made(["The ship Vela brought cargo to the harbour ."]))
    chats = open_shared_chats(settings(address))
    chats.keep(kept(), [21], 0.0, {"s": 1})
    rebuild(address)
    assert chats.get_talk(5, 0) == {"s": 1}
    chats.close()
    cluster_nodes.copied()
    code, told = run("cluster", "check", capsys=capsys)
    line = next(line for line in told.splitlines() if f"index {name}-chats" in line)
    assert line.endswith("3 copies up, 0 missing")
    assert code == 0
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:")  # the library is on this machine, the chats are not
    code, told = run("cluster", "check", capsys=capsys)
    assert (code, f"index {name}-chats" in told, len(told.splitlines())) == (0, True, 2)
    cluster_nodes.drop(address)
    code, told = run("cluster", "check", capsys=capsys)
    assert (code, "are not there yet" in told) == (3, True)
    body = {"mappings": {"_meta": {}}, "aliases": {f"{name}-chats": {}}}
    cluster_nodes.request("PUT", f"/{name}-chats-000001", body)
    code, told = run("cluster", "check", capsys=capsys)
    assert (code, "choose another name" in told) == (3, True)
    monkeypatch.setenv("PULLQUOTE_STATE", "opensearch://node/")
    assert run("cluster", "check", capsys=capsys)[0] == 2
    assert run("cluster", "init", capsys=capsys)[0] == 2


def test_kills_lose_nothing_that_was_kept(records: ChatRecordStore, capsys: pytest.CaptureFixture[str]) -> None:
    """One process asks in its chat and another presses buttons, while each node dies in turn."""
    one, two = SharedChats(records), open_shared_chats(settings(records.address, "1:x"))
    done, kept_at, refused = threading.Event(), [], []
    slowest = 0.0

    def ask() -> None:
        nonlocal slowest
        number = 0
        while not done.is_set():
            number += 1
            begin = time.monotonic()
            try:
                one.keep(kept(f"k{number}", asked=number), [number], 0.0, turn(f"q{number}"))
                kept_at.append(number)
            except EngineUnavailable as error:
                refused.append(str(error))
            slowest = max(slowest, time.monotonic() - begin)

    thread = threading.Thread(target=ask)
    thread.start()
    codes = []
    try:
        for node in (1, 2, 3):
            before = len(kept_at)
            cluster_nodes.cluster("kill", node)
            codes += [two.issue(7, {"n": node}, 1e12) for _ in range(5)]
            deadline = time.monotonic() + 60
            while len(kept_at) < before + 5 and time.monotonic() < deadline:
                time.sleep(0.1)
            assert len(kept_at) >= before + 5
            assert two.find_shown(5, kept_at[before]) is not None
            cluster_nodes.cluster("restart", node)
            # with two of three copies away no write is safe, and none is taken
            cluster_nodes.copied(records.address)
    finally:
        done.set()
        thread.join()
        for node in {1, 2, 3} - set(cluster_nodes.pids()):
            cluster_nodes.cluster("restart", node)
    lost = [n for n in kept_at if (found := two.find_answer(5, n)) is None or found.id != f"k{n}"]
    with capsys.disabled():
        print(f"\nchats   3 nodes killed in turn: {len(kept_at)} answers kept, {len(lost)} lost, ", end="")
        print(f"{len(refused)} refused, slowest {slowest:.1f} s; {len(codes)} links, each good once")
    assert not lost
    assert not refused
    assert two.get_talk(5, 0) == turn(f"q{kept_at[-1]}")
    assert two.find_newest(5, 0) == f"k{kept_at[-1]}"
    assert [one.redeem(code, 7, 0.0) is not None for code in codes] == [True] * len(codes)
    assert [two.redeem(code, 7, 0.0) for code in codes] == [None] * len(codes)
    two.close()


def test_a_copy_that_hangs_holds_nothing_up_for_good(records: ChatRecordStore) -> None:
    one, two = SharedChats(records), open_shared_chats(settings(records.address, "1:x"))
    code = one.issue(7, {"q": "x"}, 10.0)
    one.keep(kept("offer", kind="offer"), [1], 0.0)
    with cluster_nodes.frozen(cluster_nodes.pick_copy(records.address)):
        one.keep(kept(), [21], 0.0, turn("a"))
        assert two.find_shown(5, 21) == kept()
        two.keep(kept("later", asked=12), [22], 0.0, turn("a b"), one.get_talk(5, 0))
        assert one.get_talk(5, 0) == turn("a b")
        assert two.redeem(code, 7, 0.0) == {"q": "x"}
        assert one.redeem(code, 7, 0.0) is None
        assert one.drop("offer")
        assert not two.drop("offer")
    two.close()
    cluster_nodes.request("GET", "/_cluster/health?wait_for_nodes=3&timeout=120s", timeout=150)
    cluster_nodes.copied()


@pytest.fixture
def away(records: ChatRecordStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Bot, list[bool]]]:
    """Give a bot whose chats are on the cluster, and a list that is filled while the cluster is away."""
    found: list[bool] = []
    send = records._client.send

    def sent(*args: Any) -> Any:
        if found:
            raise EngineUnavailable("opensearch://node/x", "the cluster cannot be reached")
        return send(*args)

    monkeypatch.setattr(records._client, "send", sent)
    bot = Bot()
    bot.desk.chats = StoreThreads(SharedChats(records), 4)
    yield bot, found
    found.clear()
    bot.close()


def test_people_are_told_when_the_chats_cannot_be_reached(away: tuple[Bot, list[bool]]) -> None:
    bot, is_away = away
    (answer,) = bot.says("Who runs the harbour?")
    is_away.append(True)
    assert texts_of(bot.says("Who runs the vineyard?")) == [wording.UNAVAILABLE]
    calls = bot.presses("In context", answer)
    assert [call.method for call in calls] == ["answerCallbackQuery", "sendMessage"]
    assert texts_of(calls) == [wording.UNAVAILABLE]
    assert texts_of(bot.says("/start abc")) == [wording.UNAVAILABLE]
    ask = bot.desk.index.ask

    def asked(*args: Any, **more: Any) -> Any:
        reply = ask(*args, **more)
        is_away.append(True)  # while it was looked up
        return reply

    is_away.clear()
    bot.desk.index.ask = asked  # type: ignore[method-assign]
    quotation, note = texts_of(bot.says("Who runs the vineyard?"))
    assert "vine" in quotation
    assert note == wording.NOT_KEPT
    bot.desk.index.ask = ask  # type: ignore[method-assign]
    is_away.clear()
    assert wording.UNAVAILABLE not in texts_of(bot.presses("In context", answer))
    assert len(bot.says("And the vineyard?")) == 1


def test_the_housekeeping_outlives_an_outage(records: ChatRecordStore, caplog: pytest.LogCaptureFixture) -> None:
    from bot.telegram.app import _prune_hourly

    def fails(_now: float) -> None:
        raise EngineUnavailable("opensearch://node/x", "the cluster cannot be reached")

    async def scenario() -> None:
        chats = SharedChats(records)
        chats.prune = fails  # type: ignore[method-assign]
        at = make_desk(open_index("memory:"), FileThread(BotFile(":memory:")), Settings(), Metrics("update"), chats)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_prune_hourly(at), 0.5)
        at.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())
    assert "nothing could be forgotten" in caplog.text


def test_check_looks_at_the_chats(address: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    found = Settings(state=address, token=Secret(TOKEN), api_root=f"http://127.0.0.1:{free_port()}")
    results = check(found, lambda: open_index("memory:"), by_webhook=False)
    assert "state: 0 conversations, 0 updates waiting" in [each.text for each in results]
    assert (tmp_path / "pullquote" / "telegram.sqlite").is_file()


def test_one_conversation_goes_through_two_processes(address: str, tmp_path: Any) -> None:
    """Two processes behind a load balancer: one answers, the other goes on, and goes on alone when the first dies."""
    asyncio.run(asyncio.wait_for(_conversation(address, tmp_path), 120))


async def answer_kept(api: FakeApi, address: str) -> None:
    """Wait until the newest answer of chat 7 is on the cluster: nobody writes the next question sooner."""
    with closing(open_shared_chats(settings(address))) as chats:
        await api.until(lambda: bool(chats.find_newest(7, 0)), 60)


async def _conversation(address: str, tmp_path: Any) -> None:
    api = FakeApi()
    ports = [free_port(), free_port()]
    async with api.serving() as root, httpx.AsyncClient() as client, AsyncExitStack() as stack:
        bots = []
        for at, port in enumerate(ports):
            home = tmp_path / str(at)
            home.mkdir()
            more = {
                "PULLQUOTE_INDEX": address,
                "PULLQUOTE_STATE": address,
                "PULLQUOTE_WEBHOOK_URL": "https://bot.example/hook",
                "PULLQUOTE_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
                "XDG_STATE_HOME": str(home),
            }
            log = stack.enter_context((home / "log").open("ab"))
            bots.append(await start(home, root, "--webhook", log=log, **more))
            await started(bots[-1], home / "log", 0)
            await api.until(lambda n=at + 1: api.calls.count("setWebhook") == n)

        async def to(at: int, count: int) -> dict[str, Any]:
            """Hand the update that waits to one of the processes, and return the newest message of so many."""
            update = api.queue.pop()
            url = f"http://127.0.0.1:{ports[at]}/hook"
            assert (await client.post(url, json=update, headers={HEADER: HOOK})).status_code == 200
            await api.until(lambda: len(api.sent) >= count, 60)
            return api.sent[-1]

        api.says(ASKED)
        answer = await to(0, 1)
        assert "212 people" in answer["text"]
        await answer_kept(api, address)
        api.says("And when?")
        follow_up = await to(1, 2)
        assert "\nUnderstood as: When were people taken to safety?" in follow_up["text"], follow_up["text"]
        bots[0].kill()
        await bots[0].wait()
        api.push({"callback_query": pressed(answer, "In context")})
        context = await to(1, 3)
        assert "paragraph 4 of 11" in context["text"]
        assert context["reply_parameters"]["message_id"] == answer["message_id"]
        api.says("How many of them?", reply_to_message=shown(answer))
        assert "212 people" in (await to(1, 4))["text"]
        bots[1].terminate()
        assert await asyncio.wait_for(bots[1].wait(), 20) == 0
        log = b"".join((tmp_path / str(at) / "log").read_bytes() for at in range(2)).decode()
    for secret in (TOKEN, HOOK, ASKED, "And when?", "talk:7"):
        assert secret not in log


def shown(message: dict[str, Any]) -> dict[str, Any]:
    chat = {"id": message["chat_id"], "type": "private"}
    return {"message_id": message["message_id"], "date": 1, "chat": chat, "text": message["text"]}


def pressed(message: dict[str, Any], label: str) -> dict[str, Any]:
    rows = message["reply_markup"]["inline_keyboard"]
    (data,) = [button["callback_data"] for row in rows for button in row if button["text"].startswith(label)]
    person = {"id": message["chat_id"], "is_bot": False, "first_name": "P"}
    return {"id": "1", "from": person, "chat_instance": "1", "data": data, "message": shown(message)}


def test_a_standby_takes_over(address: str, tmp_path: Any) -> None:
    """By polling: the first is killed, and another on another machine goes on with its conversation."""

    async def scenario() -> None:
        api = FakeApi()
        more = {"PULLQUOTE_INDEX": address, "PULLQUOTE_STATE": address}
        async with api.serving() as root:
            first = tmp_path / "first"
            first.mkdir()
            with (first / "log").open("ab") as log:
                bot = await start(first, root, log=log, XDG_STATE_HOME=str(first), **more)
                api.says(ASKED)
                await api.until(lambda: len(api.sent) == 1, 60)
                await answer_kept(api, address)
                bot.kill()
                await bot.wait()
            api.says("And when?")
            async with process(tmp_path, root, XDG_STATE_HOME=str(tmp_path / "second"), **more):
                await api.until(lambda: len(api.sent) == 2, 60)
                assert "\nUnderstood as: When were people taken to safety?" in api.sent[1]["text"]
                api.push({"callback_query": pressed(api.sent[0], "In context")})
                await api.until(lambda: len(api.sent) == 3, 60)

    asyncio.run(asyncio.wait_for(scenario(), 150))
