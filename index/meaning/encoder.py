"""The encoder: e5-small-v2 (Wang et al. 2022, arXiv 2212.03533), whose vectors are close when texts mean the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import sqrt
from typing import Any

from .runtime import Session, split_pieces, split_words

SIZE = 384
"""Dimensions of a vector, and its bytes: each is a whole number from -127 to 127."""

LONGEST = 126
"""Word pieces of a sentence that are read; of sentences in the wild, one in a hundred is longer."""

SAME = 0.65
"""Cosine from which two words in their places are said to mean nearly the same, such as "fired" and "dismissed"."""

_OPEN, _CLOSE = 101, 102  # [CLS] and [SEP]


class Encoder:
    """Turns texts into vectors. The same text gives the same bytes on the same machine."""

    def __init__(self) -> None:
        self._session = Session("encoder.onnx")

    def encode_sentence(self, text: str) -> bytes:
        """Return the vector of a sentence; zeros, which are near nothing, if it has no letter and no digit."""
        return self._encode(f"passage: {text}") if any(map(str.isalnum, text)) else bytes(SIZE)

    def encode_question(self, text: str) -> bytes:
        """Return the vector of a question; the model knows questions from sentences by their first word."""
        return self._encode(f"query: {text}")

    def match_words(
        self, question: str, words: Collection[str], sentence: str, others: Collection[str]
    ) -> list[tuple[str, str]]:
        """Return which of the question's `words` one of the sentence's `others` stands for, in the question's order.

        Each comes with the one that is nearest in its place, if that is near.
        """
        there = [(word, vector) for word, vector in self._read_words("passage: ", sentence) if word in others]
        found = {}
        for word, vector in self._read_words("query: ", question):
            near, other = max(((float(vector @ each), name) for name, each in there), default=(0.0, ""))
            if word in words and near >= SAME:
                found[word] = other
        return list(found.items())

    def _read_words(self, opening: str, text: str) -> list[tuple[str, Any]]:
        """Return the words of a text, each with its vector in this place, of length 1."""
        pieces, owners = split_words(opening + text, LONGEST)
        rows = self._run(pieces)[1:-1]
        found = []
        for start, end, places in owners:
            if start >= len(opening):
                vector = rows[places].mean(axis=0)
                found.append(
                    (text[start - len(opening) : end - len(opening)], vector / max(1e-9, (vector @ vector) ** 0.5))
                )
        return found

    def _encode(self, text: str) -> bytes:
        vector = self._run(split_pieces(text, LONGEST)).mean(axis=0)
        largest = max(abs(vector).max(), 1e-9)
        return bytes((vector * (127 / largest)).round().astype("int8"))

    def _run(self, pieces: list[int]) -> Any:
        row = [_OPEN, *pieces, _CLOSE]
        return self._session.run(row, [0] * len(row))


def measure_similarity(question: bytes, sentences: Sequence[bytes]) -> list[float]:
    """Return the cosine of the question's vector with each sentence's, -1 to 1; in this model, .7 to .95 mostly.

    It is worked out in whole numbers, so that it is the same whatever else is compared at the time.
    """
    import numpy as np

    wanted = np.frombuffer(question, np.int8).astype(np.int32)
    rows = np.frombuffer(b"".join(sentences), np.int8).reshape(len(sentences), SIZE).astype(np.int32)
    length = int(wanted @ wanted)
    products, squares = (rows @ wanted).tolist(), (rows * rows).sum(axis=1).tolist()
    return [
        round(product / sqrt(max(1, length * square)), 5) for product, square in zip(products, squares, strict=True)
    ]
