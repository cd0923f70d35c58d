"""Index: the one place that joins the steps from question to reply, and that decides what may be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from math import fsum, log
from types import TracebackType

from . import answer, language, weights
from .answer import Candidate, Ranking
from .engines import Engine, open_engine
from .errors import UnknownArticle
from .fragments import linked
from .model import DEFAULT_COLLECTION, Article, Card, Citation, Filter, Hit, Reply, Sentence, Verdict
from .question import Question, read_question
from .sight import Reading

CANDIDATES = 30
"""Passages that the engine nominates for one question."""

LONGEST_QUESTION = 2000
"""Characters of a question at most; longer ones are texts, not questions."""

SUGGESTIONS_TRIED = 30
"""Questions that are tried at most to suggest some; an article that answers none of so many is not tried further."""


def open_index(address: str = "memory:") -> Index:
    """Open the index at an address: `memory:`, `disk:PATH` or `opensearch://HOST:PORT,.../NAME`.

    Raises:
        ValueError: the address is of no known kind.
        EngineError: it cannot be opened.
    """
    return Index(open_engine(address))


class Index:
    """Articles that can be asked. Use it as a context manager, or call `close`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.engine)

    def close(self) -> None:
        """Release what the engine holds; a second call does nothing."""
        self.engine.close()

    def add(self, articles: Article | Iterable[Article], collection: str = DEFAULT_COLLECTION) -> int:
        """Add one article or many, as one batch, and return how many were new to the collection."""
        return self.engine.add([articles] if isinstance(articles, Article) else articles, collection)

    def remove(self, article_id: str, collection: str = DEFAULT_COLLECTION) -> None:
        """Take an article out of a collection.

        Raises:
            UnknownArticle: it is not in it.
        """
        self.engine.remove(article_id, collection)

    def article(self, article_id: str, filter: Filter | None = None) -> Article:
        """Return an article by its id, or by a beginning of it that only one article has.

        Raises:
            UnknownArticle: none, or more than one, where the filter lets look.
        """
        visible = _visible(filter)
        found = list(self.engine.articles(replace(visible, articles=(article_id,))))
        if not found and article_id:
            found = [card for card in self.engine.articles(visible) if card.id.startswith(article_id)]
        if len(found) != 1:
            raise UnknownArticle(article_id)
        return self.engine.article(found[0].id)

    def articles(self, filter: Filter | None = None) -> Iterator[Card]:
        """Yield the cards of the articles that pass the filter, in order of first addition."""
        return self.engine.articles(_visible(filter))

    def search(self, text: str, limit: int = 10, filter: Filter | None = None) -> tuple[Hit, ...]:
        """Return the best passages for the words of `text`, best first; () when none holds any."""
        return self.engine.search(tuple(dict.fromkeys(language.terms(text))), limit, _visible(filter))

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        filter: Filter | None = None,
        *,
        limit: int = 3,
        explain: bool = False,
    ) -> Reply:
        """Answer a question with the articles' own sentences, or say that they do not.

        Args:
            question: In English; anything else is refused with a reason.
            history: Earlier questions of the conversation, oldest first.
            filter: Which articles may answer; None means all of the default collection.
            limit: Passages shown at most.
            explain: Whether the reply tells how its first citation was weighed.
        """
        stand_alone = _rewritten(question, history)
        ranking = self._ranked(stand_alone or question, _visible(filter), limit)
        return answer.reply(question, stand_alone, ranking, explain=explain)

    def suggestions(self, article_id: str, count: int = 3, filter: Filter | None = None) -> tuple[str, ...]:
        """Return at most `count` questions that this article answers, each tried; () when none was found.

        Raises:
            UnknownArticle: there is no such article where the filter lets look.
        """
        from . import suggest

        article = self.article(article_id, filter)
        within = replace(_visible(filter), articles=(article.id,))
        tried = islice(suggest.questions(article), SUGGESTIONS_TRIED)
        answered = (text for text in tried if self.ask(text, filter=within).verdict is Verdict.ANSWERED)
        return tuple(islice(answered, count))

    def rank(self, question: str, history: Sequence[str] = (), filter: Filter | None = None) -> Ranking:
        """Return all candidate sentences of a question, best first, whatever the verdict."""
        return self._ranked(_rewritten(question, history) or question, _visible(filter), limit=3)

    def _ranked(self, text: str, filter: Filter, limit: int) -> Ranking:
        problem = _unaskable(text)
        asked = read_question(text)
        if problem is None and not asked.terms:
            problem = "The question holds no word to look for; ask with a name or a thing in it."
        if problem is not None:
            return Ranking((), (), 0.0, Verdict.REFUSED, problem)
        candidates = self._candidates(asked, filter)
        if not candidates:
            return Ranking(
                (), (), 0.0, Verdict.REFUSED, answer.reason(asked, (), Verdict.REFUSED, self._looked_at(filter))
            )
        best = candidates[0]
        model = weights.model()
        confidence = model.confidence(best.sight, [candidate.score for candidate in candidates])
        verdict = model.verdict(confidence)
        return Ranking(
            sentences=tuple((candidate.article.id, candidate.number, candidate.score) for candidate in candidates),
            passages=answer.passages(candidates, confidence, limit, _cite),
            confidence=round(confidence, 4),
            verdict=verdict,
            reason=answer.reason(asked, candidates, verdict, self._looked_at(filter)),
            explain=weights.explain(best.sight, best.loss),
        )

    def _candidates(self, asked: Question, filter: Filter) -> list[Candidate]:
        numbers: dict[str, set[int]] = {}
        for hit in self._current_hits(asked.terms, filter):
            numbers.setdefault(hit.passage.article_id, set()).update(range(hit.passage.first, hit.passage.last + 1))
        readings = {key: Reading(asked, self.engine.article(key)) for key in numbers}
        losses = self._losses(asked, readings, numbers)
        model = weights.model()
        found = [
            Candidate(readings[key], number, model.score(readings[key].sight(number)) - losses[key], losses[key])
            for key, wanted in numbers.items()
            for number in wanted
        ]
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.article.id, candidate.number))

    def _current_hits(self, terms: Sequence[str], filter: Filter) -> tuple[Hit, ...]:
        """Return the engine's hits without those of superseded versions, asking for more until enough are left."""
        wanted = CANDIDATES
        while True:
            hits = self.engine.search(terms, wanted, filter)
            current = self._without_superseded(hits, filter)
            if len(current) >= CANDIDATES or len(hits) < wanted:
                return current[:CANDIDATES]
            wanted *= 2

    def _without_superseded(self, hits: tuple[Hit, ...], filter: Filter) -> tuple[Hit, ...]:
        if filter.lead is not None or filter.articles:
            return hits
        cards = {hit.passage.article_id: self.engine.article(hit.passage.article_id) for hit in hits}
        stories = tuple({card.story for card in cards.values() if card.story})
        newest: dict[str, Card] = {}
        for card in self.engine.articles(replace(filter, stories=stories)) if stories else ():
            best = newest.get(card.story)
            if best is None or (card.lead, card.id) > (best.lead, best.id):
                newest[card.story] = card
        return tuple(
            hit
            for hit in hits
            if (story := cards[hit.passage.article_id].story) not in newest
            or newest[story].id == hit.passage.article_id
        )

    def _losses(self, asked: Question, readings: dict[str, Reading], numbers: dict[str, set[int]]) -> dict[str, float]:
        """Return what each article's sentences lose against those of the article that holds most of the question.

        Within one article the loss is the same for all, so it never changes which of its sentences answers.
        """
        if len(readings) < 2:
            return dict.fromkeys(readings, 0.0)
        known = self.engine.statistics(asked.terms)
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

    def _looked_at(self, filter: Filter) -> int:
        if len(self.engine) == 1:
            return 1
        return self.engine.count(filter)


def _visible(filter: Filter | None) -> Filter:
    """Return the filter with its collections filled in: no search runs without."""
    given = filter or Filter()
    return given if given.collections else replace(given, collections=(DEFAULT_COLLECTION,))


def _rewritten(question: str, history: Sequence[str]) -> str | None:
    if not history:
        return None
    from . import followup

    return followup.rewrite(question, history)


def _unaskable(question: str) -> str | None:
    if len(question) > LONGEST_QUESTION:
        return f"The question is longer than {LONGEST_QUESTION:,} characters; ask something shorter."
    spoken = language.detect(question)
    if spoken != "en":
        return f"The question looks like another language ({spoken}); only English is understood so far."
    return None


def _cite(article: Article, sentence: Sentence, confidence: float) -> Citation:
    citation = Citation(
        article_id=article.id,
        sha256=article.sha256,
        paragraph=sentence.paragraph,
        sentence=sentence.number,
        start=sentence.start,
        end=sentence.end,
        text=article.quote(sentence),
        score=round(confidence, 4),
    )
    return linked(article, citation)
