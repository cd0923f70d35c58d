"""Questions that an article answers, made from its own sentences by a few templates in plain grammar.

They are only proposed here; `Index.suggestions` asks each one before it suggests it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest

from .. import patterns
from ..digest.people import find_named, skip_dateline
from ..language.calendar import ABBREVIATED_MONTH, MONTH, WEEKDAY
from ..language.clauses import NAME, Clause, find_clause, is_self_contained, strip_dateline
from ..language.language import get_language
from ..language.phrases import Phrase, find_phrases, split_words
from ..language.sentences import LONGEST
from ..language.wordlists import word_set
from ..model import Article
from .subjects import DANGLING, NEAR, QUOTED, find_persons, find_proper_words, find_things

_LONGEST = 90
"""Characters of a question at most: three of them should be read at a glance."""

_ADVERBS = word_set("yesterday today separately earlier later previously speaking asked instead")
_TELLING = word_set("""
    say tell add explain argue insist note state testify write recall reply answer ask describe call report
""")
_SAID = "said|says|told|argued|insisted|stated|testified|(?:added|explained|noted|wrote|recalled)(?=\\sthat\\b|[,.:]|$)"
_DEEDS = {"announced": "announce", "denied": "deny", "confirmed": "confirm", "claimed": "claim", "promised": "promise"}
_DEEDS |= {"demanded": "demand", "revealed": "reveal", "proposed": "propose", "predicted": "predict"}
_SPOKE = patterns.compile(
    rf"(?P<who>{NAME}|\b[Tt]he\s(?:[a-z-]+\s)?[a-z-]+|\b[Pp]olice)(?:,\s[^,]{{3,70}},)?\s"
    rf"(?P<verb>{_SAID}|{'|'.join(_DEEDS)})(?!\w)(?P<what>[^\"“”]*)"
)
_QUOTATION = patterns.compile(r"[\"“][^\"“”]+[\"”]")
_SHORT = patterns.compile(r"\b(?P<long>[A-Z][\w’'-]{1,40}(?:\s[\w’'-]{1,40}){1,6})\s\((?P<short>[A-Z]{2,6})\)")
_STANDS = patterns.compile(
    r"\b(?P<short>[A-Z][A-Z.]{1,7})\s(?:stands for|is (?:short for|(?:the|an) abbreviation (?:of|for)))\b"
)
_REFERS = patterns.compile(r", which refers to\b")
_CLAUSE = patterns.compile(r"[^.;]+")
_MONTH = f"{MONTH}|{ABBREVIATED_MONTH}"
_WHEN = patterns.compile(
    rf"\s(?:(?:on\s|next\s|last\s)?(?:{WEEKDAY})|(?:on|in|since|until|by)\s(?:last\s|next\s|early\s|late\s)?(?:{_MONTH})"
    rf"|(?:in|since|until)\s(?:1[5-9]|20)\d\d|(?:last|next)\s(?:week|month|year|fall|autumn|spring|summer|winter|{_MONTH}))(?!\w)"
)
_CLOCK = patterns.compile(r"\b(?:at|by|before|after)\s(?:midnight|noon|\d)")
_WHERE = patterns.compile(rf"\s(?:in|at|near)\s(?:the\s)?(?!(?:{WEEKDAY}|{_MONTH}))(?P<place>{NAME})")
_COUNTED = patterns.compile(
    r"(?:(?:at least|about|some|more than|nearly|around|almost|up to|over|only|another|a total of)\s)?"
    r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:dozens|hundreds|thousands) of)\s"
    r"(?P<what>(?!million|billion|trillion|thousand|hundred|dozen)(?:[a-z-]+\s)?(?:[a-z-]{3,}s|people|children|women|men))\b",
    re.IGNORECASE,
)
_NO_SPEAKER = word_set("had has have also then later who which that he she they it first last next was is and or of")
_TIMED = patterns.compile(r"\b(?:during|while|before|after|when|until|since|as|ago)\b")
_PLACED = patterns.compile(r"\s(?:in|at|from|near|on|into|to)\s")
_ENOUGH_ALONE = word_set("""
    appear arrive begin burn close collapse crash die disappear drown end escape explode fall finish happen land leave
    open resign retire return sink start stop strike vanish vote win
""")
_UNITS = word_set("""
    percent euros dollars pounds cents years months weeks days hours minutes seconds metres meters kilometres
    kilometers miles degrees times points tons tonnes pages sides
""")


def propose_questions(article: Article) -> Iterator[str]:
    """Yield questions that the article should answer, the kinds taking turns, the surest of each kind first.

    Yields nothing twice, and nothing of an article in another language than English.
    An ordinary article of ten sentences gives three or more; a very short one may give none.
    """
    if not get_language(article.language).has_rules:
        return
    quoted = [article.quote(one) for one in article.sentences if one.end - one.start <= LONGEST]  # old ones are longer
    sentences = [skip_dateline(strip_dateline(text)) for text in quoted]
    named = find_named(article)
    known = frozenset(form for one in named for form in ((one.name, one.last) if one.person else (one.name,)))
    people = {one.name for one in named if one.person}
    proper = find_proper_words(sentences)
    persons = find_persons(sentences)
    clauses = [clause for sentence in sentences if (clause := find_clause(sentence, proper))]
    safe = [clause for clause in clauses if clause.base not in _TELLING and _is_definite(clause.subject)]
    things = find_things(sentences)
    kinds = (
        _ask_what_was_said(sentences, proper, things, known),
        chain.from_iterable(map(_ask_why, safe)),
        chain.from_iterable(map(_ask_how_many, safe)),
        (f"Who is {name}?" for name in persons if name in people),
        chain.from_iterable(map(_ask_when, safe)),
        _ask_meanings(sentences),
        chain.from_iterable(map(_ask_where, safe)),
        (question for clause in safe for question in _ask_who_did(clause, persons)),
        (question for clause in safe for question in _ask_what_is(clause, persons)),
    )
    yielded = set()
    for question in chain(
        (one for turn in zip_longest(*kinds) for one in turn if one), _ask_about_topics(things, persons, known)
    ):
        if question not in yielded and len(question) <= _LONGEST:
            yielded.add(question)
            yield question


def _ask_what_was_said(
    sentences: Sequence[str], proper: frozenset[str], things: Mapping[frozenset[str], str], known: frozenset[str]
) -> Iterator[str]:
    """Yield what people said about things that the article comes back to, then what they said at all."""
    plainly = []
    order = {terms: place for place, terms in enumerate(things)}
    for original in sentences:
        sentence = _QUOTATION.sub(lambda quotation: " " * (len(quotation[0]) - 2) + quotation[0][-2:], original)
        found = _SPOKE.search(sentence) or QUOTED.search(sentence)
        who = _name_speaker(sentence, found, proper) if found else None
        who = _call_speaker(who, known) if who else None
        if found is None or who is None:
            continue
        told = _cut_first_clause(found)
        deed = _DEEDS.get(found.groupdict().get("verb") or "")
        topics = [thing for thing in find_phrases(told) if _is_topic(thing, told, who, order)]
        topic = min(topics, key=lambda thing: order[thing.terms], default=None)
        if deed:
            yield f"What did {who} {deed}?"
        elif topic:
            yield f"What did {who} say about {topic.text}?"
        else:
            plainly.append(f"What did {who} say?")
    yield from plainly


def _call_speaker(who: str, known: frozenset[str]) -> str | None:
    """Return what to call a speaker: a name that the article knows, without a title, or "the ..."; None for others."""
    if who.startswith("the ") or who == "police":
        return None if who.rpartition(" ")[2] in _NO_SPEAKER else who
    words = who.split()
    names = (" ".join(words[place:]) for place in range(len(words)))
    return next((name for name in names if name in known), None)


def _cut_first_clause(found: re.Match[str]) -> str:
    """Return the first clause of what was said: what follows "that", but not "told reporters on the steps"."""
    groups = found.groupdict("")
    what = groups.get("what", "")
    _, that, clause = what.partition(" that ")
    if not that and groups.get("verb") != "told" and not re.match(rf"\s(?:{NEAR})\b", what):
        clause = what
    return clause.partition(",")[0]


def _name_speaker(sentence: str, found: re.Match[str], proper: frozenset[str]) -> str | None:
    who = found["who"]
    before = sentence[: found.start()].split()[-1:]
    if before and (before[0].lower() in {*NEAR.split("|"), "the", "a", "an"} or before[0].endswith(("'s", "’s"))):
        return None
    if who[:4].lower() == "the " or who.lower() == "police":
        return who[0].lower() + who[1:]
    first = split_words(who)[0]
    begins = not before and (first.term is None or first.lower in _ADVERBS or " " not in who)
    return None if begins and first.text not in proper else who


def _is_topic(thing: Phrase, told: str, who: str, order: Mapping[frozenset[str], int]) -> bool:
    """Tell whether the article comes back to the thing, one of the first third, and whether "about" may precede it."""
    often = thing.terms in order and order[thing.terms] <= len(order) // 3
    whole = not told[max(0, thing.end - 2) : thing.end].endswith(("'", "’", "'s", "’s"))
    whole = whole and thing.text.rpartition(" ")[2] not in _UNITS
    return whole and often and (thing.named or thing.definite or thing.plural) and thing.text not in who


def _ask_how_many(clause: Clause) -> Iterator[str]:
    counted = _COUNTED.fullmatch(clause.subject)
    if counted and _UNITS.isdisjoint(counted["what"].split()) and _is_short(clause.head):
        yield f"How many {counted['what']} {clause.verb} {clause.head}".rstrip() + "?"
    counted = None if clause.auxiliary else _COUNTED.match(clause.head)
    if counted and _UNITS.isdisjoint(counted["what"].split()) and _is_short(clause.head):
        yield clause.ask(f"How many {counted['what']}", clause.head[counted.end() :].strip())


def _ask_why(clause: Clause) -> Iterator[str]:
    fact, because, _ = clause.rest.partition(" because ")
    if because and fact == clause.head and _is_short(fact):
        yield clause.ask("Why", fact)


def _ask_when(clause: Clause) -> Iterator[str]:
    found = _WHEN.search(f" {clause.head}")
    fact = clause.head[: max(0, found.start() - 1)].strip() if found else ""
    odd = clause.auxiliary in {"had", "has", "have"}  # "When had the pump been dry?": nobody asks so
    timed = _CLOCK.search(fact) or _TIMED.search(fact)
    if found and clause.is_event(fact) and not odd and not timed and _is_whole(clause, fact):
        yield clause.ask("When", fact)


def _ask_where(clause: Clause) -> Iterator[str]:
    found = _WHERE.search(f" {clause.head}")
    fact = clause.head[: max(0, found.start() - 1)].strip() if found else ""
    told = _WHEN.search(f" {fact}") or _PLACED.search(f" {fact}")
    if found and clause.is_event(fact) and not told and _is_whole(clause, fact):
        yield clause.ask("Where", fact)


def _ask_who_did(clause: Clause, persons: Sequence[str]) -> Iterator[str]:
    if clause.subject in persons and not clause.auxiliary and " " in clause.head and _is_short(clause.head):
        yield f"Who {clause.verb} {clause.head}?"


def _ask_what_is(clause: Clause, persons: Sequence[str]) -> Iterator[str]:
    defined = re.match(rf"(?:an?|the|{NAME}[’']s)\s", clause.rest)
    if (
        clause.auxiliary in {"is", "are"}
        and defined
        and clause.subject[0].isalnum()
        and len(clause.subject.split()) <= 4
    ):
        yield f"{'Who' if clause.subject in persons else 'What'} {clause.auxiliary} {clause.subject}?"


def _ask_meanings(sentences: Sequence[str]) -> Iterator[str]:
    for sentence in sentences:
        if found := _STANDS.search(sentence):
            yield f"What does {found['short']} stand for?"
        for found in _SHORT.finditer(sentence):
            initials = "".join(word[0] for word in re.split(r"[\s-]", found["long"]) if word[:1].isupper())
            if initials.endswith(found["short"]):
                yield f"What does {found['short']} stand for?"
        clause = _CLAUSE.match(sentence)
        places = [found.start() for found in _REFERS.finditer(clause[0])] if clause else []
        before = find_phrases(sentence[: places[-1]]) if places else ()
        if before and before[-1].end == places[-1]:
            yield f"What does {before[-1].text} refer to?"


def _ask_about_topics(
    things: Mapping[frozenset[str], str], persons: Sequence[str], known: frozenset[str]
) -> Iterator[str]:
    """Yield, for an article that gives little else, a question on each of the first things; single words come last."""
    first = list(things.values())[:12]
    texts = [
        text
        for text in first
        if (text in persons and " " in text) or text in known - {*persons} or text.startswith("the ")
    ]
    for text in sorted(texts, key=lambda text: text.startswith("the ") and text.count(" ") == 1)[:6]:
        yield f"Who is {text}?" if text in persons else f"What about {text}?"


def _is_definite(subject: str) -> bool:
    return is_self_contained(subject) and subject.split(maxsplit=1)[0] not in {"a", "an", "another", "any", "no"}


def _is_whole(clause: Clause, fact: str) -> bool:
    """Tell whether nothing is missing from what happened: "discover" lacks what, "in the spring of" of what."""
    words = fact.split()
    if not words:
        return clause.base in _ENOUGH_ALONE
    return words[-1].lower() not in DANGLING and _is_short(fact)


def _is_short(text: str) -> bool:
    return is_self_contained(text) and len(text.split()) <= 10
