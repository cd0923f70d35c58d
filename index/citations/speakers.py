"""Who the article says the words are from: the attribution of quotations and of reported speech.

Only words outside quotation marks attribute: inside them people quote others. Where the sentence itself names
nobody, the quotation it belongs to does, and "he" or "the official" is whoever spoke last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from ..language.calendar import MONTH, WEEKDAY
from ..language.wordlists import HE, SHE, SUBJECTS, THIRD_PERSON
from ..model import Article, Sentence, Span

_VERBS = (
    "said|says|told|added|adds|wrote|writes|explained|explains|argued|argues|confirmed|announced|insisted|insists"
    "|noted|notes|stated|states|replied|answered|warned|warns|testified|claimed|claims|denied|acknowledged|admitted"
    "|recalled|stressed|emphasi[sz]ed|suggested|tweeted|predicted|pledged|vowed|complained|asked|declared|maintained"
    "|observed|remarked|reported|reports|called|objected|concluded|pointed out"
)
_VERBS_BEFORE = "said|says|added|adds|wrote|writes|explained|argued|noted|replied|answered|testified|recalled|insisted"
"""Those that stand before their subject, too; after "told" stands whom they tell."""

_PEOPLE = re.compile(
    r"\b(?:official|spokes(?:man|woman|person)|source|minister|president|secretary|chief|leader|officer|judge|lawyer"
    r"|diplomat|analyst|researcher|expert|witness|resident|coach|captain|mayor|reporter|scientist|doctor|man|woman)\Z"
)
_BODIES = re.compile(
    r"\b(?:office|ministry|company|agency|police|government|court|council|party|department|team|bank|union|university"
    r"|army|club|group|firm|embassy|commission|committee|authority|institute|service|news(?:paper)?|report|statement)\Z"
)
_TIME = re.compile(rf"(?:{WEEKDAY}|{MONTH})\Z")
_CUE = re.compile(rf"[Aa]ccording\s+to|\bquoted|\b(?:{_VERBS})\b")
"""What every attribution holds: most sentences hold none, and are told so at a tenth of the patterns' cost."""

_QUOTE = re.compile('["“”]')
_PRONOUNS = (SUBJECTS & THIRD_PERSON) | {"who"}
_PERSONAL = SUBJECTS & (HE | SHE)
_BACK = 6
"""Sentences before that are looked through for whom "he" or "the official" means."""


@dataclass(frozen=True, slots=True)
class _Words:
    """A sentence, its quoted words blanked out; `opened` and `open` tell whether it begins and ends in quotation."""

    text: str
    opened: bool
    open: bool
    quotes: bool


def speaker(article: Article, sentence: Sentence) -> Span | None:
    """Return who says what the sentence says, with where that stands in the article; None if nobody is named."""
    at = sentence.number - 1
    words = _paragraph_words(article, sentence)
    own = words[sentence.number]
    found = _attributed(article, at, own.text)
    if found is not None:
        return _meant(article, at, found)
    if own.quotes and not own.text.strip(" .,;:?!\"“”'‘’"):
        return _beside(article, sentence, words)
    if own.open and sentence.number + 1 in words:  # the quotation goes on, and who speaks is told at its end
        return _told(article, at + 1, words)
    if own.opened and sentence.number - 1 in words:
        return _told(article, at - 1, words)
    return None


def _beside(article: Article, sentence: Sentence, words: dict[int, _Words]) -> Span | None:
    """Return who is named beside a sentence that is wholly quotation: before it in the paragraph, or after it."""
    numbers = sorted(words)
    before = [number for number in reversed(numbers) if number < sentence.number]
    after = [number for number in numbers if number > sentence.number]
    near = [*takewhile(lambda number: words[number].quotes, before)]
    order = after[:1] + near if words[sentence.number].open else near + after[:1]
    for number in order:
        found = _told(article, number - 1, words)
        if found is not None:
            return found
    return None


def _told(article: Article, at: int, words: dict[int, _Words]) -> Span | None:
    found = _attributed(article, at, words[at + 1].text)
    return None if found is None else _meant(article, at, found)


def _paragraph_words(article: Article, sentence: Sentence) -> dict[int, _Words]:
    """Return the sentences of the paragraph by number, their quoted words blanked out."""
    found = {}
    inside = False
    first = sentence.number - 1
    while first and article.sentences[first - 1].paragraph == sentence.paragraph:
        first -= 1
    for other in article.sentences[first:]:
        if other.paragraph != sentence.paragraph:
            break
        text = article.quote(other)
        opened, parts, place = inside, [], 0
        for mark in _QUOTE.finditer(text):
            between = text[place : mark.start()]
            parts += [" " * len(between) if inside else between, mark[0]]
            inside = mark[0] == "“" or (mark[0] == '"' and not inside)
            place = mark.end()
        parts.append(" " * (len(text) - place) if inside else text[place:])
        found[other.number] = _Words("".join(parts), opened, inside, opened or place > 0)
    return found


@cache
def _patterns() -> tuple[tuple[str, str], ...]:
    """Return what a sentence must hold to be looked at, and the pattern of who speaks in it."""
    name = r"[A-Z][\w.'’-]*"
    role = r"(?:(?:[Tt]he|[Aa]n?|[Oo]ne|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts)\s+)?(?:[a-z][\w'’-]*\s+){0,5}?"
    named = rf"{role}{name}(?:\s+(?:{name}|of\s+the|of|de|van|von|der|al|for\s+the|for|\({name}\)))*(?<!\sof)(?<!\sthe)"
    common = r"(?:the|an?|one|another|his|her|their)\s+(?:[a-z][\w'’-]*\s+){0,4}?[a-z][\w'’-]*"
    adverb = r"(?:\s+(?:also|later|earlier|then|apparently|had|has|have|separately|further|once|again))*"
    start = r"(?:^|[\"”,;:]\s*|--?\s+|—\s+|–\s+|\b(?:and|but|that|as|while|because|when|where|which)\s+)"
    end = r"(?=[,.;]|\s+(?:in|at|on|of|for|who|during|after|before|to)\b|\s*$)"
    return (
        ("ccording", rf"\b[Aa]ccording\s+to\s+(?P<who>{named}|{common}{end})"),
        ("quoted", rf"{start}(?P<who>[^,;:\"“”]{{2,120}}?)\s+w(?:as|ere)\s+quoted\b"),
        ("", rf"[\"”,]\s*(?:{_VERBS_BEFORE})\s+(?P<who>{named}|{common}){end}"),
        ("", rf"{start}(?P<who>[^,;:\"“”]{{2,120}}?)(?:,[^,;\"“”]{{2,120}},)?{adverb}\s+(?:{_VERBS})\b"),
    )


_compiled = cache(re.compile)
"""A pattern of attribution, compiled when the first sentence needs it: two milliseconds each."""


def _attributed(article: Article, at: int, blanked: str) -> Span | None:
    """Return the words that name the speaker in the sentence, quoted words aside."""
    if not _CUE.search(blanked):
        return None
    text = article.quote(article.sentences[at])
    base = article.sentences[at].start
    for word, pattern in _patterns():
        for match in _compiled(pattern).finditer(blanked) if word in blanked else ():
            start, end = _trimmed(text, *match.span("who"))
            if start < end and _is_someone(text[start:end]):
                return Span(base + start, base + end, text[start:end])
    return None


_FRONT = re.compile(
    r"(?:(?:and|but|that|as|while|because|when|where|which|thus|separately|meanwhile|however|for|so|if|on|in|after"
    r"|before|since|hours|also)\s+)+",
    re.IGNORECASE,
)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without conjunctions before and space around."""
    while start < end and text[start] in " \t\n\"“”'":
        start += 1
    match = _FRONT.match(text, start, end)
    start = match.end() if match else start
    while end > start and (
        text[end - 1] in ' \t\n,"“”' or (text[end - 1] == "." and text[end - 2 : end - 1].islower())
    ):
        end -= 1
    return start, end


def _is_someone(words: str) -> bool:
    """Tell whether the words can name a speaker: a name, a pronoun or someone's office, and no clause."""
    plain = words.lower()
    if plain in _PRONOUNS:
        return plain != "who"
    if (
        _TIME.match(words)
        or len(words.split()) > 14
        or re.search(r"\b(?:is|are|was|were|has|have|had|will|would|not|said)\b", words)
    ):
        return False
    known = _PEOPLE.search(plain) or _BODIES.search(plain)
    return re.search(r"\b[A-Z]", words) is not None or known is not None or plain.endswith("s")


def _meant(article: Article, at: int, found: Span) -> Span | None:
    """Return whom "he" or "the official" means, else the words as found; None when "it" or "they" meets nobody."""
    plain = found.text.lower()
    definite = plain.startswith("the ") and not re.search(r"[A-Z]", found.text[4:]) and _PEOPLE.search(plain)
    if plain not in _PRONOUNS and not definite:
        return found
    for number in range(at, max(0, at - _BACK), -1):
        other = article.sentences[number - 1]
        words = _paragraph_words(article, other)[other.number]
        earlier = _attributed(article, number - 1, words.text)
        if earlier is not None and _may_be(plain, earlier.text):
            return earlier
    return found if definite else None


def _may_be(plain: str, earlier: str) -> bool:
    """Tell whether a pronoun or "the official" may stand for the earlier speaker."""
    low = earlier.lower()
    if low in _PRONOUNS or (low.startswith("the ") and not re.search(r"[A-Z]", earlier[4:])):
        return False
    person = len(re.findall(r"\b[A-Z]", earlier)) > 1 or _PEOPLE.search(low) is not None
    return person if plain in _PERSONAL or plain not in _PRONOUNS else True
