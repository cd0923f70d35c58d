"""From what was typed to the question that is meant: follow-ups completed, typing errors corrected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from .. import patterns
from ..evidence.question import Question, list_generic_terms, read_question
from ..language.detect import detect_by_words, detect_language
from ..language.language import ENGLISH, Language, find_language, get_language
from ..language.terms import Token, analyse
from ..language.wordlists import AUXILIARIES, DEMONSTRATIVES, THIRD_PERSON, word_set
from ..verdicts import Reason, ReasonCode
from . import typos
from .reasons import explain_language, make_reason
from .retrieve import Scope, find_readable

_OPENERS = word_set("""
    hi hello hey hiya yo thanks thank thx ty tks cheers ok okay k kk bye goodbye cya good great nice cool wow lol
    lmao haha hahaha ha hehe hmm hm mhm oh ooh ah aha aw aww yes yeah yep yup no nope nah sure right really sorry
    please omg damn gosh sad funny fine alright amazing awesome perfect interesting crazy awful terrible poor phew
    ouch yum yuck ugh eww bravo brilliant lovely love bless well never nevermind got see makes huh oops whoa yay
    morning scary horrible shocking weird strange wild incredible unbelievable impressive
""")
_FILLERS = _OPENERS | word_set("""
    there you u all again bot so very much a an lot lots for everyone then that that's thats is it it's its this was
    the help one stuff them him her he she they thing things yes man guy woman story my god i now dear of to sense
    me know evening afternoon day night done too what how shame pity mess job luck mind way just quite pretty really
    still been
""")
_LONGEST_SMALL_TALK = 120
"""Characters of small talk at most."""
_WORD = patterns.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_QUOTED = patterns.compile(r"[ \t]{0,20}>.*|On [^\n]{3,150} wrote:[ \t]{0,20}")
_SIGNATURE = patterns.compile(r"--[ \t]{0,3}")
_GREETING = patterns.compile(
    r"""
    (?:hi|hello|hey|hiya|yo|dear|(?:good\ )?(?:morning|afternoon|evening|day)|greetings)\b
    (?:\ (?:there|all|bot|again|everyone|everybody|team|pullquote|hello|hi))?(?:\ [A-Z]\w{1,20})?
    \ ?[,.!:()\n–-]{1,9}\s{0,20}
    | (?:thanks|thank\ you|thx|ok(?:ay)?|great|cool|(?:i['’]?\ ?a?m\ )?(?:so\ )?sorry|please|pls|wow|aha|oh|right|well
        |btw|by\ the\ way|got\ it|i\ see|interesting|good\ to\ know|no\ worries|don['’]?t\ worry|never\ ?mind
        |wait(?:\ a\ (?:second|sec|minute|moment))?|in\ other\ words|just\ (?:curious|wondering)|on\ another\ note
        |(?:next|new|another)\ question|one\ (?:last|more|other)\ (?:thing|question)
        |chang(?:e|ing)\ (?:(?:a\ )?(?:little\ )?(?:bit\ )?of\ )?(?:the\ |of\ )?(?:subject|topic))
      (?:\ (?:a\ lot|so\ much|very\ much|again|for\ that))?[,.!:]{1,9}\ {0,20}
    | that(?:['’]s|\ is|\ was)(?:\ [a-z]{1,20}){1,3}[.!]{1,9}\s{1,20}
    | (?:(?:(?:can|could|would|will)\ you\ (?:please\ )?|please\ )?(?:tell\ me|let\ me\ know|explain(?:\ to\ me)?)
        |i(?:\ would|\ ?['’]?d)?\ (?:(?:like|want|need)\ to\ know|wonder)
        |i(?:['’]?\ ?a?m|\ was)\ wondering|may\ i\ ask(?:\ you)?|do\ you\ (?:happen\ to\ )?know)
      (?:\ please)?,?\ (?=(?:who|whom|whose|what|when|where|why|how|which)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
    rare=True,
)
_CORRECTION = patterns.compile(
    r"""
    (?:(?:no|nope|nah|sorry|wait|ok|okay|hm|oh|ah|well|actually)[\s,.!]{1,4}){0,3}
    (?:(?:not\ [\w\ ]{1,40},\ )?i\ (?:(?:mean|meant)(?:\ to\ (?:say|ask))?|was\ asking\ (?:about|for))
      |not\ (?:him|her|them|that|it|this|his|hers|that\ one))\b[\s,.:;]{1,4}
    """,
    re.IGNORECASE | re.VERBOSE,
    rare=True,
)
_ASKING_WORDS = word_set("who whom whose what when where why how which whats whos hows wheres")
_TAG = patterns.compile(
    r",\s{0,5}(?:right|correct|isn['’]t\sit|huh|eh)\s{0,5}\?{1,9}\s{0,20}\Z", re.IGNORECASE, rare=True
)
_FAREWELL = patterns.compile(
    r"""
    (?: [\s,.!–-]{0,10}\b(?:(?:many\ )?(?:thanks|thank\ you|thx)|please|pls|plz)
        (?:\ (?:in\ advance|a\ lot|so\ much|very\ much|again|and\ bye|you))?
      | [?,.!\n–-]\s{0,5}(?:(?:many\ |kind\ |best\ |warm\ )?(?:regards|wishes|greetings)|cheers|best|yours|bye)
        (?:\ from\ [A-Z]\w{1,20})?
    )
    (?:[\s,.!–-]{1,6}(?-i:[A-Z])[\w.-]{1,20}(?:\ (?-i:[A-Z])[\w.-]{1,20})?)?[\s.!,]{0,6}\Z
    """,
    re.IGNORECASE | re.VERBOSE,
    rare=True,
)

_SAYS = patterns.compile(
    r"\b(?:he|she|they(?=\s{1,5}(?:also\s{1,5})?(?:say|said|tell|told|think|claim|want)\b))\b", re.IGNORECASE
)

_SENTENCE_END = patterns.compile(r"(?<=[a-z]{3}[.!…])[.!…]{0,3}\s{1,9}(?=\S)")
_NAME = patterns.compile(r"(?<=[a-z,;] )[A-Z][\w-]*")
_POINTING = THIRD_PERSON | DEMONSTRATIVES - {"that"} | word_set("there then so one ones else same such other others")
_COMPLETE = 3
"""Terms at least, but those of asking, of a question that can do without the remark before it."""

LONGEST_QUESTION = 2000
"""Characters of a question at most; longer ones are texts, not questions."""


class Refusal(NamedTuple):
    """A question that cannot be answered, and why; `asked` is what was typed, `text` what was understood."""

    asked: str
    text: str
    reason: Reason


def understand(asked: str, text: str, scope: Scope) -> Question | Refusal:
    """Return the question that is meant, or why it cannot be asked.

    `asked` is what was typed, `text` the same or, of a follow-up, the question that was made to stand alone.
    """
    if (reason := _find_problem(asked, scope)) is not None:
        return Refusal(asked, asked, reason)
    if text != asked and (reason := _find_problem(text, scope)) is not None:
        return Refusal(asked, text, reason)
    if len(scope.filter.speakers) == 1:  # "speaker:Holm what did he say"
        text = _SAYS.sub(lambda _: scope.filter.speakers[0], text, count=1)
    language = tell_language(text, scope)
    tokens = language.tokenize_question(text)
    terms = tuple(dict.fromkeys([token.term for token in tokens if token.term]))
    if not terms:
        return Refusal(asked, text, make_reason(ReasonCode.NO_WORDS))
    if language.courtesy and re.fullmatch(language.courtesy, text.strip()):
        return Refusal(asked, text, make_reason(ReasonCode.SMALL_TALK))
    if not language.has_rules:
        return _read_in_language(asked, text, tokens, language)
    return _correct_slips(asked, text, tokens, terms, scope)


def _correct_slips(
    asked: str, text: str, tokens: tuple[Token, ...], terms: tuple[str, ...], scope: Scope
) -> Question | Refusal:
    """Return the question with its typing errors read as the words that the articles have."""
    within = scope.in_language(ENGLISH)
    known = within.count_terms(terms)
    unknown = [term for term in terms if not known.get(term)]
    suspects = typos.find_slips(tokens, unknown) if unknown else ()
    meant = typos.correct(text, suspects, find_readable(terms, within)) if suspects else None
    if meant is None:
        return read_question(text, asked, tokens)
    if (reason := _find_problem(meant, scope)) is not None:  # whole, its language may show
        return Refusal(asked, meant, reason)
    language = tell_language(meant, scope)
    if not language.has_rules:
        return _read_in_language(asked, meant, language.tokenize_question(meant), language)
    return read_question(meant, asked)


def _read_in_language(asked: str, text: str, tokens: tuple[Token, ...], language: Language) -> Question:
    from ..evidence.other_languages import read_in_language  # late: most questions are in English

    return read_in_language(text, asked, tokens, language)


def tell_language(text: str, scope: Scope) -> Language:
    """Return the language of a question, English for one that is not served; see `_tell_code`."""
    return get_language(_tell_code(text, scope))


def tell_searched_language(words: str, scope: Scope) -> Language:
    """Return the language in which words are looked for: the only one that is there, whatever they look like."""
    spoken = _list_spoken(scope)
    return get_language(spoken[0]) if len(spoken) == 1 else tell_language(words, scope)


def _tell_code(text: str, scope: Scope) -> str:
    """Return the code of a question's own language or, where its words leave that open, of the articles asked.

    If the filter names one, it is read in that.
    """
    return scope.filter.language or _tell_by_words(text) or _tell_among(text, _list_spoken(scope))


@lru_cache(maxsize=256)  # a question as asked and as understood, and its neighbours in a conversation
def _tell_by_words(text: str) -> str:
    return detect_by_words(text, ())


@lru_cache(maxsize=256)
def _tell_among(text: str, spoken: tuple[str, ...]) -> str:
    return detect_language(text, spoken)


def _list_spoken(scope: Scope) -> tuple[str, ...]:
    """Return the languages of the articles asked, the most common first, and of equals English."""
    counts = scope.count_by_language()
    return tuple(sorted(counts, key=lambda code: (-counts[code], code != ENGLISH.code))) or (ENGLISH.code,)


def _find_problem(question: str, scope: Scope) -> Reason | None:
    if (reason := _find_oddity(question)) is not None:
        return reason
    code = _tell_code(question, scope)
    return None if find_language(code) else explain_language(code)


@lru_cache(maxsize=256)
def _find_oddity(question: str) -> Reason | None:
    """Return why a question of any language is none that could be asked; None if it could."""
    if len(question) > LONGEST_QUESTION:
        return make_reason(ReasonCode.TOO_LONG, limit=LONGEST_QUESTION)
    return make_reason(ReasonCode.SMALL_TALK) if is_small_talk(question) else None


def _strip_correction(text: str) -> str:
    """Return what a correction is about: of "no, I meant the mayor", "what about the mayor"."""
    found = _CORRECTION.match(text)
    if not found:
        return text
    rest = text[found.end() :].strip()
    words = {word.strip(",.?!").lower() for word in rest.split()}
    if not rest:
        return text
    return rest if not words.isdisjoint(AUXILIARIES | _ASKING_WORDS) else f"what about {rest.rstrip('.!? ')}"


def strip_courtesy(message: str) -> str:
    """Return the message without quoted lines, greeting, thanks and signature; as it is if nothing else is left."""
    if len(message) > LONGEST_QUESTION:
        return message
    lines = []
    for line in message.splitlines():
        if _SIGNATURE.fullmatch(line):
            break
        if not _QUOTED.fullmatch(line):
            lines.append(line)
    text = "\n".join(lines).strip()
    for _ in range(3):
        if greeting := _GREETING.match(text):
            text = text[greeting.end() :].strip()
    for _ in range(2):
        if farewell := _FAREWELL.search(text, max(0, len(text) - 80)):
            text = text[: farewell.start() + len(_leading_mark(farewell[0]))].strip()
    if tag := _TAG.search(text, max(0, len(text) - 80)):
        text = f"{text[: tag.start()]}?"
    return _strip_remark(_strip_correction(text)) or message.strip()


def _strip_remark(text: str) -> str:
    """Return the question of a message without the remarks before it, if it can do without them.

    It cannot if it points back or says little, or if a remark has a name that it lacks.
    """
    *remarks, question = _SENTENCE_END.split(text)
    before, words = " ".join(remarks), _list_words(question)
    if (
        "?" in before
        or not question.endswith("?")
        or not _begins_question(words)
        or _begins_question(_list_words(before))
    ):
        return text
    names = {word.lower() for word in _NAME.findall(before)}
    telling = set(analyse(question)) - list_generic_terms()
    return question if names <= {*words} and _POINTING.isdisjoint(words) and len(telling) >= _COMPLETE else text


def _list_words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _begins_question(words: Sequence[str]) -> bool:
    return words[:1] != [] and words[0] in AUXILIARIES | _ASKING_WORDS


def _leading_mark(tail: str) -> str:
    """Return the mark that ends the sentence before a farewell: of ". Thanks, Ann", the full stop."""
    return tail[:1] if tail[:1] in ".!?" else ""


def is_small_talk(text: str) -> bool:
    """Tell whether the text is a greeting, thanks or a remark: up to eight words that ask nothing and name nothing."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text[:_LONGEST_SMALL_TALK])]
    return (
        len(text) < _LONGEST_SMALL_TALK
        and 0 < len(words) <= 8
        and (words[0] in _OPENERS or words[:2] == ["i", "see"])
        and _FILLERS.issuperset(words)
    )
