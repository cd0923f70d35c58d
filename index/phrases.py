"""The phrases of a question: runs of content words that name what it is about, found without a tagger.

Rules on word lists and on what stands beside a word, so that lower-cased typing works nearly as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from . import language

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-.'’&][^\W_]+)*")
_OWNER = re.compile(r"['’]s?$")
_WHO_IS = re.compile(r"\bwho(?:'s| is| was| are| were)\s+(?:(?:mr|mrs|ms|dr)\.?\s+)?$", re.IGNORECASE)
_WHAT_IS = re.compile(r"\bwhat(?:'s| is| was| are| were)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_OF = re.compile(r"\s+of\s+(?:the\s+)?(?:[A-Z][\w.-]*\w(?:\s+[A-Z][\w.-]*\w)*|[\w-]+)")


def word_set(text: str) -> frozenset[str]:
    """Return the words of the text, which are split on white space."""
    return frozenset(text.split())


AUXILIARIES = word_set("""
    am is are was were do does did has have had can could may might must shall should will would isn't aren't
    wasn't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't shouldn't what's
    who's where's when's how's it's that's
""")
_HELPERS = word_set("do does did can could will would should must may might don't doesn't didn't can't won't to")
_PRONOUNS = word_set("i you we they he she it one")
_DETERMINERS = word_set("""
    the a an any some no every each my your his her its our their this these those of for in about
""")
_ARTICLES = word_set("the a an this these those")

_SMALL = word_set("""
    a about above across after besides again against all almost along already also although always am among an
    and another any anyone are around as at be because been before behind being below beneath beside between
    beyond both but by can cannot could despite did do does doing done down dozens during each either else even
    ever every everyone except few first for from had has have having he her here hers herself him himself his
    how however hundreds i if in inside into is it its itself just last later least less like many may me
    meanwhile might mine more most much must my myself near neither never next no nobody nor not nothing now of
    off often on once one only onto or other others otherwise our ours ourselves out outside over own per
    perhaps quite rather really same seldom several shall she should since so some someone something soon still
    such than that the their theirs them themselves then there these they this those though thousands through
    throughout thus to together too toward towards twice under unless until up upon us usually very via was we
    were what when where whether which while who whole whom whose why will with within would yet you your yours
    yourself yourselves
""")
"""Words that are part of no phrase; more than the index passes over, where "after" and "than" help to rank."""

_VERBS = word_set("""
    accept add admit affect agree allow answer appear apply argue arrive ask avoid become begin believe belong
    bring build buy carry cause choose come compare complain consider contain continue create decide define deny
    depend describe die discuss do eat end enter exist expect explain fail fall feel find finish fly follow fund
    gather get give go grow happen have hear help hold imply improve include increase involve join keep kill
    know last lead learn leave let like live look lose make matter mean meet mention move need occur offer open
    originate own pay perform play prefer prevent produce protect prove provide publish put react read receive
    recommend refer reject relate remain remember remove replace reply require respond reveal run say score see
    seem sell send serve show sit speak spend stand start stay stop store suggest suppose take talk tell think
    treat try understand use wait want warn watch wear win work wonder worry write
""")
_GENERAL = word_set("""
    advantage amount answer approach article aspect benefit best better big bit chance choice clarification
    common condition context current definition detail difference different disadvantage effect example fact
    factor first free general good important information instruction issue item key kind last late least less
    level list long lot main major many member method more most much name new number objective old option other
    outside part people person place popular possible problem process purpose question reason risk role same
    sample second similar small sort standard step story summary text thing time tip total type use way whenever
    word worth year
""")
_LIGHT = word_set("""
    need use happen take get make do give go come start begin work mean many much most biggest largest highest
""")
OFFICES = word_set("""
    actor analyst artist author boss candidate captain chair clerk colonel economist editor engineer executive
    farmer goalkeeper historian neighbor neighbour plaintiff prosecutor referee researcher sergeant statistician
    student teacher boss chairman chairwoman chief coach commander director doctor driver emperor envoy founder
    general governor husband judge king lawyer leader man manager mayor minister officer official owner player
    poet pope premier president prince princess professor queen secretary senator sheriff singer spokesman
    spokesperson spokeswoman suspect victim wife winner woman writer
""")
_PLACES = word_set("""
    africa african america american americans asia asian australia australian austria belgium berlin boston
    brazil britain british brussels bulgaria california canada canadian chicago china chinese denmark dutch
    egypt england english europe european finland florida france french german germany greece hungary india
    indian iran iraq ireland irish israel israeli italian italy japan japanese kenya korea korean koreas london
    mexico moscow netherlands nigeria norway pakistan palestinian paris poland portugal pyongyang rok romania
    rome russia russian scotland seoul singapore spain spanish sweden switzerland sydney syria taiwan texas
    tokyo turkey u.k. u.n. u.s. ukraine ukrainian vietnam wales washington york monday tuesday wednesday
    thursday friday saturday sunday january february march april may june july august september october november
    december
""")
_GROUPS = word_set("""
    act agency airlines airport army assembly association bank bowl bridge bureau cathedral championship church
    city club college commission committee company conference congress corporation council county court cup
    department district empire festival foundation games group hospital hotel house inc institute island kingdom
    lake league library ltd ministry movement mountain museum nations nato navy ocean office olympics
    organization park parliament party police port republic river school sea senate society square stadium state
    states station street team times treaty union university war
""")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, with its last index term; `term` is None for a word that is part of no phrase."""

    text: str
    start: int
    end: int
    term: str | None

    @property
    def lower(self) -> str:
        """The word in small letters with straight apostrophes."""
        return self.text.lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of content words without the verbs; `text` has "the" where an article stood before it.

    `name` holds the terms of its capitalised words, `head` its last term. It is that of a `person` as far
    as its form tells, and `sure` if more than the form does. `start` and `end` leave out the article.
    """

    text: str
    start: int
    end: int
    terms: frozenset[str]
    head: str | None
    name: frozenset[str]
    person: bool
    sure: bool

    @property
    def named(self) -> bool:
        """Whether a name is part of it."""
        return bool(self.name)

    @property
    def definite(self) -> bool:
        """Whether an article stands before it."""
        return self.text.startswith("the ")

    @property
    def plural(self) -> bool:
        """Whether its form is that of several things."""
        return not self.named and self.text.endswith("s") and not self.text.endswith(("ss", "us", "is"))

    @property
    def place(self) -> bool:
        """Whether it is, or belongs to, one of the best-known places, days and months."""
        return not _PLACES.isdisjoint(self.text.lower().split())


def words_of(text: str) -> list[Word]:
    """Return the words of the text in order."""
    found = []
    for match in _WORD.finditer(text):
        terms = language.terms(match.group())
        small = not terms or match.group().lower() in _SMALL
        found.append(Word(match.group(), match.start(), match.end(), None if small else terms[-1]))
    return found


def phrases_of(text: str, known: frozenset[str] = frozenset()) -> list[Phrase]:
    """Return the phrases of the text in order; words in `known`, in small letters, are names however they are typed."""
    runs: list[list[int]] = [[]]
    words = words_of(text)
    names = [_is_name(text, words, place, known) for place in range(len(words))]
    helped = False
    for place, word in enumerate(words):
        if word.term is None or (
            not names[place] and (is_verb(words, place) or is_general(word) or _is_deed(words, place))
        ):
            helped = word.lower in _HELPERS or (helped and word.term is None)
            runs.append([])
            continue
        gap = text[words[place - 1].end : word.start].strip(" /") if place else ""
        if gap or (runs[-1] and helped and names[place - 1] and not names[place]):  # "did Kim | resign"
            runs.append([])
        runs[-1].append(place)
        if not names[place] and _OWNER.search(word.text):
            runs.append([])
    return [_phrase(text, words, run, names) for run in runs if run]


def is_verb(words: Sequence[Word], place: int) -> bool:
    """Tell whether the word is a common verb and stands where one may: not behind an article."""
    return words[place].term in _terms_of(_VERBS) and not (place and words[place - 1].lower in _DETERMINERS)


def is_general(word: Word) -> bool:
    """Tell whether the word alone says too little to be a topic: a number, "reason", "people"."""
    return word.term is not None and (word.term.isdigit() or word.term in _terms_of(_GENERAL))


def is_light(word: Word) -> bool:
    """Tell whether the word adds next to nothing to what a question asks for: "need", "biggest"."""
    return word.term is None or is_general(word) or word.term in _terms_of(_LIGHT)


def _is_deed(words: Sequence[Word], place: int) -> bool:
    """Tell whether the place is one for a verb: "do you pronounce", "the gin invented today", "who founded"."""
    word = words[place]
    before = words[place - 1].lower if place else ""
    if before in _PRONOUNS and place > 1 and words[place - 2].lower in _HELPERS:
        return True
    follows = place + 1 < len(words) and words[place + 1].term is not None
    begins = before != "who" and (not place or words[place - 1].term is None or is_verb(words, place - 1))
    return word.lower.endswith("ed") and len(word.text) > 4 and not (begins and follows)


def _is_name(text: str, words: Sequence[Word], place: int, known: frozenset[str]) -> bool:
    word = words[place]
    if word.term is None:
        return False
    if _OWNER.sub("", word.lower) in known:
        return True
    if not word.text[0].isupper():
        return False
    before = text[: word.start].rstrip(" \"'“(")
    initial = not before or before[-1] in ".?!:"
    follows = place + 1 < len(words) and words[place + 1].text[0].isupper()
    return not initial or follows or (len(word.text) > 1 and word.text.isupper())


def _phrase(text: str, words: Sequence[Word], run: Sequence[int], names: Sequence[bool]) -> Phrase:
    chosen = [words[place] for place in run]
    start, end = chosen[0].start, chosen[-1].end
    lower = {word.lower for word in chosen}
    before = words[run[0] - 1].lower if run[0] else ""
    office = chosen[-1].lower in OFFICES
    if office and (of := _OF.match(text, end)):
        end = of.end()
    human = lower.isdisjoint(_PLACES | _GROUPS)
    sure = human and (office or _WHO_IS.search(text[:start]) is not None)
    return Phrase(
        text="the " * (before in _ARTICLES) + _OWNER.sub("", text[start:end]),
        start=start,
        end=end,
        terms=frozenset(word.term for word in words if start <= word.start < end and word.term),
        head=chosen[-1].term,
        name=frozenset(words[place].term or "" for place in run if names[place]),
        person=sure or (human and (_looks_human(text, chosen, run, names) or _acts(words, run, text))),
        sure=sure,
    )


def _looks_human(text: str, chosen: Sequence[Word], run: Sequence[int], names: Sequence[bool]) -> bool:
    shouted = any(len(word.text) > 1 and word.text.isupper() for word in chosen)
    return (
        all(names[place] for place in run)
        and len(run) <= 4
        and not shouted
        and not _WHAT_IS.search(text[: chosen[0].start])
    )


def _acts(words: Sequence[Word], run: Sequence[int], text: str) -> bool:
    """Tell whether, in a text without capitals, the phrase stands where a person does: "what did kim say"."""
    before = words[run[0] - 1].lower if run[0] else ""
    follows = run[-1] + 1 < len(words) and is_verb(words, run[-1] + 1)
    return text == text.lower() and before in AUXILIARIES and follows


@cache
def _terms_of(words: frozenset[str]) -> frozenset[str]:
    return frozenset(term for word in words for term in language.terms(word))
