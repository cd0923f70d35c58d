"""The search index from the articles: whole, in memory, or only what is noted as missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ...errors import CorruptIndex, EngineUnavailable
from ...model import Article
from ...reading import passages
from .. import Progress
from . import log, ranker, sqlite
from .changes import Changes
from .ranker import DamagedRanker, Ranker, Writing
from .store import Store

_PAGE = 200


def rebuild_ranker(folder: Path, changes: Changes, store: Store, progress: Progress | None) -> None:
    """Make a new search index beside the old one, switch to it in one commit, and delete the old one.

    Passages of damaged articles are left out.

    Raises:
        EngineUnavailable: there is no room for it; the old one stays.
    """
    from shutil import rmtree  # late: it loads three compressors

    name = f"passages-{os.urandom(4).hex()}"
    try:
        writing = Writing(folder / name, store.address, ranker.make(folder / name, store.address))
        total = store.totals().articles
        for done, (seq, article) in enumerate(_intact(store), 1):
            writing.add(seq, passages.split(article))
            if progress is not None:
                progress(done, total)
        writing.commit()
        sqlite.sync_folder(folder)
        indexed = Ranker(folder / name, store.address).passages
        with changes.transaction():
            changes.point("folder", name)
            changes.settle(indexed)
    except BaseException as exc:
        rmtree(folder / name, ignore_errors=True)
        if isinstance(exc, DamagedRanker):  # not what is new, but the machine
            raise EngineUnavailable(store.address, f"the search index cannot be written just now ({exc})") from exc
        raise
    for old in folder.glob("passages-*"):
        if old.name != name:
            rmtree(old, ignore_errors=True)  # what another system will not delete while it is read goes next time


def in_memory(store: Store) -> Ranker:
    """Return a search index in memory, for a library that cannot be written and whose own is of no use."""
    index = ranker.make(None, store.address)
    writing = Writing(None, store.address, index)
    for seq, article in _intact(store):
        writing.add(seq, passages.split(article))
    writing.commit()
    index.reload()
    return Ranker(None, store.address, index)


def replay(folder: Path, store: Store, noted: list[int]) -> None:
    """Bring the noted articles of the search index to what the store has, whatever the index has of them."""
    writing = Writing(folder, store.address)
    for seq in noted:
        writing.remove(seq)
        if (article := _load(store, seq)) is not None:
            writing.add(seq, passages.split(article))
    writing.commit()


def _intact(store: Store) -> Iterator[tuple[int, Article]]:
    last = 0
    while found := store.numbers(last, _PAGE):
        for seq in found:
            if (article := _load(store, seq)) is not None:
                yield seq, article
        last = found[-1]


def _load(store: Store, seq: int) -> Article | None:
    try:
        return store.load(seq)
    except CorruptIndex as exc:
        log.warning("left out of the search index: %s", exc)
        return None
