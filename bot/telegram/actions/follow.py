"""Following a channel: its posts, as Telegram forwards them into its discussion group, become articles of that group.

That way the bot needs no rights in the channel, and nothing is ever posted there.
"""

from __future__ import annotations

import logging

from telegram import Bot, ChatMember, Message, MessageOriginChannel
from telegram.error import TelegramError

from index import Article
from index.errors import PullquoteError
from index.model import Metadata
from index.sources.markdown import drop_strong

from ..access import collection_of_chat
from ..desk import ChatPlace, Desk
from ..screens import screens
from ..screens.wording import wording
from ..sending.send import put
from .groups import may_add, rules_here
from .posts import describe_post, note_posts

_log = logging.getLogger(__name__)

POST = 50_000
"""Bytes that a post counts as in the quota of its group: a thousand a day where 50 megabytes may be added."""


async def follow(desk: Desk, bot: Bot, place: ChatPlace, words: str) -> None:
    """Begin to read the posts of the channel that the group discusses, or end it where the words say "off"."""
    await put(desk, bot, place, screens.draw_note(*await _settle(desk, bot, place, off=words.casefold() == "off")))


async def _settle(desk: Desk, bot: Bot, place: ChatPlace, *, off: bool) -> tuple[str, ...]:
    """Settle whether the channel is followed and return what is said of it."""
    if place.private:
        return (wording.FOLLOW_WHERE,)
    if not await rules_here(desk, bot, place):
        return (wording.ADMINS_ONLY,)
    if not await may_add(desk, bot, place):
        return (wording.MAY_NOT_ADD.format(person=place.person),)
    if not off and (await bot.get_chat(place.chat)).linked_chat_id is None:
        return (wording.FOLLOW_NONE,)
    await desk.settle(place.chat, follows=not off)
    if off:
        return (wording.FOLLOW_OFF,)
    return (wording.FOLLOWING,) if await _sees_all(bot, place.chat) else (wording.FOLLOWING, wording.FOLLOW_BLIND)


async def _sees_all(bot: Bot, group: int) -> bool:
    """Tell whether the bot gets all messages of a group: posts of its channel are addressed to nobody."""
    if bot.can_read_all_group_messages:
        return True
    try:
        return (await bot.get_chat_member(group, bot.id)).status == ChatMember.ADMINISTRATOR
    except TelegramError as error:
        _log.info("it cannot be told what the bot sees of a group: %s", error)
        return False


async def read_post(desk: Desk, message: Message, group: int) -> None:
    """Add a channel's post to its group if that follows it; an edited one becomes a newer version. Nothing is said."""
    words = message.text or message.caption or ""
    if not words.strip() or not (await desk.get_settled(group)).get("follows"):
        return
    if await desk.take_lasting("bytes", group, POST):
        _log.warning("a post was not read: its group added as much as it may today")
        return
    try:
        article = await desk.load(Article.from_text, drop_strong(words), describe_channel_post(message), source="post")
        new = await desk.change(desk.index.add, article, collection_of_chat(group))
        await note_posts(desk, group, article, [describe_post(message)])
    except PullquoteError as error:
        desk.metrics.added.labels(type(error).__name__).inc()
        _log.info("a post was not read: %s", error)
    else:
        desk.metrics.added.labels("added" if new else "known").inc()


def describe_channel_post(message: Message) -> Metadata:
    """Return what is known of a channel's post: channel, moment, and an address, which all its versions share."""
    origin = message.forward_origin
    if not isinstance(origin, MessageOriginChannel):
        return Metadata()
    place = origin.chat.username or f"c/{str(origin.chat.id).removeprefix('-100')}"
    url = f"https://t.me/{place}/{origin.message_id}"
    return Metadata(agency=origin.chat.title or "", published=origin.date, url=url)
