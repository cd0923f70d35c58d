"""Index: the one place that joins the steps from question to reply, and that decides what may be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from types import TracebackType

from .asking import reply as answer
from .asking import retrieve, typos
from .asking.reply import Ranking
from .citations import dates, speakers
from .engines import Engine, Login, open_engine
from .errors import UnknownArticle
from .evidence import weights
from .evidence.question import read_question
from .grouping import join_stories
from .language.detect import detect_language
from .language.terms import analyse
from .model import DEFAULT_COLLECTION, Article, Card, Citation, Filter, Hit, Reply, Sentence, Verdict

_GREETING = re.compile(
    r"\W*(?:hi|hello|hey|thanks|thank you|cheers|ok|okay|bye|goodbye|good (?:morning|afternoon|evening|night))"
    r"(?:\W+(?:there|you|all|again|bot|so|very|much|a lot|everyone))*\W*",
    re.IGNORECASE,
)

LONGEST_QUESTION = 2000
"""Characters of a question at most; longer ones are texts, not questions."""

SUGGESTIONS_TRIED = 30
"""Questions that are tried at most to suggest some; an article that answers none of so many is not tried further."""


def open_index(address: str = "memory:", login: Login | None = None) -> Index:
    """Open the index at an address: `memory:`, `disk:PATH` or `opensearch://HOST:PORT,.../NAME`.

    `login` is for a cluster that asks who we are; the address never holds a password.

    Raises:
        ValueError: the address is of no known kind.
        EngineError: it cannot be opened.
    """
    return Index(open_engine(address, login))


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
        """Add one article or many, as one batch, and return how many were new to the collection.

        Each is joined to the story that the collection knows an earlier or later version of.
        """

        def around(day: date) -> Iterator[Card]:
            noon = datetime.combine(day, time(12), UTC)
            spread = timedelta(days=2)  # the same day in any zone
            return self.engine.articles(Filter(collections=(collection,), since=noon - spread, until=noon + spread))

        def everything() -> Iterator[Card]:
            return self.engine.articles(Filter(collections=(collection,)))

        batch = [articles] if isinstance(articles, Article) else articles
        return self.engine.add(join_stories(batch, around, everything), collection)

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
        visible = _stored(filter)
        found = list(self.engine.articles(replace(visible, articles=(article_id,))))
        if not found and article_id:
            found = [card for card in self.engine.articles(visible) if card.id.startswith(article_id)]
        if len(found) != 1:
            raise UnknownArticle(article_id)
        return self.engine.article(found[0].id)

    def articles(self, filter: Filter | None = None) -> Iterator[Card]:
        """Yield the cards of the articles that pass the filter, in order of first addition."""
        return self.engine.articles(_stored(filter))

    def search(self, text: str, limit: int = 10, filter: Filter | None = None) -> tuple[Hit, ...]:
        """Return the best passages for the words of `text` that may be cited, best first; () when none holds any."""
        terms = tuple(dict.fromkeys(analyse(text)))
        return retrieve.speaking_hits(self.engine, terms, limit, _visible(filter))[0]

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
        visible = _visible(filter)
        understood = self._understood(question, history, visible)
        return answer.reply(question, understood, self._ranked(understood or question, visible, limit, explain=explain))

    def suggestions(self, article_id: str, count: int = 3, filter: Filter | None = None) -> tuple[str, ...]:
        """Return at most `count` questions that this article answers, each tried; () when none was found.

        Raises:
            UnknownArticle: there is no such article where the filter lets look.
        """
        from .asking import suggest

        article = self.article(article_id, filter)
        within = replace(_visible(filter), articles=(article.id,))
        tried = islice(suggest.questions(article), SUGGESTIONS_TRIED)
        answered = (text for text in tried if self.ask(text, filter=within).verdict is Verdict.ANSWERED)
        return tuple(islice(answered, count))

    def rank(self, question: str, history: Sequence[str] = (), filter: Filter | None = None) -> Ranking:
        """Return all candidate sentences of a question, best first, whatever the verdict."""
        visible = _visible(filter)
        return self._ranked(self._understood(question, history, visible) or question, visible, limit=3)

    def _ranked(self, text: str, filter: Filter, limit: int, *, explain: bool = False) -> Ranking:
        problem = _unaskable(text)
        asked = read_question(text)
        if problem is None and not asked.terms:
            problem = "The question holds no word to look for; ask with a name or a thing in it."
        if problem is not None:
            return Ranking((), (), 0.0, Verdict.REFUSED, problem)
        candidates, silent = retrieve.candidates(self.engine, asked, filter)
        if not candidates:
            looked = self._looked_at(filter)
            only = next(self.engine.articles(_stored(filter)), None) if looked == 1 else None
            nothing = silent or (
                answer.reason(asked, (), Verdict.REFUSED, looked, only.title if only else "")
                if looked
                else _nobody(filter)
            )
            lacking = weights.lacking(asked, self.engine.statistics(asked.terms).passages) if explain else None
            return Ranking((), (), 0.0, Verdict.REFUSED, nothing, None if silent else lacking)
        best = candidates[0]
        judged = weights.model().judge(best.sight)
        answered = judged.verdict is Verdict.ANSWERED
        looked = 0 if answered else self._looked_at(filter)  # only a "no" tells how many
        reason = answer.reason(asked, candidates, judged.verdict, looked, best.article.title)
        ranking = Ranking(
            sentences=tuple((candidate.article.id, candidate.number, candidate.score) for candidate in candidates),
            passages=answer.passages(candidates, judged.confidence, limit, _cite),
            confidence=round(judged.confidence, 4),
            verdict=judged.verdict,
            reason=silent if silent and not answered else reason,
            explain=weights.explain(best.sight, best.loss) if explain else None,
        )
        for candidate in candidates:
            candidate.reading.forget()
        return ranking

    def _understood(self, question: str, history: Sequence[str], filter: Filter) -> str | None:
        """Return what a follow-up or mistyped question means, None if it stands as asked."""
        if _unaskable(question) is not None:
            return None
        stand_alone = self._rewritten(question, history, filter)
        text = stand_alone or question
        if _unaskable(text) is not None:
            return stand_alone
        terms = tuple(dict.fromkeys(analyse(text)))
        if terms:
            self.engine.expect(terms, retrieve.CANDIDATES, replace(filter, now=None))
        known = self.engine.statistics(terms).frequency if terms else {}
        suspects = typos.slips(text, [term for term in terms if not known.get(term)])
        if not suspects:
            return stand_alone
        return typos.corrected(text, suspects, retrieve.readable(self.engine, terms, filter)) or stand_alone

    def _rewritten(self, question: str, history: Sequence[str], filter: Filter) -> str | None:
        """Return what a follow-up question means, None if it stands alone.

        Of a conversation without capital letters about one article, names are those that the article spells so.
        """
        if not history:
            return None
        from .asking import followup

        names: tuple[str, ...] = ()
        if "".join((question, *history)).islower():
            alone = list(islice(self.engine.articles(_stored(filter)), 2))
            names = followup.names_in(self.engine.article(alone[0].id)) if len(alone) == 1 else ()
        return followup.rewrite(question, history, names)

    def _looked_at(self, filter: Filter) -> int:
        return self.engine.count(_stored(filter))


def _nobody(filter: Filter) -> str:
    """Return what to tell where no article passes the filter; whose collection it is is nobody's business."""
    limits = [f"article:{each}" for each in filter.articles] + [f"source:{each}" for each in filter.sources]
    limits += [f"{name}:{each:%Y-%m-%d}" for name in ("since", "until") if (each := getattr(filter, name)) is not None]
    limits += [] if filter.lead is None else [f"lead:{filter.lead}"]
    return f"No article here passes {' '.join(limits)}." if limits else "There is no article here to look through."


def _visible(filter: Filter | None) -> Filter:
    """Return the filter with its collections and its time filled in: no search runs without.

    The time decides one thing, whether an embargo is over, and stands in no reply.
    """
    given = filter or Filter()
    return replace(given, collections=given.collections or (DEFAULT_COLLECTION,), now=given.now or datetime.now(UTC))


def _stored(filter: Filter | None) -> Filter:
    """Return the filter as engines know it: they keep articles whatever the time."""
    return replace(_visible(filter), now=None)


@lru_cache(maxsize=256)  # the question as asked, and as understood: mostly the same
def _unaskable(question: str) -> str | None:
    if len(question) > LONGEST_QUESTION:
        return f"The question is longer than {LONGEST_QUESTION:,} characters; ask something shorter."
    if _GREETING.fullmatch(question):
        return "That asks nothing; ask for something that an article may tell."
    spoken = detect_language(question)
    if spoken != "en":
        return f"The question looks like another language ({spoken}); only English is understood so far."
    return None


def _notes(article: Article, sentence: Sentence) -> tuple[dict[str, int | str], ...]:
    """Return what the sentence's dates mean, which only an article with a date of its own can tell."""
    if article.published is None:
        return ()
    found = dates.resolve(article.text, article.published.date(), sentence.start, sentence.end)
    return tuple({"start": one.start, "end": one.end, "date": one.date} for one in found)


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
        speaker=speakers.speaker(article, sentence),
        notes=_notes(article, sentence),
    )
    if not article.url:
        return citation
    from .citations.links import linked  # late: most articles have no page to link to

    return linked(article, citation)
