"""Calls to Telegram over kept connections: what is kept, what is not, and how each failure looks to the pace."""

import asyncio
import json
from contextlib import asynccontextmanager

import httpx
import pytest
from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.telegram.sending import connection
from bot.telegram.sending.connection import Calls

GOOD = b'{"ok":true,"result":true}'
KEPT = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(GOOD), GOOD)


class Server:
    """Answers each request with the next of `answers`; an empty one closes the connection, None never comes."""

    def __init__(self, *answers):
        self.answers, self.asked, self.connections, self.address = list(answers), [], 0, ""

    async def connected(self, reader, writer):
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(line[15:]) for line in head.split(b"\r\n") if line[:15] == b"content-length:"), 0)
                self.asked.append((head.partition(b"\r\n")[0].decode(), await reader.readexactly(length)))
                if (answer := self.answers.pop(0)) is None:
                    await reader.read()
                writer.write(answer or b"")
                if not answer or b"close" in answer:
                    return
        except EOFError:
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def serving(self):
        server = await asyncio.start_server(self.connected, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()


def call(*answers, times=1, wait=5.0, between=0.0):
    """Make calls one after another, and return what came of the last and the server."""

    async def scenario():
        async with Server(*answers).serving() as server:
            request = Calls(server.address, wait)
            await request.initialize()
            data = RequestData([RequestParameter.from_input("text", "näh"), RequestParameter.from_input("chat_id", 7)])
            try:
                for _ in range(times):
                    got = await request.post(f"{server.address}/bot1:x/sendMessage", data)
                    await asyncio.sleep(between)
            finally:
                await request.shutdown()
            return got, server

    return asyncio.run(scenario())


def test_a_call_that_ends_after_the_shutdown_leaves_no_connection_open():
    async def scenario():
        async with Server(KEPT, KEPT).serving() as server:
            request = Calls(server.address, 5.0)
            await request.initialize()
            late = asyncio.ensure_future(request.post(f"{server.address}/bot1:x/getMe", RequestData()))
            while not server.asked:
                await asyncio.sleep(0)
            await request.shutdown()
            assert await late is True
            assert not request._idle
            await request.initialize()
            await request.post(f"{server.address}/bot1:x/getMe", RequestData())
            assert len(request._idle) == 1
            await request.shutdown()
            assert not request._idle

    asyncio.run(scenario())


def test_a_call_is_one_body_of_json_and_connections_are_kept():
    got, server = call(KEPT, KEPT, KEPT, times=3)
    assert got is True
    assert server.connections == 1
    line, body = server.asked[2]
    assert line == "POST /bot1:x/sendMessage HTTP/1.1"
    assert json.loads(body) == {"text": "näh", "chat_id": "7"}


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(GOOD), GOOD),
        b"HTTP/1.0 200 OK\r\nx: close\r\n\r\n" + GOOD,
    ],
)
def test_a_connection_that_the_server_gives_up_is_not_used_again(answer):
    assert call(answer, answer, times=2, between=0.02)[1].connections == 2


def test_a_connection_that_was_closed_while_it_was_kept_is_not_used_again():
    class Fickle(Server):
        async def connected(self, reader, writer):
            self.connections += 1
            await reader.readuntil(b"\r\n\r\n")
            writer.write(KEPT)
            writer.close()

    async def scenario():
        async with Fickle().serving() as server:
            request = Calls(server.address, 5.0)
            for _ in range(2):
                assert await request.post(f"{server.address}/bot1:x/getMe")
                while not request._idle[-1].reader.at_eof():
                    await asyncio.sleep(0)
            await request.shutdown()
            return server.connections

    assert asyncio.run(scenario()) == 2


def test_an_old_connection_is_not_used_again(monkeypatch):
    monkeypatch.setattr(connection, "IDLE", 0.0)
    assert call(KEPT, KEPT, times=2)[1].connections == 2


def test_an_answer_may_come_in_pieces_and_after_a_provisional_one():
    pieces = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (GOOD[:5], GOOD[5:])) + b"0\r\n\r\n"
    got, server = call(pieces + body, KEPT, times=2)
    assert (got, server.connections) == (True, 1)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (b"", httpx.ReadError),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\nx: close\r\n\r\n{", httpx.ReadError),
        (b"what? close\r\n\r\n", httpx.ReadError),
    ],
)
def test_an_answer_that_breaks_off_may_have_been_taken(answer, cause):
    with pytest.raises(NetworkError) as caught:
        call(answer)
    assert type(caught.value.__cause__) is cause
    assert "1:x" not in f"{caught.value} {caught.value.__cause__}"


def test_an_answer_that_never_comes_is_waited_for_so_long():
    with pytest.raises(TimedOut) as caught:
        call(None, wait=0.1)
    assert type(caught.value.__cause__) is httpx.ReadTimeout


def test_what_cannot_connect_surely_never_left(monkeypatch):
    async def post(address, wait=5.0):
        request = Calls(address, wait)
        await request.post(f"{address}/bot1:x/getMe")

    with pytest.raises(NetworkError) as caught:
        asyncio.run(post("http://127.0.0.1:1"))
    assert type(caught.value.__cause__) is httpx.ConnectError

    class Plain(Server):
        async def connected(self, _reader, writer):
            writer.write(b"HTTP/1.1 400 no TLS here\r\n\r\n")
            writer.close()

    async def plain_where_tls_is_expected():
        async with Plain().serving() as server:
            await post(server.address.replace("http", "https"))

    with pytest.raises(NetworkError) as caught:
        asyncio.run(plain_where_tls_is_expected())
    assert type(caught.value.__cause__) is httpx.ConnectError

    async def never(*_, **_named):
        await asyncio.sleep(30)

    monkeypatch.setattr(asyncio, "open_connection", never)
    with pytest.raises(TimedOut) as caught:
        asyncio.run(post("http://127.0.0.1:1", 0.1))
    assert type(caught.value.__cause__) is httpx.ConnectTimeout


def test_a_call_that_is_given_up_leaves_no_connection_behind():
    async def scenario():
        async with Server(None, KEPT).serving() as server:
            request = Calls(server.address, 5.0)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await request.post(f"{server.address}/bot1:x/getMe")
            await request.post(f"{server.address}/bot1:x/getMe")
            await request.shutdown()
            return server.connections

    assert asyncio.run(scenario()) == 2


def test_a_proxy_is_used_as_the_library_uses_it(monkeypatch):
    async def scenario():
        async with Server(KEPT.replace(b"200 OK\r\n", b"200 OK\r\nconnection: close\r\n")).serving() as server:
            monkeypatch.setenv("http_proxy", server.address)
            request = Calls("http://api.test", 5.0)
            await request.initialize()
            await request.post("http://api.test/bot1:x/getMe")
            await request.shutdown()
            return server.asked

    assert asyncio.run(scenario())[0][0] == "POST http://api.test/bot1:x/getMe HTTP/1.1"
