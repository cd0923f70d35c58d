"""Tell the language of a text that has next to no English function word, by the letters in it (package py3langid)."""

from __future__ import annotations

from functools import cache
from typing import Any

SURE = 0.5
"""The probability from which the model is believed: lists of names in English articles stay below it."""


def identify(text: str) -> str | None:
    """Return the ISO 639-1 code of the language, None if the model is not sure, or in a worker, which cannot load it.

    The first call takes half a second: the model is loaded.
    """
    try:
        language, probability = _load_model().classify(text)
    except ImportError:
        return None
    return str(language) if probability >= SURE else None


@cache
def _load_model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
