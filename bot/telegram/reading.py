"""Reading pages: the article of an answer with its sentence marked, at an address that nobody guesses and that expires.

The address is all that a reader needs, so it is as good as a key: it has 192 bits, leads to one answer of one chat, and
what the chat may see is asked anew at each request. Whatever else is asked for gets the same 404.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from index import Index, Reply
from index.citations import PageLanguage, page_policy, reading_page
from index.errors import CorruptIndex, EngineUnavailable, UnknownArticle
from index.model import ShownPassage
from index.stories import Silence

from ..conversation.versions import look_up_standing
from ..pages.reasons import explain_damage, explain_reason
from ..serving.health import name_setting
from ..serving.http import Door, HttpRequest, HttpResponse, serve
from ..settings import Settings, SettingsError
from ..translation import get_language, gettext, speaking, write_day
from .access import Right, filter_of_chat
from .chats.contract import PageLink, SavedScreen
from .desk import ChatPlace, Desk, restore_state
from .screens.screens import Button, Screen
from .screens.wording import wording
from .updates.webhook import is_public, read_listen_address

_log = logging.getLogger(__name__)

LASTS = 7 * 24 * 3600.0
"""Seconds that the address of a page is good for."""

CODE = 32
"""Letters of the code in an address; each is 6 bits."""

AT_ONCE = 8
"""Requests for pages that are answered at once; more are told to come again."""

NOT_HERE = HttpResponse(404, "not here")

HEADERS = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


def read_pages_path(settings: Settings) -> str:
    """Return the path that all addresses of pages begin with, "" where there are none.

    Raises:
        SettingsError: the address is no public one.
    """
    if not settings.pages_url:
        return ""
    try:
        url = urlsplit(settings.pages_url)
        fits = bool(url.hostname) and url.scheme in ("http", "https") and is_public(url)
    except ValueError:
        fits = False
    if not fits or url.query or url.fragment or url.username or not settings.pages_url.isascii():
        raise SettingsError("PULLQUOTE_PAGES_URL takes a public https:// address, such as https://bot.example.org/read")
    return f"{url.path.rstrip('/')}/"


async def add_page(desk: Desk, screen: Screen, place: ChatPlace, key: str) -> Screen:
    """Return the screen of an answer, to be kept under this key, with a button that opens its page, if there are pages.

    The button takes the place of the one that shows the article in the chat.
    """
    base = desk.settings.pages_url.rstrip("/")
    if not base:
        return screen
    code = secrets.token_urlsafe(CODE * 3 // 4)
    try:
        await desk.chats.run(desk.chats.store.keep_link, code, PageLink(place.chat, key), desk.now() + LASTS)
    except EngineUnavailable as error:  # the answer goes out without it
        _log.warning("no page can be offered: %s", error)
        return screen
    others = tuple(tuple(each for each in row if not each.action.startswith("o")) for row in screen.rows)
    opens = (Button(wording.READ_PAGE, url=f"{base}/{code}#c1"),)
    return replace(screen, rows=(*(row for row in others if row), opens))


def make_door(desk: Desk, prefix: str, beside: Door | None = None) -> Door:
    """Return what answers requests for pages below the prefix, and hands all others to the door beside it."""
    waiting = 0

    def is_page(request: HttpRequest) -> bool:
        return bool(prefix) and request.path.startswith(prefix) and len(request.path) == len(prefix) + CODE

    def gate(request: HttpRequest) -> HttpResponse | None:
        if is_page(request):
            return None if request.method in ("GET", "HEAD") else NOT_HERE
        return beside[1](request) if beside else NOT_HERE

    async def handle(request: HttpRequest) -> HttpResponse:
        nonlocal waiting
        if not is_page(request):
            return await beside[0](request) if beside else NOT_HERE
        if waiting >= AT_ONCE:
            return HttpResponse(503, "busy; try again in a moment")
        waiting += 1
        try:
            page = await find_page(desk, request.path[len(prefix) :])
        except EngineUnavailable as error:
            _log.warning("a page could not be looked up: %s", error)
            return HttpResponse(503, "busy; try again in a moment")
        finally:
            waiting -= 1
        if page is None:
            return NOT_HERE
        policy = f"{page_policy()}; frame-ancestors 'none'"
        return HttpResponse(200, page, "text/html; charset=utf-8", HEADERS | {"content-security-policy": policy})

    return handle, gate


@asynccontextmanager
async def serve_pages(desk: Desk) -> AsyncIterator[None]:
    """Serve pages alone while inside, where updates are polled; nothing is served without an address for them."""
    prefix = read_pages_path(desk.settings)
    if not prefix:
        yield
        return
    host, port = read_listen_address(desk.settings)
    with name_setting("PULLQUOTE_WEBHOOK_LISTEN", host, port):
        server = await serve(host, port, *make_door(desk, prefix))
    try:
        yield
    finally:
        server.close()


async def find_page(desk: Desk, code: str) -> str | None:
    """Return the page that the code leads to today; None if there is no such code, or the chat may not see it any more.

    It speaks the language of the chat or, of a private one that chose none, that of the answer.

    Raises:
        EngineUnavailable: it cannot be looked up just now.
    """
    link = await desk.chats.run(desk.chats.store.find_link, code, desk.now())
    kept = await desk.chats.run(desk.chats.store.get_screen, link.screen) if link else None
    if link is None or kept is None or kept.chat != link.chat or kept.kind != "answer":
        return None
    place = ChatPlace(kept.chat, kept.topic, kept.person)
    if not desk.may(Right.ASK, place):
        return None
    with speaking(await desk.find_language(place, kept.payload.get("language"))):
        return await desk.aside(draw_page, desk.index, kept)


def draw_page(index: Index, kept: SavedScreen) -> str | None:
    """Return the page of a kept answer, None if its article is not to be seen, or its sentences do not stand in it."""
    reply, within = restore_state(kept.payload["after"], kept.chat).reply, filter_of_chat(kept.chat)
    shown = reply.passages[int(kept.payload["skip"]) :] if reply else ()
    if reply is None or not shown:
        return None
    try:
        article = index.article(shown[0].article.id, within)
    except UnknownArticle:
        return None
    except CorruptIndex as error:
        _log.error("a page cannot be shown: %s", error)
        return None
    standing = look_up_standing(index, within, article.card)
    if article.id != shown[0].article.id or standing.silence in (Silence.WITHDRAWN, Silence.EMBARGOED):
        return None
    ours = [each for each in shown if each.article.id == article.id and _stands(each, article.text, article.sha256)]
    if not ours or ours[0] is not shown[0]:
        return None
    speech = PageLanguage(get_language(), gettext, write_day, explain_reason, explain_damage)
    return reading_page(article, _cut_reply(reply, ours), standing, speech)


def _stands(passage: ShownPassage, text: str, sha256: str) -> bool:
    return all(each.sha256 == sha256 and text[each.start : each.end] == each.text for each in passage.citations)


def _cut_reply(reply: Reply, passages: list[ShownPassage]) -> Reply:
    """Return the reply with these passages alone: what it says of other articles may not be seen any more."""
    return replace(reply, passages=tuple(passages), explain=None, unread=())
