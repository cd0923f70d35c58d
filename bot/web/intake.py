"""The route that adds articles: a text, a file, or what is at an address; told step by step if that is asked for."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from index import article_from
from index.errors import PullquoteError, SourceError
from index.sources import Fidelity, Loaded, load_all, load_parts

from .access import Caller, WebRight
from .backend import ADDING, Backend, find_backend, require
from .bodies import read_bytes, read_json, read_media_type, write_json
from .fields import DateField, Form, TextField
from .holdings import describe_card
from .narrowing import COLLECTION
from .problems import HttpProblem, describe_problem, write_problem

LONGEST_TEXT = 200_000
"""Characters of a text in JSON: it is read in this process, in some 50 ms. A longer one is sent as a file."""

LARGEST_FILE = 20_000_000
"""Bytes of a file."""

SILENCE = 15.0
"""Seconds after which a stream says that it is alive: what stands between us and the client may cut it else."""

FILE = "application/octet-stream"
EVENTS = "text/event-stream"

_ADDRESS = re.compile(r"https?://\S+", re.ASCII)
_FILE_NAME = re.compile(r"[^/\\\x00-\x1f]+", re.ASCII)

TEXT = Form(
    {
        "text": TextField(LONGEST_TEXT, about="the words, an empty line between two paragraphs"),
        "title": TextField(500, about="the headline, if it does not stand in the text"),
        "published": DateField("when it was published"),
        "source": TextField(500, about="where it comes from, such as a newspaper"),
        "url": TextField(2000, _ADDRESS, "the address of its page, for links; nothing is fetched"),
    },
    required=("text",),
    example={"text": "The bridge was closed at noon, the city said.", "title": "Bridge closed"},
)

ADDRESS = Form(
    {"address": TextField(2000, _ADDRESS, "a page or a feed on the public web")},
    required=("address",),
)

WHERE = Form(
    {
        "name": TextField(200, _FILE_NAME, "the name of a file, whose ending helps to tell its format"),
        "collection": COLLECTION,
    }
)


@dataclass(slots=True)
class WebAddition:
    """What is to be added, one item after the other, and what has become of it so far."""

    collection: str
    items: Iterator[Loaded | SourceError]
    added: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"format": 1, "collection": self.collection, "added": self.added, "failed": self.failed}


async def add(request: Request) -> Response:
    """Add articles to a collection: the first of the caller's, or the one that is named."""
    backend = find_backend(request)
    require(request, WebRight.ADD, ADDING)
    with backend.count_adding():
        addition = await _read_addition(request)
        if EVENTS in request.headers.get("accept", ""):
            return stream(backend, addition)
        await add_all(backend, addition)
    if addition.added:
        return write_json(addition.to_dict(), 201 if any(each["new"] for each in addition.added) else 200)
    if len(addition.failed) == 1:
        return write_problem(addition.failed[0])
    raise HttpProblem(422, "nothing in it could be added", failed=addition.failed)


async def _read_addition(request: Request) -> WebAddition:
    """Return what the body asks to add.

    Raises:
        HttpProblem: it is malformed, or the collection is not the caller's.
    """
    caller: Caller = request.scope["caller"]
    where = WHERE.read_query(request.query_params.multi_items())
    collection = caller.scope([where["collection"]] if "collection" in where else ()).collections[0]
    if read_media_type(request) == FILE:
        data = await read_bytes(request, LARGEST_FILE)
        return WebAddition(collection, load_parts(data, where.get("name", "file"), apart=True))
    value = await read_json(request, 12 * LONGEST_TEXT)  # a character may be written in twelve bytes
    if isinstance(value, dict) and "address" in value:
        return WebAddition(collection, load_all(ADDRESS.read(value)["address"]))
    return WebAddition(collection, read_text(TEXT.read(value)))


def read_text(form: Mapping[str, Any]) -> Iterator[Loaded | SourceError]:
    """Yield the article of a text in the form `TEXT`, or why it is none."""
    known = {name: form[name] for name in ("title", "published", "source", "url") if name in form}
    try:
        article = article_from(form["text"], **known)
    except SourceError as error:
        yield error
    else:
        yield Loaded(article, Fidelity(article.length, article.length))


async def add_all(backend: Backend, addition: WebAddition) -> None:
    """Add all of it."""
    async for _ in _add_each(backend, addition):
        pass


def stream(backend: Backend, addition: WebAddition) -> Response:
    """Return the response that adds all of it and tells each event as it happens."""
    return StreamingResponse(_stream(backend, addition), media_type=EVENTS)


async def _add_each(backend: Backend, addition: WebAddition) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Add one item after the other, and yield what became of each: "added" or "failed", and what there is to tell."""
    while (item := await backend.load(next, addition.items, None)) is not None:
        kind = "failed"
        if isinstance(item, SourceError):
            told = describe_problem(item)
        else:
            try:
                new = await backend.change(backend.index.add, item.article, addition.collection)
            except PullquoteError as error:
                told = describe_problem(error)
            else:
                kind, sentences = "added", {"found": item.fidelity.found, "total": item.fidelity.total}
                told = {"article": describe_card(item.article), "new": bool(new), "sentences": sentences}
        (addition.added if kind == "added" else addition.failed).append(told)
        backend.metrics.added.labels(kind).inc()
        yield kind, told


async def _stream(backend: Backend, addition: WebAddition) -> AsyncIterator[str]:
    """Yield the events of an addition: "reading", then "added" or "failed" for each article, and "done" at the end."""
    backend.adding += 1
    coming: asyncio.Future[tuple[str, dict[str, Any]] | None] | None = None
    events = _add_each(backend, addition)
    try:
        yield _write_event("reading", {"format": 1, "collection": addition.collection})
        while True:
            coming = asyncio.ensure_future(_take_next(events))
            while not (await asyncio.wait({coming}, timeout=SILENCE))[0]:
                yield ": still reading\n\n"
            if (event := coming.result()) is None:
                break
            yield _write_event(*event)
        yield _write_event("done", addition.to_dict())
    finally:
        backend.adding -= 1
        if coming is not None:
            coming.cancel()


async def _take_next(events: AsyncIterator[tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, Any]] | None:
    return await anext(events, None)


def _write_event(name: str, value: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(value)}\n\n"
