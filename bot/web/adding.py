"""The page that adds articles: a form for pasted text, a link or files, which works without a script."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from itertools import chain
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from index.citations import asking_page
from index.citations.markup import escape_text
from index.errors import SourceError
from index.sources import Loaded, load_all, load_parts

from .access import Caller, WebRight
from .backend import ADDING, find_backend, require
from .bodies import read_bytes, read_media_type
from .intake import ADDRESS, EVENTS, LARGEST_FILE, LONGEST_TEXT, TEXT, WebAddition, add_all, read_text, stream
from .layout import locate_article, make_frame, send_page, tell_people, write_alert
from .problems import HttpProblem, respond

MOST_FILES = 50
"""Files in one form; together they may have as many bytes as one alone."""

FORM = "multipart/form-data"

_ADDRESS = re.compile(r"https?://\S+", re.ASCII)
_AT_ONCE = 65_536  # bytes of a form that are read before others have their turn
_ENVELOPE = 100_000  # bytes of a form beside its files and its text


async def add(request: Request) -> Response:
    """Show the form or, of one that was sent, what became of it: step by step to a script, as a page to a browser."""
    if EVENTS not in request.headers.get("accept", ""):
        return await _show(request)
    try:
        require(request, WebRight.ADD, ADDING)
        with find_backend(request).count_adding():
            return stream(find_backend(request), await _read_addition(request))
    except HttpProblem as problem:
        return respond(problem)


@tell_people
async def _show(request: Request) -> Response:
    if request.method != "POST":
        caller = require(request, WebRight.ADD)
        return send_page(_write_page(caller, ""))
    caller = require(request, WebRight.ADD, ADDING)
    backend = find_backend(request)
    with backend.count_adding():
        try:
            addition = await _read_addition(request)
        except HttpProblem as problem:
            return send_page(_write_page(caller, write_alert(str(problem))), problem.status)
        await add_all(backend, addition)
    if len(addition.added) == 1 and not addition.failed:
        return RedirectResponse(locate_article(addition.added[0]["article"]["id"]), 303)
    return send_page(_write_page(caller, _write_results(addition)), 200 if addition.added else 422)


async def _read_addition(request: Request) -> WebAddition:
    """Return what a form asks to add: its files, then its text or the page at its link.

    Raises:
        HttpProblem: it is malformed, too large, or empty.
    """
    caller: Caller = request.scope["caller"]
    form = await _read_form(request)
    items = [_read_file(await each.read(), each.filename or "file") for each in _list_files(form)]
    await form.close()
    said = form.get("text", "")
    text = said.replace("\r\n", "\n").strip() if isinstance(said, str) else ""
    if text:
        items.append(_read_said(text))
    if not items:
        raise HttpProblem(422, "paste a text or a link, or choose a file; nothing was sent")
    return WebAddition(caller.scope().collections[0], chain.from_iterable(items))


def _list_files(form: FormData) -> list[UploadFile]:
    """Return the files; a browser sends one without name and content where none was chosen."""
    return [each for each in form.getlist("file") if isinstance(each, UploadFile) and (each.filename or each.size)]


def _read_file(data: bytes, name: str) -> Iterator[Loaded | SourceError]:
    return load_parts(data, re.split(r"[/\\]", name)[-1][:200] or "file", apart=True)


def _read_said(text: str) -> Iterator[Loaded | SourceError]:
    """Return the articles of what was pasted.

    Raises:
        HttpProblem: it is too long.
    """
    if _ADDRESS.fullmatch(text):
        return load_all(ADDRESS.read({"address": text})["address"])
    return read_text(TEXT.read({"text": text}))


async def _read_form(request: Request) -> FormData:
    """Return the fields of a form.

    Raises:
        HttpProblem: it is of another type, malformed or too large.
    """
    if read_media_type(request) != FORM:
        raise HttpProblem(415, f"send a form as {FORM}")
    data = await read_bytes(request, LARGEST_FILE + 4 * LONGEST_TEXT + _ENVELOPE)

    async def feed() -> AsyncGenerator[bytes, None]:
        for at in range(0, len(data), _AT_ONCE):
            yield data[at : at + _AT_ONCE]
            await asyncio.sleep(0)  # others go on

    parser = MultiPartParser(
        request.headers, feed(), max_files=MOST_FILES, max_fields=9, max_part_size=4 * LONGEST_TEXT
    )
    parser.spool_max_size = LARGEST_FILE  # it is in memory already
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise HttpProblem(400, f"the form cannot be read: {error.message}") from None


def _write_page(caller: Caller, told: str) -> str:
    return asking_page("Add articles", make_frame(caller), (), f"<h1>Add articles</h1>{told}{_FORM}")


_FORM = (
    f'<form class="add" method="post" action="/add" enctype="{FORM}"><label>The link to an article, or its text'
    f'<textarea name="text" rows="7" maxlength="{LONGEST_TEXT}"></textarea></label>'
    "<label>Files: pages, PDF, Word, e-books, mail, feeds and more"
    f'<input type="file" name="file" multiple></label>'
    f'<p class="facts">{LARGEST_FILE // 1_000_000} MB at most. The page at a link is fetched once.'
    '<span class="scripted"> Files and links may also be dropped on any page.</span></p><button>Add</button></form>'
)


def _write_results(addition: WebAddition) -> str:
    rows = [_write_added(each) for each in addition.added] + [_write_failed(each) for each in addition.failed]
    return f'<section aria-label="Result"><h2>Result</h2><ul class="results">{"".join(rows)}</ul></section>'


def _write_added(told: dict[str, Any]) -> str:
    card, sentences = told["article"], told["sentences"]
    name = escape_text(card["title"] or card["source"] or card["id"])
    state = (
        f"{sentences['found']} of {sentences['total']} sentences found in the source"
        if told["new"]
        else "was here before"
    )
    return f'<li><a href="{locate_article(card["id"])}">{name}</a> <span class="facts">{state}</span></li>'


def _write_failed(told: dict[str, Any]) -> str:
    name = f"{escape_text(str(told['source']))}: " if told.get("source") else ""
    return f'<li class="failed">Not added. {name}{escape_text(told["detail"])}</li>'


ROUTES = (Route("/add", add, methods=["GET", "POST"], name="add"),)
"""The page."""
