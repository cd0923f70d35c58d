"""Text in, Article out: joins the wire rules (`wire.py`) and the sentence rules (`language.py`).

Every source ends here, whatever its format: it hands over the text as the reader sees it and,
where the format knows them, the blocks of that text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .model import Article, Kind, Metadata


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the text that the source marks as one paragraph; `kind` None lets the wire rules decide."""

    start: int
    end: int
    kind: Kind | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a source hands over: the unchanged text, what it states of itself, and its blocks.

    `blocks` None means that the source knows none: lines of the text are the paragraphs.
    """

    text: str
    known: Metadata = field(default_factory=Metadata)
    blocks: tuple[Block, ...] | None = None


def build_article(text: str, known: Metadata | None = None, *, source: str = "", blocks: tuple[Block, ...] | None = None) -> Article:
    """Mark the text's paragraphs and sentences and return the article; the text stays as it is."""
    raise NotImplementedError
