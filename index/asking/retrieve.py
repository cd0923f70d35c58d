"""Find sentences that may answer: those of the engine's best passages, unless they may not be cited.

Withdrawn and embargoed versions are dropped here and nowhere else, superseded ones by the engine, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ..engines import Engine
from ..errors import CorruptIndex
from ..evidence.candidate import Nominated
from ..evidence.question import Question
from ..evidence.weights import load_model
from ..language import bm25
from ..model import DEFAULT_LANGUAGE, Article, Card, Filter, Hit
from ..stories import Silence, find_hidden, find_silences
from ..verdicts import UnreadArticle
from .nearness import add_nearest

if TYPE_CHECKING:
    from ..language.language import Language
    from ..meaning import Meaning
    from ..meaning.encoder import Encoder
    from ..meaning.judge import Judge

CANDIDATES = 30
"""Passages that the engine nominates for one question."""

READ = 8
"""Articles at most that are read whole for one question: those of the passages that hold most of it."""

FEW = 8
"""Articles at most that are looked through as they are, for what a mistyped word may mean or for what is near."""

COMPARED = 100
"""Passages that the engine nominates where their meaning is compared, too."""

LOOKED_AT = 40
"""Articles at most that are compared by meaning before a few of them are read."""


@dataclass(frozen=True)
class Scope:
    """What a question is asked of: the articles of an engine that pass a filter with collections and time filled in.

    `meaning` has the models that compare meanings, None where words alone decide.
    """

    engine: Engine
    filter: Filter
    meaning: Meaning | None = None

    @property
    def encoder(self) -> Encoder | None:
        """The encoder that compares meanings; None where words alone decide."""
        return None if self.meaning is None else self.meaning.encoder

    @property
    def judge(self) -> Judge | None:
        """The judge that reads the best sentences; None where words alone decide."""
        return None if self.meaning is None else self.meaning.judge

    @cached_property
    def stored(self) -> Filter:
        """The filter as engines take it: they keep articles whatever the time, and whoever speaks there."""
        return replace(self.filter, now=None, speakers=())

    @property
    def language(self) -> str:
        """The code of the language that is searched."""
        return self.filter.language or DEFAULT_LANGUAGE

    def in_language(self, language: Language) -> Scope:
        """Return the scope with the articles in a language alone; meanings are compared in one that has the rules."""
        if self.filter.language == language.code and (language.has_rules or self.meaning is None):
            return self
        within = replace(self.filter, language=language.code)
        return replace(self, filter=within, meaning=self.meaning if language.has_rules else None)

    def count_by_language(self) -> Mapping[str, int]:
        """Return how many articles each language has, by code, whichever is searched."""
        return self.engine.languages(replace(self.stored, language=""))

    def read(self, article_id: str) -> Article:
        """Return an article as the filter's collections state it."""
        return self.engine.article(article_id, self.filter.collections)

    def count(self, hidden: Collection[str] = ()) -> int:
        """Return how many articles there are, less those that nothing may name."""
        return self.engine.count(self.stored) - len(hidden)

    def count_terms(self, terms: Sequence[str]) -> Mapping[str, int]:
        """Return how many passages have each of the terms; terms that none has may be left out.

        The engine is told that a search for them follows: a distant one fetches both in one request.
        """
        self.engine.expect(terms, CANDIDATES, self.stored)
        return self.engine.statistics(terms, self.language).frequency

    def find_only_card(self, hidden: Collection[str] = ()) -> Card | None:
        """Return the card of the only article beside those that nothing may name; None if there are none or several."""
        cards = list(islice((card for card in self.engine.articles(self.stored) if card.id not in hidden), 2))
        return cards[0] if len(cards) == 1 else None


class Found(NamedTuple):
    """What was found for a question: articles, those that hold most of it first.

    `silenced` is a version that may not be cited, and why, if it holds more of the question than any that may;
    else None. `hidden` are the ids of versions that hold some of it and count as not there. `unread` are damaged
    articles that may hold some of it.
    """

    scope: Scope
    nominated: tuple[Nominated, ...] = ()
    silenced: tuple[Card, Silence] | None = None
    hidden: frozenset[str] = frozenset()
    unread: tuple[UnreadArticle, ...] = ()


class SpeakingHits(NamedTuple):
    """The hits that may be cited; `silenced`, `hidden` and `unread` are as in `Found`."""

    hits: tuple[Hit, ...]
    silenced: tuple[Card, Silence] | None = None
    hidden: frozenset[str] = frozenset()
    unread: tuple[UnreadArticle, ...] = ()


def retrieve(question: Question, scope: Scope) -> Found:
    """Return the sentences that may answer, article by article; only articles in the question's language do."""
    scope = scope.in_language(question.language)
    speaking = find_hits(add_synonyms(question, scope), CANDIDATES if scope.meaning is None else COMPARED, scope)
    losses = _weigh_articles(question, speaking.hits, scope)
    if scope.meaning is None:
        nominated = _nominate(speaking.hits, losses, scope)
    else:
        nominated = _nominate_by_meaning(question, speaking.hits, losses, scope, scope.meaning.encoder)
    return Found(scope, tuple(nominated), speaking.silenced, speaking.hidden, speaking.unread)


def _nominate(hits: Sequence[Hit], losses: Mapping[str, float], scope: Scope) -> list[Nominated]:
    """Return the sentences of the hits, of the few articles that hold most of the question."""
    numbers = _collect_numbers(hits)
    keys = sorted(losses, key=losses.__getitem__)[:READ]
    return [Nominated(scope.read(key), frozenset(numbers[key]), losses[key]) for key in keys]


def _collect_numbers(hits: Sequence[Hit]) -> dict[str, set[int]]:
    """Return the numbers of the hits' sentences by article, in the order of each article's best hit."""
    numbers: dict[str, set[int]] = {}
    for hit in hits:
        numbers.setdefault(hit.passage.article_id, set()).update(range(hit.passage.first, hit.passage.last + 1))
    return numbers


def _nominate_by_meaning(
    question: Question, hits: Sequence[Hit], losses: Mapping[str, float], scope: Scope, encoder: Encoder
) -> list[Nominated]:
    """Return the sentences of the hits and those nearest in meaning, of the few articles that come nearest.

    Articles without a hit are looked through, too, if the articles are few: other words may say the same.
    """
    numbers = _collect_numbers(hits)
    lost = load_model().affinity
    articles = {key: scope.read(key) for key in sorted(losses, key=losses.__getitem__)[:LOOKED_AT]}
    if len(articles) <= FEW and scope.count() <= FEW:
        articles |= {each.id: each for each in _read_intact(set(_list_speaking(scope)) - articles.keys(), scope)}
    held = [
        Nominated(article, frozenset(numbers.get(key, ())), losses.get(key, lost if losses else 0.0))
        for key, article in articles.items()
    ]
    return add_nearest(question, held, encoder)[:READ]


def _list_speaking(scope: Scope) -> list[str]:
    """Return the ids of all articles that may be cited."""
    cards = list(scope.engine.articles(scope.stored))
    silent = find_silences(cards, scope.filter, scope.filter.now)
    return [card.id for card in cards if card.id not in silent]


def add_synonyms(question: Question, scope: Scope) -> tuple[str, ...]:
    """Return the terms to search for: the question's, and synonyms of those that no passage has."""
    known = scope.engine.statistics(question.terms, scope.language).frequency
    more = [other for term in question.terms if not known.get(term) for other in question.synonyms.get(term, ())]
    return (*question.terms, *sorted({*more} - {*question.terms}))


def find_readable(terms: Sequence[str], scope: Scope) -> list[Article]:
    """Return the few articles whose words a mistyped question may have meant.

    They are the articles of the best passages or, if no term is known, all articles if they are few.
    """
    hits = find_hits(terms, CANDIDATES, scope).hits
    found = list(dict.fromkeys(hit.passage.article_id for hit in hits))
    if not found and scope.count() <= FEW:
        found = _list_speaking(scope)
    return list(_read_intact(found[:FEW], scope))


def _read_intact(keys: Iterable[str], scope: Scope) -> Iterator[Article]:
    """Yield the articles; a damaged one must not stop a question to the others."""
    for key in keys:
        with suppress(CorruptIndex):
            yield scope.read(key)


def find_hits(terms: Sequence[str], limit: int, scope: Scope) -> SpeakingHits:
    """Return at most `limit` of the engine's hits that may be cited, asking it for more until enough are left.

    The version of the best of the others is told as silenced, unless what may be cited holds as much of the question,
    or is a newer version of it.
    """
    wanted = limit
    hits, is_partial = scope.engine.search_current(terms, limit, scope.stored)
    while True:
        versions = _find_versions([hit.passage.article_id for hit in hits], scope)
        silent = find_silences(versions, scope.filter, scope.filter.now)
        speaking = tuple(hit for hit in hits if hit.passage.article_id not in silent)
        if (hits and speaking == hits) if is_partial else (len(speaking) >= limit or len(hits) < wanted):
            break
        wanted *= 1 if is_partial else 2  # why another is silent may have to be told: then all are looked at
        hits, is_partial = scope.engine.search(terms, wanted, scope.stored), False
    hidden = find_hidden(versions, scope.filter, scope.filter.now)
    looked_at = frozenset(card.id for card in versions if card.id in hidden and scope.filter.admits(card))
    found = SpeakingHits(speaking[:limit], hidden=looked_at, unread=_find_unread(terms, scope))
    best = next((hit for hit in hits if hit.passage.article_id in silent.keys() - hidden), None)
    if best is None:
        return found
    why = silent[best.passage.article_id]
    if speaking and (
        why is Silence.SUPERSEDED or _count_held(terms, best) <= max(_count_held(terms, hit) for hit in speaking)
    ):
        return found
    return found._replace(silenced=(scope.read(best.passage.article_id).card, why))


def may_speak(article_id: str, scope: Scope) -> bool:
    """Tell whether the article is in the scope and may be cited."""
    versions = _find_versions([article_id], scope)
    silent = find_silences(versions, scope.filter, scope.filter.now)
    return any(card.id == article_id and scope.filter.admits(card) for card in versions) and article_id not in silent


def _find_unread(terms: Sequence[str], scope: Scope) -> tuple[UnreadArticle, ...]:
    """Return the articles that the search could not read, less those that would not have been cited anyway."""
    keys = scope.engine.unread(terms, scope.stored)
    if not keys:
        return ()
    versions = _find_versions(keys, scope)
    silent = find_silences(versions, scope.filter, scope.filter.now)
    names = {card.id: card.name for card in versions}
    return tuple(UnreadArticle(key, names.get(key, "")) for key in keys if key not in silent)


def _count_held(terms: Sequence[str], hit: Hit) -> int:
    """Return how many of the terms the passage holds."""
    return len(set(terms).intersection(hit.passage.terms))


def _find_versions(found: Sequence[str], scope: Scope) -> tuple[Card, ...]:
    """Return all versions of the stories that articles of these ids are of, each story's in order of addition."""
    ids = tuple(dict.fromkeys(found))
    if not ids:
        return ()
    everywhere = Filter(collections=scope.filter.collections)
    cards = tuple(scope.engine.articles(replace(everywhere, articles=ids)))
    stories = tuple(dict.fromkeys(card.story for card in cards if card.story))
    if not stories:
        return cards
    beside = scope.engine.articles(replace(everywhere, stories=stories))
    return (*beside, *(card for card in cards if not card.story))


def _weigh_articles(question: Question, hits: Sequence[Hit], scope: Scope) -> dict[str, float]:
    """Return what each article's sentences lose against those of the article that holds most of the question.

    The articles stand in the order of their best hits.
    """
    keys = dict.fromkeys([hit.passage.article_id for hit in hits], 0.0)
    if len(keys) < 2:
        return keys
    known = scope.engine.statistics(question.terms, scope.language)
    idf = {term: bm25.idf(known.passages, known.frequency.get(term, 0)) for term in question.terms}
    wanted = frozenset(idf)
    for hit in hits:
        held = wanted.intersection(hit.passage.terms)
        cover = sum([weight for term, weight in idf.items() if term in held])
        keys[hit.passage.article_id] = max(keys[hit.passage.article_id], cover)
    best, total = max(keys.values()), sum(idf.values())
    return {key: load_model().affinity * (best - cover) / total for key, cover in keys.items()}
