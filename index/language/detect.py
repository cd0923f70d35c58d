"""Tell which language a text is in: by its script, by its small words, and where these leave doubt by a model.

English words are looked at first, so that a question or an article in English costs next to nothing, and never the half
second in which the model is loaded.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

from .. import patterns
from .everyday import TYPED
from .identifier import LONG, identify
from .scripts import detect_by_script
from .terms import analyse
from .thesaurus import load_plain_terms
from .wordlists import word_set

_SAMPLE = 20_000
"""Characters that are read; a text rarely changes its language after that."""

_PATH = Path(__file__).with_name("small_words.txt")
"""The small words of the languages that share a script, English aside: on each line a code and the words, all ours."""

_ENGLISH = word_set(
    """
    the of and to is was were are that this with for from by it its what which who whom whose when where why how
    did does do has have had be been will would can could should not his her their they he she you your we our
    at about after into than there these those if but or an i my me us them tell say said between during many
    much
"""
)

_MAYBE_ENGLISH = word_set(
    """
    a all also am an any are art as at be bus but by can care come con die do door era faint fly for go had ham has hat
    he her him his i if ill in is kung like man mat may me men met mill more my no non nor not of off on one or out over
    pay per pie plus pod post sang say see sense so some son sore state sun ten them till to under up us van war was we
    will word
    """
)
"""English words that are words of other languages, too: they tell English where nothing tells another language."""

_ONLY_ENGLISH = _ENGLISH - _MAYBE_ENGLISH

_PLAIN_ENGLISH = _ONLY_ENGLISH | word_set("to for by his he will we")
"""English words that no other language has as many of: in a text they tell English by their number."""

_ASKING = word_set("who whom whose what which when where why how whats whos wheres hows")
"""English words that begin a question: there they count twice."""

_PARTICLES = word_set(
    """
    de la le les el los las del der den dem des die das van von da dos di du al o os as um un en et te op of an si se lo
    e y ou er sa sin om som var kim ai mi co na po ne een on us no so ha l' d' ki su ka ku ta ya ma bat bin ben san st
"""
)
"""Words that are parts of names ("de la Cruz"): in a short text they are no evidence."""

_NO_EVIDENCE = _ENGLISH | _MAYBE_ENGLISH | _PARTICLES

_HARDLY = 0.1
"""Share of English function words below which a longer text may be in any language: of 3,251 English articles, 25 lists
and tables have fewer; of 288 articles in 12 other languages, none has more than 0.054."""

_IN_TEXTS = {"fr": "l' d' qu' n' c' j' s'", "it": "l' d' un' dell' nell' all' sull' dall'", "ca": "l' d' s' n'"}
"""Beginnings of words that are evidence in a long text only: in a short one they may be part of a name."""

_CYRILLIC = ("ru", "uk", "bg", "sr", "mk", "be")
"""The languages whose words are told apart where their letters may all be Russian."""

_WINDOW = 300
"""Characters of each of the three places that are looked at first in a longer text."""

_BEGINNINGS = (160, 640)
"""Characters of a paragraph that are looked at first, and then."""

_PLAINLY = 0.08
"""Share of words that only English has, from which each of these places is plainly English."""

_RIVAL = 0.75
"""A language whose small words are this share of the best one's, or more, may as well be the text's."""

_WORDS = patterns.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def detect_language(text: str, spoken: Sequence[str] = ("en",)) -> str:
    """Return the ISO 639-1 code of the text's language.

    `spoken` are the languages of the articles at hand, the most common first. A text that tells nothing, such as a
    name, is in the first of them: foreign names in an English question are no evidence.
    """
    told, likely = _weigh(text[:_SAMPLE], spoken)
    others = [code for code in spoken if code != "en"]
    likely = [code for code in others if code in likely] or likely or others
    return told or identify(text[:_SAMPLE], likely) or next(iter(spoken), "en")


def detect_by_words(text: str, spoken: Collection[str] = ("en",)) -> str:
    """Return the same without asking the model; "" for a text that it should be asked about.

    A few words that may be English are so only if English is among those `spoken`.
    """
    return _weigh(text[:_SAMPLE], spoken)[0]


def _weigh(sample: str, spoken: Collection[str]) -> tuple[str, Collection[str]]:
    """Return the language by script and small words, or "" and the languages that something speaks for."""
    if _is_plainly_english(sample):
        return "en", ()
    sample = unicodedata.normalize("NFC", sample).replace("’", "'")
    words = _WORDS.findall(sample)
    if not sample.isascii() and (told := detect_by_script(sample)):
        return (_weigh_cyrillic(words) if told == "ru" else told), ()
    return (_weigh_text(words), ()) if len(words) >= LONG else _weigh_question(sample, words, spoken)


def begins_in_english(text: str) -> bool:
    """Tell, from a few words, whether the beginning of a paragraph is plainly English; False may be any language."""
    for length in _BEGINNINGS:
        words = text[:length].lower().split()
        if sum(map(_PLAIN_ENGLISH.__contains__, words)) >= max(2, 0.1 * len(words)):
            return True
    return False


def _is_plainly_english(sample: str) -> bool:
    """Tell whether the beginning, the middle and the end of a longer text all are plainly English.

    Most articles are; then the rest of their words need not be counted.
    """
    if len(sample) < 4 * _WINDOW:
        return False
    for start in (0, (len(sample) - _WINDOW) // 2, len(sample) - _WINDOW):
        words = sample[start : start + _WINDOW].lower().split()
        found = sum(map(_PLAIN_ENGLISH.__contains__, words))
        if found < max(4, _PLAINLY * len(words)):
            return False
    return True


def _weigh_question(sample: str, words: Sequence[str], spoken: Collection[str]) -> tuple[str, Collection[str]]:
    """Return the language of a few words, or "" and the languages that some of them speak for.

    A word with a capital within the text is part of a name ("Doctor Who"), and so no evidence.
    """
    small = [word.lower() for place, word in enumerate(words) if place == 0 or not word[0].isupper()]
    stems = [word.partition("'")[0] for word in small]  # "who's"
    english = sum(map(_ONLY_ENGLISH.__contains__, stems))
    asking = not _ASKING.isdisjoint(stems[:1])
    other = [word for word in small if word not in _NO_EVIDENCE and len(word) > 1]
    if english + asking > len(other):
        return "en", ()
    known = _load_small_words()
    english += sum(word in TYPED and word not in known for word in stems)
    foreign = [word for word in other if word in known or not word.isascii()]
    if english + asking > len(foreign):
        return "en", ()
    if _ENGLISH.isdisjoint(stems) and not sample.isascii() and (told := detect_by_script(sample, 0.2)):
        return told, ()
    asks = sample.rstrip().endswith("?")
    named = len(small) - sum(map(_PARTICLES.__contains__, small)) < 2 and not asks  # "Rio de Janeiro"
    if named or not foreign:
        if "en" in spoken and _may_be_english(stems):
            return "en", ()
        return (next(iter(spoken), "") if named else ""), ()
    counts = Counter(language for word in foreign for language in known.get(word, ()))
    for language in known.get(small[0], ()) if asks and foreign[0] == small[0] else ():
        counts[language] += 1  # a question word in its place, as in "Warum trat er zurück?"
    best = "" if english else _pick_clear(counts)
    return (best if counts[best] > 1 else ""), (() if english else tuple(counts))


def _weigh_cyrillic(words: Sequence[str]) -> str:
    """Return the language of most small words of a Cyrillic text whose letters may be Russian."""
    known = _load_small_words()
    counts = dict.fromkeys(_CYRILLIC, 0)
    for code in [code for word in words for code in known.get(word.lower(), ()) if code in counts]:
        counts[code] += 1
    return max(_CYRILLIC, key=lambda code: counts[code])  # of equals the first


def _may_be_english(words: Sequence[str]) -> bool:
    """Tell whether at least a third of the words, and any at all, are ones that English texts have in small letters."""
    plain = load_plain_terms()
    found = sum(word in _MAYBE_ENGLISH or word in _ENGLISH or not plain.isdisjoint(analyse(word)) for word in words)
    return found > 0 and found * 3 >= len(words)


def _weigh_text(words: Sequence[str]) -> str:
    """Return the language of a text by its small words, "" if they leave doubt."""
    found = Counter([word.lower() for word in words])
    total = found.total()
    english = sum(found[word] for word in _ENGLISH & found.keys())
    for word in [word for word in found if "'" in word]:
        found[word[: word.index("'") + 1]] += found[word]
    known = _load_small_words()
    counts, kinds = Counter[str](), Counter[str]()
    shares: dict[str, float] = {}
    for word in known.keys() & found.keys():
        for language in known[word]:
            counts[language] += found[word]
            kinds[language] += 1
            shares[language] = shares.get(language, 0.0) + found[word] / len(known[word])
    best = _pick_clear(shares)
    enough = max(3, 3 * english, 0.12 * total)
    if counts[best] >= enough and kinds[best] >= (4 if english else 3):  # a cast list repeats one word
        return best
    return "en" if english >= _HARDLY * total and english > max(counts.values(), default=0) else ""


def _pick_clear(counts: Mapping[str, float]) -> str:
    """Return the language with the highest count; "" if there is none, or another comes close."""
    (best, count), (_, second) = [*sorted(counts.items(), key=lambda each: -each[1]), ("", 0), ("", 0)][:2]
    return best if second < _RIVAL * count else ""


def count_small_words(text: str, code: str) -> int:
    """Return how many words of the text are small words of a language, of those that are known."""
    words = [word.lower() for word in _WORDS.findall(text)]
    if code == "en":
        return sum(map(_ENGLISH.__contains__, words))
    known = _load_small_words()
    return sum(code in known.get(word, ()) for word in words)


@cache
def _load_small_words() -> Mapping[str, Sequence[str]]:
    """Return the languages that each small word is of."""
    found: dict[str, list[str]] = {}
    for line in _PATH.read_text("utf-8").splitlines():
        language, *words = line.split()
        for word in [*words, *_IN_TEXTS.get(language, "").split()]:
            if word not in _MAYBE_ENGLISH:
                found.setdefault(word, []).append(language)
    return found
