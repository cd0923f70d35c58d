"""Articles as stored rows or documents, and back. Pure.

Every row carries its own checksum over everything an answer is made of: the words, the spans that cut them into
sentences, and the card. SQLite's integrity check noticed only 5 of 400 flipped bits.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import repeat
from typing import Any, NamedTuple

from ..model import (
    DEFAULT_LANGUAGE,
    MAX_LEAD,
    Article,
    Card,
    Kind,
    Paragraph,
    Passage,
    Sentence,
    Status,
    make_article_id,
)
from ..moments import as_utc
from ..reading import passages

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = tuple(Kind)
_UNDER = "\x1f"  # in a sentence's line of terms, what follows is those of the heading above it
_IN = "\x1d"  # before the lines of terms, names the language whose they are; English ones have no such line
_KIND_BITS = 8  # a kind's number; above it stands the time of a recording, so that rows without one are as before
_KIND_MASK = (1 << _KIND_BITS) - 1
_NONE = 0  # paragraph numbers and pages start at 1, so 0 can mean "none"


class EncodedBody(NamedTuple):
    """The parts of an article that never change: UTF-8 text, packed spans, terms, one line a sentence, and vectors.

    A line ends with a unit separator and the terms of the heading above its sentence, if there is one; earlier
    versions take them for terms of the sentence. Before the lines stands the language, unless it is English.
    `vectors` are those of all sentences, one after the other; b"" if they have none.
    """

    text: bytes
    spans: bytes
    terms: bytes
    vectors: bytes = b""

    @property
    def checksum(self) -> int:
        """The checksum of spans, terms and vectors; the text has its SHA-256."""
        lengths = len(self.spans) + len(self.vectors)  # without vectors it is as before there were any
        return zlib.crc32(self.vectors, zlib.crc32(self.terms, zlib.crc32(self.spans, lengths)))


def encode_text(text: str) -> bytes:
    """Return the text in UTF-8; lone surrogates, which file names and broken texts may contain, are kept."""
    return text.encode("utf-8", "surrogatepass")


def encode_id(article_id: str) -> str:
    """Return an id in a form that SQLite accepts: no id of ours has lone surrogates, but one that is asked for may."""
    return article_id.encode("utf-8", "backslashreplace").decode()


def encode_article(article: Article) -> EncodedBody:
    """Return the body of the article as stored."""
    numbers = [len(article.paragraphs)]
    for p in article.paragraphs:
        kind = _KINDS.index(p.kind) | (_NONE if p.time is None else p.time + 1) << _KIND_BITS
        numbers += (p.number or _NONE, kind, p.start, p.end, p.page or _NONE)
    for s in article.sentences:
        numbers += (s.number, s.paragraph, s.start, s.end)
    spoken = () if article.language == DEFAULT_LANGUAGE else (_IN + article.language,)
    terms = "\n".join((*spoken, *map(_write_line, article.sentences)))
    vectors = b"".join([sentence.vector for sentence in article.sentences])
    return EncodedBody(encode_text(article.text), _pack(numbers), encode_text(terms), vectors)


def _write_line(sentence: Sentence) -> str:
    under = (_UNDER, *sentence.heading) if sentence.heading else ()
    return " ".join((*sentence.terms, *under))


class DecodedBody(NamedTuple):
    """A body whose checksums are right, not yet cut into sentences: a search needs only one passage of it."""

    text: str
    numbers: Sequence[int]
    lines: Sequence[str]
    vectors: bytes = b""
    language: str = DEFAULT_LANGUAGE

    def cut_sentences(self, at: int = 0, end: int | None = None) -> tuple[Sentence, ...]:
        """Return the sentences in the slice [at, end), counting from 0."""
        places = iter(self.cut_spans(at, end))
        lines = self.lines[at:end]
        terms = [tuple(line.split(" ")) if line else () for line in lines]
        vectors: Iterable[bytes] = repeat(b"")
        if self.vectors:
            width = len(self.vectors) // self.length
            starts = range(at * width, (at + len(terms)) * width, width)
            vectors = [self.vectors[start : start + width] for start in starts]
        found = tuple(map(Sentence, places, places, places, places, terms, vectors))
        return tuple(map(_part_heading, found)) if any(_UNDER in line for line in lines) else found

    def cut_spans(self, at: int = 0, end: int | None = None) -> Sequence[int]:
        """Return of each sentence in the slice its number, that of its paragraph, its start and its end."""
        first = 1 + 5 * self.numbers[0]
        return self.numbers[first + 4 * at : None if end is None else first + 4 * end]

    @property
    def length(self) -> int:
        """The number of sentences."""
        return (len(self.numbers) - 1 - 5 * self.numbers[0]) // 4

    def cut_paragraphs(self) -> tuple[Paragraph, ...]:
        """Return the paragraphs of every kind."""
        spans = iter(self.numbers[1 : 1 + 5 * self.numbers[0]])
        return tuple(
            Paragraph(
                number or None,
                _KINDS[kind & _KIND_MASK],
                start,
                end,
                page or None,
                None if kind <= _KIND_MASK else (kind >> _KIND_BITS) - 1,
            )
            for number, kind, start, end, page in zip(spans, spans, spans, spans, spans, strict=True)
        )


def _order_terms(terms: list[str]) -> list[str]:
    """Return the terms of a line as a passage has them: those of the heading above the sentence come first."""
    if _UNDER not in terms:
        return terms
    at = terms.index(_UNDER)
    return terms[at + 1 :] + terms[:at]


def _part_heading(sentence: Sentence) -> Sentence:
    """Return a sentence as read from its line, the terms of the heading apart from its own."""
    if _UNDER not in sentence.terms:
        return sentence
    at = sentence.terms.index(_UNDER)
    return replace(sentence, terms=sentence.terms[:at], heading=sentence.terms[at + 1 :])


@dataclass(slots=True)
class LazyText:
    """A stored text whose checksums are right, without any card; it is cut into sentences when they are asked for.

    What was built last is kept with its card: most texts are asked for under one.
    """

    id: str
    sha256: str
    body: DecodedBody
    _built: tuple[Card, Article] | None = None

    @property
    def bare(self) -> Card:
        """The card of a text of which nothing is stated."""
        return Card(id=self.id, sha256=self.sha256, length=self.body.length, language=self.body.language)

    def build_article(self, card: Card) -> Article:
        """Return the whole article under this card; the language is that of the terms, whatever the card says."""
        if card.language != self.body.language:
            card = replace(card, language=self.body.language)
        if (built := self._built) is None:
            article = Article(
                **{name: getattr(card, name) for name in _CARD_NAMES},
                text=self.body.text,
                paragraphs=self.body.cut_paragraphs(),
                sentences=self.body.cut_sentences(),
            )
        elif built[0] is card or built[0] == card:
            return built[1]
        else:
            article = built[1].with_card(card)
        self._built = card, article
        return article

    def cut_passage(self, number: int) -> Passage | None:
        """Return one of its passages, `number` counting from 1; None when there is none of that number."""
        if not 1 <= number <= passages.count_for(self.body.length):
            return None
        at = (number - 1) * passages.STRIDE
        spans = self.body.cut_spans(at, at + passages.SIZE)
        terms = [
            term for line in self.body.lines[at : at + passages.SIZE] if line for term in _order_terms(line.split(" "))
        ]
        start, end = spans[2], spans[-1]
        return Passage(self.id, number, spans[0], spans[-4], start, end, self.body.text[start:end], tuple(terms))


def decode_text(article_id: str, body: EncodedBody, checksum: int) -> LazyText:
    """Return a stored text after checking it.

    Raises:
        ValueError: the bytes fail their checksum, or the text its id, which is made of its SHA-256.
    """
    if body.checksum != checksum:
        raise ValueError("the stored spans fail their checksum")
    digest = sha256(body.text).hexdigest()
    if article_id != make_article_id(digest):
        raise ValueError("the stored text is not that of its SHA-256")
    numbers = _unpack(body.spans)
    lines = body.terms.decode("utf-8", "surrogatepass").split("\n")
    language = lines.pop(0)[1:] if lines[0].startswith(_IN) else DEFAULT_LANGUAGE
    first = 1 + 5 * numbers[0]
    if len(lines) * 4 != len(numbers) - first and (body.terms or len(numbers) != first):
        raise ValueError("the stored terms are not those of its sentences")
    if body.vectors and (len(numbers) == first or len(body.vectors) % ((len(numbers) - first) // 4)):
        raise ValueError("the stored vectors are not those of its sentences")
    text = body.text.decode("utf-8", "surrogatepass")
    return LazyText(article_id, digest, DecodedBody(text, numbers, lines, body.vectors, language))


def card_to_json(card: Card) -> str:
    """Return a card, or that of an article, as one line of ASCII JSON."""
    from ..forms import serial  # late: reading does without it

    return json.dumps(serial.card_to_dict(card), separators=(",", ":"))


def card_from_json(text: str) -> Card:
    """Return the card that `card_to_json` was given; keys that a later version added are ignored.

    Raises:
        ValueError: the text is no such card.
    """
    return card_from_form(json.loads(text))


def card_from_form(form: Any) -> Card:
    """Return the card of such a text, parsed.

    Raises:
        ValueError: it is none.
    """
    try:
        form = {name: form[name] for name in _CARD_NAMES if name in form}
        for name in ("published", "embargo", "changed"):
            form[name] = datetime.fromisoformat(form[name]) if form.get(name) else None
        return Card(**form | {"cities": tuple(form["cities"]), "status": Status(form["status"])})
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError(f"no card of an article: {exc}") from exc


def to_microseconds(moment: datetime | None) -> int | None:
    """Return the exact microseconds since 1970 in UTC, so that SQL orders moments as `Filter` does."""
    return None if moment is None else (as_utc(moment) - _EPOCH) // timedelta(microseconds=1)


def encode_lead(lead: int) -> int:
    """Return the version that a filter asks for; -1, which no article has, for one that no column can hold."""
    return lead if 0 <= lead <= MAX_LEAD else -1


def encode_sources(card: Card) -> bytes:
    """Return the text in which the words of `Filter.sources` are looked for."""
    return encode_text(f"{card.source}\n{card.agency}\n{card.url}".casefold())


_CARD_NAMES = tuple(field.name for field in fields(Card))


def _pack(numbers: Sequence[int]) -> bytes:
    values = array("I", numbers)
    if sys.byteorder == "big":  # pragma: no cover - files are the same on all machines
        values.byteswap()
    return values.tobytes()


def _unpack(data: bytes) -> list[int]:
    values = array("I")
    values.frombytes(data)
    if sys.byteorder == "big":  # pragma: no cover - as above
        values.byteswap()
    return values.tolist()
