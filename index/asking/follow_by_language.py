"""How a question in another language than English hangs on the turns before it, in the plainest forms alone.

`[follow]` has patterns that the whole question fits: `anew` asks something else about the same ("And when?", its words
of asking are `asks`), `said` who said that, `else` for more. `drop` finds the words of asking in the question before,
which the new ones replace. `who_said` is the question that is asked of a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ..evidence.other_languages import read_in_language
from ..evidence.question import Question
from ..language.language import Language
from .followup import Dependence, Followup, list_topics
from .thread import Turn

_compile = cache(re.compile)
"""Compile a pattern when the first question needs it."""


_QUOTES = frozenset("«“")
"""What stands in "Who said “...”?", of which nothing can be asked anew."""


def follow_in(question: str, thread: Sequence[Turn], language: Language) -> Followup:
    """Return how a question hangs on the turns before it, oldest first, and what it means; see `followup.follow`.

    It stands alone in a language that has no data for it.
    """
    data = language.follow
    topics = list_topics(thread)
    asked = " ".join(question.split())
    if not data or not topics or len(asked) > 100:
        return Followup(Dependence.ALONE)
    last = next((turn.understood for turn in reversed(topics) if _QUOTES.isdisjoint(turn.understood)), "")
    if _compile(data["said"]).fullmatch(asked):
        return Followup(Dependence.SAID)
    if not last:
        return Followup(Dependence.ALONE)
    if found := _compile(data["anew"]).fullmatch(asked):
        rest = " ".join(_compile(data["drop"]).sub(" ", last).split())
        return Followup(Dependence.ANEW, f"{found['asks']} … {rest}?")
    if _compile(data["else"]).fullmatch(asked):
        return Followup(Dependence.ELSE, last)
    return Followup(Dependence.ALONE)


def ask_who_said(words: str, asked: str, language: Language) -> Question:
    """Return the question who said some words, in a language whose data has it; `asked` is what was typed."""
    text = language.follow["who_said"].format(words)
    return read_in_language(text, asked, language.tokenize_question(text), language)
