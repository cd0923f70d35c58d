"""Engines: where articles are kept and passages are found. The protocol is the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Protocol, TypeVar

from ..errors import EngineError
from ..model import Article, Card, Filter, Hit, Metadata, Statistics

_Kept = TypeVar("_Kept", bound=Card)

Progress = Callable[[int, int], None]
"""Called with how many articles are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are to a cluster; it is sent over TLS only. `ca_file` holds the authority that signed its certificates."""

    user: str
    password: str = field(repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class StorageSize:
    """Bytes that a library takes on this machine: its texts, and all its files; None where it has no files here."""

    text: int | None = None
    disk: int | None = None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild left: how many articles, and the ids of those that were damaged and had to be dropped.

    An id that was damaged too is "?". `aside` is the path of the damaged file, which is kept; "" if there was none.
    """

    articles: int
    lost: tuple[str, ...] = ()
    aside: str = ""


class Engine(Protocol):
    """Stores articles and nominates passages; `tests/test_engine_contract.py` holds all to this.

    * A hit shares at least one term with the query. Hits come best first; ties stand in passage
      order (article in order of first addition, then passage number). `limit` and `filter` are obeyed.
    * An empty index, an empty query and unknown terms give `()`.
    * Scores are BM25 with k1 = 1.2, b = 0.75 and idf = ln(1 + (N - n + 0.5) / (n + 0.5)), as in
      Lucene; an engine may round lengths, so only the order within one search means anything.
    * Text, offsets and metadata come back unchanged. A reopened index answers the same.
    * Searching from several threads is safe.
    * Membership is (collection, article id). Removing deletes the membership; the text goes with
      the last one, and so do the source's own bytes.
    * An index of another format or analyser raises `IncompatibleIndex` when opened, untouched.
    """

    address: str

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection as one batch and return how many were new to it.

        Each article is stored whole or not at all; all are durable and visible when the call
        returns. An article that is there already changes nothing, except that newer metadata
        (title, dates, status) replaces the older; and not even that where another collection
        holds it, for who adds to one may not change, or silence, what others see.

        Raises:
            EngineUnavailable: another writer holds the index, or there is no room.
        """

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection.

        Raises:
            UnknownArticle: it is not a member.
        """

    def article(self, article_id: str) -> Article:
        """Return the article with its text; whether the asker may see it is decided in `core.py`.

        Raises:
            UnknownArticle: it is in no collection.
            CorruptIndex: its stored text fails its hash.
        """

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards of the articles that pass the filter, in order of first addition."""

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""

    def search(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
        """Return at most `limit` passages that hold any of the terms, best first."""

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Be told that this thread asks for `statistics` and `search` of these terms next; changes no answer.

        An engine that is far away learns both in one request.
        """

    def statistics(self, terms: Sequence[str]) -> Statistics:
        """Return how many passages there are and how many hold each of the terms, exactly."""

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has, by name; empty ones may be left out."""

    def keep(self, article_id: str, raw: bytes) -> bool:
        """Keep the source's own bytes beside an article, in place of any that are there.

        Returns False, and keeps nothing, if there is no such article or the engine does not keep such bytes.

        Raises:
            EngineUnavailable: as `add`.
        """

    def raw(self, article_id: str) -> bytes | None:
        """Return the source's own bytes, None where none were kept.

        Raises:
            CorruptIndex: they are damaged.
        """

    def sizes(self) -> StorageSize:
        """Return how many bytes the library takes on this machine."""

    def __len__(self) -> int:
        """Return the number of distinct articles."""

    def close(self) -> None:
        """Release files, locks and connections; a second call does nothing."""


def renewed(old: _Kept, new: Card) -> _Kept:
    """Return a stored article or card with what a newer reading of the same text states of it."""
    stated = {field.name: getattr(new, field.name) for field in fields(Metadata)}
    return replace(old, source=new.source, **stated)


def analysed(article: Article) -> Article:
    """Return the article with the terms that the present analyser makes of its sentences."""
    from ..language.terms import analyse

    found = [replace(each, terms=analyse(article.quote(each))) for each in article.sentences]
    return replace(article, sentences=tuple(found))


def open_engine(address: str, login: Login | None = None) -> Engine:
    """Return the engine at an address; see `index.open_index`.

    Raises:
        ValueError: the address is of no known kind.
        EngineError: it cannot be opened.
    """
    kind, _, place = address.partition(":")
    match kind:
        case "memory":
            from .memory import MemoryEngine

            return MemoryEngine()
        case "disk":
            from .disk import DiskEngine

            return DiskEngine(place)
        case "opensearch":
            from .cluster import ClusterEngine

            return ClusterEngine(address, login)
        case _:
            raise ValueError(f"{address!r} is no index: use memory:, disk:PATH or opensearch://HOST:PORT/NAME")


def rebuild(address: str, progress: Progress | None = None, login: Login | None = None) -> Rebuilt:
    """Recompute from its articles whatever a library derives from them, and drop articles that are damaged.

    It also upgrades a library that another version wrote, which `open_engine` refuses to open.

    Raises:
        EngineError: it cannot be done, or there is nothing to rebuild at this address.
    """
    kind, _, place = address.partition(":")
    match kind:
        case "disk":
            from .disk.restore import restore

            return restore(place, progress)
        case "opensearch":
            from .cluster.rebuild import rebuild as rebuild_cluster

            return rebuild_cluster(address, login, progress)
        case _:
            raise EngineError(address, "has nothing to rebuild; only a library on disk or on a cluster has")
