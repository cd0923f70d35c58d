"""Make a follow-up question stand alone: pronouns and gaps are filled from earlier questions.

Rules only; `python -m tests.bench.bench_followup` measures what they are worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .. import patterns
from ..digest.people import find_people
from ..language.phrases import Phrase, Word, find_phrases, is_light, is_verb, split_words
from ..language.terms import analyse
from ..language.wordlists import AUXILIARIES, THEY, word_set
from ..model import Article
from .anew import OPENING, PREPOSITION, ask_anew, read_asking
from .conversation import Conversation
from .pointing import INTERROGATIVE, PERSONAL, is_empty_it, points_back, put_names, put_topic
from .thread import Turn
from .understand import is_small_talk, strip_courtesy

_TURNS = 8
"""Earlier questions that are looked at; what was asked before those is rarely meant."""

_LONGEST_TURN = 500
"""Characters of an earlier question that may be meant; a longer one was pasted, not asked."""

_COMPARING = word_set("other others another else same latter former one ones instead either too such")
_SAYING = word_set("say said says think thinks thought know knows knew")
_MORE = word_set("any more further only")
_POLITE = word_set(
    "thanks thank thankyou thx hello hi hey bye goodbye please sorry great good nice cool wow ok okay yes sure omg"
)
_NAME = patterns.compile(r"(?<=[a-z,;] )[A-Z][\w.-]*\w(?: [A-Z][\w-]*\w)*")

_WHO_SAID = patterns.compile(
    rf"{OPENING}who(?:\s+\w+)?\s+(?:said|says|say|told|claims|claimed|wrote)\s*(?:that|this|it|so|them)?[\s?.!]*"
    rf"|{OPENING}says\s+who[\s?.!]*|{OPENING}whose\s+words\s+(?:are|were)\s+(?:that|those|they|these)[\s?.!]*",
    re.IGNORECASE,
)
_ELSE = patterns.compile(r"\b(?:else|further|more)\b", re.IGNORECASE)
_NOTHING_ELSE = patterns.compile(
    rf"{OPENING}(?:what|who|where|anyone|anybody|anything|any|something|is\s+there\s+(?:anything|anyone))?\s*"
    r"\b(?:else|more)(?:\s+(?:happened|is\s+there|was\s+there|(?:about|on|to)\s+(?:that|it|this)))?[\s?.!]*",
    re.IGNORECASE,
)
_WHAT_ABOUT = patterns.compile(
    rf"{OPENING}(?:(?:what|how)\s+about|and|or|but)\s+(?P<rest>[^?!]+)[\s?!]*", re.IGNORECASE
)
_TAIL = patterns.compile(rf"(?P<head>.*\b{PREPOSITION}\s+)(?:\S+\s+){{0,3}}\S+", re.IGNORECASE)
_OTHER = patterns.compile(
    r"(?:(?:and|but|so|ok|no|nope|not\s+(?:him|her|that\s+one)|i\s+meant?|what\s+about)\b[\s,.]*)*"
    r"(?:the\s+)?other(?:\s+(?:one|man|woman|guy|girl|boy|person))?\W{0,3}",
    re.IGNORECASE,
)
_ADDED = patterns.compile(r" \((?:about [^()]*|what else)\)?")
_PLACE_ALONE = patterns.compile(
    r"(?!in\s+(?:percent|per|total|general|detail|short|fact|english|money|numbers|figures|words|dollars|euros|pounds)\b)"
    r"(?P<rest>(?:in|at|near|on|for|from|since|until|against)\s+[^?!,.]{2,40})[\s?!.]*",
    re.IGNORECASE,
)
_MANY = patterns.compile(r"[a-z]{2,20}(?<![su])s|people|men|women|children", re.IGNORECASE)
_COUNTED = patterns.compile(
    rf"(?P<head>{OPENING}(?:how\s+many|which)\s+)(?P<noun>{_MANY.pattern})(?P<tail>\s+.+)", re.IGNORECASE
)
_PLACED = patterns.compile(rf"^(?P<how>{PREPOSITION})\s+", re.IGNORECASE)
_FOR_SOMETHING = patterns.compile(
    r"\bfor\s+(?:(?:an?|the|any|all)\s+)?(?!(?:what|that|this|them|these|those|free|sure|whom)\b)\w{4,}\W*$",
    re.IGNORECASE,
)
_DEFINING = patterns.compile(r"(?:what|who)(?:'s| is| are| was| were)\s+(?!the\b)\w+(?:\s+\w+)?\W*", re.IGNORECASE)


class Dependence(StrEnum):
    """How a question hangs on the ones before it; `ALONE` does not."""

    ALONE = "alone"
    ANEW = "anew"
    ANOTHER = "another"
    POINTING = "pointing"
    OPEN = "open"
    ELSE = "else"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Followup:
    """How a question hangs on the ones before it, and the `text` that stands alone; None if none was found.

    `ANEW`: "When?"; `ANOTHER`: "And the mayor?"; `POINTING`: "What did she say?"; `OPEN`: "Any injuries?";
    `ELSE`: "What else did he say?", "Anything else?"; `SAID`: "Who said that?".
    """

    kind: Dependence
    text: str | None = None


def rewrite(question: str, history: Sequence[str], names: Iterable[str] = ()) -> str | None:
    """Return the question with what it leaves unsaid filled in from earlier ones; None if it stands alone.

    Args:
        question: What was asked.
        history: The earlier questions as asked, oldest first.
        names: Names in the article, which are then known however they are typed.
    """
    said = Conversation(_split_names(names))
    for turn in history[-_TURNS:]:
        if len(turn) <= _LONGEST_TURN and analyse(turn) and not is_small_talk(turn):
            asked = " ".join(strip_courtesy(turn).split())
            said.add(asked, _follow(asked, said).text)
    text = " ".join(strip_courtesy(question).split())
    return _follow(text, said).text or (text if text != " ".join(question.split()) else None)


def follow(question: str, thread: Sequence[Turn], names: Iterable[str] = ()) -> Followup:
    """Return how a question hangs on the turns before it, oldest first, and what it means.

    Turns that were refused and small talk are no topic: nothing is borrowed from them. `names` are known however they
    are typed.
    """
    articles = [turn.article for turn in thread if turn.article is not None]
    people = find_people(articles[-1]) if articles else ()
    gender = {form: one.gender for one in people if one.gender for form in (one.name, one.last.lower())}
    said = Conversation(_split_names(names), gender)
    for turn in list_topics(thread)[-_TURNS:]:
        if len(turn.understood) <= _LONGEST_TURN and analyse(turn.understood):
            said.borrowed = []
            said.add(" ".join(turn.understood.split()), None, turn.people)
    return _follow(" ".join(question.split()), said)


def list_names(asked: str, thread: Sequence[Turn]) -> tuple[str, ...]:
    """Return the names of the article that answered last, if nobody typed a capital letter."""
    articles = [turn.article for turn in thread if turn.article is not None]
    small = "".join((asked, *(turn.asked for turn in thread))).islower()
    return find_names(articles[-1]) if articles and small else ()


def list_topics(thread: Sequence[Turn]) -> list[Turn]:
    """Return the turns that a question may go on from; if all were refused, the last one for which anything was found.

    Without that one, "when?" would be refused as well.
    """
    topics = [turn for turn in thread if turn.is_topic]
    return topics or [turn for turn in thread if turn.article is not None][-1:]


def _split_names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower for name in names for word in split_words(name) if word.term)


def is_clause(question: str) -> bool:
    """Tell whether the question has a word of asking or a verb, as "Who died?" has and "Any injuries?" has not."""
    return not (AUXILIARIES | INTERROGATIVE).isdisjoint(word.lower for word in split_words(question))


def list_own_terms(words: Mapping[str, str]) -> frozenset[str]:
    """Return the terms of a question that say something: not "other" and "one". `words` maps terms to words."""
    return frozenset(term for term, word in words.items() if word.lower() not in _COMPARING)


def find_names(article: Article) -> tuple[str, ...]:
    """Return the names in the article's sentences: runs of capitalised words behind a word in small letters."""
    found = (name for sentence in article.sentences for name in _NAME.findall(article.quote(sentence)))
    return tuple(dict.fromkeys(found))


def _follow(question: str, said: Conversation) -> Followup:
    said.borrowed = []
    words = split_words(question)
    if not said.turns or not words or {word.lower for word in words} <= _POLITE:
        return Followup(Dependence.ALONE)
    if _WHO_SAID.fullmatch(question):
        return Followup(Dependence.SAID)
    if _NOTHING_ELSE.fullmatch(question):
        said.borrowed += said.phrases[-1]
        last = _ADDED.sub("", said.turns[-1])
        return Followup(Dependence.ELSE, f"{last}?" if _ELSE.search(last) else f"{last} (what else)?")
    if asks := read_asking(question, said.turns[-1]):
        return Followup(Dependence.ANEW, ask_anew(asks, said))
    return _read_topic(question, words, said)


def _read_topic(question: str, words: Sequence[Word], said: Conversation) -> Followup:
    """Return what a question means that names another topic, leaves it open or points at one."""
    if put := put_topic(question):
        question, words = put, split_words(put)
    if about := _read_what_about(question, words, said):
        joined = question.lower().startswith(("and ", "or ", "but "))
        return Followup(Dependence.ANOTHER, _ask_about_another(about, said, joined=joined) or put)
    place = None if is_clause(question) else _PLACE_ALONE.fullmatch(question)
    if place and (placed := _ask_about_another(place["rest"], said)):
        return Followup(Dependence.ANOTHER, placed)
    return Followup(Dependence.ALONE, put) if put else _fill_in(question, words, said)


def _read_what_about(question: str, words: Sequence[Word], said: Conversation) -> str:
    """Return whom or what the last question is to be asked about, "the mayor" of "and the mayor?"; "" if it is not."""
    if _OTHER.fullmatch(question) and (other := said.find_other()):
        return other
    about = _WHAT_ABOUT.fullmatch(question)
    return about["rest"].strip() if about and AUXILIARIES.isdisjoint(word.lower for word in words) else ""


def _fill_in(question: str, words: Sequence[Word], said: Conversation) -> Followup:
    """Return the question with pointing words, short names or an open topic filled in."""
    replaced = put_names(question, words, said)
    kind = Dependence.ELSE if _ELSE.search(question) else Dependence.POINTING
    if replaced != question:
        return Followup(kind if points_back(words, question, said) else Dependence.ALONE, replaced)
    if kind is Dependence.ELSE or points_back(words, question, said):
        return Followup(kind, _find_open_topic(question, words, said))
    topic = _find_open_topic(question, words, said)
    return Followup(Dependence.OPEN if topic else Dependence.ALONE, topic)


def _find_open_topic(question: str, words: Sequence[Word], said: Conversation) -> str | None:
    """Return the question with the topic that it leaves open; None if it leaves none open."""
    topic = said.find_topic(persons=True) if _leaves_topic_open(question, words, said) else None
    own = {word.term for word in words}
    if topic is None or topic.terms <= own or (" and " in topic.text and not topic.terms.isdisjoint(own)):
        return None
    said.borrowed.append(topic)
    return _add_topic(question, topic.text)


def _ask_about_another(rest: str, said: Conversation, *, joined: bool = False) -> str | None:
    """Return the last question, asked about something else; `joined` to it by "and", "or" or "but".

    A name takes the place of a name of its kind, a single word that of the thing the question ends with, and what is
    joined that of what is counted.
    """
    last, phrases = _ADDED.sub("", said.turns[-1]), said.phrases[-1]
    given = find_phrases(f"about {rest}", said.known)
    if len(given) != 1 or len(given[0].terms) > (4 if given[0].named or _PLACED.match(rest) else 1):
        return None
    tail = None if given[0].named else _TAIL.fullmatch(last)
    ends = [last.find(phrase.text) for phrase in phrases]  # "for lorries", but not "to leave the valley"
    if tail and tail.end("head") in ends and AUXILIARIES.isdisjoint(last[tail.end("head") :].lower().split()):
        said.borrowed += phrases
        return f"{tail['head']}{_PLACED.sub('', rest)}?"
    alike = [phrase for phrase in phrases if phrase.text in last and _are_of_one_kind(phrase, given[0])]
    if placed := _PLACED.match(rest):  # "and in Asia?" stands for what was "in" something, or is added
        alike = [one for one in alike if re.search(rf"\b{placed['how']}\s+{re.escape(one.text)}", last, re.IGNORECASE)]
        if not alike:
            return f"{last} {rest}?"
        rest = rest[placed.end() :]
    asked = None
    counted = _COUNTED.fullmatch(last) if joined and _MANY.fullmatch(rest) else None
    if alike and not given[0].terms & alike[0].terms:
        asked = f"{last.replace(alike[0].text, rest)}?"
    elif counted and rest.lower() not in last.lower():  # "how many cars does it take", "and lorries?"
        asked = f"{counted['head']}{rest}{counted['tail']}?"
    elif not _SAYING.isdisjoint(last.lower().split()) and not _ELSE.search(last):
        asked = _add_topic(last, rest)  # "what did yoon say" can be asked about anything
    said.borrowed += phrases if asked else []
    return asked  # else what it is asked about stands in the question; what is asked nobody can tell


def _are_of_one_kind(one: Phrase, other: Phrase) -> bool:
    """Tell whether both are names, and of persons or not of persons; a single word such as "Chile" may be either."""
    either = any(phrase.person and not phrase.sure and len(phrase.terms) == 1 for phrase in (one, other))
    return one.named and other.named and (one.person == other.person or either)


def _add_topic(question: str, topic: str) -> str:
    """Return the question with its topic appended; an earlier appended topic is replaced."""
    bare = _ADDED.sub("", question).rstrip(" ?!")
    return f"{bare.rstrip('.')} (about {topic})?"


def _leaves_topic_open(question: str, words: Sequence[Word], said: Conversation) -> bool:
    """Tell whether the question leaves open what it is about: "Any injuries?", "How many teams?"."""
    content = sum(word.term is not None for word in words)
    lower = {word.lower for word in words}
    if _names_something(question, words, said) or not lower.isdisjoint(PERSONAL.keys() | THEY):
        return False  # with "she", somebody was meant, but nobody was found
    if _FOR_SOMETHING.search(question):  # "what do I need for an eclipse"
        return False
    if not _COMPARING.isdisjoint(lower):
        return content <= 2
    if lower.isdisjoint(AUXILIARIES | INTERROGATIVE) and len(words) <= 5:
        return (content == 1 and len(words) > 1) or not _MORE.isdisjoint(lower)
    if _DEFINING.fullmatch(question) or is_empty_it(question):
        return False
    full = [place for place, word in enumerate(words) if not is_light(word)]
    return len(full) <= 1 or (len(full) == 2 and all(is_verb(words, place) for place in full))


def _names_something(question: str, words: Sequence[Word], said: Conversation) -> bool:
    """Tell whether the question has a name, or a number with letters: "form 1040NR" is a name, too."""
    numbered = any(word.text[0].isdigit() and not word.text.isdigit() for word in words)
    return numbered or any(phrase.named for phrase in find_phrases(question, said.known))
