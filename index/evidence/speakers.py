"""Find the speaker: to whom the article attributes quotations and reported speech.

Only words outside quotation marks attribute, because people quote others inside them. If the sentence itself names
nobody, the rest of its quotation may; "he" and "the official" stand for whoever spoke last.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import takewhile
from typing import NamedTuple

from .. import patterns
from ..language.language import get_language
from ..language.wordlists import GROUPS, HE, PLACES, SHE, SUBJECTS
from ..model import Article, Sentence, Span
from . import speech

_compile = cache(re.compile)
"""Compile a pattern when the first sentence needs it: each takes two milliseconds."""

_QUOTE = patterns.compile('["“”]')
_BACK = 6
"""Earlier sentences that are searched for whom "he" or "the official" means."""


class _Unquoted(NamedTuple):
    """A sentence with its quoted words blanked out, by as many quotation marks: no pattern looks past those.

    `opened` and `open` tell whether it begins and ends inside a quotation, `quotes` whether it has any.
    """

    text: str
    opened: bool
    open: bool
    quotes: bool


def find_speaker(article: Article, sentence: Sentence) -> Span | None:
    """Return the words of the article that name who says what the sentence says; None if nobody is named."""
    language = get_language(article.language)
    if not language.has_rules:
        from .speakers_by_language import find_speaker_in  # late: most articles are in English

        return find_speaker_in(article, sentence, language)
    at = sentence.number - 1
    words = _blank_quotations(article, sentence)
    own = words[sentence.number]
    found = _find_attribution(article, at, own.text)
    if found is not None:
        return _resolve_pronoun(article, at, found)
    if own.quotes and not own.text.strip(" .,;:?!\"“”'‘’"):
        return _find_beside(article, sentence, words)
    number = sentence.number
    while words[number].open and number + 1 in words:  # the quotation goes on, and its end names the speaker
        number += 1
        if (found := _find_in_sentence(article, number - 1, words)) is not None:
            return found
    if own.opened and sentence.number - 1 in words:
        return _find_in_sentence(article, at - 1, words)
    return None


def _find_beside(article: Article, sentence: Sentence, words: dict[int, _Unquoted]) -> Span | None:
    """Return who is named in the paragraph before or after a sentence that is all quotation; None if nobody is."""
    numbers = sorted(words)
    before = [number for number in reversed(numbers) if number < sentence.number]
    after = [number for number in numbers if number > sentence.number]
    near = [*takewhile(lambda number: words[number].quotes, before)]
    rest = [*takewhile(lambda number: words[number].opened, after)]
    order = rest + near if words[sentence.number].open else near + after[:1]
    for number in order:
        found = _find_in_sentence(article, number - 1, words)
        if found is not None:
            return found
    first = numbers[0] - 1  # a paragraph that is all quotation goes on with the one before
    if first and not any(words[number].text.strip(" .,;:?!\"“”'‘’") for number in numbers):
        above = article.sentences[first - 1]
        return _find_in_sentence(article, first - 1, _blank_quotations(article, above))
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
    more = rf"(?:{name}|of\s+the|of|de|van|von|der|al|for\s+the|for|\({name}\))"
    named = rf"(?:{name}\s+)?{role}{name}(?:\s+{more})*(?<!\sof)(?<!\sthe)"
    common = r"(?:the|an?|one|another|his|her|their)\s+(?:[a-z][\w'’-]*\s+){0,4}?[a-z][\w'’-]*"
    adverb = r"(?:\s{1,99}+(?:also|later|earlier|then|apparently|had|has|have|separately|further|once|again)){0,9}"
    start = r"(?:^|[\"”,;:]\s{0,99}+|(?:--?|—|–|\b(?:and|but|that|as|while|because|when|where|which))\s{1,99}+)"
    end = r"(?=[,.;]|\s{1,99}+(?:in|at|on|of|for|who|during|after|before|to)\b|\s*+$)"
    # No words end in white space, and white space is never given back: a run of it is looked at once from each side.
    words = r"(?P<who>[^,;:\"“”]{2,120}?(?<!\s)|(?<=\s)[^\s,;:\"“”])"
    subject = rf"^(?:[A-Z]{{3,20}}[^a-z\"]{{0,40}}--?\s)?(?P<who>{speech.FULL.pattern}|[Hh]e|[Ss]he|They)"
    return (
        ("ccording", rf"\b[Aa]ccording\s+to\s+(?P<who>{named}|{common}{end})"),
        ("quoted", rf"{start}{words}\s{{1,99}}+w(?:as|ere)\s+quoted\b"),
        ("", rf"[\"”,]\s{{0,99}}+{speech.VERBS_BEFORE}\s+(?P<who>{named}|{common}){end}"),
        ("", rf"{start}{words}(?:(?:\s{{0,99}}+,[^,;\"“”]{{1,120}}){{1,3}},)?{adverb}\s{{1,99}}+{speech.VERBS}\b"),
        ('"' * 14, rf"{subject}(?:,[^,;\"“”]{{2,120}},)?\s[a-z][^\"“”]{{0,300}}[\"“”]"),
    )


def _find_attribution(article: Article, at: int, blanked: str) -> Span | None:
    """Return the words that name the speaker in a sentence whose quoted words are `blanked`; None if there are none."""
    if not speech.CUE.search(blanked):
        return None
    base, text = article.sentences[at].start, article.quote(article.sentences[at])
    found = _find_name(text, blanked)
    return None if found is None else Span(base + found[0], base + found[1], text[slice(*found)])


@lru_cache(maxsize=1024)  # the same sentences are cited again and again, and "he" is looked for in those before
def _find_name(text: str, blanked: str) -> tuple[int, int] | None:
    """Return where in a sentence the words stand that name its speaker; None if there are none."""
    quotes = '"' in blanked or "“" in blanked
    for word, pattern in _build_patterns():
        for match in _compile(pattern).finditer(blanked) if word in blanked else ():
            verb = match.end() - 12
            if (not quotes and speech.DEED.search(blanked, max(0, verb), match.end() + 8)) or speech.TITLED.search(
                match[0]
            ):
                continue
            start, end = _narrow(text, *match.span("who"))
            if start < end and _is_someone(text[start:end], quotes=quotes):
                return start, end
    return None


def _narrow(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the name in words that may be the subject of a verb of speech, an empty span if there is none.

    Clauses before it and other verbs behind it are left out; of "its master, Ida Holm," the name is taken.
    """
    last = 0
    if opening := speech.DATELINE.match(text, start, end):
        start = opening.end()
    start, end = _trim(text, start, end)
    for clause in speech.CLAUSE.finditer(text[start:end]):
        last = clause.end()
    start, end = _trim(text, start + last, end)
    if act := speech.ACT.search(f" {text[start:end]} "):
        verb = start + act.start() - 1
        if verb <= start:  # the subject of the verb stands further left: "Ida Holm, | promised help and | said"
            left = speech.LEFT.search(text[max(0, start - 120) : start])
            return (start - min(120, start) + left.start(1), start - min(120, start) + left.end(1)) if left else (0, 0)
        if re.search(r"\b[A-Z]", text[start:verb]) or speech.SOMEBODY.search(text[start:verb].lower()):
            start, end = _trim(text, start, verb)
    if (both := speech.BESIDE.search(text, start, end)) and both.start() - start > 24:
        start = both.end()
    if speech.NO_SUBJECT.match(text[start:end]):
        return 0, 0
    if pronoun := re.match(
        r"(?:[Hh]e|[Ss]he|[Tt]hey)(?= (?:then|now|even|later|never|always|often)\Z)", text[start:end]
    ):
        end = start + pronoun.end()
    start = _find_pronoun(text, start, end)
    if re.match(r"an? [A-Z]", text[start:end]):  # "according to a White House statement"
        start = text.index(" ", start) + 1
    if theirs := speech.THEIRS.search(text[start:end]):
        return start, start + theirs.start()
    head = text[start:end].rpartition(" ")[2]
    if head[:1].islower() and (behind := speech.BEHIND.match(text, end)) and not speech.TIME.match(behind[1]):
        return _trim(text, *behind.span(1))
    return start, end


def _find_pronoun(text: str, start: int, end: int) -> int:
    """Return where the subject begins if a pronoun ends the words: of "In July it had", at "it"; else `start`."""
    found = re.search(r"(?<=\w )(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t)\Z", text[start:end].rstrip())
    return start + found.start() if found else start


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without leading conjunctions and surrounding space and quotation marks."""
    while start < end and text[start] in " \t\n\"“”'":
        start += 1
    match = speech.FRONT.match(text, start, end)
    start = match.end() if match else start
    while end > start and (
        text[end - 1] in ' \t\n,"“”' or (text[end - 1] == "." and text[end - 2 : end - 1].islower())
    ):
        end -= 1
    return start, end


def _is_someone(words: str, *, quotes: bool) -> bool:
    """Tell whether the words can name a speaker: they are a name, a pronoun or an office, and not a clause.

    Beside `quotes` any thing with an article is one: "the bride".
    """
    plain = words.lower()
    if re.sub(r"['’]\w+", "", plain) in SUBJECTS | {"who", "there"}:
        return plain in speech.PRONOUNS - {"who"}
    if (
        speech.TIME.match(words)
        or len(words.split()) > 14
        or re.search(r"\b(?:is|are|was|were|has|have|had|will|would|not|said)\b", words)
        or plain.endswith((" and", " or", " i", " with", " of", " to", " in", " for", " be"))
        or plain.count("(") > plain.count(")")
    ):
        return False
    known = (
        speech.PEOPLE.search(plain)
        or speech.BODIES.search(plain)
        or (quotes and re.match(r"(?:the|an?) [a-z-]+\Z", plain))
    )
    return (
        re.search(r"\b[A-Z]", words[plain.startswith("the ") and 4 :]) is not None or bool(known) or plain.endswith("s")
    )


def _resolve_pronoun(article: Article, at: int, found: Span) -> Span | None:
    """Return whom "he" or "the official" stands for; other words come back as found.

    None if a pronoun stands for nobody in the sentences before.
    """
    plain = found.text.lower()
    definite = plain.startswith("the ") and not re.search(r"[A-Z]", found.text[4:]) and speech.PEOPLE.search(plain)
    if plain not in speech.PRONOUNS and not definite:
        return found
    head = plain.rpartition(" ")[2] if definite and not speech.ANYBODY.search(plain) else ""
    for number in range(at, max(0, at - _BACK), -1):
        other = article.sentences[number - 1]
        words = _blank_quotations(article, other)[other.number].text
        earlier = _find_attribution(article, number - 1, words) or (
            None if definite else _find_person(other, words, plain)
        )
        if earlier is not None and _may_be(plain, earlier.text) and head in earlier.text.lower():
            return earlier
    return found if definite else None


def _find_person(sentence: Sentence, words: str, plain: str) -> Span | None:
    """Return the first person that a sentence names outside quotations and that a pronoun may stand for."""
    if plain not in speech.PERSONAL:
        return None
    for match in speech.FULL.finditer(words):
        parts = frozenset(match[0].lower().replace(".", " ").replace("'s", "").split())
        if parts.isdisjoint(PLACES | GROUPS | speech.PLACE_WORDS) and _may_be(plain, match[0]):
            name = re.sub(r"['’]s?\Z|\.\Z", "", match[0])
            return Span(sentence.start + match.start(), sentence.start + match.start() + len(name), name)
    return None


def _may_be(plain: str, earlier: str) -> bool:
    """Tell whether a pronoun or "the official" may stand for the earlier speaker."""
    low = earlier.lower()
    if low in speech.PRONOUNS or (low.startswith("the ") and not re.search(r"[A-Z]", earlier[4:])):
        return False
    if (plain in HE and speech.OF_HER.search(earlier)) or (plain in SHE and speech.OF_HIM.search(earlier)):
        return False
    person = len(re.findall(r"\b[A-Z]", earlier)) > 1 or speech.PEOPLE.search(low) is not None
    return person if plain in speech.PERSONAL or plain not in speech.PRONOUNS else True
