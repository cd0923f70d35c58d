"""What a source hands over: its text, what it states of itself, and its blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model import Kind, Metadata


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

    `blocks` None means that the source knows none: lines of the text are the paragraphs. `shown` is
    all that the source shows its readers, for checking the article's sentences against it ("" where
    the text is all there is); `left_out` are sentences that were chosen but are not shown there.
    """

    text: str
    known: Metadata = field(default_factory=Metadata)
    blocks: tuple[Block, ...] | None = None
    shown: str = ""
    left_out: tuple[str, ...] = ()
