"""The OpenAPI document of the routes for programs, made of the fields that they read and of `index/schema`."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index.schema import load_schema

from . import asking, holdings, intake, proof
from .backend import find_backend
from .bodies import write_json
from .fields import Form, ListField
from .problems import MEDIA_TYPE

_DEFS = "#/$defs/"
_COMPONENTS = "#/components/schemas/"

_PROBLEM = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "`urn:pullquote:problem:` and its name, or `about:blank`."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do instead."},
        "article": {"type": "string"},
        "source": {"type": "string"},
        "limit": {"type": "integer"},
        "language": {"type": "string"},
        "failed": {"type": "array", "items": {"$ref": f"{_COMPONENTS}problem"}},
    },
}

_INTRODUCTION = (
    "Ask articles and get their own words back, with the exact sentences cited. Errors are application/problem+json."
)


async def show(request: Request) -> Response:
    """Show the document."""
    return write_json(build_document(with_tokens=bool(find_backend(request).tokens)))


@cache
def build_document(*, with_tokens: bool) -> dict[str, Any]:
    """Return the document; `with_tokens` says whether requests bear one."""
    schemas = {**_point_to_components(load_schema()["$defs"]), "problem": _PROBLEM}
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Pullquote", "version": version("pullquote"), "description": _INTRODUCTION},
        "paths": _build_paths(),
        "components": {"schemas": schemas},
    }
    if with_tokens:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    return document


def _build_paths() -> dict[str, Any]:
    hits = _object(format=_refer("format"), hits=_list("hit"))
    listed = _object(format=_refer("format"), articles=_list("card"), next={"type": ["integer", "null"]})
    checked = _object(format=_refer("format"), verified={"type": "boolean"}, findings=_list("finding"))
    named = {"name": "article", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    talk = {"name": asking.CONVERSATION_HEADER, "in": "header", "schema": asking.CONVERSATION.schema}
    return {
        "/v1/ask": {
            "post": _operate("ask", "Answer a question.", _refer("reply"), body=asking.ASK) | {"parameters": [talk]}
        },
        "/v1/search": {"post": _operate("search", "List passages that hold some words.", hits, body=asking.SEARCH)},
        "/v1/digest": {
            "post": _operate("digest", "Tell what an article says of itself.", _refer("digest"), body=asking.DIGEST)
        },
        "/v1/articles": {
            "get": _operate("listArticles", "List articles in order of addition.", listed, query=holdings.LIST),
            "post": _describe_adding(),
        },
        "/v1/articles/{article}": {
            "parameters": [named | {"description": "Its id; to show it, the beginning of that is enough."}],
            "get": _operate("showArticle", "Show an article with its text.", _refer("article"), query=holdings.SHOW),
            "delete": _operate("removeArticle", "Take an article out of a collection.", None, query=holdings.REMOVE),
        },
        "/v1/verify": {
            "post": _operate("verify", "Check saved replies or annotations.", checked, query=proof.VERIFY)
            | {"requestBody": _describe_records()}
        },
        "/v1/cite": {
            "post": _operate("cite", "Write citations of saved replies in a standard form.", _CITED, query=proof.CITE)
            | {"requestBody": _describe_records()}
        },
    }


def _operate(
    name: str, summary: str, answer: dict[str, Any] | None, body: Form | None = None, query: Form | None = None
) -> dict[str, Any]:
    """Return an operation; without an answer it gives none, and the status 204."""
    good = {"200": _describe_answer(answer)} if answer else {"204": {"description": "Done."}}
    form: dict[str, Any] = {"operationId": name, "summary": summary, "responses": {**good, "default": _FAILED}}
    if body:
        form["requestBody"] = {"required": True, "content": {"application/json": {"schema": body.schema}}}
    if query:
        form["parameters"] = _list_parameters(query)
    return form


def _list_parameters(query: Form) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": name in query.required, "schema": each.schema}
        | ({"style": "form", "explode": True} if isinstance(each, ListField) else {})
        for name, each in query.fields.items()
    ]


def _describe_adding() -> dict[str, Any]:
    form = _operate(
        "addArticles",
        "Add a text, what is at an address, or a file; as events where Accept: text/event-stream asks for them.",
        _ADDED,
        query=intake.WHERE,
    )
    form["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {"schema": {"anyOf": [intake.TEXT.schema, intake.ADDRESS.schema]}},
            intake.FILE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
    events = {"schema": {"type": "string", "description": "Events: reading, added, failed, done; data is JSON."}}
    form["responses"]["200"]["content"][intake.EVENTS] = events
    form["responses"]["201"] = _describe_answer(_ADDED)
    return form


def _describe_records() -> dict[str, Any]:
    about = "A reply or annotation as it was saved, or a list of them; none of it is believed."
    reply = {"schema": {"description": about, "type": ["object", "array"], "items": {"type": "object"}}}
    return {"required": True, "content": dict.fromkeys(proof.RECORDS, reply)}


def _describe_answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def _refer(name: str) -> dict[str, Any]:
    return {"$ref": f"{_COMPONENTS}{name}"}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _refer(name)}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _point_to_components(value: Any) -> Any:
    """Return the schema with references into an OpenAPI document instead of its own definitions."""
    if isinstance(value, dict):
        return {key: _point_to_components(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_point_to_components(each) for each in value]
    return value.replace(_DEFS, _COMPONENTS) if isinstance(value, str) else value


_FAILED = {"description": "It could not be done.", "content": {MEDIA_TYPE: {"schema": _refer("problem")}}}

_ADDED = _object(
    format=_refer("format"),
    collection={"type": "string"},
    added={
        "type": "array",
        "items": _object(
            article=_refer("card"),
            new={"type": "boolean", "description": "Whether the collection did not have it."},
            sentences=_object(found={"type": "integer"}, total={"type": "integer"}),
        ),
    },
    failed=_list("problem"),
)

_CITED = _object(
    format=_refer("format"),
    style={"type": "string"},
    citations={
        "type": "array",
        "items": _object(
            record={"type": "integer"},
            citation={"type": ["integer", "null"]},
            outcome={"type": "string"},
            detail={"type": "string"},
            form={"type": ["string", "null"], "description": "Null where its words do not stand in the article."},
        ),
    },
    text={"type": "string", "description": "All of them as one text to paste."},
)
