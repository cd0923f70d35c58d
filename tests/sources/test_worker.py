"""The worker: whatever untrusted bytes make a parser do, the caller gets one error and goes on."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.errors import (
    EmptyArticle,
    SourceError,
    SourceTooLarge,
    SourceUnavailable,
    UnsupportedFormat,
    UnsupportedLanguage,
)
from index.sources.worker import channel, pool, sandbox
from index.sources.worker.child import answer
from index.sources.worker.pool import run
from tests.support import hostile_jobs
from tests.support.paths import ROOT

linux = pytest.mark.skipif(sys.platform != "linux", reason="system calls are filtered on Linux only")


def job(name):
    return f"tests.support.hostile_jobs:{name}"


def test_bytes_go_in_and_one_value_comes_out():
    data = bytes(range(256)) * 10_000
    told = run(job("echo"), data, "a\u00e9b.bin")
    assert (told["size"], told["source"]) == (len(data), "a\u00e9b.bin")
    assert told["process"] != os.getpid()


def test_a_worker_is_used_again_and_replaced_after_its_documents(monkeypatch):
    pool.close()
    monkeypatch.setattr(pool, "DOCUMENTS", 3)
    processes = [run(job("echo"), b"", "x")["process"] for _ in range(6)]
    assert processes[0] == processes[1] == processes[2] != processes[3] == processes[4] == processes[5]


def test_the_callers_environment_stays_out(monkeypatch):
    pool.close()
    monkeypatch.setenv("TELEGRAM_TOKEN", "canary")
    assert "canary" not in str(run(job("environment"), b"", "x"))


@pytest.mark.parametrize("name", ["segfault", "abort", "leave", "reply_too_long"])
def test_a_crash_is_one_error(name):
    with pytest.raises(UnsupportedFormat, match="could not be read within 10 s of CPU, 20 s or 512 MB") as caught:
        run(job(name), b"", "bad.pdf")
    assert caught.value.source == "bad.pdf"
    assert run(job("echo"), b"next", "x")["text"] == "next"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("raise_fault", "ZeroDivisionError"),
        ("raise_recursion", "RecursionError"),
        ("take_memory", "512 MB"),
        ("reply_no_json", "TypeError"),
    ],
)
def test_a_fault_is_one_error_and_ends_the_worker(name, told):
    before = run(job("echo"), b"", "x")["process"]
    with pytest.raises(UnsupportedFormat, match=told):
        run(job(name), b"", "bad.pdf")
    assert run(job("echo"), b"", "x")["process"] != before


def test_errors_of_ours_come_back_as_they_were():
    with pytest.raises(EmptyArticle, match=r"^a\.pdf: holds nothing$") as empty:
        run(job("raise_empty"), b"", "a.pdf")
    assert empty.value.source == "a.pdf"
    with pytest.raises(SourceTooLarge) as large:
        run(job("raise_large"), b"", "a.pdf")
    assert large.value.limit == 7
    with pytest.raises(UnsupportedLanguage) as language:
        run(job("raise_language"), b"", "a.pdf")
    assert language.value.language == "fr"


@linux
def test_the_network_other_processes_and_writing_are_taken_away(tmp_path):
    (tmp_path / "old").write_text("stays")
    told = run(job("forbidden"), str(tmp_path).encode(), "x")
    assert told.pop("read") == "done"
    assert set(told.values()) == {"refused 1"}
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old").read_text() == "stays"


def test_documents_are_read_two_at_a_time():
    processes = []
    barrier = threading.Barrier(5)

    def work():
        barrier.wait()
        processes.extend(run(job("echo"), b"x" * 100_000, "x")["process"] for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(processes) == 25
    assert 1 <= len(set(processes)) <= pool.WORKERS


def test_an_idle_worker_that_died_does_not_cost_the_next_document():
    os.kill(run(job("echo"), b"", "x")["process"], signal.SIGKILL)
    time.sleep(0.05)
    assert run(job("echo"), b"next", "x")["text"] == "next"


def test_the_template_is_started_anew_when_it_was_killed():
    run(job("echo"), b"", "x")
    template = pool._template._process
    template.kill()
    template.wait()
    pool._idle.pop().close()
    assert run(job("echo"), b"next", "x")["text"] == "next"
    assert pool._template._process is not template


def test_an_interrupt_ends_the_worker(monkeypatch):
    run(job("echo"), b"", "x")
    busy = pool._idle[-1]

    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(pool, "receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(job("echo"), b"", "x")
    monkeypatch.undo()
    assert busy._socket.fileno() == -1
    assert run(job("echo"), b"next", "x")["text"] == "next"


def test_a_template_that_cannot_start_is_said_so(monkeypatch):
    pool.close()
    monkeypatch.setattr(pool, "_TEMPLATE", "raise SystemExit(1)")
    with pytest.raises(SourceUnavailable, match="cannot be started"):
        run(job("echo"), b"", "x")
    monkeypatch.undo()
    assert run(job("echo"), b"next", "x")["text"] == "next"


def test_a_forked_copy_of_the_caller_has_workers_of_its_own():
    ours = run(job("echo"), b"", "x")["process"]
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            theirs = run(job("echo"), b"", "x")["process"]
            os.write(writer, json.dumps([theirs]).encode())
            pool.close()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        (theirs,) = json.load(pipe)
    os.waitpid(child, 0)
    assert theirs != ours
    assert run(job("echo"), b"", "x")["process"] == ours


def test_workers_end_with_the_program_even_when_it_is_killed():
    script = (
        "import os, sys\nfrom index.sources.worker.pool import run\n"
        "print(run('tests.support.hostile_jobs:echo', b'', 'x')['process'], flush=True)\nsys.stdin.read()"
    )
    program = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    process = int(program.stdout.readline())
    program.kill()
    program.communicate()
    for _ in range(100):
        if not Path(f"/proc/{process}").exists():
            return
        time.sleep(0.05)
    raise AssertionError("the worker outlives the program")


def test_a_script_without_a_main_guard_can_read_a_page(tmp_path):
    page = "<html><body><h1>Ferry</h1><p>The ferry stops in June, the union said on Monday.</p></body></html>"
    (tmp_path / "page.html").write_text(page)
    (tmp_path / "script.py").write_text("from index import load_article\nprint(load_article('page.html').length)\n")
    root = ROOT
    done = subprocess.run(
        [sys.executable, "script.py"],
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.check
@pytest.mark.parametrize(("name", "seconds"), [("spin", 10), ("sleep", 20), ("ignore_signals_and_sleep", 25)])
def test_time_is_limited_from_inside_and_from_outside(name, seconds):
    began = time.monotonic()
    with pytest.raises(UnsupportedFormat):
        run(job(name), b"", "x")
    assert time.monotonic() - began >= seconds * 0.9  # it was the limit, and not a crash, that ended it
    assert run(job("echo"), b"next", "x")["text"] == "next"


# What runs in the child, called here where coverage sees it.


def answered(name, data=b""):
    return json.loads(answer(job(name), data, "x"))


def test_answers_in_this_process():
    assert answered("echo", b"abc")["result"]["size"] == 3
    assert answered("raise_large") == {"error": "SourceTooLarge", "message": "is large", "fact": 7}
    assert answered("raise_fault") == {"fault": "ZeroDivisionError"}
    assert answered("reply_no_json") == {"fault": "TypeError"}
    assert answered("no_such_job") == {"fault": "AttributeError"}


def test_memory_errors_are_told(monkeypatch):
    def hungry(data, source):
        raise MemoryError

    monkeypatch.setattr(hostile_jobs, "echo", hungry)
    assert answered("echo") == {"fault": "more than 512 MB of memory"}


def test_messages_have_a_limit_and_an_end():
    one, other = socket.socketpair()
    with one, other:
        channel.send(one, b"12345")
        assert channel.receive(other, 5) == b"12345"
        channel.send(one, b"123456")
        assert channel.receive(other, 5) is None
        one.close()
        other.recv(6)
        assert channel.receive(other, 5) is None


def test_a_late_reply_is_none():
    one, other = socket.socketpair()
    with one, other, pytest.raises(TimeoutError):
        channel.receive(other, 5, time.monotonic() - 1)


def test_the_filter_is_whole_instructions_and_unknown_machines_have_none():
    for machine in ("x86_64", "aarch64"):
        program = sandbox._assemble_filter(machine)
        assert len(program) % 8 == 0
        assert len(program) // 8 < 4096  # the kernel's limit
    assert sandbox._assemble_filter("z80") == b""


def test_clocks_start_and_stop():
    sandbox.start_clock()
    assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] < sandbox.WALL_SECONDS + 1
    assert 0 < signal.getitimer(signal.ITIMER_PROF)[0] < sandbox.CPU_SECONDS + 1
    sandbox.stop_clock()
    assert signal.getitimer(signal.ITIMER_REAL) == signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_every_error_the_worker_can_send_is_a_source_error():
    for kind in SourceError.__subclasses__():
        reply = {"error": kind.__name__, "message": "m", "fact": "fr" if kind is UnsupportedLanguage else 1}
        with pytest.raises(kind):
            pool._read_result(reply, "x")


@pytest.mark.parametrize(
    "reply",
    [
        None,
        [],
        {},
        {"result": 7},
        {"error": "annotations", "message": "m", "fact": None},
        {"error": "UnknownArticle", "message": "m", "fact": None},
        {"error": "SourceTooLarge", "message": "m", "fact": "many"},
        {"error": 7, "message": [], "fact": None},
        {"fault": {}},
    ],
)
def test_a_reply_of_another_form_is_an_error(reply):
    with pytest.raises(UnsupportedFormat, match="could not be read"):
        pool._read_result(reply, "x")
