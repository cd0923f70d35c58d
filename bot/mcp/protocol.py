"""What the server says in the protocol: its tools, its articles as resources, and errors with what to do next."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import mcp_types as types
from mcp import MCPError
from pydantic import TypeAdapter, ValidationError

from index import Filter, Index
from index.citations import safe_address
from index.errors import PullquoteError, UnknownArticle
from index.model import Card
from index.stories import is_embargoed

from ..conversation.versions import look_up_silences, read_clock
from ..pages.lines import format_facts, name_article, name_silence
from . import proving, tools
from .arguments import (
    AskArguments,
    DigestArguments,
    QuotesArguments,
    ReadArguments,
    SearchArguments,
    VerifyArguments,
)
from .results import (
    ADDRESS,
    AskResult,
    DigestResult,
    ReadResult,
    SearchResult,
    VerifyResult,
    describe_article,
    name_resource,
)

LISTED = 100
"""Articles on a page of the list of resources."""

logger = logging.getLogger(__name__)


class ToolRow(NamedTuple):
    """A tool: what it is told to clients as, its arguments, its result, and the function that does it."""

    title: str
    description: str
    arguments: TypeAdapter[Any]
    result: TypeAdapter[Any]
    function: Callable[[Index, Filter, Any], tuple[Any, str]]


TOOLS: Mapping[str, ToolRow] = {
    "ask": ToolRow(
        "Ask the articles",
        "Answer a question in the articles' own words, with the exact sentences cited, or say that they do not tell.",
        TypeAdapter(AskArguments),
        TypeAdapter(AskResult),
        tools.ask,
    ),
    "search": ToolRow(
        "Search for passages",
        "List the passages of the articles that hold some words, best first, word for word.",
        TypeAdapter(SearchArguments),
        TypeAdapter(SearchResult),
        tools.search,
    ),
    "read": ToolRow(
        "Read an article",
        "Give an article paragraph by paragraph, and whether it may be cited or a newer version stands.",
        TypeAdapter(ReadArguments),
        TypeAdapter(ReadResult),
        tools.read,
    ),
    "quotes": ToolRow(
        "Who says what",
        "List who says what in an article, or what a speaker says in the articles, word for word.",
        TypeAdapter(QuotesArguments),
        TypeAdapter(DigestResult),
        tools.quotes,
    ),
    "digest": ToolRow(
        "What an article says of itself",
        "Give what an article is about, whom it names, its dates or its figures, in its own sentences; or what is new.",
        TypeAdapter(DigestArguments),
        TypeAdapter(DigestResult),
        tools.digest,
    ),
    "verify": ToolRow(
        "Prove quotations",
        "Check the quotations in a draft, or those that other tools gave, against the articles as they are now.",
        TypeAdapter(VerifyArguments),
        TypeAdapter(VerifyResult),
        proving.verify,
    ),
}
"""Every tool, in the order in which clients list them."""


@cache
def list_tools() -> types.ListToolsResult:
    """Return the tools as clients are told of them, with the schemas of their arguments and results."""
    hints = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    return types.ListToolsResult(
        tools=[
            types.Tool(
                name=name,
                title=row.title,
                description=row.description,
                input_schema=row.arguments.json_schema(),
                output_schema=row.result.json_schema(mode="serialization"),
                annotations=hints,
            )
            for name, row in TOOLS.items()
        ]
    )


def call_tool(index: Index, within: Filter, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
    """Return what a tool gives; what goes wrong is a result, too, which says what to do next."""
    row = TOOLS.get(name)
    if row is None:
        return _fail(f"There is no tool {name!r}; there are {', '.join(TOOLS)}.")
    try:
        result, text = row.function(index, within, row.arguments.validate_python(dict(arguments)))
    except ValidationError as error:
        return _fail(f"{name}: {_explain_arguments(error)}. The tool's input schema says what it takes.")
    except UnknownArticle as error:
        named = f"No article {error.article_id!r} here" if error.article_id else "Name the article by its id"
        return _fail(f"{named}. `search` finds articles by their words; the list of resources names all.")
    except (PullquoteError, ValueError) as error:
        return _fail(f"{error}.")
    except Exception as error:
        logger.exception("the tool %s failed", name)
        return _fail(f"This should not happen ({type(error).__name__}); the log of the server says where.")
    form = _encode(row.result.dump_python(result, mode="json"))
    return types.CallToolResult(content=[_write(text)], structured_content=form)


def _fail(message: str) -> types.CallToolResult:
    return types.CallToolResult(content=[_write(message)], is_error=True)


def _write(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=_encode(text))


def _explain_arguments(error: ValidationError) -> str:
    """Return what is wrong with the arguments of a call, each by name."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}" for each in found)


def list_resources(index: Index, within: Filter, cursor: str | None) -> types.ListResourcesResult:
    """Return one page of the articles; those under embargo are left out.

    Raises:
        MCPError: the cursor is none of ours.
    """
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise MCPError(types.INVALID_PARAMS, "The cursor is not one that this server gave; begin without one.")
    start = int(cursor or 0)
    cards = list(islice(index.articles(within), start, start + LISTED + 1))
    now = read_clock(within)
    shown = [card for card in cards[:LISTED] if not is_embargoed(card, now)]
    silences = look_up_silences(index, within, shown)
    return types.ListResourcesResult(
        resources=[_describe_resource(card, name_silence(card, silences.get(card.id))) for card in shown],
        next_cursor=str(start + LISTED) if len(cards) > LISTED else None,
    )


def _describe_resource(card: Card, silence: str) -> types.Resource:
    facts = " · ".join(filter(None, (format_facts(card), silence, f"{card.length} sentences")))
    return types.Resource(
        uri=name_resource(card.id),
        name=card.id,
        title=name_article(card),
        description=facts,
        mime_type="text/plain",
        _meta={"sha256": card.sha256, "link": safe_address(card.url) or name_resource(card.id)},
    )


def list_templates() -> types.ListResourceTemplatesResult:
    """Return the form of an article's address."""
    article = types.ResourceTemplate(
        uri_template=f"{ADDRESS}{{id}}",
        name="article",
        title="Article",
        description="The text of an article as it is stored; all offsets count its Unicode characters.",
        mime_type="text/plain",
    )
    return types.ListResourceTemplatesResult(resource_templates=[article])


def read_resource(index: Index, within: Filter, uri: str) -> types.ReadResourceResult:
    """Return the text of an article as it is stored, in which all offsets count, with what is known of it.

    Raises:
        MCPError: there is no such article here, or it is under embargo.
    """
    key = uri.partition("#")[0].removeprefix(ADDRESS)
    try:
        article = index.article(key, within)  # of another address no article's id is the beginning
    except UnknownArticle:
        told = f"There is no article at this address; the list of resources names all: {ADDRESS}ID"
        raise MCPError(types.INVALID_PARAMS, told, {"uri": uri}) from None
    except PullquoteError as error:
        raise MCPError(types.INTERNAL_ERROR, str(error), {"uri": uri}) from error
    if is_embargoed(article, read_clock(within)):
        raise MCPError(types.INVALID_PARAMS, "The article is under embargo; read it when that is over.", {"uri": uri})
    form = _encode({"text": article.text, "known": asdict(describe_article(article.card))})
    return types.ReadResourceResult(
        contents=[types.TextResourceContents(uri=uri, mime_type="text/plain", text=form["text"], _meta=form["known"])]
    )


def _encode(form: Any) -> Any:
    """Return plain values with "?" for half of a surrogate pair, which has no UTF-8 and would end the connection."""
    return json.loads(json.dumps(form, ensure_ascii=False).encode("utf-8", "replace"))
