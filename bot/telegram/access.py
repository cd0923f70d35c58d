"""Who may do what and how often, and what a chat may see: the one place that decides. By numeric id, never by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from index import Filter
from index.model import DEFAULT_COLLECTION

from ..serving.quota import Rate
from ..settings import Settings

MEGABYTE = 1_000_000
DAY = 86_400.0


class Right(IntEnum):
    """What somebody wants to do."""

    ASK = 1
    ADD = 2
    OPERATE = 3


@dataclass(frozen=True, slots=True)
class Access:
    """The operator's lists of numeric ids: of people and, for asking, of groups."""

    admins: frozenset[int] = frozenset()
    allowed: frozenset[int] = frozenset()
    open_add: bool = False

    def may(self, right: Right, person: int, chat: int) -> bool:
        """Tell whether the person may do this in the chat; a private chat has the id of its person.

        If people are listed, only they and everybody in a listed group may ask. Adding is for listed people, or with
        `open_add` for everybody in their own chat.
        """
        if person in self.admins:
            return True
        asks = not self.allowed or person in self.allowed or chat in self.allowed
        match right:
            case Right.ASK:
                return asks
            case Right.ADD:
                return person in self.allowed or (self.open_add and asks and chat == person)
            case Right.OPERATE:
                return False


def collection_of_chat(chat: int) -> str:
    """Return the collection that a chat's articles are put into."""
    return f"chat:{chat}"


def filter_of_chat(chat: int) -> Filter:
    """Return what a chat may see: its own articles and the operator's shared ones. No search runs without it."""
    return Filter(collections=(collection_of_chat(chat), DEFAULT_COLLECTION))


def read_rates(settings: Settings) -> dict[str, Rate]:
    """Return the rates of questions, inline queries, group answers, notices, adds and added bytes."""
    return {
        "ask": Rate(settings.questions_per_minute, 60, min(5, settings.questions_per_minute)),
        "inline": Rate(4 * settings.questions_per_minute, 60, 2 * settings.questions_per_minute),  # one a few letters
        "group": Rate(settings.group_answers_per_minute, 60, settings.group_answers_per_minute),
        "notice": Rate(1, 60, 1),
        "add": Rate(settings.adds_per_hour, 3600, settings.adds_per_hour),
        "bytes": Rate(settings.megabytes_per_day * MEGABYTE, DAY, settings.megabytes_per_day * MEGABYTE),
    }
