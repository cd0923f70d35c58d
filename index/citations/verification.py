"""Verify what a saved reply or annotation claims against the articles as they are now.

Nothing in a record is trusted: its article is looked up, the text is hashed again, and the words are compared with
those at their place. If the text has changed, a citation is orphaned, never moved: if the same words now occur
exactly once, their place is offered beside the outcome.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from ..model import Article, Card, Citation, Reply, ShownPassage, Span, Status, hash_text, make_article_id
from ..stories import Silence, Standing, name_embargo, stand_alone
from ..verdicts import Verdict
from .links import safe_address

Find = Callable[[Card], Article | None]
"""Returns the article of a card: the text with its hash, else what is now at its source or address, else None."""

Stand = Callable[[Article], Standing]
"""Returns how an article stands among the versions of its story, as `index.stories.find_standing` says."""


class Outcome(StrEnum):
    """The outcome of verifying one citation; only a `VERIFIED` one holds."""

    VERIFIED = "verified"
    ORPHANED = "orphaned"
    FORGED = "forged"
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
    """Check a reply, its JSON form or a Web Annotation, citation by citation.

    A refusal cites nothing and gives (). What cannot be read gives one `UNKNOWN`. Words that stand where they should
    are `VERIFIED` only where the article may be cited today; without `stand`, other versions count as unknown.
    """
    try:
        if isinstance(record, Reply):
            return tuple(_check_reply(record, find, stand))
        if "target" in record:
            return (replace(_check(_read_annotation(record), find, stand), number=1),)
        from ..forms.serial import reply_from_dict

        return tuple(_check_reply(reply_from_dict(record), find, stand))
    except ValueError as error:
        return (Finding(Outcome.UNKNOWN, f"not a Pullquote reply or annotation: {error}"),)


def name_hash(sha256: str) -> str:
    """Return the RFC 6920 name of the text with this hash: "ni:///sha-256;..."."""
    return f"ni:///sha-256;{urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class _Quotation:
    """Words that a record quotes from a text, with their place; `paragraph` and `sentence` are None if it has none."""

    card: Card
    start: int
    end: int
    text: str
    paragraph: int | None = None
    sentence: int | None = None
    speaker: Span | None = None
    url: str = ""

    def report(self, outcome: Outcome, detail: str, now: Article | None = None) -> Finding:
        """Return the finding; it offers the place in `now` at which the words occur, if they occur there once."""
        place = _find_once(now.text, self.text) if now else None
        return Finding(outcome, detail, self.text, self.card.id, place, now.id if now and place else "")


def _check_reply(reply: Reply, find: Find, stand: Stand) -> Iterator[Finding]:
    if reply.verdict is Verdict.ANSWERED and not reply.citations:
        yield Finding(Outcome.FORGED, "it claims an answer but cites nothing")
    numbers = count(1)
    for passage in reply.passages:
        findings = [_check(_read_citation(passage, citation), find, stand) for citation in passage.citations]
        yield from (replace(finding, number=next(numbers)) for finding in findings)
        around = _check(_Quotation(passage.article, passage.start, passage.end, passage.text), find, stand)
        if around.outcome is Outcome.FORGED and not any(item.outcome is Outcome.FORGED for item in findings):
            yield around


def _read_citation(passage: ShownPassage, citation: Citation) -> _Quotation:
    return _Quotation(
        passage.article,
        citation.start,
        citation.end,
        citation.text,
        citation.paragraph,
        citation.sentence,
        citation.speaker,
        citation.url or "",
    )


def _check(quoted: _Quotation, find: Find, stand: Stand) -> Finding:
    """Check one quotation: the record itself first, then the text, the words in it, their numbers, the version."""
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
    wrong = _check_words(quoted, article) or _check_numbers(quoted, article)
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


def _check_numbers(quoted: _Quotation, article: Article) -> Finding | None:
    """Return what is wrong with the numbers, None if nothing is: another release may count sentences differently."""
    if quoted.paragraph is None:
        return None
    for sentence in article.sentences:
        if (sentence.start, sentence.end) == (quoted.start, quoted.end):
            if (sentence.paragraph, sentence.number) == (quoted.paragraph, quoted.sentence):
                return None
            place = f"paragraph {sentence.paragraph}, sentence {sentence.number}"
            return quoted.report(Outcome.ORPHANED, f"the words are there, but they are {place}", article)
    return quoted.report(Outcome.ORPHANED, "the words are there, but they are not a sentence of the body", article)


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
    at = text.find(words) if words else -1
    return Span(at, at + len(words), words) if at >= 0 and text.find(words, at + 1) < 0 else None


def _read_annotation(record: Mapping[str, Any]) -> _Quotation:
    """Return what a Web Annotation quotes from a text that it names by its hash.

    Raises:
        ValueError: it names no text by a hash, or lacks the words or their place.
    """
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
    return _Quotation(Card(id=make_article_id(sha256), sha256=sha256, url=page), start, end, quoted)


def _read_digest(name: str) -> str:
    """Return the hexadecimal SHA-256 in a name that `name_hash` made, "" for any other name."""
    match = re.fullmatch(r"ni:///sha-256;([\w-]{43})", name, re.ASCII)
    return urlsafe_b64decode(f"{match[1]}=").hex() if match else ""


def _wrap_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)
