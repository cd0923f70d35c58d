"""Sentences that come near a question in meaning, whatever words they have. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..evidence.candidate import Nominated
from ..evidence.question import Question
from ..evidence.weights import load_model

if TYPE_CHECKING:
    from ..meaning.encoder import Encoder

NEAREST = 10
"""Sentences of an article that are nominated for their meaning alone."""


def compare(question: Question, nominated: Iterable[Nominated], encoder: Encoder | None) -> list[Nominated]:
    """Return them with how near each sentence comes to the question in meaning; nothing is compared without encoder."""
    if encoder is None:
        return list(nominated)
    from ..meaning.encoder import measure_similarity  # late: without an encoder nothing of meaning is loaded

    vector = encoder.encode_question(question.text)
    return [
        each._replace(similarities=measure_similarity(vector, [one.vector for one in each.article.sentences]))
        for each in nominated
    ]


def add_nearest(question: Question, nominated: Iterable[Nominated], encoder: Encoder) -> list[Nominated]:
    """Return them with the nearest sentences of each article, too; those that hold and mean most come first."""
    found = []
    for each in compare(question, nominated, encoder):
        similar = each.similarities
        nearest = sorted(range(len(similar)), key=lambda at: (-similar[at], at))[:NEAREST]
        found.append(each._replace(numbers=each.numbers.union(at + 1 for at in nearest)))
    weight = 10 * load_model(by_meaning=True).rank["similarity"]
    found.sort(key=lambda each: each.loss - weight * max(each.similarities))
    return found
