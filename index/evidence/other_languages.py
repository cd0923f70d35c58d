"""A question and a sentence in another language than English, read by the data of the language alone.

No rule about English words or sentences acts here: what the data of a language lacks is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise

from .. import patterns
from ..language.bm25 import idf, length_norm
from ..language.language import Language, get_language
from ..language.terms import Token
from ..model import Article, Sentence
from ..once import once
from .answer_types import OTHER, TYPES, AnswerType
from .question import Question
from .surface import LONGEST_KEPT, Surface
from .views import ArticleView, SentenceView, Shares

_NOTHING: frozenset[str] = frozenset()
_ROWS = {row.name: row for row in TYPES}
_BROAD = {
    "count": "number",
    "money": "number",
    "share": "number",
    "duration": "number",
    "age": "number",
    "person": "name",
}
"""The broad types of the fine ones that the data of a language may name; each other type is its own."""

_BY_TERMS = frozenset(("number", "time", "count"))
"""Types that are told by the terms of a sentence, numbers and times, where the language has no pattern for them."""

_BY_PATTERN = frozenset(("time", "place", "name"))
"""Types whose answers the pattern of the language finds, where it has one, and not their terms."""

_WORD = patterns.compile(r"\w(?:\S{0,60}\w)?")
_QUOTES = frozenset('"“”„«»「」『』')
_ASKING = frozenset("?？؟;\u037e")


def read_in_language(text: str, asked: str, tokens: tuple[Token, ...], language: Language) -> Question:
    """Analyse a question in another language than English; see `question.read_question`."""
    words: dict[str, str] = {}
    names = set()
    for at, token in enumerate(tokens):
        if token.term is not None:
            words.setdefault(token.term, token.text)
            if at and language.capitals and token.text[0].isupper():
                names.add(token.term)
    kind, wants = find_types_by_data(text, language)
    return Question(
        asked=asked,
        text=text,
        spelled="",
        words=words,
        names=frozenset(names),
        small=_NOTHING,
        kind=kind,
        wants=wants,
        counted=_find_counted(text, language),
        synonyms={term: language.synonyms[term] - words.keys() for term in words if term in language.synonyms},
        pairs=_NOTHING if language.by_character else _pair(tokens),
        plain=tuple(term for term in words if term not in names and term not in language.generic),
        language=language,
        grams=language.find_grams(text),
        whole=_name_words(text, tokens) if language.by_character else {},
    )


def find_types_by_data(text: str, language: Language) -> tuple[AnswerType, AnswerType]:
    """Return the broad and the fine type that a question asks for by the patterns of its language."""
    folded = language.fold(text)
    found = next((name for name, pattern in language.asks.items() if pattern.search(folded)), "")
    return _ROWS.get(_BROAD.get(found, found), OTHER), _ROWS.get(found, OTHER)


def _find_counted(text: str, language: Language) -> frozenset[str]:
    """Return the term of the word that counts what is asked for, of "몇 명" that of "명"; none if there is none."""
    found = re.search(language.counted, text) if language.counted else None
    return frozenset(sorted(language.analyse(found[1]), key=len)[-1:]) if found else _NOTHING


def _name_words(text: str, tokens: Sequence[Token]) -> Mapping[str, str]:
    """Return the words between spaces, each by the term of its first two characters: what follows is often a particle.

    Words that only ask are left out.
    """
    found: dict[str, str] = {}
    for match in _WORD.finditer(text):
        first = [token for token in tokens if token.start == match.start()][-1:]
        if first and first[0].term is not None:
            found.setdefault(first[0].term, match.group())
    return found


def read_surface_in(text: str, language: Language) -> OtherSurface:
    """Return what the words of a sentence show; of those asked for last, what was worked out before."""
    return _keep(text, language.code) if len(text) <= LONGEST_KEPT else OtherSurface(text, language)


class OtherSurface(Surface):
    """The words of one sentence in another language than English."""

    def __init__(self, text: str, language: Language) -> None:
        super().__init__(text)
        self._language = language

    def tell(self, name: str, _: Callable[[str], bool]) -> bool:
        """Tell whether the sentence may hold what answers, by the pattern of the language; True if it has none."""
        pattern = self._language.holds.get(name)
        if pattern is None:
            return name not in _BY_TERMS
        return super().tell(name, lambda text: pattern.search(self._language.fold(text)) is not None)

    @once
    def words(self) -> str:
        """The words in small letters with a space before, between and behind them."""
        return f" {' '.join([token.text.lower() for token in self._tokens])} "

    def find_answers(self, name: str) -> tuple[tuple[int, str], ...] | None:
        """Return the terms, each with its place among them, that the pattern of an answer type finds; None without one.

        None, too, where the words are written so that the pattern cannot tell their places.
        """
        pattern = self._language.holds.get(name)
        folded = self._language.fold(self.text) if pattern else ""
        if pattern is None or len(folded) != len(self.text):
            return None
        spans = [match.span() for match in pattern.finditer(folded)]
        terms = [token for token in self._tokens if token.term is not None]
        return tuple(
            [
                (at, token.term)
                for at, token in enumerate(terms)
                if token.term and any(start <= token.start and token.end <= end for start, end in spans)
            ]
        )

    @once
    def grams(self) -> frozenset[str]:
        """The letter n-grams of its words."""
        return self._language.find_grams(self.text)

    @once
    def counts(self) -> tuple[tuple[str | None, ...], tuple[int, ...]]:
        """The term of each word, None for a stop word, and which of the words are numbers, counting from 0."""
        terms = [token.term for token in self._tokens]
        return tuple(terms), tuple([at for at, term in enumerate(terms) if term and term[0].isdigit()])

    @once
    def capitals(self) -> tuple[str, ...]:
        """The words with a capital, less the first; none where a capital makes no name."""
        if not self._language.capitals:
            return ()
        return tuple([token.text for token in self._tokens[1:] if token.text[0].isupper()])

    @once
    def capital_terms(self) -> tuple[tuple[str, ...], ...]:
        """The terms of each of those words."""
        return tuple(map(self._language.analyse, self.capitals))

    @once
    def opening(self) -> None:
        """No word is told to open the sentence."""

    @once
    def persons(self) -> frozenset[str]:
        """No name is told to be a person's."""
        return _NOTHING

    @once
    def points_back(self) -> bool:
        """No word is told to refer to something said before."""
        return False

    @once
    def has_pronoun(self) -> bool:
        """No word is told to be a pronoun."""
        return False

    @once
    def asks(self) -> bool:
        """Whether it is a question: it ends with a question mark."""
        return not _ASKING.isdisjoint(self.text.rstrip('"“”»«)」』 ')[-1:])

    @once
    def quotes(self) -> bool:
        """Whether it has quotation marks."""
        return not _QUOTES.isdisjoint(self.text)

    @once
    def _tokens(self) -> tuple[Token, ...]:
        return self._language.tokenize(self.text)


class OtherArticleView(ArticleView):
    """One article as a question in another language than English sees it."""

    def __init__(self, question: Question, article: Article, similarities: Sequence[float] = ()) -> None:
        super().__init__(question, article, similarities)
        grams = [read_surface_in(article.quote(each), question.language).grams for each in article.sentences]
        self._lengths = [len(each) for each in grams]
        self._average = max(1.0, sum(self._lengths) / max(1, len(grams)))
        self._grams = [question.grams & each for each in grams]
        counts = Counter(chain.from_iterable(self._grams))
        weights = {gram: idf(len(grams), counts[gram]) for gram in sorted(question.grams)}
        self._shares = Shares(weights, sum(weights.values()) or 1.0)
        self.letters = self._shares[_NOTHING.union(*self._grams)]

    def rate_letters(self, sentence: Sentence) -> tuple[float, float, float]:
        """Return how well a sentence holds the question's letter n-grams, each a share of the highest possible.

        By BM25 in the sentence itself, and by idf in it and its neighbours, and in its paragraph.
        """
        at = sentence.number - 1
        norm = length_norm(self._lengths[at], self._average)
        near = _NOTHING.union(*self._grams[max(0, at - 1) : at + 2])
        return (
            self._shares[self._grams[at]] / (1 + norm),
            self._shares[near],
            self._paragraph_shares[sentence.paragraph],
        )

    @once
    def _paragraph_shares(self) -> Mapping[int, float]:
        held: dict[int, set[str]] = {}
        for sentence, grams in zip(self.article.sentences, self._grams, strict=True):
            held.setdefault(sentence.paragraph, set()).update(grams)
        return {number: self._shares[frozenset(grams)] for number, grams in held.items()}

    def sentence(self, number: int) -> SentenceView:
        """Return a view of the sentence with this number."""
        return OtherSentenceView(self, number)


class OtherSentenceView(SentenceView):
    """One sentence as a question in another language than English sees it."""

    def __init__(self, article_view: OtherArticleView, number: int) -> None:
        super().__init__(article_view, number)
        self.letters = article_view.rate_letters(self.sentence)

    @once
    def answers(self) -> tuple[int, ...]:
        """Positions, counted in terms, of terms that may be the answer and are not in the question.

        Those of a time, a place or a name are found by the pattern of the language, where it has one.
        """
        kind, known = self.question.kind.name, self.question.words
        if kind == "number":
            return tuple([at for at, term in enumerate(self.terms) if term[0].isnumeric() and term not in known])
        surface = self.surface
        found = surface.find_answers(kind) if kind in _BY_PATTERN and isinstance(surface, OtherSurface) else None
        return super().answers if found is None else tuple([at for at, term in found if term not in known])

    @once
    def wanted(self) -> bool:
        """Whether the sentence has something of the very type that is asked for; True if the data cannot tell."""
        name, language = self.question.wants.name, self.question.language
        if name in language.holds:
            return language.holds[name].search(language.fold(self.text)) is not None
        if name in _BY_TERMS and not self.question.counted:
            return bool(self.answers)
        return super().wanted

    @once
    def surface(self) -> Surface:
        """What the sentence's words show."""
        return read_surface_in(self.article_view.article.quote(self.sentence), self.question.language)


@lru_cache(maxsize=4096)
def _keep(text: str, code: str) -> OtherSurface:
    return OtherSurface(text, get_language(code))


def _pair(tokens: tuple[Token, ...]) -> frozenset[str]:
    return frozenset([f" {one} {other} " for one, other in pairwise([token.text.lower() for token in tokens])])
