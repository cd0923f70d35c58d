"""Text in, Article out: the wire rules (`marking.py`) mark paragraphs, `language/sentences.py` splits them.

Every source ends here, whatever its format: its reader supplies the text as people see it and,
if the format has any, the blocks of that text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from ..errors import EmptyArticle, SourceTooLarge, UnsupportedLanguage, state_fact
from ..headings import add_headings
from ..language.language import Language, find_language
from ..language.names import describe_language
from ..model import Article, Kind, Metadata, Paragraph, Sentence, hash_text, make_article_id
from .document import Block
from .lines import flatten
from .mixed import tell_languages

MAX_CHARACTERS = 5_000_000
"""The longest text that is read, in characters: eight long novels."""


def build_article(
    text: str, known: Metadata | None = None, *, source: str = "", blocks: tuple[Block, ...] | None = None
) -> Article:
    """Mark the text's paragraphs and sentences and return the article; the text itself is not changed.

    Raises:
        EmptyArticle: no sentence of the text could be cited.
        UnsupportedLanguage: the text is in a language that is not served.
        SourceTooLarge: the text is longer than 5 million characters.
        ValueError: the blocks overlap, or leave the text.
    """
    from .marking import mark  # late: compiling its patterns takes longer than answering from a library

    if len(text) > MAX_CHARACTERS:
        raise SourceTooLarge(
            source,
            state_fact(
                "has {count:,} characters, the limit is {max_characters:,}; split it into its articles",
                count=len(text),
                max_characters=MAX_CHARACTERS,
            ),
            MAX_CHARACTERS,
        )
    paragraphs, metadata = mark(text, known, blocks)
    code, paragraphs = tell_languages(text, paragraphs)
    language = choose_language(source, code)
    body = tuple(paragraph for paragraph in paragraphs if paragraph.kind is Kind.BODY)
    sentences = tuple(_split_body(text, body, language))
    if not sentences:
        raise EmptyArticle(source, _explain_empty(text))
    sha256 = hash_text(text)
    stated: dict[str, Any] = {each.name: getattr(metadata, each.name) for each in fields(Metadata)}
    article = Article(
        **stated | {"language": language.code},
        id=make_article_id(sha256),
        sha256=sha256,
        source=source,
        length=len(sentences),
        text=text,
        paragraphs=paragraphs,
        sentences=sentences,
    )
    return add_headings(article)


def read_in(article: Article, language: Language) -> Article:
    """Return the article with the sentences and terms that it has in a language."""
    body = tuple(paragraph for paragraph in article.paragraphs if paragraph.kind is Kind.BODY)
    sentences = tuple(_split_body(article.text, body, language))
    return add_headings(replace(article, language=language.code, length=len(sentences), sentences=sentences))


def _split_body(text: str, body: tuple[Paragraph, ...], language: Language) -> Iterator[Sentence]:
    """Yield the sentences of the body; a line break inside a paragraph does not end a sentence."""
    number = 0
    for paragraph in body:
        words = flatten(text, paragraph.start, paragraph.end)
        for start, end in language.split_sentences(words):
            number += 1
            first, last = paragraph.start + start, paragraph.start + end
            assert paragraph.number is not None
            yield Sentence(number, paragraph.number, first, last, language.analyse(text[first:last]))


def choose_language(source: str, code: str) -> Language:
    """Return the language with this code; raise `UnsupportedLanguage` if it is not served."""
    language = find_language(code)
    if language is None:
        told = state_fact("is in {name}; Pullquote reads {served}", **describe_language(code))
        raise UnsupportedLanguage(source, told, code)
    return language


def _explain_empty(text: str) -> str:
    """Return why nothing can be cited, and what to do about it, for the error's message."""
    if not text.strip():
        return state_fact("holds no text; give a file that has some")
    return state_fact(
        "holds no sentence of a story, only headlines, notes or page furniture; give the story's own text"
    )
