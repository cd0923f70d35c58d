"""Which sentences may answer: those of the engine's best passages, less what may not be cited.

Superseded, withdrawn and embargoed versions are dropped here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import fsum, log

from . import evidence, weights
from .answer import Candidate
from .engines import Engine
from .model import Article, Filter, Hit
from .question import Question
from .sight import Reading
from .versions import Silence, silences, told

CANDIDATES = 30
"""Passages that the engine nominates for one question."""

FEW = 8
"""Articles at most whose words are looked through for what a mistyped word may mean."""


def candidates(engine: Engine, asked: Question, filter: Filter) -> tuple[list[Candidate], str]:
    """Return the sentences that may answer, best first, and, where none is left, why what was found is silent.

    The second is one sentence for the reader, "" when nothing was found or something may speak.
    """
    hits, silent = speaking_hits(engine, asked.terms, CANDIDATES, filter)
    numbers: dict[str, set[int]] = {}
    for hit in hits:
        numbers.setdefault(hit.passage.article_id, set()).update(range(hit.passage.first, hit.passage.last + 1))
    readings = {key: Reading(asked, engine.article(key)) for key in numbers}
    losses = _losses(engine, asked, readings, numbers)
    found = [
        Candidate(reading, number, evidence.first_score(reading.sight(number)) - losses[key], losses[key])
        for key, reading in readings.items()
        for number in numbers[key]
    ]
    return _weighed(_best_first(found)), "" if found else silent


def _weighed(found: list[Candidate]) -> list[Candidate]:
    """Return the candidates with the promising ones weighed by all features, and the rest, in its order, behind."""
    promising, rest = found[: evidence.PROMISING], found[evidence.PROMISING :]
    model = weights.model()
    weighed = _best_first([replace(one, score=model.score(one.sight) - one.loss) for one in promising])
    behind = [replace(one, score=weighed[-1].score - 1 - (rest[0].score - one.score)) for one in rest]
    return weighed + behind


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
        silent = silences(cards, filter, filter.now)
        found = [card.id for card in cards if card.id not in silent]
    return [engine.article(key) for key in found[:FEW]]


def speaking_hits(engine: Engine, terms: Sequence[str], limit: int, filter: Filter) -> tuple[tuple[Hit, ...], str]:
    """Return at most `limit` of the engine's hits that may be cited, asking it for more until enough are left.

    The second value says for the reader why the best of the others is silent, "" when there are none.
    """
    wanted = limit
    stored = replace(filter, now=None)  # engines keep articles whatever the time
    while True:
        hits = engine.search(terms, wanted, stored)
        silent = _silences(engine, hits, filter)
        speaking = tuple(hit for hit in hits if hit.passage.article_id not in silent)
        if len(speaking) >= limit or len(hits) < wanted:
            break
        wanted *= 2
    lost = next((hit.passage.article_id for hit in hits if hit.passage.article_id in silent), None)
    return speaking[:limit], told(engine.article(lost).card, silent[lost]) if lost else ""


def _silences(engine: Engine, hits: Sequence[Hit], filter: Filter) -> Mapping[str, Silence]:
    ids = tuple(dict.fromkeys(hit.passage.article_id for hit in hits))
    if not ids:
        return {}
    everywhere = Filter(collections=filter.collections)
    cards = {card.id: card for card in engine.articles(replace(everywhere, articles=ids))}
    stories = tuple(dict.fromkeys(card.story for card in cards.values() if card.story))
    if stories:
        cards |= {card.id: card for card in engine.articles(replace(everywhere, stories=stories))}
    return silences(cards.values(), filter, filter.now)


def _losses(
    engine: Engine, asked: Question, readings: Mapping[str, Reading], numbers: Mapping[str, set[int]]
) -> dict[str, float]:
    """Return what each article's sentences lose against those of the article that holds most of the question.

    Within one article the loss is the same for all, so it never changes which of its sentences answers.
    """
    if len(readings) < 2:
        return dict.fromkeys(readings, 0.0)
    known = engine.statistics(asked.terms)
    idf = {
        term: log(1 + (known.passages - n + 0.5) / (n + 0.5))
        for term in asked.terms
        for n in (known.frequency.get(term, 0),)
    }
    total = fsum(idf.values())
    cover = {
        key: max(fsum(idf[term] for term in reading.sight(number).window) for number in numbers[key]) / total
        for key, reading in readings.items()
    }
    best = max(cover.values())
    return {key: weights.model().affinity * (best - share) for key, share in cover.items()}
