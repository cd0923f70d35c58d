"""Index: joins the five steps from question to reply, and decides which articles may be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from types import TracebackType

from .asking.reply import (
    Answered,
    AnswerMemory,
    Ranking,
    answer_alone,
    compose,
    focus_on,
    refuse,
    remember_answer,
    show_passages,
)
from .asking.retrieve import Scope, find_hits, may_speak
from .asking.understand import Refusal, strip_courtesy, tell_searched_language, understand
from .collector import put_off_collection
from .digest import Digest, DigestKind
from .engines import Engine, Login, has_vectors, make_vectors, open_engine
from .errors import CorruptIndex, SeveralArticles, UnknownArticle
from .meaning import ENCODER, Meaning, find_meaning
from .model import DEFAULT_COLLECTION, Article, Card, Filter, Hit, Reply
from .moments import shift
from .verdicts import Verdict

SUGGESTIONS_TRIED = 30
"""Questions that are tried at most to suggest some; an article that answers none of so many is not tried further."""


def open_index(address: str = "memory:", login: Login | None = None, *, meaning: bool = True) -> Index:
    """Open the index at an address: `memory:`, `disk:PATH` or `opensearch://HOST:PORT,.../NAME`.

    `login` is for a cluster that asks who we are; the address never holds a password. Unless `meaning` is False, or the
    extra `[meaning]` is not installed, questions are compared with sentences by meaning, too.

    Raises:
        ValueError: the address is of no known kind.
        EngineError: it cannot be opened.
    """
    models = find_meaning() if meaning else None
    return Index(open_engine(address, login, ENCODER if models else ""), models)


class Index:
    """Articles that can be asked. Use it as a context manager, or call `close`.

    `meaning` has the models that compare meanings; None leaves it to the words. So does a library whose articles were
    not all added with these models: `pullquote rebuild` makes up for it.
    """

    def __init__(self, engine: Engine, meaning: Meaning | None = None) -> None:
        self.engine = engine
        self.meaning = meaning
        self._memory = AnswerMemory()

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

        Each is joined to the story that the collection knows an earlier or later version of. The text of a file
        replaces those that the collection has of the same file: they become older versions.
        """
        from .stories.edits import follow_edits  # late: a question adds nothing
        from .stories.grouping import join_stories

        def around(day: date) -> Iterator[Card]:
            noon, days = datetime.combine(day, time(12), UTC), timedelta(2)  # any zone's; None at the calendar's edge
            return self.engine.articles(Filter((collection,), since=shift(noon, -days), until=shift(noon, days)))

        def everything() -> Iterator[Card]:
            return self.engine.articles(Filter(collections=(collection,)))

        def find(files: tuple[str, ...]) -> Iterator[Card]:
            return self.engine.articles(Filter(collections=(collection,), files=files))

        def load(card: Card) -> Article | None:
            with suppress(CorruptIndex, UnknownArticle):  # damaged or removed just now: it answers nothing either
                return self.engine.article(card.id, (collection,))
            return None

        batch = [articles] if isinstance(articles, Article) else articles
        joined = follow_edits(join_stories(batch, around, everything), find, load)
        added = self.engine.add((self.encode(article, load) for article in joined), collection)
        self._memory.forget()
        return added

    def encode(self, article: Article, load: Callable[[Card], Article | None] = lambda _: None) -> Article:
        """Return the article with vectors as it is to be stored; as it is where this index compares no meanings.

        One that `load` finds stored with vectors needs none: what is stored of its words is kept.
        """
        if self.meaning is None or not self.compares_meanings or has_vectors(article):
            return article
        if (stored := load(article)) is not None and has_vectors(stored):
            return article
        return make_vectors(article, self.meaning.encoder.encode_sentence)

    @property
    def compares_meanings(self) -> bool:
        """Whether questions are compared with sentences by meaning: there are models, and vectors that they made."""
        return self.meaning is not None and self.engine.encoder == ENCODER

    def remove(self, article_id: str, collection: str = DEFAULT_COLLECTION) -> None:
        """Take an article out of a collection.

        Raises:
            UnknownArticle: it is not in it.
        """
        self.engine.remove(article_id, collection)
        self._memory.forget()

    def article(self, article_id: str, filter: Filter | None = None) -> Article:
        """Return the article with this id, or whose id alone begins like this.

        Raises:
            UnknownArticle: no article that passes the filter has it.
            SeveralArticles: several begin so.
        """
        visible = _drop_time(filter)
        found = list(self.engine.articles(replace(visible, articles=(article_id,))))
        if not found and article_id:
            found = [card for card in self.engine.articles(visible) if card.id.startswith(article_id)]
        if len(found) > 1:
            raise SeveralArticles(article_id, [f"{card.id[:8]} {card.name}" for card in found])
        if not found:
            raise UnknownArticle(article_id)
        return self.engine.article(found[0].id, visible.collections)

    def articles(self, filter: Filter | None = None) -> Iterator[Card]:
        """Yield the cards of the articles that pass the filter, in order of addition."""
        return self.engine.articles(_drop_time(filter))

    def last_place(self) -> int:
        """Return the place of what was added last, in any collection, in the order of addition; 0 for nothing."""
        return self.engine.last_place()

    def revision(self) -> str | None:
        """Return a mark of what is stored: another one after each change, by whomever; see `Engine.revision`."""
        return self.engine.revision()

    def added_since(self, place: int) -> Iterator[tuple[int, str, Card]]:
        """Yield what was added from this place on, in order: its place, its collection and its card.

        It tells a reader that comes by again and again what is new, whoever added it; see `Engine.added_since`.
        """
        return self.engine.added_since(place)

    def search(self, text: str, limit: int = 10, filter: Filter | None = None) -> tuple[Hit, ...]:
        """Return the best citable passages for the words of `text`, best first; () when none has any of them."""
        scope = self._scope(filter)
        language = tell_searched_language(text, scope)
        return find_hits(tuple(dict.fromkeys(language.analyse(text))), limit, scope.in_language(language)).hits

    @put_off_collection
    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        filter: Filter | None = None,
        *,
        limit: int = 3,
        explain: bool = False,
        focus: tuple[int, int] | None = None,
    ) -> Reply:
        """Answer a question with the articles' own sentences, or say that they do not.

        Args:
            question: In a language that is served; anything else is refused with a reason.
            history: Earlier questions of the conversation, oldest first.
            filter: Which articles may answer; None means all of the default collection.
            limit: Passages shown at most.
            explain: Whether the reply tells how its first citation was weighed.
            focus: Where in the one article that the filter admits the answer is looked for first, from one offset to
                another; it is looked for elsewhere if nothing there is related to the question.
        """
        found = self._answer(question, history, self._scope(filter))
        if isinstance(found, Refusal):
            return refuse(found)
        if focus is not None:
            found = focus_on(found, *focus)
        reply = compose(found.meant, found.ranked, found.judgement, found.found, limit)
        if explain:
            from .asking.explanation import explain_ranking

            reply = replace(reply, explain=explain_ranking(found.meant, found.ranked, found.found))
        return reply

    def rank(self, question: str, history: Sequence[str] = (), filter: Filter | None = None) -> Ranking:
        """Return all candidate sentences of a question, best first, whatever the verdict is."""
        found = self._answer(question, history, self._scope(filter))
        if isinstance(found, Refusal):
            return Ranking((), (), 0.0, Verdict.REFUSED, found.reason)
        confidence, verdict, reason = found.judgement
        return Ranking(
            sentences=tuple((candidate.article.id, candidate.number, candidate.score) for candidate in found.ranked),
            passages=show_passages(found.ranked, confidence, limit=3),
            confidence=round(confidence, 4),
            verdict=verdict,
            reason=reason,
        )

    def _answer(self, question: str, history: Sequence[str], scope: Scope) -> Answered | Refusal:
        if history:
            from .asking.answer import answer_in_conversation  # late: most questions are asked without a history

            found = answer_in_conversation(question, history, scope, self._memory)
        else:
            meant = understand(question, strip_courtesy(question), scope)
            found = meant if isinstance(meant, Refusal) else answer_alone(meant, scope)
        if scope.filter.speakers and not isinstance(found, Refusal):
            from .asking.said import answer_as_said  # late: few questions are asked of what somebody says

            found = answer_as_said(found, scope)
        self._memory.keep(question, history, scope, remember_answer(found))
        return found

    def digest(self, kind: str, article_id: str = "", of: str = "", filter: Filter | None = None) -> Digest:
        """Return what an article says of itself, in its own sentences, or what is new in the library.

        It is `empty` where there is nothing of the kind, or where the article may not be cited.

        Args:
            kind: One of `index.digest.DigestKind`: "about", "quotes", "people", "timeline", "numbers", ...; "latest" is
                of the library.
            article_id: The article, or the beginning of its id; not needed if there is only one.
            of: The speaker whose words, or the person who is meant; of "latest", the topic.
            filter: Which articles may be told of; None means all of the default collection.

        Raises:
            ValueError: there is no such kind.
            UnknownArticle: there is no such article where the filter lets look.
        """
        from .asking import library
        from .digest import making

        wanted, scope = DigestKind(kind), self._scope(filter)
        if wanted is DigestKind.LATEST:
            return library.tell_latest(of, scope)
        only = None if article_id else scope.find_only_card()
        article = self.article(only.id if only else article_id, filter)
        if not may_speak(article.id, scope):
            return Digest(wanted, article.card, slot=of)
        return making.make_digest(article, wanted, of)

    def suggestions(self, article_id: str, count: int = 3, filter: Filter | None = None) -> tuple[str, ...]:
        """Return at most `count` questions that this article answers, each tried; () when none was found.

        Raises:
            UnknownArticle: there is no such article where the filter lets look.
        """
        within = replace(_fill_in(filter), articles=(self.article(article_id, filter).id,))
        tried = self.propose(article_id, filter)
        answered = (text for text in tried if self.ask(text, filter=within).verdict is Verdict.ANSWERED)
        return tuple(islice(answered, count))

    def propose(self, article_id: str, filter: Filter | None = None) -> Iterator[str]:
        """Yield questions made of the article's sentences, 30 at most, which were not tried; none if it gives none.

        Raises:
            UnknownArticle: there is no such article where the filter lets look.
        """
        from .asking import suggest

        return islice(suggest.propose_questions(self.article(article_id, filter)), SUGGESTIONS_TRIED)

    def _scope(self, filter: Filter | None) -> Scope:
        return Scope(self.engine, _fill_in(filter), self.meaning if self.compares_meanings else None)


def _fill_in(filter: Filter | None) -> Filter:
    """Return the filter with collections and time, which decides whether an embargo is over, filled in."""
    given = filter or Filter()
    return replace(given, collections=given.collections or (DEFAULT_COLLECTION,), now=given.now or datetime.now(UTC))


def _drop_time(filter: Filter | None) -> Filter:
    """Return the filter as engines take it: without a time, and whoever speaks."""
    return replace(_fill_in(filter), now=None, speakers=())
