"""Whether an article that comes as a form could be one that we made: engines store whatever they are given. Pure."""

from __future__ import annotations

from ..language.language import find_language, list_languages
from ..model import MAX_LEAD, Article, Kind
from ..reading.article import MAX_CHARACTERS
from ..reading.document import MAX_TIME

_MAX_PAGE = (1 << 32) - 1  # engines store the numbers of pages, and all others, in 32 bits


def check_soundness(article: Article) -> None:
    """Accept an article whose numbers and spans are as `build_article` makes them.

    Paragraphs and sentences stand in text order and do not overlap, the body and its sentences are counted from 1, and
    each sentence lies in its paragraph.

    Raises:
        ValueError: it is none; the message begins with the key's path.
    """
    if len(article.text) > MAX_CHARACTERS:
        raise ValueError(f"text: has {len(article.text):,} characters, the limit is {MAX_CHARACTERS:,}")
    if not 0 <= article.lead <= MAX_LEAD:
        raise ValueError(f"lead: expected a number from 0 to {MAX_LEAD:,}")
    if find_language(article.language) is None:
        raise ValueError(f"language: expected one of {', '.join(list_languages())}")
    if not article.sentences:
        raise ValueError("sentences: there is none, so that nothing could be cited")
    if article.length != len(article.sentences):
        raise ValueError(f"length: there are {len(article.sentences)} sentences")
    _check_sentences(article, _check_paragraphs(article))


def _check_paragraphs(article: Article) -> dict[int, tuple[int, int]]:
    """Return where each paragraph of the body starts and ends, by its number."""
    body: dict[int, tuple[int, int]] = {}
    end = 0
    for at, each in enumerate(article.paragraphs):
        path = f"paragraphs[{at}]"
        number = len(body) + 1 if each.kind is Kind.BODY else None
        if each.number != number:
            raise ValueError(f"{path}.number: expected {'null' if number is None else number}")
        if each.page is not None and not 1 <= each.page <= _MAX_PAGE:
            raise ValueError(f"{path}.page: expected a number from 1 to {_MAX_PAGE:,}, or null")
        if each.time is not None and not 0 <= each.time <= MAX_TIME:
            raise ValueError(f"{path}.time: expected a number of seconds from 0 to {MAX_TIME:,}, or null")
        if each.start < end:
            raise ValueError(f"{path}.start: the paragraph before ends at {end}")
        end = each.end
        if number is not None:
            body[number] = (each.start, each.end)
    return body


def _check_sentences(article: Article, body: dict[int, tuple[int, int]]) -> None:
    end = 0
    for at, each in enumerate(article.sentences):
        path = f"sentences[{at}]"
        if each.number != at + 1:
            raise ValueError(f"{path}.number: expected {at + 1}")
        if each.paragraph not in body:
            raise ValueError(f"{path}.paragraph: no paragraph of the body has this number")
        first, last = body[each.paragraph]
        if not first <= each.start < each.end <= last:
            raise ValueError(f"{path}.start: {each.start} to {each.end} is no span of its paragraph")
        if each.start < end:
            raise ValueError(f"{path}.start: the sentence before ends at {end}")
        end = each.end
