"""What a person in charge does with whole indexes: copy one to another engine, set up a cluster, check one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from ..core import Index
from ..engines import Login, analysed
from ..errors import ArticlesRefused, CorruptIndex, EngineError, UnknownArticle
from ..model import Article, Card, Filter, hash_text

if TYPE_CHECKING:
    from ..engines.cluster.health import Finding
    from ..engines.cluster.place import Place

_BATCH = 500


@dataclass(slots=True)
class Copied:
    """What a migration did: articles copied and proved equal, and the reason for each that could not be."""

    articles: int = 0
    memberships: int = 0
    proved: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def migrate(source: Index, target: Index, progress: Callable[[int], None] | None = None) -> Copied:
    """Copy every article with its collections to another index, in order, and compare what arrived.

    Repeating it is safe, and goes on where it was interrupted: what is there already is only compared. Source bytes
    that were kept beside articles stay behind.

    Args:
        source: Read only.
        target: May hold other articles, which stay.
        progress: Is told how many more articles are done.

    Raises:
        EngineError: an engine cannot be reached, or counts differ at the end.
    """
    done = Copied()
    names = tuple(source.engine.collections())
    members = {name: {card.id for card in source.engine.articles(Filter(collections=(name,)))} for name in names}
    cards = source.engine.articles(Filter(collections=names)) if names else iter(())
    while batch := list(islice(cards, _BATCH)):
        articles = list(_read(source, batch, done))
        for name in names:
            part = [article for article in articles if article.id in members[name]]
            done.memberships += len(part)
            _store(target, part, name, done)
        for article in articles:
            _prove(target, article, done)
        done.articles += len(batch)
        if progress is not None:
            progress(len(batch))
    _count(source, target, members, done)
    return done


def _read(source: Index, cards: Iterable[Card], done: Copied) -> Iterator[Article]:
    for card in cards:
        try:
            yield analysed(source.engine.article(card.id))
        except (CorruptIndex, UnknownArticle) as error:
            done.failed[card.id] = str(error)


def _store(target: Index, articles: list[Article], name: str, done: Copied) -> None:
    try:
        target.engine.add(articles, name)  # not `Index.add`, which would regroup stories
    except ArticlesRefused as error:
        done.failed |= error.refused


def _prove(target: Index, article: Article, done: Copied) -> None:
    if article.id in done.failed:
        return
    try:
        arrived = target.engine.article(article.id)
    except (CorruptIndex, UnknownArticle) as error:
        done.failed[article.id] = str(error)
        return
    if hash_text(arrived.text) != article.sha256 or arrived != article:
        done.failed[article.id] = "arrived changed"
    else:
        done.proved += 1


def _count(source: Index, target: Index, members: dict[str, set[str]], done: Copied) -> None:
    """Compare the counts of what was to be copied.

    Raises:
        EngineError: they differ, though no article is known to have failed.
    """
    if done.failed:
        return
    for name, wanted in members.items():
        held = {card.id for card in target.engine.articles(Filter(collections=(name,)))}
        if lacking := len(wanted - held):
            raise EngineError(target.engine.address, f"lacks {lacking} articles of collection {name!r}; migrate again")
    if len(target) == len(source):
        passages = [index.engine.statistics(()).passages for index in (source, target)]
        if passages[0] != passages[1]:
            message = f"has {passages[1]:,} passages, the source {passages[0]:,}; `pullquote rebuild` makes them anew"
            raise EngineError(target.engine.address, message)


def set_up_cluster(address: str, login: Login | None, shards: int, replicas: int | None) -> bool:
    """Make an empty library on a cluster, and tell whether it was not there before.

    `replicas` are the copies beside the first, None as many as there are nodes for, up to two.

    Raises:
        ValueError: the address is no cluster's.
        EngineError: the cluster cannot be reached, or refuses.
    """
    from ..engines.cluster import setup
    from ..engines.cluster.link import Link

    place = _place(address)
    link = Link(address, place, login)
    try:
        link.check_version()
        if setup.is_there(link, place):
            return False
        setup.create(link, place, shards, replicas)
        return True
    finally:
        link.close()


def check_cluster(address: str, login: Login | None) -> Iterator[Finding]:
    """Yield what there is to say about a library on a cluster, each finding with advice where it is not well.

    Raises:
        ValueError: the address is no cluster's.
        EngineError: the cluster cannot be reached, or refuses.
    """
    from ..engines.cluster.health import check

    _place(address)
    yield from check(address, login)


def set_up_chats(address: str, login: Login | None, replicas: int | None = None) -> bool:
    """Make the index where bots share what they keep of their chats, and tell whether it was not there before.

    Raises:
        ValueError: the address is no cluster's.
        EngineError: the cluster cannot be reached, or refuses.
    """
    from ..engines.cluster import records
    from ..engines.cluster.link import Link

    place = _place(address)
    link = Link(address, place, login)
    try:
        link.check_version()
        if records.is_there(link, place):
            return False
        records.create(link, place, replicas)
        return True
    finally:
        link.close()


def check_chats(address: str, login: Login | None) -> Iterator[Finding]:
    """Yield what there is to say about that index; what its cluster is like, `check_cluster` tells.

    Raises:
        ValueError: the address is no cluster's.
        EngineError: the cluster cannot be reached, or refuses.
    """
    from ..engines.cluster.health import check_chats as check

    _place(address)
    yield from check(address, login)


def _place(address: str) -> Place:
    from ..engines.cluster.place import parse

    if not address.startswith("opensearch:"):
        raise ValueError("this is no cluster; set PULLQUOTE_INDEX=opensearch://HOST:PORT,HOST:PORT/NAME")
    return parse(address)
