"""Inline mode: `@bot question` in any chat offers the best passages of what that person may see."""

from __future__ import annotations

import logging
from dataclasses import replace

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    MessageEntity,
)
from telegram.error import BadRequest

from index import Reply
from index.errors import PullquoteError

from ...conversation.commands import read
from ...conversation.dialogue import Answer, Answers
from ...conversation.perform import perform
from ...pages.lines import clean_line, name_article
from ..access import Right
from ..chats.contract import LINK_LASTS
from ..desk import ChatPlace, Desk, restore_state
from ..screens.marked_text import make_entities, split_messages
from ..screens.quotations import can_open, draw_answer
from ..screens.wording import wording

_log = logging.getLogger(__name__)

SHORTEST = 3
"""Characters of a question that is looked up while it is typed."""

SNIPPET = 200


async def offer_passages(desk: Desk, query: InlineQuery) -> None:
    """Answer an inline query. Nothing of it may be cached for others: what is offered depends on the person."""
    place = ChatPlace(query.from_user.id, 0, query.from_user.id)
    results: list[InlineQueryResultArticle] = []
    button = None
    if desk.may(Right.ASK, place) and len(query.query.strip()) >= SHORTEST and not desk.take("inline", place.person):
        reply = await _find_reply(desk, place, query.query)
        if reply is not None and reply.passages:
            results = _make_results(reply)
        code = await desk.chats.run(
            desk.chats.store.issue, place.person, {"question": query.query}, desk.now() + LINK_LASTS
        )
        button = InlineQueryResultsButton(
            wording.MORE_PRIVATE if results else wording.INLINE_EMPTY, start_parameter=code
        )
    try:
        await query.answer(results, cache_time=0, is_personal=True, button=button)
    except BadRequest as error:  # the person typed on, and a newer query is on its way
        _log.info("an inline query could not be answered: %s", error)


async def _find_reply(desk: Desk, place: ChatPlace, question: str) -> Reply | None:
    """Return the reply to a question, None for a command: those need a conversation."""
    if question.lstrip().startswith("/"):
        return None
    state = restore_state(None, place.chat)
    try:
        _, output = await desk.ask(perform, desk.index, state, read(state, question))
    except PullquoteError:
        return None
    if isinstance(output, Answers):
        return output.replies[0]
    return output.reply if isinstance(output, Answer) else None


def _make_results(reply: Reply) -> list[InlineQueryResultArticle]:
    found = []
    for at, passage in enumerate(reply.passages):
        alone = replace(reply, passages=(passage,), understood=None)
        part = split_messages(draw_answer(alone).blocks)[0]
        card = passage.article
        opens = InlineKeyboardMarkup([[InlineKeyboardButton(wording.OPEN, url=card.url)]]) if can_open(card) else None
        content = InputTextMessageContent(part.text, entities=MessageEntity.de_list(make_entities(part), None))
        found.append(
            InlineQueryResultArticle(
                str(at),
                clean_line(passage.citations[0].text)[:SNIPPET],
                content,
                description=name_article(card)[:SNIPPET],
                reply_markup=opens,
            )
        )
    return found
