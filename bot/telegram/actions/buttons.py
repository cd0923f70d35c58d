"""What buttons do. Any client can send any data: it is looked up, and must belong to the chat and to who presses."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from telegram import Bot, CallbackQuery, Message
from telegram.error import BadRequest

from index import Article, Reply
from index.citations import verify
from index.errors import EngineError, UnknownArticle
from index.model import Card, Paragraph

from ...conversation.commands import read
from ...conversation.dialogue import Answer, Context
from ...conversation.originals import Originals, is_place
from ...conversation.perform import perform
from ...conversation.state import State
from ...pages.lines import clean
from ..chats.contract import SavedScreen
from ..desk import ChatPlace, Desk, restore_state
from ..screens import quotations, screens
from ..screens.marked_text import FOLDED, Text, split_messages
from ..screens.screens import Screen
from ..screens.wording import wording
from ..sending.send import put
from .ask import Utterance, ask_all, list_shown_articles, say, show_answer, show_output
from .choosing import choose
from .groups import goes_on_with, rules_here
from .language_menu import press_language
from .listing import list_page
from .offers import accept_offer, ask_only, decline_offer, offer_removal
from .posts import note_part
from .standing_questions import stop_watching
from .versions import show_changes_of

_log = logging.getLogger(__name__)

_DATA = re.compile(r"([\w-]{16}):([a-z])(\d{0,6})", re.ASCII)

TWICE = 1.5
"""Seconds after a button has sent something in which the same one pressed again is a slip: it would send it again."""

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


_Act = Callable[[Press], Awaitable[None]]


async def press(desk: Desk, bot: Bot, query: CallbackQuery) -> None:
    """Answer the query at once and do what its button says; data that is not ours gets a neutral line."""
    match = _DATA.fullmatch(query.data or "")
    message = query.message
    try:
        kept = await desk.chats.run(desk.chats.store.get_screen, match[1]) if match else None
    except EngineError:
        await _answer(query)  # else the button keeps spinning while the person reads what went wrong
        raise
    if match is None or kept is None or message is None or kept.chat != message.chat.id:
        await _answer(query, wording.NOT_YOURS)
        return
    topic = message.message_thread_id or 0 if isinstance(message, Message) and message.is_topic_message else kept.topic
    place = ChatPlace(kept.chat, topic, query.from_user.id, message.message_id)
    refusal = await _find_refusal(desk, bot, kept, match[2], place)
    await _answer(query, refusal)
    if refusal or _is_slip(desk, place, match[0]):
        return
    action = _ACTIONS[kept.kind, match[2]]
    await action(Press(desk, bot, kept, int(match[3] or 0), place, message.message_id))
    if (kept.kind, match[2]) in _SENDING:
        desk.note_pressed(place, match[0])


def _is_slip(desk: Desk, place: ChatPlace, data: str) -> bool:
    """Tell whether the person has just pressed that button."""
    last, when = desk.pressed.get((place.chat, place.person), ("", 0.0))
    return last == data and time.monotonic() - when < TWICE


async def _find_refusal(desk: Desk, bot: Bot, kept: SavedScreen, letter: str, place: ChatPlace) -> str | None:
    """Return why a button does nothing for the person who pressed it, None if it does something."""
    if (kept.kind, letter) not in _ACTIONS:
        return wording.NOT_YOURS
    if wait := desk.take("tap", place.person):
        return wording.TOO_MANY_TAPS.format(seconds=int(wait) + 1)
    if (kept.kind, letter) in _READING or await goes_on_with(desk, bot, kept, place):
        return None
    return wording.ASKERS_ONLY


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
        note = note_part(output.article, quotations.list_near(output), press.kept.id)
        await put(press.desk, press.bot, place, quotations.draw_context(output, kept=True), note, press.kept.id)
        return
    await show_output(press.desk, press.bot, place, output)


async def _find_message(press: Press, reply: Reply, words: str) -> int:
    """Return the message among those of the answer that holds the words, so that it can be quoted from."""
    sent = await press.desk.chats.run(press.desk.chats.store.list_messages, press.kept.id)
    screen = quotations.draw_answer(reply, press.kept.payload["skip"], short=press.kept.payload["short"])
    for message, part in zip(sent, split_messages(screen.blocks), strict=False):
        if clean(words) in part.text:
            return message
    return press.message


async def _show_next(press: Press) -> None:
    state = press.after
    after, output = await press.desk.ask(perform, press.desk.index, state, read(state, "/next"))
    if isinstance(output, Answer):
        said = Utterance(press.place, "", short=press.kept.payload["short"])
        await show_answer(press.desk, press.bot, said, (state, after), output)
        return
    await show_output(press.desk, press.bot, press.place, output)


def _make_action(words: str) -> _Act:
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

    def find(card: Card) -> Article | None:
        """Find the article; others share a bare name, "message" for one, so that it is no place to look at."""
        return shelf.find(card if is_place(card.source) else replace(card, source=""))

    found = await press.desk.ask(verify, state.reply, find, shelf.stand)
    await put(press.desk, press.bot, press.place, quotations.draw_findings(state.reply, found))


async def _show_article(press: Press) -> None:
    cited = press.after.reply.citations if press.after.reply else ()
    if 0 < press.number <= len(cited):
        article = await _find_article(press, cited[press.number - 1].article_id)
        if article is not None:
            note = note_part(article, list_body(article))
            await put(press.desk, press.bot, press.place, draw_article(article), note)


def list_body(article: Article) -> list[Paragraph]:
    """Return the paragraphs that may be cited."""
    return [paragraph for paragraph in article.paragraphs if paragraph.number is not None]


def draw_article(article: Article) -> Screen:
    """Return an article that has no page to open: what is known of it, and its beginning, folded."""
    body = list_body(article)
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
        only = list_shown_articles(press.kept)
        state = replace(await press.desk.load_state(press.place), only=only)
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


def _settle(how: Callable[[Desk, Bot, ChatPlace, SavedScreen], Awaitable[None]]) -> _Act:
    """Return an action that needs only what was kept of its screen."""
    return lambda press: how(press.desk, press.bot, press.place, press.kept)


async def _stop_watching(press: Press) -> None:
    await stop_watching(press.desk, press.bot, press.place, (press.kept, press.message), press.number)


async def _set_language(press: Press) -> None:
    await press_language(press.desk, press.bot, press.place, (press.kept, press.message), press.number)


_ACTIONS: dict[tuple[str, str], _Act] = {
    ("answer", "c"): _show_context,
    ("answer", "n"): _show_next,
    ("answer", "w"): _make_action("/why"),
    ("answer", "v"): _verify,
    ("answer", "p"): _make_action("/cite {}"),
    ("answer", "o"): _show_article,
    ("answer", "s"): _ask_suggestion,
    ("answer", "l"): _settle(ask_all),
    ("answer", "t"): _stop_watching,
    ("watches", "t"): _stop_watching,
    ("start", "s"): _ask_suggestion,
    ("card", "s"): _ask_suggestion,
    ("listing", "u"): _use,
    ("listing", "g"): _turn_page,
    ("card", "a"): _use_card,
    ("card", "r"): _remove,
    ("card", "d"): _show_diff,
    ("languages", "b"): _set_language,
    ("offer", "y"): _settle(accept_offer),
    ("offer", "x"): _settle(decline_offer),
    ("offer", "q"): _settle(ask_only),
}
"""What a button does, by the kind of what it is under and its letter."""

_READING = frozenset({*(("answer", letter) for letter in "cwvpo"), ("card", "d")})
"""What any member of a group may press under what another asked: it changes neither the conversation nor an article."""

_SENDING = _READING | {("answer", "n")}
"""What sends a message and changes nothing."""
