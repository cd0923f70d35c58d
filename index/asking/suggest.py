"""Questions that an article answers, made from its own sentences by a few templates in plain grammar.

They are only proposed here; `Index.suggestions` asks each one before it suggests it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest

from ..language.calendar import ABBREVIATED_MONTH, MONTH, WEEKDAY
from ..language.clauses import NAME, Clause, find_clause, is_self_contained, strip_dateline
from ..language.phrases import Phrase, find_phrases, split_words
from ..language.wordlists import OFFICES, word_set
from ..model import Article

_LONGEST = 90
"""Characters of a question at most: three of them should be read at a glance."""

_NEAR = "of|for|at|in|and|to|with|by|from|on"
_ADVERBS = word_set("yesterday today separately earlier later previously speaking asked instead")
_TELLING = word_set("""
    say tell add explain argue insist note state testify write recall reply answer ask describe call report
""")
_SAID = "said|says|told|argued|insisted|stated|testified|(?:added|explained|noted|wrote|recalled)(?=\\sthat\\b|[,.:]|$)"
_DEEDS = {"announced": "announce", "denied": "deny", "confirmed": "confirm", "claimed": "claim", "promised": "promise"}
_DEEDS |= {"demanded": "demand", "revealed": "reveal", "proposed": "propose", "predicted": "predict"}
_SPOKE = re.compile(
    rf"(?P<who>{NAME}|\b[Tt]he\s(?:[a-z-]+\s)?[a-z-]+|\b[Pp]olice)(?:,\s[^,]{{3,70}},)?\s"
    rf"(?P<verb>{_SAID}|{'|'.join(_DEEDS)})(?!\w)(?P<what>[^\"“”]*)"
)
_QUOTATION = re.compile(r"[\"“][^\"“”]+[\"”]")
_QUOTED = re.compile(
    rf"[,?!.][\"”’]+\s(?:said|added|told|explained|argued|complained)\s(?:(?:{NAME}\s)?(?:(?!{_NEAR}\b)[a-z-]+\s){{1,2}})?(?P<who>{NAME})"
)
_OFFICE = re.compile(rf"\b(?P<office>\w+)\s(?P<who>{NAME})")
_APPOSED = re.compile(
    rf"(?P<who>{NAME}),\s(?:\d\d,\s)?"
    rf"(?:who\s|(?:an?|the)\s(?:(?!of\b|for\b|to\b)[\w’'-]+\s){{0,4}}?(?:{'|'.join(sorted(OFFICES))})\b)"
)
_SHORT = re.compile(r"\b(?P<long>[A-Z][\w’'-]{1,40}(?:\s[\w’'-]{1,40}){1,6})\s\((?P<short>[A-Z]{2,6})\)")
_STANDS = re.compile(
    r"\b(?P<short>[A-Z][A-Z.]{1,7})\s(?:stands for|is (?:short for|(?:the|an) abbreviation (?:of|for)))\b"
)
_REFERS = re.compile(r", which refers to\b")
_CLAUSE = re.compile(r"[^.;]+")
_MONTH = f"{MONTH}|{ABBREVIATED_MONTH}"
_WHEN = re.compile(
    rf"\s(?:(?:on\s|next\s|last\s)?(?:{WEEKDAY})|(?:on|in|since|until|by)\s(?:last\s|next\s|early\s|late\s)?(?:{_MONTH})"
    rf"|(?:in|since|until)\s(?:1[5-9]|20)\d\d|(?:last|next)\s(?:week|month|year|fall|autumn|spring|summer|winter|{_MONTH}))(?!\w)"
)
_NAMED = re.compile(r"(?:the )?[A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ][\w.'’-]*)*")
_NO_THING = re.compile(
    rf"\d|^.{{0,3}}$|^[A-Z/]{{7,}}|\b(?:{WEEKDAY}|{_MONTH})|\b(?:million|billion|percent|sq|square)\b"
    r"|^the [A-Z]\w+(?:an|ese|ish|ch)$|^[a-z]+(?:ed|ing)\s"
)
_CLOCK = re.compile(r"\b(?:at|by|before|after)\s(?:midnight|noon|\d)")
_WHERE = re.compile(rf"\s(?:in|at|near)\s(?:the\s)?(?!(?:{WEEKDAY}|{_MONTH}))(?P<place>{NAME})")
_COUNTED = re.compile(
    r"(?:(?:at least|about|some|more than|nearly|around|almost|up to|over|only|another|a total of)\s)?"
    r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:dozens|hundreds|thousands) of)\s"
    r"(?P<what>(?:[a-z-]+\s)?(?:[a-z-]{3,}s|people|children|women|men))\b",
    re.IGNORECASE,
)
_UNITS = word_set("""
    percent euros dollars pounds cents years months weeks days hours minutes seconds metres meters kilometres
    kilometers miles degrees times points tons tonnes pages sides
""")
_THINGS = word_set("""
    agency airline airport league army bank board bridge bureau cabinet city club commission committee company
    council county court department east firm government group house hospital korea ministry museum north office
    party police school senate south states storm team union university west
""")


def propose_questions(article: Article) -> Iterator[str]:
    """Yield questions that the article should answer, the kinds taking turns, the surest of each kind first.

    Yields nothing twice. An ordinary article of ten sentences gives three or more; a very short one may give none.
    """
    sentences = [strip_dateline(article.quote(sentence)) for sentence in article.sentences]
    proper = _find_proper_words(sentences)
    persons = _find_persons(sentences)
    clauses = [clause for sentence in sentences if (clause := find_clause(sentence, proper))]
    safe = [clause for clause in clauses if clause.base not in _TELLING and _is_definite(clause.subject)]
    things = _find_things(sentences)
    kinds = (
        _ask_what_was_said(sentences, proper, things),
        chain.from_iterable(map(_ask_why, safe)),
        chain.from_iterable(map(_ask_how_many, safe)),
        (f"Who is {name}?" for name in persons if " " in name),
        chain.from_iterable(map(_ask_when, safe)),
        _ask_meanings(sentences),
        chain.from_iterable(map(_ask_where, safe)),
        (question for clause in safe for question in _ask_who_did(clause, persons)),
        (question for clause in safe for question in _ask_what_is(clause, persons)),
    )
    yielded = set()
    for question in chain(
        (one for turn in zip_longest(*kinds) for one in turn if one), _ask_about_topics(things, persons)
    ):
        if question not in yielded and len(question) <= _LONGEST:
            yielded.add(question)
            yield question


def _find_proper_words(sentences: Sequence[str]) -> frozenset[str]:
    """Return the words that keep their capital inside a sentence and are never written small."""
    small: set[str] = set()
    capital: set[str] = set()
    for sentence in sentences:
        for place, word in enumerate(re.findall(r"[\w-]+", sentence)):
            if word[0].islower():
                small.add(word)
            elif place:
                capital.add(word)
    return frozenset(word for word in capital if word.lower() not in small)


def _find_persons(sentences: Sequence[str]) -> list[str]:
    """Return the persons that the article introduces, as named there and by their last name, in text order."""
    found: dict[str, None] = {}
    for sentence in sentences:
        for match in chain(_OFFICE.finditer(sentence), _APPOSED.finditer(sentence), _QUOTED.finditer(sentence)):
            titles = [match.groupdict().get("office") or "", *match["who"].split()[:-1]]
            before = sentence[max(0, match.start() - 80) : match.start()] + titles[0]
            whole = re.search(r"\bthe(?:\s[A-Z]\w*)?$", before)  # "the King James Bible"
            if match.re is _OFFICE and (whole or OFFICES.isdisjoint(title.lower() for title in titles)):
                continue
            name = _strip_title(match["who"])
            if _THINGS.isdisjoint(name.lower().split()) and len(name.split()) > 1:
                found |= dict.fromkeys((name, name.split()[-1]))
    return list(found)


def _strip_title(name: str) -> str:
    """Return the name without the office before it: "Chief Executive Ada Brandt"."""
    parts = name.split()
    last = max(
        (
            place
            for place, part in enumerate(parts)
            if part.lower().rstrip(".") in OFFICES | {"executive", "chair", "dr", "prof", "mr", "mrs", "ms"}
        ),
        default=-1,
    )
    return re.sub(rf"\s(?:{WEEKDAY})$|['’]s?$", "", " ".join(parts[last + 1 :]))


def _find_things(sentences: Sequence[str]) -> dict[frozenset[str], str]:
    """Return what the article speaks of, by its terms; first what most sentences speak of; no dates, no numbers."""
    counts: Counter[frozenset[str]] = Counter()
    texts: dict[frozenset[str], str] = {}
    for sentence in sentences:
        for phrase in find_phrases(sentence):
            named = phrase.named and _NAMED.fullmatch(phrase.text)
            common = not phrase.named and (phrase.definite or len(phrase.terms) > 1)
            if (named or common) and not _NO_THING.search(phrase.text):
                counts[phrase.terms] += 1
                texts.setdefault(phrase.terms, phrase.text)
    return {terms: texts[terms] for terms, _ in counts.most_common()}


def _ask_what_was_said(
    sentences: Sequence[str], proper: frozenset[str], things: Mapping[frozenset[str], str]
) -> Iterator[str]:
    """Yield what people said about things that the article comes back to, then what they said at all."""
    plainly = []
    order = {terms: place for place, terms in enumerate(things)}
    for original in sentences:
        sentence = _QUOTATION.sub(lambda quotation: " " * (len(quotation[0]) - 2) + quotation[0][-2:], original)
        found = _SPOKE.search(sentence) or _QUOTED.search(sentence)
        who = _name_speaker(sentence, found, proper) if found else None
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


def _cut_first_clause(found: re.Match[str]) -> str:
    """Return the first clause of what was said: what follows "that", but not "told reporters on the steps"."""
    groups = found.groupdict("")
    what = groups.get("what", "")
    _, that, clause = what.partition(" that ")
    if not that and groups.get("verb") != "told" and not re.match(rf"\s(?:{_NEAR})\b", what):
        clause = what
    return clause.partition(",")[0]


def _name_speaker(sentence: str, found: re.Match[str], proper: frozenset[str]) -> str | None:
    who = found["who"]
    before = sentence[: found.start()].split()[-1:]
    if before and (before[0].lower() in {*_NEAR.split("|"), "the", "a", "an"} or before[0].endswith(("'s", "’s"))):
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
    if found and clause.is_event(fact) and not _CLOCK.search(fact) and _is_short(fact):
        yield clause.ask("When", fact)


def _ask_where(clause: Clause) -> Iterator[str]:
    found = _WHERE.search(f" {clause.head}")
    fact = clause.head[: max(0, found.start() - 1)].strip() if found else ""
    if found and clause.is_event(fact) and not _WHEN.search(f" {fact}") and _is_short(fact):
        yield clause.ask("Where", fact)


def _ask_who_did(clause: Clause, persons: Sequence[str]) -> Iterator[str]:
    if clause.subject in persons and not clause.auxiliary and " " in clause.head and _is_short(clause.head):
        yield f"Who {clause.verb} {clause.head}?"


def _ask_what_is(clause: Clause, persons: Sequence[str]) -> Iterator[str]:
    defined = re.match(rf"(?:an?|the|{NAME}[’']s)\s", clause.rest)
    if clause.auxiliary in {"is", "are"} and defined and len(clause.subject.split()) <= 4:
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


def _ask_about_topics(things: Mapping[frozenset[str], str], persons: Sequence[str]) -> Iterator[str]:
    """Yield, for an article that gives little else, a question on each of the first things; single words come last."""
    texts = list(things.values())[:12]
    for text in sorted(texts, key=lambda text: text.startswith("the ") and text.count(" ") == 1)[:6]:
        yield f"Who is {text}?" if text in persons else f"What about {text}?"


def _is_definite(subject: str) -> bool:
    return is_self_contained(subject) and subject.split(maxsplit=1)[0] not in {"a", "an", "another", "any", "no"}


def _is_short(text: str) -> bool:
    return is_self_contained(text) and len(text.split()) <= 10
