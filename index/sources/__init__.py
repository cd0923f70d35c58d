"""Sources: bytes in, Article out. One table says which reader takes which bytes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ..errors import EmptyArticle, SourceError, SourceUnavailable
from ..model import Article
from . import feed
from .feed import Memory, look
from .job import Fidelity, Loaded
from .loading import in_parallel, load_address, load_bytes
from .readers import MAX_BYTES, READERS, check_size, endings

__all__ = [
    "Fidelity",
    "Loaded",
    "Memory",
    "load",
    "load_all",
    "load_article",
    "load_articles",
    "look",
    "read_bytes",
    "read_document",
]


def load_article(source: str | Path) -> Article:
    """Return the article in the file at this path, or at this http(s) address.

    Raises:
        SourceUnavailable: it cannot be opened or fetched, is a folder, or is no regular file.
        SourceTooLarge: it is larger than 20 million bytes or 5 million characters.
        UnsupportedFormat: its bytes are of no kind that is read here.
        UnsupportedLanguage: its text is not English.
        EmptyArticle: it holds no sentence that could be cited.
        BlockedAddress: the address is not a public one.
    """
    return load(source).article


def load_articles(source: str | Path) -> Iterator[Article | SourceError]:
    """Yield the articles of a file, a folder, a feed or an address; what cannot be read comes as its error.

    A folder is walked in the order of its names, with its folders. Hidden files are left out, and
    files whose names end as no format's do.
    """
    for item in load_all(source):
        yield item if isinstance(item, SourceError) else item.article


def load(source: str | Path) -> Loaded:
    """Return the article of a file or an address, and how faithful it is to what the source shows.

    Raises:
        SourceError: as `load_article` does.
    """
    if is_address(source):
        return load_address(str(source))
    return load_bytes(_read(Path(source)), str(source))


def load_all(source: str | Path) -> Iterator[Loaded | SourceError]:
    """Yield what `load_articles` does, each with its fidelity; two are read at once, in order."""
    if is_address(source):
        yield from feed.load_page_or_feed(str(source))
    elif not _is_folder(source):
        yield from feed.load_file_or_feed(partial(_read, Path(source)), str(source))
    else:
        count = 0
        for count, item in enumerate(in_parallel(load, walk(Path(source))), 1):  # noqa: B007 - whether any came
            yield item
        if not count:
            yield report_empty(source)


def report_empty(folder: str | Path) -> EmptyArticle:
    """Return the error for a folder that holds no file to read."""
    return EmptyArticle(str(folder), f"is a folder without articles; files that are read end in {endings()}")


def read_bytes(data: bytes, source: str) -> Article:
    """Return the article that the bytes hold; `source` is the name that helps to tell its format.

    Raises:
        SourceTooLarge: they are more than 20 million, or hold more than 5 million characters.
        UnsupportedFormat: they are of no kind that is read here.
        UnsupportedLanguage: the text is not English.
        EmptyArticle: they hold no sentence that could be cited.
    """
    return load_bytes(data, source).article


def is_address(source: str | Path) -> bool:
    """Tell whether the source is an http or https address rather than a path."""
    return isinstance(source, str) and re.match(r"https?://", source, re.IGNORECASE) is not None


def _is_folder(source: str | Path) -> bool:
    """Tell whether the path leads to a folder; one that cannot even be looked at does not."""
    try:
        return Path(source).is_dir()
    except (OSError, ValueError):
        return False


def walk(folder: Path) -> Iterator[Path | SourceError]:
    """Yield the files below the folder that may be articles, in the order of `load_all`, or why a folder is closed."""
    suffixes = {suffix for reader in READERS for suffix in reader.suffixes}
    closed: list[OSError] = []
    for here, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in suffixes:
                yield Path(here, name)
        while closed:
            yield _unavailable(closed[0].filename, closed.pop(0))
    while closed:
        yield _unavailable(closed[0].filename, closed.pop(0))


def _read(path: Path) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        SourceUnavailable: it cannot be opened, or is no regular file.
        SourceTooLarge: it is larger than 20 million bytes.
    """
    source = str(path)
    try:
        _check_regular(path.stat(), source)  # before opening: to open a device or a pipe may wait or do things
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            _check_regular(status, source)
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unavailable(source, error) from error


def _check_regular(status: os.stat_result, source: str) -> None:
    """Raise unless the status is that of a regular file within the limit."""
    if stat.S_ISDIR(status.st_mode):
        raise SourceUnavailable(source, "is a folder; name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise SourceUnavailable(source, "is no regular file; save the text to a file first")
    check_size(status.st_size, source)


def _unavailable(source: str, error: OSError | ValueError) -> SourceUnavailable:
    """Return the error for a source that the system does not let us read."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SourceUnavailable(source, f"cannot be read: {reason}; check the name and its permissions")
