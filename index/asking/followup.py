"""Make a follow-up question stand alone: pronouns and gaps are filled from earlier questions.

Rules only; `python -m tests.bench.bench_followup` measures what they are worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..language.phrases import Phrase, Word, find_phrases, is_light, is_verb, split_words
from ..language.terms import analyse
from ..language.wordlists import AUXILIARIES, DEMONSTRATIVES, HE, IT, POSSESSIVES, SHE, THEY, THIRD_PERSON, word_set
from ..model import Article
from .conversation import Conversation

_TURNS = 8
"""Earlier questions that are looked at; what was asked before those is rarely meant."""

_LONGEST_TURN = 500
"""Characters of an earlier question that may be meant; a longer one was pasted, not asked."""

_HE = dict.fromkeys(HE, "he") | dict.fromkeys(SHE, "she")
_OWNING = POSSESSIVES & THIRD_PERSON
_COMPARING = word_set("other others another else same latter former one ones instead either too such")
_MORE = word_set("any more further only")
_INTERROGATIVE = word_set("what which whose how many much why when where who whom")
_OPENERS = word_set("and but or so then ok okay also well now yes no alright right")
_POLITE = word_set(
    "thanks thank thankyou thx hello hi hey bye goodbye please sorry great good nice cool wow ok okay yes sure omg"
)
_BOUNDARY = word_set(
    "and or but if when because that which who before after while since as than so though although where until"
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w.-]*\w(?: [A-Z][\w-]*\w)*")
_THAT_AFTER = word_set(
    "about of for to with like do did does is was than after before why how and by from in on into that"
)

_OPENING = r"(?:(?:and|but|so|then|ok|okay|or)\b[\s,]*)*"
_PREPOSITION = r"(?:by|with|to|for|from|since|until|at|in|on|of|about|against|near)"
_BARE = re.compile(
    rf"{_OPENING}(?P<asks>(?:{_PREPOSITION}\s+)?(?:why(?:\s+not)?|when|where|whom?|what|which(?:\s+ones?)?"
    r"|how(?:\s+(?:so|come|much|many|long|often|far|old|big))?|(?:what|which)\s+(?!about\b)[a-z]+))"
    r"(?:\s+(?:did|does|do|will|would|has|have|can|could)\s+(?:he|she|it|they)(?=\W*$)"
    r"|\s+(?:is|was|did|does)\s+(?:that|this)(?:\s+(?:happen|take\s+place|so))?|\s+(?:did|does|will)\s+it\s+(?:happen|take\s+place))?"
    r"(?:\s*(?:exactly|then|though))?[\s?.!]*",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(rf"{_OPENING}(?:(?:what|how)\s+about|and|or|but)\s+(?P<rest>[^?!]+)[\s?!]*", re.IGNORECASE)
_ASKING = re.compile(
    rf"(?P<asks>(?:{_PREPOSITION}\s+)?(?:why|when|where|whom?|how|what|which)\b.*?(?<!\s))?\s*+"
    r"(?P<rest>\b(?:is|are|was|were|do|does|did|has|have|had|can|could|may|might|must|shall|should|will|would)\b.*)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:who|what|which|whose|how\s+(?:many|much))\b(?!\s+(?:is|are|was|were|do|does|did|has|have|had|can|will|would|should)\b)",
    re.IGNORECASE,
)
_TAIL = re.compile(rf"(?P<head>.*\b{_PREPOSITION}\s+)(?:\S+\s+){{0,3}}\S+", re.IGNORECASE)
_PLACED = re.compile(rf"^(?P<how>{_PREPOSITION})\s+", re.IGNORECASE)
_DEFINING = re.compile(r"(?:what|who)(?:'s| is| are| was| were)\s+(?!the\b)\w+(?:\s+\w+)?\W*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=\w\w)[.!?](?=\s)")
_EASY = r"(?:\w+\s+){1,2}?(?<!similar )(?<!related )(?<!due )(?<!close )(?<!same )"
_EMPTY_IT = re.compile(
    rf"\bit(?:'s|\s+(?:is|was|be))\s+{_EASY}(?:to|that|if|for|never)\b"
    rf"|\b(?:is|was|be)\s+it\s+{_EASY}(?:to|that|if|worth|never)\b|\bis\s+it\s+worth\b"
    r"|\bit\s+(?:takes?|took|costs?)\b.{0,300}\bto\b|\b(?:it|that)\s+means?\b|\bwhat\s+does\s+it\s+makes?\b",
    re.IGNORECASE,
)
"""The "it" of "is it safe to ...", "it takes an hour to ...": it points to nothing before."""


def rewrite(question: str, history: Sequence[str], names: Iterable[str] = ()) -> str | None:
    """Return the question with what it leaves unsaid filled in from earlier ones; None if it stands alone.

    Args:
        question: What was asked.
        history: The earlier questions as asked, oldest first.
        names: Names in the article, which are then known however they are typed.
    """
    said = Conversation(frozenset(word.lower for name in names for word in split_words(name) if word.term))
    for turn in history[-_TURNS:]:
        if len(turn) <= _LONGEST_TURN and analyse(turn):
            asked = " ".join(turn.split())
            said.add(asked, _rewrite_turn(asked, said))
    return _rewrite_turn(" ".join(question.split()), said)


def find_names(article: Article) -> tuple[str, ...]:
    """Return the names in the article's sentences: runs of capitalised words behind a word in small letters."""
    found = (name for sentence in article.sentences for name in _NAME.findall(article.quote(sentence)))
    return tuple(dict.fromkeys(found))


def _rewrite_turn(question: str, said: Conversation) -> str | None:
    said.borrowed = []
    words = split_words(question)
    if not said.turns or not words or {word.lower for word in words} <= _POLITE:
        return None
    if bare := _BARE.fullmatch(question):
        return _ask_anew(bare["asks"], said)
    if (about := _WHAT_ABOUT.fullmatch(question)) and AUXILIARIES.isdisjoint(word.lower for word in words):
        return _ask_about_another(about["rest"].strip(), said)
    replaced = _put_names(question, words, said)
    if replaced != question:
        return replaced
    topic = said.find_topic(persons=True) if _leaves_topic_open(question, words, said) else None
    if topic is None or topic.terms <= {word.term for word in words}:
        return None
    said.borrowed.append(topic)
    return _add_topic(question, topic.text)


def _ask_anew(asks: str, said: Conversation) -> str:
    """Return the last question with other question words: "Where did they meet?" becomes "When did they meet?"."""
    last = said.turns[-1]
    said.borrowed += said.phrases[-1]
    asks = asks[:1].upper() + asks[1:]
    if not _SUBJECT.match(last) and (parts := _ASKING.fullmatch(last)):
        return f"{asks} {parts['rest'][:1].lower()}{parts['rest'][1:]}?"
    return f"{asks} … {_SUBJECT.sub('', last, count=1).strip()}?"


def _ask_about_another(rest: str, said: Conversation) -> str | None:
    """Return the last question, asked about something else.

    A name takes the place of a name of its kind, a single word that of the thing the question ends with.
    """
    last, phrases = said.turns[-1], said.phrases[-1]
    given = find_phrases(f"about {rest}", said.known)
    if len(given) != 1 or len(given[0].terms) > (4 if given[0].named else 1):
        return None
    tail = None if given[0].named else _TAIL.fullmatch(last)
    if tail and AUXILIARIES.isdisjoint(last[tail.end("head") :].lower().split()):
        said.borrowed += phrases
        return f"{tail['head']}{_PLACED.sub('', rest)}?"
    alike = [phrase for phrase in phrases if phrase.text in last and _are_of_one_kind(phrase, given[0])]
    if placed := _PLACED.match(rest):  # "and in Asia?" stands for what was "in" something, or is added
        alike = [one for one in alike if re.search(rf"\b{placed['how']}\s+{re.escape(one.text)}", last, re.IGNORECASE)]
        if not alike:
            return f"{last} {rest}?"
        rest = rest[placed.end() :]
    if alike and not given[0].terms & alike[0].terms:
        said.borrowed += phrases
        return f"{last.replace(alike[0].text, rest)}?"
    if given[0].named or any(
        phrase.person and not phrase.sure for phrase in phrases
    ):  # "what about yoon", in small letters
        said.borrowed += phrases
        return _add_topic(last, rest)
    topic = said.find_topic()
    return _add_topic(f"What about {rest}", topic.text) if topic else None


def _are_of_one_kind(one: Phrase, other: Phrase) -> bool:
    """Tell whether both are names, and of persons or not of persons; a single word such as "Chile" may be either."""
    either = any(phrase.person and not phrase.sure and len(phrase.terms) == 1 for phrase in (one, other))
    return one.named and other.named and (one.person == other.person or either)


def _add_topic(question: str, topic: str) -> str:
    """Return the question with its topic appended; an earlier appended topic is replaced."""
    bare = re.sub(r" \(about [^()]*\)", "", question).rstrip(" ?!")
    return f"{bare.rstrip('.')} (about {topic})?"


def _put_names(question: str, words: Sequence[Word], said: Conversation) -> str:
    """Return the question with pointing words replaced by what they mean, and short names completed."""
    own = find_phrases(question, said.known)
    edits = [(phrase.start, phrase.end, whole) for phrase in own if (whole := said.find_whole_name(phrase))]
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
    if lower in _HE:
        return None if any(phrase.person for phrase in earlier) else said.find_person(_HE[lower])
    if lower in {"there", "here"}:
        return _find_place(words, place, said)
    if lower in IT | THEY or (lower in DEMONSTRATIVES and _points_to_something(words, place)):
        return _find_thing(question, word, earlier, said)
    return None


def _find_thing(question: str, word: Word, earlier: Sequence[Phrase], said: Conversation) -> str | None:
    if _is_remark(question, word.end) or (word.lower in {"it", "that"} and _EMPTY_IT.search(question)):
        return None
    for phrase in earlier:
        asked_for = question[: phrase.start].lower().split()[-1:]  # "what benefits does it offer": not what "it" is
        if asked_for and asked_for[0] in _INTERROGATIVE:
            continue
        if word.lower in _OWNING or _are_divided(question[phrase.end : word.start]):
            return None
    topic = said.find_topic(several=word.lower in THEY | {"these", "those"}, persons=word.lower in THEY)
    if topic is None:
        return None
    said.borrowed.append(topic)
    return topic.text if topic.named or topic.person or topic.definite else f"the {topic.text}"


def _find_place(words: Sequence[Word], place: int, said: Conversation) -> str | None:
    around = {words[at].lower for at in (place - 1, place + 1) if 0 <= at < len(words)}
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


def _leaves_topic_open(question: str, words: Sequence[Word], said: Conversation) -> bool:
    """Tell whether the question leaves open what it is about: "Any injuries?", "How many teams?"."""
    if any(phrase.named for phrase in find_phrases(question, said.known)):
        return False
    content = sum(word.term is not None for word in words)
    lower = {word.lower for word in words}
    if not lower.isdisjoint(_HE):  # somebody was meant, but nobody was found
        return False
    if not _COMPARING.isdisjoint(lower):
        return content <= 3
    if lower.isdisjoint(AUXILIARIES | _INTERROGATIVE) and len(words) <= 5:
        return content == 1 or not _MORE.isdisjoint(lower)
    if _DEFINING.fullmatch(question):
        return False
    full = [place for place, word in enumerate(words) if not is_light(word)]
    return len(full) <= 1 or (len(full) == 2 and all(is_verb(words, place) for place in full))
