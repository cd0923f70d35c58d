"""Verification: what a saved reply or annotation claims, against the articles as they are now.

Nothing that a record says is believed: its article is looked up, the text is hashed again, and the words are
compared with those that stand there. Where the text has changed, a citation is orphaned, never moved: a place where
the same words now stand, once, is offered beside the outcome.
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
"""Returns the article that a card names: the text with its hash, else what its source or address holds now, or None."""

Stand = Callable[[Article], Standing]
"""Returns how an article stands among the versions of its story, as `index.stories.find_standing` says."""


class Outcome(StrEnum):
    """What verification finds of one citation; only `VERIFIED` holds."""

    VERIFIED = "verified"
    ORPHANED = "orphaned"
    FORGED = "forged"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one citation, and why in a sentence.

    `words` and `article_id` are what the record claims. `offered` is where the same words stand
    now, in the article `offered_in`; None where they stand nowhere, or more than once. `number`
    is the citation's in its reply, from 1; None for the words around citations.
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
            return tuple(_checked(record, find, stand))
        if "target" in record:
            return (replace(_check(_annotated(record), find, stand), number=1),)
        from ..forms.serial import reply_from_dict

        return tuple(_checked(reply_from_dict(record), find, stand))
    except ValueError as error:
        return (Finding(Outcome.UNKNOWN, f"this is no reply and no annotation of ours: {error}"),)


def hash_name(sha256: str) -> str:
    """Return the standard name (RFC 6920) of the text with this hash, "ni:///sha-256;..."."""
    return f"ni:///sha-256;{urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class _Claim:
    """That these words stand there in that text; `paragraph` and `sentence` are None where nothing is said of them."""

    card: Card
    start: int
    end: int
    text: str
    paragraph: int | None = None
    sentence: int | None = None
    speaker: Span | None = None
    url: str = ""

    def found(self, outcome: Outcome, detail: str, now: Article | None = None) -> Finding:
        """Return the finding; with `now`, the place in it is offered where the words stand once."""
        place = _once(now.text, self.text) if now else None
        return Finding(outcome, detail, self.text, self.card.id, place, now.id if now and place else "")


def _checked(reply: Reply, find: Find, stand: Stand) -> Iterator[Finding]:
    if reply.verdict is Verdict.ANSWERED and not reply.citations:
        yield Finding(Outcome.FORGED, "it claims an answer and cites nothing")
    numbers = count(1)
    for passage in reply.passages:
        findings = [_check(_claim(passage, citation), find, stand) for citation in passage.citations]
        yield from (replace(finding, number=next(numbers)) for finding in findings)
        around = _check(_Claim(passage.article, passage.start, passage.end, passage.text), find, stand)
        if around.outcome is Outcome.FORGED and not any(item.outcome is Outcome.FORGED for item in findings):
            yield around


def _claim(passage: ShownPassage, citation: Citation) -> _Claim:
    return _Claim(
        passage.article,
        citation.start,
        citation.end,
        citation.text,
        citation.paragraph,
        citation.sentence,
        citation.speaker,
        citation.url or "",
    )


def _check(claim: _Claim, find: Find, stand: Stand) -> Finding:
    """Check one claim: its own words first, then the text, the words in it, their numbers, the version."""
    sha256 = claim.card.sha256
    if not re.fullmatch("[0-9a-f]{64}", sha256) or claim.card.id != make_article_id(sha256):
        return claim.found(Outcome.FORGED, "the article's id does not go with the hash of its text")
    if claim.url and not safe_address(claim.url):
        return claim.found(Outcome.FORGED, "the link is not one to a page")
    article = find(claim.card)
    if article is None:
        return claim.found(Outcome.UNKNOWN, f"article {claim.card.id} is not here; say where it is from")
    if hash_text(article.text) != sha256:
        return claim.found(Outcome.ORPHANED, "the article's text has changed", article)
    wrong = _false_words(claim, article) or _moved(claim, article)
    return wrong or _check_standing(claim, article, find, stand(article))


def _false_words(claim: _Claim, article: Article) -> Finding | None:
    if not (0 <= claim.start < claim.end and article.text[claim.start : claim.end] == claim.text):
        where = _once(article.text, claim.text)
        instead = f"they stand at {where.start}" if where else "nor once elsewhere in the article"
        return claim.found(Outcome.FORGED, f"the words do not stand at {claim.start}; {instead}")
    speaker = claim.speaker
    if speaker and article.text[speaker.start : speaker.end] != speaker.text:
        return claim.found(Outcome.FORGED, "the speaker's name does not stand where the record says")
    expected, given = (urlsplit(safe_address(url)).hostname for url in (article.url, claim.url))
    if given and expected and given != expected:
        return claim.found(Outcome.FORGED, f"the link leads to {given}, the article is at {expected}")
    return None


def _moved(claim: _Claim, article: Article) -> Finding | None:
    """Return what is wrong with the numbers: a later version of ours may count sentences otherwise."""
    if claim.paragraph is None:
        return None
    for sentence in article.sentences:
        if (sentence.start, sentence.end) == (claim.start, claim.end):
            if (sentence.paragraph, sentence.number) == (claim.paragraph, claim.sentence):
                return None
            counted = f"paragraph {sentence.paragraph}, sentence {sentence.number}"
            return claim.found(Outcome.ORPHANED, f"the words are there, but counted as {counted}", article)
    return claim.found(Outcome.ORPHANED, "the words are there, but are no sentence of the article's body", article)


def _check_standing(claim: _Claim, article: Article, find: Find, standing: Standing) -> Finding:
    """Return whether the article may be cited today, or why not; of a newer version the same words are offered."""
    match standing.silence:
        case None:
            return claim.found(Outcome.VERIFIED, "the words stand there")
        case Silence.WITHDRAWN if article.status is Status.WITHDRAWN:
            return claim.found(Outcome.WITHDRAWN, "the words are there, but the article has been withdrawn")
        case Silence.WITHDRAWN:
            return claim.found(Outcome.WITHDRAWN, "the words are there, but a newer version withdraws the story")
        case Silence.EMBARGOED:
            return claim.found(Outcome.EMBARGOED, f"the words are there, but the article is {name_embargo(article)}")
        case Silence.SUPERSEDED:
            newer = standing.newer
            detail = f"the words are there, but {f'version {newer.id}' if newer else 'another version'} is newer"
            return claim.found(Outcome.SUPERSEDED, detail, find(newer) if newer else None)


def _once(text: str, words: str) -> Span | None:
    at = text.find(words) if words else -1
    return Span(at, at + len(words), words) if at >= 0 and text.find(words, at + 1) < 0 else None


def _annotated(record: Mapping[str, Any]) -> _Claim:
    """Return what a Web Annotation claims of a text that it names by its hash.

    Raises:
        ValueError: it names no such text, or lacks the words or their place.
    """
    sha256, page = "", ""
    selectors: dict[str, Mapping[str, Any]] = {}
    for target in filter(_is_object, _listed(record["target"])):
        source = target.get("source")
        name = source.get("id") if _is_object(source) else source
        if isinstance(name, str) and (digest := _digest(name)):
            sha256 = digest
            found = filter(_is_object, _listed(target.get("selector")))
            selectors = {str(item.get("type")): item for item in found}
        elif isinstance(name, str):
            page = name
    quoted = selectors.get("TextQuoteSelector", {}).get("exact")
    position = selectors.get("TextPositionSelector", {})
    start, end = position.get("start"), position.get("end")
    if not sha256:
        raise ValueError("it names its text by no hash")
    if not (isinstance(quoted, str) and type(start) is int and type(end) is int):
        raise ValueError("it does not say which words stand where")
    return _Claim(Card(id=make_article_id(sha256), sha256=sha256, url=page), start, end, quoted)


def _digest(name: str) -> str:
    """Return the hexadecimal SHA-256 in a name as `hash_name` gives it, "" if it is another name."""
    match = re.fullmatch(r"ni:///sha-256;([\w-]{43})", name, re.ASCII)
    return urlsafe_b64decode(f"{match[1]}=").hex() if match else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)
