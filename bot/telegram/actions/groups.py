"""Groups: who decides there."""

from __future__ import annotations

import logging

from telegram import Bot, ChatMember, Update
from telegram.error import TelegramError

from ..access import Right
from ..chats.contract import SavedScreen
from ..desk import ChatPlace, Desk

_log = logging.getLogger(__name__)


def find_sender(update: Update) -> int | None:
    """Return the group or channel in whose name a message is written, None where a person writes it.

    The person that Telegram shows then is one for all who do so. Who presses a button always does so as a person.
    """
    message = update.message or update.edited_message
    return message.sender_chat.id if message is not None and message.sender_chat is not None else None


async def rules_here(desk: Desk, bot: Bot, place: ChatPlace) -> bool:
    """Tell whether the person may choose and change the chat's articles: in a group, administrators may."""
    if place.private or desk.may(Right.OPERATE, place) or place.person == place.chat:
        return True
    try:
        member = await bot.get_chat_member(place.chat, place.person)
    except TelegramError as error:
        _log.info("it cannot be told who rules a group: %s", error)
        return False
    return member.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER)


async def goes_on_with(desk: Desk, bot: Bot, kept: SavedScreen, place: ChatPlace) -> bool:
    """Tell whether the person may go on with what somebody asked here: the asker may, and administrators.

    Who asked as an anonymous administrator presses as a person who is one. Who asked as a channel cannot be told from
    the other members: all may go on with that, but nobody else than an administrator adds for it.
    """
    asked_as_channel = kept.person < 0 and kept.person != kept.chat
    if place.private or kept.person == place.person or (asked_as_channel and kept.kind != "offer"):
        return True
    return await rules_here(desk, bot, place)


async def may_add(desk: Desk, bot: Bot, place: ChatPlace) -> bool:
    """Tell whether the person may add and remove the chat's articles: who is listed, or administrators if allowed."""
    if desk.may(Right.ADD, place):
        return True
    return desk.access.lets_administrators_add(place.chat) and await rules_here(desk, bot, place)
