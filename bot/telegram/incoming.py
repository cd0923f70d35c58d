"""What a message is: a command, a question, a link, a text, a document, a remark, or nothing for this bot (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import Document, Message, MessageEntity, MessageOriginChannel
from telegram.constants import ChatType

from index.asking.several import asks, asks_yes_or_no
from index.asking.understand import is_small_talk

from .gathered import CUT

LONG = 600
"""Characters from which a text is more likely an article than a question."""

ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_AROUND = " \t\n,.:;!?()[]{}<>\"'“”‘’«»*_–-"
_GREETINGS = frozenset({"hi", "hello", "hey", "hiya", "yo", "morning"})
_CONTENT = (
    *(
        "text",
        "caption",
        "document",
        "photo",
        "video",
        "animation",
        "audio",
        "voice",
        "video_note",
        "sticker",
        "contact",
    ),
    *("location", "venue", "poll", "dice", "game", "story", "paid_media", "checklist"),
)
"""What people send; a message without any of it tells something about the chat."""


@dataclass(frozen=True, slots=True)
class GivenCommand:
    """A command of the table, and the words behind it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question; one that is not `sure` may be a remark, and only an answer to it is worth showing."""

    words: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A link to an article, and what is asked of it, "" for nothing."""

    url: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class SharedText:
    """A text that is long enough to be an article; a `post` is known to be one."""

    words: str
    post: bool = False


@dataclass(frozen=True, slots=True)
class SharedDocument:
    """A document, and what is asked of it, "" for nothing."""

    document: Document
    question: str = ""


@dataclass(frozen=True, slots=True)
class ShortPost:
    """A post of others, or a picture, with a few words that ask nothing."""


@dataclass(frozen=True, slots=True)
class BareMention:
    """The name of this bot and nothing else."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Thanks, praise or laughter, which a reaction answers best."""


@dataclass(frozen=True, slots=True)
class WordlessMedia:
    """A picture, a voice message, a sticker or the like, without a word to quote."""


@dataclass(frozen=True, slots=True)
class NotForUs:
    """A message of others to others, of another bot's, or of Telegram about the chat."""


Incoming = (
    GivenCommand
    | AskedQuestion
    | SharedLink
    | SharedText
    | SharedDocument
    | ShortPost
    | BareMention
    | Remark
    | WordlessMedia
    | NotForUs
)


def read_incoming(message: Message, name: str, bot_id: int) -> Incoming:
    """Return what a message is for the bot of this name and number."""
    words = read_text(message)
    if is_service(message):
        return NotForUs()
    if words.startswith("/"):
        command = parse_command(message, name)
        return GivenCommand(*command) if command else NotForUs()
    if message.chat.type != ChatType.PRIVATE:
        return _read_in_group(message, name, bot_id)
    return _read_words(message, words)


def _read_in_group(message: Message, name: str, bot_id: int) -> Incoming:
    words = find_request(message, name, bot_id)
    if words is None:
        return NotForUs()
    if not words and not has_document(message):
        return BareMention()
    found = _read_words(message, words)
    if isinstance(found, AskedQuestion) and _find_mention(message, name, bot_id) is None:
        return AskedQuestion(words, sure=asks(words))
    return AskedQuestion(words) if isinstance(found, ShortPost) else found


def _read_words(message: Message, words: str) -> Incoming:
    """Return what a message with these words is, once it is known to be for this bot."""
    shared = find_shared(message, words)
    if shared is not None:
        return shared
    if not words.strip():
        return WordlessMedia()
    if asks(words):
        return AskedQuestion(words)
    if is_remark(words):
        return Remark()
    return ShortPost() if message.forward_origin or message.effective_attachment else AskedQuestion(words)


def find_shared(message: Message, words: str | None = None) -> SharedLink | SharedText | SharedDocument | None:
    """Return the document, the long text or the link of a message, in that order; None if it has none.

    `words` are those of the message that count, all if they are not given.
    """
    words = read_text(message) if words is None else words
    if has_document(message) and message.document is not None:
        return SharedDocument(message.document, words if asks(words) else "")
    if len(words) >= LONG:
        return SharedText(words, post=_is_post(message, words))
    url = find_link(message)
    if not url:
        return None
    rest = " ".join(ADDRESS.sub(" ", words).split())
    return SharedLink(url, rest if asks(rest) else "")


def has_document(message: Message) -> bool:
    """Tell whether a message is a document; Telegram calls animations documents, too."""
    return message.document is not None and message.animation is None


def _is_post(message: Message, words: str) -> bool:
    """Tell whether a long text is a whole post: a person's text may be a piece of one that the client cut."""
    whole = isinstance(message.forward_origin, MessageOriginChannel) or len(words) < CUT or not message.text
    return message.forward_origin is not None and whole


def read_text(message: Message) -> str:
    """Return the words of a message: its text or its caption, "" if it has neither."""
    return message.text or message.caption or ""


def _list_entities(message: Message) -> Iterator[tuple[MessageEntity, str]]:
    found = message.parse_entities() if message.text else message.parse_caption_entities()
    yield from sorted(found.items(), key=lambda item: item[0].offset)


def find_link(message: Message) -> str:
    """Return the first http(s) address of a message, written or behind its words; "" if there is none."""
    for entity, word in _list_entities(message):
        url = entity.url if entity.type == MessageEntity.TEXT_LINK else word if entity.type == MessageEntity.URL else ""
        if url and ADDRESS.fullmatch(url):
            return url
        if url and "://" not in url and word == read_text(message).strip():
            return f"https://{url}"  # "news.example/story" alone, as people copy it
    written = ADDRESS.search(read_text(message))
    return written[0].rstrip(_AROUND) if written else ""


def is_service(message: Message) -> bool:
    """Tell whether Telegram tells something about the chat: a pin, a timer, a wallpaper, a payment, a member."""
    return not any(getattr(message, kind) for kind in _CONTENT)


def is_remark(words: str) -> bool:
    """Tell whether the words are thanks, praise or laughter, not a greeting, which a newcomer writes."""
    if not any(map(str.isalnum, words)):
        return "?" not in words
    first = words.lower().split()[0].strip(_AROUND)
    return is_small_talk(words) and first not in _GREETINGS


def parse_command(message: Message, name: str) -> tuple[str, str] | None:
    """Return the command that a message begins with, and the rest; None for no command, or another bot's."""
    text = read_text(message)
    if not text.startswith("/"):
        return None
    word, _, rest = text[1:].partition(" ")
    word, _, rest_of_line = word.partition("\n")
    word, _, bot = word.partition("@")
    if bot and bot.casefold() != name.casefold():
        return None
    return word.casefold(), f"{rest_of_line} {rest}".strip()


def find_request(message: Message, name: str, bot_id: int) -> str | None:
    """Return what a message in a group asks of this bot, without the mention; None if it is not addressed.

    It is by a reply to the bot, or by a mention where one addresses somebody; "@alice @bot is great" is for Alice.
    """
    text = read_text(message)
    if _begins_with_another(message, name, bot_id):
        return None
    mention = _find_mention(message, name, bot_id)
    if mention is not None:
        return " ".join(text.replace(mention, " ", 1).split())
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created is not None:
        return None  # what does not reply to anything in a topic replies to the topic's beginning
    return (text or None) if answered.from_user is not None and answered.from_user.id == bot_id else None


def _find_mention(message: Message, name: str, bot_id: int) -> str | None:
    """Return the mention by which this bot is addressed: first or last, or beside a question; None if it is not."""
    for entity, word in _list_entities(message):
        if not _names(entity, word, name, bot_id):
            continue
        before, _, after = read_text(message).partition(word)
        first = not before.strip(_AROUND) or is_small_talk(before)
        if (
            first
            or not after.strip(_AROUND)
            or any(asks(part) and not asks_yes_or_no(part) for part in (before, after))
        ):
            return word
    return None


def _names(entity: MessageEntity, word: str, name: str, bot_id: int) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == bot_id
    return entity.type == MessageEntity.MENTION and word.casefold() == f"@{name}".casefold()


def _begins_with_another(message: Message, name: str, bot_id: int) -> bool:
    """Tell whether a message begins with the name of somebody else, whom it is for."""
    kinds = (MessageEntity.MENTION, MessageEntity.TEXT_MENTION)
    mentions = [(entity, word) for entity, word in _list_entities(message) if entity.type in kinds]
    if not mentions or _names(*mentions[0], name, bot_id):
        return False
    return not read_text(message).partition(mentions[0][1])[0].strip(_AROUND)
