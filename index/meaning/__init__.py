"""Meaning: two small models that choose and judge sentences, and write nothing.

An encoder turns sentences and questions into vectors that lie close together when they mean nearly the same: `fired`
and `laid off`. A judge reads a question and a sentence with its neighbours, and says how likely it answers. Both are
files of this folder (`models/`), and a runtime for them comes with the extra `[meaning]`; without it, or with
`open_index(..., meaning=False)`, questions are answered by their words alone.
"""

from __future__ import annotations

from functools import cache, cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .encoder import Encoder
    from .judge import Judge

__all__ = ["ENCODER", "Meaning", "find_meaning", "is_installed"]

ENCODER = "e5-small-v2-q 1"
"""Names the encoder and the form of its vectors; a library keeps the name of the one that made what it holds."""


class Meaning:
    """The two models, each loaded when it is first asked: most commands ask nothing.

    Raises:
        ModelError: the file of a model is missing, or is not the one that this version came with.
    """

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder."""
        from .encoder import Encoder

        return Encoder()

    @cached_property
    def judge(self) -> Judge:
        """The judge."""
        from .judge import Judge

        return Judge()


def is_installed() -> bool:
    """Tell whether the runtime of the models, the extra `[meaning]`, is installed."""
    return all(find_spec(name) is not None for name in ("onnxruntime", "tokenizers"))


@cache
def find_meaning() -> Meaning | None:
    """Return the models, one pair for the process; None where the extra `[meaning]` is not installed."""
    return Meaning() if is_installed() else None
