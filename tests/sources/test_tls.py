"""What https promises: the host is who it says, the time is limited, and a cut answer is not taken for a whole one."""

import ssl
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import certifi
import httpcore
import pytest
import trustme

from index.errors import BlockedAddress, SourceUnavailable
from index.sources import fetch as fetch_module
from index.sources import guard as guard_module
from index.sources.fetch import Door
from tests.support.abuse_addresses import recorded_connects
from tests.support.loopback import response, serving

HOST = "news.example.com"


def serve_with(certificate):
    """The server's side of TLS with a certificate that trustme issued."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """Have the program trust this authority in place of the web's, by the very road that it takes to those."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setattr(certifi, "where", lambda: str(file))
    fetch_module._make_tls_context.cache_clear()
    yield authority
    fetch_module._make_tls_context.cache_clear()


def open_door(**limits):
    return Door(loopback=True, resolver=lambda host, port: ("127.0.0.1",), **limits)


def fetch_from(server, host=HOST, path="/", **limits):
    with recorded_connects() as targets:
        try:
            return open_door(**limits).fetch(f"https://{host}:{server.port}{path}")
        finally:
            assert targets == [("127.0.0.1", server.port)]  # loopback, once


def test_the_name_is_checked_though_the_connection_goes_to_a_number(trusted):
    down = response(b"", f"Location: http://{HOST}/", status="302 Found")
    with serving({"/": response(b"secure"), "/down": down}, serve_with(trusted.issue_cert(HOST))) as server:
        assert fetch_from(server).data == b"secure"
        with pytest.raises(BlockedAddress, match="https to http"):
            fetch_from(server, path="/down")
        with pytest.raises(SourceUnavailable, match="Hostname mismatch"):
            fetch_from(server, "other.example.com")
    assert len(server.requests) == 2


def test_a_redirect_from_https_to_https_is_followed(trusted):
    routes = {"/old": response(b"", "Location: /new", status="301 Moved Permanently"), "/new": response(b"moved")}
    with serving(routes, serve_with(trusted.issue_cert(HOST))) as server:
        found = open_door().fetch(f"https://{HOST}:{server.port}/old")
    assert (found.url, found.data) == (f"https://{HOST}:{server.port}/new", b"moved")


@pytest.fixture
def issue(trusted, tmp_path):
    """Return the server's side with one of the bad certificates, by name."""

    def issued(kind):
        yesterday, tomorrow = (datetime.now(UTC) + timedelta(days) for days in (-1, 1))
        match kind:
            case "expired":
                return serve_with(trusted.issue_cert(HOST, not_before=yesterday - timedelta(9), not_after=yesterday))
            case "of tomorrow":
                return serve_with(trusted.issue_cert(HOST, not_before=tomorrow))
            case "of a stranger":
                return serve_with(trustme.CA().issue_cert(HOST))
        stranger, file = trustme.CA(), tmp_path / "own.pem"
        file.write_bytes(stranger.private_key_pem.bytes() + stranger.cert_pem.bytes())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    return issued


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("expired", "has expired"),
        ("of tomorrow", "not yet valid"),
        ("of a stranger", "unable to get local issuer"),
        ("its own", "self-signed"),
    ],
)
def test_a_bad_certificate_gets_no_request(issue, kind, words):
    refused = pytest.raises(SourceUnavailable, match=f"certificate verify failed: .*{words}")
    with serving({"/": response(b"forged")}, issue(kind)) as server, refused:
        fetch_from(server)
    assert server.requests == []


def test_the_webs_own_authorities_do_not_vouch_for_a_stranger(authority):
    refused = pytest.raises(SourceUnavailable, match="certificate verify failed")
    with serving({"/": response(b"forged")}, serve_with(authority.issue_cert(HOST))) as server, refused:
        fetch_from(server)
    assert server.requests == []


def test_the_environment_vouches_for_nobody(authority, tmp_path, monkeypatch):
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    fetch_module._make_tls_context.cache_clear()
    refused = pytest.raises(SourceUnavailable, match="certificate verify failed")
    with serving({"/": response(b"forged")}, serve_with(authority.issue_cert(HOST))) as server, refused:
        fetch_from(server)
    assert server.requests == []
    fetch_module._make_tls_context.cache_clear()


@pytest.fixture
def clock(monkeypatch):
    """A clock for the exchange that only the test moves: `clock.now` in seconds."""
    moved = SimpleNamespace(now=1000.0, monotonic=lambda: moved.now)
    for module in (fetch_module, guard_module):
        monkeypatch.setattr(module, "time", moved)
    return moved


def test_the_deadline_holds_for_every_read_over_tls(trusted, clock):
    def late(connection, request):
        clock.now += 6  # before the first byte, so that whatever is read after it is read too late
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
        connection.sendall(b"late")  # a record of its own: one read never returns both

    refused = pytest.raises(SourceUnavailable, match="no full answer within 5 s")
    with serving({"/": late}, serve_with(trusted.issue_cert(HOST))) as server, refused:
        fetch_from(server, seconds=5)


def test_no_handshake_begins_when_the_time_is_over(trusted, clock):
    with serving({"/": response(b"late")}, serve_with(trusted.issue_cert(HOST))) as server:
        stream = guard_module.Guard(lambda host, port: ("127.0.0.1",), clock.now + 5).connect_tcp(HOST, server.port)
        clock.now += 5
        with pytest.raises(httpcore.ConnectTimeout, match="is over"):
            stream.start_tls(fetch_module._make_tls_context(), HOST)
        stream.close()


@pytest.mark.parametrize("whole", [True, False], ids=["ended by the server", "cut on the way"])
def test_an_answer_without_a_length_is_whole_only_if_the_server_ends_it(trusted, whole):
    def answer(connection, request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nThe mayor did not")
        if whole:
            connection.unwrap()

    with serving({"/": answer}, serve_with(trusted.issue_cert(HOST))) as server:
        if whole:
            assert fetch_from(server).data == b"The mayor did not"
        else:
            with pytest.raises(SourceUnavailable, match="UNEXPECTED_EOF"):
                fetch_from(server)
