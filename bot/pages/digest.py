"""Render digests: what an article says of itself, line by line, and what is new in a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from index.digest import Digest, DigestKind, Entry, Fact
from index.model import Card
from index.verdicts import translatable

from ..translation import gettext, ngettext, write_day
from .lines import INDENT, Line, Look, Page, clean_line, make_line, render_block, render_name, render_place

HEADINGS = {
    DigestKind.ABOUT: translatable("What it is about, in its own words:"),
    DigestKind.QUOTES: translatable("Who says what:"),
    DigestKind.PEOPLE: translatable("Whom it names, and how it introduces them:"),
    DigestKind.PERSON: translatable("What it says of {of}:"),
    DigestKind.TIMELINE: translatable("What it dates, in order:"),
    DigestKind.NUMBERS: translatable("Its figures:"),
    DigestKind.LATEST: translatable("The newest articles:"),
}
NOTHING = {
    DigestKind.ABOUT: translatable("The article has no sentence that could be cited."),
    DigestKind.QUOTES: translatable("The article attributes no words to anybody."),
    DigestKind.PEOPLE: translatable("The article names nobody."),
    DigestKind.PERSON: translatable("The article names nobody of that name."),
    DigestKind.TIMELINE: translatable("The article dates nothing."),
    DigestKind.NUMBERS: translatable("The article has no figures."),
    DigestKind.HEADLINE: translatable("The article has no headline."),
    DigestKind.PUBLISHED: translatable("The article does not say when it was published."),
    DigestKind.AUTHOR: translatable("The article does not say who wrote it."),
    DigestKind.SOURCE: translatable("It is not known where the article is from."),
    DigestKind.LATEST: translatable("No article here speaks of that."),
}
"""What is said where there is nothing of the kind."""

NOTHING_OF = translatable("The article attributes no words to {of}.")
NOTHING_AT_ALL = translatable("There is nothing of the kind.")
DIRECT = translatable("in quotation marks")
REPORTED = translatable("in the article's words")
FACTS = (
    translatable("headline"),
    translatable("published"),
    translatable("written by"),
    translatable("words"),
    translatable("sentences"),
    translatable("reading time"),
    translatable("agency"),
    translatable("page"),
    translatable("source"),
)
"""Names of facts, as `index` has them."""


def explain_nothing(digest: Digest) -> str:
    """Return the line that says that there is nothing of the kind."""
    if digest.slot and digest.kind is DigestKind.QUOTES:
        return gettext(NOTHING_OF).format(of=clean_line(digest.slot))
    return gettext(NOTHING.get(digest.kind, NOTHING_AT_ALL))


def list_facts(digest: Digest) -> list[Fact]:
    """Return the facts to show: not the headline where the head of the page has it."""
    return [fact for fact in digest.facts if fact.name != "headline" or digest.kind is DigestKind.HEADLINE]


def tell_facts(digest: Digest) -> list[tuple[str, str]]:
    """Return name and value of each fact to show, in the reader's language as far as the value is not the article's."""
    return [(gettext(fact.name), clean_line(_tell_value(digest, fact))) for fact in list_facts(digest)]


def _tell_value(digest: Digest, fact: Fact) -> str:
    if fact.name == "published" and digest.article is not None and digest.article.published is not None:
        return write_day(digest.article.published)
    if fact.name == "reading time":
        minutes = int(fact.value.split()[0])
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    return fact.value


def name_digest(digest: Digest) -> str:
    """Return the line above the sentences, which says what they are."""
    return gettext(HEADINGS[digest.kind]).format(of=clean_line(digest.slot))


def render_digest(digest: Digest, *, links: bool = False) -> Page:
    """Return the page of a digest: the article's name, the facts, then each sentence under its label.

    The place of each leads to the sentence on the publisher's page; with `links`, that address stands below it.
    """
    head = list(render_name(digest.article)) if digest.article else []
    if digest.empty:
        return (*head, make_line(explain_nothing(digest), Look.REFUSED))
    head += [make_line(value, margin=f"{name}: ") for name, value in tell_facts(digest)]
    if digest.entries:
        head += [make_line(name_digest(digest), Look.FACT), Line()]
    return (*head, *_render_entries(digest, digest.article, links=links))


def _render_entries(digest: Digest, card: Card | None, *, links: bool) -> Iterator[Line]:
    number = 1
    groups = [(label, list(some)) for label, some in groupby(digest.entries, key=lambda entry: entry.label)]
    for at, (label, some) in enumerate(groups):
        if label:
            if at:
                yield Line()
            yield make_line(clean_line(label), Look.TITLE)
        for reported, part in groupby(some, key=lambda entry: entry.reported):
            if digest.kind is DigestKind.QUOTES:
                yield make_line(f"{gettext(REPORTED if reported else DIRECT)}:", Look.FACT)
            yield from _render_lines(list(part), number, card, links=links)
            number += sum(1 for entry in some if entry.reported is reported)


def _render_lines(entries: Sequence[Entry], first: int, card: Card | None, *, links: bool) -> Iterator[Line]:
    for number, entry in enumerate(entries, first):
        yield from render_block(entry.citation.text, f"[{number}]".ljust(len(INDENT)), Look.CITED)
        shown = entry.article or card
        if shown is not None:
            yield from render_place(entry.citation, shown, links=links)
