"""Jobs that misbehave in every way a parser can; the worker's tests run them."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from index.errors import EmptyArticle, SourceTooLarge, UnsupportedLanguage


def echo(data, source):
    return {"size": len(data), "source": source, "process": os.getpid(), "text": data[:20].decode("latin-1")}


def environment(data, source):
    return dict(os.environ)


def segfault(data, source):
    ctypes.string_at(0)


def abort(data, source):
    os.abort()


def leave(data, source):
    os._exit(0)


def spin(data, source):
    while True:
        pass


def sleep(data, source):
    time.sleep(100)


def ignore_signals_and_sleep(data, source):
    for number in (signal.SIGALRM, signal.SIGPROF, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(100)


def take_memory(data, source):
    return {"size": len([bytearray(10_000_000) for _ in range(200)])}


def reply_too_long(data, source):
    return {"text": "x" * 70_000_000}


def reply_no_json(data, source):
    return {"text": object()}


def raise_fault(data, source):
    raise ZeroDivisionError("half a parser")


def raise_recursion(data, source):
    return raise_recursion(data, source)


def raise_empty(data, source):
    raise EmptyArticle(source, "holds nothing")


def raise_large(data, source):
    raise SourceTooLarge(source, "is large", 7)


def raise_language(data, source):
    raise UnsupportedLanguage(source, "is in French", "fr")


def _attempt(action):
    try:
        action()
    except OSError as error:
        return f"refused {error.errno}"
    return "done"


def forbidden(data, source):
    """Try what a parser never needs, and tell what became of it; `data` is a folder."""
    folder = data.decode()
    parent = os.getppid()
    old = Path(folder, "old")
    return {
        "socket": _attempt(socket.socket),
        "pair": _attempt(socket.socketpair),
        "write": _attempt(Path(folder, "new").touch),
        "append": _attempt(lambda: os.open(old, os.O_APPEND | os.O_WRONLY)),
        "delete": _attempt(old.unlink),
        "rename": _attempt(lambda: old.rename(Path(folder, "other"))),
        "folder": _attempt(Path(folder, "sub").mkdir),
        "link": _attempt(lambda: Path(folder, "link").symlink_to(folder)),
        "mode": _attempt(lambda: old.chmod(0)),
        "fork": _attempt(os.fork),
        "program": _attempt(lambda: subprocess.run([sys.executable, "-V"], check=False)),
        "replace": _attempt(lambda: os.execv(sys.executable, [sys.executable, "-V"])),
        "kill": _attempt(lambda: os.kill(parent, 0)),
        "read": _attempt(old.read_bytes),
    }
