"""Workers on a system that cannot fork and has no limits, such as Windows."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.errors import UnsupportedFormat
from index.sources.worker import pool, sandbox, spawned
from tests.support.paths import ROOT
from tests.support.replies import HARBOUR

BLOCKED = """
import os, signal, socket, sys
for module, names in (os, "fork pidfd_open geteuid O_NOFOLLOW O_CLOEXEC O_NONBLOCK sched_getaffinity"), (
    socket, "send_fds recv_fds AF_UNIX"), (signal, "setitimer SIGALRM SIGPROF pidfd_send_signal"):
    for name in names.split():
        delattr(module, name) if hasattr(module, name) else None
from bot.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def alone(monkeypatch):
    """Start workers as on a system that cannot fork; their time is a second."""
    pool.close()
    monkeypatch.setattr(spawned, "can_fork", lambda: False)
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 1)
    monkeypatch.setattr(pool, "_GRACE", 0.5)
    yield
    pool.close()


def test_a_document_is_read_in_a_process_that_was_not_forked(alone, monkeypatch):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 30)
    for number in range(2):
        found = pool.run("index.sources.job:read_as_dict", HARBOUR.encode(), f"{number}.txt")
        assert "worn cable" in str(found)
    assert len(pool._idle) == 1
    assert pool._template._process is None


def test_what_never_ends_is_killed_from_outside(alone):
    with pytest.raises(UnsupportedFormat, match="could not be read within"):
        pool.run("tests.support.hostile_jobs:sleep", b"", "endless.txt")
    assert pool._idle == []


def test_a_connection_of_somebody_else_is_closed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = []
        word = b"w" * 16
        waiting = threading.Thread(target=lambda: found.append(spawned._accept(server, word, time.monotonic() + 60)))
        waiting.start()
        with socket.create_connection(server.getsockname()) as stranger:
            stranger.sendall(b"x" * 16)
            assert stranger.recv(1) == b""
        with socket.create_connection(server.getsockname()) as ours:
            ours.sendall(word)
            waiting.join()
            assert found[0].getpeername() == ours.getsockname()
            found[0].close()


def test_the_command_works_without_fork_and_the_modules_of_unix(tmp_path: Path):
    for name in ("resource", "fcntl", "pwd", "grp"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('this system has none')\n", "utf-8")
    (tmp_path / "harbour.txt").write_text(HARBOUR, "utf-8")
    known = {
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
        "PULLQUOTE_INDEX": f"disk:{tmp_path / 'library'}",
        "HOME": str(tmp_path),
    }

    def call(*arguments: str) -> str:
        command = [sys.executable, "-c", BLOCKED, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "added 1 article" in call("add", "harbour.txt")
    assert "[1] She blamed a worn cable" in call("ask", "Who blamed a worn cable?")
    assert "exported" not in call("export", "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text("utf-8").count("\n") == 1
    assert call("read", "1", "-o", "page.html") == "page.html\n"
    assert "removed" in call("remove", "1")
