"""Which sentences may answer, best first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Article
from . import features
from .question import Question
from .views import ArticleView, SentenceView
from .weights import load_model


@dataclass(frozen=True, slots=True)
class Nominated:
    """An article with the `numbers` of the sentences that an engine's best passages hold.

    `loss` is what they lose because another article holds more of the question; within one article it is the same for
    all, so it never changes which of its sentences answers.
    """

    article: Article
    numbers: frozenset[int]
    loss: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with its score, from which `loss` is already subtracted; higher is better evidence."""

    view: SentenceView
    score: float
    loss: float = 0.0

    @property
    def article(self) -> Article:
        """The article that the sentence is of."""
        return self.view.article_view.article

    @property
    def number(self) -> int:
        """The number of the sentence."""
        return self.view.sentence.number


def rank(question: Question, nominated: Iterable[Nominated]) -> tuple[Candidate, ...]:
    """Return the nominated sentences as candidates, best first; () when there are none.

    All get a first score by terms alone. The promising ones are then weighed by every feature; the rest follow them in
    the order of their first score.
    """
    first = features.pick_features(features.FIRST)
    scored = []
    for each in nominated:
        article = ArticleView(question, each.article)
        for number in each.numbers:
            view = article.sentence(number)
            scored.append((features.weigh(view, first) - each.loss, view, each.loss))
    if not scored:
        return ()
    scored.sort(key=_order)
    model = load_model()
    promising = [(model.score(view) - loss, view, loss) for _, view, loss in scored[: features.PROMISING]]
    promising.sort(key=_order)
    rest = scored[features.PROMISING :]
    last, top = promising[-1][0] - 1, rest[0][0] if rest else 0.0
    best = [Candidate(view, score, loss) for score, view, loss in promising]
    return (*best, *[Candidate(view, last - (top - score), loss) for score, view, loss in rest])


def _order(row: tuple[float, SentenceView, float]) -> tuple[float, str, int]:
    """Return by what scored sentences are sorted: best first, then by article and sentence."""
    score, view, _ = row
    return -score, view.article_view.article.id, view.sentence.number
