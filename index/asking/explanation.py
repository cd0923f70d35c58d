"""How a reply came about, in figures: what `explain` adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..evidence import weights
from ..evidence.candidate import Candidate
from ..evidence.question import Question
from ..evidence.views import SentenceView
from ..language.terms import tokenize
from .retrieve import Found


def explain_ranking(question: Question, ranked: Sequence[Candidate], found: Found) -> Mapping[str, Any] | None:
    """Return how the first sentence was weighed or, if none was found, which words are nowhere.

    None if they are in a version that may not be cited.
    """
    if ranked:
        explained = weights.explain(ranked[0].view, ranked[0].loss)
        return {**explained, **_explain_meaning(ranked[0].view, found)} if found.scope.meaning else explained
    if found.silenced is not None:
        return None
    known = found.scope.engine.statistics(question.terms, found.scope.language)
    return weights.explain_nothing(question, known.passages)


def _explain_meaning(view: SentenceView, found: Found) -> Mapping[str, Any]:
    """Return which words of the sentence mean nearly the same as words of the question that it lacks."""
    assert found.scope.meaning is not None
    missing = frozenset(view.question.words[term] for term in view.missing)
    others = frozenset(token.text for token in tokenize(view.text) if token.term)
    matched = found.scope.meaning.encoder.match_words(view.question.text, missing, view.text, others)
    return {"alike": [{"word": word, "other": other} for word, other in matched]}
