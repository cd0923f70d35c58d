"""From an update to what is done about it: the gate, the routes, and the error handler."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from telegram import Bot, ChatMember, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import (
    Application,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from index.errors import EngineError, PullquoteError, UnknownArticle

from ..conversation.commands import COMMANDS
from ..pages.lines import clean_line
from .access import Right
from .actions.add import add, make_document_source, make_text_source, offer, read_origin
from .actions.ask import Utterance, say, say_in_message
from .actions.buttons import press
from .actions.commands import ADDRESS, Call, run_command
from .actions.groups import ANONYMOUS, find_request, parse_command
from .actions.inline import offer_passages
from .desk import ChatPlace, Desk, restore_state
from .screens import screens, wording
from .sending.send import move_chat, put
from .updates.inbox import KINDS

_log = logging.getLogger(__name__)

Context = ContextTypes.DEFAULT_TYPE

LONG = 600
"""Characters from which a text is more likely an article than a question."""


def add_routes(application: Application[Any, Any, Any, Any, Any, Any], desk: Desk) -> None:
    """Lead every kind of update through the gate to its handler."""

    def lead_to(function: Callable[[Desk, Bot, Update], Awaitable[None]]) -> Callable[[Update, Context], Any]:
        async def handle(update: Update, context: Context) -> None:
            await function(desk, context.bot, update)

        return handle

    application.add_handler(TypeHandler(Update, lead_to(gate)), group=-1)
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, lead_to(on_message)))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, lead_to(on_edit)))
    application.add_handler(CallbackQueryHandler(lead_to(on_button)))
    application.add_handler(InlineQueryHandler(lead_to(on_inline)))
    application.add_handler(ChatMemberHandler(lead_to(on_membership), ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(partial(on_error, desk))


async def gate(desk: Desk, bot: Bot, update: Update) -> None:
    """Stop updates of people who may not ask; all updates pass here before anything else looks at them."""
    place = find_place(update)
    if place is None:
        raise ApplicationHandlerStop
    desk.metrics.handled.labels(next((kind for kind in KINDS if getattr(update, kind) is not None), "other")).inc()
    if desk.may(Right.ASK, place):
        return
    desk.metrics.refused.labels("access").inc()
    refusal = wording.NOT_ALLOWED.format(person=place.person)
    if update.callback_query is not None:
        await update.callback_query.answer(refusal)
    elif update.inline_query is not None:
        await update.inline_query.answer([], cache_time=0, is_personal=True)
    elif update.message is not None and place.private and not desk.take("notice", place.person):
        await put(desk, bot, place, screens.draw_note(refusal))
    raise ApplicationHandlerStop


def find_place(update: Update) -> ChatPlace | None:
    """Return where an update comes from and whose it is, None if it names nobody."""
    message, person, chat = update.effective_message, update.effective_user, update.effective_chat
    if person is None:
        return None
    topic = (message.message_thread_id or 0) if isinstance(message, Message) and message.is_topic_message else 0
    where = chat.id if chat is not None else person.id
    who = where if person.id == ANONYMOUS else person.id
    return ChatPlace(where, topic, who, message.message_id if message is not None else None)


async def admit(desk: Desk, bot: Bot, place: ChatPlace) -> bool:
    """Take a question from the quotas and return True; if they are used up, say so, but once a minute."""
    wait = desk.take("ask", place.person) or (0 if place.private else desk.take("group", place.chat))
    if not wait:
        return True
    desk.metrics.refused.labels("quota").inc()
    if not desk.take("notice", place.person):
        await put(desk, bot, place, screens.draw_note(wording.TOO_MANY.format(seconds=int(wait) + 1)))
    return False


async def on_message(desk: Desk, bot: Bot, update: Update) -> None:
    """Do what a message asks for."""
    message, place = update.message, find_place(update)
    if message is None or place is None or (message.via_bot is not None and message.via_bot.id == bot.id):
        return
    if message.migrate_to_chat_id is not None:
        await move_chat(desk, place.chat, message.migrate_to_chat_id)
        return
    if (message.text or message.caption or "").startswith("/"):
        await _on_command(desk, bot, message, place)
    elif message.chat.type == ChatType.PRIVATE:
        await _on_private(desk, bot, message, place)
    else:
        words = find_request(message, desk.name, bot.id)
        if words is not None and await admit(desk, bot, place):
            await _ask(desk, bot, message, place, words)


async def _on_command(desk: Desk, bot: Bot, message: Message, place: ChatPlace) -> None:
    found = parse_command(message, desk.name)
    if found is None or (not place.private and found[0] not in COMMANDS):
        return  # another bot's
    if await admit(desk, bot, place):
        await run_command(Call(desk, bot, place, *found, message))


async def _on_private(desk: Desk, bot: Bot, message: Message, place: ChatPlace) -> None:
    words = message.text or ""
    if not await admit(desk, bot, place):
        return
    if message.document is not None:
        await add(desk, bot, place, make_document_source(desk, bot, message.document))
    elif not words:
        await put(desk, bot, place, screens.draw_note(wording.NO_MEDIA))
    elif ADDRESS.fullmatch(words.strip()):
        await offer(desk, bot, place, wording.OFFER_LINK, {"url": words.strip()})
    elif len(words) >= LONG and message.forward_origin is not None and desk.may(Right.ADD, place):
        await add(desk, bot, place, make_text_source(desk, words, read_origin(message), "message"))
    elif len(words) >= LONG and desk.may(Right.ADD, place):
        await offer(desk, bot, place, wording.OFFER_TEXT, {"text": words})
    else:
        await _ask(desk, bot, message, place, words)


async def _ask(desk: Desk, bot: Bot, message: Message, place: ChatPlace, words: str) -> None:
    if not words.strip():
        await put(desk, bot, place, screens.draw_note(wording.GROUP_HOW.format(name=f"@{desk.name}")))
        return
    await say_in_message(desk, bot, place, words, message)


async def on_edit(desk: Desk, bot: Bot, update: Update) -> None:
    """Answer an edited question again, in place of its old answer; ignore other edits."""
    message, place = update.edited_message, find_place(update)
    if message is None or place is None:
        return
    kept = await desk.chats.run(desk.chats.store.find_answer, place.chat, message.message_id)
    words: str | None = message.text or ""
    if (message.text or "").startswith("/"):
        name, rest = parse_command(message, desk.name) or ("", "")
        words = rest if name == "ask" else None
    elif not place.private:
        words = find_request(message, desk.name, bot.id)
    if kept is None or not words or not await admit(desk, bot, place):
        return
    await say(
        desk,
        bot,
        Utterance(place, words, short=not place.private),
        restore_state(kept.payload["before"], place.chat),
        kept,
    )


async def on_button(desk: Desk, bot: Bot, update: Update) -> None:
    """Do what a button says."""
    if update.callback_query is not None:
        await press(desk, bot, update.callback_query)


async def on_inline(desk: Desk, bot: Bot, update: Update) -> None:  # noqa: ARG001 - the query answers itself
    """Offer passages where the bot is named in another chat."""
    if update.inline_query is not None:
        await offer_passages(desk, update.inline_query)


async def on_membership(desk: Desk, bot: Bot, update: Update) -> None:
    """Let what a chat watches rest while the bot is not in it, and say how to ask when it is taken into a group."""
    change = update.my_chat_member
    if change is None:
        return
    outside = (ChatMember.LEFT, ChatMember.BANNED)
    resting = change.new_chat_member.status in outside
    await desk.chats.run(desk.chats.store.rest_questions, change.chat.id, resting=resting)
    if change.chat.type == ChatType.PRIVATE:
        return
    if change.old_chat_member.status in outside and change.new_chat_member.status not in outside:
        place = ChatPlace(change.chat.id, 0, change.from_user.id)
        await put(desk, bot, place, screens.draw_note(wording.START, wording.GROUP_HOW.format(name=f"@{desk.name}")))


async def on_error(desk: Desk, update: object, context: Context) -> None:
    """Tell the person one line and the operator the rest."""
    error = context.error
    place = find_place(update) if isinstance(update, Update) else None
    match error:
        case Forbidden():
            _log.info("a message could not be sent: %s", error)
            return
        case NetworkError() if not isinstance(error, BadRequest):
            _log.warning("an answer may not have arrived: %s", type(error).__name__)
            return
        case UnknownArticle():
            told = wording.NOT_HERE
        case EngineError():
            _log.error("the index failed: %s", error)
            told = wording.UNAVAILABLE
        case PullquoteError():
            told = clean_line(str(error))
        case _:
            number = secrets.token_hex(4)
            desk.metrics.errors.inc()
            _log.error("an update failed, error %s", number, exc_info=error)
            told = wording.BROKEN.format(error=number)
    if place is None or not isinstance(update, Update) or update.inline_query is not None:
        return
    try:
        await put(desk, context.bot, place, screens.draw_note(told))
    except TelegramError as failure:
        _log.warning("the person could not be told of an error: %s", failure)
