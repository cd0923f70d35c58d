"""What a reader makes of a source: its text, what the source says of itself, and its blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model import Kind, Metadata

MAX_TIME = (1 << 24) - 2
"""The longest time of a paragraph in seconds that engines can store: 194 days."""


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the text that the source marks as one paragraph; with `kind` None the wire rules decide.

    `page` and `time` are as in `model.Paragraph`.
    """

    start: int
    end: int
    kind: Kind | None = None
    page: int | None = None
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of a source: the text, what the source says of itself, and its blocks.

    `blocks` is None if the source marks none: then the lines of the text make the paragraphs. `shown`
    is all that the source shows to people, to check the article's sentences against; "" if that is
    the text itself. `left_out` are sentences that were extracted but are not shown there. `omitted` are texts
    of the source's main part that are not in the text, each with the reason why not.
    """

    text: str
    known: Metadata = field(default_factory=Metadata)
    blocks: tuple[Block, ...] | None = None
    shown: str = ""
    left_out: tuple[str, ...] = ()
    omitted: tuple[tuple[str, str], ...] = ()
