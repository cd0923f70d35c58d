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
from index.errors import PullquoteError, SourceError
from index.model import Metadata
from index.sources import Loaded, load, load_bytes
from index.sources.markdown import drop_strong

from ...conversation.dialogue import Details
from ...conversation.perform import describe
from ...conversation.versions import look_up_pair
from ...pages.lines import clean_line
from ..access import collection_of_chat, filter_of_chat
from ..desk import ChatPlace, Desk
from ..screens import screens
from ..screens.screens import Button, Rows
from ..screens.wording import wording
from ..sending.send import ScreenNote, edit_note, put, replace_with
from .groups import may_add
from .posts import note_posts

_log = logging.getLogger(__name__)

LARGEST = int(FileSizeLimit.FILESIZE_DOWNLOAD)
LONGEST_NAME = 80

SLOWEST = 60.0
"""Seconds that a download may take in all: one that drips holds up its own chat, but not for ever."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to add: its name, what is said while it comes, its size in bytes (0 if unknown), and how to get it.

    `posts` are the messages that it came in, as `describe_post` gives them.
    """

    name: str
    coming: str
    size: int
    get: Callable[[], Awaitable[Article | Loaded]]
    posts: Sequence[Mapping[str, Any]] = ()


def make_link_source(desk: Desk, url: str, posts: Sequence[Mapping[str, Any]]) -> Source:
    """Return the article at an address as a source; `posts` are the messages that it came in."""
    return Source(_get_host(url), wording.FETCHING, 0, partial(desk.load, load, url), posts)


def make_text_source(
    desk: Desk, words: str, known: Metadata | None, name: str, posts: Sequence[Mapping[str, Any]]
) -> Source:
    """Return a text that was sent as a source; `posts` are the messages that it came in."""
    size = len(words.encode("utf-8", "surrogatepass"))
    read = partial(desk.load, Article.from_text, drop_strong(words), known, source=name)
    return Source(name, wording.READING, size, read, posts)


def make_document_source(desk: Desk, bot: Bot, sent: Document, posts: Sequence[Mapping[str, Any]]) -> Source:
    """Return a document as a source, of a name that never becomes a path; `posts` are the messages that it came in."""
    name = clean_file_name(sent.file_name)

    async def get() -> Loaded:
        data = await _download(bot, sent, name)
        return await desk.load(load_bytes, data, name, apart=True)

    return Source(name, wording.DOWNLOADING, sent.file_size or 0, get, posts)


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


@dataclass(frozen=True, slots=True)
class Addition:
    """What was added: what there is to tell of it, whether its story has other versions here, whether it is new.

    `missing` says how much of its page was not read, "" if all was.
    """

    shown: Details
    several: bool
    new: bool
    missing: str

    @property
    def id(self) -> str:
        """The article's id."""
        return self.shown.card.id


async def add(desk: Desk, bot: Bot, place: ChatPlace, source: Source, progress: int | None = None) -> bool:
    """Add a source to the chat's own collection, if the person may, show its card, and tell whether it was added.

    `progress` is a message to show the progress in.
    """
    found, told = await take_in(desk, bot, place, source, progress)
    if isinstance(found, str):
        await tell(desk, bot, place, screens.draw_note(found), told)
        return False
    await show_added(desk, bot, place, found, told)
    return True


async def take_in(
    desk: Desk, bot: Bot, place: ChatPlace, source: Source, progress: int | None
) -> tuple[Addition | str, int | None]:
    """Add a source; return what was added, or why it was not, and the message that shows the progress, if any."""
    refusal = await _find_refusal(desk, bot, place, source)
    if not refusal:
        desk.reading.add(place.person)
        try:
            refusal = await _take_quotas(desk, place, source)
            if not refusal:
                return await _read_and_add(desk, bot, place, source, progress)
        finally:
            desk.reading.discard(place.person)
    desk.metrics.refused.labels("add").inc()
    return refusal, progress


async def _read_and_add(
    desk: Desk, bot: Bot, place: ChatPlace, source: Source, progress: int | None
) -> tuple[Addition | str, int]:
    told = await tell(desk, bot, place, screens.draw_note(source.coming.format(source.name)), progress)
    try:
        item = await source.get()
        article, missing = (item.article, _tell_missing(item)) if isinstance(item, Loaded) else (item, "")
        new = await desk.change(desk.index.add, article, collection_of_chat(place.chat))
        await note_posts(desk, place.chat, article, source.posts)
        shown, several = await desk.ask(look_at, desk.index, filter_of_chat(place.chat), article.id)
    except PullquoteError as error:
        desk.metrics.added.labels(type(error).__name__).inc()
        if not isinstance(error, SourceError):
            _log.error("an article could not be added: %s", error)
        return screens.explain_error(error, wording.NOT_ADDED), told
    desk.metrics.added.labels("added" if new else "known").inc()
    return Addition(shown, several, bool(new), missing), told


def _tell_missing(loaded: Loaded) -> str:
    """Return how much of a page was read; "" if all was."""
    read, left = loaded.fidelity.total, len(loaded.fidelity.omitted)
    return wording.INCOMPLETE.format(read=read, count=read + left) if left else ""


async def show_added(desk: Desk, bot: Bot, place: ChatPlace, added: Addition, told: int | None) -> int:
    """Show the card of what was added in the message that showed the progress, and return the message that does.

    The next question is asked of it first.
    """
    await put_at_hand(desk, place, (added.id,))
    questions = await desk.suggest(replace(await desk.load_state(place), chosen=(added.id,)), 2)
    newest = added.several and added.new and added.shown.newer is None
    head = [wording.ADDED if added.new else wording.ALREADY, *([wording.NEWER_OF] if newest else [])]
    head += [added.missing] if added.missing else []
    rows = (
        *((Button(question, f"s{at}"),) for at, question in enumerate(questions)),
        *make_article_rows(versions=added.several),
    )
    card = screens.draw_card(added.shown, rows)
    screen = replace(card, blocks=(*screens.draw_note(*head).blocks, *card.blocks))
    note = ScreenNote("card", {"id": added.id, "questions": list(questions)})
    return (await replace_with(desk, bot, place, [told] if told else [], screen, note))[-1]


async def put_at_hand(desk: Desk, place: ChatPlace, ids: tuple[str, ...]) -> None:
    """Have the next question of the conversation asked of these articles first."""
    before = await desk.load_state(place)
    after = replace(before, at_hand=ids)
    await desk.chats.run(desk.chats.store.set_talk, place.chat, place.topic, after.to_dict(), before.to_dict())


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


async def _find_refusal(desk: Desk, bot: Bot, place: ChatPlace, source: Source) -> str:
    """Return why the person may not add this now, "" if they may."""
    if not await may_add(desk, bot, place):
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


async def tell(desk: Desk, bot: Bot, place: ChatPlace, screen: screens.Screen, progress: int | None) -> int:
    """Show a screen in the message that shows the progress, a new one for None, and return its number."""
    if progress is None:
        return (await put(desk, bot, place, screen))[-1]
    await edit_note(bot, place, progress, screen.blocks[0].text[:4000])
    return progress


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
