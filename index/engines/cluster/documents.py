"""Articles and passages as documents of a cluster, and filters as its queries. Pure.

The document of an article is the truth and changes at once: it names its `generation`, and only passages of that
generation count. Whatever else is in the index of passages is on its way in or out.
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
"""The number of the form of these documents; another one is not read."""

REBUILT = (1, 2)
"""Those whose articles have this form, so that passages can be made anew from them."""

_LONGEST_TERM = 200  # a whitespace tokenizer cuts words of more than 255 characters
_LONGEST_KEY = 8000  # characters: Lucene takes 32,766 bytes
_SURROGATES = re.compile("[\ud800-\udfff]")

_KEY = {"type": "keyword"}
_FOUND = {"type": "keyword", "doc_values": False}  # only looked for, never sorted by or counted
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
    | {"store": True},  # apart from the whole: to cut it out of that takes the cluster three times as long
    "checksum": {"type": "long", "index": False, "doc_values": False, "store": True},
    "body": {"type": "binary"},
    "body_checksum": {"type": "long", "index": False, "doc_values": False},
}

PASSAGE_FIELDS: dict[str, Any] = {
    **_FILTERS,
    "collections": _FOUND,
    "story": _KEY,  # a hit names it, so that its versions are looked up beside the articles
    "article": _FOUND,
    "number": {"type": "integer", "index": False},
    "terms": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
}


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as the cluster holds it; `seq_no` and `term` tell whether it has changed since."""

    article: Article
    collections: tuple[str, ...]
    sequence: int
    generation: str
    seq_no: int = -1
    term: int = -1

    def passage_ids(self) -> Iterator[str]:
        """Yield the ids of its passages."""
        return passage_ids(self.article.id, self.generation, passages.count(self.article))


def passage_ids(article_id: str, generation: str, count: int) -> Iterator[str]:
    """Yield the ids of the passages of one generation of an article."""
    return (f"{article_id}.{generation}.{number}" for number in range(1, count + 1))


def spelt(text: str) -> str:
    """Return the text without lone surrogates, which no JSON parser but Python's takes: each by a private character."""
    return text if text.isascii() else _SURROGATES.sub(lambda found: chr(0xF0000 + ord(found[0]) - 0xD800), text)


def unspelt(text: str) -> str:
    """Return the text that `spelt` was given."""
    return (
        text if text.isascii() else re.sub("[\U000f0000-\U000f07ff]", lambda m: chr(ord(m[0]) - 0xF0000 + 0xD800), text)
    )


def term_spelt(term: str) -> str:
    """Return a term as the index holds it: hashed where a tokenizer would cut it."""
    return sha256(rows.as_bytes(term)).hexdigest() if len(term) > _LONGEST_TERM else spelt(term)


def article_document(stored: Stored) -> dict[str, Any]:
    """Return the document of an article."""
    article, card = stored.article, rows.card_to_json(stored.article)
    body = rows.encode(article)
    parts = passages.split(article)
    return _filters(stored) | {
        "article": article.id,
        "generation": stored.generation,
        "passages": len(parts),
        "terms": sum(len(part.terms) for part in parts),
        "card": card,
        "checksum": zlib.crc32(card.encode()),
        "body": _packed((body.text, body.spans, body.terms)),
        "body_checksum": body.checksum,
    }


def passage_documents(stored: Stored) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the id and the document of each passage of an article."""
    common = _filters(stored) | {"article": stored.article.id}
    for key, part in zip(stored.passage_ids(), passages.split(stored.article), strict=True):
        yield key, common | {"number": part.number, "terms": " ".join(map(term_spelt, part.terms))}


@dataclass(slots=True)
class Held:
    """An article as the cluster holds it, its text checked; it is cut into sentences when it is asked for."""

    card: Card
    collections: tuple[str, ...]
    sequence: int
    generation: str
    seq_no: int
    term: int
    body: rows.Opened
    _article: Article | None = None

    @property
    def article(self) -> Article:
        """The article, with its sentences."""
        found = self._article
        if found is None:
            found = self._article = self.body.article(self.card)
        return found

    def passage(self, number: int) -> Passage:
        """Return one of its passages, `number` counting from 1."""
        at = (number - 1) * passages.STRIDE
        return passages.build(self.card.id, self.body.text, number, self.body.sentences(at, at + passages.SIZE))

    def is_visible(self, filter: Filter) -> bool:
        """Tell whether the filter admits it, its collections too."""
        return bool(set(self.collections) & set(filter.collections)) and filter.admits(self.card)

    def stored(self) -> Stored:
        """Return it as a writer takes it."""
        return Stored(self.article, self.collections, self.sequence, self.generation, self.seq_no, self.term)


def read(found: Mapping[str, Any], known: Held | None = None) -> Held:
    """Return the article of a document that was found by its id; `known` is the same article as it was before.

    Raises:
        ValueError: its bytes fail their checksum.
    """
    form = found["_source"]
    card = read_card(form["card"], form["checksum"])
    if known is not None and known.generation == form["generation"]:  # what changes is of another generation
        body = known.body
    else:
        body = rows.opened(found["_id"], card, rows.Body(*_unpacked(form["body"])), form["body_checksum"])
    names = tuple(unspelt(name) for name in form["collections"])
    return Held(card, names, form["sequence"], form["generation"], found["_seq_no"], found["_primary_term"], body)


def read_card(card: str, checksum: int) -> Card:
    """Return the card of an article's document.

    Raises:
        ValueError: it fails its checksum.
    """
    if zlib.crc32(card.encode()) != checksum:
        raise ValueError("the card fails its checksum")
    return rows.card_from_json(card)


def condition(filter: Filter) -> list[dict[str, Any]]:
    """Return the filter as clauses that all must hold, for articles and passages alike."""
    clauses: list[dict[str, Any]] = [{"terms": {"collections": [spelt(name) for name in filter.collections]}}]
    if filter.articles:
        clauses.append({"terms": {"article": [spelt(key) for key in filter.articles]}})
    if filter.sources:
        clauses.append(_any([{"wildcard": {"places": {"value": f"*{_literal(word)}*"}}} for word in filter.sources]))
    if filter.stories:
        clauses.append({"terms": {"story": [spelt(key) for key in filter.stories]}})
    bounds = {"gte": rows.microseconds(filter.since), "lt": rows.microseconds(filter.until)}
    if bounds := {name: bound for name, bound in bounds.items() if bound is not None}:
        clauses.append({"range": {"published": bounds}})
    if filter.lead is not None:
        clauses.append({"term": {"lead": filter.lead}})
    return clauses


def holding(terms: Sequence[str]) -> dict[str, Any]:
    """Return the query for passages that hold any of the terms, each weighed as often as it is named."""
    counts: dict[str, int] = {}
    for term in map(term_spelt, terms):
        counts[term] = counts.get(term, 0) + 1
    # 1,000: the most clauses that a cluster takes are 1,024, and a question of ours is 2,000 characters long at most
    words = list(counts.items())[:1000]
    return _any([{"term": {"terms": {"value": term, "boost": count}}} for term, count in words])


def _any(clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _literal(word: str) -> str:
    return re.sub(r"([*?\\])", r"\\\1", spelt(word.casefold()))


def _filters(stored: Stored) -> dict[str, Any]:
    article = stored.article
    places = rows.places(article).decode("utf-8", "surrogatepass")
    return {
        "collections": [spelt(name) for name in stored.collections],
        "published": rows.microseconds(article.published),
        "story": spelt(article.story),
        "lead": article.lead,
        "places": spelt(places)[:_LONGEST_KEY],
        "sequence": stored.sequence,
    }


def _packed(parts: Sequence[bytes]) -> str:
    head = b"".join(len(part).to_bytes(4, "little") for part in parts)
    return b64encode(zlib.compress(head + b"".join(parts), 1)).decode()


def _unpacked(text: str) -> tuple[bytes, bytes, bytes]:
    try:
        data = zlib.decompress(b64decode(text, validate=True))
    except zlib.error as exc:
        raise ValueError(f"the stored text cannot be unpacked: {exc}") from exc
    ends = [12]
    for at in range(0, 12, 4):
        ends.append(ends[-1] + int.from_bytes(data[at : at + 4], "little"))
    return data[ends[0] : ends[1]], data[ends[1] : ends[2]], data[ends[2] : ends[3]]
