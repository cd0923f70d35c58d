"""The reading room: pages for people, which ask, list and show articles.

They need no script: a question is a form whose address holds it, with the questions before it, so that a page can be
bookmarked, shared and gone back from. The script of `room.js` makes them handier.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index import Article, Citation, Filter, Index, Reply
from index.asking.understand import LONGEST_QUESTION
from index.citations import asking_page, reading_page
from index.citations.citation import cite_sentences
from index.citations.markup import escape_text
from index.errors import SeveralArticles, UnknownArticle
from index.model import Card
from index.stories import Silence, Standing, is_embargoed

from ..conversation import query
from ..conversation.versions import look_up_pair, look_up_silences, look_up_standing, read_clock
from ..pages.lines import name_silence
from .access import Caller, WebRight
from .backend import find_backend, require
from .layout import (
    SPEECH,
    TURNS,
    locate_changes,
    locate_sentence,
    make_frame,
    send_page,
    tell_people,
    write_alert,
    write_form,
    write_link,
)

LISTED = 200
"""Articles on the first page, the newest; all are found by asking, and by `GET /v1/articles`."""

_NOT_HERE = "There is no such article here."
_TEXT_NOT_HERE = "The text that this link quotes is not here: it was removed, or this is another library."
_MOVED = "No sentence stands where this link points; it may have been cut off. Here is the article."

_PLACE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})", re.ASCII)


class _Listing(NamedTuple):
    """The articles that were added last, newest first, why some may not be cited, and how many there are."""

    cards: tuple[Card, ...] = ()
    silent: Mapping[str, Silence] = {}
    total: int = 0


class _Reading(NamedTuple):
    """An article to show, with the answer or the linked sentence, if there is one, and what is told of its versions."""

    article: Article
    reply: Reply | None
    standing: Standing
    linked: Citation | None
    note: str


@tell_people
async def show_home(request: Request) -> Response:
    """Show the page that asks and lists; `q` is the question, `h` the ones before it, oldest first."""
    caller = require(request, WebRight.ASK)
    backend = find_backend(request)
    asked, history = _read_question(request), _read_history(request)
    try:
        question, within = query.split(asked, caller.scope())
    except ValueError as error:
        return send_page(_write_home(caller, asked, (), write_alert(str(error))), 422)
    try:
        reply = await backend.ask(_ask, backend.index, question, history, within) if question else None
    except (UnknownArticle, SeveralArticles) as error:
        return send_page(_write_home(caller, asked, history, write_alert(str(error))), 404)
    if reply:
        return send_page(_write_turn(caller, question, history, reply))
    listing = await backend.ask(_list, backend.index, within)
    return send_page(_write_home(caller, "", (), _write_listing(listing, caller)))


@tell_people
async def show_reading(request: Request) -> Response:
    """Show an article to read, with the answer to `q` beside it, or the sentence at `at` marked."""
    caller = require(request, WebRight.ASK)
    backend = find_backend(request)
    asked, history, place = _read_question(request), _read_history(request), _read_place(request)
    try:
        key, within = request.path_params["article"], caller.scope()
        found = await backend.ask(_read, backend.index, key, asked, history, place, within)
    except (UnknownArticle, SeveralArticles):
        found = None
    if found is None or found.standing.silence is Silence.EMBARGOED:
        told = _TEXT_NOT_HERE if place else _NOT_HERE
        return send_page(_write_home(caller, "", (), write_alert(told)), 404)
    kept = (*history, asked) if found.reply else history
    form = write_form(f"/articles/{found.article.id}", "Ask this article", asked, kept)
    frame = replace(make_frame(caller, form), note=found.note, linked=found.linked)
    return send_page(reading_page(found.article, found.reply, found.standing, SPEECH, frame))


def _ask(index: Index, question: str, history: tuple[str, ...], within: Filter) -> Reply:
    return index.ask(question, history, query.resolve(index, within), explain=True)


def _list(index: Index, within: Filter) -> _Listing:
    """Return the articles that may be named."""
    within = query.resolve(index, within)
    now, newest, count = read_clock(within), deque[Card](maxlen=LISTED), 0
    for card in index.articles(within):
        if not is_embargoed(card, now):
            newest.append(card)
            count += 1
    return _Listing(tuple(reversed(newest)), look_up_silences(index, within, newest), count)


def _read(
    index: Index,
    key: str,
    question: str,
    history: tuple[str, ...],
    place: tuple[int, int] | None,
    within: Filter,
) -> _Reading:
    article = index.article(key, within)
    alone = Filter(articles=(article.id,), collections=within.collections)
    reply = index.ask(question, history, alone, explain=True) if question else None
    standing = look_up_standing(index, within, article.card)
    linked = _find_sentence(article, place) if place else None
    note = write_alert(_MOVED) if place and not linked else ""
    if linked and standing.silence is Silence.SUPERSEDED and standing.newer:
        note += _write_whether_kept(linked, index.article(standing.newer.id, within))
    return _Reading(article, reply, standing, linked, note + _write_versions(index, within, article.card))


def _find_sentence(article: Article, place: tuple[int, int]) -> Citation | None:
    found = (each.number for each in article.sentences if (each.start, each.end) == place)
    return next((cite_sentences(article, number, number) for number in found), None)


def _write_whether_kept(linked: Citation, newest: Article) -> str:
    """Return whether the newest version of a story still has a sentence."""
    words = linked.text.split()
    same = next((each for each in newest.sentences if newest.quote(each).split() == words), None)
    if same is None:
        return '<p class="facts">The newest version no longer has the linked sentence.</p>'
    address = locate_sentence(cite_sentences(newest, same.number, same.number))
    return f'<p class="facts">The linked sentence <a href="{address}">still stands in the newest version</a>.</p>'


def _write_versions(index: Index, within: Filter, card: Card) -> str:
    """Return a link to what changed in the story, "" if there is one version only."""
    pair = look_up_pair(index, within, card)
    if pair is None:
        return ""
    told = "What the newest version changed" if pair[0].id == card.id else "What changed since the version before"
    return f'<p class="facts"><a href="{locate_changes(card.id)}">{told}</a></p>'


def _read_question(request: Request) -> str:
    return " ".join(request.query_params.get("q", "")[:LONGEST_QUESTION].split())


def _read_history(request: Request) -> tuple[str, ...]:
    said = request.query_params.getlist("h")[-TURNS:]
    return tuple(text for each in said if (text := " ".join(each[:LONGEST_QUESTION].split())))


def _read_place(request: Request) -> tuple[int, int] | None:
    """Return the place that the address names, None without one; one that cannot be read is nowhere."""
    if (said := request.query_params.get("at")) is None:
        return None
    found = _PLACE.fullmatch(said)
    return (int(found[1]), int(found[2])) if found else (-1, -1)


def _write_home(caller: Caller, asked: str, history: Sequence[str], below: str) -> str:
    frame = make_frame(caller, write_form("/", "Ask all articles", asked, history), first=True)
    return asking_page("Pullquote", frame, (), below, SPEECH)


def _write_turn(caller: Caller, question: str, history: Sequence[str], reply: Reply) -> str:
    form = write_form("/", "Ask on, or anew", "", (*history, question))
    frame = make_frame(caller, form, first=True)
    below = _write_sources(question, reply) + _write_earlier(history)
    return asking_page(f"{question} · Pullquote", frame, ((question, reply),), below, SPEECH)


def _write_sources(question: str, reply: Reply) -> str:
    """Return links to the articles that a reply quotes, each with the answer beside its text."""
    cards = {passage.article.id: passage.article for passage in reply.passages}
    rows = "".join(f"<li>{write_link(card, reply.understood or question)}</li>" for card in cards.values())
    return (
        f'<nav aria-label="Sources"><h2>Read where it stands</h2><ul class="articles">{rows}</ul></nav>' if rows else ""
    )


def _write_earlier(history: Sequence[str]) -> str:
    """Return links that ask the earlier questions of the conversation again."""
    asked = ((urlencode({"h": history[:at], "q": each}, doseq=True), each) for at, each in enumerate(history))
    rows = "".join(f'<li><a href="/?{escape(fields)}">{escape_text(each)}</a></li>' for fields, each in asked)
    anew = '<p><a href="/">Begin anew</a></p>'
    head = f"<h2>Asked before</h2><ol>{rows}</ol>" if rows else ""
    return f'<nav class="earlier" aria-label="Conversation">{head}{anew}</nav>'


def _write_listing(listing: _Listing, caller: Caller) -> str:
    if not listing.cards:
        add = '<a href="/add">Add some here</a>, or' if WebRight.ADD in caller.rights else "Add a file"
        return f"<p>Nothing is here yet. {add} with <code>pullquote add FILE</code>.</p>"
    shown = f", the newest {len(listing.cards):,}" if len(listing.cards) < listing.total else ""
    many = f"{listing.total:,} article{'' if listing.total == 1 else 's'}{shown}"
    rows = "".join(f"<li>{write_link(card)}{_write_silence(card, listing.silent)}</li>" for card in listing.cards)
    return f'<h2>{many}</h2><ul class="articles">{rows}</ul>'


def _write_silence(card: Card, silent: Mapping[str, Silence]) -> str:
    """Return why an article may not be cited, "" if it may, or if what is known of it says the same."""
    word = name_silence(card, silent.get(card.id))
    return f' <span class="silent">{word}</span>' if word else ""


ROUTES = (
    Route("/", show_home, name="home"),
    Route("/articles/{article}", show_reading, name="reading"),
)
"""The pages that ask, list and show."""
