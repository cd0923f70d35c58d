"""Which encoder made the vectors of all articles of a library on a cluster, however many machines add to it.

It stands in the mapping of the articles, is set when that index is made, by the first `add` or a rebuild, and is only
ever taken back. So no order of writers can leave it standing beside an article without vectors.
"""

from __future__ import annotations

from ...model import Article
from ..vectors import fit_vectors
from . import setup
from .client import SETTING_UP, ClusterClient
from .location import ClusterLocation


class LibraryEncoder:
    """The encoder of a library, as a machine sees it whose articles have vectors of the encoder `ours`."""

    def __init__(self, client: ClusterClient, location: ClusterLocation, ours: str = "") -> None:
        self._client = client
        self._location = location
        self._ours = ours

    def fetch(self) -> str:
        """Return the encoder of all articles, "" if there is no such one."""
        return str(setup.fetch_mark(self._client, self._location).get("encoder", ""))

    def fit(self, texts: dict[str, Article]) -> str:
        """Make new texts, by id, as the library stores them, and return its encoder from now on.

        Where one has no vectors, the library says so before anyone can see that text.
        """
        if not texts:
            return ""
        before = encoder = self.fetch()
        for key, text in texts.items():
            texts[key], encoder = fit_vectors(text, encoder, self._ours)
        if encoder != before:
            self._clear()
        return encoder

    def confirm(self, planned: set[str]) -> None:
        """Take the encoder back if a rebuild set another than `fit` returned for texts that are stored by now."""
        if planned and {self.fetch()} - {*planned, ""}:
            self._clear()

    def _clear(self) -> None:
        mark = setup.fetch_mark(self._client, self._location) | {"encoder": ""}
        self._client.request("PUT", f"/{self._location.articles}/_mapping", {"_meta": mark}, SETTING_UP)
