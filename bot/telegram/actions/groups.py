"""Groups: who decides there."""

from __future__ import annotations

import logging

from telegram import Bot, ChatMember
from telegram.error import TelegramError

from ..access import Right
from ..desk import ChatPlace, Desk

_log = logging.getLogger(__name__)

ANONYMOUS = 1087968824
"""The person that Telegram shows for an administrator who writes as the group."""


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
