"""The tool that proves quotations: as other tools gave them, in saved replies, or in the words of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from index import Article, Filter, Index
from index.citations import Finding, Outcome

from ..conversation.checking import SavedRecord, check_record, list_unchecked_in
from ..conversation.originals import Originals
from ..conversation.versions import look_up_versions
from ..pages.lines import clean_line
from . import quoted_words
from .arguments import VerifyArguments
from .results import CheckedQuotation, Quotation, VerifyResult, join_parts, make_record, quote_sentences

SEARCHED = 10
"""Passages in which the words of a draft are looked for, each with the other versions of its story."""

OTHER_LINE = "the words are there, but the line, link or sentences given for them are others"
"""What is told of a quotation whose words hold, and what cites them does not."""


def verify(index: Index, within: Filter, given: VerifyArguments) -> tuple[VerifyResult, str]:
    """Check quotations, and those in a draft, against the articles as they are now."""
    originals = Originals(index, within)
    words = list(quoted_words.find_quotations(given.draft))
    findings = [
        *(finding for one in given.quotations for finding in _check_quotation(index, one, originals)),
        *(_check_words(index, one, originals) for one in words[: quoted_words.MOST]),
    ]
    unchecked = [key for one in given.quotations for key in list_unchecked_in(SavedRecord(1, one))]
    unchecked += words[quoted_words.MOST :]
    told = VerifyResult(
        proven=bool(findings) and all(one.outcome == Outcome.VERIFIED for one in findings),
        findings=tuple(findings),
        unchecked=tuple(dict.fromkeys(unchecked)),
    )
    held = sum(one.outcome == Outcome.VERIFIED for one in findings)
    head = f"{held} of {len(findings)} verified." if findings else "There is no quotation to check."
    rows = [f"{one.outcome:<10}  “{clean_line(one.text)}”: {clean_line(one.detail)}" for one in findings]
    rows += [f"not checked: {clean_line(', '.join(told.unchecked))}"] if told.unchecked else []
    proofs = tuple(one.proof for one in findings if one.proof is not None)
    return told, join_parts("\n".join([head, *rows]), proofs)


def _check(record: Mapping[str, Any], originals: Originals) -> tuple[Finding, ...]:
    return check_record(SavedRecord(1, record), originals)


def _check_quotation(index: Index, record: Mapping[str, Any], originals: Originals) -> Iterator[CheckedQuotation]:
    """Yield the outcomes for a quotation of ours, a saved reply or an annotation."""
    own = not {"passages", "target"} & set(record)
    try:
        found = _check(make_record(record) if own else record, originals)
    except ValueError as error:
        text = record.get("text")
        detail = f"not a quotation: {error}"
        yield CheckedQuotation(text=text if isinstance(text, str) else "", outcome=Outcome.UNKNOWN, detail=detail)
        return
    for finding in found:
        proof = None
        if finding.outcome is Outcome.VERIFIED:
            article = index.article(finding.article_id, originals.within)
            place = _find_span(article, record["start"], record["end"]) if own else None
            place = place or quoted_words.find_sentences(article, finding.words)
            proof = quote_sentences(article, *place) if place else None
        if own and proof and not _agrees(record, proof):
            yield CheckedQuotation(text=finding.words, outcome=Outcome.MISSTATED, detail=OTHER_LINE)
        else:
            yield CheckedQuotation(text=finding.words, outcome=finding.outcome, detail=finding.detail, proof=proof)


def _find_span(article: Article, start: int, end: int) -> tuple[int, int] | None:
    """Return the first and the last of the sentences that fill the span; None where none do."""
    inside = [each.number for each in article.sentences if start <= each.start and each.end <= end]
    return (inside[0], inside[-1]) if inside else None


def _agrees(record: Mapping[str, Any], proof: Quotation) -> bool:
    """Tell whether a quotation says of its line, link and sentences what the article gives, as far as it says it."""
    given = (record.get("citation"), record.get("link"), tuple(record["sentences"]))
    return all(
        said in (None, is_so) for said, is_so in zip(given, (proof.citation, proof.link, proof.sentences), strict=True)
    )


def _check_words(index: Index, words: str, originals: Originals) -> CheckedQuotation:
    """Return the outcome for words in a draft: the best of the places where an article holds them."""
    keys = dict.fromkeys(hit.passage.article_id for hit in index.search(words, SEARCHED, originals.within))
    found = [index.article(key, originals.within) for key in keys]
    versions = look_up_versions(index, originals.within, [article.card for article in found])
    found += [index.article(card.id, originals.within) for card in versions if card.id not in keys]
    outcomes = [
        _check_place(words, article, place, originals)
        for article in found
        if (place := quoted_words.find_sentences(article, words))
    ]
    if outcomes:
        return next((one for one in outcomes if one.proof), outcomes[0])
    if len(words.split()) < quoted_words.FEWEST:
        detail = "no article holds these words, which are too few to tell whether they are quoted"
        return CheckedQuotation(text=words, outcome=Outcome.UNKNOWN, detail=detail)
    detail = "no article that may be cited here holds these words"
    return CheckedQuotation(text=words, outcome=Outcome.FORGED, detail=detail)


def _check_place(words: str, article: Article, place: tuple[int, int], originals: Originals) -> CheckedQuotation:
    """Return the outcome for words that the sentences of this place hold."""
    proof = quote_sentences(article, *place)
    finding = _check(make_record(asdict(proof)), originals)[0]
    if finding.outcome is not Outcome.VERIFIED:
        return CheckedQuotation(text=words, outcome=finding.outcome, detail=finding.detail)
    part = "" if len(words) >= len(" ".join(proof.text.split())) else ", as a part of what is cited for them"
    return CheckedQuotation(text=words, outcome=finding.outcome, detail=f"{finding.detail}{part}", proof=proof)
