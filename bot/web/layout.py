"""What all pages for people share: addresses, the bar at the top, the form that asks, and how errors are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from index import Citation
from index.asking.understand import LONGEST_QUESTION
from index.citations import PageLanguage, asking_page, page_policy
from index.citations.markup import PageFrame, escape_text, isolate
from index.errors import PullquoteError
from index.model import Card

from ..pages.lines import format_facts
from ..pages.why import explain_reply
from .access import Caller, WebRight
from .assets import write_head
from .intake import LARGEST_FILE
from .problems import describe_problem, respond

TURNS = 5
"""Earlier questions that a page keeps."""

SPEECH = PageLanguage(explain_why=explain_reply)
"""How the pages speak."""

Answer = Callable[[Request], Awaitable[Response]]


def locate_article(article_id: str, question: str = "") -> str:
    """Return the address of an article's page, with the answer to a question beside the text if one is given."""
    return f"/articles/{article_id}" + (f"?{urlencode({'q': question})}#c1" if question else "")


def locate_sentence(citation: Citation) -> str:
    """Return the address of a sentence: its place in the text, and the article's id, which is the hash of the text."""
    return f"{locate_article(citation.article_id)}?at={citation.start}-{citation.end}#c1"


def locate_changes(article_id: str) -> str:
    """Return the address of what changed between two versions of a story."""
    return f"{locate_article(article_id)}/changes"


def make_frame(caller: Caller, form: str = "", *, first: bool = False) -> PageFrame:
    """Return the frame of a page: the bar, the form below it; on the `first` page the bar is its heading."""
    home = '<a class="name" href="/">Pullquote</a>'
    adds = f'<a href="/add" data-largest="{LARGEST_FILE}">Add articles</a>'
    links = adds if WebRight.ADD in caller.rights else ""
    if not first:
        bar = f'<nav class="masthead" aria-label="Pullquote">{home}{links}</nav>'
    else:
        bar = f'<nav aria-label="Pullquote">{links}</nav>' if links else ""
        bar = f'<header class="masthead"><h1>{home}</h1>{bar}</header>'
    return PageFrame(write_head(), bar + form, locate=locate_article, locate_sentence=locate_sentence)


def write_form(action: str, label: str, asked: str, history: Sequence[str]) -> str:
    """Return the form that asks; it holds the questions before, so that the next may go on from them."""
    kept = "".join(f'<input type="hidden" name="h" value="{escape(each)}">' for each in history[-TURNS:])
    return (
        f'<form class="ask" role="search" action="{escape(action)}">{kept}<label>{label}'
        f'<input name="q" value="{escape(asked)}" maxlength="{LONGEST_QUESTION}" required autocomplete="off" '
        'aria-keyshortcuts="/"></label><button>Ask</button></form>'
    )


def write_link(card: Card, question: str = "") -> str:
    """Return a link to an article's page, and what is known of the article."""
    known = format_facts(card)
    told = f' <span class="facts">{isolate(known)}</span>' if known else ""
    return f'<a href="{escape(locate_article(card.id, question))}">{isolate(card.name)}</a>{told}'


def write_alert(text: str) -> str:
    """Return what went wrong, "" for nothing."""
    return f'<p class="banner" role="alert">{escape_text(text)}</p>' if text else ""


def send_page(page: str, status: int = 200) -> Response:
    """Return the response of a page."""
    headers = {
        "content-security-policy": f"{page_policy(served=True)}; frame-ancestors 'none'",
        "referrer-policy": "same-origin",  # else a browser hides from which page a form comes
        "x-robots-tag": "noindex, nofollow",
    }
    return HTMLResponse(page, status, headers)


def tell_people(show: Answer) -> Answer:
    """Return the route of a page, with its errors told on a page, too."""

    @wraps(show)
    async def answer(request: Request) -> Response:
        try:
            return await show(request)
        except PullquoteError as error:
            told = respond(error)
            body = f"<h1>This cannot be shown</h1>{write_alert(describe_problem(error)['detail'])}"
            page = send_page(asking_page("Pullquote", make_frame(request.scope["caller"]), (), body), told.status_code)
            page.headers.update({key: value for key, value in told.headers.items() if key == "retry-after"})
            return page

    return answer
