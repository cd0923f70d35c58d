"""Tell which language an article is in, and which of its paragraphs are in another: those are shown, never cited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..language.detect import begins_in_english, count_small_words, detect_by_words
from ..language.identifier import identify
from ..language.language import find_language
from ..language.names import name_language
from ..model import Article, Kind, Paragraph

_SAMPLE = 20_000
"""Characters of the body that show its language; the rest of a book adds nothing."""

_WORDS = 12
"""The number of words from which a paragraph tells its language by itself; names fill shorter ones."""

_SHORT = 25
"""The same in characters, where a script has hardly any spaces between words."""

_PART = 0.3
"""The share of a text from which the part that is in a language served is an article: less is a summary or a notice."""


def tell_languages(text: str, paragraphs: Sequence[Paragraph]) -> tuple[str, tuple[Paragraph, ...]]:
    """Return the code of the article's language, and the paragraphs with those of the body in another marked so.

    A text that is mostly in a language that is not served is in the one served that a good part of it is in, if any.
    """
    code = tell_by_words(text, paragraphs) or identify(sample_body(text, paragraphs)) or "en"
    others = _list_others(text, paragraphs, code)
    if others and not find_language(code):
        sizes = _measure(paragraphs, others, code)
        served = [each for each, size in sizes.most_common() if find_language(each) and size > _PART * sizes.total()]
        code = served[0] if served else code
        others = _list_others(text, paragraphs, code)
    if not others:
        return code, tuple(paragraphs)
    marked = (replace(each, kind=Kind.FOREIGN) if place in others else each for place, each in enumerate(paragraphs))
    return code, _number(marked)


def tell_by_words(text: str, paragraphs: Sequence[Paragraph]) -> str:
    """Return the code of the article's language by its words, "" if they leave doubt.

    Where the text as a whole does, what most of its paragraphs are in counts.
    """
    if told := detect_by_words(sample_body(text, paragraphs)):
        return told
    sizes = _measure(paragraphs, _list_others(text, paragraphs, ""), "")
    del sizes[""]
    return max(sizes, key=lambda code: sizes[code], default="")


def _measure(paragraphs: Sequence[Paragraph], others: Mapping[int, str], code: str) -> Counter[str]:
    """Return how many characters of the body are in each language: in that with this code, what no other is told of."""
    sizes: Counter[str] = Counter()
    for place, paragraph in enumerate(paragraphs):
        if paragraph.kind is Kind.BODY:
            sizes[others.get(place, code)] += paragraph.end - paragraph.start
    return sizes


def name_kind(article: Article, paragraph: Paragraph) -> str:
    """Return what a paragraph is: its kind, or of one in another language than the article's the name of that."""
    if paragraph.kind is not Kind.FOREIGN:
        return paragraph.kind
    told = _tell_paragraph(article.text[paragraph.start : min(paragraph.end, paragraph.start + _SAMPLE)], "")
    return name_language(told) if told else "another language"


def sample_body(text: str, paragraphs: Iterable[Paragraph]) -> str:
    """Return the beginning of the body, as much as tells the language."""
    sample, length = [], 0
    for paragraph in paragraphs:
        if paragraph.kind is Kind.BODY and length < _SAMPLE:
            sample.append(text[paragraph.start : min(paragraph.end, paragraph.start + _SAMPLE - length)])
            length += len(sample[-1])
    return "\n".join(sample)


def _list_others(text: str, paragraphs: Sequence[Paragraph], code: str) -> dict[int, str]:
    """Return the language of each paragraph of the body that is plainly not in this one, by its place."""
    found = {}
    for place, paragraph in enumerate(paragraphs):
        if paragraph.kind is Kind.BODY:
            told = _tell_paragraph(text[paragraph.start : min(paragraph.end, paragraph.start + _SAMPLE)], code)
            if told not in ("", code):
                found[place] = told
    return found


def _tell_paragraph(words: str, code: str) -> str:
    """Return the language of a paragraph, "" if it may be in any."""
    if len(words) < _SHORT:
        return ""
    if code in ("en", "") and begins_in_english(words):
        return "en"
    spaced = words.isascii() or words.count(" ") * 10 > len(words)
    told = detect_by_words(words, ()) if not spaced or len(words.split()) >= _WORDS else ""
    if told in ("", code) or not code:
        return told
    own, others = count_small_words(words, code), count_small_words(words, told)  # its neighbours share many
    return "" if 2 * own >= others > 0 else told


def _number(paragraphs: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
    """Return the paragraphs with those of the body numbered anew."""
    number, numbered = 0, []
    for each in paragraphs:
        number += each.kind is Kind.BODY
        numbered.append(replace(each, number=number if each.kind is Kind.BODY else None))
    return tuple(numbered)
