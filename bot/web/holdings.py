"""The routes that show what is here: lists of articles, and one article with its text."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index import Filter, Index
from index.errors import UnknownArticle
from index.forms.serial import article_to_dict, card_to_dict
from index.model import Card
from index.stories import is_embargoed

from ..conversation import query
from ..conversation.versions import read_clock
from .access import WebRight
from .backend import find_backend, require
from .bodies import write_json
from .fields import Form, TextField, WholeField
from .narrowing import COLLECTION, NARROWING, make_filter

LIST = Form(
    {
        "words": TextField(200, about="only articles whose headline holds this"),
        **NARROWING,
        "start": WholeField(0, 10**9, "how many to pass over"),
        "limit": WholeField(1, 1000, "articles at most; 100 where nothing is said"),
    }
)

SHOW = Form({"collections": NARROWING["collections"]})

REMOVE = Form({"collection": COLLECTION})

_HERE = frozenset({"file", "replaced"})
"""Where an article lies on the server's disk is nobody else's business."""


async def list_articles(request: Request) -> Response:
    """List articles in the order in which they were added."""
    caller = require(request, WebRight.ASK)
    form = LIST.read_query(request.query_params.multi_items())
    backend = find_backend(request)
    start, limit = form.get("start", 0), form.get("limit", 100)
    within = make_filter(caller, form)
    listed = partial(_list, words=form.get("words", ""), embargoed=caller.sees_embargoed)
    found = await backend.ask(listed, backend.index, within, start, limit + 1)
    following = start + limit if len(found) > limit else None
    return write_json({"format": 1, "articles": found[:limit], "next": following})


def _list(index: Index, within: Filter, start: int, count: int, *, words: str, embargoed: bool) -> list[dict[str, Any]]:
    wanted, now = words.casefold(), read_clock(within)
    cards = (card for card in index.articles(query.resolve(index, within)) if wanted in card.title.casefold())
    shown = (card for card in cards if embargoed or not is_embargoed(card, now))
    return [describe_card(card) for card in islice(shown, start, start + count)]


async def show_article(request: Request) -> Response:
    """Show an article: text, paragraphs with their kinds, sentences with their places."""
    caller = require(request, WebRight.ASK)
    form = SHOW.read_query(request.query_params.multi_items())
    backend = find_backend(request)
    within = caller.scope(form.get("collections", ()))
    article = await backend.ask(backend.index.article, request.path_params["article"], within)
    if is_embargoed(article.card, read_clock(within)) and not caller.sees_embargoed:
        raise UnknownArticle(request.path_params["article"])
    return write_json(_drop_place(article_to_dict(article)))


async def remove_article(request: Request) -> Response:
    """Take an article out of a collection: the first of the caller's, or the one that is named."""
    caller = require(request, WebRight.REMOVE)
    form = REMOVE.read_query(request.query_params.multi_items())
    backend = find_backend(request)
    scope = caller.scope([form["collection"]] if "collection" in form else ())
    await backend.change(backend.index.remove, request.path_params["article"], scope.collections[0])
    return Response(status_code=204)


def describe_card(card: Card) -> dict[str, Any]:
    """Return what is known of an article, but not where it lies on this machine."""
    return _drop_place(card_to_dict(card))


def _drop_place(form: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in form.items() if key not in _HERE}
