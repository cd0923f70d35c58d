"""The reading room: pages for people, which ask, list and show articles.

They need no script: a question is a form whose address holds it, with the questions before it, so that a page can be
bookmarked, shared and gone back from.
"""

from __future__ import annotations

from collections import deque
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from index import Article, Filter, Index, Reply
from index.asking.understand import LONGEST_QUESTION
from index.citations import asking_page, page_policy, reading_page
from index.errors import SeveralArticles, UnknownArticle
from index.model import Card
from index.stories import Silence, Standing

from ..conversation import query
from ..conversation.versions import look_up_standing
from ..pages.lines import name_lead
from .access import WebRight
from .backend import find_backend, require

LISTED = 200
"""Articles on the first page, the newest; all are found by asking, and by `GET /v1/articles`."""

TURNS = 5
"""Earlier questions that a page keeps."""

_NOT_HERE = "There is no such article here."


async def show_home(request: Request) -> Response:
    """Show the page that asks and lists; `q` is the question, `h` the ones before it, oldest first."""
    caller = require(request, WebRight.ASK)
    backend = find_backend(request)
    asked, history = _read_question(request), _read_history(request)
    try:
        question, within = query.split(asked, caller.scope())
    except ValueError as error:
        return _send(_write_home(asked, (), str(error), (), 0), 422)
    try:
        reply = await backend.ask(_ask, backend.index, question, history, within) if question else None
    except (UnknownArticle, SeveralArticles) as error:
        return _send(_write_home(asked, history, str(error), (), 0), 404)
    if reply:
        return _send(_write_home("", (*history, question), "", (), 0, ((question, reply),)))
    cards, count = await backend.ask(_list, backend.index, within)
    return _send(_write_home("", (), "", cards, count))


async def show_reading(request: Request) -> Response:
    """Show an article to read, with the answer to `q` beside it."""
    caller = require(request, WebRight.ASK)
    backend = find_backend(request)
    asked, history = _read_question(request), _read_history(request)
    try:
        found = await backend.ask(_read, backend.index, request.path_params["article"], asked, history, caller.scope())
    except (UnknownArticle, SeveralArticles):
        found = None
    if found is None or found[2].silence is Silence.EMBARGOED:
        return _send(_write_home("", (), _NOT_HERE, (), 0), 404)
    article, reply, standing = found
    kept = (*history, asked) if reply else history
    form = _write_form(f"/articles/{article.id}", "Ask this article", asked, kept)
    page = reading_page(article, reply, standing, above=f'<nav><a href="/">All articles</a></nav>{form}')
    return _send(page)


def _ask(index: Index, question: str, history: tuple[str, ...], within: Filter) -> Reply:
    return index.ask(question, history, query.resolve(index, within))


def _list(index: Index, within: Filter) -> tuple[tuple[Card, ...], int]:
    """Return the articles that were added last, newest first, and how many there are."""
    newest: deque[Card] = deque(maxlen=LISTED)
    count = 0
    for count, card in enumerate(index.articles(query.resolve(index, within)), 1):  # noqa: B007 - the last one counts
        newest.append(card)
    return tuple(reversed(newest)), count


def _read(
    index: Index, key: str, question: str, history: tuple[str, ...], within: Filter
) -> tuple[Article, Reply | None, Standing]:
    article = index.article(key, within)
    alone = Filter(articles=(article.id,), collections=within.collections)
    reply = index.ask(question, history, alone, explain=True) if question else None
    return article, reply, look_up_standing(index, within, article.card)


def _read_question(request: Request) -> str:
    return " ".join(request.query_params.get("q", "")[:LONGEST_QUESTION].split())


def _read_history(request: Request) -> tuple[str, ...]:
    said = request.query_params.getlist("h")[-TURNS:]
    return tuple(text for each in said if (text := " ".join(each[:LONGEST_QUESTION].split())))


def _send(page: str, status: int = 200) -> Response:
    policy = f"{page_policy(asks=True)}; frame-ancestors 'none'"
    return HTMLResponse(page, status, {"content-security-policy": policy, "x-robots-tag": "noindex, nofollow"})


def _write_home(
    asked: str,
    history: tuple[str, ...],
    fault: str,
    cards: tuple[Card, ...],
    count: int,
    turns: tuple[tuple[str, Reply], ...] = (),
) -> str:
    told = f'<p class="banner" role="alert">{escape(fault)}</p>' if fault else ""
    read = "".join(map(_write_sources, turns))
    again = '<nav><a href="/">Begin anew</a></nav>' if turns or fault else ""
    form = _write_form("/", "Ask all articles", asked, history)
    many = f"{count:,} article{'' if count == 1 else 's'}" + (
        f", the newest {len(cards):,}" if len(cards) < count else ""
    )
    rows = "".join(f"<li>{_write_link(card)}</li>" for card in cards)
    listed = f'<h2>{many}</h2><ul class="articles">{rows}</ul>' if not turns and not fault else ""
    if not turns and not fault and not cards:
        listed = "<p>Nothing is here yet. Add a file with <code>pullquote add FILE</code>.</p>"
    head = f"<header><h1>Pullquote</h1></header>{again}{form}{told}"
    return asking_page("Pullquote", head, turns, f'<main id="article">{listed}{read}</main>')


def _write_sources(turn: tuple[str, Reply]) -> str:
    """Return links to the articles that a reply quotes, each with the sentence marked in it."""
    question, reply = turn
    cards = {passage.article.id: passage.article for passage in reply.passages}
    if not cards:
        return ""
    links = " · ".join(_write_link(card, reply.understood or question) for card in cards.values())
    return f"<nav>Read where it stands: {links}</nav>"


def _write_link(card: Card, question: str = "") -> str:
    asks = f"?{urlencode({'q': question})}#c1" if question else ""
    known = [f"{card.published:%Y-%m-%d}" if card.published else "", name_lead(card.lead), escape(card.agency or "")]
    facts = " · ".join(filter(None, known))
    told = f' <span class="facts">{facts}</span>' if facts else ""
    return f'<a href="/articles/{escape(card.id)}{escape(asks)}"><bdi>{escape(card.name)}</bdi></a>{told}'


def _write_form(action: str, label: str, asked: str, history: tuple[str, ...]) -> str:
    kept = "".join(f'<input type="hidden" name="h" value="{escape(each)}">' for each in history[-TURNS:])
    return (
        f'<form class="ask" role="search" action="{escape(action)}">{kept}<label>{label}'
        f'<input name="q" value="{escape(asked)}" maxlength="{LONGEST_QUESTION}" required autocomplete="off"></label>'
        "<button>Ask</button></form>"
    )


ROUTES = (
    Route("/", show_home, name="home"),
    Route("/articles/{article}", show_reading, name="reading"),
)
"""The pages, and what they load."""
