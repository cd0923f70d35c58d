"""What a message asks: its questions one by one, without the greetings, thanks and signatures around them."""

from __future__ import annotations

import re
from typing import NamedTuple

from .. import patterns
from ..digest import DigestKind, DigestRequest, recognise
from ..language.wordlists import AUXILIARIES, HE, SHE, word_set
from .understand import LONGEST_QUESTION, is_small_talk, strip_courtesy

MOST = 5
"""Questions of one message that are answered; the others are named."""

_ITEM = patterns.compile(r"(?:(?<=\s)|\A)\(?(?:\d|[a-e])[.)]\s{1,5}|(?:(?<=\n)|\A)[-*•]\s{1,5}")
_ASKS = r"who|whom|whose|what|when|where|why|how|which"
_JOINT = patterns.compile(
    rf"[,;]?\s(?:and|plus|also)(?:\s(?:also|then))?\s(?=(?:{_ASKS})\b)"
    rf"|[,;]?\sand\s(?=(?:is|are|was|were|did|does|do|has|have|had|will|can)\s(?:he|she|it|they|there|anyone|any|the|this|that)\b)",
    re.IGNORECASE,
)
_END = patterns.compile(r"(?<=\?)[?!.]{0,5}\s{0,20}|\n{1,20}")
_POINTING = {
    DigestKind.AUTHOR,
    DigestKind.HEADLINE,
    DigestKind.LENGTH,
    DigestKind.PUBLISHED,
    DigestKind.SOURCE,
}
"""What may be asked of a thing that was spoken of as well as of the article."""

_NOUNS = word_set("""
    article story text piece report page post document headline title heading date published author writer journalist
    reporter byline length words sentences source link url website newspaper agency original written wrote
""")
_JOINING = word_set("and but so or also then")
_PERSONS = HE | SHE | {"else"}
_INTERROGATIVE = word_set(_ASKS.replace("|", " "))


class Questions(NamedTuple):
    """The questions of a message, in order, and those that are `left` because there are too many."""

    asked: tuple[str, ...]
    left: tuple[str, ...] = ()


def split_questions(message: str) -> Questions:
    """Return the questions of a message, one as a rule; of a numbered list, its items.

    A message in which no question stands apart comes back whole.
    """
    text = strip_courtesy(message)
    if len(text) > LONGEST_QUESTION:
        return Questions((message,))
    items = [part.strip() for part in _ITEM.split(text) if part.strip(" ,;\n")]
    if len(items) < 2 or len(_ITEM.findall(text)) < 2:
        items = [text]
    elif not _asks(items[0]):
        items = items[1:]  # "Two questions: 1. ..."
    found: list[str] = []
    for item in items:
        found += _split_item(item)
    found = [one for one in found if not is_small_talk(one)]
    if len(found) < 2:
        return Questions((message.strip(),))
    return Questions(tuple(found[:MOST]), tuple(found[MOST:]))


def asks_yes_or_no(question: str) -> bool:
    """Tell whether a question wants a yes or a no: "Did he resign?", "and was she hurt"; not "who did it"."""
    words = [word.strip(",.?!").replace("’", "'").lower() for word in strip_courtesy(question).split()[:3]]
    first = next((word for word in words if word not in _JOINING), "")
    return first in AUXILIARIES and not first.endswith("'s") and _INTERROGATIVE.isdisjoint(words)


def asks(text: str) -> bool:
    """Tell whether a message asks: it begins like a question, has a question mark, or wants a digest."""
    plain = strip_courtesy(text)
    return "?" in plain or _asks(plain) or recognise(plain) is not None


def _split_item(text: str) -> list[str]:
    """Return the questions of a piece of text; a remark stays with the question that follows it."""
    pieces: list[str] = []
    before = ""
    for part in _END.split(text):
        piece = " ".join(part.split())
        if not piece.strip(" ?!.,;"):
            continue
        if not _asks(piece) and not piece.endswith("?"):
            before = f"{before} {piece}".strip()
            continue
        pieces += [f"{before} {one}".strip() if not place else one for place, one in enumerate(_split_joined(piece))]
        before = ""
    if before and pieces:
        pieces[-1] = f"{pieces[-1]} {before}" if not is_small_talk(before) else pieces[-1]
    return pieces or [" ".join(text.split())]


def _split_joined(question: str) -> list[str]:
    """Return the questions that "and" joins: "When was it sold and who bought it?"."""
    parts = [part.strip() for part in _JOINT.split(question)]
    if len(parts) < 2 or not all(_is_whole(part) for part in parts):
        return [question]
    return parts


def _is_whole(part: str) -> bool:
    words = part.lower().rstrip("?!. ").split()
    return _asks(part) and len(words) > 1


def _asks(text: str) -> bool:
    """Tell whether the text begins as a question does."""
    words = [word.strip(",.?!").replace("’", "'") for word in text.lower().split()[:3]]
    first = next((word for word in words if word not in _JOINING), "")
    return first.partition("'")[0] in _INTERROGATIVE | AUXILIARIES | {"whats", "whos", "hows", "wheres"}


class Message(NamedTuple):
    """What a message asks: a digest is `wanted`, or its `questions` one by one; `left` are those too many to answer."""

    wanted: DigestRequest | None
    questions: tuple[str, ...]
    left: tuple[str, ...] = ()


def read_message(text: str, *, talking: bool = False) -> Message:
    """Return what a message asks; `talking` tells that questions went before, which "when was it?" may point at."""
    plain = strip_courtesy(text)
    wanted = recognise(plain)
    if wanted is not None and not (talking and _may_point(wanted, plain)):
        return Message(wanted, (text,))
    found = split_questions(text)
    return Message(None, found.asked, found.left)


def _may_point(wanted: DigestRequest, text: str) -> bool:
    """Tell whether what looks like a request may point at an earlier answer: "How long is it?" may."""
    words = {word.strip("?!.,'\"").lower() for word in text.split()}
    about = wanted.kind in _POINTING and _NOUNS.isdisjoint(words)
    return about or not _PERSONS.isdisjoint(words)
