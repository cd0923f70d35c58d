"""A retriever for LlamaIndex."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ..core import Index, open_index
from ..engines import Login
from .passages import RetrievedPassage, find_passages

SHOWN = frozenset({"title", "agency", "published", "link"})
"""Metadata that a model reads beside the words; all else is for programs."""


class PullquoteIndexRetriever(BaseRetriever):
    """Retrieves passages of a Pullquote library, word for word, with what proves them in the metadata of the node."""

    def __init__(
        self,
        address: str = "disk:",
        similarity_top_k: int = 10,
        collections: Sequence[str] = (),
        login: Login | None = None,
        **more: Any,
    ) -> None:
        """Keep what to open; the library is opened when it is first asked.

        Args:
            address: The library, as `index.open_index` takes it.
            similarity_top_k: Passages at most.
            collections: Where to look; () means the default collection.
            login: For a cluster that asks who we are.
            more: What every retriever of LlamaIndex takes, such as `callback_manager`.
        """
        self.address = address
        self.similarity_top_k = similarity_top_k
        self.collections = tuple(collections)
        self._login = login
        self._index: Index | None = None
        super().__init__(**more)

    def close(self) -> None:
        """Close the library; the next question opens it again."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self._index is None:
            self._index = open_index(self.address, self._login, meaning=False)  # a search compares words alone
        found = find_passages(self._index, query_bundle.query_str, self.similarity_top_k, self.collections)
        return [NodeWithScore(node=_make_node(each), score=each.score) for each in found]


def _make_node(passage: RetrievedPassage) -> TextNode:
    hidden = [name for name in passage.metadata if name not in SHOWN]
    return TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=passage.metadata,
        start_char_idx=passage.metadata["start"],
        end_char_idx=passage.metadata["end"],
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=hidden,
    )
