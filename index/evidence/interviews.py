"""A question that stands in the article itself, as in an interview: what is under it answers whoever asks the same."""

from __future__ import annotations

import re

from .. import patterns
from ..headings import quote_headings
from .question import read_question
from .views import SentenceView

_NEGATION = patterns.compile(r"\b(?:not|never|cannot|without)\b|n['’]t\b", re.IGNORECASE)


def is_asked_above(view: SentenceView) -> bool:
    """Tell whether the heading right above the sentence asks this very question: then the sentence opens the reply.

    It must ask for the same kind of thing, deny what the question denies, and hold what the question holds, but for
    words of the headline.
    """
    heading = quote_heading(view, view.sentence.number)
    if not heading.endswith("?"):
        return False
    question = view.question
    if not question.language.has_rules:
        return False
    asked = read_question(heading)
    held = view.heading | question.find_alike(view.sentence.heading)
    return (
        (asked.kind.name, asked.wants.name) == (question.kind.name, question.wants.name)
        and not question.words.keys() - held - view.article_view.title
        and len(held) * 3 >= len(asked.words)
        and bool(_NEGATION.search(heading)) == bool(_NEGATION.search(question.spelled))
    )


def quote_heading(view: SentenceView, number: int) -> str:
    """Return the heading right above a sentence of the article on one line, "" if it holds no word of the question."""
    if number not in view.article_view.over:
        return ""
    return " ".join(quote_headings(view.article_view.article).get(number, "").split())
