"""The routes that ask: questions, searches and digests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index import Filter, Index
from index.asking.understand import LONGEST_QUESTION
from index.digest import DigestKind, digest_to_dict

from ..conversation import query
from ..pages.render import hit_to_dict
from ..processes.askers import AskedInJson, write_reply
from .access import WebRight
from .backend import Backend, find_backend, require
from .bodies import read_json, write_json, write_raw
from .fields import ChoiceField, Form, TextField, TruthField, WholeField
from .narrowing import NARROWING, make_filter
from .problems import HttpProblem

KINDS = tuple(str(kind) for kind in DigestKind if kind not in (DigestKind.LIST, DigestKind.COMPARE))

_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)

CONVERSATION = TextField(
    64, _NAME, "a name of your choice: a question may go on from those that were asked under it in the last hour"
)

CONVERSATION_HEADER = "Pullquote-Conversation"
"""The header that names a conversation where the body does not."""

ASK = Form(
    {
        "question": TextField(LONGEST_QUESTION, about="in English; filters such as since:2024 may stand in it"),
        "conversation": CONVERSATION,
        **NARROWING,
        "limit": WholeField(1, 50, "passages at most; 3 where nothing is said"),
        "explain": TruthField("whether the reply tells how its first citation was weighed"),
    },
    required=("question",),
    example={"question": "How many people were taken to safety?"},
)

SEARCH = Form(
    {
        "words": TextField(LONGEST_QUESTION, about="passages that hold any of them are found"),
        **NARROWING,
        "limit": WholeField(1, 1000, "passages at most; 10 where nothing is said"),
    },
    required=("words",),
    example={"words": "boats rescue"},
)

DIGEST = Form(
    {
        "kind": ChoiceField(KINDS, "what is told of the article; latest is of all articles"),
        "article": TextField(64, about="its id, or the beginning of it; not needed if there is only one"),
        "of": TextField(200, about="whose words, which person; of latest, the topic"),
        **NARROWING,
    },
    required=("kind",),
    example={"kind": "latest"},
)


async def ask(request: Request) -> Response:
    """Answer a question; see `Index.ask`."""
    caller = require(request, WebRight.ASK)
    form = ASK.read(await read_json(request))
    backend = find_backend(request)
    talk = (caller.name, _name_conversation(request, form))
    history = backend.talks.get(talk) if talk[1] else ()
    question, within = _split(form["question"], make_filter(caller, form))
    asked = AskedInJson(question, history, within, form.get("limit", 3), form.get("explain", False))
    told = await backend.kept.get(asked, backend.find_revision, lambda: backend.ask(_answer, backend, asked))
    if talk[1]:
        backend.talks.add(talk, question)
    return write_raw(told)


def _name_conversation(request: Request, form: Mapping[str, Any]) -> str:
    """Return the name of the conversation that a question belongs to, "" for none; that in the body counts first.

    Raises:
        HttpProblem: the header is malformed.
    """
    header = request.headers.get(CONVERSATION_HEADER)
    named = "" if header is None else CONVERSATION.read(header, f"the header {CONVERSATION_HEADER}")
    return str(form.get("conversation", named))


def _answer(backend: Backend, asked: AskedInJson) -> bytes:
    within = query.resolve(backend.index, asked.filter) if asked.filter else None
    told = write_reply(backend.index, asked._replace(filter=within))
    backend.metrics.replies.labels(json.loads(told)["verdict"]).inc()
    return told


def _split(text: str, within: Filter) -> tuple[str, Filter]:
    """Return the words without filters, and the filter with them.

    Raises:
        HttpProblem: a filter cannot be read.
    """
    try:
        return query.split(text, within)
    except ValueError as error:
        raise HttpProblem(422, str(error)) from None


async def search(request: Request) -> Response:
    """List the passages that hold some words, best first."""
    caller = require(request, WebRight.ASK)
    form = SEARCH.read(await read_json(request))
    backend = find_backend(request)
    words, within = _split(form["words"], make_filter(caller, form))
    hits = await backend.ask(_search, backend.index, words, within, form.get("limit", 10))
    return write_json({"format": 1, "hits": hits})


def _search(index: Index, words: str, within: Filter, limit: int) -> list[dict[str, Any]]:
    within = query.resolve(index, within)
    found = index.search(words, limit, within)
    cards = {key: index.article(key, within).card for key in {hit.passage.article_id for hit in found}}
    return [hit_to_dict(hit, cards[hit.passage.article_id]) for hit in found]


async def tell(request: Request) -> Response:
    """Tell what an article says of itself, or what is new."""
    caller = require(request, WebRight.ASK)
    form = DIGEST.read(await read_json(request))
    backend = find_backend(request)
    within = make_filter(caller, form)
    told = await backend.ask(_tell, backend.index, form["kind"], form.get("article", ""), form.get("of", ""), within)
    return write_json(told)


def _tell(index: Index, kind: str, article: str, of: str, within: Filter) -> dict[str, Any]:
    return digest_to_dict(index.digest(kind, article, of, query.resolve(index, within)))
