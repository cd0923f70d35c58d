"""Who holds an office: "Who is the president of South Korea?" in a story that names two presidents.

A reporter writes "President" before each of them and takes the rest for known. Which of them is meant is then not said,
however many of the question's words a sentence holds.
"""

from __future__ import annotations

import re

from .. import patterns
from .views import SentenceView

_ASKED = patterns.compile(
    r"\W*who(?:['’]s| is| was) (?:the )?(?:current |present |new )?"
    r"(?:(?P<role>\w+(?:[ -]\w+){0,2}) (?:of|for) (?:the )?(?P<of>.+)"
    r"|(?P<whose>.+?)['’]s (?P<post>\w+(?:[ -]\w+){0,2}))\Z",
    re.IGNORECASE,
)
_NAME = r"((?:[A-Z][\w’'-]*\.? ?){1,4})"


def _strip_end(text: str) -> str:
    """Return the text up to its last letter or digit."""
    end = len(text)
    while end and not (text[end - 1].isalnum() or text[end - 1] == "_"):
        end -= 1
    return text[:end]


def find_bearers(view: SentenceView) -> tuple[str, ...]:
    """Return who holds the office asked for, in the article's words, if several do and it is not said which.

    () if no office is asked for, the article names at most one holder, or the sentence says whose office it is.
    """
    asked = _ASKED.match(_strip_end(view.question.spelled))
    if asked is None:
        return ()
    role, place = re.escape(asked["role"] or asked["post"]), re.escape(asked["of"] or asked["whose"])
    tied = rf"\b{place}(?:['’]s?|n)? (?:\w+ ){{0,2}}{role}\b|\b{role} (?:of|for) (?:the )?{place}\b"
    if re.search(tied, view.text, re.IGNORECASE):
        return ()
    article = view.article_view.article
    found: dict[str, str] = {}
    for sentence in article.sentences:
        for match in re.finditer(rf"\b(?i:{role}) {_NAME}", article.quote(sentence)):
            words = match[1].split()
            if not any(word in known.split() for word in words for known in found):
                found[match[1].strip()] = match[0].strip()
    return tuple(found.values()) if len(found) > 1 else ()
