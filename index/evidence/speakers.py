"""Find the speaker: to whom the article attributes quotations and reported speech.

Only words outside quotation marks attribute, because people quote others inside them. If the sentence itself names
nobody, the rest of its quotation may; "he" and "the official" stand for whoever spoke last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from ..language.calendar import MONTH, WEEKDAY
from ..language.wordlists import HE, SHE, SUBJECTS, THIRD_PERSON, match_any
from ..model import Article, Sentence, Span

_VERBS = match_any("""
    said says told added adds wrote writes explained explains argued argues confirmed announced insisted insists
    noted notes stated states replied answered warned warns testified claimed claims denied acknowledged admitted
    recalled stressed emphasi[sz]ed suggested tweeted predicted pledged vowed complained asked declared maintained
    observed remarked reported reports called objected concluded pointed_out
""")
_VERBS_BEFORE = match_any(
    "said says added adds wrote writes explained argued noted replied answered testified recalled insisted"
)
"""Verbs that may precede their subject; "told" may not, because the person who is told follows it."""

_PERSON = match_any("""
    official spokes(?:man|woman|person) source minister president secretary chief leader officer judge lawyer
    diplomat analyst researcher expert witness resident coach captain mayor reporter scientist doctor man woman
""")
_BODY = match_any("""
    office ministry company agency police government court council party department team bank union university
    army club group firm embassy commission committee authority institute service news(?:paper)? report statement
""")
_PEOPLE = re.compile(rf"\b{_PERSON}\Z")
_BODIES = re.compile(rf"\b{_BODY}\Z")
_TIME = re.compile(rf"(?:{WEEKDAY}|{MONTH})\Z")
_CUE = re.compile(rf"[Aa]ccording\s+to|\bquoted|\b{_VERBS}\b")
"""A cue that every attribution contains: it rules out most sentences at a tenth of the cost of the patterns."""

_QUOTE = re.compile('["“”]')
_PRONOUNS = (SUBJECTS & THIRD_PERSON) | {"who"}
_PERSONAL = SUBJECTS & (HE | SHE)
_BACK = 6
"""Earlier sentences that are searched for whom "he" or "the official" means."""


@dataclass(frozen=True, slots=True)
class _Unquoted:
    """A sentence with its quoted words blanked out, by as many quotation marks: no pattern looks past those.

    `opened` and `open` tell whether it begins and ends inside a quotation, `quotes` whether it has any.
    """

    text: str
    opened: bool
    open: bool
    quotes: bool


def find_speaker(article: Article, sentence: Sentence) -> Span | None:
    """Return the words of the article that name who says what the sentence says; None if nobody is named."""
    at = sentence.number - 1
    words = _blank_quotations(article, sentence)
    own = words[sentence.number]
    found = _find_attribution(article, at, own.text)
    if found is not None:
        return _resolve_pronoun(article, at, found)
    if own.quotes and not own.text.strip(" .,;:?!\"“”'‘’"):
        return _find_beside(article, sentence, words)
    if own.open and sentence.number + 1 in words:  # the quotation goes on, and its end names the speaker
        return _find_in_sentence(article, at + 1, words)
    if own.opened and sentence.number - 1 in words:
        return _find_in_sentence(article, at - 1, words)
    return None


def _find_beside(article: Article, sentence: Sentence, words: dict[int, _Unquoted]) -> Span | None:
    """Return who is named in the paragraph before or after a sentence that is all quotation; None if nobody is."""
    numbers = sorted(words)
    before = [number for number in reversed(numbers) if number < sentence.number]
    after = [number for number in numbers if number > sentence.number]
    near = [*takewhile(lambda number: words[number].quotes, before)]
    order = after[:1] + near if words[sentence.number].open else near + after[:1]
    for number in order:
        found = _find_in_sentence(article, number - 1, words)
        if found is not None:
            return found
    return None


def _find_in_sentence(article: Article, at: int, words: dict[int, _Unquoted]) -> Span | None:
    found = _find_attribution(article, at, words[at + 1].text)
    return None if found is None else _resolve_pronoun(article, at, found)


def _blank_quotations(article: Article, sentence: Sentence) -> dict[int, _Unquoted]:
    """Return the sentences of the paragraph by number, with their quoted words blanked out."""
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
            parts += ['"' * len(between) if inside else between, mark[0]]
            inside = mark[0] == "“" or (mark[0] == '"' and not inside)
            place = mark.end()
        parts.append('"' * (len(text) - place) if inside else text[place:])
        found[other.number] = _Unquoted("".join(parts), opened, inside, opened or place > 0)
    return found


@cache
def _build_patterns() -> tuple[tuple[str, str], ...]:
    """Return pairs: what a sentence must contain to be searched, and the pattern that finds its speaker."""
    name = r"[A-Z][\w.'’-]*"
    role = r"(?:(?:[Tt]he|[Aa]n?|[Oo]ne|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts)\s+)?(?:[a-z][\w'’-]*\s+){0,5}?"
    named = rf"{role}{name}(?:\s+(?:{name}|of\s+the|of|de|van|von|der|al|for\s+the|for|\({name}\)))*(?<!\sof)(?<!\sthe)"
    common = r"(?:the|an?|one|another|his|her|their)\s+(?:[a-z][\w'’-]*\s+){0,4}?[a-z][\w'’-]*"
    adverb = r"(?:\s{1,99}+(?:also|later|earlier|then|apparently|had|has|have|separately|further|once|again)){0,9}"
    start = r"(?:^|[\"”,;:]\s{0,99}+|(?:--?|—|–|\b(?:and|but|that|as|while|because|when|where|which))\s{1,99}+)"
    end = r"(?=[,.;]|\s{1,99}+(?:in|at|on|of|for|who|during|after|before|to)\b|\s*+$)"
    # No words end in white space, and white space is never given back: a run of it is looked at once from each side.
    words = r"(?P<who>[^,;:\"“”]{2,120}?(?<!\s)|(?<=\s)[^\s,;:\"“”])"
    return (
        ("ccording", rf"\b[Aa]ccording\s+to\s+(?P<who>{named}|{common}{end})"),
        ("quoted", rf"{start}{words}\s{{1,99}}+w(?:as|ere)\s+quoted\b"),
        ("", rf"[\"”,]\s{{0,99}}+{_VERBS_BEFORE}\s+(?P<who>{named}|{common}){end}"),
        ("", rf"{start}{words}(?:\s{{0,99}}+,[^,;\"“”]{{2,120}},)?{adverb}\s{{1,99}}+{_VERBS}\b"),
    )


_compile = cache(re.compile)
"""Compile a pattern when the first sentence needs it: each takes two milliseconds."""


def _find_attribution(article: Article, at: int, blanked: str) -> Span | None:
    """Return the words that name the speaker in a sentence whose quoted words are `blanked`; None if there are none."""
    if not _CUE.search(blanked):
        return None
    text = article.quote(article.sentences[at])
    base = article.sentences[at].start
    for word, pattern in _build_patterns():
        for match in _compile(pattern).finditer(blanked) if word in blanked else ():
            start, end = _trim(text, *match.span("who"))
            if start < end and _is_someone(text[start:end]):
                return Span(base + start, base + end, text[start:end])
    return None


_OPENER = match_any("""
    and but that as while because when where which thus separately meanwhile however for so if on in after
    before since hours also
""")
_FRONT = re.compile(rf"(?:{_OPENER}\s+)+", re.IGNORECASE)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without leading conjunctions and surrounding space and quotation marks."""
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
    """Tell whether the words can name a speaker: they are a name, a pronoun or an office, and not a clause."""
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


def _resolve_pronoun(article: Article, at: int, found: Span) -> Span | None:
    """Return whom "he" or "the official" stands for; other words come back as found.

    None if a pronoun stands for nobody in the sentences before.
    """
    plain = found.text.lower()
    definite = plain.startswith("the ") and not re.search(r"[A-Z]", found.text[4:]) and _PEOPLE.search(plain)
    if plain not in _PRONOUNS and not definite:
        return found
    for number in range(at, max(0, at - _BACK), -1):
        other = article.sentences[number - 1]
        words = _blank_quotations(article, other)[other.number]
        earlier = _find_attribution(article, number - 1, words.text)
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
