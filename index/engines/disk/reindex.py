"""Making the search index from the articles: all of it, in a folder or in memory, or only what is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ...errors import CorruptIndex, EngineUnavailable
from ...files import sync_folder
from ...model import Article
from ...reading import passages
from ..contract import Progress
from . import lazy_log
from .library_index import LibraryIndex, LibraryIndexWriter, open_library_index
from .search_index import DamagedSearchIndex
from .store import ArticleStore
from .writer import StoreWriter

_PAGE = 200


def rebuild_search_index(folder: Path, writer: StoreWriter, store: ArticleStore, progress: Progress | None) -> None:
    """Make a new search index beside the old one, switch to it in one commit, and delete the old one.

    Damaged articles are left out.

    Raises:
        EngineUnavailable: it cannot be written; the old one stays.
    """
    from shutil import rmtree  # late: it loads three compressors

    name = f"passages-{os.urandom(4).hex()}"
    index_writer: LibraryIndexWriter | None = None
    try:
        index_writer = LibraryIndexWriter(folder / name, store.address, is_new=True)
        total = store.read_totals().articles
        left_out: list[int] = []
        for done, (seq, article) in enumerate(_load_all(store), 1):
            if article is None:
                left_out.append(seq)
            else:
                index_writer.add(seq, passages.list_terms(article), article.language)
            if progress is not None:
                progress(done, total)
        index_writer.commit()
        sync_folder(folder)
        indexed = open_library_index(folder / name, store.address).passages
        with writer.transaction():
            writer.set_meta("folder", name)
            writer.leave_out(left_out)
            writer.settle(indexed)
    except BaseException as exc:
        if index_writer is not None:  # or its thread would go on writing into the folder
            index_writer.discard()
        rmtree(folder / name, ignore_errors=True)
        if isinstance(exc, DamagedSearchIndex):  # a new index is not damaged: the machine cannot write it
            raise EngineUnavailable(store.address, f"the search index cannot be written just now ({exc})") from exc
        raise
    for old in folder.glob("passages-*"):
        if old.name != name:
            rmtree(old, ignore_errors=True)  # Windows keeps files that are being read; they are deleted next time


def index_in_memory(store: ArticleStore) -> LibraryIndex:
    """Return a search index in memory, for a library that cannot be written and whose own index cannot be used."""
    index_writer = LibraryIndexWriter(None, store.address, is_new=True)
    for seq, article in _load_all(store):
        if article is not None:
            index_writer.add(seq, passages.list_terms(article), article.language)
    index_writer.commit()
    return index_writer.open_made()


def replay(folder: Path, store: ArticleStore, noted: list[int]) -> frozenset[int]:
    """Index the noted articles as the store has them now; what the index had of them before does not matter.

    Returns the numbers of all damaged articles that the index lacks.
    """
    left_out = store.list_left_out() - frozenset(noted)
    index_writer = LibraryIndexWriter(folder, store.address)
    for seq in noted:
        index_writer.remove(seq)
        if (article := _load(store, seq)) is not None:
            index_writer.add(seq, passages.list_terms(article), article.language)
        elif store.find_id(seq) != "?":  # else it was removed
            left_out |= {seq}
    index_writer.commit()
    return left_out


def _load_all(store: ArticleStore) -> Iterator[tuple[int, Article | None]]:
    """Yield the numbers of all articles with their texts, None for a damaged one."""
    last = 0
    while found := store.list_numbers(last, _PAGE):
        for seq in found:
            yield seq, _load(store, seq)
        last = found[-1]


def _load(store: ArticleStore, seq: int) -> Article | None:
    """Return the text of an article under no card: the index holds nothing that is stated of it."""
    try:
        text = store.open(seq)
        return None if text is None else text.build_article(text.bare)
    except CorruptIndex as exc:
        lazy_log.warn("left out of the search index: %s", exc)
        return None
