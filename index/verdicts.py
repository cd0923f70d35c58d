"""What a reply claims, and why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple


def translatable(text: str) -> str:
    """Return the text as it is: the mark of one that a face may show in another language."""
    return text


class Verdict(StrEnum):
    """What a reply claims: a sentence states the answer, a passage is related to it, or it is not there."""

    ANSWERED = "answered"
    RELATED = "related"
    REFUSED = "refused"


HEADINGS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.ANSWERED: translatable("Answered in the article's own words."),
        Verdict.RELATED: translatable("Not said outright. The closest passages, not an answer:"),
        Verdict.REFUSED: translatable("No answer in what was searched."),
    }
)
"""What heads a reply, in every face; a chat shows an answer without one."""

SHORT_HEADINGS: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.RELATED: translatable("Not said outright."), Verdict.REFUSED: translatable("No answer.")}
)
"""What opens a reply that is told on one line and does not answer."""

SAYS = translatable("The article says:")
"""What opens an answer to a question that wants a yes or a no: the article's words speak to it, we say neither."""

UNDERSTOOD = translatable("Understood as: {}")
"""How a reply tells what a follow-up or a mistyped question was taken to mean."""

UNREAD = translatable("What is stored of {} is damaged, so nobody could look into it. Add its source again.")
"""How a reply tells that an article may hold the answer, but cannot be read."""

FURTHER = translatable("Further passages")
"""What heads the passages after the one that answers."""


class ReasonCode(StrEnum):
    """Why a reply has its verdict; `asking/reasons.py` has the English of each, and says which values it holds."""

    STATED = "stated"
    ASKED_ABOVE = "asked_above"
    OFFICE_UNCLEAR = "office_unclear"
    TYPE_MISSING = "type_missing"
    NOT_TOLD = "not_told"
    PARTLY_MENTIONED = "partly_mentioned"
    ARTICLE_LACKS = "article_lacks"
    CLOSEST_LACKS = "closest_lacks"
    NONE_MENTIONS = "none_mentions"
    HEADLINE_ONLY = "headline_only"
    HEADING_ONLY = "heading_only"
    NOT_TOGETHER = "not_together"
    NEGATED = "negated"
    NOT_SAID_BY = "not_said_by"
    NOT_STATED = "not_stated"
    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"
    SUPERSEDED = "superseded"
    NO_ARTICLE = "no_article"
    NONE_IN_LANGUAGE = "none_in_language"
    NONE_ADMITTED = "none_admitted"
    TOO_LONG = "too_long"
    SMALL_TALK = "small_talk"
    OTHER_LANGUAGE = "other_language"
    NO_WORDS = "no_words"
    UNREAD = "unread"
    ERROR = "error"


class Reason(str):
    """Why a reply has its verdict: one line of English, which is the string itself.

    `code` is one of `ReasonCode`, or "" in a reply that an earlier version saved; with `values`, such as the words that
    the article lacks, a face or another language can say it its own way.
    """

    __slots__ = ("code", "values")

    code: str
    values: Mapping[str, Any]

    def __new__(cls, text: str, code: str = "", values: Mapping[str, Any] | None = None) -> Reason:
        """Make a reason of its English, code and values."""
        made = super().__new__(cls, text)
        made.code, made.values = code, values or {}
        return made


class UnreadArticle(NamedTuple):
    """An article that may hold the answer, but what is stored of it is damaged; `name` is "" if its card is, too."""

    id: str
    name: str = ""


def name_unread(articles: tuple[UnreadArticle, ...]) -> str:
    """Return the articles as a reply names them: headline and the beginning of the id, at most three."""
    told = [f"“{each.name}” ({each.id[:8]})" if each.name else each.id[:8] for each in articles[:3]]
    told += [f"{len(articles) - 3} more"] if len(articles) > 3 else []
    return " and ".join([", ".join(told[:-1]), told[-1]] if told[1:] else told)


def explain_unread(articles: tuple[UnreadArticle, ...], reason: Reason) -> str:
    """Return which articles could not be looked into; "" for none, or where that is the reason of the verdict."""
    return UNREAD.format(name_unread(articles)) if articles and reason.code != ReasonCode.UNREAD else ""
