"""An article and its sentences as one question sees them: where its terms are, how rare, what may answer.

All statistics come from the sentence's own article. Sums over sets of terms run in the question's order, so that the
same question gives the same bytes in every process.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache

from .. import patterns
from ..language.bm25 import idf, length_norm
from ..language.language import get_language
from ..model import Article, Sentence
from ..once import once
from .question import Question
from .surface import Surface, find_capitalised, read_surface

NOTHING: frozenset[str] = frozenset()
_YEAR = patterns.compile(r"(?:1\d{3}|20\d{2})s?\Z")


@lru_cache(maxsize=1024)
def _analyse_title(title: str, language: str) -> frozenset[str]:
    return frozenset(get_language(language).analyse(title))


class Shares(dict[frozenset[str], float]):
    """The share of the question's idf, 0 to 1, that some of its terms carry; each is worked out once."""

    def __init__(self, idf: Mapping[str, float], total: float) -> None:
        super().__init__()
        self._idf, self._total = idf, total

    def __missing__(self, terms: frozenset[str]) -> float:
        idf = self._idf
        share = self[terms] = sum([idf[term] for term in idf if term in terms]) / self._total
        return share


class ArticleView:
    """One article as one question sees it: how common the question's terms are in it, and where they are.

    `over` has the question's terms in the headings right above sentences, by the sentence's number.
    `similarities` says how near each sentence comes to the question in meaning, () where only words are compared.
    `letters` is the share of the question's letter n-grams that it holds, 0 in English, which needs none.
    """

    letters = 0.0

    def __init__(self, question: Question, article: Article, similarities: Sequence[float] = ()) -> None:
        self.question = question
        self.article = article
        self.similarities = similarities
        wanted = frozenset(question.words)
        self.held = tuple([wanted.intersection(sentence.terms) for sentence in article.sentences])
        self.over = {each.number: wanted.intersection(each.heading) for each in article.sentences if each.heading}
        counts = dict.fromkeys(question.words, 0)
        for held in self.held:
            for term in held:
                counts[term] += 1
        self.idf = {term: idf(len(self.held), count) for term, count in counts.items()}
        self.total = sum(self.idf.values()) or 1.0
        self.title = wanted & _analyse_title(article.title, article.language)
        self._paragraphs: dict[int, tuple[frozenset[str], float]] = {}
        self.shares = Shares(self.idf, self.total)

    @once
    def length(self) -> int:
        """Number of terms of the article's sentences."""
        return sum([len(sentence.terms) for sentence in self.article.sentences])

    @once
    def average(self) -> float:
        """Mean number of terms in a sentence of the article, at least 1."""
        return max(1.0, self.length / len(self.article.sentences))

    @once
    def known(self) -> frozenset[str]:
        """The question's terms that the article holds."""
        return NOTHING.union(*self.held)

    @once
    def headings(self) -> frozenset[str]:
        """The question's terms that headings within the article hold."""
        return NOTHING.union(*self.over.values())

    @once
    def names(self) -> frozenset[str]:
        """The question's names: as it writes them or, where it writes none with a capital, as the article does."""
        small = self.question.small
        if not small:
            return self.question.names
        return self.question.names | find_capitalised(self.article, self.held, small)

    @once
    def persons(self) -> frozenset[str]:
        """The terms of the names of two words or more in the article, less those of places and the like."""
        return NOTHING.union(*[read_surface(self.article.quote(each)).persons for each in self.article.sentences])

    @once
    def plain(self) -> tuple[str, ...]:
        """The question's terms that are neither names nor words of asking."""
        return tuple([term for term in self.question.plain if term not in self.names])

    @once
    def plain_terms(self) -> frozenset[str]:
        """The same as a set."""
        return frozenset(self.plain)

    @once
    def plain_known(self) -> list[float]:
        """How well the article knows each of them: 1 itself, 0.8 a synonym, less a similarly spelled one."""
        if self.known.issuperset(self.plain):
            return [1.0] * len(self.plain)
        return [self.question.rate_holding(term, self.vocabulary) for term in self.plain]

    @once
    def alike(self) -> frozenset[str]:
        """The question's terms that the article says in another word."""
        return self.question.find_alike(self.vocabulary) - self.known

    @once
    def vocabulary(self) -> frozenset[str]:
        """All terms of the article's sentences and of the headings above them."""
        return NOTHING.union(*[sentence.terms + sentence.heading for sentence in self.article.sentences])

    def paragraph(self, number: int) -> tuple[frozenset[str], float]:
        """Return the question's terms in a paragraph, and its BM25 as a share of the highest possible."""
        found = self._paragraphs.get(number)
        if found is None:
            numbers, idf, average = self._parts
            ats = slice(bisect_left(numbers, number), bisect_right(numbers, number))
            terms = [one.heading + one.terms if one.heading else one.terms for one in self.article.sentences[ats]]
            held = NOTHING.union(*self.held[ats])
            if self.over:
                held = held.union(*[self.over.get(at + 1, NOTHING) for at in range(ats.start, ats.stop)])
            best = sum(idf.values()) or 1.0
            found = self._paragraphs[number] = held, self.bm25(terms, held, idf, average) / best
        return found

    @once
    def _parts(self) -> tuple[Sequence[int], Mapping[str, float], float]:
        """The paragraph of each sentence, in their order, the idf over paragraphs, and their mean number of terms."""
        numbers = [sentence.paragraph for sentence in self.article.sentences]
        counts = dict.fromkeys(self.question.words, 0)
        last: dict[str, int] = {}  # the paragraph that a term was last counted for
        for at, (number, held) in enumerate(zip(numbers, self.held, strict=True), 1):
            for term in held | self.over[at] if at in self.over else held:
                if last.get(term) != number:
                    last[term] = number
                    counts[term] += 1
        units = len(set(numbers))
        return numbers, {term: idf(units, times) for term, times in counts.items()}, max(1.0, self.length / units)

    def bm25(
        self, parts: Sequence[Sequence[str]], held: frozenset[str], idf: Mapping[str, float], average: float
    ) -> float:
        """Return BM25 without its constant factor k1 + 1 (Robertson and Zaragoza 2009, equation 3.15).

        `parts` are the terms of a text in pieces, `held` those of the question among them, k1 is 1.2 and b 0.75.
        """
        norm = length_norm(sum([len(part) for part in parts]), average)
        score = 0.0
        for term in self.idf:
            if term in held:
                frequency = sum([part.count(term) for part in parts])
                score += idf[term] * frequency / (frequency + norm)
        return score

    def sentence(self, number: int) -> SentenceView:
        """Return a view of the sentence with this number; not cached: a cycle would wait for the collector."""
        return SentenceView(self, number)


class SentenceView:
    """One sentence as one question sees it; what several features need is worked out once.

    `odds` are the log odds that the judge gave it, None if it was not asked, `odds_others` the best that others got.
    `letters` rates the question's letter n-grams in it, in it and its neighbours, and in its paragraph, 0 in English.
    """

    letters = (0.0, 0.0, 0.0)

    def __init__(self, article_view: ArticleView, number: int) -> None:
        self.article_view = article_view
        self.odds: float | None = None
        self.odds_others = -8.0  # the least that a judge gives, for none
        self.question = article_view.question
        self.sentence = article_view.article.sentences[number - 1]
        self.terms = self.sentence.terms
        self.held = article_view.held[number - 1]
        self.heading = article_view.over.get(number, NOTHING)
        self.before = article_view.held[number - 2] if number > 1 else NOTHING
        if self.heading:
            self.before |= self.heading
        self.after = article_view.held[number] if number < len(article_view.held) else NOTHING
        self.window = self.held
        if self.before or self.after:
            self.window = self.held.union(self.before, self.after)

    @once
    def follows(self) -> bool:
        """Whether the paragraph has a sentence before this one."""
        sentences, at = self.article_view.article.sentences, self.sentence.number - 1
        return at > 0 and sentences[at - 1].paragraph == self.sentence.paragraph

    @once
    def next(self) -> Sentence | None:
        """The next sentence of the paragraph; None if it ends here."""
        sentences, number = self.article_view.article.sentences, self.sentence.number
        following = sentences[number] if number < len(sentences) else None
        return following if following and following.paragraph == self.sentence.paragraph else None

    @property
    def similarity(self) -> float:
        """How near the sentence comes to the question in meaning, a cosine; 0 where only words are compared."""
        known = self.article_view.similarities
        return known[self.sentence.number - 1] if known else 0.0

    @once
    def alike(self) -> frozenset[str]:
        """The question's terms that the sentence says in another word."""
        alike = self.question.find_alike(self.terms)
        return alike - self.held if alike else alike

    @once
    def covered(self) -> frozenset[str]:
        """The question's terms that the sentence or a neighbour holds, or says in another word."""
        around = self.article_view.article.sentences[max(0, self.sentence.number - 2) : self.sentence.number + 1]
        near = [self.sentence.heading, *[sentence.terms for sentence in around]]
        return self.window.union(*[self.question.find_alike(terms) for terms in near])

    @once
    def plain_near(self) -> list[float]:
        """How well the sentence and its neighbours hold each plain term of the question; see `plain_known`."""
        sentences, at = self.article_view.article.sentences, self.sentence.number - 1
        near = NOTHING.union(*(each.terms for each in sentences[max(0, at - 1) : at + 2]), self.sentence.heading)
        return [self.question.rate_holding(term, near) for term in self.article_view.plain]

    @once
    def missing(self) -> set[str]:
        """The question's terms that the sentence lacks."""
        return self.question.words.keys() - self.held

    @property
    def text(self) -> str:
        """The sentence's words."""
        return self.surface.text

    @once
    def surface(self) -> Surface:
        """What the sentence's words show."""
        return read_surface(self.article_view.article.quote(self.sentence))

    @once
    def places(self) -> Mapping[str, list[int]]:
        """Positions of the question's terms in the sentence, counted in terms."""
        found: dict[str, list[int]] = {}
        if self.held:
            for at, term in enumerate(self.terms):
                if term in self.held:
                    found.setdefault(term, []).append(at)
        return found

    @once
    def answers(self) -> tuple[int, ...]:
        """Positions, counted in terms, of terms that may be the answer and are not in the question."""
        known = self.question.words
        match self.question.kind.name:
            case "number":
                fits = [at for at, term in enumerate(self.terms) if term[0].isdigit() and term not in known]
            case "time":
                times = self.question.times
                fits = [
                    at
                    for at, term in enumerate(self.terms)
                    if (term in times or (term[0] in "12" and _YEAR.match(term))) and term not in known
                ]
            case "name" | "place":
                names = self.surface.names
                fits = [at for at, term in enumerate(self.terms) if term in names and term not in known]
            case _:
                fits = [at for at, term in enumerate(self.terms) if term not in known]
        return tuple(fits)

    @once
    def wanted(self) -> bool:
        """Whether the sentence has something of the very type that is asked for; True if any text would do."""
        question = self.question
        if question.wants.name == "count" and question.counted and question.counted.isdisjoint(self.terms):
            return False  # what is counted is not here: no need to look for the number beside it
        return question.wants.is_held_in(self.surface, question.counted, fits=bool(self.answers))

    @once
    def next_points_back(self) -> bool:
        """Whether the next sentence of the paragraph opens with a word that refers to something said before."""
        return self.next is not None and read_surface(self.article_view.article.quote(self.next)).points_back
