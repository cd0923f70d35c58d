"""From ranked sentences to a reply: which passages are shown, what is cited, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from ..evidence import features, offices, signs
from ..evidence.question import Question
from ..evidence.views import Reading, Sight
from ..language.terms import analyse
from ..model import Article, Citation, Reply, Sentence, ShownPassage, Verdict

LONGEST = 6
"""Sentences in a shown passage at most: windows that overlap are merged only up to this length."""

UNLIKELY = 20
"""How many times less likely than the answer a passage of another article is that is not worth showing beside it."""

_QUANTITIES = frozenset(("many", "much"))
"""Words of "how many" and "how much": that an article lacks them tells a reader nothing."""

_GIVEN = {
    "age": "age",
    "count": "number of them",
    "duration": "span of time",
    "money": "sum of money",
    "share": "share",
    "time": "time",
}
"""What a sentence lacks that has nothing of the measurable kind that is asked for."""

Cite = Callable[[Article, Sentence, float], Citation]
"""Makes the citation of a sentence; the core passes one that adds links and speakers."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with its article as read for the question; a higher score is better evidence.

    `loss` is what the score lost because another article holds more of the question.
    """

    reading: Reading
    number: int
    score: float
    loss: float = 0.0

    @property
    def article(self) -> Article:
        """The article that the sentence is of."""
        return self.reading.article

    @property
    def sight(self) -> Sight:
        """The sentence as the question sees it."""
        return self.reading.sight(self.number)


@dataclass(frozen=True, slots=True)
class Ranking:
    """All candidates of a question, best first, and what would be shown of them.

    `sentences` holds (article id, sentence number, score). `confidence` is 0 without any.
    """

    sentences: tuple[tuple[str, int, float], ...]
    passages: tuple[ShownPassage, ...]
    confidence: float
    verdict: Verdict
    reason: str
    explain: Mapping[str, Any] | None = None


def reply(question: str, understood: str | None, ranking: Ranking) -> Reply:
    """Return the ranking as a reply: an answer without what only shares words with it, a refusal without passages."""
    shown = ranking.passages
    if ranking.verdict is Verdict.REFUSED:
        shown = ()
    elif ranking.verdict is Verdict.ANSWERED:
        best = shown[0]
        shown = tuple(each for each in shown if each.article == best.article or each.score >= best.score / UNLIKELY)
    return Reply(
        question=question,
        understood=understood,
        verdict=ranking.verdict,
        confidence=ranking.confidence,
        reason=ranking.reason,
        passages=shown,
        explain=ranking.explain,
    )


def passages(ranked: Sequence[Candidate], confidence: float, limit: int, cite: Cite) -> tuple[ShownPassage, ...]:
    """Return at most `limit` passages: each of the best sentences with its two neighbours.

    Windows of one article that overlap are merged, and the next sentence fills up. The
    sentence that brought a passage in is cited; so is one merged into it that is at least half
    as likely. Scores are odds: the model is a logit, so a sentence is exp(difference of scores) times as
    likely as the best one, whose score is the `confidence`.
    """
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
    return tuple(
        _shown(window, [confidence * exp(each.score - ranked[0].score) for each in window.candidates], cite)
        for window in shown
    )


@dataclass(slots=True)
class _Window:
    article: Article
    first: int
    last: int
    candidates: list[Candidate]

    def overlaps(self, other: _Window) -> bool:
        return self.article.id == other.article.id and self.first <= other.last and other.first <= self.last


def _shown(window: _Window, scores: Sequence[float], cite: Cite) -> ShownPassage:
    article = window.article
    sentences = article.sentences[window.first - 1 : window.last]
    citations = tuple(
        cite(article, article.sentences[candidate.number - 1], score)
        for candidate, score in zip(window.candidates, scores, strict=True)
        if score >= scores[0] / 2
    )
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


def reason(question: Question, ranked: Sequence[Candidate], verdict: Verdict, articles: int, headline: str = "") -> str:
    """Return one line that says why this verdict, in words of the question.

    `articles` counts those that were looked through; `headline` is that of the closest one or of the only one. It is
    no part of what is searched, but a reader who sees a word there would not believe that it is never mentioned.
    """
    told = {term: word for term, word in question.words.items() if word.lower() not in _QUANTITIES} or question.words
    best = ranked[0] if ranked else None
    near = best.sight.window if best else frozenset()
    if verdict is Verdict.ANSWERED:
        return f"A sentence holds {_listed([word for term, word in question.words.items() if term in near], 'and')}."
    if best and verdict is Verdict.RELATED and (bearers := offices.bearers(best.sight)):
        return f"It names {_listed(bearers, 'and')}, but no sentence found says whose office is meant."
    if best and near and verdict is Verdict.RELATED and best.sight.question.wants in _GIVEN and not best.sight.wanted:
        return _without(best.sight)
    held = frozenset[str]().union(*best.reading.held) if best else frozenset[str]()
    above = set(analyse(headline)) - held
    missing = [word for term, word in told.items() if term not in held | above]
    apart = [word for term, word in told.items() if term in held and term not in near]
    if missing and best and near and verdict is Verdict.RELATED:
        return f"It speaks of {_listed(_heaviest(best.sight), 'and')}, but never mentions {_listed(missing)}."
    if missing:
        nobody = "The closest article never mentions" if ranked else f"None of the {articles} articles mentions"
        return f"{'The article never mentions' if articles == 1 else nobody} {_listed(missing)}."
    titled = [word for term, word in told.items() if term in above]
    return f"Only the headline mentions {_listed(titled)}." if titled else _shortfall(best, apart)


def _shortfall(best: Candidate | None, apart: Sequence[str]) -> str:
    """Return what keeps a sentence from answering though the article knows every word; `apart` stand elsewhere."""
    if apart:
        return f"No sentence brings {_listed(apart)} together with the rest of the question."
    if best and not features.wanted(best.sight):
        return _without(best.sight)
    if best and signs.denied(best.sight):
        return "The question asks what is not so; no sentence was found that says that."
    return "The words are there, but no sentence was found that states it."


def _without(sight: Sight) -> str:
    wants = sight.question.wants
    return (
        f"The closest sentence speaks of {_listed(_heaviest(sight), 'and')}, but gives no {_GIVEN.get(wants, wants)}."
    )


def _heaviest(sight: Sight) -> list[str]:
    """Return at most three words of the question that the sentence and its neighbours hold, in its order."""
    words, idf = sight.question.words, sight.reading.idf
    parts = {part for word in words.values() if "-" in word for part in word.split("-")}  # "Eun-hye" says it all
    told = [term for term, word in words.items() if term in sight.window and word not in parts]
    found = sorted(told, key=lambda term: -idf[term])[:3]
    return [word for term, word in words.items() if term in found]


def _listed(words: Iterable[str], joint: str = "or") -> str:
    quoted = [f"“{word}”" for word in words]
    if len(quoted) < 2:
        return quoted[0] if quoted else "it"
    return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
