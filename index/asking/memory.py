"""What an index remembers of earlier questions: which sentence came first, so that it need not be looked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..model import Filter
from ..verdicts import Verdict
from .reply import Answered
from .retrieve import Scope
from .understand import Refusal

MOST = 512
"""Questions that are remembered at most, over all conversations."""

_BEFORE = 3
"""Earlier questions that a question must have had, too, to be the same."""

_Key = tuple[Filter, bool, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RememberedAnswer:
    """What became of a question: how it was `understood`, the verdict, and the sentence that came first.

    `held` is the share of its words in and around that sentence. `article_id` is "" where nothing was found.
    """

    understood: str
    verdict: Verdict
    article_id: str = ""
    sentence: int = 0
    held: float = 0.0


def remember_answer(found: Answered | Refusal) -> RememberedAnswer:
    """Return what is to be remembered of an answer."""
    if isinstance(found, Refusal):
        return RememberedAnswer(found.text, Verdict.REFUSED)
    if not found.ranked:
        return RememberedAnswer(found.meant.text, found.judgement.verdict)
    first = found.ranked[0]
    held = len(first.view.window) / max(1, len(first.view.article_view.question.words))
    return RememberedAnswer(found.meant.text, found.judgement.verdict, first.article.id, first.number, held)


class AnswerMemory:
    """What became of the last questions of an index, by what they were asked of and what was asked before.

    Nothing hangs on it but time: what it lacks is asked again. It holds no article, and whoever changes the articles
    has to `forget`; several threads may use it.
    """

    def __init__(self) -> None:
        self._told: dict[_Key, RememberedAnswer] = {}

    def keep(self, question: str, history: Sequence[str], scope: Scope, told: RememberedAnswer) -> None:
        """Remember what became of a question; when there are too many, all are forgotten."""
        if len(self._told) >= MOST:
            self.forget()
        self._told[_make_key(question, history, scope)] = told

    def find(self, question: str, history: Sequence[str], scope: Scope) -> RememberedAnswer | None:
        """Return what became of the question; None if it is not remembered."""
        return self._told.get(_make_key(question, history, scope))

    def forget(self) -> None:
        """Forget all of them."""
        self._told = {}


def _make_key(question: str, history: Sequence[str], scope: Scope) -> _Key:
    return scope.stored, scope.meaning is not None, (*history[-_BEFORE:], question)
