"""A stand-in for the encoder of sentences: the same words have the same vector, others hardly ever."""

from __future__ import annotations

from hashlib import sha256

from index import Article
from index.engines import make_vectors

ENCODER = "letters-1"


def encode(words: str) -> bytes:
    """Return a vector of 16 dimensions."""
    return sha256(words.encode("utf-8", "surrogatepass")).digest()[:16]


def encode_apart(words: str) -> bytes:
    """Return that of another encoder, of 24 dimensions."""
    return sha256(words.encode("utf-8", "surrogatepass")).digest()[8:]


def encoded(article: Article) -> Article:
    """Return the article with vectors."""
    return make_vectors(article, encode)
