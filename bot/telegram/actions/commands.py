"""Commands that Telegram carries out in its own way; all others become requests, as in the console."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Bot, Message

from ...conversation.naming import pick_articles
from ..access import Right, filter_of_chat
from ..chats.contract import KEPT_SCREENS
from ..desk import ChatPlace, Desk
from ..incoming import SharedDocument, SharedLink, SharedText, find_shared, read_text
from ..screens import screens
from ..screens.screens import Button, Screen
from ..screens.wording import wording
from ..sending.send import ScreenNote, put
from .add import Source, add, make_document_source, make_link_source, make_text_source, read_origin
from .ask import Utterance, say, say_in_message
from .choosing import choose
from .follow import follow
from .groups import may_add, rules_here
from .language_menu import show_languages
from .offers import offer_removal
from .posts import describe_post
from .standing_questions import list_watched, watch
from .versions import show_changes


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it was given: where, its name, the words behind it, and the message that it came with."""

    desk: Desk
    bot: Bot
    place: ChatPlace
    name: str
    words: str
    message: Message

    async def note(self, *lines: str) -> None:
        """Show plain lines."""
        await put(self.desk, self.bot, self.place, screens.draw_note(*lines))


async def _start(call: Call) -> None:
    if call.words:
        payload = await call.desk.chats.run(
            call.desk.chats.store.redeem, call.words, call.place.person, call.desk.now()
        )
        if payload is None:
            await call.note(wording.LINK_OVER)
            return
        if "article" in payload:
            await choose(call.desk, call.bot, call.place, str(payload["article"]))
        else:
            await _say(call, str(payload["question"]))
        return
    questions = await call.desk.suggest(await call.desk.load_state(call.place), 3)
    lines = [wording.START, wording.START_TRY if questions else wording.START_EMPTY]
    if await may_add(call.desk, call.bot, call.place):
        lines.insert(1, wording.ADD_HOW)
    if not call.place.private:
        lines.insert(1, wording.GROUP_HOW.format(name=f"@{call.desk.name}"))
    rows = tuple((Button(question, f"s{at}"),) for at, question in enumerate(questions))
    screen = Screen(tuple(block for line in lines for block in screens.draw_note(line).blocks), rows)
    await put(call.desk, call.bot, call.place, screen, ScreenNote("start", {"questions": list(questions)}))


async def _ask(call: Call) -> None:
    if call.words:
        await _say(call, call.words)
    else:
        await call.note(wording.ASK_WHAT)


async def _say(call: Call, words: str) -> None:
    said = Utterance(call.place, words, short=not call.place.private, onward=True)
    await say(call.desk, call.bot, said, await call.desk.load_state(call.place))


async def _add(call: Call) -> None:
    """Add the link, the document or the text that the command stands with, or that it replies to."""
    for message in (call.message, call.message.reply_to_message):
        source = _find_source(call, message) if message is not None else None
        if source is not None and message is not None:
            await add(call.desk, call.bot, call.place, source)
            return
    await call.note(wording.ADD_WHAT)


def _find_source(call: Call, message: Message) -> Source | None:
    """Return what there is to add in a message, None if there is nothing."""
    own = message is call.message
    words = call.words if own else read_text(message)
    shared, posts = find_shared(message, words), [describe_post(message)]
    match shared:
        case SharedDocument(document):
            return make_document_source(call.desk, call.bot, document, posts)
        case SharedLink(url):
            return make_link_source(call.desk, url, posts)
        case SharedText():
            pass
        case None if own or not words:
            return None
    return make_text_source(call.desk, words, read_origin(message), "message", posts)


async def _remove(call: Call) -> None:
    if not await rules_here(call.desk, call.bot, call.place):
        await call.note(wording.ADMINS_ONLY)
        return
    within = filter_of_chat(call.place.chat)
    found = await call.desk.ask(pick_articles, call.desk.index, within, call.words) if call.words else []
    if len(found) == 1:
        await offer_removal(call.desk, call.bot, call.place, found[0][1].id)
    else:
        await call.note(wording.REMOVE_WHAT)


async def _use(call: Call) -> None:
    if await rules_here(call.desk, call.bot, call.place):
        await _say_command(call)
    else:
        await call.note(wording.ADMINS_ONLY)


async def _show_diff(call: Call) -> None:
    await show_changes(call.desk, call.bot, call.place, call.words)


async def _watch(call: Call) -> None:
    await watch(call.desk, call.bot, call.place, call.words)


async def _list_watched(call: Call) -> None:
    await list_watched(call.desk, call.bot, call.place)


async def _tell_ids(call: Call) -> None:
    await call.note(wording.WHOAMI.format(person=call.place.person, chat=call.place.chat))


async def _tell_privacy(call: Call) -> None:
    form = wording.PRIVACY_LOGGED if call.desk.settings.log_texts else wording.PRIVACY
    await call.note(form.format(days=KEPT_SCREENS // 86_400))


async def _tell_stats(call: Call) -> None:
    desk = call.desk
    if not desk.may(Right.OPERATE, call.place):
        await call.note(wording.OPERATORS_ONLY)
        return
    counts = await desk.chats.run(desk.chats.store.count)
    waiting = await desk.inbox.run(desk.inbox.store.count_waiting) - 1  # without this command
    hours = (time.monotonic() - desk.started) / 3600
    articles = await desk.ask(len, desk.index)
    await call.note(wording.STATS.format(articles=articles, poll=desk.poll_age, hours=hours, waiting=waiting, **counts))


async def _say_command(call: Call) -> None:
    """Carry out a command as the console would."""
    await say_in_message(call.desk, call.bot, call.place, f"/{call.name} {call.words}".strip(), call.message)


async def _set_language(call: Call) -> None:
    await show_languages(call.desk, call.bot, call.place, call.words)


async def _follow(call: Call) -> None:
    await follow(call.desk, call.bot, call.place, call.words)


ACTIONS: dict[str, Callable[[Call], Awaitable[None]]] = {
    "start": _start,
    "ask": _ask,
    "use": _use,
    "diff": _show_diff,
    "add": _add,
    "remove": _remove,
    "follow": _follow,
    "language": _set_language,
    "watch": _watch,
    "watches": _list_watched,
    "privacy": _tell_privacy,
    "whoami": _tell_ids,
    "stats": _tell_stats,
}
"""What Telegram does at a command of the table; one without an action is said as in the console."""


async def run_command(call: Call) -> None:
    """Carry out a command; the name of none is answered with the nearest."""
    await ACTIONS.get(call.name, _say_command)(call)
