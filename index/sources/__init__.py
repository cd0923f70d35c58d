"""Sources: bytes in, Article out. The table in `readers.py` says which function reads which format."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..errors import EmptyArticle, SourceError, SourceUnavailable
from ..model import Article
from . import containers, feed
from .containers import load_parts
from .feed import Memory, look
from .job import Fidelity, Loaded
from .loading import load_address, load_bytes, load_in_parallel
from .parts import Columns
from .readers import FORMATS, MAX_BYTES, check_size, list_endings

__all__ = [
    "Columns",
    "Fidelity",
    "Loaded",
    "Memory",
    "load",
    "load_all",
    "load_article",
    "load_articles",
    "load_bytes",
    "load_file",
    "load_parts",
    "look",
    "read_bytes",
    "read_document",
]


def load_article(source: str | Path) -> Article:
    """Return the article in the file at this path, or at this http(s) address.

    Raises:
        SourceUnavailable: it cannot be opened or fetched, is a folder, or is not a regular file.
        SourceTooLarge: it is larger than 20 million bytes or 5 million characters.
        UnsupportedFormat: its bytes are in no format that we read.
        UnsupportedLanguage: its text is not English.
        EmptyArticle: it holds no sentence that could be cited.
        BlockedAddress: the address is not a public one.
    """
    return load(source).article


def load_articles(source: str | Path) -> Iterator[Article | SourceError]:
    """Yield the articles of a file, a folder, a feed or an address; what cannot be read is yielded as its error.

    A folder is walked in the order of its names, subfolders included. Hidden files are left out, and
    so are files whose extension is no format's.
    """
    for item in load_all(source):
        yield item if isinstance(item, SourceError) else item.article


def load(source: str | Path) -> Loaded:
    """Return the article of a file or an address, and how much of it was found in what the source shows.

    Raises:
        SourceError: as `load_article` does.
    """
    if is_address(source):
        return load_address(str(source))
    file, mark, name = str(source).rpartition("#")
    if mark and not Path(source).exists() and Path(file).is_file():
        return feed.load_named(_read(Path(file)), file, name)
    return _note_file(load_bytes(_read(Path(source)), str(source)), source)


def load_file(source: str | Path, columns: Columns | None = None) -> Iterator[Loaded | SourceError]:
    """Yield the articles in a file, many if it is a mailbox or the like; what cannot be read comes as its error.

    An article that is one of many has no file of its own; its source is the file's, "#" and its name there. `columns`
    is as in `load_all`.
    """
    try:
        data = _read(Path(source))
    except SourceError as error:
        yield error
        return
    for item in containers.load_parts(data, str(source), columns):
        is_whole = isinstance(item, Loaded) and item.article.source == str(source)
        yield _note_file(item, source) if isinstance(item, Loaded) and is_whole else item


def load_all(source: str | Path, columns: Columns | None = None) -> Iterator[Loaded | SourceError]:
    """Yield what `load_articles` yields, each article with its fidelity; two are read at a time, in order.

    `columns` says where a table or JSON has text, headline and date; it is left out of account elsewhere.
    """
    if is_address(source):
        yield from feed.load_page_or_feed(str(source))
    elif not _is_folder(source):
        for item in feed.load_file_or_feed(partial(_read, Path(source)), str(source), columns):
            is_whole = isinstance(item, Loaded) and item.article.source == str(source)
            yield _note_file(item, source) if isinstance(item, Loaded) and is_whole else item
    else:
        count = 0
        for count, found in enumerate(load_in_parallel(partial(_load_all_of, columns), walk(Path(source))), 1):  # noqa: B007 - any at all?
            yield from [found] if isinstance(found, SourceError) else found
        if not count:
            yield report_empty(source)


def _load_all_of(columns: Columns | None, file: Path) -> list[Loaded | SourceError]:
    """Return the articles of a file of a folder; the addresses in a feed are not followed."""
    return list(load_file(file, columns))


def report_empty(folder: str | Path) -> EmptyArticle:
    """Return the error for a folder that holds no file to read."""
    return EmptyArticle(str(folder), f"is a folder without articles; files that are read end in {list_endings()}")


def read_bytes(data: bytes, source: str, *, apart: bool = False) -> Article:
    """Return the article in the bytes; `source` is a name, whose extension helps to tell the format.

    With `apart` they are a stranger's: whatever their format, they are read in a process of its own.

    Raises:
        SourceTooLarge: there are more than 20 million, or they hold more than 5 million characters.
        UnsupportedFormat: they are in no format that we read.
        UnsupportedLanguage: the text is not English.
        EmptyArticle: they hold no sentence that could be cited.
    """
    return load_bytes(data, source, apart=apart).article


def is_address(source: str | Path) -> bool:
    """Tell whether the source is an http or https address, not a path."""
    return isinstance(source, str) and re.match(r"https?://", source, re.IGNORECASE) is not None


def locate(source: str | Path) -> str:
    """Return the absolute path of a file; links in the names of its folders are followed, its own name is kept."""
    path = Path(source)
    return str(Path(os.path.realpath(path.parent), path.name))


def _note_file(loaded: Loaded, source: str | Path) -> Loaded:
    """Return what was read from a file with the file's path."""
    return replace(loaded, article=replace(loaded.article, file=locate(source)))


def _is_folder(source: str | Path) -> bool:
    """Tell whether the path leads to a folder; False if it cannot even be looked up."""
    try:
        return Path(source).is_dir()
    except (OSError, ValueError):
        return False


def walk(folder: Path) -> Iterator[Path | SourceError]:
    """Yield the files below the folder that may be articles, in the order of `load_all`, or a folder's error."""
    return (item for item in _walk_all(folder) if isinstance(item, SourceError) or _is_read(item))


def list_unread(folder: Path) -> Iterator[Path]:
    """Yield the files below the folder that `walk` passes over because their endings are no format's."""
    return (item for item in _walk_all(folder) if not isinstance(item, SourceError) and not _is_read(item))


def _walk_all(folder: Path) -> Iterator[Path | SourceError]:
    """Yield all files below the folder that are not hidden, in the order of their names, or a folder's error."""
    closed: list[OSError] = []
    for here, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here, name) for name in sorted(files) if not name.startswith("."))
        while closed:
            yield _explain_unavailable(closed[0].filename, closed.pop(0))
    while closed:
        yield _explain_unavailable(closed[0].filename, closed.pop(0))


def _is_read(file: Path) -> bool:
    return any(file.name.lower().endswith(row.suffixes) and not row.alone for row in FORMATS)


def _read(path: Path) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        SourceUnavailable: it cannot be opened, or is not a regular file.
        SourceTooLarge: it is larger than 20 million bytes.
    """
    source = str(path)
    try:
        _check_regular(path.stat(), source)  # before opening: opening a device or a pipe may block or have effects
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            _check_regular(status, source)
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _explain_unavailable(source, error) from error


def _check_regular(status: os.stat_result, source: str) -> None:
    """Raise a `SourceError` unless the status is that of a regular file within the limit."""
    if stat.S_ISDIR(status.st_mode):
        raise SourceUnavailable(source, "is a folder; name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise SourceUnavailable(source, "is no regular file; save the text to a file first")
    check_size(status.st_size, source)


def _explain_unavailable(source: str, error: OSError | ValueError) -> SourceUnavailable:
    """Return the error to raise for a file that cannot be read, with the system's reason."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SourceUnavailable(source, f"cannot be read: {reason}; check the name and its permissions")
