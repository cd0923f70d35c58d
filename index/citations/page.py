"""Write pages to read: one self-contained HTML file of an article with an answer, or of a conversation.

No script, style or picture comes from elsewhere, and none from an article: the Content-Security-Policy allows the
page's own style sheet by its hash and nothing else. That is why the geometry is in SVG attributes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import NamedTuple

from ..model import Article, Card, Citation, Kind, Paragraph, Reply
from ..stories import Silence, Standing, stand_alone
from ..verdicts import FURTHER, HEADINGS, UNDERSTOOD, Verdict, translatable
from .charts import draw_explanation, draw_strip
from .links import safe_address
from .wording import PageLanguage, find_time, replace_controls, write_dates, write_title

ENGLISH = PageLanguage()

_PUBLISHER = translatable("publisher's page")


class _Mark(NamedTuple):
    """A cited sentence and its number in the reply; `answers` is False if it is in a further passage."""

    number: int
    citation: Citation
    card: Card
    answers: bool


def reading_page(
    article: Article,
    reply: Reply | None = None,
    standing: Standing | None = None,
    speech: PageLanguage = ENGLISH,
    above: str = "",
) -> str:
    """Return the article as an HTML page, with what a reply cites highlighted, numbered, and listed beside it.

    A banner says why the article may not be cited and names a newer version, according to `standing`
    (`index.stories.find_standing`); without it, the article is taken to be the only version. `speech` is how the page
    speaks to its reader. `above` is HTML that stands first: a form of the server that shows the page.
    """
    say = speech.say
    marks = _number_citations(reply)
    here = [mark for mark in marks if mark.citation.article_id == article.id]
    own = "" if article.language == speech.code else f' lang="{escape(article.language)}"'
    answer, label = _escape(say(translatable("Answer"))), _escape(say(translatable("Article")))
    aside = f'<aside aria-label="{answer}">{_write_answer(reply, marks, article.id, speech)}</aside>' if reply else ""
    body = (
        f'{above}<header><h1 dir="auto"{own}>{_escape(write_title(article))}</h1>'
        f"{_write_facts(article, speech)}</header>"
        f"{_write_banner(article, standing or stand_alone(article), say)}"
        f'<main class="columns{"" if reply else " alone"}">{aside}'
        f'<article id="article" aria-label="{label}"{own}>{"".join(_write_paragraphs(article, here, say))}</article>'
        f"</main>{_write_footer(article, say)}"
    )
    strip = draw_strip(article, [(mark.number, mark.citation, mark.answers) for mark in here], say)
    return _write_document(write_title(article), body, strip, speech, asks=bool(above))


def asking_page(name: str, above: str, turns: Sequence[tuple[str, Reply]] = (), below: str = "") -> str:
    """Return a page of a server that asks: a conversation between HTML of the server's own, with forms in it."""
    return _write_document(name, f"{above}{''.join(_write_turns(turns))}{below}", asks=True)


def conversation_page(turns: Sequence[tuple[str, Reply]]) -> str:
    """Return a conversation as an HTML page: each question with its answer, in order."""
    many = f"{len(turns)} question{'' if len(turns) == 1 else 's'}"
    told = "".join(_write_turns(turns))
    body = f"<header><h1>Conversation</h1><p class=facts>{many}</p></header><main id=article>{told}</main>"
    return _write_document("Conversation", body)


def page_policy(*, asks: bool = False) -> str:
    """Return the Content-Security-Policy of every page, for a server to send as a header, too.

    A page that `asks` may send its forms to the server that it came from.
    """
    style, action = f"'sha256-{_hash_style(_load_style())}'", "'self'" if asks else "'none'"
    return f"default-src 'none'; style-src {style}; base-uri 'none'; form-action {action}"


def _write_turns(turns: Sequence[tuple[str, Reply]]) -> Iterator[str]:
    for number, (question, reply) in enumerate(turns, 1):
        answer = _write_answer(reply, _number_citations(reply), "", ENGLISH, prefix=f"t{number}-", question=question)
        yield f'<section class="turn" id="t{number}" aria-label="Question {number}">{answer}</section>'


def _write_document(
    name: str, body: str, strip: str = "", speech: PageLanguage = ENGLISH, *, asks: bool = False
) -> str:
    style, policy = _load_style(), page_policy(asks=asks)
    skip = _escape(speech.say(translatable("Skip to the text")))
    return (
        f'<!doctype html>\n<html lang="{escape(speech.code)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex, nofollow, noarchive">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_escape(name)}</title><style>{style}</style></head>\n"
        f'<body><a class="skip" href="#article">{skip}</a>{strip}\n'
        f'<div class="page">{body}</div></body></html>\n'
    )


@cache
def _load_style() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")


def _hash_style(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _escape(text: str) -> str:
    return escape(replace_controls(text))


def _fill(text: str, **values: object) -> str:
    """Return a text with values that are HTML filled in."""
    return _escape(text).format(**values)


def _isolate(text: str) -> str:
    """Return words of an article or a person that stand beside others, whose order they must not change."""
    return f"<bdi>{_escape(text)}</bdi>"


def _write_facts(card: Card, speech: PageLanguage) -> str:
    known = [card.agency, card.byline, write_dates(card, speech)]
    facts = [_isolate(fact) for fact in known if fact]
    if page := safe_address(card.url):
        facts.append(f'<a href="{escape(page)}" rel="noreferrer">{_escape(speech.say(_PUBLISHER))}</a>')
    return f'<p class="facts">{" · ".join(facts)}</p>' if facts else ""


def _write_banner(article: Article, standing: Standing, say: Callable[[str], str]) -> str:
    newer = standing.newer
    match standing.silence:
        case None:
            return ""
        case Silence.WITHDRAWN:
            head = say(translatable("This story has been withdrawn."))
        case Silence.EMBARGOED if article.embargo:
            head = say(translatable("This version is under embargo until {until}."))
        case Silence.EMBARGOED:
            head = say(translatable("This version is under embargo."))
        case Silence.SUPERSEDED:
            head = say(translatable("This version has been superseded."))
    head = _fill(head, until=f"{article.embargo:%Y-%m-%d %H:%M}" if article.embargo else "")
    tail = ""
    if newer:
        told = say(translatable("The newest is “{title}” ({id})."))
        title, key = _isolate(write_title(newer)), f"<code>{escape(newer.id)}</code>"
        tail = f"<span>{_fill(told, title=title, id=key)}</span>"
    return f'<p class="banner" role="note">{head} {tail}</p>'


def _write_footer(article: Article, say: Callable[[str], str]) -> str:
    count = sum(paragraph.kind is Kind.BODY for paragraph in article.paragraphs)
    size = say(translatable("{paragraphs} paragraphs, {sentences} sentences · article {id}"))
    proof = say(translatable("SHA-256 of the text {sha256}"))
    told = _fill(size, paragraphs=count, sentences=article.length, id=f"<code>{escape(article.id)}</code>")
    return f"<footer>{told}<br>{_fill(proof, sha256=f'<code>{escape(article.sha256)}</code>')}</footer>"


def _write_paragraphs(article: Article, marks: Sequence[_Mark], say: Callable[[str], str]) -> Iterator[str]:
    label = say(translatable("Paragraph {number}"))
    for paragraph in article.paragraphs:
        words = article.quote(paragraph)
        if paragraph.number is not None:
            number = paragraph.number
            yield (
                f'<div class="paragraph" id="p{number}"><a class="number" href="#p{number}" '
                f'aria-label="{_fill(label, number=number)}">{number}</a><span class="words">'
                f"{''.join(_write_marked(article, paragraph, marks, say))}</span></div>"
            )
        elif paragraph.kind in (Kind.NOTE, Kind.FOREIGN) or (
            paragraph.kind is Kind.HEADLINE and article.title not in words
        ):
            yield f'<p class="kind">{_escape(words)}</p>'


def _write_marked(
    article: Article, paragraph: Paragraph, marks: Sequence[_Mark], say: Callable[[str], str]
) -> Iterator[str]:
    """Yield the paragraph's words in pieces, with cited ones in `<mark>`."""
    at = paragraph.start
    inside = [mark for mark in marks if paragraph.start <= mark.citation.start < paragraph.end]
    for mark in sorted(inside, key=lambda mark: mark.citation.start):
        citation = mark.citation
        if citation.start < at:  # cited twice: the first mark counts
            continue
        yield _escape(article.text[at : citation.start])
        label = _fill(say(translatable("Citation {number}")), number=mark.number)
        back = f'<sup><a href="#a{mark.number}" aria-label="{label}">{mark.number}</a></sup>'
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
    reply: Reply,
    marks: Sequence[_Mark],
    article_id: str,
    speech: PageLanguage,
    *,
    prefix: str = "",
    question: str | None = None,
) -> str:
    say = speech.say
    understood = f'<p class="place">{_escape(say(UNDERSTOOD).format(reply.understood))}</p>' if reply.understood else ""
    notice = speech.explain_unread(reply)
    answers = [_write_item(mark, article_id, prefix, say) for mark in marks if mark.answers]
    further = [_write_item(mark, article_id, prefix, say) for mark in marks if not mark.answers]
    return (
        f'<h2 dir="auto">{_escape(reply.question if question is None else question)}</h2>{understood}'
        f'<p class="verdict {reply.verdict.value}">{_escape(say(HEADINGS[reply.verdict]))}</p>'
        f'<p class="reason">{_escape(speech.explain(reply))}</p>'
        + (f'<p class="reason">{_escape(notice)}</p>' if notice else "")
        + _write_list(answers)
        + (f"<h3>{_escape(say(FURTHER))}</h3>" if answers and further else "")
        + _write_list(further)
        + draw_explanation(reply)
    )


def _write_list(items: Sequence[str]) -> str:
    return f'<ol class="answer">{"".join(items)}</ol>' if items else ""


def _write_item(mark: _Mark, article_id: str, prefix: str, say: Callable[[str], str]) -> str:
    citation, number = mark.citation, mark.number
    place = _write_place(citation, say)
    here = citation.article_id == article_id
    label = _fill(say(translatable("To sentence {number} in the article")), number=number)
    which = f'<a class="which" href="#c{number}" aria-label="{label}">[{number}]</a>'
    facts = [place] if here else [_isolate(write_title(mark.card)), place]
    if citation.speaker:
        facts.insert(0, _fill(say(translatable("said by {name}")), name=_isolate(citation.speaker.text)))
    if link := safe_address(citation.url or ""):
        reached = say(translatable("this sentence on the publisher's page")) if ":~:" in link else say(_PUBLISHER)
        facts.append(f'<a href="{escape(link)}" rel="noreferrer">{_escape(reached)}</a>')
    mark_up = which if here else f'<span class="which">[{number}]</span>'
    quoted = f'<blockquote>{_escape(citation.text)}</blockquote><span class="place">{" · ".join(facts)}</span>'
    return f'<li id="{prefix}a{number}">{mark_up}<div>{quoted}</div></li>'


def _write_place(citation: Citation, say: Callable[[str], str]) -> str:
    """Return where the sentence stands and, in a recording, when it is spoken."""
    if time := find_time(citation):
        told = say(translatable("paragraph {}, at {}, sentence {}"))
        return _escape(told.format(citation.paragraph, time, citation.sentence))
    return _escape(say(translatable("paragraph {}, sentence {}")).format(citation.paragraph, citation.sentence))
