"""Load an article from bytes or an address, with its fidelity; untrusted formats are read in a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any, TypeVar

from ..errors import SourceError, UnsupportedFormat, state_fact
from ..language.identifier import identify
from ..model import Sentence, hash_text
from ..reading.article import choose_language, read_in
from ..reading.mixed import sample_body
from .job import Fidelity, Loaded, read_here
from .readers import detect_format

_Made = TypeVar("_Made")

PLAIN_BYTES = 200_000
"""The longest plain text, in bytes, that the caller's process reads: it takes 50 ms, 5 MB of " ." take minutes."""

_TEXTS = ("text/", *(f"application/{kind}" for kind in ("xhtml", "xml", "json", "rss", "atom")))


def load_bytes(data: bytes, source: str, *, url: str = "", apart: bool = False) -> Loaded:
    """Return the article in the bytes; `url` is where they came from, used if the source itself states none.

    With `apart` they are a stranger's, and even plain text is read in the worker.

    Raises:
        SourceError: see `sources.read_bytes`.
    """
    if detect_format(data, source).plain and len(data) <= PLAIN_BYTES and not apart:
        loaded = read_here(data, source)
    else:
        from .worker.pool import run

        loaded = check_reply(run("index.sources.job:read_as_dict", data, source), source)
    if url and not loaded.article.url:
        loaded = replace(loaded, article=replace(loaded.article, url=url))
    return loaded


def check_reply(reply: dict[str, Any], source: str) -> Loaded:
    """Return what a worker read; its reply is trusted no more than the bytes that it was given.

    Raises:
        UnsupportedFormat: the reply does not have the form that `read_as_dict` gives.
    """
    from ..forms.serial import article_from_dict

    try:
        article = article_from_dict(reply["article"] | {"sentences": []})
        sentences = tuple(map(_read_sentence, reply["sentences"]))
        omitted = tuple((str(text), str(why)) for text, why in reply["omitted"])
        told = Fidelity(int(reply["found"]), int(reply["total"]), tuple(map(str, reply["left_out"])), omitted)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise UnsupportedFormat(source, state_fact("made its reader fail; it may be made to do harm")) from error
    sound = all(0 <= each.start < each.end <= len(article.text) for each in sentences)
    if not sound or article.source != source or hash_text(article.text) != article.sha256:
        raise UnsupportedFormat(source, state_fact("made its reader fail; it may be made to do harm"))
    if reply.get("doubtful"):
        language = choose_language(source, identify(sample_body(article.text, article.paragraphs)) or article.language)
        if language.code != article.language:
            return Loaded(read_in(article, language), told)
    return Loaded(replace(article, sentences=sentences), told)


def _read_sentence(row: list[Any]) -> Sentence:
    number, paragraph, start, end, terms, heading = row
    return Sentence(
        int(number), int(paragraph), int(start), int(end), tuple(terms.split()), heading=tuple(heading.split())
    )


def load_address(address: str) -> Loaded:
    """Return the article at an http(s) address.

    Raises:
        SourceError: it cannot be fetched, or holds no article.
    """
    from .fetch import fetch

    fetched = fetch(address)
    return load_bytes(transcode(fetched.data, fetched.content_type), address, url=fetched.url, apart=True)


def load_in_parallel(
    load: Callable[[Any], _Made], sources: Iterable[Any], *, workers: int = 2, ahead: int = 8
) -> Iterator[_Made | SourceError]:
    """Yield what `load` makes of each source, in their order; an error is yielded in the place of its source.

    An item of `sources` that is itself a `SourceError` is passed on. At most `ahead` results wait.
    """
    from collections import deque
    from concurrent.futures import Future, ThreadPoolExecutor

    waiting: deque[Future[_Made | SourceError]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="pullquote-load") as pool:
        try:
            for source in sources:
                waiting.append(pool.submit(attempt, load, source))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def attempt(load: Callable[[Any], _Made], source: Any) -> _Made | SourceError:
    """Return what `load` makes of the source, or the error that it raises; a source that is an error is returned."""
    if isinstance(source, SourceError):
        return source
    try:
        return load(source)
    except SourceError as error:
        return error


def transcode(data: bytes, content_type: str) -> bytes:
    """Return text in the encoding that the server states as UTF-8 with its mark: browsers trust the server first."""
    said = content_type.strip().lower()
    value = said.partition("charset")[2].lstrip()
    if not value.startswith("=") or not said.startswith(_TEXTS):
        return data
    name = "".join(takewhile(lambda ch: ch.isalnum() or ch in "._:-", value[1:].lstrip().lstrip("\"'")[:40]))
    name = "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else name
    if name.replace("-", "") == "utf8" or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return data
    try:
        return b"\xef\xbb\xbf" + data.decode(name).encode("utf-8", "surrogatepass")
    except (UnicodeError, LookupError):
        return data
