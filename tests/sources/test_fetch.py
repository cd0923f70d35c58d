"""The network door: what it refuses, what it follows, and that nothing outlasts its limits."""

import gzip
import ipaddress
import random
import threading
import time

import httpcore
import pytest

from index.errors import BlockedAddress, SourceError, SourceTooLarge, SourceUnavailable, UnsupportedFormat
from index.sources import addresses
from index.sources import fetch as fetch_module
from index.sources.addresses import is_loopback, is_public
from index.sources.fetch import Door, Fetched, check_address, fetch, resolve
from tests.support.abuse_addresses import CASES, judge, recorded_connects, resolver
from tests.support.counts import draw_from, how_often
from tests.support.loopback import response, serving

DOOR = Door(loopback=True, seconds=5)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_connection_to_an_address_that_is_not_public(case):
    decision, connects = judge(case)
    assert decision in {"BlockedAddress", "SourceUnavailable"}
    assert connects == 0


def test_the_suite_is_as_large_as_promised():
    assert len({case.url for case in CASES}) >= 37


def test_the_connect_hook_sees_a_connection():
    with serving({"/": response(b"hello")}) as server, recorded_connects() as targets:
        assert DOOR.fetch(server.url()).data == b"hello"
    assert targets == [("127.0.0.1", server.port)]


@pytest.mark.parametrize(
    "number", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001::1", "192.0.1.1", "172.32.0.1"]
)
def test_public_numbers_pass(number):
    assert is_public(number)


SPECIAL = (  # IANA's registries, written out: the first and the last number of each block
    *(("0.0.0.0", "0.255.255.255"), ("10.0.0.0", "10.255.255.255"), ("100.64.0.0", "100.127.255.255")),
    *(("127.0.0.0", "127.255.255.255"), ("169.254.0.0", "169.254.255.255"), ("172.16.0.0", "172.31.255.255")),
    *(("192.0.0.0", "192.0.0.255"), ("192.0.2.0", "192.0.2.255"), ("192.31.196.0", "192.31.196.255")),
    *(("192.52.193.0", "192.52.193.255"), ("192.88.99.0", "192.88.99.255"), ("192.168.0.0", "192.168.255.255")),
    *(("192.175.48.0", "192.175.48.255"), ("198.18.0.0", "198.19.255.255"), ("198.51.100.0", "198.51.100.255")),
    *(("203.0.113.0", "203.0.113.255"), ("224.0.0.0", "255.255.255.255"), ("168.63.129.16", "168.63.129.16")),
    *(("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
    *(("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"), ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")),
    *(("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff")),
    ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
)


@pytest.mark.parametrize(("first", "last"), SPECIAL)
def test_every_block_is_refused_from_its_first_number_to_its_last_and_no_further(first, last):
    low, high = ipaddress.ip_address(first), ipaddress.ip_address(last)
    assert not any(map(is_public, (first, last, str(low + (int(high) - int(low)) // 2))))
    whole = [(ipaddress.ip_address(one), ipaddress.ip_address(other)) for one, other in SPECIAL]
    for number in ([low - 1] if int(low) else []) + ([high + 1] if int(high) + 1 < 2**low.max_prefixlen else []):
        within = any(type(number) is type(one) and one <= number <= other for one, other in whole)
        assert is_public(str(number)) is not within


def test_what_is_no_number_is_not_public():
    assert not is_public("example.com")
    assert not is_public("2606:4700:4700::1111%eth0")  # a public number, but of one network card
    assert not is_loopback("example.com")


def test_a_name_is_resolved_once_and_the_checked_number_is_used():
    answers = iter([("127.0.0.1",), ("10.0.0.1",)])
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return next(answers)

    with serving({"/": response(b"first")}) as server, recorded_connects() as targets:
        door = Door(loopback=True, resolver=rebinding)
        assert door.fetch(f"http://news.example.com:{server.port}/").data == b"first"
        with pytest.raises(BlockedAddress, match="not on the public internet"):
            door.fetch(f"http://news.example.com:{server.port}/")
    assert asked == ["news.example.com", "news.example.com"]
    assert targets == [("127.0.0.1", server.port)]
    assert "Host: news.example.com" in server.requests[0]


def test_every_public_number_of_a_host_is_connected_to(monkeypatch):
    asked = []

    def refuse(backend, host, port, *limits):  # nothing leaves this machine
        asked.append((host, port))
        raise httpcore.ConnectError("closed for the night")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", refuse)
    numbers = ("93.184.215.14", "2606:4700:4700::1111")
    with pytest.raises(SourceUnavailable, match="closed for the night"):
        Door(resolver=lambda host, port: numbers).fetch("https://news.example.com/")
    assert asked == [(number, 443) for number in numbers]


def test_the_next_number_is_tried_when_one_does_not_accept():
    with serving({"/": response(b"here")}) as server:
        door = Door(loopback=True, resolver=lambda host, port: ("::1", "127.0.0.1"))
        assert door.fetch(f"http://news.example.com:{server.port}/").data == b"here"


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("http://10.0.0.1/", BlockedAddress),
        ("http://169.254.169.254/latest/", BlockedAddress),
        ("//192.168.0.1/", BlockedAddress),
        ("file:///etc/passwd", BlockedAddress),
        ("ftp://127.0.0.1/", BlockedAddress),
        ("http://user:secret@127.0.0.1/", BlockedAddress),
        ("http://[::1/", SourceUnavailable),
    ],
)
def test_a_redirect_is_checked_like_a_first_address(target, error):
    routes = {"/": response(b"", f"Location: {target}", status="302 Found")}
    with serving(routes) as server, recorded_connects() as targets, pytest.raises(error) as caught:
        DOOR.fetch(server.url())
    assert targets == [("127.0.0.1", server.port)]
    assert caught.value.source == server.url()
    assert "secret" not in str(caught.value)


def test_three_redirects_are_followed_and_a_fourth_is_not():
    routes = {f"/{step}": response(b"", f"Location: /{step + 1}", status="301 Moved Permanently") for step in range(9)}
    routes["/9"] = response(b"arrived", "Set-Cookie: id=1")
    with serving(routes) as server:
        assert DOOR.fetch(server.url("/6")) == Fetched(server.url("/9"), b"arrived")
        with pytest.raises(SourceUnavailable, match="more than 3"):
            DOOR.fetch(server.url("/5"))
    assert not any("cookie" in request.lower() for request in server.requests)


def test_a_redirect_loop_ends():
    routes = {"/": response(b"", "Location: /", status="302 Found")}
    with serving(routes) as server, pytest.raises(SourceUnavailable, match="more than 3"):
        DOOR.fetch(server.url())
    assert len(server.requests) == 4


def test_a_redirect_without_a_target_is_an_answer():
    with (
        serving({"/": response(b"", status="302 Found")}) as server,
        pytest.raises(SourceUnavailable, match="answered 302"),
    ):
        DOOR.fetch(server.url())


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with serving({"/": response(b"direct")}) as server:
        assert DOOR.fetch(server.url()).data == b"direct"


def _drip(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.05)


def _drip_headers(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for count in range(200):
        connection.sendall(b"X-%d: y\r\n" % count)
        time.sleep(0.05)


def _hang(connection, request):
    connection.recv(1)


@pytest.mark.parametrize("slow", [_drip, _drip_headers, _hang])
def test_one_deadline_for_the_whole_exchange(slow):
    with serving({"/": slow}) as server, pytest.raises(SourceUnavailable, match=r"no full answer within 0\.5 s"):
        Door(loopback=True, seconds=0.5).fetch(server.url())
    assert len(server.requests) == 1


def test_redirects_share_the_deadline():
    def slow_redirect(connection, request):
        time.sleep(0.3)
        connection.sendall(response(b"", "Location: /", status="302 Found"))

    with serving({"/": slow_redirect}) as server, pytest.raises(SourceUnavailable, match=r"within 0\.5 s"):
        Door(loopback=True, seconds=0.5).fetch(server.url())


def test_a_resolver_that_hangs_is_left_behind():
    late, asking = threading.Event(), []

    def hang(host, port):
        asking.append(threading.current_thread())
        late.wait(10)
        return ("127.0.0.1",)

    with serving({"/": response(b"late")}) as server, recorded_connects() as targets:
        with pytest.raises(SourceUnavailable, match="cannot be found"):
            Door(loopback=True, resolver=hang, seconds=0.2).fetch(f"http://news.example.com:{server.port}/")
        assert asking[0].daemon, "the program could not end before the resolver does"
        late.set()
    assert targets == []


@pytest.mark.parametrize("error", [OSError("no such name"), UnicodeError("label too long")])
def test_a_name_that_does_not_exist(error):
    def unknown(host, port):
        raise error

    with pytest.raises(SourceUnavailable, match=r"host example\.com cannot be found"):
        Door(resolver=unknown).fetch("http://example.com/")


def test_a_name_without_an_address():
    with pytest.raises(SourceUnavailable, match=r"host example\.com cannot be found"):
        Door(resolver=lambda host, port: ()).fetch("http://example.com/")


def test_an_answer_that_is_too_long():
    door = Door(loopback=True, max_bytes=1000)
    with serving({"/long": response(b"x" * 1001), "/just": response(b"x" * 1000)}) as server:
        assert len(door.fetch(server.url("/just")).data) == 1000
        with pytest.raises(SourceTooLarge) as caught:
            door.fetch(server.url("/long"))
    assert caught.value.limit == 1000


def test_gzip_is_unpacked_and_a_bomb_is_not():
    bomb = gzip.compress(bytes(50_000_000))
    routes = {
        "/good": response(gzip.compress(b"packed"), "Content-Encoding: gzip"),
        "/bomb": response(bomb, "Content-Encoding: gzip"),
        "/cut": response(gzip.compress(b"packed")[:-5], "Content-Encoding: gzip"),
        "/lie": response(b"not packed at all", "Content-Encoding: gzip"),
        "/other": response(b"?", "Content-Encoding: br"),
    }
    with serving(routes) as server:
        assert DOOR.fetch(server.url("/good")).data == b"packed"
        with pytest.raises(SourceTooLarge):
            DOOR.fetch(server.url("/bomb"))
        with pytest.raises(SourceUnavailable, match="cut short"):
            DOOR.fetch(server.url("/cut"))
        with pytest.raises(UnsupportedFormat, match="but is not"):
            DOOR.fetch(server.url("/lie"))
        with pytest.raises(UnsupportedFormat, match="'br'"):
            DOOR.fetch(server.url("/other"))


@pytest.mark.parametrize(
    "answer",
    [
        response(b"short", length=1000),
        b"HTTP/1.1 200 OK\r\nX-Big: " + b"y" * 10_000_000 + b"\r\n\r\nbody",
        b"this is not HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"no header " * 1000 + b"\r\n\r\n",
        b"",
        response(b"", status="500 Server Error"),
        response(b"", status="404 Not Found"),
        response(b"", status="401 Unauthorized"),
    ],
    ids=["cut", "header of 10 MB", "not HTTP", "long words", "nothing", "500", "404", "401"],
)
def test_an_answer_that_is_of_no_use(answer):
    with serving({"/": answer}) as server, pytest.raises(SourceUnavailable) as caught:
        DOOR.fetch(server.url())
    assert caught.value.source == server.url()
    told = caught.value.message.removeprefix("cannot be fetched (").removesuffix("); try again later")
    assert len(told) == 200 if b"no header" in answer else len(told) < 200


def test_a_login_is_said_so():
    with (
        serving({"/": response(b"", status="403 Forbidden")}) as server,
        pytest.raises(SourceUnavailable, match="login"),
    ):
        DOOR.fetch(server.url())


def test_what_dates_an_answer_is_kept_and_asked_with():
    fresh = response(
        b"feed", "Content-Type: application/rss+xml", 'ETag: "v1"', "Last-Modified: Mon, 02 Jan 2023 10:00:00 GMT"
    )

    def conditional(connection, request):
        known = b'If-None-Match: "v1"' in request and b"If-Modified-Since: Mon" in request
        connection.sendall(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n" if known else fresh)

    with serving({"/": conditional}) as server:
        first = DOOR.fetch(server.url())
        assert first == Fetched(server.url(), b"feed", "application/rss+xml", '"v1"', "Mon, 02 Jan 2023 10:00:00 GMT")
        assert DOOR.fetch(server.url(), etag=first.etag, last_modified=first.last_modified) is None


def test_fetch_uses_the_one_door(monkeypatch):
    monkeypatch.setattr(fetch_module, "DOOR", DOOR)
    unchanged = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    with serving({"/": response(b"in"), "/odd": unchanged}) as server:
        assert fetch(server.url()).data == b"in"
        with pytest.raises(SourceUnavailable, match="nothing changed"):
            fetch(server.url("/odd"))


def test_the_door_is_closed_to_loopback_unless_opened():
    with serving({"/": response(b"secret")}) as server, recorded_connects() as targets:
        with pytest.raises(BlockedAddress):
            fetch(server.url())
        with pytest.raises(BlockedAddress):
            fetch("http://127.0.0.1/")
    assert targets == []


def test_the_opened_door_leads_to_loopback_only():
    with pytest.raises(BlockedAddress), recorded_connects() as targets:
        Door(loopback=True, resolver=lambda host, port: ("10.0.0.1",)).fetch("http://example.com/")
    assert targets == []


def test_usual_addresses_pass_the_first_check():
    for url in ("http://example.com/a?b=c#d", "https://münchen.example/ä b"):
        check_address(url)
    for url in ("http://example.com:80/", "https://example.com:443/"):
        check_address(url)
    check_address("http://127.0.0.1:8080/", loopback=True)
    with pytest.raises(BlockedAddress, match="only the ports 80"):
        check_address("http://127.0.0.1:8080/")


@pytest.mark.parametrize("mark", ["\\", "\t", "\r", "\n", "\0", " ", "%"])
def test_no_mark_may_hide_the_host(mark):
    with pytest.raises(SourceUnavailable, match="not a well-formed address"):
        check_address(f"http://exam{mark}ple.com/")


@pytest.mark.parametrize("url", ["http://", "http:///path", "http://:80/", "https://?x"])
def test_an_address_without_a_host(url):
    with pytest.raises(SourceUnavailable, match="not a well-formed address") as caught:
        check_address(url)
    assert caught.value.source == url


@pytest.mark.parametrize(
    "url",
    [
        "https://ann:secret@example.com/",
        "ftp://ann:secret@example.com/",
        "https://ann:secret@example.com:443443/",
        "https://ann:sec/ret@example.com/",
        "https://ann:secret@[::1/",
        "https:\\\\ann:secret@example.com/",
    ],
)
def test_a_password_in_the_address_is_not_repeated(url):
    with pytest.raises((BlockedAddress, SourceUnavailable)) as caught:
        check_address(url)
    assert caught.value.source == f"{url.partition(':')[0]}://***"
    assert "ret" not in str(caught.value)


def test_an_address_that_leads_to_a_bad_one_is_named_in_its_place():
    for url in ("ftp://example.com/", "//ann@example.com/"):
        for source in ("https://short.example/7", ""):
            with pytest.raises(BlockedAddress, match="only http and https") as caught:
                check_address(url, source=source)
            assert caught.value.source == (source or url)


def test_the_limits_are_those_that_are_promised():
    assert (fetch_module.DOOR.seconds, fetch_module.DOOR.max_bytes, fetch_module.REDIRECTS) == (15.0, 10_000_000, 3)
    assert not fetch_module.DOOR.loopback
    assert fetch_module.DOOR.resolver is resolve


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(code):
    routes = {"/": response(b"", "Location: /on", status=f"{code} Moved"), "/on": response(b"arrived")}
    with serving(routes) as server:
        assert DOOR.fetch(server.url()).data == b"arrived"


@pytest.mark.parametrize("code", [201, 204, 206, 300, 305, 400, 401, 402, 403, 404, 407, 410, 429, 500, 503])
def test_every_other_answer_is_an_error_that_names_it(code):
    routes = {"/": response(b"", "Location: /on", status=f"{code} No"), "/on": response(b"arrived")}
    with serving(routes) as server, pytest.raises(SourceUnavailable, match=str(code)) as caught:
        DOOR.fetch(server.url())
    assert ("login" in str(caught.value)) is (code in {401, 402, 403, 407})


def test_what_is_asked_of_a_server_and_what_is_not():
    with serving({"/": response(b"here")}) as server:
        DOOR.fetch(server.url())
        DOOR.fetch(server.url(), etag='"v1"')
    plain, known = (request.lower() for request in server.requests)
    assert "accept-encoding: gzip, identity\r\n" in plain
    assert not any(word in plain for word in ("if-none-match", "if-modified-since", "cookie", "authorization"))
    assert 'if-none-match: "v1"' in known
    assert "if-modified-since" not in known


def test_the_systems_resolver_returns_numbers():
    assert resolve("127.0.0.1", 80) == ("127.0.0.1",)


def test_no_module_but_the_door_imports_an_http_client(project_sources):
    clients = ("httpx", "httpcore", "requests", "urllib.request", "urllib3", "aiohttp", "http.client")
    allowed = {"index/sources/fetch.py", "index/sources/guard.py"}
    found = {
        path
        for path, modules in project_sources.items()
        if any(module == name or module.startswith(f"{name}.") for module in modules for name in clients)
    }
    assert "index/sources/fetch.py" in found
    assert {path for path in found - allowed if not path.startswith("bot/telegram/")} == set()


@pytest.fixture
def project_sources(request):
    import ast

    root = request.config.rootpath
    sources = {}
    for path in [*root.glob("index/**/*.py"), *root.glob("bot/**/*.py")]:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
        sources[path.relative_to(root).as_posix()] = names
    return sources


def test_errors_are_ours():
    assert issubclass(BlockedAddress, SourceError)


@pytest.mark.check
def test_no_address_passes_that_a_peer_refuses():
    peer = pytest.importorskip("ssrfguard").DEFAULT_DENIED
    draw = random.Random(1)
    numbers = [str(ipaddress.IPv4Address(draw.getrandbits(32))) for _ in range(30_000)]
    numbers += [
        str(ipaddress.IPv6Address((draw.choice((0x2, 0x3)) << 124) | draw.getrandbits(124))) for _ in range(10_000)
    ]
    for block in [*addresses._IPV4, *addresses._IPV6, ipaddress.ip_network("::/3"), ipaddress.ip_network("4000::/2")]:
        edges = (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1)
        kind = type(block[0])
        numbers += [str(kind(edge)) for edge in edges if 0 <= edge < 2**block.max_prefixlen]
    passed = [number for number in numbers if is_public(number)]
    assert len(passed) > 20_000
    assert [number for number in passed if peer.classify(number).blocked] == []


def spelled(number, draw):
    """Return an IPv4 number in one of the ways that resolvers understand."""
    parts = [draw.choice((str, hex, lambda part: f"0{part:o}"))(int(part)) for part in str(number).split(".")]
    inside = [f"[::ffff:{number}]", f"[64:ff9b::{number}]", f"[2002:{int(number) >> 16:x}:{int(number) & 0xFFFF:x}::]"]
    return draw.choice([str(number), str(int(number)), hex(int(number)), ".".join(parts), *inside])


@how_often(200, 5000)
def test_no_connection_to_generated_addresses(count):
    draw = random.Random(draw_from("addresses"))
    numeric = resolver(())
    with recorded_connects() as targets:
        for _ in range(count):
            block = draw.choice(addresses._IPV4)
            number = block[draw.randrange(block.num_addresses)]
            with pytest.raises((BlockedAddress, SourceUnavailable)):
                Door(resolver=numeric, seconds=2).fetch(f"http://{spelled(number, draw)}/")
    assert targets == []
    print(f"P8: {count} addresses that are not public, 0 connections")
