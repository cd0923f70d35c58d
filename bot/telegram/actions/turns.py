"""Whose turn it is: messages within the limits pass; those beyond wait for their turn, or are told that they do not."""

from __future__ import annotations

import time

from telegram import Bot

from ..desk import ChatPlace, Desk, WaitingTurn
from ..screens import screens
from ..screens.wording import wording
from ..sending.send import is_there, put, react


async def admit(desk: Desk, bot: Bot, place: ChatPlace, what: str = "ask") -> bool:
    """Take a message from a quota and return True if it is to be dealt with now.

    One beyond it gets one notice: that it comes later, as the inbox then brings it again, or that it is not answered.
    Of one that was deleted while it waited nothing is left to be done.
    """
    if desk.turns.pop(place.update, None) is not None:  # it was taken when it came first
        return await is_there(bot, place)
    wait, taken = desk.book(what, place)
    whose = (what, place.person, place.chat)
    if not taken:
        desk.metrics.refused.labels("quota").inc()
        await _tell(desk, bot, place, wording.NOT_ANSWERED.format(seconds=int(wait) + 1), wording.NOT_ANSWERED_SIGN)
    elif wait or any(turn.whose == whose for turn in desk.turns.values()):  # nor does it overtake one that waits
        desk.turns[place.update] = WaitingTurn(time.monotonic() + wait, whose)
        if wait:
            await _tell(desk, bot, place, wording.IN_TURN.format(seconds=int(wait) + 1), wording.IN_TURN_SIGN)
    return taken and place.update not in desk.turns


async def _tell(desk: Desk, bot: Bot, place: ChatPlace, words: str, sign: str) -> None:
    """Tell what becomes of a message: in words while there is room for them, then by a reaction.

    In a group words count as an answer of the bot: they would delay those that others wait for.
    """
    if not desk.take("words", place.person) and (place.private or not desk.take("group", place.chat)):
        await put(desk, bot, place, screens.draw_note(words))
    else:
        await react(bot, place, sign)
