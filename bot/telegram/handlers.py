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

from index.errors import EngineError, PullquoteError

from ..conversation.commands import COMMANDS
from ..translation import match_language, speak
from .access import ASKING, Right
from .actions.ask import Utterance, say, say_in_message
from .actions.buttons import press
from .actions.commands import Call, run_command
from .actions.follow import read_post
from .actions.groups import find_sender
from .actions.inline import offer_passages
from .actions.receive import counts, extend_text, is_of_album, offer_answered, receive, refuse_media
from .actions.turns import admit
from .desk import ChatPlace, Desk, restore_state
from .incoming import (
    AskedQuestion,
    BareMention,
    GivenCommand,
    Incoming,
    NotForUs,
    Remark,
    SharedDocument,
    SharedLink,
    SharedText,
    ShortPost,
    WordlessMedia,
    is_service,
    read_incoming,
)
from .screens import screens
from .screens.wording import wording
from .sending.send import is_final, move_chat, put, react
from .updates.inbox import KINDS

_log = logging.getLogger(__name__)

Context = ContextTypes.DEFAULT_TYPE

LIKED = "👍"
"""What thanks and praise get; it is among the reactions that every chat knows."""


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
    if update.update_id not in desk.turns:  # one that waited was counted when it came
        kind = next((kind for kind in KINDS if getattr(update, kind) is not None), "other")
        desk.metrics.handled.labels(kind).inc()
    message = update.message or update.edited_message
    code = update.effective_user.language_code if update.effective_user is not None else None
    if desk.may(Right.ASK, place) or (message is not None and message.is_automatic_forward):
        speak(await desk.find_language(place, code))
        return  # whether a channel is read, an administrator of its group said
    speak(match_language(code))
    if update.message is not None and is_service(update.message):
        raise ApplicationHandlerStop
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
    number = message.message_id if message is not None else None
    return ChatPlace(where, topic, find_sender(update) or person.id, number, update.update_id)


async def on_message(desk: Desk, bot: Bot, update: Update) -> None:
    """Do what a message asks for."""
    message, place = update.message, find_place(update)
    if message is None or place is None or (message.via_bot is not None and message.via_bot.id == bot.id):
        return
    if message.migrate_to_chat_id is not None:
        await move_chat(desk, place.chat, message.migrate_to_chat_id)
        return
    if message.is_automatic_forward:
        await read_post(desk, message, place.chat)
    elif place.update in desk.turns or not await extend_text(desk, bot, place, message):
        await _read_and_do(desk, bot, message, place)


async def _read_and_do(desk: Desk, bot: Bot, message: Message, place: ChatPlace) -> None:
    found = read_incoming(message, desk.name, bot.id)
    if place.update in desk.turns or await counts(desk, place, message, found):  # one that waited has been counted
        await _do(desk, bot, message, place, found)


async def _do(desk: Desk, bot: Bot, message: Message, place: ChatPlace, found: Incoming) -> None:
    """Do what a message is for; what asks for work is taken from the quotas."""
    match found:
        case NotForUs():
            return
        case GivenCommand(name, words):
            if not place.private and name not in COMMANDS:
                desk.note_undone(place)
                return  # another bot's
            if await admit(desk, bot, place, "ask" if name in ASKING else "tap"):
                if name not in COMMANDS or (name, words) == ("ask", ""):
                    desk.note_undone(place)
                await run_command(Call(desk, bot, place, name, words, message))
        case WordlessMedia():
            await refuse_media(desk, bot, place, message)
        case Remark():
            if not desk.take("ask", place.person):
                await react(bot, place, LIKED)
        case AskedQuestion(words, sure=False):
            if not desk.take("ask", place.person):
                await say_in_message(desk, bot, place, words, message, sure=False)
        case _:
            known = isinstance(found, SharedDocument) and await is_of_album(desk, place, message)
            if known or await admit(desk, bot, place):
                await _work(desk, bot, message, place, found)


async def _work(desk: Desk, bot: Bot, message: Message, place: ChatPlace, found: Incoming) -> None:
    match found:
        case AskedQuestion(words):
            if not await offer_answered(desk, bot, place, message, words):
                await say_in_message(desk, bot, place, words, message)
        case BareMention() if not await offer_answered(desk, bot, place, message):
            await put(desk, bot, place, screens.draw_note(wording.GROUP_HOW.format(name=f"@{desk.name}")))
        case ShortPost():
            await put(desk, bot, place, screens.draw_note(wording.SHORT_POST))
        case SharedLink() | SharedText() | SharedDocument():
            await receive(desk, bot, place, message, found)


async def on_edit(desk: Desk, bot: Bot, update: Update) -> None:
    """Answer an edited question again, in place of its old answer, and do what was mistyped; ignore other edits."""
    message, place = update.edited_message, find_place(update)
    if message is None or place is None:
        return
    if message.is_automatic_forward:
        await read_post(desk, message, place.chat)
        return
    if desk.forget_undone(place):
        await _read_and_do(desk, bot, message, place)
        return
    kept = await desk.chats.run(desk.chats.store.find_answer, place.chat, message.message_id)
    if kept is None:
        return
    found = read_incoming(message, desk.name, bot.id)
    words = _find_question(found)
    if words and await admit(desk, bot, place):
        said = Utterance(place, words, short=not place.private)
        await say(desk, bot, said, restore_state(kept.payload["before"], place.chat), kept)
    elif isinstance(found, GivenCommand) and not words:
        await _do(desk, bot, message, place, found)


def _find_question(found: Incoming) -> str:
    """Return what an edited message asks, "" for nothing, or for a command that does something else."""
    match found:
        case GivenCommand("ask", words) | AskedQuestion(words):
            return words
        case SharedDocument(question=question) | SharedLink(question=question):
            return question
    return ""


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
    if change.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return  # nothing is ever posted into a channel
    if change.old_chat_member.status in outside and change.new_chat_member.status not in outside:
        place = ChatPlace(change.chat.id, 0, change.from_user.id)
        await desk.remember_language(place.chat, match_language(change.from_user.language_code))
        speak(await desk.find_language(place))
        await put(desk, bot, place, screens.draw_note(wording.START, wording.GROUP_HOW.format(name=f"@{desk.name}")))


async def on_error(desk: Desk, update: object, context: Context) -> None:
    """Tell the person one line and the operator the rest."""
    error = context.error
    place = find_place(update) if isinstance(update, Update) else None
    match error:
        case BadRequest() if is_final(error):
            _log.info("Telegram refused a call for good: %s", error)
            return
        case Forbidden():
            _log.info("a message could not be sent: %s", error)
            return
        case NetworkError() if not isinstance(error, BadRequest):
            _log.warning("an answer may not have arrived: %s", type(error).__name__)
            return
        case PullquoteError():
            if isinstance(error, EngineError):
                _log.error("the index failed: %s", error)
            told = screens.explain_error(error)
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
