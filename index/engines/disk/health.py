"""Checks of a library on disk, which change nothing: file, articles, search index, room, and who may read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from ...errors import CorruptIndex, EngineError
from ..contract import HealthIndicator, format_size
from . import sqlite, traces
from .engine import find_folder
from .library_index import open_library_index, verify_checksums
from .store import ArticleStore
from .traces import FILE

_PAGE = 200
_LEAST = 16_000_000  # bytes without which little can be added

_ANEW = "`pullquote rebuild` makes it anew"
_REBUILD = "`pullquote rebuild` saves every intact article"


def check_library(path: str) -> Iterator[HealthIndicator]:
    """Check the library in a folder, "" for the user's own, and yield one indicator after the other.

    It reads every article: a gigabyte of texts takes minutes.
    """
    folder, address = find_folder(path), f"disk:{path}"
    file = folder / FILE
    yield from _check_leftovers(folder)
    if not file.exists() and not traces.find_traces(folder):
        yield HealthIndicator("library", f"none yet in {folder}", "`pullquote add FILE`", is_broken=False)
        return
    try:
        if not file.exists():
            raise traces.explain_loss(folder, address)
        store = ArticleStore(file, address)
    except EngineError as error:
        yield HealthIndicator(
            "library", error.message, "" if "`pullquote" in error.message else _REBUILD, is_broken=True
        )
        return
    try:
        if store.empty:
            told = traces.explain_loss(folder, address).message if traces.find_traces(folder) else f"{file} is empty"
            yield HealthIndicator("library", told, _REBUILD)
            return
        yield from _check_articles(store, file)
        yield from _check_search_index(store, folder)
    except EngineError as error:
        yield HealthIndicator("library", error.message, _REBUILD)
    finally:
        store.close()
    yield from _check_room(folder)
    yield from _check_modes(folder)


def _check_leftovers(folder: Path) -> Iterator[HealthIndicator]:
    """Tell of what a rebuild put aside or left behind when it was killed."""
    left = sorted(each.name for each in (*folder.glob("damaged-*.sqlite"), *folder.glob(f"{FILE}.*")))
    if left:
        text = f"an earlier rebuild left {', '.join(left)} in {folder}; what is not in the library can be read from it"
        yield HealthIndicator("leftovers", text, "`pullquote stats` says what the library holds", is_broken=False)


def _check_articles(store: ArticleStore, file: Path) -> Iterator[HealthIndicator]:
    if damage := store.find_damage():
        yield HealthIndicator("library", f"{file} is damaged ({damage.splitlines()[0]})", _REBUILD)
        return
    articles, lost, last = 0, [], 0
    while found := store.list_numbers(last, _PAGE):
        for seq in found:
            articles += 1
            try:
                store.open(seq)
                is_whole = all(card is not None for _, card, _ in store.list_members_of(seq))
            except CorruptIndex:
                is_whole = False
            if not is_whole:
                lost.append(store.find_id(seq))
        last = found[-1]
    text = f"format {store.read_format()}, {articles:,} articles in {file}"
    if lost:
        names = ", ".join(name[:8] for name in lost[:3])
        yield HealthIndicator("library", f"{text}; {len(lost):,} are damaged: {names}", _REBUILD)
    else:
        yield HealthIndicator("library", f"{text}, none damaged")


def _check_search_index(store: ArticleStore, folder: Path) -> Iterator[HealthIndicator]:
    place = folder / store.read_meta("folder")
    if store.is_behind():
        text = f"lacks {len(store.list_changed()):,} changes; the next question or `pullquote add` catches up"
        yield HealthIndicator("search index", text, _ANEW, is_broken=False)
        return
    try:
        verify_checksums(place, store.address)
        found = open_library_index(place, store.address)
    except EngineError as error:
        yield HealthIndicator("search index", error.message, _ANEW)
        return
    held, wanted = found.passages, store.count_stored_passages()
    if held != wanted:
        text = f"holds {held:,} passages of {wanted:,}"
        yield HealthIndicator("search index", text, _ANEW)
    else:
        yield HealthIndicator("search index", f"{held:,} passages, in step with the articles")


def _check_room(folder: Path) -> Iterator[HealthIndicator]:
    used = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    free = sqlite.count_free_bytes(folder)
    text = f"{format_size(free)} free, the library takes {format_size(used)}"
    if free < _LEAST:
        yield HealthIndicator("disk", f"{text}: too little to add articles", f"`df -h {quote(str(folder))}`")
    elif free < used:
        yield HealthIndicator(
            "disk",
            f"{text}: a rebuild needs as much again",
            f"`df -h {quote(str(folder))}`",
            is_broken=False,
        )
    else:
        yield HealthIndicator("disk", text)


def _check_modes(folder: Path) -> Iterator[HealthIndicator]:
    """Tell whether others may get at the articles: the folder's own mode shuts all of it."""
    mode = folder.stat().st_mode
    if mode & 0o077:
        text = f"others may {'write to' if mode & 0o022 else 'read'} {folder}"
        yield HealthIndicator("modes", text, f"`chmod -R go-rwx {quote(str(folder))}`", is_broken=bool(mode & 0o022))
    else:
        yield HealthIndicator("modes", f"nobody else may read {folder}")
