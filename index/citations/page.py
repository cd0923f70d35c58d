"""Write pages to read: one self-contained HTML file of an article with an answer, or of a conversation.

No script, style or picture comes from elsewhere, and none from an article: the Content-Security-Policy allows the
page's own style sheet by its hash and nothing else. That is why the geometry is in SVG attributes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import NamedTuple

from ..model import Article, Card, Citation, Kind, Paragraph, Reply
from ..stories import Silence, Standing, name_embargo, stand_alone
from ..verdicts import FURTHER, HEADINGS, UNDERSTOOD, Verdict, explain_unread
from .charts import draw_explanation, draw_strip
from .links import safe_address
from .wording import replace_controls, write_dates, write_place, write_title


class _Mark(NamedTuple):
    """A cited sentence and its number in the reply; `answers` is False if it is in a further passage."""

    number: int
    citation: Citation
    card: Card
    answers: bool


def reading_page(article: Article, reply: Reply | None = None, standing: Standing | None = None) -> str:
    """Return the article as an HTML page, with what a reply cites highlighted, numbered, and listed beside it.

    A banner says why the article may not be cited and names a newer version, according to `standing`
    (`index.stories.find_standing`); without it, the article is taken to be the only version.
    """
    marks = _number_citations(reply)
    here = [mark for mark in marks if mark.citation.article_id == article.id]
    beside = f'<aside aria-label="Answer">{_write_answer(reply, marks, article.id)}</aside>' if reply else ""
    body = (
        f'<header><h1 dir="auto">{_escape(write_title(article))}</h1>{_write_facts(article)}</header>'
        f"{_write_banner(article, standing or stand_alone(article))}"
        f'<main class="columns{"" if reply else " alone"}">{beside}'
        f'<article id="article" aria-label="Article">{"".join(_write_paragraphs(article, here))}</article></main>'
        f"{_write_footer(article)}"
    )
    return _write_document(
        write_title(article), body, draw_strip(article, [(mark.number, mark.citation, mark.answers) for mark in here])
    )


def conversation_page(turns: Sequence[tuple[str, Reply]]) -> str:
    """Return a conversation as an HTML page: each question with its answer, in order."""
    sections = []
    for number, (question, reply) in enumerate(turns, 1):
        answer = _write_answer(reply, _number_citations(reply), "", prefix=f"t{number}-", question=question)
        sections.append(f'<section class="turn" id="t{number}" aria-label="Question {number}">{answer}</section>')
    many = f"{len(turns)} question{'' if len(turns) == 1 else 's'}"
    body = f"<header><h1>Conversation</h1><p class=facts>{many}</p></header><main id=article>{''.join(sections)}</main>"
    return _write_document("Conversation", body)


def page_policy() -> str:
    """Return the Content-Security-Policy of every page, for a server to send as a header, too."""
    return f"default-src 'none'; style-src 'sha256-{_hash_style(_load_style())}'; base-uri 'none'; form-action 'none'"


def _write_document(name: str, body: str, strip: str = "") -> str:
    style, policy = _load_style(), page_policy()
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex, nofollow, noarchive">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_escape(name)}</title><style>{style}</style></head>\n"
        f'<body><a class="skip" href="#article">Skip to the text</a>{strip}\n'
        f'<div class="page">{body}</div></body></html>\n'
    )


@cache
def _load_style() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")


def _hash_style(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _escape(text: str) -> str:
    return escape(replace_controls(text))


def _isolate(text: str) -> str:
    """Return words of an article or a person that stand beside others, whose order they must not change."""
    return f"<bdi>{_escape(text)}</bdi>"


def _write_facts(card: Card) -> str:
    known = [card.agency, card.byline, write_dates(card)]
    facts = [_isolate(fact) for fact in known if fact]
    if page := safe_address(card.url):
        facts.append(f'<a href="{escape(page)}" rel="noreferrer">publisher\'s page</a>')
    return f'<p class="facts">{" · ".join(facts)}</p>' if facts else ""


def _write_banner(article: Article, standing: Standing) -> str:
    newer = standing.newer
    match standing.silence:
        case None:
            return ""
        case Silence.WITHDRAWN:
            head = "This story has been withdrawn."
        case Silence.EMBARGOED:
            head = f"This version is {name_embargo(article)}."
        case Silence.SUPERSEDED:
            head = "This version has been superseded."
    tail = (
        f"<span>The newest is “{_isolate(write_title(newer))}” (<code>{escape(newer.id)}</code>).</span>"
        if newer
        else ""
    )
    return f'<p class="banner" role="note">{head} {tail}</p>'


def _write_footer(article: Article) -> str:
    count = sum(paragraph.kind is Kind.BODY for paragraph in article.paragraphs)
    return (
        f"<footer>{count} paragraphs, {article.length} sentences · article <code>{escape(article.id)}</code><br>"
        f"SHA-256 of the text <code>{escape(article.sha256)}</code></footer>"
    )


def _write_paragraphs(article: Article, marks: Sequence[_Mark]) -> Iterator[str]:
    for paragraph in article.paragraphs:
        words = article.quote(paragraph)
        if paragraph.number is not None:
            number = paragraph.number
            yield (
                f'<div class="paragraph" id="p{number}"><a class="number" href="#p{number}" '
                f'aria-label="Paragraph {number}">{number}</a><span class="words">'
                f"{''.join(_write_marked(article, paragraph, marks))}</span></div>"
            )
        elif paragraph.kind is Kind.NOTE or (paragraph.kind is Kind.HEADLINE and article.title not in words):
            yield f'<p class="kind">{_escape(words)}</p>'


def _write_marked(article: Article, paragraph: Paragraph, marks: Sequence[_Mark]) -> Iterator[str]:
    """Yield the paragraph's words in pieces, with cited ones in `<mark>`."""
    at = paragraph.start
    inside = [mark for mark in marks if paragraph.start <= mark.citation.start < paragraph.end]
    for mark in sorted(inside, key=lambda mark: mark.citation.start):
        citation = mark.citation
        if citation.start < at:  # cited twice: the first mark counts
            continue
        yield _escape(article.text[at : citation.start])
        back = f'<sup><a href="#a{mark.number}" aria-label="Citation {mark.number}">{mark.number}</a></sup>'
        look = "" if mark.answers else ' class="further"'
        yield f'<mark id="c{mark.number}"{look}>{_escape(article.quote(citation))}{back}</mark>'
        at = citation.end
    yield _escape(article.text[at : paragraph.end])


def _number_citations(reply: Reply | None) -> list[_Mark]:
    if reply is None:
        return []
    answered = reply.verdict is Verdict.ANSWERED
    cited = [
        (item, passage.article, at == 0) for at, passage in enumerate(reply.passages) for item in passage.citations
    ]
    return [_Mark(number, item, card, answered and first) for number, (item, card, first) in enumerate(cited, 1)]


def _write_answer(
    reply: Reply, marks: Sequence[_Mark], article_id: str, *, prefix: str = "", question: str | None = None
) -> str:
    understood = f'<p class="place">{_escape(UNDERSTOOD.format(reply.understood))}</p>' if reply.understood else ""
    notice = explain_unread(reply.unread, reply.reason)
    answers = [_write_item(mark, article_id, prefix) for mark in marks if mark.answers]
    further = [_write_item(mark, article_id, prefix) for mark in marks if not mark.answers]
    return (
        f'<h2 dir="auto">{_escape(reply.question if question is None else question)}</h2>{understood}'
        f'<p class="verdict {reply.verdict.value}">{_escape(HEADINGS[reply.verdict])}</p>'
        f'<p class="reason">{_escape(reply.reason)}</p>'
        + (f'<p class="reason">{_escape(notice)}</p>' if notice else "")
        + _write_list(answers)
        + (f"<h3>{FURTHER}</h3>" if answers and further else "")
        + _write_list(further)
        + draw_explanation(reply)
    )


def _write_list(items: Sequence[str]) -> str:
    return f'<ol class="answer">{"".join(items)}</ol>' if items else ""


def _write_item(mark: _Mark, article_id: str, prefix: str) -> str:
    citation, number = mark.citation, mark.number
    place = f"{write_place(citation)}, sentence {citation.sentence}"
    here = citation.article_id == article_id
    which = f'<a class="which" href="#c{number}" aria-label="To sentence {number} in the article">[{number}]</a>'
    facts = [place] if here else [_isolate(write_title(mark.card)), place]
    if citation.speaker:
        facts.insert(0, f"said by {_isolate(citation.speaker.text)}")
    if link := safe_address(citation.url or ""):
        reached = "this sentence on the publisher's page" if ":~:" in link else "publisher's page"
        facts.append(f'<a href="{escape(link)}" rel="noreferrer">{reached}</a>')
    mark_up = which if here else f'<span class="which">[{number}]</span>'
    quoted = f'<blockquote>{_escape(citation.text)}</blockquote><span class="place">{" · ".join(facts)}</span>'
    return f'<li id="{prefix}a{number}">{mark_up}<div>{quoted}</div></li>'
