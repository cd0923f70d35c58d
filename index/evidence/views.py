"""An article and its sentences as one question sees them: where its terms are, how rare, what may answer.

All statistics come from the sentence's own article. Sums over sets of terms run in the question's order, so that the
same question gives the same bytes in every process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from .. import patterns
from ..language.bm25 import idf, length_norm
from ..language.terms import analyse
from ..language.thesaurus import load_small_words
from ..language.wordlists import GROUPS
from ..model import Article
from .question import Question, list_time_terms

NOTHING: frozenset[str] = frozenset()
_YEAR = patterns.compile(r"(?:1\d{3}|20\d{2})s?\Z")
_CAPITALISED = patterns.compile(r"(?<=[\w,;:)'\"”’] )[\"“(]?([A-Z][\w'’-]*)")
_FIRST = patterns.compile(r"\W*([A-Z][\w'’-]*)( [A-Z][a-z])?")
_POINTS_BACK = patterns.compile(
    r"\W*(?:He|She|It|They|His|Her|Its|Their|This|These|That|Those|Such|The (?:former|latter|group|company|team|city"
    r"|country|president|law|act|program|film|song|book|two|man|woman|agency|official))\b"
)


@lru_cache(maxsize=1024)
def _analyse_title(title: str) -> frozenset[str]:
    return frozenset(analyse(title))


_analyse_word = lru_cache(maxsize=4096)(analyse)  # articles write the same names again and again


class ArticleView:
    """One article as one question sees it: how common the question's terms are in it, and where they are.

    `over` has the question's terms in the headings right above sentences, by the sentence's number.
    `similarities` says how near each sentence comes to the question in meaning, () where only words are compared.
    """

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
        self.title = wanted & _analyse_title(article.title)
        self._paragraphs: dict[int, tuple[frozenset[str], float]] = {}
        self._shares: dict[frozenset[str], float] = {}

    @cached_property
    def length(self) -> int:
        """Number of terms of the article's sentences."""
        return sum([len(sentence.terms) for sentence in self.article.sentences])

    @cached_property
    def average(self) -> float:
        """Mean number of terms in a sentence of the article, at least 1."""
        return max(1.0, self.length / len(self.article.sentences))

    @cached_property
    def known(self) -> frozenset[str]:
        """The question's terms that the article holds."""
        return NOTHING.union(*self.held)

    @cached_property
    def headings(self) -> frozenset[str]:
        """The question's terms that headings within the article hold."""
        return NOTHING.union(*self.over.values())

    @cached_property
    def names(self) -> frozenset[str]:
        """The question's names: as it writes them or, where it writes none with a capital, as the article does."""
        small = self.question.small
        if not small:
            return self.question.names
        return self.question.names | _find_capitalised(self.article, self.held, small)

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The question's terms that are neither names nor words of asking."""
        return tuple([term for term in self.question.plain if term not in self.names])

    @cached_property
    def alike(self) -> frozenset[str]:
        """The question's terms that the article says in another word."""
        return self.question.find_alike(self.vocabulary) - self.known

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All terms of the article's sentences and of the headings above them."""
        return NOTHING.union(*[sentence.terms + sentence.heading for sentence in self.article.sentences])

    def paragraph(self, number: int) -> tuple[frozenset[str], float]:
        """Return the question's terms in a paragraph, and its BM25 as a share of the highest possible."""
        found = self._paragraphs.get(number)
        if found is None:
            places, idf, average = self._parts
            ats = places[number]
            terms = [one.heading + one.terms for one in (self.article.sentences[at] for at in ats)]
            held = NOTHING.union(*[self.held[at] for at in ats], *[self.over.get(at + 1, NOTHING) for at in ats])
            best = sum(idf.values()) or 1.0
            found = self._paragraphs[number] = held, self.bm25(terms, held, idf, average) / best
        return found

    @cached_property
    def _parts(self) -> tuple[Mapping[int, Sequence[int]], Mapping[str, float], float]:
        """The places of each paragraph's sentences, the idf over paragraphs, and their mean number of terms."""
        places: dict[int, list[int]] = {}
        counts = dict.fromkeys(self.question.words, 0)
        last: dict[str, int] = {}  # the paragraph that a term was last counted for: sentences stand in its order
        for at, sentence in enumerate(self.article.sentences):
            number = sentence.paragraph
            places.setdefault(number, []).append(at)
            for term in self.held[at] | self.over[at + 1] if at + 1 in self.over else self.held[at]:
                if last.get(term) != number:
                    last[term] = number
                    counts[term] += 1
        units = len(places)
        return places, {term: idf(units, count) for term, count in counts.items()}, max(1.0, self.length / units)

    def share(self, terms: frozenset[str]) -> float:
        """Return the share of the question's idf that these of its terms carry, 0 to 1."""
        known = self._shares.get(terms)
        if known is None:
            idf = self.idf
            known = self._shares[terms] = sum([idf[term] for term in idf if term in terms]) / self.total
        return known

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
    """

    def __init__(self, article_view: ArticleView, number: int) -> None:
        sentences = article_view.article.sentences
        self.article_view = article_view
        self.odds: float | None = None
        self.odds_others = -8.0  # the least that a judge gives, for none
        self.question = article_view.question
        self.sentence = sentences[number - 1]
        self.terms = self.sentence.terms
        self.held = article_view.held[number - 1]
        self.heading = article_view.over.get(number, NOTHING)
        self.before = self.heading | (article_view.held[number - 2] if number > 1 else NOTHING)
        self.after = article_view.held[number] if number < len(sentences) else NOTHING
        self.window = self.held | self.before | self.after
        self.follows = number > 1 and sentences[number - 2].paragraph == self.sentence.paragraph
        following = sentences[number] if number < len(sentences) else None
        self.next = following if following and following.paragraph == self.sentence.paragraph else None

    @property
    def similarity(self) -> float:
        """How near the sentence comes to the question in meaning, a cosine; 0 where only words are compared."""
        known = self.article_view.similarities
        return known[self.sentence.number - 1] if known else 0.0

    @cached_property
    def alike(self) -> frozenset[str]:
        """The question's terms that the sentence says in another word."""
        return self.question.find_alike(self.terms) - self.held

    @cached_property
    def covered(self) -> frozenset[str]:
        """The question's terms that the sentence or a neighbour holds, or says in another word."""
        sentences = self.article_view.article.sentences
        around = sentences[max(0, self.sentence.number - 2) : self.sentence.number + 1]
        near = [self.sentence.heading, *[sentence.terms for sentence in around]]
        return self.window.union(*[self.question.find_alike(terms) for terms in near])

    @cached_property
    def missing(self) -> set[str]:
        """The question's terms that the sentence lacks."""
        return self.question.words.keys() - self.held

    @cached_property
    def text(self) -> str:
        """The sentence's words."""
        return self.article_view.article.quote(self.sentence)

    @cached_property
    def places(self) -> Mapping[str, list[int]]:
        """Positions of the question's terms in the sentence, counted in terms."""
        found: dict[str, list[int]] = {}
        if self.held:
            for at, term in enumerate(self.terms):
                if term in self.held:
                    found.setdefault(term, []).append(at)
        return found

    @cached_property
    def capitals(self) -> tuple[str, ...]:
        """The words with a capital, less the first."""
        return tuple(_CAPITALISED.findall(self.text))

    @cached_property
    def answers(self) -> tuple[int, ...]:
        """Positions, counted in terms, of terms that may be the answer and are not in the question."""
        known = self.question.words
        match self.question.kind.name:
            case "number":
                fits = [at for at, term in enumerate(self.terms) if term[0].isdigit() and term not in known]
            case "time":
                fits = [
                    at
                    for at, term in enumerate(self.terms)
                    if (term in list_time_terms() or _YEAR.match(term)) and term not in known
                ]
            case "name" | "place":
                names = {term for word in self.capitals for term in analyse(word)}
                if first := _FIRST.match(self.text):  # "McLachlan was second"; what else opens one is mostly no term
                    names.update(analyse(first[1]))
                fits = [at for at, term in enumerate(self.terms) if term in names and term not in known]
            case _:
                fits = [at for at, term in enumerate(self.terms) if term not in known]
        return tuple(fits)

    @cached_property
    def wanted(self) -> bool:
        """Whether the sentence has something of the very type that is asked for; True if any text would do."""
        question = self.question
        if question.wants.name == "count" and question.counted and question.counted.isdisjoint(self.terms):
            return False  # what is counted is not here: no need to look for the number beside it
        return question.wants.is_held_in(self.text, question.counted, fits=bool(self.answers))

    @cached_property
    def points_back(self) -> bool:
        """Whether the sentence opens with a word that refers to something said before."""
        return _POINTS_BACK.match(self.text) is not None

    @cached_property
    def next_points_back(self) -> bool:
        """Whether the next sentence of the paragraph does."""
        return self.next is not None and _POINTS_BACK.match(self.article_view.article.quote(self.next)) is not None


def _find_capitalised(article: Article, held: Sequence[frozenset[str]], terms: frozenset[str]) -> frozenset[str]:
    """Return those of the terms that the article writes with a capital within sentences, and more often than small.

    `held` has the terms that each sentence holds. At the beginning of a sentence a capital counts with another behind
    it ("Ida Holm"), or for a word that is no plain English and is written small nowhere.
    """
    capital, small, opens = Counter[str](), Counter[str](), dict[str, str]()
    for sentence, found in zip(article.sentences, held, strict=True):
        here = found & terms
        if not here:
            continue
        text = article.quote(sentence)
        words = [_analyse_word(word) for word in _CAPITALISED.findall(text)]
        first = _FIRST.match(text)
        at_first = _analyse_word(first[1]) if first is not None else ()
        for term in here:
            written = sum([term in word for word in words])
            if first is not None and term in at_first:
                opens[term] = first[1]
                written += first[2] is not None
                small[term] -= first[2] is None
            capital[term] += written
            small[term] += sentence.terms.count(term) - written
    found_names = set()
    for term in terms:
        opening = opens.get(term, "").lower()
        plain = opening == "" or opening in GROUPS or opening in load_small_words()
        if capital[term] > small[term] or (capital[term] == small[term] == 0 and not plain):
            found_names.add(term)
    return frozenset(found_names)
