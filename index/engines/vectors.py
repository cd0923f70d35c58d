"""Sentence vectors in a library: all English articles have those of one encoder, or none counts. Pure.

Vectors of two encoders cannot be compared, and a sentence without one would always rank last; so a library that is not
whole is asked by words alone, until it is rebuilt. The encoder reads English: other articles have no vectors, need
none, and are never compared by meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ..model import DEFAULT_LANGUAGE, Article

Encode = Callable[[str], bytes]
"""Makes the vector of a sentence of its words; never b"", and of one length for all."""


def has_vectors(article: Article) -> bool:
    """Tell whether all sentences have a vector of one length; one without sentences, or not in English, lacks none."""
    lengths = {len(sentence.vector) for sentence in article.sentences}
    return not lengths or article.language != DEFAULT_LANGUAGE or (len(lengths) == 1 and 0 not in lengths)


def drop_vectors(article: Article) -> Article:
    """Return the article without vectors."""
    if not any(sentence.vector for sentence in article.sentences):
        return article
    return replace(article, sentences=tuple(replace(each, vector=b"") for each in article.sentences))


MOST = 5_000
"""Sentences of an article that are encoded, the first ones: each takes 8 ms, and 200 kB may hold 50,000."""


def make_vectors(article: Article, encode: Encode) -> Article:
    """Return the article with vectors made anew; sentences after the first `MOST` get zeros, which are near nothing."""
    vectors = [encode(article.quote(each)) for each in article.sentences[:MOST]]
    vectors += [bytes(len(vectors[0]))] * (len(article.sentences) - len(vectors)) if vectors else []
    pairs = zip(article.sentences, vectors, strict=True)
    return replace(article, sentences=tuple(replace(each, vector=vector) for each, vector in pairs))


def fit_vectors(article: Article, library: str, ours: str) -> tuple[Article, str]:
    """Return a new article as a library stores it, and the encoder of all its articles from then on.

    Args:
        article: Its vectors, if it has any, are of the encoder `ours`.
        library: The encoder of all articles so far; "" if there is none.
        ours: The encoder that the library was opened with.
    """
    if article.language != DEFAULT_LANGUAGE:
        return drop_vectors(article), library
    if library and library == ours and has_vectors(article):
        return article, library
    return drop_vectors(article), "" if article.sentences else library


class VectorMaker(NamedTuple):
    """What makes the vectors of a library that is rebuilt: a function and the id of its encoder, or neither."""

    encode: Encode | None = None
    encoder: str = ""

    def renew(self, article: Article, made_by: str) -> Article:
        """Return a stored article with the vectors of this encoder, without any if there is none.

        Those that it made itself (`made_by`) are kept: making them takes longer than all else in a rebuild.
        """
        if self.encode is None or article.language != DEFAULT_LANGUAGE:
            return drop_vectors(article)
        is_ours = made_by == self.encoder and has_vectors(article)
        return article if is_ours else make_vectors(article, self.encode)
