"""Read many sources at once: several processes share the analysis, and the order is kept."""

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
from index.sources import Columns, Loaded, is_address, load_all, load_file, report_empty, walk

FEW = 24
"""Files up to which one process reads all: starting two more takes half a second."""

_CHUNK = 8  # files handed to a process at a time
_AHEAD = 4  # chunks that may wait for each process, which bounds memory for any number of files

_Result = Loaded | SourceError


def read(
    sources: Iterable[str],
    processes: int | None = None,
    held: Collection[str] = frozenset(),
    columns: Columns | None = None,
) -> Iterator[_Result]:
    """Yield the articles of files, folders, feeds and addresses in order; what cannot be read is yielded as its error.

    `processes` is how many read at once, None for one per core; `held` are files and addresses to skip; `columns` says
    where tables have text, headline and date.
    """
    items = (item for item in chain.from_iterable(map(_list_items, sources)) if item not in held)
    first = list(islice(items, FEW + 1))
    count = processes or _count_cores()
    if len(first) <= FEW or count < 2:
        for item in chain(first, items):
            yield from _read_here(item, columns)
    else:
        yield from _read_in_processes(chain(first, items), count, columns)


def count_sources(sources: Iterable[str], held: Collection[str] = frozenset()) -> int:
    """Return how many files and addresses there are to read, without reading any."""
    return sum(item not in held for item in chain.from_iterable(map(_list_items, sources)))


def read_text(data: bytes) -> Article:
    """Return the article of literal text, as standard input gives it.

    Raises:
        SourceError: it is not UTF-8 text, or holds no article.
    """
    try:
        return Article.from_text(data.decode("utf-8-sig"), source="-")
    except UnicodeDecodeError as error:
        raise SourceUnavailable("-", f"is no UTF-8 text ({error.reason}); save it to a file and add that") from error


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _list_items(source: str) -> Iterator[str | SourceError]:
    """Yield the files of a folder; any other source as it is."""
    if is_address(source) or not Path(source).is_dir():
        yield source
        return
    empty = True
    for item in walk(Path(source)):
        empty = False
        yield item if isinstance(item, SourceError) else str(item)
    if empty:
        yield report_empty(source)


def _read_here(item: str | SourceError, columns: Columns | None) -> Iterator[_Result]:
    if isinstance(item, SourceError):
        yield item
    else:
        yield from load_all(item, columns)


def _read_in_processes(items: Iterator[str | SourceError], count: int, columns: Columns | None) -> Iterator[_Result]:
    """Read chunks of files in processes and yield their results in order; feeds and addresses are read here."""
    waiting: deque[Callable[[], Iterator[_Result]]] = deque()
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_attach, initargs=(stop,))
    try:
        for is_file, group in groupby(items, key=lambda item: isinstance(item, str) and not is_address(item)):
            while chunk := list(islice(group, _CHUNK)):
                if is_file:
                    waiting.append(_submit(pool, [str(item) for item in chunk], columns))
                else:
                    waiting.extend(partial(_read_here, item, columns) for item in chunk)
                while len(waiting) > _AHEAD * count:
                    yield from waiting.popleft()()
        while waiting:
            yield from waiting.popleft()()
    finally:
        stop.set()  # interrupted, or no more is wanted: each process finishes only the file that it is reading
        pool.shutdown(cancel_futures=True)  # Python's exit may fail while its thread still runs


def _submit(pool: ProcessPoolExecutor, files: list[str], columns: Columns | None) -> Callable[[], Iterator[_Result]]:
    again = partial(_read_again, files, columns)
    try:
        return partial(_receive, pool.submit(_load_files, files, columns), again)
    except BrokenProcessPool:
        return again


_stop: Event | None = None
"""In a process of the pool: set when it must not start another file."""


def _attach(stop: Event) -> None:  # pragma: no cover - runs in another process
    """Leave Ctrl-C to the parent process, and end when it ends, even if it is killed."""
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
"""What a process sends back: an article, or the source and message of an error, which cannot be pickled."""


def _load_files(files: list[str], columns: Columns | None = None) -> list[_Sent]:
    found: list[_Sent] = []
    for file in files:
        if _stop is not None and _stop.is_set():
            break
        found += [
            (item.source, item.message) if isinstance(item, SourceError) else item for item in load_file(file, columns)
        ]
    return found


def _receive(future: Future[list[_Sent]], again: Callable[[], Iterator[_Result]]) -> Iterator[_Result]:
    try:
        sent = future.result()
    except BrokenProcessPool:
        yield from again()
        return
    for item in sent:
        yield SourceError(*item) if isinstance(item, tuple) else item


def _read_again(files: list[str], columns: Columns | None) -> Iterator[_Result]:
    """Read the files of a process that was killed here, most likely because memory ran out."""
    return chain.from_iterable(load_all(file, columns) for file in files)


def read_raw_bytes(source: str) -> bytes | None:
    """Return the bytes of a file, None if the source is not a readable file."""
    with suppress(OSError, ValueError):
        return Path(source).read_bytes()
    return None
