"""The server as a process: it tells where it listens, answers, keeps its secrets, and leaves nothing behind."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest
import trustme

from bot.web import bodies, server
from tests.support.fake_cluster import FakeLibrary, Nodes
from tests.support.make_library import made
from tests.support.paths import ROOT
from tests.support.replies import HARBOUR
from tests.web.conftest import DESK, READER, TOKENS, bear, listening


@contextmanager
def running(folder, **environment):
    """Run the server on a free port; yields its process and address. Its stderr goes to the file `told`."""
    env = os.environ | {"PULLQUOTE_INDEX": f"disk:{folder / 'library'}", "PYTHONPATH": str(ROOT)} | environment
    with (folder / "told").open("wb") as told:
        command = [sys.executable, "-m", "bot", "serve", "--listen", "127.0.0.1:0"]
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=told)
    try:
        yield process, find_address(process, folder / "told")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def find_address(process, told):
    for _ in range(6000):
        if found := re.search(r"listening at (http://\S+)/;", told.read_text()):
            return found[1]
        try:
            process.wait(0.01)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(told.read_text())


def children(process):
    command = ["ps", "-o", "pid=", "--ppid", str(process.pid)]
    listed = subprocess.run(command, check=False, capture_output=True, text=True)
    return [int(word) for word in listed.stdout.split()]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals and ps of Unix")
def test_it_answers_until_a_signal_stops_it_and_leaves_no_process_behind(tmp_path):
    with running(tmp_path) as (process, address):
        file = {"content": HARBOUR.encode(), "headers": {"content-type": "application/octet-stream"}}
        assert httpx.post(f"{address}/v1/articles", params={"name": "a.txt"}, timeout=60, **file).status_code == 201
        reply = httpx.post(f"{address}/v1/ask", json={"question": "Who blamed a worn cable?"}, timeout=60).json()
        assert reply["verdict"] == "answered"
        assert reply["passages"][0]["article"]["source"] == "a.txt"
        askers = children(process)
        assert askers
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        for pid in askers:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_no_secret_is_told_at_any_level(tmp_path):
    env = {"PULLQUOTE_TOKENS": TOKENS.reveal(), "PULLQUOTE_LOG_LEVEL": "debug", "PULLQUOTE_HEALTH_PORT": "0"}
    with running(tmp_path, **env) as (process, address):
        assert httpx.get(f"{address}/v1/articles", headers=bear(DESK)).status_code == 200
        assert httpx.get(f"{address}/", auth=("reader", READER)).status_code == 200
        for headers in (bear(f"{DESK}x"), bear(READER)):
            for sent in ({"json": {"question": DESK}}, {"content": b"{", "headers": {"x-other": READER}}):
                told = httpx.post(f"{address}/v1/ask", **{**sent, "headers": headers | sent.get("headers", {})})
                assert READER not in told.text
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    said = (tmp_path / "told").read_text()
    assert "listening" in said
    for secret in (DESK, READER):
        assert secret not in said
    assert all(json.loads(line) for line in said.splitlines() if line.startswith("{"))


def test_the_body_of_a_response_does_not_wait_for_an_answer_to_its_head(index, monkeypatch):
    seen, make = [], server._ImpatientProtocol.connection_made

    def connection_made(self, transport):
        make(self, transport)
        seen.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(server._ImpatientProtocol, "connection_made", connection_made)
    with listening(index) as address:
        assert httpx.get(f"{address}/openapi.json").status_code == 200
    assert seen == [1]


HEAD = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    ("before", "sent"),
    [
        (b"", b""),
        (b"", b"GET /openapi.json HT"),
        (b"", HEAD),
        (HEAD + b"\r\n", b"GET /openapi"),
        (HEAD + b"Content-Length: 9\r\n\r\n", b"x"),
    ],
)
def test_a_request_that_never_ends_holds_no_connection(index, monkeypatch, before, sent):
    """The server closes it, also where a request was answered before, or the body of one is still to come."""
    monkeypatch.setattr(server, "HEAD_PATIENCE", 0.2)
    with listening(index) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection, connection.makefile("rb") as told:
            if before:
                connection.sendall(before)
                head = b"".join(iter(told.readline, b"\r\n")).decode()
                assert json.loads(told.read(int(re.search(r"content-length: (\d+)", head)[1])))["openapi"]
            connection.sendall(sent)
            assert told.read() == b""


def test_a_request_that_comes_in_pieces_is_answered(index, monkeypatch):
    with listening(index) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection, connection.makefile("rb") as told:
            for piece in (HEAD[:10], HEAD[10:], b"Connection: close\r\n", b"\r\n"):
                connection.sendall(piece)
            assert told.readline().split()[1] == b"200"


def test_a_body_that_does_not_arrive_is_told_so(index, monkeypatch):
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)
    with listening(index) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection, connection.makefile("rb") as told:
            head = b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            connection.sendall(head + b'Content-Length: 50\r\n\r\n{"question":')
            assert told.readline().split()[1] == b"408"
            assert b"did not arrive within 0.2 s" in told.read()


def test_no_secret_of_a_cluster_is_told_at_any_level(tmp_path):
    """An account of AWS signs what is asked of the library; what signs writes down its steps, if it is let."""
    issuer, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.cert_pem.write_to_path(tmp_path / "ca.pem")
    issuer.issue_cert("127.0.0.1").configure_cert(tls)
    nodes = Nodes(FakeLibrary([(made(["The pier is closed."]), ("default",))]).answer)
    nodes.servers[0].socket = tls.wrap_socket(nodes.servers[0].socket, server_side=True)
    env = {
        "PULLQUOTE_INDEX": nodes.address,
        "PULLQUOTE_OPENSEARCH_CA": str(tmp_path / "ca.pem"),
        "PULLQUOTE_OPENSEARCH_AWS_REGION": "eu-central-1",
        "PULLQUOTE_MEANING": "off",
        "PULLQUOTE_LOG_LEVEL": "debug",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "canary-secret-51d0",
        "AWS_SESSION_TOKEN": "canary-session-51d0",
    }
    with running(tmp_path, **env) as (process, address):
        assert httpx.get(f"{address}/v1/articles", timeout=60).json()["articles"]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    nodes.close()
    assert all("canary-session" in headers["x-amz-security-token"] for *_, headers in nodes.requests)
    assert "canary" not in (tmp_path / "told").read_text()
