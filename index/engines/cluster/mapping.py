"""Articles and passages as documents of a cluster. Pure.

An article changes when its document does, in one step: the document names a `generation`, and only passages of that
generation count. All others in the index of passages are being written or deleted.

The document has a text once, and what each collection that holds it states of it.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...model import Article, Card, Filter
from ...reading import passages
from .. import rows
from ..contract import name_analyser
from .queries import (
    encode_term,
    escape_surrogates,
    list_facts,
    list_language_facts,
    name_terms_field,
    unescape_surrogates,
)

FORMAT = 4
"""The version of these documents."""

WITH_LANGUAGES = 5
"""The version of a library that has had articles in other languages than English; the first of them makes it one."""

READABLE = (3, 4, 5)
"""The versions that are opened; others are not. Format 3 has no vectors, and gets none before it is rebuilt."""

REBUILT = (1, 2, 3, 4, 5)
"""The versions whose articles can be read, so that a library can be rebuilt from them."""

_KEY = {"type": "keyword"}
_FOUND = {"type": "keyword", "doc_values": False}  # only searched for, never sorted by or counted
_FILTERS = {
    "collections": _KEY,
    "facts": _FOUND,
    "sequence": {"type": "long"},
}
_TERMS = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
_MUTE = {"type": "keyword", "index": False, "doc_values": False}

ARTICLE_FIELDS: dict[str, Any] = {
    **_FILTERS,
    "article": _KEY,
    "generation": _MUTE,
    "passages": {"type": "integer"},
    "terms": {"type": "long"},
    "order": {"type": "nested", "properties": {"collection": _FOUND, "sequence": {"type": "long"}}},
    "cards": _MUTE
    | {"store": True},  # on its own: cutting it out of the whole document takes the cluster three times as long
    "checksum": {"type": "long", "index": False, "doc_values": False, "store": True},
    "body": {"type": "binary"},
    "body_checksum": {"type": "long", "index": False, "doc_values": False},
}

PASSAGE_FIELDS: dict[str, Any] = {
    **_FILTERS,
    "collections": _FOUND,
    "stories": _KEY,  # a hit names them, so that their versions are fetched at the same time as the articles
    "article": _FOUND,
    "number": {"type": "integer", "index": False},
    "terms": _TERMS,
}


def build_terms_field(language: str) -> dict[str, Any]:
    """Return the field of passages that has the terms of another language than English; it names their analyser."""
    return {name_terms_field(language): _TERMS | {"meta": {"analyser": name_analyser(language)}}}


@dataclass(frozen=True, slots=True)
class Member:
    """What a collection has of its own of an article; `sequence` is its place in the order of addition."""

    sequence: int
    card: Card


Members = Mapping[str, Member]
"""The collections that hold an article, by name."""


def find_member(members: Members, collections: Sequence[str]) -> Member | None:
    """Return the membership that counts, that in the first of the collections; None if the article is in none."""
    return next((members[name] for name in collections if name in members), None)


@dataclass(frozen=True, slots=True)
class ArticleState:
    """An article as a writer reads and writes it; `seq_no` and `term` identify the version of its document.

    `article` is bare: what is stated of it is in `members`.
    """

    article: Article
    members: Members
    sequence: int
    generation: str
    seq_no: int = -1
    term: int = -1

    def list_passage_ids(self) -> Iterator[str]:
        """Yield the ids of its passages."""
        return list_passage_ids(self.article.id, self.generation, passages.count(self.article))


def list_passage_ids(article_id: str, generation: str, count: int) -> Iterator[str]:
    """Yield the ids of the passages of one generation of an article."""
    return (f"{article_id}.{generation}.{number}" for number in range(1, count + 1))


def build_article_document(stored: ArticleState) -> dict[str, Any]:
    """Return the document of an article."""
    article, cards = stored.article, _encode_members(stored.members)
    body = rows.encode_article(article)
    parts = passages.split(article)
    order = [
        {"collection": escape_surrogates(name), "sequence": member.sequence} for name, member in stored.members.items()
    ]
    return _build_filter_fields(stored) | {
        "article": article.id,
        "generation": stored.generation,
        "passages": len(parts),
        "terms": sum(len(part.terms) for part in parts),
        "order": order,
        "cards": cards,
        "checksum": zlib.crc32(cards.encode()),
        "body": _pack((body.text, body.spans, body.terms, body.vectors)),
        "body_checksum": body.checksum,
    }


def build_passage_documents(stored: ArticleState) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the id and the document of each passage of an article."""
    stories = sorted({escape_surrogates(member.card.story) for member in stored.members.values()})
    common = _build_filter_fields(stored) | {"article": stored.article.id, "stories": stories}
    field = name_terms_field(stored.article.language)
    for key, part in zip(stored.list_passage_ids(), passages.split(stored.article), strict=True):
        yield key, common | {"number": part.number, field: " ".join(map(encode_term, part.terms))}


@dataclass(slots=True)
class FetchedArticle:
    """An article as it was fetched, its checksums right; it is cut into sentences when they are asked for."""

    members: Members
    sequence: int
    generation: str
    seq_no: int
    term: int
    text: rows.LazyText

    def find_visible(self, filter: Filter) -> Member | None:
        """Return the membership that counts in the filter's collections, if the filter admits its card."""
        member = find_member(self.members, filter.collections)
        return member if member is not None and filter.admits(member.card) else None

    def to_state(self) -> ArticleState:
        """Return it in the form that a writer changes."""
        article = self.text.build_article(self.text.bare)
        return ArticleState(article, self.members, self.sequence, self.generation, self.seq_no, self.term)


def decode_article(found: Mapping[str, Any], known: FetchedArticle | None = None) -> FetchedArticle:
    """Return the article of a document that was fetched by its id; `known` is the same article as fetched before.

    Raises:
        ValueError: its bytes fail their checksum.
    """
    form = found["_source"]
    if "card" in form:  # before format 3 one card served all collections
        _check(form["card"], form["checksum"])
        member = Member(form["sequence"], rows.card_from_json(form["card"]))
        members = {unescape_surrogates(name): member for name in form["collections"]}
    else:
        members = decode_members(form["cards"], form["checksum"])
    if known is not None and known.generation == form["generation"]:  # every change makes another generation
        text = known.text
    else:
        text = rows.decode_text(found["_id"], rows.EncodedBody(*_unpack(form["body"])), form["body_checksum"])
    return FetchedArticle(members, form["sequence"], form["generation"], found["_seq_no"], found["_primary_term"], text)


def _encode_members(members: Members) -> str:
    """Return each card once, with the collections that state it and their places in the order of addition."""
    held: dict[str, dict[str, int]] = {}
    for name, member in members.items():
        held.setdefault(rows.card_to_json(member.card), {})[name] = member.sequence
    return json.dumps([[json.loads(card), names] for card, names in held.items()], separators=(",", ":"))


def decode_members(cards: str, checksum: int) -> dict[str, Member]:
    """Return what an article's collections state of it.

    Raises:
        ValueError: it fails its checksum.
    """
    _check(cards, checksum)
    found: dict[str, Member] = {}
    for form, names in json.loads(cards):
        card = rows.card_from_form(form)
        found |= {name: Member(sequence, card) for name, sequence in names.items()}
    return found


def _check(cards: str, checksum: int) -> None:
    if zlib.crc32(cards.encode()) != checksum:
        raise ValueError("the card fails its checksum")


def _build_filter_fields(stored: ArticleState) -> dict[str, Any]:
    return {
        "collections": [escape_surrogates(name) for name in stored.members],
        "facts": [
            *list_language_facts(stored.article.language),
            *(fact for name, member in stored.members.items() for fact in list_facts(name, member.card)),
        ],
        "sequence": stored.sequence,
    }


def _pack(parts: Sequence[bytes]) -> str:
    """Return the parts as one text; the last one, which may be empty, has no length before it."""
    head = b"".join(len(part).to_bytes(4, "little") for part in parts[:-1])
    return b64encode(zlib.compress(head + b"".join(parts), 1)).decode()


def _unpack(text: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Return text, spans, terms and vectors; before format 4 nothing stands behind the terms."""
    try:
        data = zlib.decompress(b64decode(text, validate=True))
    except zlib.error as exc:
        raise ValueError(f"the stored text cannot be unpacked: {exc}") from exc
    ends = [12]
    for at in range(0, 12, 4):
        ends.append(ends[-1] + int.from_bytes(data[at : at + 4], "little"))
    return data[ends[0] : ends[1]], data[ends[1] : ends[2]], data[ends[2] : ends[3]], data[ends[3] :]
