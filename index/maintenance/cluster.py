"""Copying a library to another engine, and setting up and checking a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from ..core import Index
from ..engines import HealthIndicator, Login, analyse_article, drop_vectors
from ..errors import ArticlesRefused, CorruptIndex, EngineError, UnknownArticle
from ..model import Article, Filter, hash_text
from .memberships import count_passages, list_holdings

if TYPE_CHECKING:
    from ..engines.cluster.location import ClusterLocation

_BATCH = 500


@dataclass(slots=True)
class MigrationReport:
    """What a migration did: how many articles were copied and are equal, and why each of the others failed."""

    articles: int = 0
    memberships: int = 0
    proved: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def migrate(source: Index, target: Index, progress: Callable[[int], None] | None = None) -> MigrationReport:
    """Copy every article with its collections to another index, in order, and compare what arrived.

    After an interruption, repeat it: what is there already is only compared. Source bytes that were kept beside
    articles are not copied.

    Args:
        source: It is only read.
        target: Other articles in it stay.
        progress: Is called with how many more articles are done.

    Raises:
        EngineError: an engine cannot be reached, or the counts differ at the end.
    """
    done = MigrationReport()
    holdings = list_holdings(source.engine)
    proved: set[str] = set()
    while batch := list(islice(holdings, _BATCH)):
        for names, group in groupby(batch, key=itemgetter(1)):
            part = [key for key, _ in group]
            for name in names:
                articles = list(_read_articles(source, part, name, done))
                if source.engine.encoder != target.engine.encoder:  # the target would take them for its own
                    articles = list(map(drop_vectors, articles))
                done.memberships += len(articles)
                _store(target, articles, name, done)
                proved.update(article.id for article in articles if _has_arrived(target, article, name, done))
        if progress is not None:
            progress(len(batch))
    done.proved = len(proved - done.failed.keys())
    done.articles = len(source)
    _compare_counts(source, target, done)
    return done


def _read_articles(source: Index, ids: Iterable[str], name: str, done: MigrationReport) -> Iterator[Article]:
    for key in ids:
        try:
            yield analyse_article(source.engine.article(key, (name,)))
        except (CorruptIndex, UnknownArticle) as error:
            done.failed[key] = str(error)


def _store(target: Index, articles: list[Article], name: str, done: MigrationReport) -> None:
    try:
        target.engine.add(map(target.encode, articles), name)  # not `Index.add`, which would regroup stories
    except ArticlesRefused as error:
        done.failed |= error.refused


def _has_arrived(target: Index, article: Article, name: str, done: MigrationReport) -> bool:
    """Tell whether the article is in the target as it was sent; note why it failed if it is not.

    Vectors do not count: they stay behind if the two libraries have other encoders.
    """
    if article.id in done.failed:
        return False
    try:
        arrived = target.engine.article(article.id, (name,))
    except (CorruptIndex, UnknownArticle) as error:
        done.failed[article.id] = str(error)
        return False
    if hash_text(arrived.text) != article.sha256 or drop_vectors(arrived) != drop_vectors(article):
        done.failed[article.id] = "arrived changed"
        return False
    return True


def _compare_counts(source: Index, target: Index, done: MigrationReport) -> None:
    """Compare the counts of both libraries, if no article failed.

    Raises:
        EngineError: they differ.
    """
    if done.failed:
        return
    for name in source.engine.collections():
        within = Filter(collections=(name,))
        wanted, held = ({card.id for card in index.engine.articles(within)} for index in (source, target))
        if lacking := len(wanted - held):
            raise EngineError(target.engine.address, f"lacks {lacking} articles of collection {name!r}; migrate again")
    if len(target) == len(source):
        passages = [count_passages(index.engine) for index in (source, target)]
        if passages[0] != passages[1]:
            message = f"has {passages[1]:,} passages, the source {passages[0]:,}; run `pullquote rebuild` on it"
            raise EngineError(target.engine.address, message)


def set_up_cluster(address: str, login: Login | None, shards: int, replicas: int | None, encoder: str = "") -> bool:
    """Create an empty library on a cluster; return False if it is there already.

    `replicas` is the number of copies of each shard beside the first; None is as many as there are nodes for, up to 2.
    `encoder` will make its vectors; "" if it shall have none.

    Raises:
        ValueError: the address is not that of a cluster.
        EngineError: the cluster cannot be reached, or refuses.
    """
    from ..engines.cluster import setup
    from ..engines.cluster.client import ClusterClient

    location = _parse(address)
    client = ClusterClient(address, location, login)
    try:
        client.check_version()
        if setup.has_library(client, location):
            return False
        setup.create_library(client, location, shards, replicas, encoder)
        return True
    finally:
        client.close()


def check_cluster(address: str, login: Login | None) -> Iterator[HealthIndicator]:
    """Check a library on a cluster; each indicator that is not well carries advice.

    Raises:
        ValueError: the address is not that of a cluster.
        EngineError: the cluster cannot be reached, or refuses.
    """
    from ..engines.cluster.health import check_library

    _parse(address)
    yield from check_library(address, login)


def set_up_chats(address: str, login: Login | None, replicas: int | None = None) -> bool:
    """Create the index in which the processes of a bot share their chats; return False if it is there already.

    Raises:
        ValueError: the address is not that of a cluster.
        EngineError: the cluster cannot be reached, or refuses.
    """
    from ..engines.cluster import chat_records
    from ..engines.cluster.client import ClusterClient

    location = _parse(address)
    client = ClusterClient(address, location, login)
    try:
        client.check_version()
        if chat_records.has_chat_index(client, location):
            return False
        chat_records.create_chat_index(client, location, replicas)
        return True
    finally:
        client.close()


def check_chats(address: str, login: Login | None) -> Iterator[HealthIndicator]:
    """Check that index alone; `check_cluster` checks the cluster itself.

    Raises:
        ValueError: the address is not that of a cluster.
        EngineError: the cluster cannot be reached, or refuses.
    """
    from ..engines.cluster.health import check_chats as check

    _parse(address)
    yield from check(address, login)


def _parse(address: str) -> ClusterLocation:
    from ..engines.cluster.location import parse_location

    if not address.startswith("opensearch:"):
        raise ValueError("this is not a cluster; set PULLQUOTE_INDEX=opensearch://HOST:PORT,HOST:PORT/NAME")
    return parse_location(address)
