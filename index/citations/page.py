"""Write pages to read: one self-contained HTML file of an article with an answer, or of a conversation.

No script, style or picture comes from elsewhere, and none from an article: the Content-Security-Policy allows the
page's own style sheet by its hash and nothing else. That is why the geometry is in SVG attributes. A page that a server
shows may load that server's own files, and send its forms there.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from ..model import Article, Card, Kind, Paragraph, Reply
from ..stories import Silence, Standing, stand_alone
from ..verdicts import translatable
from .charts import draw_strip
from .links import safe_address
from .markup import ALONE, PageFrame, escape_text, fill_text, isolate
from .shown_reply import PUBLISHER, NumberedCitation, number_citations, write_item, write_list, write_reply
from .wording import PageLanguage, write_dates, write_title

ENGLISH = PageLanguage()


def reading_page(
    article: Article,
    reply: Reply | None = None,
    standing: Standing | None = None,
    speech: PageLanguage = ENGLISH,
    frame: PageFrame = ALONE,
) -> str:
    """Return the article as an HTML page, with what a reply cites highlighted, numbered, and listed beside it.

    A banner says why the article may not be cited and names a newer version, according to `standing`
    (`index.stories.find_standing`); without it, the article is taken to be the only version. `speech` is how the page
    speaks to its reader, `frame` what the server adds that shows it. Without a reply, the sentence that the frame links
    to is highlighted.
    """
    say = speech.say
    linked = [NumberedCitation(1, frame.linked, article.card, answers=True)] if frame.linked and not reply else []
    marks = number_citations(reply) or linked
    here = [mark for mark in marks if mark.citation.article_id == article.id]
    own = "" if article.language == speech.code else f' lang="{escape(article.language)}"'
    label, aside = escape_text(say(translatable("Article"))), _write_aside(article, reply, linked, speech, frame)
    body = (
        f'{frame.above}<header><h1 dir="auto"{own}>{escape_text(write_title(article))}</h1>'
        f"{_write_facts(article, speech)}{_write_banner(article, standing or stand_alone(article), say, frame)}"
        f'{frame.note}</header><div class="columns{"" if aside else " alone"}">{aside}<main>'
        f'<article id="article" aria-label="{label}"{own}>{"".join(_write_paragraphs(article, here, say))}</article>'
        f"</main></div>{_write_footer(article, say)}"
    )
    strip = draw_strip(article, [(mark.number, mark.citation, mark.answers) for mark in here], say)
    return _write_document(write_title(article), body, strip, speech, frame)


def asking_page(
    name: str,
    frame: PageFrame,
    turns: Sequence[tuple[str, Reply]] = (),
    below: str = "",
    speech: PageLanguage = ENGLISH,
) -> str:
    """Return a page of a server that asks: a conversation, and HTML of the server's own below it."""
    told = "".join(_write_turns(turns, speech, frame))
    body = f'<div class="narrow">{frame.above}<main id="article">{told}{below}</main></div>'
    return _write_document(name, body, "", speech, frame)


def conversation_page(turns: Sequence[tuple[str, Reply]]) -> str:
    """Return a conversation as an HTML page: each question with its answer, in order."""
    many = f"{len(turns)} question{'' if len(turns) == 1 else 's'}"
    told = "".join(_write_turns(turns, ENGLISH, ALONE))
    body = f"<header><h1>Conversation</h1><p class=facts>{many}</p></header><main id=article>{told}</main>"
    return _write_document("Conversation", body, "", ENGLISH, ALONE)


def page_policy(*, served: bool = False) -> str:
    """Return the Content-Security-Policy of every page, for a server to send as a header, too.

    A page that is `served` may load style sheets, scripts and pictures of the server that it came from, and send its
    forms there.
    """
    style = f"'sha256-{_hash_style(_load_style())}'"
    if not served:
        return f"default-src 'none'; style-src {style}; base-uri 'none'; form-action 'none'"
    own = " ".join(f"{kind}-src 'self';" for kind in ("script", "img", "connect"))
    return f"default-src 'none'; style-src {style} 'self'; {own} base-uri 'none'; form-action 'self'"


def _write_turns(turns: Sequence[tuple[str, Reply]], speech: PageLanguage, frame: PageFrame) -> Iterator[str]:
    for number, (question, reply) in enumerate(turns, 1):
        answer = write_reply(reply, speech, frame, prefix=f"t{number}-", question=question)
        yield f'<section class="turn" id="t{number}" aria-label="Question {number}">{answer}</section>'


def _write_aside(
    article: Article, reply: Reply | None, linked: Sequence[NumberedCitation], speech: PageLanguage, frame: PageFrame
) -> str:
    """Return what stands beside the article: the answer, or the sentence that is linked to; "" for neither."""
    if reply:
        label = escape_text(speech.say(translatable("Answer")))
        return f'<aside aria-label="{label}">{write_reply(reply, speech, frame, beside=article.id)}</aside>'
    items = [write_item(mark, speech, frame, article.id) for mark in linked]
    return f'<aside aria-label="Linked"><h2>The linked sentence</h2>{write_list(items)}</aside>' if items else ""


def _write_document(name: str, body: str, strip: str, speech: PageLanguage, frame: PageFrame) -> str:
    policy = page_policy(served=frame.served)
    skip = escape_text(speech.say(translatable("Skip to the text")))
    # Without a referrer a browser hides from which page a form comes, and the server could not tell its own.
    referrer = "same-origin" if frame.served else "no-referrer"
    return (
        f'<!doctype html>\n<html lang="{escape(speech.code)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="referrer" content="{referrer}"><meta name="robots" content="noindex, nofollow, noarchive">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape_text(name)}</title><style>{_load_style()}</style>{frame.head}</head>\n"
        f'<body><a class="skip" href="#article">{skip}</a>{strip}\n'
        f'<div class="page">{body}</div></body></html>\n'
    )


@cache
def _load_style() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")


def _hash_style(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _write_facts(card: Card, speech: PageLanguage) -> str:
    known = [card.agency, card.byline, write_dates(card, speech)]
    facts = [isolate(fact) for fact in known if fact]
    if page := safe_address(card.url):
        facts.append(f'<a href="{escape(page)}" rel="noreferrer">{escape_text(speech.say(PUBLISHER))}</a>')
    return f'<p class="facts">{" · ".join(facts)}</p>' if facts else ""


def _write_banner(article: Article, standing: Standing, say: Callable[[str], str], frame: PageFrame) -> str:
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
    head = fill_text(head, until=f"{article.embargo:%Y-%m-%d %H:%M}" if article.embargo else "")
    tail = ""
    if newer:
        told = say(translatable("The newest is “{title}” ({id})."))
        title, key = isolate(write_title(newer)), f"<code>{escape(newer.id)}</code>"
        if address := frame.locate(newer.id):
            title = f'<a href="{escape(address)}">{title}</a>'
        tail = f"<span>{fill_text(told, title=title, id=key)}</span>"
    return f'<p class="banner" role="note">{head} {tail}</p>'


def _write_footer(article: Article, say: Callable[[str], str]) -> str:
    count = sum(paragraph.kind is Kind.BODY for paragraph in article.paragraphs)
    size = say(translatable("{paragraphs} paragraphs, {sentences} sentences · article {id}"))
    proof = say(translatable("SHA-256 of the text {sha256}"))
    told = fill_text(size, paragraphs=count, sentences=article.length, id=f"<code>{escape(article.id)}</code>")
    return f"<footer>{told}<br>{fill_text(proof, sha256=f'<code>{escape(article.sha256)}</code>')}</footer>"


def _write_paragraphs(article: Article, marks: Sequence[NumberedCitation], say: Callable[[str], str]) -> Iterator[str]:
    label = say(translatable("Paragraph {number}"))
    for paragraph in article.paragraphs:
        words = article.quote(paragraph)
        if paragraph.number is not None:
            number = paragraph.number
            yield (
                f'<div class="paragraph" id="p{number}"><a class="number" href="#p{number}" '
                f'aria-label="{fill_text(label, number=number)}">{number}</a><span class="words">'
                f"{''.join(_write_marked(article, paragraph, marks, say))}</span></div>"
            )
        elif paragraph.kind in (Kind.NOTE, Kind.FOREIGN) or (
            paragraph.kind is Kind.HEADLINE and article.title not in words
        ):
            yield f'<p class="kind">{escape_text(words)}</p>'


def _write_marked(
    article: Article, paragraph: Paragraph, marks: Sequence[NumberedCitation], say: Callable[[str], str]
) -> Iterator[str]:
    """Yield the paragraph's words in pieces, with cited ones in `<mark>`."""
    at = paragraph.start
    inside = [mark for mark in marks if paragraph.start <= mark.citation.start < paragraph.end]
    for mark in sorted(inside, key=lambda mark: mark.citation.start):
        citation = mark.citation
        if citation.start < at:  # cited twice: the first mark counts
            continue
        yield escape_text(article.text[at : citation.start])
        label = fill_text(say(translatable("Citation {number}")), number=mark.number)
        back = f'<sup><a href="#a{mark.number}" aria-label="{label}">{mark.number}</a></sup>'
        look = "" if mark.answers else ' class="further"'
        yield f'<mark id="c{mark.number}"{look}>{escape_text(article.quote(citation))}{back}</mark>'
        at = citation.end
    yield escape_text(article.text[at : paragraph.end])
