"""Packed answers: unpacked whole, within the limits, or refused by name; never a part for the whole."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SourceTooLarge, SourceUnavailable, UnsupportedFormat
from index.sources import packing
from index.sources.fetch import Door
from index.sources.packing import Gunzip, open_coding
from tests.support.loopback import response, serving

PAGE = b"".join(b"Sentence %d of the page. " % number for number in range(120))
DOOR = Door(loopback=True, seconds=5)


def unpack(data, piece=1 << 16, room=1 << 30):
    stream = Gunzip("page")
    out = b"".join(stream.unpack(data[at : at + piece], room) for at in range(0, len(data), piece))
    stream.finish()
    return out


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5), st.integers(1, 400), st.integers(0, 40))
def test_all_members_are_one_text_however_they_arrive(texts, piece, zeros):
    packed = b"".join(map(gzip.compress, texts)) + bytes(zeros)
    assert unpack(packed, piece) == b"".join(texts) == gzip.decompress(packed)


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=3), st.data())
def test_no_beginning_of_a_stream_passes_for_a_whole_one(texts, data):
    members = [gzip.compress(text) for text in texts]
    packed = b"".join(members)
    ends = {sum(map(len, members[:count])) for count in range(len(members) + 1)} - {0}
    cut = data.draw(st.integers(0, len(packed)).filter(lambda place: place not in ends))
    with pytest.raises(SourceUnavailable, match="cut short"):
        unpack(packed[:cut], data.draw(st.integers(1, 100)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not packed", "but is not, or is damaged"),
        (zlib.compress(PAGE), "but is not"),
        (zlib.compress(PAGE, wbits=-15), "but is not"),
        (gzip.compress(PAGE)[:-8] + bytes(8), "or is damaged"),  # the checksum of another text
        (gzip.compress(PAGE) + b"<p>more", "goes on as something else"),
        (gzip.compress(PAGE) + b"\r\n", "goes on as something else"),
        (gzip.compress(PAGE) + bytes(3) + b"xx", "goes on as something else"),
    ],
)
def test_what_is_not_gzip_throughout_is_refused(data, words):
    with pytest.raises(UnsupportedFormat, match=words):
        unpack(data)


def test_no_more_is_unpacked_than_there_is_room_for():
    bomb = gzip.compress(bytes(1_000_000))
    assert len(Gunzip("bomb").unpack(bomb, 10)) == 10
    assert len(Gunzip("bombs").unpack(bomb * 3, 1_000_007)) == 1_000_007
    for room in (8, 9, 10):  # the end of a member, one byte beyond it, and the middle of one
        assert len(Gunzip("small ones").unpack(gzip.compress(b"1234") * 5, room)) == room


def test_as_many_members_as_a_page_may_have_and_no_more():
    empty = gzip.compress(b"")
    assert unpack(gzip.compress(b"text") + empty * 9_999) == b"text"
    with pytest.raises(SourceTooLarge, match="more than 10,000 pieces") as caught:
        unpack(empty * 10_001)
    assert caught.value.limit == 10_000


@pytest.mark.parametrize("header", ["", " ", "identity", "Identity", ",", "identity, identity"])
def test_a_page_that_is_not_packed(header):
    assert open_coding(header, "page") is None


@pytest.mark.parametrize("header", ["gzip", "x-gzip", "GZIP ", "gzip, identity", "identity,gzip", ",gzip,"])
def test_a_page_that_is_packed_once(header):
    assert isinstance(open_coding(header, "page"), Gunzip)


@pytest.mark.parametrize(
    "header",
    ["br", "deflate", "zstd", "compress", "gzip, br", "br, gzip", "gzip, gzip", "gzip,x-gzip", "gzip;q=1", "utf-8"],
)
def test_another_packing_is_refused_by_its_name(header):
    with pytest.raises(UnsupportedFormat) as caught:
        open_coding(header, "page")
    assert f"is packed as {', '.join(header.replace(' ', '').split(','))!r}, which" in caught.value.message


def test_the_name_of_another_packing_is_cut_to_80_characters():
    with pytest.raises(UnsupportedFormat, match=f"is packed as '{'x' * 80}', which"):
        open_coding("x" * 81, "page")


def test_the_door_unpacks_every_member_and_reads_every_header():
    first, rest = gzip.compress(PAGE[:900]), gzip.compress(PAGE[900:])
    packed = ("Content-Encoding: gzip",)
    routes = {
        "/members": response(first + rest, *packed),
        "/half": response(first + rest[:40], *packed),
        "/tail": response(first + PAGE[900:], *packed),
        "/empty header": response(PAGE, "Content-Encoding: "),
        "/twice named": response(gzip.compress(first), *packed * 2),
        "/deflate": response(zlib.compress(PAGE), "Content-Encoding: deflate"),
        "/part": response(PAGE[:900], f"Content-Range: bytes 0-899/{len(PAGE)}", status="206 Partial Content"),
    }
    with serving({path.replace(" ", "-"): answer for path, answer in routes.items()}) as server:
        assert DOOR.fetch(server.url("/members")).data == PAGE
        assert DOOR.fetch(server.url("/empty-header")).data == PAGE
        for path, error, words in [
            ("/half", SourceUnavailable, "cut short"),
            ("/tail", UnsupportedFormat, "goes on as something else"),
            ("/twice-named", UnsupportedFormat, "'gzip, gzip'"),
            ("/deflate", UnsupportedFormat, "'deflate'"),
            ("/part", SourceUnavailable, "answered 206"),
        ]:
            with pytest.raises(error, match=words):
                DOOR.fetch(server.url(path))


@pytest.mark.parametrize(
    "answer",
    [
        b"Content-Length: 3000\r\n\r\n" + PAGE[:900],
        b"Content-Length: 900\r\nContent-Length: 3000\r\n\r\n" + PAGE,
        b"Content-Length: 900, 3000\r\n\r\n" + PAGE,
        b"Transfer-Encoding: chunked\r\n\r\n384\r\n" + PAGE[:900] + b"\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n384\r\n" + PAGE[:900] + b"\r\nBB8\r\n" + PAGE[900:1000],
        b"Transfer-Encoding: gzip, chunked\r\n\r\n384\r\n" + PAGE[:900] + b"\r\n0\r\n\r\n",
        b"Transfer-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE),
    ],
    ids=[
        "cut",
        "two lengths",
        "two lengths in one",
        "chunks without an end",
        "half a chunk",
        "packed chunks",
        "packed",
    ],
)
def test_a_part_that_http_calls_a_part_is_not_taken_for_the_page(answer):
    routes = {"/": b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + answer}
    with serving(routes) as server, pytest.raises(SourceUnavailable, match="cannot be fetched"):
        DOOR.fetch(server.url())


def chunked(data, *headers, size=100):
    """Return an answer in chunks, each of which the client sees by itself."""
    head = "\r\n".join(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Connection: close", *headers]).encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return head + b"\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in (*pieces, b""))


def test_all_pieces_count_together():
    named = padded_gzip(b"small", 1000)
    member = gzip.compress(bytes(500))
    routes = {
        "/plain": chunked(bytes(1001)),
        "/packed": chunked(named, "Content-Encoding: gzip"),
        "/unpacked": chunked(member * 20, "Content-Encoding: gzip", size=len(member)),
    }
    with serving(routes) as server:
        for path, size in (("/plain", 1001), ("/packed", len(named)), ("/unpacked", 10_000)):
            assert Door(loopback=True, max_bytes=size).fetch(server.url(path))
            with pytest.raises(SourceTooLarge, match=f"longer than {size - 1:,} bytes"):
                Door(loopback=True, max_bytes=size - 1).fetch(server.url(path))


def padded_gzip(text, letters):
    """Return the text packed, with a file name of so many letters in the header."""
    whole = gzip.compress(text)
    return whole[:3] + b"\x08" + whole[4:10] + b"n" * letters + b"\0" + whole[10:]


def test_packed_bytes_count_though_nothing_comes_of_them():
    padded = padded_gzip(b"small", 1000)
    assert gzip.decompress(padded) == b"small"

    def endless(connection, request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
        connection.sendall(gzip.compress(b"")[:10])
        for _ in range(1000):
            connection.sendall(b"\0\0\0\xff\xff" * 200)  # stored blocks of no bytes

    packed = "Content-Encoding: gzip"
    with serving({"/": response(padded, packed), "/endless": endless}) as server:
        assert Door(loopback=True, max_bytes=len(padded)).fetch(server.url()).data == b"small"
        for path, limit in (("/", len(padded) - 1), ("/endless", 10_000)):
            with pytest.raises(SourceTooLarge, match=f"longer than {limit:,} bytes"):
                Door(loopback=True, max_bytes=limit).fetch(server.url(path))


def test_a_bomb_is_never_unpacked_beyond_the_limit(monkeypatch):
    sizes = []

    class Measured(Gunzip):
        def unpack(self, piece, room):
            part = super().unpack(piece, room)
            sizes.append(len(part))
            return part

    monkeypatch.setattr(packing, "Gunzip", Measured)
    first, bomb, packed = gzip.compress(bytes(500)), gzip.compress(bytes(5_000_000)), "Content-Encoding: gzip"
    routes = {"/": response(bomb, packed), "/later": chunked(first + bomb, packed, size=len(first))}
    with serving(routes) as server:
        for path, pieces in (("/", [1001]), ("/later", [500, 501])):
            sizes.clear()
            with pytest.raises(SourceTooLarge):
                Door(loopback=True, max_bytes=1000).fetch(server.url(path))
            assert sizes == pieces
