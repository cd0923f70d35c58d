"""What the tools return: quotations with all that proves them, as plain values and as text. Pure.

The values are frozen dataclasses; the JSON schemas that clients get are made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from index import Article, Citation
from index.citations import cite, safe_address
from index.citations.citation import cite_sentences
from index.forms.serial import card_to_dict, citation_to_dict
from index.model import Card, Span

from ..pages.lines import clean, clean_line, format_facts, name_article

ADDRESS = "pullquote://articles/"
"""What the address of an article begins with; its id follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedArticle:
    """The article that a quotation is from; `sha256` is the hash of its text in UTF-8, `resource` its address here."""

    id: str
    title: str
    sha256: str
    resource: str
    source: str
    published: str | None
    agency: str
    lead: int
    status: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Whole sentences of an article, word for word, and what proves them.

    `start` and `end` count Unicode characters of the article's text, half open; `paragraphs` and `sentences`, from the
    first to the last, count from 1. `citation` is a line to paste. `link` opens the publisher's page at the words or,
    for an article without a page, names its place here. `label` is the heading that the words stand under, such as who
    says them; `reported` tells that the article gives somebody's words in its own. `context` is the passage around.
    """

    text: str
    citation: str
    link: str
    article: QuotedArticle
    paragraphs: tuple[int, ...]
    sentences: tuple[int, int]
    start: int
    end: int
    score: float = 0.0
    speaker: Span | None = None
    notes: tuple[dict[str, Any], ...] = ()
    label: str = ""
    reported: bool = False
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskResult:
    """The answer: `verdict` is answered, related (the closest words, not an answer) or refused, with the reason.

    `quotations` carry the answer, strongest first; a refusal has none. `unread` are articles that may hold the answer
    and are damaged.
    """

    question: str
    understood: str | None
    verdict: str
    confidence: float
    reason: str
    reason_code: str
    quotations: tuple[Quotation, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The passages that hold some of the words, best first; none where no passage does."""

    words: str
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """Paragraphs of an article, in order; `next` is the first that was not read, null at the end.

    `standing` says why the article may not be cited (superseded, withdrawn, embargoed), null where it may; `newer` is
    the version to cite instead.
    """

    article: QuotedArticle
    link: str
    standing: str | None
    newer: str | None
    next: int | None
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFact:
    """What is known of an article, such as its headline or its agency."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestResult:
    """What articles say of themselves, each under its label; nothing where they have nothing of the kind."""

    kind: str
    of: str
    article: QuotedArticle | None
    facts: tuple[StatedFact, ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedQuotation:
    """The outcome for one quotation: only a `verified` one holds, and `proof` is what to cite for it.

    Others are orphaned (the text has changed), forged (the words are not there), misstated (something else that is
    said of them is not so), superseded, withdrawn, embargoed, or unknown.
    """

    text: str
    outcome: str
    detail: str
    proof: Quotation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """The outcome for each quotation; `proven` is true only if there is one and all are verified.

    `unchecked` names what nobody can check, such as whether the words answer the question.
    """

    proven: bool
    findings: tuple[CheckedQuotation, ...]
    unchecked: tuple[str, ...] = ()


Result = AskResult | SearchResult | ReadResult | DigestResult | VerifyResult
"""What a tool returns."""


def name_resource(article_id: str, start: int | None = None, end: int | None = None) -> str:
    """Return the address of an article here, or of a span of its text."""
    span = "" if start is None else f"#char={start},{end}"
    return f"{ADDRESS}{article_id}{span}"


def describe_article(card: Card) -> QuotedArticle:
    """Return the article as a result names it."""
    form = card_to_dict(card)
    known = ("id", "title", "sha256", "source", "published", "agency", "lead", "status", "url")
    return QuotedArticle(resource=name_resource(card.id), **{name: form[name] for name in known})


def quote_citation(card: Card, citation: Citation, **more: Any) -> Quotation:
    """Return the quotation of one cited sentence; `more` are further fields."""
    form = citation_to_dict(citation, "citation")
    given: dict[str, Any] = {
        "paragraphs": (citation.paragraph,),
        "sentences": (citation.sentence, citation.sentence),
        "notes": tuple(form["notes"]),
        "score": citation.score,
    }
    return Quotation(
        text=citation.text,
        citation=cite(card, citation),
        link=safe_address(citation.url or "") or name_resource(card.id, citation.start, citation.end),
        article=describe_article(card),
        start=citation.start,
        end=citation.end,
        speaker=citation.speaker,
        **(given | more),
    )


def quote_sentences(article: Article, first: int, last: int, **more: Any) -> Quotation:
    """Return the quotation of the sentences numbered `first` to `last`; `more` are further fields."""
    inside = article.sentences[first - 1 : last]
    paragraphs = tuple(dict.fromkeys(sentence.paragraph for sentence in inside))
    citation = cite_sentences(article, first, last)
    return quote_citation(article.card, citation, paragraphs=paragraphs, sentences=(first, last), **more)


def make_record(quotation: Mapping[str, Any]) -> dict[str, Any]:
    """Return a quotation, as a client sends it back, as the saved reply that `index.citations.verify` checks.

    Raises:
        ValueError: it is no quotation of ours; the message says what is missing.
    """
    article = quotation.get("article")
    missing = [name for name in ("text", "start", "end", "paragraphs", "sentences") if name not in quotation]
    missing += [] if isinstance(article, Mapping) and {"id", "sha256"} <= set(article) else ["article"]
    if missing or not isinstance(article, Mapping):
        raise ValueError(f"it lacks {', '.join(missing)}; send it as it was given, or the words alone as a draft")
    span = {name: quotation[name] for name in ("text", "start", "end")}
    paragraphs, sentences = quotation["paragraphs"], quotation["sentences"]
    alone = isinstance(sentences, list | tuple) and len(sentences) == 2 and sentences[0] == sentences[1]
    link = quotation.get("link")
    cited = {
        **span,
        "paragraph": paragraphs[0] if isinstance(paragraphs, list | tuple) and paragraphs else paragraphs,
        "sentence": sentences[0] if alone else 0,
        "score": 0,
        "url": link if isinstance(link, str) and not link.startswith(ADDRESS) else None,
        "speaker": quotation.get("speaker"),
        "notes": quotation.get("notes", []),
    }
    named = {"title": "", "source": "", "published": None, "lead": 0} | {
        name: value for name, value in article.items() if name != "resource"
    }
    passage = {**span, "article": named, "paragraphs": paragraphs, "score": 0, "citations": [cited] if alone else []}
    return {
        "format": 1,
        "question": "",
        "understood": None,
        "verdict": "related",
        "confidence": 0,
        "reason": "",
        "passages": [passage],
    }


def write_proofs(quotations: tuple[Quotation, ...]) -> str:
    """Return what proves each quotation, numbered, on three lines each: its citation, its link, its hash and place."""
    rows = []
    for number, each in enumerate(quotations, 1):
        place = f"article {each.article.id}, characters {each.start} to {each.end}, SHA-256 {each.article.sha256}"
        cited = clean_line(each.citation)
        rows += [f"[{number}] {cited}", *([] if each.link in cited else [f"    {each.link}"]), f"    {place}"]
    return "\n".join(rows)


def join_parts(text: str, quotations: tuple[Quotation, ...]) -> str:
    """Return a text with what proves its quotations below it."""
    return f"{text.rstrip()}\n\nCitations\n{write_proofs(quotations)}" if quotations else text.rstrip()


def write_quotations(quotations: tuple[Quotation, ...]) -> str:
    """Return passages for a reader: each with its article, its words, and where they stand."""
    rows = []
    for number, each in enumerate(quotations, 1):
        words = "\n".join(f"    {row}" for row in clean(each.text).split("\n") if row.strip())
        rows += [f"[{number}] {clean_line(each.article.title or each.article.source or each.article.id)}", words]
    return "\n".join(rows)


def write_article_head(card: Card) -> str:
    """Return the lines that name an article: headline, agency and date, id and hash."""
    facts = format_facts(card)
    lines = [name_article(card), *([facts] if facts else []), f"article {card.id}, SHA-256 {card.sha256}"]
    return "\n".join(lines)
