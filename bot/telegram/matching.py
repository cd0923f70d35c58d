"""Which standing questions an added article answers; each is asked of that article alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from index import Article, Filter, Index, Reply, Verdict
from index.asking.overlap import measure_overlap
from index.errors import CorruptIndex, UnknownArticle
from index.model import Card
from index.moments import as_utc
from index.stories import is_embargoed

from ..conversation import query
from ..conversation.versions import look_up_standing, read_clock
from .access import filter_of_chat
from .chats.contract import StandingQuestion

ENOUGH = 1 / 3
"""The share of a question's words below which an article is not asked: of 295 answers one has less (three sets)."""

PATIENCE = 5.0
"""Seconds that we give way to those who wait for an answer."""


@dataclass(frozen=True, slots=True)
class AddedArticle:
    """An article that was added to a collection, at its place in the order of addition."""

    place: int
    collection: str
    article: str


@dataclass(frozen=True, slots=True)
class Match:
    """An article that answers a standing question, its place in the order of addition, and the answer."""

    standing: StandingQuestion
    place: int
    article: str
    reply: Reply


def read_additions(rows: Iterator[tuple[int, str, Card]], limit: int) -> list[AddedArticle]:
    """Return the next additions, `limit` at most; [] when there are no more."""
    return [AddedArticle(place, name, card.id) for place, name, card in islice(rows, limit)]


def find_matches(
    index: Index, addition: AddedArticle, asked: Sequence[StandingQuestion], is_busy: Callable[[], bool]
) -> list[Match]:
    """Return the questions that the article answers where their chats may cite it; give way while others are asking."""
    article = _load(index, addition.article, Filter(collections=(addition.collection,)))
    if article is None:
        return []
    replies = ((each, _ask(index, article, each, is_busy)) for each in asked)
    return [Match(each, addition.place, article.id, reply) for each, reply in replies if reply is not None]


def still_speaks(index: Index, match: Match) -> bool:
    """Tell whether the match's chat may still cite the article: it may have been removed or superseded meanwhile."""
    _, within = _read(match.standing)
    return _may_cite(index, match.article, within)


def find_end_of_embargo(index: Index, addition: AddedArticle) -> float | None:
    """Return when the article's embargo ends, in seconds since 1970; None if none holds."""
    article = _load(index, addition.article, Filter(collections=(addition.collection,)))
    if article is None or article.embargo is None or not is_embargoed(article.card, read_clock(Filter())):
        return None
    wait = timedelta(
        hours=12 if article.embargo.tzinfo is None else 0
    )  # without a zone it is over when it is everywhere
    return as_utc(article.embargo).timestamp() + wait.total_seconds()


def _ask(index: Index, article: Article, standing: StandingQuestion, is_busy: Callable[[], bool]) -> Reply | None:
    """Return the article's answer, None if it has none, or may not be cited where the question was asked."""
    question, within = _read(standing)
    if measure_overlap(question, article) < ENOUGH or not _may_cite(index, article.id, within):
        return None
    end = time.monotonic() + PATIENCE
    while is_busy() and time.monotonic() < end:
        time.sleep(0.02)
    reply = index.ask(question, (), replace(within, articles=(article.id,)), limit=1)
    return reply if reply.verdict is Verdict.ANSWERED and reply.citations else None


def _read(standing: StandingQuestion) -> tuple[str, Filter]:
    """Return the question without its filters, and where it may be answered from."""
    return query.split(standing.question, filter_of_chat(standing.chat))


def _may_cite(index: Index, key: str, within: Filter) -> bool:
    """Tell whether a question within the filter may cite the article, as the newest version of its story."""
    article = None if within.articles and key not in within.articles else _load(index, key, within)
    return article is not None and look_up_standing(index, within, article.card).silence is None


def _load(index: Index, key: str, within: Filter) -> Article | None:
    try:
        return index.article(key, within)
    except (UnknownArticle, CorruptIndex):
        return None
