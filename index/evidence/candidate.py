"""Which sentences may answer, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from ..model import Article
from . import features
from .interviews import is_asked_above, quote_heading
from .question import Question
from .views import ArticleView, SentenceView
from .weights import Model, load_model

if TYPE_CHECKING:
    from ..meaning.judge import Judge

PROMISING_BY_MEANING = 12
"""Sentences that all features are worked out for where vectors are compared, too (`features.PROMISING` where not): of
people's own questions, 1 in 60 has its answer further down."""

JUDGED = 4
"""Sentences that the judge reads for one question at most; it reads 2.7 of them on average."""

CONVINCED = 4.0
"""Log odds that convince: an answer seldom gets more."""

ASKED_ABOVE = 6.0
"""What a sentence gains, in log odds, if the heading above it asks this very question."""

Scored = tuple[float, SentenceView, float]
"""A sentence between its score, which is what it is sorted by, and what its article loses."""


class Nominated(NamedTuple):
    """An article with the `numbers` of the sentences that an engine's best passages hold.

    `loss` is what they lose because another article holds more of the question; within one article it is the same for
    all, so it never changes which of its sentences answers. `similarities` says how near each sentence of the article
    comes to the question in meaning, () where only words are compared.
    """

    article: Article
    numbers: frozenset[int]
    loss: float = 0.0
    similarities: Sequence[float] = ()


class Candidate(NamedTuple):
    """A sentence with its score, from which `loss` is already subtracted; higher is better evidence.

    `loss` is below that of its article, if the heading above the sentence asks the question.
    """

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


def rank(question: Question, nominated: Iterable[Nominated], judge: Judge | None = None) -> tuple[Candidate, ...]:
    """Return the nominated sentences as candidates, best first; () when there are none.

    All get a first score by terms and vectors alone. The promising ones are then weighed by every feature; the rest
    follow them in the order of their first score. Where meaning is compared, the judge reads the best of all.
    """
    scored = []
    for each in nominated:
        article = view_article(question.ask_of(each.article), each.article, each.similarities)
        for number in each.numbers:
            view = article.sentence(number)
            loss = each.loss - (ASKED_ABOVE if view.heading and is_asked_above(view) else 0.0)
            scored.append((weigh_first(view) - loss, view, loss))
    if not scored:
        return ()
    scored.sort(key=_order)
    by_meaning = bool(scored[0][1].article_view.similarities)
    model = load_model(by_meaning=by_meaning, language=question.language.code)
    count = PROMISING_BY_MEANING if by_meaning else features.PROMISING
    promising = [(model.score(view) - loss, view, loss) for _, view, loss in scored[:count]]
    promising.sort(key=_order)
    if by_meaning and judge is not None:
        promising = _judge(promising, judge, model)
    return tuple(Candidate(view, score, loss) for score, view, loss in _append(promising, scored[count:]))


def view_article(question: Question, article: Article, similarities: Sequence[float] = ()) -> ArticleView:
    """Return the article as the question sees it."""
    if question.language.has_rules:
        return ArticleView(question, article, similarities)
    from .other_languages import OtherArticleView  # late: most questions are in English

    return OtherArticleView(question, article, similarities)


def weigh_first(view: SentenceView) -> float:
    """Return a score by terms and vectors alone: it chooses the sentences that all features are worth."""
    article, held = view.article_view, view.held
    shares = article.shares
    return (
        4 * (len(held) / len(view.question.words))
        + shares[held]
        + shares[view.window]
        + 8 * article.paragraph(view.sentence.paragraph)[1]
        + 8 * shares[article.title - held]
        + 2.5 * features.similarity(view)
        + 8 * sum(view.letters)
    )


def _judge(scored: list[Scored], judge: Judge, model: Model) -> list[Scored]:
    """Return the scored sentences in the order of the judge's opinion, too; it is asked about the best.

    It stops where even an opinion that convinces would not put the next sentence first.
    """
    judged: list[Scored] = []
    for score, view, loss in scored[:JUDGED]:
        if judged and score + model.judged * CONVINCED <= max(judged, key=itemgetter(0))[0]:
            break
        judged.append((score + model.judged * consult(view, judge), view, loss))
    rest = scored[len(judged) :]
    judged.sort(key=_order)
    others = [view.odds for _, view, _ in judged[1:] if view.odds is not None]
    judged[0][1].odds_others = max(others, default=judged[0][1].odds_others)
    return _append(judged, rest)


def consult(view: SentenceView, judge: Judge) -> float:
    """Return the log odds that the judge gives a sentence; it reads each once for a question."""
    if view.odds is None:
        article, number = view.article_view.article, view.sentence.number
        before = quote_heading(view, number) if view.heading else _quote(article, number - 1)
        after = _quote(article, number + 1)
        view.odds = judge.weigh(view.question.text, before, view.text, after)
    return view.odds


def _quote(article: Article, number: int) -> str:
    """Return the words of the sentence with this number; "" if there is none."""
    return article.quote(article.sentences[number - 1]) if 0 < number <= len(article.sentences) else ""


def _append(best: list[Scored], rest: list[Scored]) -> list[Scored]:
    """Return the rest below the best, in its own order: the two were scored differently."""
    lowest, top = best[-1][0] - 1, rest[0][0] if rest else 0.0
    return [*best, *[(lowest - (top - score), view, loss) for score, view, loss in rest]]


def _order(row: Scored) -> tuple[float, str, int]:
    """Return by what scored sentences are sorted: best first, then by article and sentence."""
    score, view, _ = row
    return -score, view.article_view.article.id, view.sentence.number
