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

AHEAD = 10
"""Messages of one person, or of one group, that wait for their turn; those beyond are told that they do not."""

ASKING = frozenset(["ask", "about", "summary", "quotes", "people", "timeline", "numbers", "latest", "diff", "next"])
"""Commands that count as questions; all others are as light as a tap."""


class Right(IntEnum):
    """What somebody wants to do."""

    ASK = 1
    ADD = 2
    OPERATE = 3


@dataclass(frozen=True, slots=True)
class Access:
    """The operator's lists of numeric ids: admins, people and groups that may ask, and those that may add, too.

    Nobody listed in `allowed` means that anyone may ask.
    """

    admins: frozenset[int] = frozenset()
    allowed: frozenset[int] = frozenset()
    adders: frozenset[int] = frozenset()
    open_add: bool = False

    def may(self, right: Right, person: int, chat: int) -> bool:
        """Tell whether the person may do this in the chat; a private chat has the id of its person, above zero.

        Who writes as a group or a channel has its id, and no right that a member of the same rank has not.
        """
        if person in self.admins:
            return True
        asks = not self.allowed or bool({person, chat} & (self.allowed | self.adders))
        match right:
            case Right.ASK:
                return asks
            case Right.ADD:
                return person > 0 and (person in self.adders or (self.open_add and asks and chat == person))
            case Right.OPERATE:
                return False

    def lets_administrators_add(self, group: int) -> bool:
        """Tell whether the administrators of a group, as far as they may ask there, may add articles to it."""
        return group < 0 and (self.open_add or group in self.adders)


def read_access(settings: Settings) -> Access:
    """Return who may do what by these settings.

    Where nobody is listed as an adder, the people who are listed for asking may add, as they could before there was
    a list of adders; their groups may not.
    """
    adders = settings.adders or tuple(each for each in settings.allowed if each > 0)
    return Access(frozenset(settings.admins), frozenset(settings.allowed), frozenset(adders), settings.open_add)


def describe_access(settings: Settings) -> str:
    """Return in one sentence, for the operator, what the settings amount to."""
    access = read_access(settings)
    asks = "anyone may ask"
    if access.allowed:
        asks = f"only {_count(access.allowed | access.adders)} and the admins may ask"
    adds = ["the admins"]
    if access.adders:
        by = "PULLQUOTE_ADDERS" if settings.adders else "PULLQUOTE_ALLOWED, because PULLQUOTE_ADDERS is empty"
        adds.append(f"{_count(access.adders, ' administrators')} ({by})")
    if access.open_add:
        adds.append("whoever may ask in their own private chat, and administrators of a group there")
    return f"{asks}; articles may be added by {', '.join(adds)}"


def _count(listed: frozenset[int], of_groups: str = "") -> str:
    """Return how many people and groups are listed, in words; `of_groups` says who of the groups is meant."""
    people = sum(each > 0 for each in listed)
    groups = len(listed) - people
    told = [f"{people} listed {'person' if people == 1 else 'people'}"] if people else []
    if groups:
        name = "group" if groups == 1 else "groups"
        mark = ("'s" if groups == 1 else "'") if of_groups else ""
        told.append(f"{groups} listed {name}{mark}{of_groups}")
    return " and ".join(told)


def collection_of_chat(chat: int) -> str:
    """Return the collection that a chat's articles are put into."""
    return f"chat:{chat}"


def filter_of_chat(chat: int) -> Filter:
    """Return what a chat may see: its own articles and the operator's shared ones. No search runs without it."""
    return Filter(collections=(collection_of_chat(chat), DEFAULT_COLLECTION))


def read_rates(settings: Settings) -> dict[str, Rate]:
    """Return the rates of questions, taps and light commands, inline queries, group answers, notices, and adding.

    "notice" limits the word to strangers, "words" the notices about messages beyond a limit; past that a reaction says
    so.
    """
    return {
        "ask": Rate(settings.questions_per_minute, 60, settings.questions_per_minute),
        "tap": Rate(6 * settings.questions_per_minute, 60, 6 * settings.questions_per_minute),
        "inline": Rate(4 * settings.questions_per_minute, 60, 2 * settings.questions_per_minute),  # one a few letters
        "group": Rate(settings.group_answers_per_minute, 60, settings.group_answers_per_minute),
        "notice": Rate(1, 60, 1),
        "words": Rate(AHEAD + 5, 60, AHEAD + 5),
        "add": Rate(settings.adds_per_hour, 3600, settings.adds_per_hour),
        "bytes": Rate(settings.megabytes_per_day * MEGABYTE, DAY, settings.megabytes_per_day * MEGABYTE),
    }
