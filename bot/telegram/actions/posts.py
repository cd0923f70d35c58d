"""Articles that came into the chat in messages: which messages, and where in them a sentence is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Message
from telegram.constants import MessageEntityType

from index import Article, Citation
from index.errors import UnknownArticle
from index.model import Card, Paragraph

from ...conversation.originals import is_place
from ..access import filter_of_chat
from ..chats.contract import Post
from ..desk import ChatPlace, Desk, restore_state
from ..screens.marked_text import count_units
from ..screens.screens import LONGEST_QUOTE, Quoted
from ..sending.send import ScreenNote

_LOOKS = frozenset(
    (
        MessageEntityType.BOLD,
        MessageEntityType.ITALIC,
        MessageEntityType.UNDERLINE,
        MessageEntityType.STRIKETHROUGH,
        MessageEntityType.SPOILER,
        MessageEntityType.CUSTOM_EMOJI,
        MessageEntityType.DATE_TIME,
    )
)
"""Looks that a quotation keeps, and that Telegram compares."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words of an article that a person points at, and their offsets in its text."""

    article: str
    start: int
    end: int
    words: str


def describe_post(message: Message) -> dict[str, Any]:
    """Return a message that brings an article as plain values, for `note_posts`: they may wait in an offer."""
    looks = [each.to_dict() for each in message.entities or message.caption_entities if each.type in _LOOKS]
    return {"message": message.message_id, "text": message.text or message.caption or "", "looks": looks}


async def note_posts(desk: Desk, chat: int, article: Article, told: Iterable[Mapping[str, Any]]) -> None:
    """Note which messages the article came in; what does not hold it word for word cannot be quoted."""
    if posts := [_make_post(article, each) for each in told]:
        await desk.chats.run(desk.chats.store.note_posts, chat, posts)


def _make_post(article: Article, told: Mapping[str, Any]) -> Post:
    words = told["text"]
    at = article.text.find(words) if words else -1
    if at < 0:
        return Post(told["message"], article.id, 0, 0)
    return Post(told["message"], article.id, at, len(words), tuple(told["looks"]))


def list_told(payload: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the messages that an offer's article came in; earlier versions kept some by their numbers alone."""
    bare = [{"message": number, "text": "", "looks": ()} for number in payload.get("sent", ())]
    return payload.get("posts") or bare


async def find_quoted(desk: Desk, chat: int, card: Card, citation: Citation) -> Quoted | None:
    """Return the cited sentence as a quotation from the message of the chat that it stands in, None for no such."""
    if is_place(card.source):  # a file's, or a page's
        return None
    posts = await desk.chats.run(desk.chats.store.list_posts, chat, card.id)
    post = next((each for each in posts if _holds(each, citation.start, citation.end)), None)
    if post is None:
        return None
    try:
        article = await desk.ask(desk.index.article, card.id, filter_of_chat(chat))
    except UnknownArticle:
        return None
    return make_quoted(article.text, post, citation)


def make_quoted(text: str, post: Post, citation: Citation) -> Quoted:
    """Return the cited sentence of the article with this text as a quotation from its message (pure)."""
    words = citation.text[:LONGEST_QUOTE]
    at, length = count_units(text[post.start : citation.start]), count_units(words)
    looks = []
    for each in post.looks:
        first, last = max(each["offset"], at), min(each["offset"] + each["length"], at + length)
        if first < last:
            looks.append({**each, "offset": first - at, "length": last - first})
    return Quoted(words, tuple(looks), post.message, at)


def _holds(post: Post, start: int, end: int) -> bool:
    return post.start <= start and end <= post.start + post.length


async def find_highlight(desk: Desk, place: ChatPlace, message: Message) -> Highlight | None:
    """Return what a person quotes of an article from a post, an answer or a part of an article; None for nothing."""
    answered, quote = message.reply_to_message, message.quote
    if answered is None or quote is None or not quote.is_manual or not (words := quote.text.strip()):
        return None
    kept = await desk.chats.run(desk.chats.store.find_shown, place.chat, answered.message_id)
    if kept is not None and kept.kind == "answer":
        reply = restore_state(kept.payload["after"], place.chat).reply
        passages = reply.passages if reply else ()
        found = (_find_words(each.article.id, each.text, words, begin=each.start) for each in passages)
        return next(filter(None, found), None)
    if kept is not None and kept.kind == "part":
        key, start, end = kept.payload["article"], kept.payload["start"], kept.payload["end"]
    else:
        post = await desk.chats.run(desk.chats.store.find_post, place.chat, answered.message_id)
        if post is None:
            return None
        key, start, end = post.article, post.start, post.start + post.length or None
    try:
        article = await desk.ask(desk.index.article, key, filter_of_chat(place.chat))
    except UnknownArticle:
        return None
    return _find_words(article.id, article.text[:end], words, start)


def _find_words(article: str, text: str, words: str, start: int = 0, *, begin: int = 0) -> Highlight | None:
    """Return where the words stand in a text of the article that begins at `begin` of it, at `start` or later."""
    at = text.find(words, start)
    return Highlight(article, begin + at, begin + at + len(words), words) if at >= 0 else None


def note_part(article: Article, parts: Sequence[Paragraph], answer: str = "") -> ScreenNote:
    """Return what is to be kept of a message that shows paragraphs of an article, below the answer of that key."""
    where = {"article": article.id, "start": parts[0].start, "end": parts[-1].end} if parts else {}
    return ScreenNote("part", {**where, "answer": answer})
