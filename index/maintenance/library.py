"""Whole libraries: how large they are, and export and import as JSON Lines without loss."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..core import Index
from ..engines import analyse_article
from ..errors import PullquoteError
from ..forms.serial import article_from_dict, article_to_dict
from ..model import Article, Filter, hash_text, make_article_id
from .soundness import check_soundness

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """What a library holds; bytes are None if its files are not on this machine's disk."""

    articles: int
    passages: int
    collections: Mapping[str, int]
    text_bytes: int | None = None
    disk_bytes: int | None = None


class BrokenLine(PullquoteError):
    """A line of an import that is not an article; `number` counts from 1."""

    def __init__(self, number: int, message: str) -> None:
        """Keep the number and build the message "line NUMBER: MESSAGE"."""
        super().__init__(f"line {number}: {message}")
        self.number = number


def measure(index: Index) -> Figures:
    """Count what the index holds."""
    engine, sizes = index.engine, index.engine.sizes()
    return Figures(len(index), engine.statistics(()).passages, engine.collections(), sizes.text, sizes.disk)


def export_articles(index: Index) -> Iterator[dict[str, Any]]:
    """Yield every article with its collections, in order of first addition, in the form that `import_articles` reads.

    Raises:
        CorruptIndex: an article or its source bytes are damaged.
    """
    names = tuple(index.engine.collections())
    members = {name: {card.id for card in index.engine.articles(Filter(collections=(name,)))} for name in names}
    for card in index.engine.articles(Filter(collections=names)):
        article = index.engine.article(card.id)
        form = article_to_dict(article) | {"collections": [name for name in names if card.id in members[name]]}
        raw = index.engine.raw(card.id)
        yield form if raw is None else form | {"raw": b64encode(raw).decode()}


def import_articles(index: Index, forms: Iterable[Mapping[str, Any] | ValueError]) -> Iterator[int | BrokenLine]:
    """Add what `export_articles` gave, in batches.

    Yields how many articles each batch has stored, and an error for each form that is broken. Terms are computed again,
    so an export of any version can be read.
    """
    batch: list[_Entry] = []
    for number, form in enumerate(forms, 1):
        try:
            entry = _parse_entry(form)
        except ValueError as exc:
            yield BrokenLine(number, str(exc))
            continue
        if batch and (entry.collections != batch[0].collections or len(batch) >= _BATCH):
            yield _store(index, batch)
            batch = []
        batch.append(entry)
    if batch:
        yield _store(index, batch)


@dataclass(frozen=True, slots=True)
class _Entry:
    article: Article
    collections: tuple[str, ...]
    raw: bytes | None


def _store(index: Index, batch: list[_Entry]) -> int:
    for name in batch[0].collections:
        index.engine.add([entry.article for entry in batch], name)  # not `Index.add`, which would regroup stories
    for entry in batch:
        if entry.raw is not None:
            index.engine.keep(entry.article.id, entry.raw)
    return len(batch)


def _parse_entry(form: Mapping[str, Any] | ValueError) -> _Entry:
    if isinstance(form, ValueError):
        raise form
    article = article_from_dict(form)
    check_soundness(article)
    if article.sha256 != hash_text(article.text) or article.id != make_article_id(article.sha256):
        raise ValueError("sha256: the text is not the one that this hash was made of")
    names = form.get("collections")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError("collections: expected a list of names")
    raw = form.get("raw")
    if raw is not None and not isinstance(raw, str):
        raise ValueError("raw: expected a string in base 64")
    return _Entry(analyse_article(article), tuple(names), None if raw is None else b64decode(raw, validate=True))
