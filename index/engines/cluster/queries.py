"""Filters and terms as queries of a cluster, and the fields that they look at. Pure.

What filters look at of an article are `facts`: each begins with a tag of the collection that states it, so that no
search can look at what another one states; but for that of the text's language, which no collection decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from ... import patterns
from ...model import DEFAULT_LANGUAGE, Card, Filter
from .. import rows

_LONGEST_TERM = 200  # a whitespace tokenizer cuts words of more than 255 characters
_LONGEST_KEY = 8000  # characters: Lucene takes 32,766 bytes
_SURROGATES = patterns.compile("[\ud800-\udfff]")
_PLACES, _STORY, _FILE, _LEAD, _DAY = " places ", " story ", " file ", " lead ", " published "
_LANGUAGE = " language "  # no tag is before it: a text has one language, whatever a collection states
_YEAR_0 = 10**18  # microseconds; moments before 1970 must not be negative


LAST_PLACE: dict[str, Any] = {
    "size": 0,
    "aggs": {"order": {"nested": {"path": "order"}, "aggs": {"last": {"max": {"field": "order.sequence"}}}}},
}
"""The search for the highest place in the order of addition; `read_last_place` reads its answer."""


def read_last_place(answer: Any) -> int:
    """Return the highest place in the order of addition, 0 without any."""
    last = answer["aggregations"]["order"]["last"]["value"]
    return 0 if last is None else int(last)


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
    return _hash(term) if len(term) > _LONGEST_TERM else escape_surrogates(term)


def build_filter(filter: Filter) -> list[dict[str, Any]]:
    """Return the filter as clauses that must all match; they fit articles and passages alike."""
    clauses: list[dict[str, Any]] = [match_collections(filter.collections)]
    if filter.articles:
        clauses.append({"terms": {"article": [escape_surrogates(key) for key in filter.articles]}})
    if filter.language:
        clauses.append(match_language(filter.language))
    if replace(filter, language="") != Filter(collections=filter.collections, articles=filter.articles):
        names = tuple(dict.fromkeys(filter.collections))
        clauses.append(_match_any([_match_first(filter, names[:place], name) for place, name in enumerate(names)]))
    return clauses


def match_collections(names: Sequence[str]) -> dict[str, Any]:
    """Return the clause for what is in one of the collections."""
    return {"terms": {"collections": [escape_surrogates(name) for name in names]}}


def _match_first(filter: Filter, before: Sequence[str], name: str) -> dict[str, Any]:
    """Return the clause for articles of which the facts of this collection count, and pass the filter."""
    found: dict[str, Any] = {"filter": _list_conditions(filter, _tag(name))}
    if before:
        found["must_not"] = [match_collections(before)]
    return {"bool": found}


def _list_conditions(filter: Filter, tag: str) -> list[dict[str, Any]]:
    clauses: list[dict[str, Any]] = []
    if filter.sources:
        patterns = [f"{tag}{_PLACES}*{_escape_wildcards(word)}*" for word in filter.sources]
        clauses.append(_match_any([{"wildcard": {"facts": {"value": pattern}}} for pattern in patterns]))
    if filter.stories:
        clauses.append({"terms": {"facts": [f"{tag}{_STORY}{escape_surrogates(key)}" for key in filter.stories]}})
    if filter.files:
        clauses.append({"terms": {"facts": [f"{tag}{_FILE}{_hash(file)}" for file in filter.files]}})
    if filter.since is not None or filter.until is not None:
        since, until = (_spell_moment(moment) for moment in (filter.since, filter.until))
        clauses.append({"range": {"facts": {"gte": f"{tag}{_DAY}{since}", "lt": f"{tag}{_DAY}{until or '~'}"}}})
    if filter.lead is not None:
        clauses.append({"term": {"facts": f"{tag}{_LEAD}{rows.encode_lead(filter.lead)}"}})
    return clauses


def match_language(language: str) -> dict[str, Any]:
    """Return the clause for articles in a language."""
    if language == DEFAULT_LANGUAGE:
        return {"bool": {"must_not": {"prefix": {"facts": _LANGUAGE}}}}
    return {"term": {"facts": _LANGUAGE + language}}


def name_terms_field(language: str) -> str:
    """Return the field of passages that has the terms of a language.

    A field for each: the cluster counts how common terms are, and how long passages, among those that have the field.
    """
    return "terms" if language == DEFAULT_LANGUAGE else f"terms_{language}"


def build_term_query(terms: Sequence[str], language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
    """Return the query for passages in a language that hold any of the terms; one that is repeated weighs more."""
    field = name_terms_field(language)
    counts: dict[str, int] = {}
    for term in map(encode_term, terms):
        counts[term] = counts.get(term, 0) + 1
    # a cluster takes at most 1,024 clauses, and a question of ours has at most 2,000 characters
    words = list(counts.items())[:1000]
    return _match_any([{"term": {field: {"value": term, "boost": count}}} for term, count in words])


def _match_any(clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _escape_wildcards(word: str) -> str:
    return re.sub(r"([*?\\])", r"\\\1", escape_surrogates(word.casefold()))


def list_language_facts(language: str) -> list[str]:
    """Return the fact of a text's language, which is that of all collections; English texts have none."""
    return [] if language == DEFAULT_LANGUAGE else [_LANGUAGE + language]


def list_facts(name: str, card: Card) -> Iterator[str]:
    """Yield what filters look at of the card that a collection states; `_list_conditions` asks for it."""
    tag = _tag(name)
    places = rows.encode_sources(card).decode("utf-8", "surrogatepass")
    yield f"{tag}{_PLACES}{escape_surrogates(places)[:_LONGEST_KEY]}"
    yield f"{tag}{_STORY}{escape_surrogates(card.story)}"
    if card.file:
        yield f"{tag}{_FILE}{_hash(card.file)}"
    yield f"{tag}{_LEAD}{rows.encode_lead(card.lead)}"
    if card.published is not None:
        yield f"{tag}{_DAY}{_spell_moment(card.published)}"


def _tag(name: str) -> str:
    """Return what the facts of a collection begin with: of one length, so that none is the beginning of another."""
    return _hash(name)[:32]


def _hash(text: str) -> str:
    return sha256(rows.encode_text(text)).hexdigest()


def _spell_moment(moment: datetime | None) -> str:
    """Return a moment as text in the order of time, "" for None."""
    return "" if moment is None else f"{(rows.to_microseconds(moment) or 0) + _YEAR_0:020}"
