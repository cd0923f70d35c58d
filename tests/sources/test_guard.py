"""The guard at the socket: checked addresses only, each with its share of what is left of the time."""

import time
from types import SimpleNamespace

import httpcore
import pytest

from index.errors import BlockedAddress
from index.sources import guard as guard_module
from index.sources.addresses import is_loopback, is_public
from index.sources.guard import Guard
from tests.support.loopback import response, serving

FAR = 60.0
CLOSED = "127.0.0.2"  # loopback, too, where nobody listens on the port of the test


def guard(numbers, seconds=FAR):
    return Guard(lambda host, port: numbers, time.monotonic() + seconds)


def test_the_first_address_that_accepts_is_taken():
    with serving({"/": response(b"hello")}) as server:
        stream = guard((CLOSED, "127.0.0.1")).connect_tcp("news.example", server.port)
        try:
            stream.write(b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n")
            assert stream.read(100).startswith(b"HTTP/1.1 200")
            assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        finally:
            stream.close()


def test_a_name_is_no_address_neither_public_nor_ours():
    assert [is_public("news.example"), is_loopback("localhost")] == [False, False]


def test_without_an_address_there_is_no_connection():
    with pytest.raises(httpcore.ConnectError, match="no address"):
        guard(()).connect_tcp("news.example", 80)


def test_the_last_refusal_is_told():
    with serving({}) as server, pytest.raises(httpcore.ConnectError):
        guard((CLOSED,)).connect_tcp("news.example", server.port)


def test_what_the_check_refuses_opens_no_socket():
    def refuse(host, port):
        raise BlockedAddress(host, "is not public")

    with pytest.raises(BlockedAddress, match="is not public"):
        Guard(refuse, time.monotonic() + FAR).connect_tcp("10.0.0.1", 80)


def test_nothing_begins_when_the_time_is_over():
    with serving({}) as server:
        with pytest.raises(httpcore.ConnectTimeout, match="the time for the whole exchange is over"):
            guard(("127.0.0.1",), seconds=0).connect_tcp("news.example", server.port)
        over = guard(("127.0.0.1",))
        stream = over.connect_tcp("news.example", server.port)
        try:
            stream._deadline = time.monotonic()
            with pytest.raises(httpcore.WriteTimeout):
                stream.write(b"GET / HTTP/1.1\r\n")
            with pytest.raises(httpcore.ReadTimeout):
                stream.read(1)
        finally:
            stream.close()


# With a clock that only the test moves, and connections that only note what they are asked for


class Noted(httpcore.NetworkStream):
    """A connection that notes each call with the time it was given, and answers b"x"."""

    def __init__(self):
        self.calls = []
        self.socket = SimpleNamespace(suppress_ragged_eofs=True)

    def read(self, max_bytes, timeout=None):
        self.calls.append(("read", max_bytes, timeout))
        return b"x"

    def write(self, buffer, timeout=None):
        self.calls.append(("write", buffer, timeout))

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self.calls.append(("tls", ssl_context, server_hostname, timeout))
        return self

    def close(self):
        self.calls.append(("close",))

    def get_extra_info(self, info):
        return self.socket if info == "socket" else info


class Dialled:
    """A backend whose connections fail as `outcomes` say, one after another; it notes number and time of each."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.calls = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.calls.append((host, port, timeout))
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture
def clock(monkeypatch):
    moved = SimpleNamespace(now=1000.0, monotonic=lambda: moved.now)
    monkeypatch.setattr(guard_module, "time", moved)
    return moved


def dial(numbers, *outcomes, seconds=FAR, timeout=None):
    opened = Guard(lambda host, port: numbers, guard_module.time.monotonic() + seconds)
    opened._backend = Dialled(*outcomes)
    return opened._backend.calls, lambda: opened.connect_tcp("news.example", 443, timeout)


def test_each_address_gets_its_share_of_what_is_left(clock):
    stream = Noted()
    calls, connect = dial(("1", "2", "3"), httpcore.ConnectTimeout(), httpcore.ConnectError(), stream)
    assert connect()._stream is stream
    assert calls == [("1", 443, FAR / 3), ("2", 443, FAR / 2), ("3", 443, FAR)]


def test_any_other_failure_is_not_taken_for_a_refusal(clock):
    calls, connect = dial(("1", "2"), RuntimeError("a bug"), Noted())
    with pytest.raises(RuntimeError, match="a bug"):
        connect()
    assert len(calls) == 1


def test_the_clients_own_limit_counts_where_it_is_shorter(clock):
    for timeout, given in ((None, FAR), (5.0, 5.0), (FAR + 1, FAR)):
        calls, connect = dial(("1",), Noted(), timeout=timeout)
        connect()
        assert calls == [("1", 443, given)]


def test_every_operation_gets_what_is_left_and_none_begins_at_the_deadline(clock):
    inner = Noted()
    _, connect = dial(("1",), inner)
    stream = connect()
    clock.now += 20
    stream.write(b"GET")
    clock.now += 15
    assert stream.read(7) == b"x"
    clock.now += 5
    secure = stream.start_tls("context", "news.example")
    clock.now += 10
    secure.write(b"GET")
    secure.read(9)
    assert inner.calls == [
        ("write", b"GET", 40.0),
        ("read", 7, 25.0),
        ("tls", "context", "news.example", 20.0),
        ("write", b"GET", 10.0),
        ("read", 9, 10.0),
    ]
    assert inner.socket.suppress_ragged_eofs is False
    assert secure.get_extra_info("server_addr") == "server_addr"
    clock.now += 10
    for late, error in (
        (lambda: secure.read(1), httpcore.ReadTimeout),
        (lambda: secure.write(b"x"), httpcore.WriteTimeout),
        (lambda: stream.start_tls("context"), httpcore.ConnectTimeout),
        (dial(("1",), Noted(), seconds=0)[1], httpcore.ConnectTimeout),
    ):
        with pytest.raises(error, match="is over"):
            late()
    secure.close()
    assert inner.calls[5:] == [("close",)]
