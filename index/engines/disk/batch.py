"""The articles of one change, on their way from the store into the search index."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .library_index import LibraryIndexWriter, open_library_index
from .search_index import DamagedSearchIndex

if TYPE_CHECKING:  # imported only when something is written: most processes that open a library just ask
    from .writer import PutResult


@dataclass(slots=True)
class Batch:
    """The articles stored by one change, and the writer that indexes them, opened at the first new text."""

    folder: Path
    address: str
    new: list[int] = field(default_factory=list)
    joined: list[tuple[str, int]] = field(default_factory=list)
    healed: list[tuple[str, int]] = field(default_factory=list)
    is_indexed: bool = False
    _writer: LibraryIndexWriter | None = None
    _damage: DamagedSearchIndex | None = None

    def add(self, put: PutResult, collection: str) -> None:
        """Index an article that was stored in a collection; a damaged index does not stop the storing."""
        if put.joined:
            self.joined.append((collection, put.seq))
        if put.is_new:
            self.new.append(put.seq)
        if put.is_healed:
            self.healed.append((collection, put.seq))
        self.is_indexed = self.is_indexed or put.is_new or bool(put.passages)
        if (put.is_new or put.passages) and self._damage is None:
            try:
                self._writer = self._writer or LibraryIndexWriter(self.folder, self.address)
                if not put.is_new:  # what the index has of a damaged text, if anything
                    self._writer.remove(put.seq)
                self._writer.add(put.seq, put.passages, put.language)
            except DamagedSearchIndex as exc:
                self._damage = exc

    def commit(self) -> int:
        """Commit the index and return how many passages it has.

        Raises:
            DamagedSearchIndex: it could not take all of them.
        """
        if self._damage is not None:
            self.discard()
            raise self._damage
        assert self._writer is not None, "only a batch with new texts is committed"
        self._writer.commit()
        return open_library_index(self.folder, self.address).passages

    def discard(self) -> None:
        """Index nothing of the batch."""
        if self._writer is not None:
            self._writer.discard()
