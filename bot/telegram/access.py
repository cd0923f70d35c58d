"""Who may what, and what a chat may see: the one place that decides both. By numeric id, never by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from index import Filter
from index.model import DEFAULT_COLLECTION


class Right(IntEnum):
    """What somebody wants to do."""

    ASK = 1
    ADD = 2
    OPERATE = 3


@dataclass(frozen=True, slots=True)
class Access:
    """The operator's lists of ids: people's, and for asking also groups'."""

    admins: frozenset[int] = frozenset()
    allowed: frozenset[int] = frozenset()
    open_add: bool = False

    def may(self, right: Right, person: int, chat: int) -> bool:
        """Tell whether the person may do this in the chat; a private chat has the id of its person.

        Where people are listed, only they may ask, and everybody in a listed group. Adding is for
        listed people, or with `open_add` for all in their own chat.
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


def own(chat: int) -> str:
    """Return the collection that a chat's articles are put into."""
    return f"chat:{chat}"


def visible(chat: int) -> Filter:
    """Return what a chat may see: its own articles and the operator's shared ones. No search runs without it."""
    return Filter(collections=(own(chat), DEFAULT_COLLECTION))
