"""Typing errors, drawn as people make them."""

import random

from index.evidence.question import read_question


def misspelled(text: str, chance: random.Random) -> str:
    """Return the question with one slip in one of its longer words: a letter lost, doubled, changed or swapped."""
    words = [word for word in read_question(text).words.values() if len(word) >= 5 and word.isalpha()]
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(1, len(word) - 1)
    slip = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice("aeioust") + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return text.replace(word, slip, 1)
