"""Which articles are versions of one story. Pure; `stories` says which of them may speak."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from urllib.parse import urlsplit

from .. import patterns
from ..language.language import get_language
from ..model import Article, Card, Status
from . import moment_of

_ALIKE = 0.5
"""Share of the shorter headline's terms from which two headlines count as those of one story."""

_DAYS = 31
"""Days whose cards are kept while a batch is grouped: archives come in the order of their dates, or nearly."""

_TRACKING = patterns.compile(r"(?:utm_\w+|fbclid|gclid|ref|section|cmpid)(?:=|$)")


def match_story(new: Card, known: Iterable[Card]) -> str:
    """Return the story that a new article belongs to: that of a known version of it, else its own key.

    Versions share the publisher's page, or the key that the wire rules make, or, when the headline was recast, the
    agency, the day, a dateline city and half of the headline's words, while their lead or status differ: two first
    filings from one city on one day are two stories. An article of which too little is known has no story, "".
    """
    best, likeness = "", 0.0
    for card in known:
        if card.id != new.id and card.story and (found := _measure_likeness(new, card)) > likeness:
            best, likeness = card.story, found
    return best or new.story or (f"page|{_name_page(new.url)}" if new.url else "")


def join_stories(
    articles: Iterable[Article], on_day: Callable[[date], Iterable[Card]], all_days: Callable[[], Iterable[Card]]
) -> Iterator[Article]:
    """Yield the articles, each with the story that it belongs to among those of its day and those before it.

    A lead, correction or kill that states no day belongs to the newest story of its headline, agency and city.

    Args:
        articles: Those to be added, in order.
        on_day: Returns the known cards published around a day; called once for each of the last few days seen.
        all_days: Returns all known cards; called at most once, when such an article without a day comes.
    """
    days: dict[date, list[Card]] = {}
    newest: dict[str, Card] | None = None
    for article in articles:
        known: list[Card] = []
        story = ""
        if article.published is not None:
            day = article.published.date()
            if day not in days:
                while len(days) >= _DAYS:
                    del days[next(iter(days))]
                days[day] = list(on_day(day))
            known = days[day]
        elif article.story and (article.lead or article.status is not Status.USABLE):
            newest = _find_newest(all_days()) if newest is None else newest
            alike = _find_newest(chain(filter(None, [newest.get(article.story)]), *days.values())).get(article.story)
            story = alike.story if alike else ""
        story = story or match_story(article, known)
        found = article if story == article.story else replace(article, story=story)
        known.append(found.card)
        yield found


def _find_newest(cards: Iterable[Card]) -> dict[str, Card]:
    """Return the card published last by its story's key without the day."""
    found: dict[str, Card] = {}
    for card in cards:
        key = _strip_day(card.story)
        if key not in found or moment_of(card) >= moment_of(found[key]):
            found[key] = card
    return found


def _measure_likeness(new: Card, old: Card) -> float:
    """Return how sure it is that two cards are versions of one story, 0.0 when they are not."""
    if new.url and old.url and _name_page(new.url) == _name_page(old.url):
        return 3.0
    if new.story and new.story == old.story:
        return 2.0
    if (new.lead, new.status) == (old.lead, old.status) or not _share_desk(new, old):
        return 0.0
    analyse = get_language(new.language).analyse
    words, others = set(analyse(new.title)), set(analyse(old.title))
    shared = len(words & others)
    share = shared / max(1, min(len(words), len(others)))
    return share if shared >= 2 and share >= _ALIKE else 0.0


def _share_desk(new: Card, old: Card) -> bool:
    """Tell whether two cards name the same agency, the same day and a city in common."""
    cities = {city.casefold() for city in new.cities} & {city.casefold() for city in old.cities}
    return (
        bool(cities and new.agency and new.published and old.published)
        and new.agency.casefold() == old.agency.casefold()
        and (new.published and new.published.date()) == (old.published and old.published.date())
    )


def _strip_day(story: str) -> str:
    """Return the key of a story as the wire rules make it where no day is stated; other keys as they are."""
    parts = story.split("|")
    return "|".join((*parts[:2], "", parts[3])) if len(parts) == 4 else story


def _name_page(url: str) -> str:
    """Return the part of an address that names the page: no scheme, no fragment, nothing that only tracks readers."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = "&".join(part for part in parts.query.split("&") if not _TRACKING.match(part))
    return f"{parts.netloc.casefold().removeprefix('www.')}{parts.path.rstrip('/')}?{kept}".rstrip("?")
