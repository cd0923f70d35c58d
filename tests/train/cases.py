"""A question of a set, asked of an article: what training looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.engines import make_vectors
from index.evaluate.question_sets import GoldQuestion, read_set
from index.evidence.candidate import Nominated, weigh_first
from index.evidence.question import Question, read_question
from index.evidence.views import ArticleView, SentenceView
from index.meaning import Meaning
from index.meaning.encoder import measure_similarity
from index.model import Article
from tests.train.split import find_folder


@dataclass(frozen=True)
class Case:
    """A question asked of an article; `key` is that of the article in the set, cut or not.

    `group` says what the question is to the article: `answerable`, `unanswerable`, `cut` (its answer was cut out) or
    `wrong` (it was asked of another). `gold` has the numbers of the sentences that answer.
    """

    set: str
    key: str
    asked: GoldQuestion
    question: Question
    article: Article
    group: str
    gold: frozenset[int]
    similarities: tuple[float, ...]

    @property
    def nominated(self) -> Nominated:
        """All sentences of the article."""
        return Nominated(self.article, frozenset(s.number for s in self.article.sentences), 0.0, self.similarities)

    def pick_views(self, count: int) -> list[SentenceView]:
        """Return the sentences that are first by terms and vectors, best first."""
        view = ArticleView(self.question, self.article, self.similarities)
        found = [view.sentence(sentence.number) for sentence in self.article.sentences]
        return sorted(found, key=lambda each: (-weigh_first(each), each.sentence.number))[:count]


def read_cases(name: str, meaning: Meaning) -> Iterator[Case]:
    """Yield each question of a set asked of its article, of the next one, and of its own without the answer.

    One without any word that can be looked for is left out.
    """
    asked = read_set(find_folder(name))
    encode = meaning.encoder.encode_sentence
    articles = {key: make_vectors(article, encode) for key, article in asked.articles.items()}
    keys = list(articles)
    following = dict(zip(keys, [*keys[1:], keys[0]], strict=True))
    for one in asked.questions:
        question = read_question(one.text)
        if not question.words:
            continue
        vector = meaning.encoder.encode_question(question.text)
        own = articles[one.article]
        parts = [(one.article, own, "answerable" if one.answerable else "unanswerable")]
        if len(keys) > 1:
            parts.append((following[one.article], articles[following[one.article]], "wrong"))
        if one.answerable and one.gold and (shorter := _cut(own, one)).sentences:
            parts.append((one.article, shorter, "cut"))
        for key, article, group in parts:
            similar = measure_similarity(vector, [sentence.vector for sentence in article.sentences])
            gold = _find_gold(article, one) if group == "answerable" else frozenset()
            yield Case(name, key, one, question, article, group, gold, tuple(similar))


def _cut(article: Article, asked: GoldQuestion) -> Article:
    """Return the article without the sentences that answer."""
    gold = _find_gold(article, asked)
    kept = [sentence for sentence in article.sentences if sentence.number not in gold]
    return replace(article, sentences=tuple(replace(each, number=at) for at, each in enumerate(kept, 1)))


def _find_gold(article: Article, asked: GoldQuestion) -> frozenset[int]:
    return frozenset(
        sentence.number
        for sentence in article.sentences
        if any(sentence.start < end and start < sentence.end for start, end in asked.gold)
    )
