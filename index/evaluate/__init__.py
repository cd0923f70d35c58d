"""Measure how good the answers are, over a set of questions whose answers people have marked.

    asked = read_set("seeds")
    print(summary(asked.name, outcomes(asked)))

A sentence is a hit if it overlaps a gold span, a shown passage if it contains one, in the right
article. If the gold are passages, the given passages are ranked instead of sentences, each at the
rank of its best sentence, and a shown passage is a hit if it overlaps one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from time import process_time
from typing import Any, Protocol

from ..asking.reply import Ranking
from ..core import open_index
from ..model import Article, Filter
from ..verdicts import Verdict
from .measures import auroc, average_precision, fpr_at_tpr, hit_at, mean, reciprocal_rank, risk_coverage
from .question_sets import Bounds, GoldKind, GoldQuestion, QuestionSet, read_set

__all__ = ["Outcome", "QuestionSet", "open_in_memory", "outcomes", "read_set", "risk_coverage", "summary"]

_Unit = tuple[str, int]
"""What is ranked: an article's id, and the number of a sentence or given passage in it."""


class RankingIndex(Protocol):
    """What is measured: an `Index`, or anything that ranks like one."""

    def rank(self, question: str, history: Sequence[str] = (), filter: Filter | None = None) -> Ranking:
        """Return all candidate sentences of a question, best first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of asking one question.

    `wrong`: it was asked of another article. `ranks` are the ranks of the `relevant` units, from 1;
    `passages` tells whether each shown passage is a hit, `cited` whether the first citation is (None
    if no gold is marked). `cpu` is process time in seconds.
    """

    question: GoldQuestion
    wrong: bool
    ranks: tuple[int, ...]
    relevant: int
    passages: tuple[bool, ...]
    cited: bool | None
    confidence: float
    verdict: Verdict
    cpu: float

    @property
    def positive(self) -> bool:
        """Whether it should be answered: the question has an answer, and the right article was asked."""
        return self.question.answerable and not self.wrong


@contextmanager
def open_in_memory(articles: Iterable[Article], *, meaning: bool = True) -> Iterator[RankingIndex]:
    """Open an index in memory over the articles; see `open_index`."""
    with open_index("memory:", meaning=meaning) as index:
        index.add(articles)
        yield index


def outcomes(
    asked: QuestionSet,
    *,
    library: bool = False,
    wrong_article: bool = False,
    opened: Callable[[Iterable[Article]], AbstractContextManager[RankingIndex]] = open_in_memory,
) -> Iterator[Outcome]:
    """Ask every question of its article and yield the outcomes.

    Args:
        asked: The set.
        library: Put all articles of the set into one index, where each may answer; else each has its own.
        wrong_article: Also ask each question of the next article of the set.
        opened: Opens an index over articles.

    Raises:
        ValueError: `wrong_article` is asked of a set with one article.
    """
    following = _pair_with_next(asked) if wrong_article else {}
    kinds = {question.kind is GoldKind.PASSAGE for question in asked.questions}
    groups = [list(asked.articles)] if library else [[key] for key in asked.articles]
    for keys in groups:
        own = [question for question in asked.questions if question.article in keys]
        others = [question for question in asked.questions if following.get(question.article) in keys]
        if not own and not others:
            continue
        scopes = {kind: _build_scope(asked, keys, by_passage=kind) for kind in kinds}
        with opened([asked.articles[key] for key in keys]) as ranker:
            for question in own:
                yield _ask(ranker, asked, scopes[question.kind is GoldKind.PASSAGE], question)
            for question in others:
                wrong = following[question.article]
                yield _ask(ranker, asked, scopes[question.kind is GoldKind.PASSAGE], question, wrong)


def _pair_with_next(asked: QuestionSet) -> dict[str, str]:
    """Return for each article the next one that has another text; the first follows the last."""
    keys = list(asked.articles)
    following: dict[str, str] = {}
    for place, key in enumerate(keys):
        circle = keys[place + 1 :] + keys[:place]
        other = next((one for one in circle if asked.articles[one].id != asked.articles[key].id), None)
        if other is None:
            raise ValueError(f"{asked.name}: asking the wrong article needs two articles or more")
        following[key] = other
    return following


def summary(name: str, measured: Iterable[Outcome]) -> dict[str, Any]:
    """Return the figures of a set; a figure that cannot be computed is None.

    Ranking is measured on the answerable questions asked of their own article; a question without
    candidates counts zero, and sentences that are not candidates rank after all others, in text order.
    The verdict is measured on "right" questions, the answerable ones, and on "wrong" ones: those asked
    of another article if there are any, else the unanswerable ones:

    * auroc: how well the confidence separates right from wrong (0.5: not at all)
    * fpr95: share of the wrong above the threshold that 95 % of the right reach
    * coverage: share of all questions `answered`
    * answered_precision: share of these whose first citation hits gold
    * answered_right, answered_wrong: share of the right, and of the wrong, `answered`
    * refused_wrong: share of the wrong `refused`
    """
    every = list(measured)
    right = [outcome for outcome in every if outcome.positive]
    wrong = [outcome for outcome in every if outcome.wrong] or [outcome for outcome in every if not outcome.positive]
    ranked = [outcome for outcome in right if outcome.question.kind is not GoldKind.NONE]
    return {
        "set": name,
        "questions": len({outcome.question.id for outcome in every}),
        "sentence": _measure_ranking(ranked) if ranked else None,
        "passage": {f"hit@{k}": _round_mean([any(outcome.passages[:k]) for outcome in ranked]) for k in (1, 3)}
        if ranked
        else None,
        "verdict": _measure_verdict(right, wrong),
        "cpu_ms": _round(mean([1000 * outcome.cpu for outcome in every])),
    }


def _measure_ranking(ranked: Sequence[Outcome]) -> dict[str, float | None]:
    return {
        "hit@1": _round_mean([hit_at(outcome.ranks, 1) for outcome in ranked]),
        "hit@3": _round_mean([hit_at(outcome.ranks, 3) for outcome in ranked]),
        "mrr": _round_mean([reciprocal_rank(outcome.ranks) for outcome in ranked]),
        "map": _round_mean([average_precision(outcome.ranks, outcome.relevant) for outcome in ranked]),
    }


def _measure_verdict(right: Sequence[Outcome], wrong: Sequence[Outcome]) -> dict[str, float | None]:
    scores = [outcome.confidence for outcome in right], [outcome.confidence for outcome in wrong]
    both = [*right, *wrong]
    answered = [outcome for outcome in both if outcome.verdict is Verdict.ANSWERED]
    marked = all(outcome.question.kind is not GoldKind.NONE for outcome in both)
    return {
        "auroc": _round(auroc(*scores)),
        "fpr95": _round(fpr_at_tpr(*scores)),
        "answered_precision": _round_mean([bool(outcome.cited) for outcome in answered]) if marked else None,
        "coverage": _measure_share(both, Verdict.ANSWERED),
        "answered_right": _measure_share(right, Verdict.ANSWERED),
        "answered_wrong": _measure_share(wrong, Verdict.ANSWERED),
        "refused_wrong": _measure_share(wrong, Verdict.REFUSED),
    }


def _measure_share(some: Sequence[Outcome], verdict: Verdict) -> float | None:
    return _round_mean([outcome.verdict is verdict for outcome in some])


def _round_mean(values: Sequence[float]) -> float | None:
    return _round(mean(values))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The articles that may answer, as units in text order: sentences, or the given passages.

    `spans` holds the spans of each article's units, in order; `order` the position of each unit among
    all, from 0; `unit_of` the unit of each sentence that has one.
    """

    spans: Mapping[str, Sequence[Bounds]]
    order: Mapping[_Unit, int]
    unit_of: Mapping[_Unit, _Unit]


def _build_scope(asked: QuestionSet, keys: Sequence[str], *, by_passage: bool) -> _Scope:
    spans: dict[str, Sequence[Bounds]] = {}
    unit_of: dict[_Unit, _Unit] = {}
    for key in keys:
        article = asked.articles[key]
        sentences = [(sentence.start, sentence.end) for sentence in article.sentences]
        units = asked.passages[key] if by_passage else sentences
        spans[article.id] = units
        starts = [start for start, _ in units]
        for number, (start, end) in enumerate(sentences, 1):
            place = bisect_right(starts, end - 1)
            if place and units[place - 1][1] > start:
                unit_of[article.id, number] = (article.id, place)
    every = ((article, number) for article, units in spans.items() for number in range(1, len(units) + 1))
    return _Scope(spans, {unit: place for place, unit in enumerate(every)}, unit_of)


def _ask(
    ranker: RankingIndex, asked: QuestionSet, scope: _Scope, question: GoldQuestion, wrong: str | None = None
) -> Outcome:
    """Ask the question of its own article, or of the article `wrong` if it is given."""
    only = None if wrong is None else Filter(articles=(asked.articles[wrong].id,))
    begin = process_time()
    ranking = ranker.rank(question.text, question.history, only)
    cpu = process_time() - begin
    right = asked.articles[question.article].id
    gold = question.gold if wrong is None else ()
    relevant = [(right, number) for number, span in enumerate(scope.spans.get(right, ()), 1) if _overlaps(span, gold)]
    hits = _overlaps if question.kind is GoldKind.PASSAGE else _contains
    first = ranking.passages[0].citations[0] if ranking.passages and ranking.passages[0].citations else None
    return Outcome(
        question=question,
        wrong=wrong is not None,
        ranks=_rank_units(ranking, scope, relevant),
        relevant=len(relevant),
        passages=tuple(
            shown.article.id == right and hits((shown.start, shown.end), gold) for shown in ranking.passages
        ),
        cited=None
        if question.kind is GoldKind.NONE
        else first is not None and first.article_id == right and _overlaps((first.start, first.end), gold),
        confidence=ranking.confidence,
        verdict=ranking.verdict,
        cpu=cpu,
    )


def _rank_units(ranking: Ranking, scope: _Scope, relevant: Sequence[_Unit]) -> tuple[int, ...]:
    """Return the ranks of the relevant units, ascending, from 1; () if nothing was ranked."""
    ranked = dict.fromkeys(
        scope.unit_of[article, number] for article, number, _ in ranking.sentences if (article, number) in scope.unit_of
    )
    if not ranked:
        return ()
    rank = {unit: place for place, unit in enumerate(ranked, 1)}
    taken = sorted(scope.order[unit] for unit in ranked)
    return tuple(sorted(rank.get(unit) or _rank_behind(scope.order[unit], taken) for unit in relevant))


def _rank_behind(place: int, taken: Sequence[int]) -> int:
    """Return the rank of the unit at position `place`, after those at the positions `taken`, which were ranked."""
    return len(taken) + 1 + place - bisect_left(taken, place)


def _overlaps(span: Bounds, gold: Iterable[Bounds]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in gold)


def _contains(span: Bounds, gold: Iterable[Bounds]) -> bool:
    return any(span[0] <= start and end <= span[1] for start, end in gold)
