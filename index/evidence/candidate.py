"""Which sentences may answer, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    found = []
    for each in nominated:
        article = ArticleView(question, each.article)
        for number in each.numbers:
            view = article.sentence(number)
            found.append(Candidate(view, features.weigh(view, first) - each.loss, each.loss))
    if not found:
        return ()
    found = _sort(found)
    model = load_model()
    promising = [Candidate(one.view, model.score(one.view) - one.loss, one.loss) for one in found[: features.PROMISING]]
    best = _sort(promising)
    last = best[-1].score - 1
    rest = found[features.PROMISING :]
    behind = [Candidate(one.view, last - (rest[0].score - one.score), one.loss) for one in rest]
    return (*best, *behind)


def _sort(found: Sequence[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda one: (-one.score, one.view.article_view.article.id, one.view.sentence.number))
