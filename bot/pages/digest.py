"""Render digests: what an article says of itself, line by line, and what is new in a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from index.digest import Digest, DigestKind, Entry, Fact
from index.model import Card

from .lines import INDENT, Line, Look, Page, clean_line, format_place, make_line, render_block, render_name

HEADINGS = {
    DigestKind.ABOUT: "What it is about, in its own words:",
    DigestKind.QUOTES: "Who says what:",
    DigestKind.PEOPLE: "Whom it names, and how it introduces them:",
    DigestKind.PERSON: "What it says of {of}:",
    DigestKind.TIMELINE: "What it dates, in order:",
    DigestKind.NUMBERS: "Its figures:",
    DigestKind.LATEST: "The newest articles:",
}
NOTHING = {
    DigestKind.ABOUT: "The article has no sentence that could be cited.",
    DigestKind.QUOTES: "The article attributes no words to anybody.",
    DigestKind.PEOPLE: "The article names nobody.",
    DigestKind.PERSON: "The article names nobody of that name.",
    DigestKind.TIMELINE: "The article dates nothing.",
    DigestKind.NUMBERS: "The article has no figures.",
    DigestKind.HEADLINE: "The article has no headline.",
    DigestKind.PUBLISHED: "The article does not say when it was published.",
    DigestKind.AUTHOR: "The article does not say who wrote it.",
    DigestKind.SOURCE: "It is not known where the article is from.",
    DigestKind.LATEST: "No article here speaks of that.",
}
"""What is said where there is nothing of the kind."""

NOTHING_OF = "The article attributes no words to {of}."
DIRECT, REPORTED = "in quotation marks", "in the article's words"


def explain_nothing(digest: Digest) -> str:
    """Return the line that says that there is nothing of the kind."""
    if digest.slot and digest.kind is DigestKind.QUOTES:
        return NOTHING_OF.format(of=clean_line(digest.slot))
    return NOTHING.get(digest.kind, "There is nothing of the kind.")


def list_facts(digest: Digest) -> list[Fact]:
    """Return the facts to show: not the headline where the head of the page has it."""
    return [fact for fact in digest.facts if fact.name != "headline" or digest.kind is DigestKind.HEADLINE]


def name_digest(digest: Digest) -> str:
    """Return the line above the sentences, which says what they are."""
    return HEADINGS[digest.kind].format(of=clean_line(digest.slot))


def render_digest(digest: Digest) -> Page:
    """Return the page of a digest: the article's name, the facts, then each sentence under its label."""
    head = list(render_name(digest.article)) if digest.article else []
    if digest.empty:
        return (*head, make_line(explain_nothing(digest), Look.REFUSED))
    head += [make_line(clean_line(fact.value), margin=f"{fact.name}: ") for fact in list_facts(digest)]
    if digest.entries:
        head += [make_line(name_digest(digest), Look.FACT), Line()]
    return (*head, *_render_entries(digest, digest.article))


def _render_entries(digest: Digest, card: Card | None) -> Iterator[Line]:
    number = 1
    groups = [(label, list(some)) for label, some in groupby(digest.entries, key=lambda entry: entry.label)]
    for at, (label, some) in enumerate(groups):
        if label:
            if at:
                yield Line()
            yield make_line(clean_line(label), Look.TITLE)
        for reported, part in groupby(some, key=lambda entry: entry.reported):
            if digest.kind is DigestKind.QUOTES:
                yield make_line(f"{REPORTED if reported else DIRECT}:", Look.FACT)
            yield from _render_lines(list(part), number, card)
            number += sum(1 for entry in some if entry.reported is reported)


def _render_lines(entries: Sequence[Entry], first: int, card: Card | None) -> Iterator[Line]:
    for number, entry in enumerate(entries, first):
        yield from render_block(entry.citation.text, f"[{number}]".ljust(len(INDENT)), Look.CITED)
        shown = entry.article or card
        if shown is not None:
            yield make_line(format_place(entry.citation, shown), Look.FACT, margin=INDENT)
