"""What buttons do. Any client can send any data: it is looked up, and must belong to the chat and the person."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from telegram import Bot, CallbackQuery, Message
from telegram.error import BadRequest
from telegram.helpers import create_deep_linked_url

from index import Article, Filter, Reply
from index.citations import Outcome, verify
from index.errors import EngineError, UnknownArticle
from index.model import Card

from ...conversation.commands import read
from ...conversation.dialogue import Answer, Context
from ...conversation.originals import Originals
from ...conversation.perform import perform
from ...conversation.state import State
from ...pages.lines import clean, clean_line
from ..access import Right, collection_of_chat, filter_of_chat
from ..chats.contract import LINK_LASTS, SavedScreen
from ..desk import ChatPlace, Desk, restore_state
from ..screens import screens, wording
from ..screens.marked_text import FOLDED, Text, split_messages
from ..screens.screens import Screen
from ..sending.send import ScreenNote, put
from .add import accept_offer, is_in, look_at, make_article_rows, offer_removal
from .ask import Utterance, say, show_answer, show_output
from .groups import rules_here
from .listing import list_page
from .standing_questions import stop_watching
from .versions import show_changes_of

_log = logging.getLogger(__name__)

_DATA = re.compile(r"([\w-]{16}):([a-z])(\d{0,6})", re.ASCII)

LONGEST_TEXT = 3000
"""Characters of an article that "Open article" shows where there is no page to open."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: what it belongs to, the number it carries, and where."""

    desk: Desk
    bot: Bot
    kept: SavedScreen
    number: int
    place: ChatPlace
    message: int

    @property
    def after(self) -> State:
        """Where the conversation stood after the answer, with what the chat may see now."""
        return restore_state(self.kept.payload["after"], self.place.chat)


async def press(desk: Desk, bot: Bot, query: CallbackQuery) -> None:
    """Answer the query at once and do what its button says; data that is not ours gets a neutral line."""
    match = _DATA.fullmatch(query.data or "")
    message = query.message
    try:
        kept = await desk.chats.run(desk.chats.store.get_screen, match[1]) if match else None
    except EngineError:
        await _answer(query)  # else the button keeps spinning while the person reads what went wrong
        raise
    if match is None or kept is None or message is None or not _belongs(kept, query):
        await _answer(query, wording.NOT_YOURS)
        return
    action = _ACTIONS.get((kept.kind, match[2]))
    wait = desk.take("ask", query.from_user.id)
    if action is None or wait:
        await _answer(query, wording.NOT_YOURS if action is None else wording.TOO_MANY.format(seconds=int(wait) + 1))
        return
    await _answer(query)
    topic = message.message_thread_id or 0 if isinstance(message, Message) and message.is_topic_message else kept.topic
    place = ChatPlace(kept.chat, topic, query.from_user.id, message.message_id)
    await action(Press(desk, bot, kept, int(match[3] or 0), place, message.message_id))


def _belongs(kept: SavedScreen, query: CallbackQuery) -> bool:
    chat = query.message.chat.id if query.message else None
    return kept.chat == chat and (kept.chat > 0 or kept.person == query.from_user.id)


async def _answer(query: CallbackQuery, text: str | None = None) -> None:
    try:
        await query.answer(text)
    except BadRequest as error:  # it came too late: the button spun for a while, no harm done
        _log.info("a button's query could not be answered: %s", error)


async def _show_context(press: Press) -> None:
    state = press.after
    request = read(state, f"/context {press.number}")
    _, output = await press.desk.ask(perform, press.desk.index, state, request)
    place = press.place
    if isinstance(output, Context) and state.reply is not None:
        place = replace(place, message=await _find_message(press, state.reply, output.citation.text))
        await put(press.desk, press.bot, place, screens.draw_context(output))
        return
    await show_output(press.desk, press.bot, place, output)


async def _find_message(press: Press, reply: Reply, words: str) -> int:
    """Return the message among those of the answer that holds the words, so that it can be quoted from."""
    sent = await press.desk.chats.run(press.desk.chats.store.list_messages, press.kept.id)
    screen = screens.draw_answer(reply, press.kept.payload["skip"], short=press.kept.payload["short"])
    for message, part in zip(sent, split_messages(screen.blocks), strict=False):
        if clean(words) in part.text:
            return message
    return press.message


async def _show_next(press: Press) -> None:
    state = press.after
    if state.reply is not None and press.kept.payload["short"] and len(state.reply.passages) > 1:
        shown = Answer(state.reply, press.kept.payload["skip"] + 1)
        if shown.skip < len(state.reply.passages):
            said = Utterance(press.place, "", short=True)
            await show_answer(press.desk, press.bot, said, (state, state), shown)
            return
    after, output = await press.desk.ask(perform, press.desk.index, state, read(state, "/next"))
    if isinstance(output, Answer):
        said = Utterance(press.place, "", short=press.kept.payload["short"])
        await show_answer(press.desk, press.bot, said, (state, after), output)
        return
    await show_output(press.desk, press.bot, press.place, output)


def _make_action(words: str) -> Callable[[Press], Awaitable[None]]:
    """Return an action that does what a command of the table does, for the answer that the button is under."""

    async def act(press: Press) -> None:
        state = press.after
        request = read(state, words.format(press.number))
        _, output = await press.desk.ask(perform, press.desk.index, state, request)
        await show_output(press.desk, press.bot, press.place, output)

    return act


async def _verify(press: Press) -> None:
    state = press.after
    if state.reply is None:
        return
    shelf = Originals(press.desk.index, state.filter)
    found = await press.desk.ask(verify, state.reply, shelf.find, shelf.stand)
    bad = [finding for finding in found if finding.outcome is not Outcome.VERIFIED]
    if not bad:
        screen = screens.draw_note(wording.VERIFIED_ALL.format(count=len(found)))
    else:
        lines = [f"{finding.outcome.value}: {clean_line(finding.detail)}" for finding in bad]
        screen = screens.draw_note(wording.VERIFIED_SOME.format(bad=len(bad), count=len(found)), *lines)
    await put(press.desk, press.bot, press.place, screen)


async def _show_article(press: Press) -> None:
    cited = press.after.reply.citations if press.after.reply else ()
    if 0 < press.number <= len(cited):
        article = await _find_article(press, cited[press.number - 1].article_id)
        if article is not None:
            await put(press.desk, press.bot, press.place, draw_article(article))


def draw_article(article: Article) -> Screen:
    """Return an article that has no page to open: what is known of it, and its beginning, folded."""
    body = [paragraph for paragraph in article.paragraphs if paragraph.number is not None]
    whole = "\n\n".join(clean(article.quote(paragraph)) for paragraph in body)
    text = whole if len(whole) <= LONGEST_TEXT else f"{whole[:LONGEST_TEXT].rsplit(' ', 1)[0]} ..."
    return Screen((screens.draw_source(article.card), Text(text).with_mark(FOLDED)))


async def _find_article(press: Press, key: str) -> Article | None:
    state = await press.desk.load_state(press.place)
    try:
        return await press.desk.ask(press.desk.index.article, key, state.filter)
    except UnknownArticle:
        await put(press.desk, press.bot, press.place, screens.draw_note(wording.NOT_HERE))
        return None


async def _ask_suggestion(press: Press) -> None:
    questions = press.kept.payload["questions"]
    if press.number < len(questions):
        state = await press.desk.load_state(press.place)
        said = Utterance(press.place, questions[press.number], short=press.place.chat < 0, onward=True)
        await say(press.desk, press.bot, said, state)


async def _use(press: Press) -> None:
    ids = press.kept.payload["ids"]
    if press.number < len(ids):
        await use(press, ids[press.number])


async def use(press: Press, key: str) -> None:
    """Choose an article for the conversation; in a group, an administrator does."""
    if await rules_here(press.desk, press.bot, press.place):
        await choose(press.desk, press.bot, press.place, key)
    else:
        await put(press.desk, press.bot, press.place, screens.draw_note(wording.ADMINS_ONLY))


async def choose(desk: Desk, bot: Bot, place: ChatPlace, key: str) -> None:
    """Have the conversation ask this article alone, if the chat may see it, and show it."""
    state = await desk.load_state(place)
    try:
        article = await desk.ask(desk.index.article, key, state.filter)
    except UnknownArticle:
        await put(desk, bot, place, screens.draw_note(wording.NOT_HERE))
        return
    chosen = replace(state, chosen=(article.id,), history=())
    await desk.chats.run(desk.chats.store.set_talk, place.chat, place.topic, chosen.to_dict(), state.to_dict())
    await show_card(desk, bot, place, article.card, chosen)


async def show_card(desk: Desk, bot: Bot, place: ChatPlace, card: Card, state: State) -> None:
    """Show an article with questions that it answers and what can be done with it."""
    questions = await desk.suggest(replace(state, chosen=(card.id,)), 3)
    shown, several = await desk.ask(look_at, desk.index, state.filter, card.id)
    mine = desk.may(Right.ADD, place) and await desk.ask(
        is_in, desk.index, Filter(collections=(collection_of_chat(place.chat),)), card.id
    )
    below = make_article_rows(versions=several, removable=mine)
    if not place.private and await desk.ask(is_in, desk.index, filter_of_chat(place.person), card.id):
        until = desk.now() + LINK_LASTS
        code = await desk.chats.run(desk.chats.store.issue, place.person, {"article": card.id}, until)
        below = (*below, (screens.Button(wording.ASK_PRIVATE, url=create_deep_linked_url(desk.name, code)),))
    rows = (*((screens.Button(text, f"s{at}"),) for at, text in enumerate(questions)), *below)
    await put(
        desk,
        bot,
        place,
        screens.draw_card(shown, rows),
        ScreenNote("card", {"id": card.id, "questions": list(questions)}),
    )


async def _turn_page(press: Press) -> None:
    words: Any = press.kept.payload["words"]
    if words is not None:
        await list_page(press.desk, press.bot, press.place, words, press.number, (press.kept, press.message))


async def _use_card(press: Press) -> None:
    await use(press, press.kept.payload["id"])


async def _remove(press: Press) -> None:
    await offer_removal(press.desk, press.bot, press.place, press.kept.payload["id"])


async def _show_diff(press: Press) -> None:
    await show_changes_of(press.desk, press.bot, press.place, press.kept.payload["id"])


async def _accept(press: Press) -> None:
    await accept_offer(press.desk, press.bot, press.place, press.kept, press.message)


async def _decline(press: Press) -> None:
    if not await press.desk.chats.run(press.desk.chats.store.drop, press.kept.id):
        return  # pressed twice
    await press.bot.edit_message_text(wording.UNCHANGED, chat_id=press.place.chat, message_id=press.message)


async def _stop_watching(press: Press) -> None:
    await stop_watching(press.desk, press.bot, press.place, (press.kept, press.message), press.number)


_ACTIONS: dict[tuple[str, str], Callable[[Press], Awaitable[None]]] = {
    ("answer", "c"): _show_context,
    ("answer", "n"): _show_next,
    ("answer", "w"): _make_action("/why"),
    ("answer", "v"): _verify,
    ("answer", "p"): _make_action("/cite {}"),
    ("answer", "o"): _show_article,
    ("answer", "s"): _ask_suggestion,
    ("answer", "t"): _stop_watching,
    ("watches", "t"): _stop_watching,
    ("start", "s"): _ask_suggestion,
    ("card", "s"): _ask_suggestion,
    ("listing", "u"): _use,
    ("listing", "g"): _turn_page,
    ("card", "a"): _use_card,
    ("card", "r"): _remove,
    ("card", "d"): _show_diff,
    ("offer", "y"): _accept,
    ("offer", "x"): _decline,
}
"""What a button does, by the kind of what it is under and its letter."""
