"""From what was typed to the question that is meant: follow-ups completed, typing errors corrected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..evidence.question import Question, read_question
from ..language.detect import detect_language
from ..language.terms import tokenize_question
from ..verdicts import Reason, ReasonCode
from . import typos
from .reasons import make_reason
from .retrieve import Scope, find_readable

_SMALL_TALK = re.compile(
    r"\W*(?:hi|hello|hey|thanks|thank you|cheers|ok|okay|bye|goodbye|good (?:morning|afternoon|evening|night))"
    r"(?:\W+(?:there|you|all|again|bot|so|very|much|a lot|everyone))*\W*",
    re.IGNORECASE,
)

LONGEST_QUESTION = 2000
"""Characters of a question at most; longer ones are texts, not questions."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that cannot be answered, and why; `asked` is what was typed, `text` what was understood."""

    asked: str
    text: str
    reason: Reason


def understand(asked: str, history: Sequence[str], scope: Scope) -> Question | Refusal:
    """Return the question that is meant, or why it cannot be asked.

    `history` holds the earlier questions of the conversation, oldest first.
    """
    if (reason := _find_problem(asked)) is not None:
        return Refusal(asked, asked, reason)
    text = (_complete(asked, history, scope) if history else None) or asked
    if text != asked and (reason := _find_problem(text)) is not None:
        return Refusal(asked, text, reason)
    tokens = tokenize_question(text)
    terms = tuple(dict.fromkeys([token.term for token in tokens if token.term]))
    if not terms:
        return Refusal(asked, text, make_reason(ReasonCode.NO_WORDS))
    known = scope.count_terms(terms)
    unknown = [term for term in terms if not known.get(term)]
    suspects = typos.find_slips(tokens, unknown) if unknown else ()
    meant = typos.correct(text, suspects, find_readable(terms, scope)) if suspects else None
    if meant is None:
        return read_question(text, asked, tokens)
    if (reason := _find_problem(meant)) is not None:  # whole, its language may show
        return Refusal(asked, meant, reason)
    return read_question(meant, asked)


def _complete(question: str, history: Sequence[str], scope: Scope) -> str | None:
    """Return the follow-up question completed; None if it stands alone.

    If nobody typed a capital letter and one article is asked, its names are known as names.
    """
    from . import followup  # late: most questions are asked without a history

    names: tuple[str, ...] = ()
    if "".join((question, *history)).islower():
        only = scope.find_only_card()
        names = () if only is None else followup.find_names(scope.read(only.id))
    return followup.rewrite(question, history, names)


@lru_cache(maxsize=256)  # a question as asked and as understood, and its neighbours in a conversation
def _find_problem(question: str) -> Reason | None:
    if len(question) > LONGEST_QUESTION:
        return make_reason(ReasonCode.TOO_LONG, limit=LONGEST_QUESTION)
    if _SMALL_TALK.fullmatch(question):
        return make_reason(ReasonCode.SMALL_TALK)
    spoken = detect_language(question)
    return None if spoken == "en" else make_reason(ReasonCode.OTHER_LANGUAGE, language=spoken)
