"""A retriever for LangChain."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field, PrivateAttr

from ..core import Index, open_index
from ..engines import Login
from .passages import find_passages


class PullquoteRetriever(BaseRetriever):
    """Retrieves passages of a Pullquote library, word for word, with what proves them in `Document.metadata`.

    `address` is the library, as `index.open_index` takes it, `k` how many passages there are at most, `collections`
    where to look, () for the default one, `login` for a cluster that asks who we are. The library is opened when it is
    first asked. `metadata` has the `score`, too.
    """

    address: str = "disk:"
    k: int = 10
    collections: tuple[str, ...] = ()
    login: Login | None = Field(default=None, exclude=True, repr=False)
    _index: Index | None = PrivateAttr(default=None)

    def close(self) -> None:
        """Close the library; the next question opens it again."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain passes it
        k: int | None = None,
    ) -> list[Document]:
        if self._index is None:
            self._index = open_index(self.address, self.login, meaning=False)  # a search compares words alone
        found = find_passages(self._index, query, self.k if k is None else k, self.collections)
        return [
            Document(id=each.id, page_content=each.text, metadata=each.metadata | {"score": each.score})
            for each in found
        ]
