"""Read files that hold many articles: mailboxes, messages of an agency, tables, exports, web archives.

Such a file is cut into its parts in the worker, and each part is then read like a file of its own, so that one that
is damaged or made to do harm takes no other with it.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib import import_module
from typing import Any, cast

from ..errors import EmptyArticle, SourceError, UnsupportedFormat, state_fact
from ..reading.document import Document
from .job import Loaded
from .loading import load_bytes, load_in_parallel
from .parts import Columns, Part, check_count, list_as_dict
from .readers import detect_format, read_document

Split = Callable[[bytes, str], list[Part]]


def load_parts(
    data: bytes, source: str, columns: Columns | None = None, *, apart: bool = False
) -> Iterator[Loaded | SourceError]:
    """Yield the articles in the bytes, in their order; what cannot be read is yielded as its error.

    With `apart` they are a stranger's: even plain text is read in a process of its own.
    """
    try:
        parts = _list_parts(data, source, columns)
        if not parts:
            yield load_bytes(data, source, apart=apart)
            return
    except SourceError as error:
        yield error
        return
    yield from load_in_parallel(lambda part: _load_part(part, source), parts)


def load_named_part(data: bytes, source: str, name: str) -> Loaded:
    """Return the article of this name within the bytes.

    Raises:
        SourceError: there is none, or it cannot be read.
    """
    for part in _list_parts(data, source):
        if part.name == name:
            return _load_part(part, source)
    raise UnsupportedFormat(f"{source}#{name}", state_fact("is not in the file any more; add the file again"))


def _load_part(part: Part, source: str) -> Loaded:
    return load_bytes(part.data, part.url or f"{source}#{part.name}", url=part.url, apart=True)


def _list_parts(data: bytes, source: str, columns: Columns | None = None) -> list[Part]:
    """Return the parts of the file, [] if it is one article by itself.

    Raises:
        SourceError: it cannot be cut, or has too many parts.
    """
    row = detect_format(data, source)
    if not row.split:
        return []
    from .worker.pool import run

    job = "index.sources.containers:split_as_dict"
    if columns is not None and row.split.startswith("records:"):
        job, data = "index.sources.records:split_named_as_dict", json.dumps(asdict(columns)).encode() + b"\n" + data
    reply = run(job, data, source)
    try:
        return [Part(str(name), b64decode(written), str(url)) for name, written, url in reply["parts"]]
    except (ValueError, TypeError, KeyError) as error:
        raise UnsupportedFormat(source, state_fact("made its reader fail; it may be made to do harm")) from error


def split_as_dict(data: bytes, source: str) -> dict[str, Any]:
    """Return the parts of the bytes as one JSON object; runs in a worker.

    Raises:
        SourceError: they cannot be cut, or have too many parts.
    """
    return list_as_dict(split(data, source))


def split(data: bytes, source: str) -> list[Part]:
    """Return the parts of the bytes, [] if they are one article by themselves.

    Raises:
        SourceError: they cannot be cut, or have too many parts.
    """
    module, _, name = detect_format(data, source).split.partition(":")
    if not name:
        return []
    return check_count(cast("Split", getattr(import_module(f"{__package__}.{module}"), name))(data, source), source)


def read_only_part(data: bytes, source: str) -> Document:
    """Return the text of the one article in the bytes.

    Raises:
        UnsupportedFormat: there are several.
        EmptyArticle: there is none.
        SourceError: it cannot be read.
    """
    parts = split(data, source)
    if not parts:
        raise EmptyArticle(source, state_fact("holds no article; there is nothing to add"))
    if len(parts) > 1:
        raise UnsupportedFormat(source, f"holds {len(parts):,} articles; `pullquote add` reads them all")
    return read_document(parts[0].data, f"{source}#{parts[0].name}")
