"""Rebuilding a library: terms of the present analyser, a new search index, and what is intact in a damaged file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ...errors import CorruptIndex, EngineUnavailable
from ...files import sync_folder
from ...headings import add_headings
from ...model import Article
from ..contract import Progress, Rebuilt, analyse_article, name_analyser
from ..vectors import VectorMaker
from . import lazy_log, lock, sqlite, traces
from .engine import find_folder
from .folder import LibraryFolder
from .reindex import rebuild_search_index
from .salvage import RECOVERED, Salvaged, describe_card, read_again, restate, salvage
from .sqlite import map_sqlite_errors
from .store import ArticleStore
from .traces import FILE
from .writer import StoreWriter

_PAGE = 200
_NO_VECTORS = VectorMaker()


def rebuild(path: str, progress: Progress | None = None, maker: VectorMaker = _NO_VECTORS) -> Rebuilt:
    """Make a new search index, and new terms and vectors if others made them, and drop damaged articles.

    Raises:
        EngineUnavailable: there is no library, another process writes to it, or there is no room.
        IncompatibleIndex: it is of another format.
        CorruptIndex: nothing of it can be read.
    """
    folder, address = find_folder(path), f"disk:{path}"
    done, aside = None, None
    if (folder / FILE).exists() or traces.find_traces(folder):
        with lock.hold_lock(folder, address):
            if traces.was_taken_away(folder):
                traces.take_back(folder)
            traces.delete(folder / traces.NEW)
            aside = traces.finish(folder)
            if _is_damaged(folder, address):
                done = _save(folder, address, progress)
                aside = traces.finish(folder)
    if not (folder / FILE).exists():
        raise EngineUnavailable(address, "holds no library; `pullquote add FILE` makes one")
    with LibraryFolder(folder, address).begin_writing(check=False, any_analyser=True) as (writer, store):
        lost, recovered = _renew(writer, store, progress, maker)
        rebuild_search_index(folder, writer, store, progress)
        articles = store.read_totals().articles
    unknown = ("?",) * (done.unknown if done else 0)
    names = (done.lost if done else {}) | lost
    return Rebuilt(articles, (*names, *unknown), str(aside or ""), names, recovered + (done.recovered if done else 0))


def _is_damaged(folder: Path, address: str) -> bool:
    """Tell whether SQLite finds the file damaged; damage to single articles is found by their own checksums.

    Raises:
        CorruptIndex: it is another program's, or there is none, or an empty one, but there was one.
    """
    file = folder / FILE
    damage, is_foreign, is_gone = "", False, True
    try:
        if file.exists():
            with map_sqlite_errors(address), closing(sqlite.connect_reader(file)) as connection:
                damage, is_foreign = sqlite.find_damage(connection), sqlite.is_foreign(connection)
                is_gone = sqlite.is_empty(connection)
    except CorruptIndex:
        return True
    if is_foreign:
        raise sqlite.explain_foreign(address)
    if is_gone and traces.find_traces(folder):
        raise traces.explain_loss(folder, address)
    return bool(damage)


def _renew(
    writer: StoreWriter, store: ArticleStore, progress: Progress | None, maker: VectorMaker
) -> tuple[dict[str, str], int]:
    """Store the terms and vectors of today, mend damaged texts and erase the others, in one transaction.

    Returns the headline and source of each text that was erased, by id, and how many went into `RECOVERED`.
    """
    stale = store.list_stale_languages()
    made_by = store.read_meta("encoder")
    lost: dict[str, str] = {}
    recovered = 0
    total, done, last = store.read_totals().articles, 0, 0
    with writer.transaction():
        while found := store.list_numbers(last, _PAGE):
            for seq in found:
                article, is_mended = _load(store, seq)
                if article is None:
                    lost |= _name(store, seq)
                    writer.erase(seq)
                    continue
                new = maker.renew(
                    analyse_article(article) if article.language in stale else add_headings(article), made_by
                )
                if is_mended or new is not article:
                    writer.replace(seq, new)
                    done += 1
                    if progress is not None:
                        progress(done, total)
                if any(card is None for _, card, _ in store.list_members_of(seq)):
                    writer.put(restate(article), RECOVERED)
                    writer.drop_damaged_cards(seq)
                    recovered += 1
            last = found[-1]
        writer.set_analysers(name_analyser)
        writer.set_meta("encoder", maker.encoder)
    return lost, recovered


def _load(store: ArticleStore, seq: int) -> tuple[Article | None, bool]:
    """Return a text under no card, None if it is not the text of its id, and whether its marks had to be made anew."""
    try:
        text = store.open(seq)
    except CorruptIndex as exc:
        lazy_log.warn("%s", exc)
        article = read_again(store.find_id(seq), store.read_text(seq))
        return (None if article is None else article.bare), True
    return (None if text is None else text.build_article(text.bare)), False


def _name(store: ArticleStore, seq: int) -> dict[str, str]:
    """Return the headline and source of a text by its id, "" where no card of it is intact."""
    cards = [card for _, card, _ in store.list_members_of(seq) if card]
    return {store.find_id(seq): describe_card(cards[0]) if cards else ""}


def _save(folder: Path, address: str, progress: Progress | None) -> Salvaged:
    """Copy what is intact into a new file, and name that as whole; `traces.finish` puts it in its place.

    Raises:
        CorruptIndex: nothing is intact; nothing was changed.
    """
    file, fresh = folder / FILE, folder / traces.NEW
    traces.delete(fresh)
    try:
        with closing(StoreWriter(fresh, address)) as writer:
            done = salvage(file, writer, progress)
            with writer.transaction():
                writer.set_analysers(lambda language: done.analysers.get(language, "unknown"))
    except BaseException:
        traces.delete(fresh)
        raise
    if not done.saved:
        traces.delete(fresh)
        raise CorruptIndex(
            address, f"no article in it can be read any more; move {file} away and add the sources again"
        )
    if Path(f"{fresh}-wal").exists():  # closing failed: its last pages did not reach the file
        raise EngineUnavailable(address, "the new file cannot be written; check the disk and try again")
    fresh.rename(folder / traces.SAVED)
    sync_folder(folder)
    return done
