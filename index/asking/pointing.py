"""What a word that points back means: "she", "it", "there" are put by what the conversation was about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .. import patterns
from ..language.phrases import Phrase, Word, find_phrases, is_verb, split_words
from ..language.wordlists import AUXILIARIES, DEMONSTRATIVES, HE, IT, POSSESSIVES, SHE, THEY, THIRD_PERSON, word_set
from .conversation import Conversation

INTERROGATIVE = word_set("what which whose how many much why when where who whom")
PERSONAL = dict.fromkeys(HE, "he") | dict.fromkeys(SHE, "she")
_ANYBODY = word_set("anyone anybody someone somebody everyone everybody people nobody who")
_THEIRS = word_set("their theirs them they")
_SEVERAL = word_set("these those")
_SAYING = word_set("say said says saying mean meant")
_OWNING = POSSESSIVES & THIRD_PERSON
_OPENERS = word_set("and but or so then ok okay also well now yes no alright right")
_BOUNDARY = word_set(
    "and or but if when because that which who before after while since as than so though although where until"
)
_THAT_AFTER = word_set(
    "about of for to with like do did does is was than after before why how and by from in on into that"
)
_SENTENCE_END = patterns.compile(r"(?<=\w\w)(?:\s?[.…]{2,3}|[.!?])(?=\s)")
_EASY = r"(?:\w+\s+){1,2}?(?<!similar )(?<!related )(?<!due )(?<!close )(?<!same )"
_EMPTY_IT = patterns.compile(
    rf"\bit(?:'s|\s+(?:is|was|be))\s+{_EASY}(?:to|that|if|for|never)\b"
    rf"|\b(?:is|was|be)\s+it\s+{_EASY}(?:to|that|if|worth|never)\b|\bis\s+it\s+worth\b"
    r"|\bit\s+(?:takes?|took|costs?)\b.{0,300}\bto\b|\b(?:it|that)\s+means?\b|\bwhat\s+does\s+it\s+makes?\b",
    re.IGNORECASE,
)
"""The "it" of "is it safe to ...", "it takes an hour to ...": it points to nothing before."""

_TOPIC_FIRST = patterns.compile(
    r"""
    (?:(?:(?:and|but|so|ok)\ )?(?:what|how)\ about|and|but|so|ok
      |(?P<led>(?:(?:and|but|so|ok)\ )?(?:(?:talking|speaking|thinking)\ (?:about|of)|(?:(?:going|coming)\ )?back\ to
        |as\ (?:for|to)|regarding|concerning|about)))
    \ (?P<topic>(?!(?:what|how)\ )[^\s,?!][^,?!]{1,60}),\ ?
    (?P<rest>(?:who|what|when|where|why|how|which|is|was|are|were|did|does|do|has|have|will|can|could|would)\b.+)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_STANDS_FOR = patterns.compile(r"\b(?:he|she|him|they|them|it|(?P<owns>his|their|its)|her)\b", re.IGNORECASE)


def put_topic(question: str) -> str | None:
    """Return the question with the topic that stands before it in its place; None if none does.

    "And the imam, what will he do" is "what will the imam do", "talking of the wall, who asked for the wall" is "who
    asked for the wall".
    """
    first = _TOPIC_FIRST.fullmatch(question)
    if first is None:
        return None
    rest, topic = first["rest"], first["topic"]
    found = None if is_empty_it(rest) else _STANDS_FOR.search(rest)
    if found is not None:
        owned = "'s" if found["owns"] else ""
        return f"{rest[: found.start()]}{topic}{owned}{rest[found.end() :]}"
    if first["led"] is None:
        return None
    named = {word.term for word in split_words(rest)}
    return (
        rest if named.issuperset(word.term for word in split_words(topic)) else f"{rest.rstrip(' ?')} (about {topic})?"
    )


def is_empty_it(question: str) -> bool:
    """Tell whether the question has an "it" that points to nothing: "Is it safe to swim?"."""
    return _EMPTY_IT.search(question) is not None


def put_names(question: str, words: Sequence[Word], said: Conversation) -> str:
    """Return the question with pointing words replaced by what they mean, and short names completed."""
    own = find_phrases(question, said.known)
    if len(own) == 1 and own[0].end - own[0].start == len(question.rstrip(" ?!.")):
        return question  # nothing but a name: whoever types it wants to know of it
    short = [one for one in own if one.named or not question[: one.start].lower().endswith((" a ", " an ", " any "))]
    edits = [(phrase.start, phrase.end, whole) for phrase in short if (whole := said.find_whole_name(phrase))]
    for place, word in enumerate(words):
        found = _resolve_word(question, place, words, own, said)
        if found is None:
            continue
        owned = place + 1 < len(words) and words[place + 1].term is not None
        if word.lower in _OWNING and (word.lower != "her" or owned):
            found += "'" if found.endswith("s") else "'s"
        edits.append((word.start, word.end, found))
    for start, end, text in sorted(edits, reverse=True):
        question = question[:start] + text + question[end:]
    return question


def _resolve_word(
    question: str, place: int, words: Sequence[Word], own: Sequence[Phrase], said: Conversation
) -> str | None:
    """Return what the word at `place` refers to; None if it refers to nothing, or to something in the same question."""
    word, lower = words[place], words[place].lower
    earlier = [phrase for phrase in own if phrase.end <= word.start]
    if lower in PERSONAL:
        return None if any(phrase.person for phrase in earlier) else said.find_person(PERSONAL[lower])
    if lower == "there":
        return _find_place(words, place, said)
    if lower == "it" and place and words[place - 1].lower in _SAYING:  # "when did she say it"
        return None
    bound = _ANYBODY - {"who"} if lower == "them" else _ANYBODY  # "who found them", but "who lost their job"
    if lower in _THEIRS and not bound.isdisjoint(one.lower for one in words[:place]):
        return None
    if lower in IT | THEY or (lower in DEMONSTRATIVES and _points_to_something(words, place)):
        return _find_thing(question, word, earlier, said)
    return None


def _find_thing(question: str, word: Word, earlier: Sequence[Phrase], said: Conversation) -> str | None:
    if _is_remark(question, word.end) or (word.lower in {"it", "that"} and is_empty_it(question)):
        return None
    for phrase in earlier:
        asked_for = question[: phrase.start].lower().split()[-1:]  # "what benefits does it offer": not what "it" is
        if asked_for and asked_for[0] in INTERROGATIVE:
            continue
        if word.lower in _OWNING or _are_divided(question[phrase.end : word.start]):
            return None
    topic = said.find_group() if word.lower in THEY else said.find_topic(several=word.lower in _SEVERAL)
    before = question[: word.start].lower().split()[-1:]
    acts = not before or before[0] in AUXILIARIES  # "is it the same" asks of one thing, "say about it" may of several
    if topic is None or (topic.plural and word.lower in IT and (acts or topic in said.borrowed)):
        return None
    ends = word.end == len(question.rstrip(" ?!."))
    if ends and topic.terms <= {one.term for one in split_words(question)}:  # "what kind of car is it", of the car
        return None
    said.borrowed.append(topic)
    return topic.text if topic.named or topic.person or topic.definite else f"the {topic.text}"


def _find_place(words: Sequence[Word], place: int, said: Conversation) -> str | None:
    behind = 2 if place + 1 < len(words) and words[place + 1].lower.endswith("ly") else 1  # "there certainly are"
    around = {words[at].lower for at in (place - 1, place + behind) if 0 <= at < len(words)}
    if not around.isdisjoint(AUXILIARIES | {"be", "been"}):  # "there is"
        return None
    found = said.find_place()
    return f"in {found}" if found else None


def _points_to_something(words: Sequence[Word], place: int) -> bool:
    """Tell whether "this", "that", "these" or "those" stands alone and is no conjunction."""
    before = words[place - 1].lower if place else ""
    if words[place].lower == "that" and before and before not in _THAT_AFTER | _OPENERS:
        return False
    if place + 1 == len(words):
        return True
    after = words[place + 1]
    return (
        after.lower in AUXILIARIES
        or is_verb(words, place + 1)
        or (before in AUXILIARIES and after.lower.endswith("ed"))
    )


def _is_remark(question: str, place: int) -> bool:
    """Tell whether the place stands in a remark before the question: "That is sad. Who did it?"."""
    end = _SENTENCE_END.search(question, place)
    return end is not None and end.group() != "?"


def _are_divided(between: str) -> bool:
    """Tell whether a new clause begins between two words; then the later one may refer to the earlier."""
    return re.search(r"[,;.?!]", between) is not None or not _BOUNDARY.isdisjoint(between.lower().split())


def points_back(words: Sequence[Word], question: str, said: Conversation) -> bool:
    """Tell whether a word of the question points back: "she", "it", "there"; not to something in the question."""
    own = find_phrases(question, said.known)
    for place, word in enumerate(words):
        earlier = [phrase for phrase in own if phrase.end <= word.start]
        if word.lower in PERSONAL and not any(phrase.person for phrase in earlier):
            return True
        empty = word.lower == "it" and is_empty_it(question)
        if word.lower in IT | THEY and not empty and not (earlier and word.lower in _OWNING):
            return True
        if word.lower in DEMONSTRATIVES and _points_to_something(words, place):
            return True
    return False
