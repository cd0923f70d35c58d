"""What a digest holds: lines of an article, each word for word with its citation, under short labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..model import FORMAT, Card, Citation, Span
from .requests import DigestKind


class Entry(NamedTuple):
    """A sentence of the article under a `label`: who says it, whom it introduces, its date, what it counts; or "".

    `reported` tells, of what somebody said, that the article reports it in its own words. `article` is given where
    entries are of several.
    """

    label: str
    citation: Citation
    reported: bool = False
    article: Card | None = None


class Fact(NamedTuple):
    """What is known of the article: `name`, `value`, and where the value stands in its text, None if it does not."""

    name: str
    value: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What was asked for of one article: `facts` first, then `entries`; both are () where it has nothing of the kind.

    `article` is None where a library was asked. `slot` is of whom it was asked, as typed; "" for all.
    """

    kind: DigestKind
    article: Card | None
    facts: tuple[Fact, ...] = ()
    entries: tuple[Entry, ...] = ()
    slot: str = ""

    @property
    def empty(self) -> bool:
        """Whether the article has nothing of the kind."""
        return not self.facts and not self.entries


def digest_to_dict(digest: Digest) -> dict[str, Any]:
    """Return the digest as plain values that JSON can hold, its articles and citations as in a reply."""
    from ..forms.serial import citation_to_dict  # late: a question needs no digest

    return {
        "format": FORMAT,
        "digest": str(digest.kind),
        "of": digest.slot or None,
        "article": None if digest.article is None else _name(digest.article),
        "facts": [
            {
                "name": fact.name,
                "value": fact.value,
                "start": fact.span.start if fact.span else None,
                "end": fact.span.end if fact.span else None,
            }
            for fact in digest.facts
        ],
        "entries": [
            {
                "label": entry.label or None,
                "reported": entry.reported,
                "article": None if entry.article is None else _name(entry.article),
                "citation": citation_to_dict(entry.citation, f"entries[{at}]"),
            }
            for at, entry in enumerate(digest.entries)
        ],
    }


def _name(card: Card) -> dict[str, Any]:
    from ..forms.serial import card_to_dict

    form = card_to_dict(card)
    return {key: form[key] for key in ("id", "title", "source", "published", "sha256", "lead", "agency", "url")}
