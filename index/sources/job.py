"""Read the bytes of one source, in a worker or here, and look up each sentence in what the source shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..forms.serial import article_to_dict
from ..language.sentences import split_sentences
from ..model import Article
from ..reading.article import build_article
from ..reading.document import Document
from ..reading.mixed import tell_by_words
from .readers import read_document


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How many of the `total` sentences were `found` in what the source shows; `left_out` holds the others.

    `omitted` are the sentences of the source's main part that are not in the article, each with the reason why not.
    """

    found: int
    total: int
    left_out: tuple[str, ...] = ()
    omitted: tuple[tuple[str, str], ...] = ()

    @property
    def missing(self) -> str:
        """How many sentences of the source's main part are in the article; "" if all are."""
        if not self.omitted:
            return ""
        return f"{self.total} of {self.total + len(self.omitted)} sentences of the page's main part"

    def __str__(self) -> str:
        """Return the line that `add` prints."""
        told = f"{self.found} of {self.total} sentences found in the source"
        if not self.missing:
            return told
        partly = f"{self.missing}; {len(self.omitted)} left out (show --report)"
        return partly if self.found == self.total else f"{told}; {partly}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article that was just read, and how faithful it is to its source."""

    article: Article
    fidelity: Fidelity


def read_here(data: bytes, source: str) -> Loaded:
    """Return the article, read in this process.

    Raises:
        SourceError: see `sources.read_bytes`.
    """
    return load_document(read_document(data, source), source)


def load_document(document: Document, source: str) -> Loaded:
    """Return the article of a document.

    Raises:
        SourceError: see `index.reading.article.build_article`.
    """
    article = build_article(document.text, document.known, source=source, blocks=document.blocks)
    return Loaded(article, measure_fidelity(article, document))


def measure_fidelity(article: Article, document: Document) -> Fidelity:
    """Look up each sentence of the article in what its source shows, ignoring white space."""
    omitted = tuple(_split_omitted(document.omitted))
    if not document.shown:
        return Fidelity(article.length, article.length + len(document.left_out), document.left_out, omitted)
    lost, at = [], 0
    for text in map(article.quote, article.sentences):
        place = document.shown.find(text, at)  # they mostly stand there in order
        if place < 0 and text not in document.shown:
            lost.append(text)
        at = max(at, place)
    if lost:
        shown = "".join(document.shown.split())
        lost = [text for text in lost if "".join(text.split()) not in shown]
    total = article.length + len(document.left_out)
    return Fidelity(article.length - len(lost), total, (*document.left_out, *lost), omitted)


def _split_omitted(omitted: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the sentences of what was left out, each with the reason."""
    for text, why in omitted:
        yield from ((text[start:end], why) for start, end in split_sentences(text))


def read_as_dict(data: bytes, source: str) -> dict[str, Any]:
    """Return the article in the bytes as one JSON object; runs in a worker.

    `doubtful` tells that the caller should ask the model of languages, which a worker cannot load.

    Raises:
        SourceError: see `sources.read_bytes`.
    """
    return encode_loaded(read_here(data, source))


def encode_loaded(loaded: Loaded) -> dict[str, Any]:
    """Return what was read as one JSON object."""
    article = loaded.article
    # rows instead of objects: an article has a hundred sentences, and terms contain no white space
    rows = [
        [each.number, each.paragraph, each.start, each.end, " ".join(each.terms), " ".join(each.heading)]
        for each in article.sentences
    ]
    form = {"article": article_to_dict(replace(article, sentences=())), "sentences": rows, **asdict(loaded.fidelity)}
    return form | {"doubtful": not tell_by_words(article.text, article.paragraphs)}
