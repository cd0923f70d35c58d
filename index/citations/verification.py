"""Verify what a saved reply or annotation claims against the articles as they are now.

Nothing in a record is trusted: its article is looked up, the text is hashed again, and the words are compared with
those at their place; then all else that it says of the article with what the article gives. If the text has changed, a
citation is orphaned, never moved: if the same words now occur exactly once, their place is offered beside the outcome.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from ..forms.serial import reply_from_dict
from ..model import Article, Card, Citation, Reply, ShownPassage, Span, Status, hash_text, make_article_id
from ..stories import Silence, Standing, name_embargo, stand_alone
from ..verdicts import Verdict
from .links import safe_address
from .statements import compare_annotation, compare_card, compare_citation, compare_passage, list_unknown

Find = Callable[[Card], Article | None]
"""Returns the article of a card: the text with its hash, else what is now at its source or address, else None."""

Stand = Callable[[Article], Standing]
"""Returns how an article stands among the versions of its story, as `index.stories.find_standing` says."""


class Outcome(StrEnum):
    """The outcome of verifying one citation; only a `VERIFIED` one holds."""

    VERIFIED = "verified"
    ORPHANED = "orphaned"
    FORGED = "forged"
    MISSTATED = "misstated"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome for one citation, with the reason in `detail`.

    `words` and `article_id` are what the record claims. `offered` is where the same words are now,
    in the article `offered_in`; None unless they occur there exactly once. `number` is the number of
    the citation in its reply, from 1; None for the words around citations.
    """

    outcome: Outcome
    detail: str
    words: str = ""
    article_id: str = ""
    offered: Span | None = None
    offered_in: str = ""
    number: int | None = None


def verify(record: Reply | Mapping[str, Any], find: Find, stand: Stand = stand_alone) -> tuple[Finding, ...]:
    """Check a reply, its JSON form or a Web Annotation, citation by citation, and then the words around them.

    A refusal cites nothing and gives (). What cannot be read, and each key that no reply has, gives one `UNKNOWN`.
    Words that stand where they should are `VERIFIED` only if all that is said of their article holds, too, and it may
    be cited today; without `stand`, other versions count as unknown. `list_unchecked` names what is not compared.
    """
    try:
        if isinstance(record, Reply):
            return tuple(_check_reply(record, find, stand))
        if "target" in record:
            return (replace(_check(_read_annotation(record), find, stand), number=1),)
        reply = reply_from_dict(record)
        more = (f"it also says “{key}”, which cannot be checked here" for key in list_unknown(record, reply))
        return (*_check_reply(reply, find, stand), *(Finding(Outcome.UNKNOWN, detail) for detail in more))
    except ValueError as error:
        return (Finding(Outcome.UNKNOWN, f"not a Pullquote reply or annotation: {error}"),)


@dataclass(frozen=True, slots=True)
class _Quotation:
    """Words that a record quotes from a text, with their place; `compare` returns what else it says that is not so.

    `compare` is called if the words are whole sentences of the body. `place` is the paragraph and sentence that the
    record counts, None if it counts none.
    """

    card: Card
    start: int
    end: int
    text: str
    compare: Callable[[Article], str]
    place: tuple[int, int] | None = None
    several: bool = False
    speaker: Span | None = None
    url: str = ""

    def report(self, outcome: Outcome, detail: str, now: Article | None = None) -> Finding:
        """Return the finding; it offers the place in `now` at which the words occur, if they occur there once."""
        place = _find_once(now.text, self.text) if now else None
        return Finding(outcome, detail, self.text, self.card.id, place, now.id if now and place else "")


def _check_reply(reply: Reply, find: Find, stand: Stand) -> Iterator[Finding]:
    if reply.verdict is Verdict.ANSWERED and not reply.citations:
        yield Finding(Outcome.FORGED, "it claims an answer but cites nothing")
    elif (reply.verdict is Verdict.REFUSED) is bool(reply.passages):
        shown = "shows passages" if reply.passages else "shows none"
        yield Finding(Outcome.FORGED, f"its verdict is “{reply.verdict}”, but it {shown}")
    numbers = count(1)
    for passage in reply.passages:
        findings = [_check(_read_citation(passage, citation), find, stand) for citation in passage.citations]
        yield from (replace(finding, number=next(numbers)) for finding in findings)
        around = _check(_read_passage(passage), find, stand)
        if not findings or around.outcome not in {Outcome.VERIFIED, *(finding.outcome for finding in findings)}:
            yield around


def _read_citation(passage: ShownPassage, citation: Citation) -> _Quotation:
    return _Quotation(
        passage.article,
        citation.start,
        citation.end,
        citation.text,
        lambda article: compare_card(passage.article, article) or compare_citation(citation, passage, article),
        place=(citation.paragraph, citation.sentence),
        speaker=citation.speaker,
        url=citation.url or "",
    )


def _read_passage(passage: ShownPassage) -> _Quotation:
    def compare(article: Article) -> str:
        return compare_card(passage.article, article) or compare_passage(passage, article)

    return _Quotation(passage.article, passage.start, passage.end, passage.text, compare, several=True)


def _check(quoted: _Quotation, find: Find, stand: Stand) -> Finding:
    """Check one quotation: the record itself, then the text, the words in it, their numbers, all else, the version."""
    sha256 = quoted.card.sha256
    if not re.fullmatch("[0-9a-f]{64}", sha256) or quoted.card.id != make_article_id(sha256):
        return quoted.report(Outcome.FORGED, "the article's id does not match the hash of its text")
    if quoted.url and not safe_address(quoted.url):
        return quoted.report(Outcome.FORGED, "the link is not a web address")
    article = find(quoted.card)
    if article is None:
        return quoted.report(
            Outcome.UNKNOWN, f"article {quoted.card.id} is not here; name the file or address it comes from"
        )
    if hash_text(article.text) != sha256:
        return quoted.report(Outcome.ORPHANED, "the article's text has changed", article)
    wrong = _check_words(quoted, article) or _check_sentences(quoted, article)
    if wrong is None and (detail := quoted.compare(article)):
        wrong = quoted.report(Outcome.MISSTATED, f"the words are there, but {detail}")
    return wrong or _check_standing(quoted, article, find, stand(article))


def _check_words(quoted: _Quotation, article: Article) -> Finding | None:
    if not (0 <= quoted.start < quoted.end and article.text[quoted.start : quoted.end] == quoted.text):
        where = _find_once(article.text, quoted.text)
        instead = f"they are at {where.start}" if where else "nor exactly once elsewhere in the article"
        return quoted.report(Outcome.FORGED, f"the words are not at {quoted.start}; {instead}")
    speaker = quoted.speaker
    if speaker and article.text[speaker.start : speaker.end] != speaker.text:
        return quoted.report(Outcome.FORGED, "the speaker's name is not where the record says")
    expected, given = (urlsplit(safe_address(url)).hostname for url in (article.url, quoted.url))
    if given and expected and given != expected:
        return quoted.report(Outcome.FORGED, f"the link leads to {given}, the article is at {expected}")
    return None


def _check_sentences(quoted: _Quotation, article: Article) -> Finding | None:
    """Return what is wrong with how the words are cut and counted, None if nothing is.

    Another release may cut and count sentences differently, so that this is no forgery.
    """
    inside = [item for item in article.sentences if quoted.start <= item.start and item.end <= quoted.end]
    whole = inside and (inside[0].start, inside[-1].end) == (quoted.start, quoted.end)
    if not whole or (len(inside) > 1 and not quoted.several):
        what = "whole sentences" if quoted.several else "a sentence"
        return quoted.report(Outcome.ORPHANED, f"the words are there, but they are not {what} of the body", article)
    first = inside[0]
    if quoted.place not in (None, (first.paragraph, first.number)):
        place = f"paragraph {first.paragraph}, sentence {first.number}"
        return quoted.report(Outcome.ORPHANED, f"the words are there, but they are {place}", article)
    return None


def _check_standing(quoted: _Quotation, article: Article, find: Find, standing: Standing) -> Finding:
    """Return whether the article may be cited today, or why not; the same words in a newer version are offered."""
    match standing.silence:
        case None:
            return quoted.report(Outcome.VERIFIED, "the words are there")
        case Silence.WITHDRAWN if article.status is Status.WITHDRAWN:
            return quoted.report(Outcome.WITHDRAWN, "the words are there, but the article has been withdrawn")
        case Silence.WITHDRAWN:
            return quoted.report(Outcome.WITHDRAWN, "the words are there, but a newer version withdraws the story")
        case Silence.EMBARGOED:
            return quoted.report(Outcome.EMBARGOED, f"the words are there, but the article is {name_embargo(article)}")
        case Silence.SUPERSEDED:
            newer = standing.newer
            detail = f"the words are there, but {f'version {newer.id}' if newer else 'another version'} is newer"
            return quoted.report(Outcome.SUPERSEDED, detail, find(newer) if newer else None)


def _find_once(text: str, words: str) -> Span | None:
    """Return where the words stand; None unless they stand there exactly once (as "" never does)."""
    at = text.find(words)
    return Span(at, at + len(words), words) if at >= 0 and words not in text[at + 1 :] else None


def _read_annotation(record: Mapping[str, Any]) -> _Quotation:
    """Return what a Web Annotation quotes from a text that it names by its hash.

    Raises:
        ValueError: it names no text by a hash, or lacks the words or their place, or is a reply as well.
    """
    if "passages" in record:
        raise ValueError("it has both passages and a target")
    sha256, page = "", ""
    selectors: dict[str, Mapping[str, Any]] = {}
    for target in filter(_is_object, _wrap_list(record["target"])):
        source = target.get("source")
        name = source.get("id") if _is_object(source) else source
        if isinstance(name, str) and (digest := _read_digest(name)):
            sha256 = digest
            found = filter(_is_object, _wrap_list(target.get("selector")))
            selectors = {str(item.get("type")): item for item in found}
        elif isinstance(name, str):
            page = name
    quoted = selectors.get("TextQuoteSelector", {}).get("exact")
    position = selectors.get("TextPositionSelector", {})
    start, end = position.get("start"), position.get("end")
    if not sha256:
        raise ValueError("it does not name its text by a hash")
    if not (isinstance(quoted, str) and type(start) is int and type(end) is int):
        raise ValueError("it does not say which words are where")
    card = Card(id=make_article_id(sha256), sha256=sha256, url=page)
    return _Quotation(card, start, end, quoted, lambda article: compare_annotation(record, article, start, end))


def _read_digest(name: str) -> str:
    """Return the hexadecimal SHA-256 in a name that `name_hash` made, "" for any other name."""
    match = re.fullmatch(r"ni:///sha-256;([\w-]{43})", name, re.ASCII)
    return urlsafe_b64decode(f"{match[1]}=").hex() if match else ""


def _wrap_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)
