"""Are the right passages of a library nominated by a language's terms, and would letters in the index find more?

    python -m tests.bench.bench_nomination [LANGUAGE...]

The library holds each paragraph of an xquad set as an article of its own. For each language it prints for how many of
the set's questions a passage with the answer is among the best 3, 10 and 30: by terms, as libraries are indexed; by
terms and the letter n-grams of each sentence's words; and how many entries the index has each time. A library that is
ten times as large nominates the same 30, so that the best 3 here say what happens there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from index import Article, Filter, Paragraph
from index.engines import open_engine
from index.evaluate.question_sets import GoldQuestion, QuestionSet, read_set
from index.language.language import Language, get_language
from index.model import Kind, hash_text, make_article_id
from index.reading.article import read_in
from index.reading.passages import list_terms
from tests.support.paths import EVAL, need_shared

LANGUAGES = ("ar", "de", "el", "es", "hi", "ro", "ru", "tr", "vi", "zh")
BEST = (3, 10, 30)
Terms = Callable[[str], tuple[str, ...]]


def split_paragraphs(found: QuestionSet, language: Language) -> dict[tuple[str, int], Article]:
    """Return each passage of a set as an article, by the id of the set's article and where it starts there."""
    articles = {}
    for key, spans in found.passages.items():
        for start, end in spans:
            text = found.articles[key].text[start:end]
            sha256 = hash_text(text)
            body = (Paragraph(1, Kind.BODY, 0, len(text)),)
            bare = Article(id=make_article_id(sha256), sha256=sha256, text=text, paragraphs=body)
            articles[key, start] = read_in(bare, language)
    return articles


def index_by(article: Article, find: Terms) -> Article:
    """Return the article with other terms of its sentences."""
    sentences = tuple(replace(each, terms=find(article.quote(each))) for each in article.sentences)
    return replace(article, sentences=sentences)


def list_asked(found: QuestionSet) -> Iterator[tuple[GoldQuestion, tuple[str, int], list[tuple[int, int]]]]:
    """Yield each question with the key of the paragraph that answers it, and where the answers stand in that."""
    for question in found.questions:
        spans = found.passages[question.article]
        for start, end in spans:
            held = [(one - start, two - start) for one, two in question.gold if start <= one and two <= end]
            if held:
                yield question, (question.article, start), held
                break


def measure(code: str) -> Iterator[tuple[str, list[float], int]]:
    """Yield for each way to index its name, the shares of questions whose passage is nominated, and the entries."""
    language = get_language(code)
    found = read_set(need_shared(EVAL / f"xquad-{code}-even"))
    articles = split_paragraphs(found, language)

    def find_letters(text: str) -> tuple[str, ...]:
        return (*language.analyse(text), *sorted(f"·{gram}" for gram in language.find_grams(text)))

    ways: dict[str, Terms] = {"terms": language.analyse, "terms and letters": find_letters}
    asked = list(list_asked(found))
    for name, find in ways.items():
        engine = open_engine("memory:")
        indexed = {key: index_by(article, find) for key, article in articles.items()}
        engine.add(indexed.values(), "default")
        within = Filter(collections=("default",), language=code)
        ranks = [
            _find_rank(engine.search(tuple(dict.fromkeys(find(question.text))), max(BEST), within), indexed[key], held)
            for question, key, held in asked
        ]
        entries = sum(len(set(terms)) for article in indexed.values() for terms in list_terms(article))
        yield name, [sum(rank < best for rank in ranks) / len(ranks) for best in BEST], entries


def _find_rank(hits, article, spans):
    """Return how many hits come before the first that holds an answer; many if none does."""
    for rank, hit in enumerate(hits):
        passage = hit.passage
        if passage.article_id == article.id and any(passage.start <= one and two <= passage.end for one, two in spans):
            return rank
    return sys.maxsize


def main(codes: list[str]) -> None:
    """Print the table."""
    print(f"{'':4}{'indexed by':20}{'  '.join(f'best {best:2}' for best in BEST)}   entries")
    for code in codes or LANGUAGES:
        for name, shares, entries in measure(code):
            print(f"{code:4}{name:20}{'  '.join(f'{share:7.3f}' for share in shares)}   {entries:7,}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
