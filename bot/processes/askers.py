"""Answer questions in parallel processes: a search needs the CPU, and the threads of one process share one.

Each process opens the library itself and sees what has been committed. Questions and replies are lines of JSON. If a
worker fails it returns null, and we ask again here, so that callers see the same exception.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple
from functools import lru_cache
from queue import LifoQueue
from typing import Any, NamedTuple

from index import Filter, Index, Reply, open_index
from index.engines import Login
from index.errors import EngineUnavailable
from index.forms.serial import reply_from_dict, reply_to_dict

from ..conversation import query

PATIENCE = 30.0
"""Seconds that one question may take; most take a thousandth of that."""

WHOLE = 500
"""Questions between two full garbage collections; after each other question only the youngest objects are collected."""

_RUN = f"import sys; sys.path[:] = sys.argv[1:]; from {__name__} import serve; serve()"

_SECRET = (
    "TELEGRAM_BOT_TOKEN",
    "PULLQUOTE_WEBHOOK_SECRET",
    "PULLQUOTE_OPENSEARCH_PASSWORD",
    "PULLQUOTE_OPENSEARCH_API_KEY",
    "PULLQUOTE_TOKENS",
)


def count_cores() -> int:
    """Return how many processors this process may use, 4 at most: more would only cost memory."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def count_readers() -> int:
    """Return how many threads should read the index at once: one for each asker, and one that need not wait for any."""
    return max(2, count_cores())


def parallelize(index: Index, address: str, login: Login | None) -> Index:
    """Return an index whose questions other processes answer; an index in memory is returned as it is."""
    return index if address.startswith("memory:") else ParallelIndex(index, address, login)


class ParallelIndex(Index):
    """An index whose questions are answered by other processes, one for each processor."""

    def __init__(self, index: Index, address: str, login: Login | None = None) -> None:
        super().__init__(index.engine, index.meaning)
        self._idle: LifoQueue[_Asker] = (
            LifoQueue()
        )  # last in, first out: the last to answer has most of the library cached
        for _ in range(count_cores()):
            self._idle.put(_Asker(address, login, meaning=index.meaning is not None))

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        filter: Filter | None = None,
        *,
        limit: int = 3,
        explain: bool = False,
        focus: tuple[int, int] | None = None,
    ) -> Reply:
        """Answer a question; see `Index.ask`.

        Raises:
            EngineUnavailable: the question takes too long, or kills each process that is asked.
        """
        told = self._hand_on(_write_question(question, history, filter, limit, explain=explain, focus=focus))
        if told is not None:
            return reply_from_dict(json.loads(told))
        return super().ask(question, history, filter, limit=limit, explain=explain, focus=focus)

    def propose(self, article_id: str, filter: Filter | None = None) -> Iterator[str]:
        """Yield questions made of the article's sentences; see `Index.propose`.

        Raises:
            UnknownArticle: there is no such article where the filter lets look.
            EngineUnavailable: making them takes too long, or kills each process that is asked.
        """
        told = self._hand_on({"propose": article_id, "filter": query.to_dict(filter or Filter())})
        return super().propose(article_id, filter) if told is None else iter(map(str, json.loads(told)["questions"]))

    def write_reply(self, asked: AskedInJson) -> bytes:
        """Return the reply to a question as the JSON that its process wrote; see `write_reply`."""
        told = self._hand_on(_write_question(*asked))
        return write_reply(Index(self.engine, self.meaning), asked) if told is None else told

    def _hand_on(self, form: dict[str, Any]) -> bytes | None:
        """Let the next idle process work, and return what it answers, None if it could not."""
        asker = self._idle.get()
        try:
            return asker.ask(form)
        finally:
            self._idle.put(asker)

    def close(self) -> None:
        """End the processes and close the index."""
        while not self._idle.empty():
            self._idle.get().close()
        super().close()


class AskedInJson(NamedTuple):
    """A question whose reply is wanted as JSON; as in `Index.ask`."""

    question: str
    history: tuple[str, ...] = ()
    filter: Filter | None = None
    limit: int = 3
    explain: bool = False


def write_reply(index: Index, asked: AskedInJson) -> bytes:
    """Return the reply to a question as one line of JSON; to make it a value, and that JSON again, costs a tenth more.

    Raises:
        EngineUnavailable: as `ParallelIndex.ask`.
    """
    if isinstance(index, ParallelIndex):
        return index.write_reply(asked)
    question, history, within, limit, explain = asked
    return json.dumps(reply_to_dict(index.ask(question, history, within, limit=limit, explain=explain))).encode()


def _write_question(
    question: str,
    history: Sequence[str],
    filter: Filter | None,
    limit: int,
    explain: bool,
    focus: tuple[int, int] | None = None,
) -> dict[str, Any]:
    return {
        "question": question,
        "history": list(history),
        "filter": query.to_dict(filter or Filter()),
        "limit": limit,
        "explain": explain,
        "focus": focus,
    }


class _Asker:
    """A process and the socket to it; it is restarted if it has ended."""

    def __init__(self, address: str, login: Login | None, *, meaning: bool) -> None:
        self._opening = {"address": address, "login": astuple(login) if login else None, "meaning": meaning}
        self._address = address
        self._start()

    def ask(self, form: dict[str, Any]) -> bytes | None:
        """Return the reply as JSON, None if the process could not answer.

        Raises:
            EngineUnavailable: it takes too long, or kills the process twice.
        """
        for _ in range(2):  # something other than this question may have ended the process
            try:
                self._write(form)
                line = self._lines.readline()
                if line:
                    return None if line == b"null\n" else line
            except TimeoutError:
                self._restart()
                break
            except OSError:
                pass
            self._restart()
        raise EngineUnavailable(self._address, "could not answer this question in its time; ask it in other words")

    def close(self) -> None:
        """End the process."""
        self._lines.close()
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _restart(self) -> None:
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
    """Answer the questions that arrive at standard input, a socket, until the caller ends or closes it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a supervisor sends it to all processes; the bot ends this one
    with socket.socket(fileno=0) as channel, channel.makefile("rb") as lines, suppress(OSError):
        opening = json.loads(lines.readline())
        login = Login(*opening["login"]) if opening["login"] else None
        library = lru_cache(maxsize=1)(lambda: open_index(opening["address"], login, meaning=opening["meaning"]))
        with suppress(Exception):  # open it before the first question, which will report any error
            library()
        # Collect garbage between questions, when there is little to look at: during one it costs a tenth of the time.
        gc.disable()
        gc.freeze()
        for number, line in enumerate(lines, 1):
            channel.sendall(json.dumps(answer(library, json.loads(line))).encode() + b"\n")
            gc.collect(0 if number % WHOLE else 2)


def answer(library: Callable[[], Index], form: dict[str, Any]) -> dict[str, Any] | None:
    """Return the reply to a question, or the questions that an article gives, in JSON forms; None if that fails."""
    within = query.from_dict(form["filter"])
    try:
        if "propose" in form:
            return {"questions": list(library().propose(form["propose"], within))}
        return reply_to_dict(library().ask(**(form | {"filter": within, "history": tuple(form["history"])})))
    except Exception:  # noqa: BLE001 - the caller asks again and gets the error itself
        return None
