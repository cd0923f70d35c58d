"""Convert articles and replies to plain dicts, ready for JSON, and back: format 1, to which keys are only added.

Reading is strict: a missing key, a wrong type or a number that JSON does not have (NaN, infinity) raises a
`ValueError` that names the place, such as `passages[0].citations[1].start`. Unknown keys are ignored, so that
this version reads what a later one wrote. Write with `json.dumps(..., ensure_ascii=True)`, which also keeps
lone surrogates. (JSON cannot tell a high surrogate followed by a low one from the character that they form.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from ..model import (
    FORMAT,
    Article,
    Card,
    Citation,
    Kind,
    Paragraph,
    Reply,
    Sentence,
    ShownPassage,
    Span,
    Status,
)
from ..verdicts import Reason, UnreadArticle, Verdict
from .node import Node, check_finite, convert_object, shorten

_SHOWN = ("id", "title", "source", "published", "sha256", "lead", "agency", "url")
"""What a reply always says about an article; other values only if the article has them."""

_PRIVATE = frozenset({"file", "replaced"})
"""What no reply says: where the article lies on this machine."""

_ADDED = _PRIVATE | {"changed"}
"""What forms of earlier versions lack."""


def reply_to_dict(reply: Reply) -> dict[str, Any]:
    """Return the reply in the JSON form of `pullquote ask --json`.

    Raises:
        ValueError: a number is NaN or infinite, or JSON cannot hold a note or the explanation.
    """
    form = {
        "format": FORMAT,
        "question": reply.question,
        "understood": reply.understood,
        "verdict": reply.verdict.value,
        "confidence": check_finite(reply.confidence, "confidence"),
        "reason": str(reply.reason),
        "reason_code": str(reply.reason.code),
        "reason_values": convert_object(reply.reason.values, "reason_values"),
        "passages": [_passage_to_dict(passage, f"passages[{at}]") for at, passage in enumerate(reply.passages)],
    }
    form["by_meaning"] = reply.by_meaning
    if reply.unread:
        form["unread"] = [{"id": each.id, "name": each.name} for each in reply.unread]
    if reply.explain is not None:
        form["explain"] = convert_object(reply.explain, "explain")
    return form


def reply_from_dict(form: Mapping[str, Any]) -> Reply:
    """Return the reply from the form that `reply_to_dict` makes.

    Types are checked; `citations.verify` checks whether the quoted words stand in an article.

    Raises:
        ValueError: the form is malformed; the message begins with the key's path.
    """
    node = _open_form(form)
    return Reply(
        question=node.text("question"),
        understood=node.optional("understood", node.text),
        verdict=node.member("verdict", Verdict),
        confidence=node.number("confidence"),
        reason=_read_reason(node),
        passages=tuple(_read_passage(item) for item in node.items("passages")),
        explain=node.optional("explain", node.plain, required=False),
        by_meaning=bool(node.optional("by_meaning", node.truth, required=False)),
        unread=tuple(UnreadArticle(item.text("id"), item.text("name")) for item in node.items("unread"))
        if "unread" in node.value
        else (),
    )


def _read_reason(node: Node) -> Reason:
    """Return the reason of a reply; one that an earlier version saved has no code."""
    code = node.optional("reason_code", node.text, required=False) or ""
    values = node.optional("reason_values", node.plain, required=False) or {}
    lists_as_tuples = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return Reason(node.text("reason"), code, lists_as_tuples)


def card_to_dict(card: Card) -> dict[str, Any]:
    """Return all that is known of an article except its text; also takes an `Article`."""
    return {field.name: _encode_scalar(getattr(card, field.name)) for field in fields(Card)}


def card_from_dict(form: object, path: str) -> Card:
    """Return the card from the form that `card_to_dict` makes; it stands at `path` in a larger form.

    Raises:
        ValueError: the form is malformed; the message begins with the key's path.
    """
    if not isinstance(form, Mapping):
        raise ValueError(f"{path}: expected an object, got {shorten(form)}")  # noqa: TRY004 - one error for any form
    return Card(**_read_card_values(Node(form, path), required=True))


def article_to_dict(article: Article, *, terms: bool = False) -> dict[str, Any]:
    """Return the whole article; `terms` adds the index terms of each sentence, which reading cannot restore."""
    sentences = [
        {"number": s.number, "paragraph": s.paragraph, "start": s.start, "end": s.end}
        | ({"terms": list(s.terms), "heading": list(s.heading)} if terms else {})
        for s in article.sentences
    ]
    paragraphs = [
        {"number": p.number, "kind": p.kind.value, "start": p.start, "end": p.end, "page": p.page}
        | ({} if p.time is None else {"time": p.time})
        for p in article.paragraphs
    ]
    return {
        "format": FORMAT,
        **card_to_dict(article),
        "text": article.text,
        "paragraphs": paragraphs,
        "sentences": sentences,
    }


def article_from_dict(form: Mapping[str, Any]) -> Article:
    """Return the article from the form that `article_to_dict` makes; sentences without `terms` get none.

    Spans must lie inside the text. The hash is taken as stated: a caller that reads a form from elsewhere
    must compare it with `model.hash_text`.

    Raises:
        ValueError: the form is malformed; the message begins with the key's path.
    """
    node = _open_form(form)
    text = node.text("text")
    return Article(
        **_read_card_values(node, required=True),
        text=text,
        paragraphs=tuple(
            Paragraph(
                number=item.optional("number", item.whole),
                kind=item.member("kind", Kind),
                page=item.optional("page", item.whole),
                time=item.optional("time", item.whole, required=False),
                **item.span(len(text)),
            )
            for item in node.items("paragraphs")
        ),
        sentences=tuple(
            Sentence(
                number=item.whole("number"),
                paragraph=item.whole("paragraph"),
                terms=item.optional("terms", item.texts, required=False) or (),
                vector=b"",  # never leaves the library
                heading=item.optional("heading", item.texts, required=False) or (),
                **item.span(len(text)),
            )
            for item in node.items("sentences")
        ),
    )


def _passage_to_dict(passage: ShownPassage, path: str) -> dict[str, Any]:
    card, unknown = passage.article, _build_defaults()
    more = [
        name for name in unknown if name not in _SHOWN and name not in _PRIVATE and getattr(card, name) != unknown[name]
    ]
    return {
        "article": {name: _encode_scalar(getattr(card, name)) for name in (*_SHOWN, *more)},
        "paragraphs": list(passage.paragraphs),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": check_finite(passage.score, f"{path}.score"),
        "citations": [
            citation_to_dict(citation, f"{path}.citations[{at}]") for at, citation in enumerate(passage.citations)
        ],
    }


@cache
def _build_defaults() -> dict[str, Any]:
    """Return the value of each field of a card about which the article says nothing."""
    return {field.name: field.default for field in fields(Card)}


def citation_to_dict(citation: Citation, path: str) -> dict[str, Any]:
    """Return a citation as a reply has it; it stands at `path` in a larger form.

    Raises:
        ValueError: JSON cannot hold a note.
    """
    speaker = citation.speaker
    return {
        "paragraph": citation.paragraph,
        "sentence": citation.sentence,
        "start": citation.start,
        "end": citation.end,
        "text": citation.text,
        "score": check_finite(citation.score, f"{path}.score"),
        "url": citation.url,
        "speaker": speaker and {"text": speaker.text, "start": speaker.start, "end": speaker.end},
        "notes": [convert_object(note, f"{path}.notes[{at}]") for at, note in enumerate(citation.notes)],
    }


def _read_passage(node: Node) -> ShownPassage:
    card = Card(**_read_card_values(node.child("article"), required=False))
    return ShownPassage(
        article=card,
        paragraphs=node.wholes("paragraphs"),
        text=node.text("text"),
        score=node.number("score"),
        citations=tuple(_read_citation(item, card) for item in node.items("citations")),
        **node.span(),
    )


def _read_citation(node: Node, card: Card) -> Citation:
    speaker = node.optional("speaker", node.child)
    return Citation(
        article_id=card.id,
        sha256=card.sha256,
        paragraph=node.whole("paragraph"),
        sentence=node.whole("sentence"),
        text=node.text("text"),
        score=node.number("score"),
        url=node.optional("url", node.text),
        speaker=Span(text=speaker.text("text"), **speaker.span()) if speaker else None,
        notes=tuple(convert_object(item.value, item.path) for item in node.items("notes")),
        **node.span(),
    )


def _read_card_values(node: Node, *, required: bool) -> dict[str, Any]:
    """Return the arguments of `Card`; unless `required`, the keys that a reply may leave out may be missing."""
    readers: dict[str, Callable[[str], Any]] = {
        "published": lambda key: node.optional(key, node.moment),
        "embargo": lambda key: node.optional(key, node.moment),
        "changed": lambda key: node.optional(key, node.moment),
        "cities": node.texts,
        "lead": node.whole,
        "length": node.whole,
        "status": lambda key: node.member(key, Status),
        "replaced": node.truth,
    }
    always = {field.name for field in fields(Card)} - _ADDED if required else set(_SHOWN[:6])
    return {
        field.name: readers.get(field.name, node.text)(field.name)
        for field in fields(Card)
        if field.name in always or field.name in node.value
    }


def _open_form(form: object) -> Node:
    if not isinstance(form, Mapping):
        raise ValueError(f"expected an object, got {shorten(form)}")  # noqa: TRY004 - one error for any malformed form
    node = Node(form, "")
    if (found := node.whole("format")) != FORMAT:
        raise ValueError(f"format: this version reads format {FORMAT}, not {found}")
    return node


def _encode_scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
