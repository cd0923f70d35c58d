"""Which sentences may answer: those of the engine's best passages, less what may not be cited.

Superseded, withdrawn and embargoed versions are dropped here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..engines import Engine
from ..evidence import features, weights
from ..evidence.question import Question
from ..evidence.views import Reading
from ..language import bm25
from ..model import Article, Card, Filter, Hit
from ..stories import Silence, explain_silence, find_hidden, find_silences
from .reply import Candidate

CANDIDATES = 30
"""Passages that the engine nominates for one question."""

READ = 8
"""Articles at most that are read whole for one question: those of the passages that hold most of it."""

FEW = 8
"""Articles at most whose words are looked through for what a mistyped word may mean."""


def candidates(engine: Engine, asked: Question, filter: Filter) -> tuple[list[Candidate], str]:
    """Return the sentences that may answer, best first, and why a passage that holds more of the question is silent.

    The second is one sentence for the reader, "" when there is no such passage.
    """
    hits, silent = speaking_hits(engine, asked.terms, CANDIDATES, filter)
    if not hits:
        return [], silent
    losses = _losses(engine, asked, hits)
    numbers: dict[str, set[int]] = {key: set() for key in sorted(losses, key=losses.__getitem__)[:READ]}
    for hit in hits:
        if hit.passage.article_id in numbers:
            numbers[hit.passage.article_id].update(range(hit.passage.first, hit.passage.last + 1))
    readings = {key: Reading(asked, engine.article(key)) for key in numbers}
    found = [
        Candidate(reading, number, features.first_score(reading.sight(number)) - losses[key], losses[key])
        for key, reading in readings.items()
        for number in numbers[key]
    ]
    return _weighed(_best_first(found)), silent


def _weighed(found: list[Candidate]) -> list[Candidate]:
    """Return the candidates with the promising ones weighed by all features, and the rest, in its order, behind."""
    model = weights.model()
    promising = [
        Candidate(one.reading, one.number, model.score(one.sight) - one.loss, one.loss)
        for one in found[: features.PROMISING]
    ]
    best = _best_first(promising)
    last = best[-1].score - 1
    rest = found[features.PROMISING :]
    return best + [Candidate(one.reading, one.number, last - (rest[0].score - one.score), one.loss) for one in rest]


def _best_first(found: list[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.article.id, candidate.number))


def readable(engine: Engine, terms: Sequence[str], filter: Filter) -> list[Article]:
    """Return the few articles whose words a question with these terms may have meant.

    They are those of the best passages or, where no term is known, all if they are few.
    """
    hits, _ = speaking_hits(engine, terms, CANDIDATES, filter)
    found = list(dict.fromkeys(hit.passage.article_id for hit in hits))
    stored = replace(filter, now=None)
    if not found and engine.count(stored) <= FEW:
        cards = list(engine.articles(stored))
        silent = find_silences(cards, filter, filter.now)
        found = [card.id for card in cards if card.id not in silent]
    return [engine.article(key) for key in found[:FEW]]


def speaking_hits(engine: Engine, terms: Sequence[str], limit: int, filter: Filter) -> tuple[tuple[Hit, ...], str]:
    """Return at most `limit` of the engine's hits that may be cited, asking it for more until enough are left.

    The second value says for the reader why the best of the others is silent; "" when there are none, or what may be
    cited holds as much of the question, or is a newer version of it.
    """
    wanted = limit
    stored = replace(filter, now=None)  # engines keep articles whatever the time
    while True:
        hits = engine.search(terms, wanted, stored)
        versions = _versions(engine, hits, filter)
        silent = find_silences(versions, filter, filter.now)
        speaking = tuple(hit for hit in hits if hit.passage.article_id not in silent)
        if len(speaking) >= limit or len(hits) < wanted:
            break
        wanted *= 2
    told = silent.keys() - find_hidden(versions, filter, filter.now)
    best = next((hit for hit in hits if hit.passage.article_id in told), None)
    if best is None:
        return speaking[:limit], ""
    why = silent[best.passage.article_id]
    if speaking and (why is Silence.SUPERSEDED or _held(terms, best) <= max(_held(terms, hit) for hit in speaking)):
        return speaking[:limit], ""
    return speaking[:limit], explain_silence(engine.article(best.passage.article_id).card, why)


def _held(terms: Sequence[str], hit: Hit) -> int:
    """Return how many of the terms the passage holds."""
    return len(set(terms).intersection(hit.passage.terms))


def _versions(engine: Engine, hits: Sequence[Hit], filter: Filter) -> tuple[Card, ...]:
    """Return all versions of the stories that the hits are of, each story's in order of addition."""
    ids = tuple(dict.fromkeys(hit.passage.article_id for hit in hits))
    if not ids:
        return ()
    everywhere = Filter(collections=filter.collections)
    cards = tuple(engine.articles(replace(everywhere, articles=ids)))
    stories = tuple(dict.fromkeys(card.story for card in cards if card.story))
    if not stories:
        return cards
    beside = engine.articles(replace(everywhere, stories=stories))
    return (*beside, *(card for card in cards if not card.story))


def _losses(engine: Engine, asked: Question, hits: Sequence[Hit]) -> dict[str, float]:
    """Return what each article's sentences lose against those of the article that holds most of the question.

    The articles stand in the order of their best hits. Within one article the loss is the same for all, so it never
    changes which of its sentences answers.
    """
    keys = dict.fromkeys([hit.passage.article_id for hit in hits], 0.0)
    if len(keys) < 2:
        return keys
    known = engine.statistics(asked.terms)
    idf = {term: bm25.idf(known.passages, known.frequency.get(term, 0)) for term in asked.terms}
    wanted = frozenset(idf)
    for hit in hits:
        held = wanted.intersection(hit.passage.terms)
        cover = sum([weight for term, weight in idf.items() if term in held])
        keys[hit.passage.article_id] = max(keys[hit.passage.article_id], cover)
    best, total = max(keys.values()), sum(idf.values())
    return {key: weights.model().affinity * (best - cover) / total for key, cover in keys.items()}
