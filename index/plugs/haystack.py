"""A retriever for pipelines of Haystack."""

from __future__ import annotations

from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict

from ..core import Index, open_index
from ..engines import Login
from .passages import find_passages


@component
class PullquoteBM25Retriever:
    """Retrieves passages of a Pullquote library, word for word, with what proves them in `Document.meta`."""

    def __init__(
        self,
        address: str = "disk:",
        top_k: int = 10,
        collections: list[str] | None = None,
        login: Login | None = None,
    ) -> None:
        """Keep what to open; the library is opened by `warm_up`, or when the retriever first runs.

        Args:
            address: The library, as `index.open_index` takes it.
            top_k: Passages at most.
            collections: Where to look; None means the default collection.
            login: For a cluster that asks who we are; it is not written by `to_dict`.
        """
        self.address = address
        self.top_k = top_k
        self.collections = collections
        self.login = login
        self._index: Index | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the component as plain values, without the login."""
        form: dict[str, Any] = default_to_dict(
            self, address=self.address, top_k=self.top_k, collections=self.collections
        )
        return form

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PullquoteBM25Retriever:
        """Return the component that `to_dict` wrote."""
        made: PullquoteBM25Retriever = default_from_dict(cls, data)
        return made

    def warm_up(self) -> None:
        """Open the library, unless it is open.

        Raises:
            ValueError: the address is of no known kind.
            EngineError: it cannot be opened.
        """
        self._open()

    def close(self) -> None:
        """Close the library; the next run opens it again."""
        if self._index is not None:
            self._index.close()
            self._index = None

    @component.output_types(documents=list[Document])
    def run(self, query: str, top_k: int | None = None) -> dict[str, Any]:
        """Return the best passages for the words of the query as `documents`, none where no passage has any of them.

        Raises:
            EngineError: the library cannot be opened or read.
        """
        found = find_passages(self._open(), query, self.top_k if top_k is None else top_k, self.collections or ())
        return {
            "documents": [
                Document(id=each.id, content=each.text, meta=each.metadata, score=each.score) for each in found
            ]
        }

    def _open(self) -> Index:
        if self._index is None:
            self._index = open_index(self.address, self.login, meaning=False)  # a search compares words alone
        return self._index
