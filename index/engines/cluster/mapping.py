"""Articles and passages as documents of a cluster, and filters as its queries. Pure.

An article changes when its document does, in one step: the document names a `generation`, and only passages of that
generation count. All others in the index of passages are being written or deleted.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ...model import Article, Card, Filter, Passage
from ...reading import passages
from .. import rows

FORMAT = 2
"""The version of these documents; a library of another version is not opened."""

REBUILT = (1, 2)
"""The versions whose articles can be read, so that a library can be rebuilt from them."""

_LONGEST_TERM = 200  # a whitespace tokenizer cuts words of more than 255 characters
_LONGEST_KEY = 8000  # characters: Lucene takes 32,766 bytes
_SURROGATES = re.compile("[\ud800-\udfff]")

_KEY = {"type": "keyword"}
_FOUND = {"type": "keyword", "doc_values": False}  # only searched for, never sorted by or counted
_FILTERS = {
    "collections": _KEY,
    "published": {"type": "long"},
    "story": _FOUND,
    "lead": {"type": "integer"},
    "places": _FOUND,
    "sequence": {"type": "long"},
}
_MUTE = {"type": "keyword", "index": False, "doc_values": False}

ARTICLE_FIELDS: dict[str, Any] = {
    **_FILTERS,
    "article": _KEY,
    "generation": _MUTE,
    "passages": {"type": "integer"},
    "terms": {"type": "long"},
    "card": _MUTE
    | {"store": True},  # on its own: cutting it out of the whole document takes the cluster three times as long
    "checksum": {"type": "long", "index": False, "doc_values": False, "store": True},
    "body": {"type": "binary"},
    "body_checksum": {"type": "long", "index": False, "doc_values": False},
}

PASSAGE_FIELDS: dict[str, Any] = {
    **_FILTERS,
    "collections": _FOUND,
    "story": _KEY,  # a hit names it, so that its versions are fetched at the same time as the articles
    "article": _FOUND,
    "number": {"type": "integer", "index": False},
    "terms": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
}


@dataclass(frozen=True, slots=True)
class ArticleState:
    """An article as a writer reads and writes it; `seq_no` and `term` identify the version of its document."""

    article: Article
    collections: tuple[str, ...]
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


def escape_surrogates(text: str) -> str:
    """Return the text with each lone surrogate as a private character: only Python's JSON parser accepts the former."""
    return text if text.isascii() else _SURROGATES.sub(lambda found: chr(0xF0000 + ord(found[0]) - 0xD800), text)


def unescape_surrogates(text: str) -> str:
    """Undo `escape_surrogates`."""
    return (
        text if text.isascii() else re.sub("[\U000f0000-\U000f07ff]", lambda m: chr(ord(m[0]) - 0xF0000 + 0xD800), text)
    )


def encode_term(term: str) -> str:
    """Return a term as the index spells it: hashed if the tokenizer would cut it."""
    return sha256(rows.encode_text(term)).hexdigest() if len(term) > _LONGEST_TERM else escape_surrogates(term)


def build_article_document(stored: ArticleState) -> dict[str, Any]:
    """Return the document of an article."""
    article, card = stored.article, rows.card_to_json(stored.article)
    body = rows.encode_article(article)
    parts = passages.split(article)
    return _build_filter_fields(stored) | {
        "article": article.id,
        "generation": stored.generation,
        "passages": len(parts),
        "terms": sum(len(part.terms) for part in parts),
        "card": card,
        "checksum": zlib.crc32(card.encode()),
        "body": _pack((body.text, body.spans, body.terms)),
        "body_checksum": body.checksum,
    }


def build_passage_documents(stored: ArticleState) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the id and the document of each passage of an article."""
    common = _build_filter_fields(stored) | {"article": stored.article.id}
    for key, part in zip(stored.list_passage_ids(), passages.split(stored.article), strict=True):
        yield key, common | {"number": part.number, "terms": " ".join(map(encode_term, part.terms))}


@dataclass(slots=True)
class FetchedArticle:
    """An article as it was fetched, its checksums right; it is cut into sentences when they are asked for."""

    card: Card
    collections: tuple[str, ...]
    sequence: int
    generation: str
    seq_no: int
    term: int
    body: rows.DecodedBody
    _article: Article | None = None

    @property
    def article(self) -> Article:
        """The article, with its sentences."""
        found = self._article
        if found is None:
            found = self._article = self.body.build_article(self.card)
        return found

    def cut_passage(self, number: int) -> Passage:
        """Return one of its passages, `number` counting from 1."""
        at = (number - 1) * passages.STRIDE
        return passages.build(self.card.id, self.body.text, number, self.body.cut_sentences(at, at + passages.SIZE))

    def is_visible(self, filter: Filter) -> bool:
        """Tell whether the filter admits it, collections included."""
        return bool(set(self.collections) & set(filter.collections)) and filter.admits(self.card)

    def to_state(self) -> ArticleState:
        """Return it in the form that a writer changes."""
        return ArticleState(self.article, self.collections, self.sequence, self.generation, self.seq_no, self.term)


def decode_article(found: Mapping[str, Any], known: FetchedArticle | None = None) -> FetchedArticle:
    """Return the article of a document that was fetched by its id; `known` is the same article as fetched before.

    Raises:
        ValueError: its bytes fail their checksum.
    """
    form = found["_source"]
    card = decode_card(form["card"], form["checksum"])
    if known is not None and known.generation == form["generation"]:  # every change makes another generation
        body = known.body
    else:
        body = rows.decode_body(found["_id"], card, rows.EncodedBody(*_unpack(form["body"])), form["body_checksum"])
    names = tuple(unescape_surrogates(name) for name in form["collections"])
    return FetchedArticle(
        card, names, form["sequence"], form["generation"], found["_seq_no"], found["_primary_term"], body
    )


def decode_card(card: str, checksum: int) -> Card:
    """Return the card of an article's document.

    Raises:
        ValueError: it fails its checksum.
    """
    if zlib.crc32(card.encode()) != checksum:
        raise ValueError("the card fails its checksum")
    return rows.card_from_json(card)


def build_filter(filter: Filter) -> list[dict[str, Any]]:
    """Return the filter as clauses that must all match; they fit articles and passages alike."""
    clauses: list[dict[str, Any]] = [
        {"terms": {"collections": [escape_surrogates(name) for name in filter.collections]}}
    ]
    if filter.articles:
        clauses.append({"terms": {"article": [escape_surrogates(key) for key in filter.articles]}})
    if filter.sources:
        clauses.append(
            _match_any([{"wildcard": {"places": {"value": f"*{_escape_wildcards(word)}*"}}} for word in filter.sources])
        )
    if filter.stories:
        clauses.append({"terms": {"story": [escape_surrogates(key) for key in filter.stories]}})
    bounds = {"gte": rows.to_microseconds(filter.since), "lt": rows.to_microseconds(filter.until)}
    if bounds := {name: bound for name, bound in bounds.items() if bound is not None}:
        clauses.append({"range": {"published": bounds}})
    if filter.lead is not None:
        clauses.append({"term": {"lead": rows.encode_lead(filter.lead)}})
    return clauses


def build_term_query(terms: Sequence[str]) -> dict[str, Any]:
    """Return the query for passages that hold any of the terms; a term that is repeated weighs more."""
    counts: dict[str, int] = {}
    for term in map(encode_term, terms):
        counts[term] = counts.get(term, 0) + 1
    # a cluster takes at most 1,024 clauses, and a question of ours has at most 2,000 characters
    words = list(counts.items())[:1000]
    return _match_any([{"term": {"terms": {"value": term, "boost": count}}} for term, count in words])


def _match_any(clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _escape_wildcards(word: str) -> str:
    return re.sub(r"([*?\\])", r"\\\1", escape_surrogates(word.casefold()))


def _build_filter_fields(stored: ArticleState) -> dict[str, Any]:
    article = stored.article
    places = rows.encode_sources(article).decode("utf-8", "surrogatepass")
    return {
        "collections": [escape_surrogates(name) for name in stored.collections],
        "published": rows.to_microseconds(article.published),
        "story": escape_surrogates(article.story),
        "lead": article.lead,
        "places": escape_surrogates(places)[:_LONGEST_KEY],
        "sequence": stored.sequence,
    }


def _pack(parts: Sequence[bytes]) -> str:
    head = b"".join(len(part).to_bytes(4, "little") for part in parts)
    return b64encode(zlib.compress(head + b"".join(parts), 1)).decode()


def _unpack(text: str) -> tuple[bytes, bytes, bytes]:
    try:
        data = zlib.decompress(b64decode(text, validate=True))
    except zlib.error as exc:
        raise ValueError(f"the stored text cannot be unpacked: {exc}") from exc
    ends = [12]
    for at in range(0, 12, 4):
        ends.append(ends[-1] + int.from_bytes(data[at : at + 4], "little"))
    return data[ends[0] : ends[1]], data[ends[1] : ends[2]], data[ends[2] : ends[3]]
