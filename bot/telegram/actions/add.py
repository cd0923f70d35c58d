"""Adding and removing a chat's articles: links, documents, forwarded texts. Progress is shown in one message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot, Document, Message, MessageOriginChannel
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, TelegramError

from index import Article, Filter, Index
from index.errors import PullquoteError, SourceError, UnknownArticle
from index.model import Metadata
from index.sources import Loaded, load, load_bytes

from ...conversation.dialogue import Details
from ...conversation.perform import describe
from ...conversation.versions import look_up_pair
from ...pages.lines import clean_line, name_article
from ..access import Right, collection_of_chat, filter_of_chat
from ..chats.contract import SavedScreen
from ..desk import ChatPlace, Desk
from ..screens import screens, wording
from ..screens.screens import Button, Rows
from ..sending.send import ScreenNote, put, replace_with
from .posts import note_posts

_log = logging.getLogger(__name__)

LARGEST = int(FileSizeLimit.FILESIZE_DOWNLOAD)
LONGEST_NAME = 80

SLOWEST = 60.0
"""Seconds that a download may take in all: one that drips holds up its own chat, but not for ever."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to add: its name, what is said while it comes, its size in bytes (0 if unknown), and how to get it.

    `posts` are the messages that hold its text, as `describe_post` gives them.
    """

    name: str
    coming: str
    size: int
    get: Callable[[], Awaitable[Article | Loaded]]
    posts: Sequence[Mapping[str, Any]] = ()


def make_link_source(desk: Desk, url: str) -> Source:
    """Return the article at an address as a source."""
    return Source(_get_host(url), wording.FETCHING, 0, partial(desk.load, load, url))


def make_text_source(
    desk: Desk, words: str, known: Metadata | None, name: str, posts: Sequence[Mapping[str, Any]] = ()
) -> Source:
    """Return a text that was sent as a source; `posts` are the messages that hold it."""
    size = len(words.encode("utf-8", "surrogatepass"))
    return Source(name, wording.READING, size, partial(desk.load, Article.from_text, words, known, source=name), posts)


def make_document_source(desk: Desk, bot: Bot, sent: Document) -> Source:
    """Return a document as a source; its name never becomes a path."""
    name = clean_file_name(sent.file_name)

    async def get() -> Loaded:
        data = await _download(bot, sent, name)
        return await desk.load(load_bytes, data, name, apart=True)

    return Source(name, wording.DOWNLOADING, sent.file_size or 0, get)


async def _download(bot: Bot, sent: Document, name: str) -> bytes:
    """Return the bytes of a document, unless it is larger than a bot may download."""
    if (sent.file_size or 0) > LARGEST:
        raise _make_too_large(name)
    try:
        async with asyncio.timeout(SLOWEST):
            file = await bot.get_file(sent.file_id)
            if (file.file_size or 0) > LARGEST:
                raise _make_too_large(name)
            into = BytesIO()
            await file.download_to_memory(into)
    except BadRequest as error:
        if "too big" in str(error).lower():
            raise _make_too_large(name) from None
        raise SourceError(name, wording.NO_FILE.format(reason=clean_line(str(error)))) from None
    except (TelegramError, TimeoutError) as error:
        raise SourceError(name, wording.NO_FILE.format(reason=type(error).__name__)) from None
    if into.tell() > LARGEST:
        raise _make_too_large(name)
    return into.getvalue()


def _make_too_large(name: str) -> SourceError:
    return SourceError(name, wording.TOO_LARGE.format(limit=LARGEST // 1_000_000))


async def add(desk: Desk, bot: Bot, place: ChatPlace, source: Source, progress: int | None = None) -> None:
    """Add a source to the chat's own collection, if the person may; `progress` is a message to show the progress in."""
    refusal, what = _find_refusal(desk, place, source), None
    if not refusal:
        desk.reading.add(place.person)
        try:
            refusal = await _take_quotas(desk, place, source)
            if not refusal:
                what = await _read_and_add(desk, bot, place, source, progress)
        finally:
            desk.reading.discard(place.person)
    if refusal:
        desk.metrics.refused.labels("add").inc()
        await _tell(desk, bot, place, screens.draw_note(refusal), progress)
    elif what is not None:
        await _show_added(desk, bot, place, *what)


async def _read_and_add(
    desk: Desk, bot: Bot, place: ChatPlace, source: Source, progress: int | None
) -> tuple[tuple[Details, bool, bool, str], int] | None:
    """Read a source and add it; return what to show and the message that shows the progress, None if it failed."""
    try:
        told = await _tell(desk, bot, place, screens.draw_note(source.coming.format(source.name)), progress)
        item = await source.get()
        article, missing = (item.article, item.fidelity.missing) if isinstance(item, Loaded) else (item, "")
        new = await desk.change(desk.index.add, article, collection_of_chat(place.chat))
        await note_posts(desk, place.chat, article, source.posts)
        shown, several = await desk.ask(look_at, desk.index, filter_of_chat(place.chat), article.id)
    except PullquoteError as error:
        desk.metrics.added.labels(type(error).__name__).inc()
        if not isinstance(error, SourceError):
            _log.error("an article could not be added: %s", error)
        await _tell(desk, bot, place, screens.draw_note(screens.explain_error(error, wording.NOT_ADDED)), told)
        return None
    desk.metrics.added.labels("added" if new else "known").inc()
    return (shown, several, bool(new), missing), told


async def _show_added(desk: Desk, bot: Bot, place: ChatPlace, what: tuple[Details, bool, bool, str], told: int) -> None:
    shown, several, new, missing = what
    key = shown.card.id
    questions = await desk.suggest(replace(await desk.load_state(place), chosen=(key,)), 2)
    newest = several and new and shown.newer is None
    head = [wording.ADDED if new else wording.ALREADY, *([wording.NEWER_OF] if newest else [])]
    head += [wording.INCOMPLETE.format(missing=missing)] if missing else []
    rows = (
        *((Button(question, f"s{at}"),) for at, question in enumerate(questions)),
        *make_article_rows(versions=several),
    )
    card = screens.draw_card(shown, rows)
    screen = replace(card, blocks=(*screens.draw_note(*head).blocks, *card.blocks))
    await replace_with(desk, bot, place, [told], screen, ScreenNote("card", {"id": key, "questions": list(questions)}))


def make_article_rows(*, versions: bool, removable: bool = True) -> Rows:
    """Return the buttons of an article: what can be done with it here."""
    changes = (Button(wording.NEWER, "d"),) if versions else ()
    removes = (Button(wording.REMOVE, "r", danger=True),) if removable else ()
    return ((Button(wording.ASK_THIS, "a"), *changes, *removes),)


def is_in(index: Index, within: Filter, key: str) -> bool:
    """Tell whether the article is among those that the filter lets see."""
    return any(index.articles(replace(within, articles=(key,))))


def look_at(index: Index, within: Filter, key: str) -> tuple[Details, bool]:
    """Return what there is to tell of an article, and whether there is a version of its story to compare it with."""
    card = index.article(key, within).card
    return describe(index, within, card), look_up_pair(index, within, card) is not None


def _find_refusal(desk: Desk, place: ChatPlace, source: Source) -> str:
    """Return why the person may not add this now, "" if they may."""
    if not desk.may(Right.ADD, place):
        return wording.MAY_NOT_ADD.format(person=place.person)
    if source.size > LARGEST:
        return wording.TOO_LARGE.format(limit=LARGEST // 1_000_000)
    if place.person in desk.reading:
        return wording.ONE_AT_A_TIME
    return ""


async def _take_quotas(desk: Desk, place: ChatPlace, source: Source) -> str:
    """Take from the quotas; return why that is refused, "" if it is not."""
    if wait := await desk.take_lasting("add", place.person):
        return wording.TOO_MANY_ADDS.format(minutes=int(wait / 60) + 1)
    if await desk.take_lasting("bytes", place.person, max(source.size, 50_000)):
        return wording.TOO_MUCH
    return ""


async def _tell(desk: Desk, bot: Bot, place: ChatPlace, screen: screens.Screen, progress: int | None) -> int:
    if progress is None:
        return (await put(desk, bot, place, screen))[-1]
    try:
        await bot.edit_message_text(screen.blocks[0].text[:4000], chat_id=place.chat, message_id=progress)
    except BadRequest as error:
        _log.info("the progress cannot be shown: %s", error)
    return progress


async def offer(desk: Desk, bot: Bot, place: ChatPlace, question: str, payload: dict[str, object]) -> None:
    """Ask whether something should be added; nothing is fetched before."""
    rows = ((Button(wording.YES, "y"), Button(wording.NO, "x")),)
    await put(desk, bot, place, screens.draw_note(question, rows=rows), ScreenNote("offer", payload))


async def accept_offer(desk: Desk, bot: Bot, place: ChatPlace, kept: SavedScreen, message: int) -> None:
    """Carry out an offer that was accepted, once."""
    if not await desk.chats.run(desk.chats.store.drop, kept.id):
        return  # pressed twice
    payload = kept.payload
    if "remove" in payload:
        await _remove_article(desk, bot, place, str(payload["remove"]), message)
    elif "url" in payload:
        await add(desk, bot, place, make_link_source(desk, str(payload["url"])), message)
    else:
        source = make_text_source(desk, str(payload["text"]), None, "message", payload.get("posts", ()))
        await add(desk, bot, place, source, message)


async def offer_removal(desk: Desk, bot: Bot, place: ChatPlace, key: str) -> None:
    """Ask whether an article should be removed, if the person may and it is the chat's own."""
    if not desk.may(Right.ADD, place):
        await put(desk, bot, place, screens.draw_note(wording.MAY_NOT_ADD.format(person=place.person)))
        return
    try:
        card = (await desk.ask(desk.index.article, key, filter_of_chat(place.chat))).card
    except UnknownArticle:
        await put(desk, bot, place, screens.draw_note(wording.NOT_HERE))
        return
    if not await desk.ask(is_in, desk.index, Filter(collections=(collection_of_chat(place.chat),)), card.id):
        await put(desk, bot, place, screens.draw_note(wording.SHARED.format(title=name_article(card))))
        return
    rows = ((Button(wording.REMOVE, "y", danger=True), Button(wording.NO, "x")),)
    screen = screens.draw_note(wording.REMOVE_SURE.format(title=name_article(card)), rows=rows)
    await put(desk, bot, place, screen, ScreenNote("offer", {"remove": card.id}))


async def _remove_article(desk: Desk, bot: Bot, place: ChatPlace, key: str, message: int) -> None:
    """Take an article out of the chat's collection and say so."""
    if not desk.may(Right.ADD, place):
        return
    within = Filter(collections=(collection_of_chat(place.chat),))
    try:
        card = (await desk.ask(desk.index.article, key, within)).card
        await desk.change(desk.index.remove, key, collection_of_chat(place.chat))
        await desk.chats.run(desk.chats.store.forget_posts, place.chat, card.id)
    except UnknownArticle:
        await _tell(desk, bot, place, screens.draw_note(wording.NOT_HERE), message)
        return
    await _tell(desk, bot, place, screens.draw_note(wording.REMOVED.format(title=name_article(card))), message)


def read_origin(message: Message) -> Metadata | None:
    """Return what a forwarded post says of itself: the address of a public channel's post."""
    from_channel = message.forward_origin
    if isinstance(from_channel, MessageOriginChannel) and from_channel.chat.username:
        return Metadata(url=f"https://t.me/{from_channel.chat.username}/{from_channel.message_id}")
    return None


def clean_file_name(name: str | None) -> str:
    """Return a document's name, fit to be shown: one line, no folders, never empty."""
    cleaned = clean_line((name or "").replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem, dot, ending = cleaned.rpartition(".")
    if len(cleaned) > LONGEST_NAME:
        cleaned = f"{stem[:LONGEST_NAME]}{dot}{ending[:8]}"
    return cleaned or "document"


def _get_host(url: str) -> str:
    try:
        return clean_line(urlsplit(url).hostname or url)[:LONGEST_NAME]
    except ValueError:
        return clean_line(url)[:LONGEST_NAME]
