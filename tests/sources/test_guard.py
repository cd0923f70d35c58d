"""The guard at the socket: checked addresses only, each with its share of what is left of the time."""

import time

import httpcore
import pytest

from index.errors import BlockedAddress
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
