"""What people send to be added or asked: links, texts and documents, in one message or in several."""

from __future__ import annotations

from dataclasses import replace

from telegram import Bot, Message

from index.asking.several import asks
from index.asking.understand import LONGEST_QUESTION

from ...conversation.perform import list_these
from ..desk import ChatPlace, Desk
from ..gathered import Gathered, begin_text, continues, extend, join_pieces
from ..incoming import (
    Incoming,
    NotForUs,
    SharedDocument,
    SharedLink,
    SharedText,
    WordlessMedia,
    find_shared,
    read_text,
)
from ..screens import screens
from ..screens.wording import wording
from ..sending.send import ScreenNote, put, replace_with
from .add import (
    Addition,
    add,
    make_document_source,
    make_text_source,
    put_at_hand,
    read_origin,
    show_added,
    take_in,
    tell,
)
from .ask import Utterance, say, say_in_message
from .gathering import gather, recall
from .groups import may_add
from .offers import draw_offer, offer
from .posts import describe_post, list_told

A_ROW = 5
"""Buttons of an album's articles in a row."""


async def receive(
    desk: Desk, bot: Bot, place: ChatPlace, message: Message, shared: SharedLink | SharedText | SharedDocument
) -> None:
    """Add what was sent, or offer to, and ask of it what was asked with it."""
    if not isinstance(shared, SharedDocument) and not await may_add(desk, bot, place):
        await _receive_from_reader(desk, bot, place, message, shared)
        return
    posts = [describe_post(message)]
    match shared:
        case SharedDocument():
            await _receive_document(desk, bot, place, message, shared)
        case SharedText(words, post=True):
            source = make_text_source(desk, words, read_origin(message), "message", posts)
            await add(desk, bot, place, source)
        case SharedText(words):
            shown = await offer(desk, bot, place, wording.OFFER_TEXT, {"text": words, "posts": posts})
            await gather(desk, _name_cut(place), begin_text(message, shown))
        case SharedLink(url, question):
            text = wording.OFFER_QUESTION.format(question=question) if question else wording.OFFER_LINK
            await offer(desk, bot, place, text, {"url": url, "question": question, "posts": posts})


def _name_cut(place: ChatPlace) -> tuple[int, str]:
    return place.chat, f"text of {place.person}"


async def _receive_from_reader(
    desk: Desk, bot: Bot, place: ChatPlace, message: Message, shared: SharedLink | SharedText
) -> None:
    """Ask what somebody who may not add asks; say that there is nothing else to do with a link or a text."""
    question = shared.question if isinstance(shared, SharedLink) else shared.words
    if question and len(question) <= LONGEST_QUESTION and asks(question):
        await say_in_message(desk, bot, place, question, message)
        return
    await put(desk, bot, place, screens.draw_note(wording.MAY_NOT_ADD.format(person=place.person)))
    await gather(desk, _name_cut(place), begin_text(message, None))


async def offer_answered(desk: Desk, bot: Bot, place: ChatPlace, message: Message, question: str = "") -> bool:
    """Offer to add the link or text that a message replies to, and tell whether there is one that is not here yet."""
    answered = message.reply_to_message
    if answered is None or (answered.from_user is not None and answered.from_user.id == bot.id):
        return False
    shared = find_shared(answered)
    if shared is None or isinstance(shared, SharedDocument) or not await may_add(desk, bot, place):
        return False
    for look_up in (desk.chats.store.find_shown, desk.chats.store.find_post):
        if await desk.chats.run(look_up, place.chat, answered.message_id) is not None:
            return False
    what = {"url": shared.url} if isinstance(shared, SharedLink) else {"text": shared.words}
    payload = {**what, "posts": [describe_post(answered)], "question": question, "asked": message.message_id}
    text = wording.OFFER_QUESTION.format(question=question) if question else wording.OFFER_LINK
    await offer(desk, bot, place, text, payload)
    return True


async def extend_text(desk: Desk, bot: Bot, place: ChatPlace, message: Message) -> bool:
    """Put a message that goes on with a text which the client cut into that text's offer, and tell whether it does."""
    last = await recall(desk, _name_cut(place))
    if last is None or not continues(last, message):
        return False
    if last.shown is None:  # its first piece was refused
        await gather(desk, _name_cut(place), extend(last, message))
        return True
    kept = await desk.chats.run(desk.chats.store.find_shown, place.chat, last.shown)
    if kept is None or "text" not in kept.payload:
        return False  # it was accepted meanwhile
    if any(each["message"] == message.message_id for each in list_told(kept.payload)):
        return True  # it is in there, and the process died before that was noted
    text = join_pieces(str(kept.payload["text"]), read_text(message))
    posts = [*list_told(kept.payload), describe_post(message)]
    screen = draw_offer(wording.OFFER_PIECES.format(count=len(posts)), asks=False)
    note = ScreenNote("offer", {"text": text, "posts": posts}, key=kept.id)
    await replace_with(desk, bot, place, [last.shown], screen, note)
    await gather(desk, _name_cut(place), extend(last, message))
    return True


async def _receive_document(desk: Desk, bot: Bot, place: ChatPlace, message: Message, shared: SharedDocument) -> None:
    """Add a document; those of an album are shown together, in the message of the first."""
    key = (place.chat, message.media_group_id or "")
    so_far = await recall(desk, key) if message.media_group_id else None
    so_far = so_far or Gathered(message.date.timestamp())
    source = make_document_source(desk, bot, shared.document, [describe_post(message)])
    found, told = await take_in(desk, bot, place, source, so_far.shown)
    so_far = replace(so_far, shown=told)
    if isinstance(found, str):
        so_far = replace(so_far, failed=(*so_far.failed, found))
    else:
        so_far = replace(so_far, ids=tuple(dict.fromkeys((*so_far.ids, found.id))))
    so_far = replace(so_far, shown=await _show_gathered(desk, bot, place, so_far, found))
    if shared.question:
        so_far = replace(so_far, question=shared.question, asked=message.message_id)
    if message.media_group_id:
        await gather(desk, key, so_far)
    if so_far.question:
        await _ask_of_album(desk, bot, place, so_far)


async def _show_gathered(desk: Desk, bot: Bot, place: ChatPlace, so_far: Gathered, found: Addition | str) -> int | None:
    """Show what has come so far, one document or those of an album, and return the message that does."""
    if not isinstance(found, str) and len(so_far.ids) == 1 and not so_far.failed:
        return await show_added(desk, bot, place, found, so_far.shown)
    if not so_far.ids:
        return await tell(desk, bot, place, screens.draw_note("\n".join(so_far.failed)), so_far.shown)
    await put_at_hand(desk, place, so_far.ids)
    state = await desk.load_state(place)
    listing = await desk.ask(list_these, desk.index, state, so_far.ids, wording.ADDED_TOGETHER)
    ids = [card.id for _, card in listing.entries]
    screen = screens.draw_listing(listing, 0)
    buttons = [button for row in screen.rows for button in row]
    rows = tuple(tuple(buttons[at : at + A_ROW]) for at in range(0, len(buttons), A_ROW))
    failed = screens.draw_note(*so_far.failed).blocks if so_far.failed else ()
    screen = replace(screen, blocks=(*screen.blocks, *failed), rows=rows)
    note = ScreenNote("listing", {"ids": ids, "words": None, "together": True})
    return (await replace_with(desk, bot, place, [so_far.shown] if so_far.shown else [], screen, note))[-1]


async def _ask_of_album(desk: Desk, bot: Bot, place: ChatPlace, so_far: Gathered) -> None:
    """Ask what a caption asks; when more of the album has come, again, in place of the answer before."""
    if not so_far.ids:
        return
    old = await desk.chats.run(desk.chats.store.find_answer, place.chat, so_far.asked)
    said = Utterance(replace(place, message=so_far.asked), so_far.question, short=not place.private)
    state = replace(await desk.load_state(place), at_hand=so_far.ids, history=())
    await say(desk, bot, said, state, old)


async def refuse_media(desk: Desk, bot: Bot, place: ChatPlace, message: Message) -> None:
    """Say what can be quoted, for a picture, a voice message and the like without a word; once for several."""
    key = (place.chat, message.media_group_id or "")
    if await is_of_album(desk, place, message):
        return
    if message.media_group_id:
        await gather(desk, key, Gathered(message.date.timestamp()))
    if place.private and not desk.take("notice", place.person):
        await put(desk, bot, place, screens.draw_note(wording.NO_MEDIA))


async def is_of_album(desk: Desk, place: ChatPlace, message: Message) -> bool:
    """Tell whether a message belongs to an album of which something has come before."""
    album = message.media_group_id
    return album is not None and await recall(desk, (place.chat, album)) is not None


async def counts(desk: Desk, place: ChatPlace, message: Message, found: Incoming) -> bool:
    """Tell whether something is to be done: of an album's captions only the first counts, but each of its documents."""
    if not message.media_group_id or isinstance(found, NotForUs | WordlessMedia | SharedDocument):
        return True
    key = (place.chat, message.media_group_id)
    so_far = await recall(desk, key) or Gathered(message.date.timestamp())
    if not so_far.told:
        await gather(desk, key, replace(so_far, told=message.message_id))
    return so_far.told in (0, message.message_id)
