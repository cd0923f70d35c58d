"""The values that everything else passes around: frozen, comparable, convertible to JSON.

Offsets are code points, half-open `[start, end)`, into `Article.text`. Numbers count paragraphs and sentences from 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from .moments import as_utc
from .naming import choose_name
from .verdicts import Reason, UnreadArticle, Verdict

FORMAT = 1
"""The version of the JSON form of articles and replies; keys are only ever added to it."""

DEFAULT_COLLECTION = "default"
"""The collection that is meant when none is named."""

DEFAULT_LANGUAGE = "en"
"""The language of whatever names none: libraries held English articles alone before there were others."""

MAX_LEAD = (1 << 31) - 1
"""The highest number of a version that engines can look for."""


class Kind(StrEnum):
    """What a paragraph is; only `BODY` may be cited. `FOREIGN` is body in another language than the article's."""

    HEADLINE = "headline"
    NOTE = "note"
    BODY = "body"
    FURNITURE = "furniture"
    FOREIGN = "foreign"


class Status(StrEnum):
    """What the agency says of a version: good, corrected, or taken back."""

    USABLE = "usable"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known of an article besides its text; an empty value means that it is not known.

    `published`, `changed` (the last change that the source dates) and `embargo` have a zone only if it states one.
    `lead` is the version of the story: 0 for the first filing, 1 for "LEAD", 2 for "2nd LD", and so on. `story` is the
    key that all versions of one story share. `url` is the publisher's page, for deep links.
    """

    title: str = ""
    published: datetime | None = None
    language: str = DEFAULT_LANGUAGE
    agency: str = ""
    cities: tuple[str, ...] = ()
    byline: str = ""
    note: str = ""
    story: str = ""
    lead: int = 0
    status: Status = Status.USABLE
    embargo: datetime | None = None
    url: str = ""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Metadata):
    """An article without its text: what lists and replies show. `length` counts sentences.

    `file` is the absolute path of the file that it was read from, "" for anything else. It is `replaced` when that
    file has another text since.
    """

    id: str
    sha256: str
    source: str = ""
    length: int = 0
    file: str = ""
    replaced: bool = False

    @property
    def name(self) -> str:
        """What the article is called: its headline, else the name of its source, else "Untitled article"."""
        return choose_name(self.title, self.source)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A marked span of the text; `number`, of `BODY` alone, and `page` count from 1, `time` seconds of a recording."""

    number: int | None
    kind: Kind
    start: int
    end: int
    page: int | None = None
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One citable sentence: its index terms in text order, and its vector, a signed byte a dimension; b"" for none."""

    number: int
    paragraph: int
    start: int
    end: int
    terms: tuple[str, ...] = ()
    vector: bytes = b""
    heading: tuple[str, ...] = ()  # the terms of the heading right above it, see `headings.py`


class FromText(Protocol):
    """The type of `Article.from_text`."""

    def __call__(self, text: str, known: Metadata | None = None, *, source: str = "") -> Article:
        """Make an article of literal text; see `build_article`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Card):
    """One text as stored, with its paragraphs of every kind and its citable sentences."""

    text: str
    paragraphs: tuple[Paragraph, ...] = ()
    sentences: tuple[Sentence, ...] = ()

    from_text: ClassVar[FromText]
    """Makes an article of literal text; `index` binds it to `index.reading.article.build_article`, which needs this."""

    @property
    def card(self) -> Card:
        """The article without its text."""
        return Card(**{name: getattr(self, name) for name in Card.__dataclass_fields__})

    def with_card(self, card: Card) -> Article:
        """Return the same text under another card, as another collection states it."""
        return replace(self, **{name: getattr(card, name) for name in Card.__dataclass_fields__})

    @property
    def bare(self) -> Article:
        """The text with its marks and language, which all collections share, and nothing that is stated of it."""
        return self.with_card(Card(id=self.id, sha256=self.sha256, length=self.length, language=self.language))

    def quote(self, span: Paragraph | Sentence | Passage | Citation | Span) -> str:
        """Return the words that `span` covers."""
        return self.text[span.start : span.end]


def hash_text(text: str) -> str:
    """Return the SHA-256 of the text in UTF-8, in hexadecimal (lone surrogates are kept)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make_article_id(sha256: str) -> str:
    """Return the id of the text with this hash: 20 digits, so that a billion share none, but for one in a million."""
    return sha256[:20]


@dataclass(frozen=True, slots=True)
class Span:
    """Words of the article, and where they stand."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences `first..last` of one article, the unit that engines index.

    `number` counts the article's passages from 1. `terms` are the index terms, `text` the words.
    """

    article_id: str
    number: int
    first: int
    last: int
    start: int
    end: int
    text: str = ""
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that an engine retrieved. Scores can be compared within one search only."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may be searched, and whose words there; an empty tuple or None sets no limit.

    `collections` is never empty when an engine gets it: `core.py` fills it in. Of an article that several of them hold,
    only what the first one states counts. `since` is inclusive, `until` exclusive; a time without zone counts as UTC,
    and an article without a date passes neither. `lead` asks for that version instead of the newest. `now` is the time
    at which embargoes are judged; None is the time of asking. `language` is a code such as "ko"; "" is any, but
    English for a search, which looks for words of one language.
    """

    collections: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    lead: int | None = None
    now: datetime | None = None
    speakers: tuple[str, ...] = ()
    language: str = ""

    def admits(self, card: Card) -> bool:
        """Tell whether the card passes all but `collections`, which only an engine knows, and `speakers`.

        A source passes when one of `sources` is part of its source, agency or address, in any case.
        """
        places = f"{card.source}\n{card.agency}\n{card.url}".casefold()
        return (
            (not self.articles or card.id in self.articles)
            and (not self.sources or any(word.casefold() in places for word in self.sources))
            and (not self.stories or card.story in self.stories)
            and (not self.files or card.file in self.files)
            and (self.since is None or (card.published is not None and as_utc(card.published) >= as_utc(self.since)))
            and (self.until is None or (card.published is not None and as_utc(card.published) < as_utc(self.until)))
            and (self.lead is None or card.lead == self.lead)
            and self.language in ("", card.language)
        )


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence that carries the answer: `article.text[start:end] == text`, always.

    `score` is between 0 and 1. `speaker` is the one to whom the article attributes the words. `notes` are facts added
    beside the untouched words, such as `{"start", "end", "date": "2022-11"}`.
    """

    article_id: str
    sha256: str
    paragraph: int
    sentence: int
    start: int
    end: int
    text: str
    score: float
    url: str | None = None
    speaker: Span | None = None
    notes: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)  # a mapping has no hash


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """Words shown to the reader, and the citations in them, strongest first."""

    article: Card
    paragraphs: tuple[int, ...]
    start: int
    end: int
    text: str
    score: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one question, or an honest refusal.

    `understood` is the stand-alone question made of a follow-up, else None. `confidence` is the calibrated probability,
    0 to 1, that the first citation answers. `passages` are best first and empty when refused. `unread` are articles
    that may hold the answer, and could not be looked into. `by_meaning` tells whether meaning counted, or words alone.
    """

    question: str
    understood: str | None
    verdict: Verdict
    confidence: float
    reason: Reason
    passages: tuple[ShownPassage, ...] = ()
    explain: Mapping[str, Any] | None = None
    unread: tuple[UnreadArticle, ...] = ()
    by_meaning: bool = False

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, those of the best passage first."""
        return tuple(citation for passage in self.passages for citation in passage.citations)
