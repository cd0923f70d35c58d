"""Questions as people type them: in small letters, without a mark, with slips, with words left out."""

from __future__ import annotations

import random

_LEFT_OUT = frozenset(("the", "a", "an", "did", "does", "do", "is", "was", "were"))


def scrawl(text: str, chance: random.Random, share: float) -> str:
    """Return the question so written, in a share of the cases; else as it is."""
    if chance.random() > share:
        return text
    words = text.lower().rstrip("?. ").split()
    kind = chance.random()
    if kind < 0.25 and len(words) > 3:
        at = chance.randrange(len(words))
        if len(words[at]) > 4:
            words[at] = slip(words[at], chance)
    elif kind < 0.4:
        words = [word for word in words if word not in _LEFT_OUT or chance.random() < 0.4] or words
    return " ".join(words)


def slip(word: str, chance: random.Random) -> str:
    """Return the word with a letter left out, two exchanged, or one doubled."""
    at = chance.randrange(1, len(word) - 1)
    kind = chance.random()
    if kind < 0.4:
        return word[:at] + word[at + 1 :]
    if kind < 0.8:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at] + word[at:]
