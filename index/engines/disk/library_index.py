"""The search index of a library: an index of passages for each language, so that each counts its own passages alone.

That of English lies in the folder itself, as it did before there were others, and each other one in a folder in it that
is called by the language's code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...model import DEFAULT_LANGUAGE
from . import search_index
from .search_index import SearchIndex, SearchIndexWriter, map_tantivy_errors


class LibraryIndex:
    """The open indexes of a library by language, as of the moment they were opened."""

    def __init__(self, indexes: Mapping[str, SearchIndex]) -> None:
        self._indexes = indexes

    @property
    def passages(self) -> int:
        """How many passages all of them hold."""
        return sum(index.passages for index in self._indexes.values())

    def choose(self, language: str) -> SearchIndex | None:
        """Return the index of a language, None if it has none."""
        return self._indexes.get(language)

    def is_stale(self) -> bool:
        """Tell whether one of them has changed since; a new language shows in the library's file."""
        return any(index.is_stale() for index in self._indexes.values())

    def is_littered(self) -> bool:
        """Tell whether so many removed passages are left that they should be rebuilt."""
        return any(index.is_littered() for index in self._indexes.values())


def open_library_index(folder: Path, address: str) -> LibraryIndex:
    """Open the indexes in a folder.

    Raises:
        DamagedSearchIndex: one of them cannot be read.
    """
    return LibraryIndex({code: SearchIndex(place, address) for code, place in _list_folders(folder, address).items()})


def verify_checksums(folder: Path, address: str, limit: int | None = None) -> None:
    """Compare the files of all indexes with their checksums; see `search_index.verify_checksums`.

    Raises:
        DamagedSearchIndex: a file has changed since it was written.
    """
    for place in _list_folders(folder, address).values():
        search_index.verify_checksums(place, address, limit)


def _list_folders(folder: Path, address: str) -> dict[str, Path]:
    with map_tantivy_errors(address, folder):
        others = [each for each in folder.iterdir() if "." not in each.name and each.is_dir()]
        return {DEFAULT_LANGUAGE: folder} | {each.name: each for each in sorted(others)}


class LibraryIndexWriter:
    """Writes one batch of changes to the indexes in a folder, which is made if it `is_new`, or in memory if it is None.

    The index of another language than English is made with the first article in it.
    """

    def __init__(self, folder: Path | None, address: str, *, is_new: bool = False) -> None:
        self._folder = folder
        self._address = address
        self._is_new = is_new
        self._writers: dict[str, SearchIndexWriter] = {}
        self._made: dict[str, Any] = {}
        if is_new:
            self._open(DEFAULT_LANGUAGE)

    def add(self, seq: int, found: Iterable[Sequence[str]], language: str) -> None:
        """Add the passages of an article that is not in its language's index: the terms of each, in text order."""
        self._open(language).add(seq, found)

    def remove(self, seq: int) -> None:
        """Remove all passages of an article, whichever its language is."""
        folders = {} if self._folder is None else _list_folders(self._folder, self._address)
        for language in folders.keys() | self._writers.keys():
            self._open(language).remove(seq)

    def commit(self) -> None:
        """Write everything and make it safe against a power cut."""
        for writer in self._writers.values():
            writer.commit()

    def discard(self) -> None:
        """Drop the batch; nothing of it was visible."""
        for writer in self._writers.values():
            writer.discard()

    def open_made(self) -> LibraryIndex:
        """Return the indexes that were made, after a commit."""
        for index in self._made.values():
            index.reload()
        return LibraryIndex({code: SearchIndex(None, self._address, index) for code, index in self._made.items()})

    def _open(self, language: str) -> SearchIndexWriter:
        if language not in self._writers:
            folder, index, is_made = self._folder, None, not self._is_new
            if folder is not None and language != DEFAULT_LANGUAGE:
                folder = folder / language
                is_made = folder.exists()
            if not is_made:
                index = self._made[language] = search_index.create_index(folder, self._address)
            self._writers[language] = SearchIndexWriter(folder, self._address, index)
        return self._writers[language]
