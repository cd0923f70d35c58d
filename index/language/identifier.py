"""Tell the language of a text whose words alone do not, by the letters in it (package py3langid)."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

SURE = 0.5
"""The probability from which the model is believed about a question."""

SURE_OF_TEXT = 0.9
"""The same about a text of `LONG` words: lists of names in English articles stay below it, prose is above it."""

LONG = 15
"""The number of words from which a text is more than a question with names in it."""

_LANGUAGES = """
    af az ca cs cy da de en es et eu fi fr ga gl ha hr ht hu id is it lt lv mt nl no pl pt ro sk sl so sq sv sw tl tr
    uz vi yo zu
"""
"""The languages that the model chooses among, all in Latin letters: those of news that people are likely to send.

Each that is left out is one less to take an English list of names for; Malay is nearly Indonesian. Scripts tell the
others."""


def identify(text: str, likely: Collection[str] = ()) -> str | None:
    """Return the ISO 639-1 code of the language, None if the model is not sure, or in a worker, which cannot load it.

    `likely` are languages that something else speaks for: of the first of these, a third of the probability is enough
    for a question.
    The first call takes half a second: the model is loaded.
    """
    try:
        ranked = _load_model().rank(text)
    except ImportError:
        return None
    best, probability = ranked[0]
    if len(text.split()) >= LONG:
        return str(best) if probability >= SURE_OF_TEXT else None
    if probability >= SURE and best != "en":
        return str(best)
    hinted, share = next(((code, share) for code, share in ranked if code in likely), ("", 0.0))
    return str(hinted) if share >= SURE / 3 else str(best) if probability >= SURE else None


@cache
def _load_model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(_LANGUAGES.split())
    return model
