"""The runtime of the models, onnxruntime and tokenizers: the only file that imports them.

One sentence is run at a time: the models' quantisation takes its scale from all that is run together, so that a
sentence in a batch would come out otherwise than alone. One thread a question: askers use the other cores.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import ModelError

FOLDER = Path(__file__).with_name("models")


def read_model(name: str) -> bytes:
    """Return a file of `models/`, after comparing it with its SHA-256 in `models.json`.

    Raises:
        ModelError: it is missing, or another.
    """
    try:
        data = (FOLDER / name).read_bytes()
        wanted = json.loads((FOLDER / "models.json").read_text("utf-8"))["files"][name]
    except (OSError, ValueError, KeyError) as exc:
        raise ModelError(name, "cannot be read; install Pullquote again, or set PULLQUOTE_MEANING=off") from exc
    if hashlib.sha256(data).hexdigest() != wanted:
        raise ModelError(name, "is damaged; install Pullquote again, or set PULLQUOTE_MEANING=off")
    return data


@cache
def load_tokenizer() -> Any:
    """Return the tokenizer of both models: WordPiece over BERT's 30,522 pieces, in small letters."""
    from tokenizers import Tokenizer

    return Tokenizer.from_buffer(read_model("tokenizer.json"))


def split_pieces(text: str, limit: int) -> list[int]:
    """Return the numbers of the text's word pieces, `limit` at most; a longer text is cut off."""
    found: list[int] = load_tokenizer().encode(text[: limit * _LONGEST_PIECE], add_special_tokens=False).ids
    return found[:limit]


def split_words(text: str, limit: int) -> tuple[list[int], list[tuple[int, int, list[int]]]]:
    """Return the numbers of the text's word pieces, and each word's start, end, and places of its pieces."""
    found = load_tokenizer().encode(text[: limit * _LONGEST_PIECE], add_special_tokens=False)
    words: dict[int, tuple[int, int, list[int]]] = {}
    for place, (word, (start, end)) in enumerate(zip(found.word_ids[:limit], found.offsets[:limit], strict=True)):
        first, _, places = words.get(word, (start, end, []))
        words[word] = (first, end, [*places, place])
    return found.ids[:limit], list(words.values())


_LONGEST_PIECE = 24  # characters: what is beyond `limit` pieces of this length need not be read


_SLOWER = ["SkipLayerNormFusion"]
"""Steps that the runtime would join although they take longer joined: a seventh of the judge's time."""


class Session:
    """A model, ready to run."""

    def __init__(self, name: str) -> None:
        import numpy  # noqa: F401 - first: onnxruntime takes a Ctrl-C while it loads numpy for a fault, and prints it
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors; stderr is ours
        self._session = onnxruntime.InferenceSession(
            read_model(name), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )

    def run(self, pieces: list[int], types: list[int]) -> Any:
        """Return the model's first output for one row of pieces and their types (0 or 1)."""
        import numpy as np

        rows = {
            "input_ids": np.array([pieces], np.int64),
            "token_type_ids": np.array([types], np.int64),
            "attention_mask": np.ones((1, len(pieces)), np.int64),
        }
        return self._session.run(None, rows)[0][0]
