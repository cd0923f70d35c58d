"""Articles that stand in the chat as messages: which messages, and where in them a sentence is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Message
from telegram.constants import MessageEntityType

from index import Article, Citation
from index.errors import UnknownArticle
from index.model import Card

from ...conversation.originals import is_place
from ..access import filter_of_chat
from ..chats.contract import Post
from ..desk import ChatPlace, Desk, restore_state
from ..screens.marked_text import count_units
from ..screens.screens import LONGEST_QUOTE, Quoted

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
    """Words of an article that a person points at, by their offsets in its text."""

    article: str
    start: int
    end: int


def describe_post(message: Message) -> dict[str, Any]:
    """Return a message with a text as plain values, for `note_posts`: they may wait in an offer."""
    looks = [each.to_dict() for each in message.entities or message.caption_entities if each.type in _LOOKS]
    return {"message": message.message_id, "text": message.text or message.caption or "", "looks": looks}


async def note_posts(desk: Desk, chat: int, article: Article, told: Iterable[Mapping[str, Any]]) -> None:
    """Note which messages hold the article or a part of it, word for word; others cannot be quoted, and are left."""
    posts = [
        Post(each["message"], article.id, article.text.find(each["text"]), len(each["text"]), tuple(each["looks"]))
        for each in told
        if each["text"] and each["text"] in article.text
    ]
    if posts:
        await desk.chats.run(desk.chats.store.note_posts, chat, posts)


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
    """Return what a person quotes of an article from a post or an answer; None for nothing of one."""
    answered, quote = message.reply_to_message, message.quote
    if answered is None or quote is None or not quote.is_manual or not (words := quote.text.strip()):
        return None
    post = await desk.chats.run(desk.chats.store.find_post, place.chat, answered.message_id)
    if post is not None:
        try:
            article = await desk.ask(desk.index.article, post.article, filter_of_chat(place.chat))
        except UnknownArticle:
            return None
        return _find_words(article.id, article.text[: post.start + post.length], post.start, words)
    kept = await desk.chats.run(desk.chats.store.find_shown, place.chat, answered.message_id)
    reply = (
        restore_state(kept.payload["after"], place.chat).reply if kept is not None and kept.kind == "answer" else None
    )
    found = (
        _find_words(each.article.id, each.text, 0, words, each.start) for each in (reply.passages if reply else ())
    )
    return next(filter(None, found), None)


def _find_words(article: str, text: str, start: int, words: str, begin: int = 0) -> Highlight | None:
    at = text.find(words, start)
    return Highlight(article, begin + at, begin + at + len(words)) if at >= 0 else None
