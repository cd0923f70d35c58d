"""From ranked sentences to a reply: the verdict and its reason, the passages shown, the sentences cited.

What came first is remembered, so that a follow-up need not look for it again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import exp, log
from typing import NamedTuple

from ..citations.citation import make_citation
from ..evidence import weights
from ..evidence.candidate import Candidate, consult, rank
from ..evidence.offices import find_bearers
from ..evidence.question import Question
from ..evidence.signs import denied
from ..model import Article, Filter, Reply, ShownPassage
from ..verdicts import Reason, ReasonCode, Verdict, name_unread
from . import reasons
from .retrieve import Found, Scope, retrieve
from .understand import Refusal

LONGEST = 6
"""Sentences in a shown passage at most: windows that overlap are merged only up to this length."""

UNLIKELY = 10
"""Hide further passages of an answer whose odds are below the first one's by this factor."""

REMEMBERED = 4096
"""Questions that are remembered at most, over all conversations: three of each of 1,000 chats, in about 4 MB."""

_BEFORE = 3
"""Earlier questions that a question must have had, too, to be the same."""

_Key = tuple[Filter, tuple[str, ...], bool, tuple[str, ...]]


class Judgement(NamedTuple):
    """The verdict, why, and the calibrated `confidence`, 0 to 1, that the best sentence answers."""

    confidence: float
    verdict: Verdict
    reason: Reason


class Answered(NamedTuple):
    """The question that was answered, what was found for it, the sentences, best first, and the verdict."""

    meant: Question
    found: Found
    ranked: tuple[Candidate, ...]
    judgement: Judgement


class Ranking(NamedTuple):
    """All candidates of a question, best first, and the passages that would be shown whatever the verdict.

    `sentences` holds (article id, sentence number, score). `confidence` is 0 without any.
    """

    sentences: tuple[tuple[str, int, float], ...]
    passages: tuple[ShownPassage, ...]
    confidence: float
    verdict: Verdict
    reason: Reason


def answer_alone(meant: Question, scope: Scope) -> Answered:
    """Look for the question, rank what was found and judge it: a question that hangs on no other."""
    found = retrieve(meant, scope)
    ranked = rank(meant, found.nominated, found.scope.judge)
    return Answered(meant, found, ranked, judge(meant, ranked, found))


def focus_on(found: Answered, start: int, end: int) -> Answered:
    """Return of what was found the sentences between two offsets, judged anew; all of it if they are not related."""

    def reaches(candidate: Candidate) -> bool:
        sentence = candidate.article.sentences[candidate.number - 1]
        return sentence.start < end and sentence.end > start

    ranked = tuple(filter(reaches, found.ranked))
    judgement = judge(found.meant, ranked, found.found)
    return found if judgement.verdict is Verdict.REFUSED else found._replace(ranked=ranked, judgement=judgement)


def judge(question: Question, ranked: Sequence[Candidate], found: Found) -> Judgement:
    """Return the verdict on the best sentence and why; a refusal if there is no sentence."""
    silence = None if found.silenced is None else reasons.explain_silence(*found.silenced)
    if not ranked:
        return Judgement(0.0, Verdict.REFUSED, silence or _explain_unread(found) or _explain_nothing(question, found))
    best = ranked[0].view
    if found.scope.judge is not None:  # a follow-up may put a sentence first that it has not read
        consult(best, found.scope.judge)
    by_meaning = bool(best.article_view.similarities)
    estimate = weights.load_model(by_meaning=by_meaning, language=question.language.code).estimate(best)
    if estimate.verdict is Verdict.ANSWERED:
        return Judgement(estimate.confidence, estimate.verdict, reasons.explain_answer(best))
    reason = silence
    if reason is None and estimate.verdict is Verdict.RELATED:
        reason = reasons.explain_relation(best, find_bearers(best))
    if reason is None:  # it may stand where nobody could look
        reason = _explain_unread(found)
    if reason is None and not weights.names_something(best):
        reason = reasons.make_reason(ReasonCode.NO_WORDS)
    if reason is None:  # only a "no" tells how many articles were looked through
        reason = reasons.explain_shortfall(best, found.scope.count(found.hidden), denied=denied(best) > 0)
    return Judgement(estimate.confidence, estimate.verdict, reason)


def _explain_unread(found: Found) -> Reason | None:
    """Return that an article could not be looked into, None if all could: "no" must not be said for "do not know"."""
    return reasons.make_reason(ReasonCode.UNREAD, articles=name_unread(found.unread)) if found.unread else None


def _explain_nothing(question: Question, found: Found) -> Reason:
    """Return why no passage was found."""
    looked = found.scope.count(found.hidden)
    if not looked:
        others = found.scope.count_by_language()
        return reasons.explain_emptiness(found.scope.filter, others)
    only = found.scope.find_only_card(found.hidden) if looked == 1 else None
    return reasons.explain_missing_words(question, looked, question.language.analyse(only.title) if only else ())


def compose(question: Question, ranked: Sequence[Candidate], judgement: Judgement, found: Found, limit: int) -> Reply:
    """Return the reply. An answer drops unlikely further passages; a refusal shows none."""
    windows = [] if judgement.verdict is Verdict.REFUSED else _find_windows(ranked, limit)
    if judgement.verdict is Verdict.ANSWERED:
        windows = [each for each in windows if _is_likely(each.candidates[0], ranked[0])]
    return Reply(
        question=question.asked,
        understood=question.understood,
        verdict=judgement.verdict,
        confidence=round(judgement.confidence, 4),
        reason=judgement.reason,
        passages=_show_windows(windows, ranked, judgement.confidence),
        unread=found.unread,
        by_meaning=found.scope.meaning is not None,
    )


def _is_likely(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether a sentence is worth showing beside the best one: by its score, and by the judge if there is one.

    What the judge did not read, since something else was ahead by far, is not.
    """
    least = -log(UNLIKELY)
    if best.view.odds is not None and (candidate.view.odds is None or candidate.view.odds - best.view.odds < least):
        return False
    return candidate.score - best.score >= least


def refuse(refusal: Refusal) -> Reply:
    """Return the reply to what cannot be asked."""
    understood = None if refusal.text == refusal.asked else refusal.text
    return Reply(refusal.asked, understood, Verdict.REFUSED, 0.0, refusal.reason)


def show_passages(ranked: Sequence[Candidate], confidence: float, limit: int) -> tuple[ShownPassage, ...]:
    """Return at most `limit` passages: each of the best sentences with its two neighbours.

    Windows of one article that overlap are merged, and the next sentence fills up. The
    sentence that brought a passage in is cited; so is one merged into it that is at least half
    as likely and holds a word of the question that those lack. Scores are odds: the model is a logit, so a sentence is
    exp(difference of scores) times as likely as the best one, whose score is the `confidence`.
    """
    return _show_windows(_find_windows(ranked, limit), ranked, confidence)


def _find_windows(ranked: Sequence[Candidate], limit: int) -> list[_Window]:
    shown: list[_Window] = []
    for candidate in ranked:
        window = _Window(
            candidate.article,
            max(1, candidate.number - 1),
            min(len(candidate.article.sentences), candidate.number + 1),
            [candidate],
        )
        touching = [other for other in shown if other.overlaps(window)]
        if not touching:
            if len(shown) == limit:
                break
            shown.append(window)
            continue
        merged = touching[0]
        if len(touching) == 1 and max(merged.last, window.last) - min(merged.first, window.first) < LONGEST:
            merged.first, merged.last = min(merged.first, window.first), max(merged.last, window.last)
        if merged.first <= candidate.number <= merged.last:
            merged.candidates.append(candidate)
    return shown


def _show_windows(
    windows: Sequence[_Window], ranked: Sequence[Candidate], confidence: float
) -> tuple[ShownPassage, ...]:
    return tuple(
        _show(window, [confidence * exp(each.score - ranked[0].score) for each in window.candidates])
        for window in windows
    )


@dataclass(slots=True)
class _Window:
    article: Article
    first: int
    last: int
    candidates: list[Candidate]

    def overlaps(self, other: _Window) -> bool:
        return self.article.id == other.article.id and self.first <= other.last and other.first <= self.last


def _show(window: _Window, scores: Sequence[float]) -> ShownPassage:
    article = window.article
    sentences = article.sentences[window.first - 1 : window.last]
    held = window.candidates[0].view.held
    cited = [(window.candidates[0], scores[0])]
    for candidate, score in zip(window.candidates[1:], scores[1:], strict=True):
        if score >= scores[0] / 2 and not candidate.view.held <= held:
            held |= candidate.view.held
            cited.append((candidate, score))
    citations = tuple(make_citation(article, article.sentences[each.number - 1], score) for each, score in cited)
    start, end = sentences[0].start, sentences[-1].end
    return ShownPassage(
        article=article.card,
        paragraphs=tuple(dict.fromkeys(sentence.paragraph for sentence in sentences)),
        start=start,
        end=end,
        text=article.text[start:end],
        score=citations[0].score,
        citations=citations,
    )


class RememberedAnswer(NamedTuple):
    """What became of a question: how it was `understood`, the verdict, and the sentence that came first.

    `held` is the share of its words in and around that sentence. `article_id` is "" where nothing was found.
    """

    understood: str
    verdict: Verdict
    article_id: str = ""
    sentence: int = 0
    held: float = 0.0


def remember_answer(found: Answered | Refusal) -> RememberedAnswer:
    """Return what is to be remembered of an answer."""
    if isinstance(found, Refusal):
        return RememberedAnswer(found.text, Verdict.REFUSED)
    if not found.ranked:
        return RememberedAnswer(found.meant.text, found.judgement.verdict)
    first = found.ranked[0]
    held = len(first.view.window) / max(1, len(first.view.article_view.question.words))
    return RememberedAnswer(found.meant.text, found.judgement.verdict, first.article.id, first.number, held)


class AnswerMemory:
    """What became of the last questions of an index, by what they were asked of and what was asked before.

    Nothing hangs on it but time: what it lacks is asked again. It holds no article, and whoever changes the articles
    has to `forget`; several threads may use it.
    """

    def __init__(self) -> None:
        self._told: OrderedDict[_Key, RememberedAnswer] = OrderedDict()

    def keep(self, question: str, history: Sequence[str], scope: Scope, told: RememberedAnswer) -> None:
        """Remember what became of a question; when there are too many, the oldest is forgotten."""
        if len(self._told) >= REMEMBERED:
            with suppress(KeyError):  # another thread has just forgotten all
                self._told.popitem(last=False)
        self._told[_make_key(question, history, scope)] = told

    def find(self, question: str, history: Sequence[str], scope: Scope) -> RememberedAnswer | None:
        """Return what became of the question; None if it is not remembered."""
        return self._told.get(_make_key(question, history, scope))

    def forget(self) -> None:
        """Forget all of them."""
        self._told = OrderedDict()


def _make_key(question: str, history: Sequence[str], scope: Scope) -> _Key:
    return scope.stored, scope.filter.speakers, scope.meaning is not None, (*history[-_BEFORE:], question)
