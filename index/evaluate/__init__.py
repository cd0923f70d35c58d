"""How good the answers are, measured over a set of questions whose answers people have marked.

    asked = read_set("seeds")
    print(summary(asked.name, outcomes(asked)))

A sentence hits if it overlaps a gold span, a shown passage if it contains one, each in the right
article. Where the gold are passages, the given passages take the place of sentences (each stands
where its best sentence stands) and a shown passage hits if it overlaps one.
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
from .question_sets import Asked, Bounds, GoldKind, QuestionSet, read_set

__all__ = ["Outcome", "QuestionSet", "outcomes", "read_set", "risk_coverage", "summary"]

_Unit = tuple[str, int]
"""A ranked thing: article id, and the number of its sentence or given passage."""


class Ranker(Protocol):
    """What is measured: an `Index`, or anything that ranks as one."""

    def rank(self, question: str, history: Sequence[str] = (), filter: Filter | None = None) -> Ranking:
        """Return all candidate sentences of a question, best first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking one question.

    `wrong` tells that it was asked of another article. `ranks` are the ranks of the `relevant` units,
    `passages` whether each shown passage hits, `cited` whether the first citation does (None where
    no gold was marked). `cpu` is process time in seconds.
    """

    question: Asked
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
def in_memory(articles: Iterable[Article]) -> Iterator[Ranker]:
    """Open an index in memory over the articles."""
    with open_index("memory:") as index:
        index.add(articles)
        yield index


def outcomes(
    asked: QuestionSet,
    *,
    library: bool = False,
    wrong_article: bool = False,
    opened: Callable[[Iterable[Article]], AbstractContextManager[Ranker]] = in_memory,
) -> Iterator[Outcome]:
    """Ask every question of its article and yield what came of it.

    Args:
        asked: The set.
        library: All articles of the set stand in one index and may answer; else each stands alone.
        wrong_article: Each question is asked of the following article of the set, too.
        opened: Opens an index over articles.

    Raises:
        ValueError: `wrong_article` is wanted of a set of one article.
    """
    following = _following(asked) if wrong_article else {}
    kinds = {question.kind is GoldKind.PASSAGE for question in asked.questions}
    groups = [list(asked.articles)] if library else [[key] for key in asked.articles]
    for keys in groups:
        own = [question for question in asked.questions if question.article in keys]
        others = [question for question in asked.questions if following.get(question.article) in keys]
        if not own and not others:
            continue
        scopes = {kind: _scope(asked, keys, by_passage=kind) for kind in kinds}
        with opened([asked.articles[key] for key in keys]) as ranker:
            for question in own:
                yield _ask(ranker, asked, scopes[question.kind is GoldKind.PASSAGE], question)
            for question in others:
                wrong = following[question.article]
                yield _ask(ranker, asked, scopes[question.kind is GoldKind.PASSAGE], question, wrong)


def _following(asked: QuestionSet) -> dict[str, str]:
    """Return for each article the next one, in a circle, that has another text."""
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
    """Return the figures of a set; one that cannot be told is None.

    Ranking counts the answerable questions asked of their own article; one without any candidate
    counts zero, and sentences that are no candidates stand after all others, in text order.
    Figures of the verdict, where "right" are the answerable questions, and "wrong" the unanswerable
    ones, or those asked of another article if any were:

    * auroc: how well the confidence tells right from wrong (0.5: not at all)
    * fpr95: share of the wrong let through by the threshold that lets 95 % of the right through
    * coverage: share of all questions `answered`
    * answered_precision: of those, the share whose first citation hits gold
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
        "sentence": _ranking_figures(ranked) if ranked else None,
        "passage": {f"hit@{k}": _rounded([any(outcome.passages[:k]) for outcome in ranked]) for k in (1, 3)}
        if ranked
        else None,
        "verdict": _verdict_figures(right, wrong),
        "cpu_ms": _round(mean([1000 * outcome.cpu for outcome in every])),
    }


def _ranking_figures(ranked: Sequence[Outcome]) -> dict[str, float | None]:
    return {
        "hit@1": _rounded([hit_at(outcome.ranks, 1) for outcome in ranked]),
        "hit@3": _rounded([hit_at(outcome.ranks, 3) for outcome in ranked]),
        "mrr": _rounded([reciprocal_rank(outcome.ranks) for outcome in ranked]),
        "map": _rounded([average_precision(outcome.ranks, outcome.relevant) for outcome in ranked]),
    }


def _verdict_figures(right: Sequence[Outcome], wrong: Sequence[Outcome]) -> dict[str, float | None]:
    scores = [outcome.confidence for outcome in right], [outcome.confidence for outcome in wrong]
    both = [*right, *wrong]
    answered = [outcome for outcome in both if outcome.verdict is Verdict.ANSWERED]
    marked = all(outcome.question.kind is not GoldKind.NONE for outcome in both)
    return {
        "auroc": _round(auroc(*scores)),
        "fpr95": _round(fpr_at_tpr(*scores)),
        "answered_precision": _rounded([bool(outcome.cited) for outcome in answered]) if marked else None,
        "coverage": _share(both, Verdict.ANSWERED),
        "answered_right": _share(right, Verdict.ANSWERED),
        "answered_wrong": _share(wrong, Verdict.ANSWERED),
        "refused_wrong": _share(wrong, Verdict.REFUSED),
    }


def _share(some: Sequence[Outcome], verdict: Verdict) -> float | None:
    return _rounded([outcome.verdict is verdict for outcome in some])


def _rounded(values: Sequence[float]) -> float | None:
    return _round(mean(values))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The articles that may answer, as units in text order: sentences, or the given passages.

    `spans` holds for each article id where its units stand, in order, `order` each unit's place among
    all, from 0, and `unit_of` the unit of each sentence, where it has one.
    """

    spans: Mapping[str, Sequence[Bounds]]
    order: Mapping[_Unit, int]
    unit_of: Mapping[_Unit, _Unit]


def _scope(asked: QuestionSet, keys: Sequence[str], *, by_passage: bool) -> _Scope:
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


def _ask(ranker: Ranker, asked: QuestionSet, scope: _Scope, question: Asked, wrong: str | None = None) -> Outcome:
    """Ask the question, of the article `wrong` alone if one is named."""
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
        ranks=_ranks(ranking, scope, relevant),
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


def _ranks(ranking: Ranking, scope: _Scope, relevant: Sequence[_Unit]) -> tuple[int, ...]:
    """Return the ranks of the relevant units, ascending; () if nothing was ranked."""
    ranked = dict.fromkeys(
        scope.unit_of[article, number] for article, number, _ in ranking.sentences if (article, number) in scope.unit_of
    )
    if not ranked:
        return ()
    rank = {unit: place for place, unit in enumerate(ranked, 1)}
    taken = sorted(scope.order[unit] for unit in ranked)
    return tuple(sorted(rank.get(unit) or _rank_behind(scope.order[unit], taken) for unit in relevant))


def _rank_behind(place: int, taken: Sequence[int]) -> int:
    """Return the rank of the unit at `place` when the units at the places `taken` stand before all others."""
    return len(taken) + 1 + place - bisect_left(taken, place)


def _overlaps(span: Bounds, gold: Iterable[Bounds]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in gold)


def _contains(span: Bounds, gold: Iterable[Bounds]) -> bool:
    return any(span[0] <= start and end <= span[1] for start, end in gold)
