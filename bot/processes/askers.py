"""Questions answered in processes beside the bot's own: a search computes, and all Python of a process takes turns.

Each process opens the library for itself and sees what has been committed. A question goes in as a line of JSON, its
reply comes out as one. An error is told as none, and the question asked here once more, so that errors are the same.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import astuple
from functools import lru_cache
from queue import LifoQueue
from typing import Any

from index import Filter, Index, Reply, open_index
from index.engines import Login
from index.errors import EngineUnavailable
from index.forms.serial import reply_from_dict, reply_to_dict

from ..conversation import query

PATIENCE = 30.0
"""Seconds that one question may take; a thousandth is usual."""

WHOLE = 500
"""Questions after which all that is kept is looked through for what is no longer used, not only the last one's."""

_RUN = "import sys; sys.path[:] = sys.argv[1:]; from bot.processes.askers import serve; serve()"

_SECRET = ("TELEGRAM_BOT_TOKEN", "PULLQUOTE_WEBHOOK_SECRET", "PULLQUOTE_OPENSEARCH_PASSWORD")


def cores() -> int:
    """Return how many processors this process may use, 4 at most: further ones would only take memory."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def beside(index: Index, address: str, login: Login | None) -> Index:
    """Return the index with its questions answered by other processes; as it is where it is in this one's memory."""
    return index if address.startswith("memory:") else Beside(index, address, login)


class Beside(Index):
    """An index whose questions are answered by other processes, as many at once as there are processors."""

    def __init__(self, index: Index, address: str, login: Login | None = None) -> None:
        super().__init__(index.engine)
        self._idle: LifoQueue[_Asker] = LifoQueue()  # the one that answered last has most of the library at hand
        for _ in range(cores()):
            self._idle.put(_Asker(address, login))

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        filter: Filter | None = None,
        *,
        limit: int = 3,
        explain: bool = False,
    ) -> Reply:
        """Answer a question; see `Index.ask`.

        Raises:
            EngineUnavailable: the question takes too long, or ends each process that it is put to.
        """
        form = {
            "question": question,
            "history": list(history),
            "filter": query.to_dict(filter or Filter()),
            "limit": limit,
            "explain": explain,
        }
        asker = self._idle.get()
        try:
            told = asker.told(form)
        finally:
            self._idle.put(asker)
        if told is not None:
            return reply_from_dict(told)
        return super().ask(question, history, filter, limit=limit, explain=explain)

    def close(self) -> None:
        """End the processes and close the index; questions under way are waited for."""
        while not self._idle.empty():
            self._idle.get().close()
        super().close()


class _Asker:
    """A process and the socket to it; started anew when it is gone."""

    def __init__(self, address: str, login: Login | None) -> None:
        self._opening = {"address": address, "login": astuple(login) if login else None}
        self._address = address
        self._start()

    def told(self, form: dict[str, Any]) -> dict[str, Any] | None:
        """Return the reply in its JSON form, None where the question cannot be answered there.

        Raises:
            EngineUnavailable: it takes too long, or ends the process, twice.
        """
        for _ in range(2):  # the process may have been ended by something else than this question
            try:
                self._write(form)
                line = self._lines.readline()
                if line:
                    found: dict[str, Any] | None = json.loads(line)
                    return found
            except TimeoutError:
                self._again()
                break
            except OSError:
                pass
            self._again()
        raise EngineUnavailable(self._address, "could not answer this question in its time; ask it in other words")

    def close(self) -> None:
        """End the process."""
        self._lines.close()
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _again(self) -> None:
        self.close()
        self._start()

    def _start(self) -> None:
        self._socket, end = socket.socketpair()
        self._socket.settimeout(PATIENCE)
        self._lines = self._socket.makefile("rb")
        with end:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-c", _RUN, *sys.path],
                stdin=end.fileno(),
                stdout=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if name not in _SECRET},
                start_new_session=True,  # Ctrl-C is for the caller
            )
        self._write(self._opening)

    def _write(self, form: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(form).encode() + b"\n")


def serve() -> None:  # pragma: no cover - runs in the child
    """Answer the questions that come in at standard input, a socket, until the caller ends or closes it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a supervisor sends it to all processes; the bot ends this one
    with socket.socket(fileno=0) as channel, channel.makefile("rb") as lines, suppress(OSError):
        opening = json.loads(lines.readline())
        login = Login(*opening["login"]) if opening["login"] else None
        library = lru_cache(maxsize=1)(lambda: open_index(opening["address"], login))
        with suppress(Exception):  # the first question need not wait for it; an error is told then
            library()
        # Between two questions little is alive that could be rubbish; in the midst of one, the search takes a tenth.
        gc.disable()
        gc.freeze()
        for number, line in enumerate(lines, 1):
            channel.sendall(json.dumps(answered(library, json.loads(line))).encode() + b"\n")
            gc.collect(0 if number % WHOLE else 2)


def answered(library: Callable[[], Index], form: dict[str, Any]) -> dict[str, Any] | None:
    """Return the reply to a question, both in their JSON forms, None where it ends in an error."""
    given = form | {"filter": query.from_dict(form["filter"]), "history": tuple(form["history"])}
    try:
        return reply_to_dict(library().ask(**given))
    except Exception:  # noqa: BLE001 - the caller asks again, and shows what comes of it
        return None
