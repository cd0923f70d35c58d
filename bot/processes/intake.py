"""Reading many sources at once: what analysis costs is shared among processes, and the order stays."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from itertools import chain, groupby, islice
from multiprocessing.synchronize import Event
from pathlib import Path

from index import Article
from index.errors import SourceError, SourceUnavailable
from index.sources import Loaded, is_address, load, load_all, report_empty, walk

FEW = 24
"""Files up to which one process reads all: two more take half a second to start."""

_CHUNK = 8  # files handed to a process at a time
_AHEAD = 4  # chunks that may wait for each process: bounds memory, whatever the number of files

_Result = Loaded | SourceError


def read(
    sources: Iterable[str], processes: int | None = None, held: Collection[str] = frozenset()
) -> Iterator[_Result]:
    """Yield the articles of files, folders, feeds and addresses in order; what cannot be read comes as its error.

    `processes` is how many read at once, None for one a core; `held` are files and addresses to pass over.
    """
    items = (item for item in chain.from_iterable(map(_items, sources)) if item not in held)
    first = list(islice(items, FEW + 1))
    count = processes or _cores()
    if len(first) <= FEW or count < 2:
        for item in chain(first, items):
            yield from _here(item)
    else:
        yield from _in_processes(chain(first, items), count)


def total(sources: Iterable[str], held: Collection[str] = frozenset()) -> int:
    """Return how many files and addresses there are to read, without reading any."""
    return sum(item not in held for item in chain.from_iterable(map(_items, sources)))


def from_text(data: bytes) -> Article:
    """Return the article of literal text, as standard input gives it.

    Raises:
        SourceError: it is no UTF-8 text, or holds no article.
    """
    try:
        return Article.from_text(data.decode("utf-8-sig"), source="-")
    except UnicodeDecodeError as error:
        raise SourceUnavailable("-", f"is no UTF-8 text ({error.reason}); save it to a file and add that") from error


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _items(source: str) -> Iterator[str | SourceError]:
    """Yield a folder's files, any other source as it is."""
    if is_address(source) or not Path(source).is_dir():
        yield source
        return
    empty = True
    for item in walk(Path(source)):
        empty = False
        yield item if isinstance(item, SourceError) else str(item)
    if empty:
        yield report_empty(source)


def _here(item: str | SourceError) -> Iterator[_Result]:
    if isinstance(item, SourceError):
        yield item
    else:
        yield from load_all(item)


def _in_processes(items: Iterator[str | SourceError], count: int) -> Iterator[_Result]:
    """Hand chunks of files to processes and yield what they make of them, in order; feeds and addresses stay here."""
    waiting: deque[Callable[[], Iterator[_Result]]] = deque()
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_attach, initargs=(stop,))
    try:
        for is_file, group in groupby(items, key=lambda item: isinstance(item, str) and not is_address(item)):
            while chunk := list(islice(group, _CHUNK)):
                if is_file:
                    waiting.append(_submitted(pool, [str(item) for item in chunk]))
                else:
                    waiting.extend(partial(_here, item) for item in chunk)
                while len(waiting) > _AHEAD * count:
                    yield from waiting.popleft()()
        while waiting:
            yield from waiting.popleft()()
    finally:
        stop.set()  # interrupted, or nobody asks for more: of a chunk only the file at hand is still read
        pool.shutdown(cancel_futures=True)  # with its thread still running, Python's own exit may fail on it


def _submitted(pool: ProcessPoolExecutor, files: list[str]) -> Callable[[], Iterator[_Result]]:
    try:
        return partial(_received, files, pool.submit(_load_files, files))
    except BrokenProcessPool:
        return partial(_again, files)


_stop: Event | None = None
"""In a process of the pool, what tells it to read no further file."""


def _attach(stop: Event) -> None:  # pragma: no cover - runs in another process
    """Leave Ctrl-C to the parent process, and end when it does: a killed one cannot tell its children."""
    global _stop  # noqa: PLW0603 - the one value that the parent gives a process
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


_Sent = Loaded | tuple[str, str]
"""What a process sends back: an article, or the source and message of an error, which cannot travel itself."""


def _load_files(files: list[str]) -> list[_Sent]:
    found: list[_Sent] = []
    for file in files:
        if _stop is not None and _stop.is_set():
            break
        try:
            found.append(load(file))
        except SourceError as error:
            found.append((error.source, error.message))
    return found


def _received(files: list[str], future: Future[list[_Sent]]) -> Iterator[_Result]:
    try:
        sent = future.result()
    except BrokenProcessPool:
        yield from _again(files)
        return
    for item in sent:
        yield SourceError(*item) if isinstance(item, tuple) else item


def _again(files: list[str]) -> Iterator[_Result]:
    """Read files here whose process was killed, for want of memory most likely."""
    return chain.from_iterable(map(load_all, files))


def raw_bytes(source: str) -> bytes | None:
    """Return the bytes of a file, None where the source is no file that can be read."""
    with suppress(OSError, ValueError):
        return Path(source).read_bytes()
    return None
