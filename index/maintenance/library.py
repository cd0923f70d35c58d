"""Whole libraries: how large they are, and export and import as JSON Lines without loss."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core import Index
from ..engines import HealthIndicator, analyse_article, renew_card
from ..errors import ArticlesRefused, CorruptIndex, PullquoteError
from ..forms.serial import article_from_dict, article_to_dict, card_from_dict, card_to_dict
from ..model import Article, Card, hash_text, make_article_id
from .memberships import count_by_language, count_passages, list_holdings
from .soundness import check_soundness

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """What a library holds, and its `place`: a folder, or the address of a cluster.

    `languages` says by code how many articles are in each, the most frequent first. Bytes are None if its files are not
    on this machine's disk.
    """

    place: str
    articles: int
    passages: int
    collections: Mapping[str, int]
    languages: Mapping[str, int]
    text_bytes: int | None = None
    disk_bytes: int | None = None


class BrokenLine(PullquoteError):
    """A line of an import that is not an article; `number` counts from 1."""

    def __init__(self, number: int, message: str) -> None:
        """Keep the number and build the message "line NUMBER: MESSAGE"."""
        super().__init__(f"line {number}: {message}")
        self.number = number


class DamagedArticle(PullquoteError):
    """An article that an export cannot write, or not whole, because what is stored of it is damaged."""


def measure(index: Index) -> Figures:
    """Count what the index holds."""
    from ..engines.disk.engine import find_folder

    engine, sizes = index.engine, index.engine.sizes()
    kind, _, path = engine.address.partition(":")
    place = str(find_folder(path).absolute()) if kind == "disk" else engine.address
    languages = count_by_language(engine)
    passages = count_passages(engine)
    return Figures(place, len(index), passages, engine.collections(), languages, sizes.text, sizes.disk)


def check_disk(address: str) -> Iterator[HealthIndicator]:
    """Check a library on this machine's disk, and change nothing; each indicator that is not well carries advice.

    Raises:
        ValueError: the address is not that of a library on disk.
        OSError: a file cannot be looked at.
    """
    from ..engines.disk.health import check_library

    kind, _, place = address.partition(":")
    if kind != "disk":
        raise ValueError(f"{address!r} is no library on disk: use disk:PATH")
    yield from check_library(place)


def export_articles(index: Index) -> Iterator[dict[str, Any] | DamagedArticle]:
    """Yield every article with its collections, in order of addition, in the form that `import_articles` reads.

    A damaged one is left out, or only the source's bytes or a collection of it; then an error says so.

    What the first of its collections states of it stands in the form itself; `cards` and `raws` hold what others state,
    and the source's bytes that they keep, where that differs.
    """
    written = 0
    for key, names in list_holdings(index.engine):
        written += len(names)
        try:
            article, *others = (index.engine.article(key, (name,)) for name in names)
        except CorruptIndex as exc:
            yield DamagedArticle(f"left out: {exc.message}")
            continue
        form = article_to_dict(article) | {"collections": list(names)}
        cards = {name: card_to_dict(other) for name, other in zip(names[1:], others, strict=True) if other != article}
        if cards:
            form["cards"] = cards
        try:
            form |= _list_raws(index, key, names)
        except CorruptIndex as exc:
            yield DamagedArticle(f"without its source's bytes: {exc.message}")
        yield form
    if lacking := sum(index.engine.collections().values()) - written:
        what = "article of a collection is" if lacking == 1 else "articles of collections are"
        yield DamagedArticle(
            f"left out: {lacking:,} {what} not listed: a card is damaged; `pullquote rebuild` mends that"
        )


def _list_raws(index: Index, key: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the source's bytes of an article as its form has them.

    Raises:
        CorruptIndex: they are damaged.
    """
    raw, *raws = (index.engine.raw(key, (name,)) for name in names)
    form: dict[str, Any] = {} if raw is None else {"raw": _encode(raw)}
    if kept := {name: _encode(other) for name, other in zip(names[1:], raws, strict=True) if other != raw}:
        form["raws"] = kept
    return form


def _encode(raw: bytes | None) -> str | None:
    return None if raw is None else b64encode(raw).decode()


def import_articles(index: Index, forms: Iterable[Mapping[str, Any] | ValueError]) -> Iterator[int | BrokenLine]:
    """Add what `export_articles` gave, in batches.

    Yields how many more articles each batch has stored, and an error for each form that is broken. Terms are computed
    again, so an export of any version can be read.
    """
    batch: list[_Entry] = []
    stored: set[str] = set()
    for number, form in enumerate(forms, 1):
        try:
            batch.append(_parse_entry(number, form))
        except ValueError as exc:
            yield BrokenLine(number, str(exc))
        if len(batch) >= _BATCH:
            yield from _store(index, batch, stored)
            batch = []
    if batch:
        yield from _store(index, batch, stored)


@dataclass(frozen=True, slots=True)
class _Entry:
    """The article of a line, with what each of its collections states of it, and the source's bytes that they keep."""

    number: int
    article: Article
    collections: tuple[str, ...]
    cards: Mapping[str, Card]
    raws: Mapping[str, bytes | None]

    def build_article(self, name: str) -> Article:
        """Return the article as a collection states it."""
        return self.article.with_card(self.cards[name]) if name in self.cards else self.article


def _store(index: Index, batch: list[_Entry], stored: set[str]) -> Iterator[int | BrokenLine]:
    """Store a batch; yield how many ids are new to `stored`, and an error for each entry that is refused."""
    encoded = [replace(each, article=index.encode(each.article)) for each in batch]
    entries = ((name, each.build_article(name), each.raws[name]) for each in encoded for name in each.collections)
    refused: Mapping[str, str] = {}
    try:
        index.engine.restore(entries)  # not `Index.add`, which would regroup stories
    except ArticlesRefused as error:
        refused = error.refused
    before = len(stored)
    stored.update(each.article.id for each in batch if each.article.id not in refused)
    yield len(stored) - before
    for each in batch:
        if each.article.id in refused:
            yield BrokenLine(each.number, refused[each.article.id])


def _parse_entry(number: int, form: Mapping[str, Any] | ValueError) -> _Entry:
    if isinstance(form, ValueError):
        raise form
    article = article_from_dict(form)
    check_soundness(article)
    if article.sha256 != hash_text(article.text) or article.id != make_article_id(article.sha256):
        raise ValueError("sha256: the text is not the one that this hash was made of")
    names = form.get("collections")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError("collections: expected a list of names")
    cards = {name: _read_card(article, card, f"cards.{name}") for name, card in _parse_object(form, "cards").items()}
    raw = _decode(form.get("raw"), "raw")
    raws = {name: _decode(other, f"raws.{name}") for name, other in _parse_object(form, "raws").items()}
    return _Entry(
        number, analyse_article(article), tuple(dict.fromkeys(names)), cards, dict.fromkeys(names, raw) | raws
    )


def _read_card(article: Article, form: object, path: str) -> Card:
    """Return what a collection states of the article; the text decides its id, hash and length."""
    card = renew_card(article, card_from_dict(form, path))
    try:
        check_soundness(article.with_card(card))
    except ValueError as exc:
        raise ValueError(f"{path}.{exc}") from exc
    return card


def _parse_object(form: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = form.get(key, {})
    if not isinstance(found, Mapping):
        raise ValueError(f"{key}: expected an object")  # noqa: TRY004 - one error for any malformed form
    return found


def _decode(raw: object, path: str) -> bytes | None:
    if raw is not None and not isinstance(raw, str):
        raise ValueError(f"{path}: expected a string in base 64")
    return None if raw is None else b64decode(raw, validate=True)
