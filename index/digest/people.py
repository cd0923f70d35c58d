"""Find the people and the institutions that an article names, and where it introduces each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .. import patterns
from ..language.calendar import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS
from ..language.clauses import strip_dateline
from ..language.language import get_language
from ..language.wordlists import GROUPS, HE, NAMES, OFFICES, PLACES, SHE, SPEECH, STARTERS, STOP, TITLES, word_set
from ..model import Article

_WORD = r"(?:(?:[A-Z]\.){2,4}|[A-ZÀ-Þ](?:[\w’'-]{0,40}\w)?)"
_PARTICLE = "de|del|della|van|von|bin|al|la|da|du|der|den|dos|ter|y"
_RUN = patterns.compile(
    rf"\b{_WORD}(?:\.(?=\s[A-Z]))?(?:\s(?:(?:{_PARTICLE})\s){{0,2}}{_WORD}(?:\.(?=\s[A-ZÀ-Þ]))?){{0,7}}"
)
_DATELINE = patterns.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ.’' -]{2,40}(?:, [^()–—-]{2,40})?(?: \([^()]{1,40}\))? (?:--?|–|—) ")
_AGE = patterns.compile(r",\s(?:then\s)?(?:aged\s)?\d{1,2}\b")
_APPOSED = patterns.compile(r",\s(?:who|whose|an?|the|his|her|their|now)\b")
_DATES = frozenset(name.lower() for name in WEEKDAYS + MONTHS + SHORT_WEEKDAYS + SHORT_MONTHS)
_COMMON = (STARTERS | STOP | _DATES) - {"may"} | {"god", "internet", "christmas", "easter", "islam", "english"}
_BODIES = GROUPS | word_set("""
    agency academy alliance associates authority authorities brigade brothers bureau centre center circle
    coalition congregation consortium co-operative diocese federation fund guild herald institution laboratory
    limited marine securities airways airlines lines capital energy media holdings logistics foods infirmary hospice
    clinic bay creek valley street road hall forest camp airport mission museum network observatory orchestra partners
    comprehensive press prison programme project society studio
    studios syndicate theatre theater trust tribunal unit victims village zoo
""")
TITLE_WORDS = (
    OFFICES
    | TITLES
    | word_set("""
    archbishop bishop cardinal cllr commissioner councillor deputy dame father inspector justice lady lord miss mr
    mrs ms mx prof prosecutor representative reverend secretary senator sir sister superintendent striker
    substitute winger defender midfielder carpenter neighbour baker vice first chancellor ambassador pastor imam rabbi
""")
)
_MALE = word_set("mr sir lord father archbishop bishop cardinal king prince husband brother son uncle imam king man")
_FEMALE = word_set("mrs ms miss dame lady queen princess wife daughter mother aunt woman spokeswoman chairwoman")
_PRONOUN = patterns.compile(rf"\b(?:{'|'.join(sorted(HE | SHE))})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something that the article names.

    `name` is the fullest form without a title, `numbers` the sentences that name it, the first of which introduces it.
    `person` tells a person from an institution; `gender` is "he", "she", or "" where the article does not show it.
    """

    name: str
    numbers: tuple[int, ...]
    person: bool
    gender: str = ""

    @property
    def last(self) -> str:
        """The last word of the name, by which articles call a person later."""
        return self.name.split()[-1]


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name as it stands in a sentence: `start` and `end` are places in the sentence's words."""

    name: str
    number: int
    start: int
    end: int
    title: str
    human: bool
    apposed: bool


@lru_cache(maxsize=32)  # every turn of a conversation asks for the same article's
def find_named(article: Article) -> tuple[Named, ...]:
    """Return the people and institutions that the article names, in the order in which it introduces them.

    Returns () if it names nobody, or is in another language than English. Places, days and peoples are left out.
    """
    if not get_language(article.language).has_rules:
        return ()
    mentions = [mention for sentence in article.sentences for mention in _find_mentions(article, sentence.number)]
    groups: dict[str, list[_Mention]] = {}
    for mention in sorted(mentions, key=lambda each: -len(each.name.split())):
        whole = [name for name in groups if _is_part(mention.name, name)]
        groups.setdefault(whole[0] if whole else mention.name, []).append(mention)
    votes = _count_pronouns(article, groups)
    found = [_describe(name, some, votes.get(name, Counter())) for name, some in groups.items()]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.numbers[0], one.name)))


def skip_dateline(sentence: str) -> str:
    """Return the sentence without a place in capitals and a dash before it; as it is if there are none."""
    found = _DATELINE.match(sentence)
    return sentence[found.end() :] if found else sentence


def find_people(article: Article) -> tuple[Named, ...]:
    """Return the people among the named; () if there are none."""
    return tuple(one for one in find_named(article) if one.person)


_LONGEST_TITLE = 40  # characters before a name: what is further away is no title of it


def _find_mentions(article: Article, number: int) -> Iterator[_Mention]:
    whole = article.quote(article.sentences[number - 1])
    text = strip_dateline(whole)
    shift = len(whole) - len(text)
    opening = len(text) - len(text.lstrip("\"“‘' "))
    for run in _RUN.finditer(text, len(text) - len(skip_dateline(text))):
        words = [(word.start(), word[0]) for word in re.finditer(r"\S+", run[0])]
        words = words[_count_leading(words) :]
        title = text[max(0, run.start() - _LONGEST_TITLE) : run.start()].split()[-1:]
        named_before = bool(title) and title[0].lower() in TITLE_WORDS
        while words and _is_loose(words[0][1], first=run.start() + words[0][0] <= opening):
            named_before = words[0][1].lower().rstrip(".") in TITLE_WORDS
            title = [words[0][1]]
            words = words[1:]
        if not words:
            continue
        start = run.start() + words[0][0]
        name = re.sub(r"['’]s?$", "", text[start : run.end()])
        if len(name) < 2 or (len(words) == 1 and name.lower() in _COMMON | PLACES):
            continue
        after = text[run.end() : run.end() + 40]
        human = named_before or bool(_AGE.match(after)) or _speaks(text, start, run.end())
        apposed = bool(_APPOSED.match(after)) or (text.endswith(", ", 0, start) and after.startswith(","))
        titled = title[0] if named_before else ""
        yield _Mention(name, number, start + shift, start + shift + len(name), titled, human, apposed)


def _count_leading(words: Sequence[tuple[int, str]]) -> int:
    """Return how many words stand before the name itself: "Armenia's", "Belgian", "Regional" before "Governor"."""
    owners = [place for place, (_, word) in enumerate(words[:-1]) if word.endswith(("'s", "’s"))]
    start = owners[-1] + 1 if owners else 0
    titles = [place for place, (_, word) in enumerate(words[:-1]) if word.lower().rstrip(".") in TITLE_WORDS]
    if titles and titles[-1] > start:
        return titles[-1]  # the title itself is looked at later
    people = len(words) - start > 2 and words[start][1].endswith(("ian", "ean", "ese", "ish"))
    return start + people


def _is_loose(word: str, *, first: bool) -> bool:
    """Tell whether the word is no part of a name: a title, or the first word of the sentence, if it is a common one."""
    plain = word.lower().rstrip(".").removesuffix("'s").removesuffix("’s")
    return plain in TITLE_WORDS or (plain in _COMMON and (first or plain in _DATES | {"the", "a"}))


def _speaks(text: str, start: int, end: int) -> bool:
    after = text[end : end + 30].split()[:1]
    before = text[max(0, start - 20) : start].split()[-1:]
    return any(word.strip(",.") in SPEECH for word in (*after, *before))


def _is_part(name: str, whole: str) -> bool:
    """Tell whether a name is the whole or its last or first word: "Kranz" of "Dieter Kranz"."""
    parts = whole.split()
    return name == whole or name in (parts[-1], parts[0]) or whole.endswith(f" {name}")


def _count_pronouns(article: Article, groups: dict[str, list[_Mention]]) -> dict[str, Counter[str]]:
    """Count the "he" and "she" that stand, within a sentence or at the head of the next, after one name alone."""
    votes: dict[str, Counter[str]] = {name: Counter() for name in groups}
    by_number: dict[int, list[tuple[_Mention, str]]] = {}
    for name, mentions in groups.items():
        for mention in mentions:
            by_number.setdefault(mention.number, []).append((mention, name))
    for number, some in by_number.items():
        text = article.quote(article.sentences[number - 1])
        ordered = sorted(some, key=lambda pair: pair[0].start)
        for place, (mention, name) in enumerate(ordered):
            end = ordered[place + 1][0].start if place + 1 < len(ordered) else len(text)
            _vote(votes[name], text[mention.end : end])
        following = article.sentences[number : number + 1]
        if len(ordered) == 1 and following and number + 1 not in by_number:
            _vote(votes[ordered[0][1]], article.quote(following[0]))
    return votes


def _vote(votes: Counter[str], text: str) -> None:
    found = _PRONOUN.search(re.sub(r"[\"“][^\"“”]*[\"”]", " ", text))
    if found:
        votes["he" if found[0].lower() in HE else "she"] += 1


def _describe(name: str, mentions: Sequence[_Mention], votes: Counter[str]) -> Named | None:
    """Return who or what the mentions name; None if it is neither a person nor an institution."""
    words = [word.lower() for word in name.split()]
    titles = {mention.title.lower().rstrip(".") for mention in mentions}
    gender = "he" if titles & _MALE else "she" if titles & _FEMALE else ""
    if not gender and votes and len(set(votes.values())) + (len(votes) == 1) > 1:
        gender = votes.most_common(1)[0][0]
    body = not _BODIES.isdisjoint(words) or (name.isupper() and len(name) < 7)
    human = any(mention.human for mention in mentions)
    place = not PLACES.isdisjoint(words)
    many = len(words) > 1
    apposed = many and any(mention.apposed for mention in mentions)
    person = not body and not place and (human or apposed or (bool(gender) and many))
    numbers = tuple(sorted({mention.number for mention in mentions}))
    if person:
        return Named(name, numbers, person=True, gender=gender)
    known = body and (many or name.isupper()) and name.lower() not in NAMES
    return Named(name, numbers, person=False) if known else None
