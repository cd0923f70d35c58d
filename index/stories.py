"""Versions of a story: which belong together, which one speaks, and what changed from one to the next. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import chain
from urllib.parse import urlsplit

from .language.terms import analyse
from .model import Article, Card, Filter, Sentence, Status, as_utc

_ALIKE = 0.5
"""Share of the shorter headline's terms, or of a sentence's words, from which two count as versions of one."""

_PAIRS = 10_000
"""Sentence pairs that are compared in one changed stretch; beyond, the stretch counts as dropped and added."""


_DAYS = 31
"""Days whose cards are kept while a batch is grouped: archives come in the order of their dates, or nearly."""

_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|ref|section|cmpid)(?:=|$)")


class Silence(StrEnum):
    """Why an article is not cited."""

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"


class Edit(StrEnum):
    """What happened to a sentence from one version to the next."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One changed sentence; `old` is None where it was added, `new` where it was dropped."""

    edit: Edit
    old: Sentence | None
    new: Sentence | None


def match_story(new: Card, known: Iterable[Card]) -> str:
    """Return the story that a new article belongs to: that of a known version of it, else its own key.

    Versions share the publisher's page, or the key that the wire rules make, or, when the headline was recast, the
    agency, the day, a dateline city and half of the headline's words, while their lead or status differ: two first
    filings from one city on one day are two stories. An article of which too little is known has no story, "".
    """
    best, likeness = "", 0.0
    for card in known:
        if card.id != new.id and card.story and (found := _likeness(new, card)) > likeness:
            best, likeness = card.story, found
    return best or new.story or (f"page|{_page(new.url)}" if new.url else "")


def with_stories(
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
            newest = _newest(all_days()) if newest is None else newest
            alike = _newest(chain(filter(None, [newest.get(article.story)]), *days.values())).get(article.story)
            story = alike.story if alike else ""
        story = story or match_story(article, known)
        found = article if story == article.story else replace(article, story=story)
        known.append(found.card)
        yield found


def _newest(cards: Iterable[Card]) -> dict[str, Card]:
    """Return the card published last by its story's key without the day."""
    found: dict[str, Card] = {}
    for card in cards:
        key = _dayless(card.story)
        if key not in found or _moment(card) >= _moment(found[key]):
            found[key] = card
    return found


def ordered(cards: Iterable[Card]) -> tuple[Card, ...]:
    """Return the versions of one story from first to newest.

    A correction or withdrawal that states no lead counts as of the last lead before it. Of equal leads, corrections
    come later, then the later published, then the one given later.
    """
    versions = tuple(cards)

    def place(numbered: tuple[int, Card]) -> tuple[int, bool, datetime, int]:
        number, card = numbered
        lead = card.lead
        if card.status is not Status.USABLE and not lead:
            before = [other.lead for other in versions if _moment(other) <= _moment(card) or card.published is None]
            lead = max([0, *before])
        return lead, card.status is not Status.USABLE, _moment(card), number

    return tuple(card for _, card in sorted(enumerate(versions), key=place))


def silences(cards: Iterable[Card], within: Filter | None = None, now: datetime | None = None) -> dict[str, Silence]:
    """Return the ids of the articles that may not be cited, with the reason.

    Args:
        cards: All versions that the asker may see of the stories in question, whatever else is asked for; an article
            without a story stands alone.
        within: Only versions that pass this filter compete to speak, so that an older lead can be asked for; the newest
            of them speaks. None admits all.
        now: The time by which an embargo counts as over; None keeps every embargo.
    """
    stories: dict[str, list[Card]] = {}
    for card in cards:
        stories.setdefault(card.story or card.id, []).append(card)
    found: dict[str, Silence] = {}
    for group in stories.values():
        versions = ordered(group) if len(group) > 1 else tuple(group)
        killed = versions[-1].status is Status.WITHDRAWN and not _held(versions[-1], now)
        speaking: list[Card] = []
        for card in versions:
            if killed or card.status is Status.WITHDRAWN:
                found[card.id] = Silence.WITHDRAWN
            elif _held(card, now):
                found[card.id] = Silence.EMBARGOED
            elif within is None or within.admits(card):
                speaking.append(card)
        found |= {card.id: Silence.SUPERSEDED for card in speaking[:-1]}
    return found


def told(card: Card, silence: Silence) -> str:
    """Return one sentence for the reader on why an article is not cited."""
    title = f"“{card.title}”" if card.title else f"article {card.id}"
    match silence:
        case Silence.WITHDRAWN:
            return f"{title} was withdrawn{f' by {card.agency}' if card.agency else ''}, so nothing of it is cited."
        case Silence.EMBARGOED:
            until = f" until {card.embargo:%Y-%m-%d %H:%M}" if card.embargo else ""
            return f"{title} is under embargo{until}, so nothing of it is cited yet."
        case Silence.SUPERSEDED:
            return f"{title} was superseded by a newer version, which is cited instead."


def diff(old: Article, new: Article) -> tuple[Change, ...]:
    """Return the sentences that were added, dropped or changed, in the order of the new version.

    White space does not count, nor does a sentence that only moved.
    """
    from difflib import SequenceMatcher  # 10 ms, and asking needs none

    before, after = _words(old), _words(new)
    counts, later = Counter(before), Counter(after)
    changes: list[Change] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            dropped = [old.sentences[at] for at in range(i, j) if counts[before[at]] > later[before[at]]]
            added = [new.sentences[at] for at in range(k, m) if later[after[at]] > counts[after[at]]]
            changes += _paired(old, new, dropped, added)
    return tuple(changes)


def _paired(old: Article, new: Article, dropped: list[Sentence], added: list[Sentence]) -> list[Change]:
    """Pair the sentences of one stretch that are alike, in order; the rest were dropped and added."""
    changes: list[Change] = []
    at = 0
    compare = len(dropped) * len(added) <= _PAIRS
    for sentence in added:
        partner = _partner(old, dropped, at, new.quote(sentence)) if compare else None
        if partner is None:
            changes.append(Change(Edit.ADDED, None, sentence))
            continue
        changes += [Change(Edit.DROPPED, gone, None) for gone in dropped[at:partner]]
        changes.append(Change(Edit.CHANGED, dropped[partner], sentence))
        at = partner + 1
    return changes + [Change(Edit.DROPPED, gone, None) for gone in dropped[at:]]


def _partner(old: Article, dropped: list[Sentence], first: int, text: str) -> int | None:
    """Return the place of the first dropped sentence, from `first` on, that shares half its words with the text."""
    words = set(text.casefold().split())
    for number in range(first, len(dropped)):
        others = set(old.quote(dropped[number]).casefold().split())
        if len(words & others) >= _ALIKE * max(len(words), len(others)):
            return number
    return None


def _words(article: Article) -> list[str]:
    return [" ".join(article.quote(sentence).split()) for sentence in article.sentences]


def _likeness(new: Card, old: Card) -> float:
    """Return how sure it is that two cards are versions of one story, 0.0 when they are not."""
    if new.url and old.url and _page(new.url) == _page(old.url):
        return 3.0
    if new.story and new.story == old.story:
        return 2.0
    if (new.lead, new.status) == (old.lead, old.status) or not _same_desk(new, old):
        return 0.0
    words, others = set(analyse(new.title)), set(analyse(old.title))
    shared = len(words & others)
    share = shared / max(1, min(len(words), len(others)))
    return share if shared >= 2 and share >= _ALIKE else 0.0


def _same_desk(new: Card, old: Card) -> bool:
    """Tell whether two cards name the same agency, the same day and a city in common."""
    cities = {city.casefold() for city in new.cities} & {city.casefold() for city in old.cities}
    return (
        bool(cities and new.agency and new.published and old.published)
        and new.agency.casefold() == old.agency.casefold()
        and (new.published and new.published.date()) == (old.published and old.published.date())
    )


def _dayless(story: str) -> str:
    """Return the key of a story as the wire rules make it where no day is stated; other keys as they are."""
    parts = story.split("|")
    return "|".join((*parts[:2], "", parts[3])) if len(parts) == 4 else story


def _page(url: str) -> str:
    """Return the part of an address that names the page: no scheme, no fragment, nothing that only tracks readers."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = "&".join(part for part in parts.query.split("&") if not _TRACKING.match(part))
    return f"{parts.netloc.casefold().removeprefix('www.')}{parts.path.rstrip('/')}?{kept}".rstrip("?")


def _moment(card: Card) -> datetime:
    return datetime.min.replace(tzinfo=UTC) if card.published is None else as_utc(card.published)


def _held(card: Card, now: datetime | None) -> bool:
    """Tell whether an embargo holds; one that states no zone is over when it is over everywhere."""
    if card.embargo is None:
        return False
    end = as_utc(card.embargo) + (timedelta(hours=12) if card.embargo.tzinfo is None else timedelta())
    return now is None or as_utc(now) < end
