"""Detect whether a text is English: by its script first, then by the function words of Latin-script languages.

A longer text that has hardly an English function word, and no other language's either, is shown to a model.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from .. import patterns
from .identifier import identify
from .wordlists import word_set

_SAMPLE = 20_000
"""Characters that are read; a text rarely changes its language after that."""

_SCRIPTS = (
    ("el", 0x0370, 0x03FF), ("ru", 0x0400, 0x052F), ("hy", 0x0530, 0x058F), ("he", 0x0590, 0x05FF),
    ("ar", 0x0600, 0x077F), ("hi", 0x0900, 0x097F), ("bn", 0x0980, 0x09FF), ("pa", 0x0A00, 0x0A7F),
    ("gu", 0x0A80, 0x0AFF), ("ta", 0x0B80, 0x0BFF), ("te", 0x0C00, 0x0C7F), ("kn", 0x0C80, 0x0CFF),
    ("ml", 0x0D00, 0x0D7F), ("si", 0x0D80, 0x0DFF), ("th", 0x0E00, 0x0E7F), ("lo", 0x0E80, 0x0EFF),
    ("bo", 0x0F00, 0x0FFF), ("my", 0x1000, 0x109F), ("ka", 0x10A0, 0x10FF), ("ko", 0x1100, 0x11FF),
    ("am", 0x1200, 0x139F), ("km", 0x1780, 0x17FF), ("mn", 0x1800, 0x18AF), ("ja", 0x3040, 0x30FF),
    ("ko", 0x3130, 0x318F), ("ja", 0x31F0, 0x31FF), ("zh", 0x3400, 0x4DBF), ("zh", 0x4E00, 0x9FFF),
    ("ko", 0xAC00, 0xD7AF), ("zh", 0x20000, 0x323AF),
)  # fmt: skip
"""The most common language of each script, with the script's first and last code point."""

_DISTINCTIVE_LETTERS = (("uk", "ru", "іїєґ"), ("fa", "ar", "پچژگ"), ("ur", "ar", "ٹڈںے"))
"""A language, the one with which it shares its script, and letters that only the first has."""

_ENGLISH = word_set(
    """
    the of and to is was were are that this with for from by it its what which who whom whose when where why how
    did does do has have had be been will would can could should not his her their they he she you your we our
    at about after into than there these those if but or an i my me us them tell say said between during many
    much
"""
)

# Neither English words nor parts of names ("de", "la", "der", "van"): those stand in English questions, too.
_SMALL_WORDS = {
    "fr": """
    qui que quoi quel quelle quels quelles où quand pourquoi combien est sont était été ont avait le les des une
    dans sur pour par avec pas plus mais ou et au aux ce cette ces il elle ils elles nous vous je leur leurs son
    ses sa être fait dit comme après entre sans chez selon à qu'est ne se
""",
    "de": """
    wer wie wo wann warum wieso welche welcher welches wieviel ist sind wurde wurden hat haben hatte der die das
    den dem des ein eine einen einem einer und oder aber nicht kein keine mit für von zu zum zur auf bei nach
    aus über unter um ich du er sie wir ihr ihre sein seine wird werden auch als dass daß sich es gesagt nein
""",
    "es": """
    quién quien quiénes qué que cuál cuáles cuándo dónde cómo cuánto cuántos cuántas por es son fue fueron está
    están era ha han había el los las un una unos del al en con para sin sobre entre pero y o no se su sus lo le
    les más muy también como dijo este esta hay ser
""",
    "it": """
    chi che cosa quale quali quando dove perché come quanto quanti è sono era stato stata ha hanno aveva il lo
    gli la le un una uno di del della dei delle degli nel nella al alla dal dalla con per su tra fra ma non si
    anche più suo sua loro questo questa detto e ed i sul sulla
""",
    "pt": """
    quem que qual quais quando onde porque quanto quantos é são foi foram está estão era tem têm tinha o os as
    um uma uns do da dos das no na nos nas ao à em com por para sem sobre entre mas e ou não se seu sua seus
    mais também como disse este esta isso pelo pela ser
""",
    "nl": """
    wie wat waar wanneer waarom hoe welke is zijn was waren heeft hebben had werd worden wordt de het een en of
    maar niet geen met voor van op te aan bij naar uit over door om dat die deze dit er ik je hij zij wij hun
    ook als nog dan nee zegt gezegd
""",
    "sv": """
    vem vad när var varför hur vilken vilka är varit har hade och eller men inte med för på av till från om som
    den det de ett en jag du han hon vi sig sin sina ska kan också efter enligt sade sa nej
""",
    "da": """
    hvem hvad hvor hvornår hvorfor hvordan hvilken er var været har havde og eller men ikke med for på af til
    fra om som den det de et en jeg du han hun vi sig sin skal kan også efter sagde sa nej ble blev
""",
    "no": """
    hvem hva hvor når hvorfor hvordan hvilken er var vært har hadde og eller men ikke med for på av til fra om
    som den det de et en jeg du han hun vi seg sin skal kan også etter sa nei ble blitt
""",
    "fi": """
    kuka mikä missä milloin miksi miten kuinka on oli ovat olivat ollut ja tai mutta ei että se ne hän he joka
    jotka kun myös sekä mukaan sanoi ole tämä
""",
    "pl": """
    kto co gdzie kiedy dlaczego jak ile który która które jest są był była było były i oraz ale nie z ze w we na
    do od po dla przez się to że jego jej ich czy powiedział
""",
    "cs": """
    kdo co kde kdy proč jak kolik který která které je jsou byl byla bylo byli a nebo ale ne s se v ve na do od
    po pro že si jeho její jejich řekl také podle
""",
    "ro": """
    cine ce unde când cum cât care este sunt era fost au are și sau dar nu cu pe din de la în un o pentru prin
    despre mai să se lui spus această
""",
    "hu": """
    ki mi hol mikor miért hogyan hány melyik van volt vannak voltak és vagy de nem az egy is hogy ez meg csak
    mint szerint mondta
""",
    "tr": """
    kim ne nerede zaman neden niçin nasıl kaç hangi ve veya ama değil bir bu şu için ile gibi daha çok da olarak
    olan oldu dedi mi mı var yok hayır
""",
    "vi": """
    ai gì đâu khi nào sao thế bao nhiêu là và hoặc nhưng không của cho với trong các những một này đó được đã
    đang sẽ có người nói
""",
    "id": """
    siapa apa mana kapan mengapa kenapa bagaimana berapa adalah yang dan atau tetapi tidak dengan untuk dari ke
    di pada dalam ini itu akan telah sudah oleh juga mengatakan karena
""",
}  # fmt: skip
_SHARED = word_set(
    """
    a an as is was are so he me no not or if to in at by us we i had for but do did over hun who what come some more one
    am per man her his does with be had what under door son pour dans but
    """
)
"""Words of other languages that are English words too: they are no evidence."""

_PARTICLES = word_set(
    """
    de la le les el los las del der den dem des die das van von da dos di du al o os as um un en et te op of an si se lo
    e y ou er sa sin om som var kim ai mi co na po ne een on us no so ha
    """
)
"""Words that are parts of names ("de la Cruz"): in a short text they are no evidence."""

_LONG = 15
"""The number of words from which a text is more than a question with names in it."""

_HARDLY = 0.1
"""Share of English function words below which a longer text may be in any language: of 3,251 English articles, 25 lists
and tables have fewer; of 288 articles in 12 other languages, none has more than 0.054."""

_IN_TEXTS = {
    "fr": word_set("de la du un l' d' qu' n' c' j' s'"),
    "es": word_set("de la"),
    "it": word_set("de la l' d' un'"),
    "pt": word_set("de"),
}
"""Words, and beginnings of words, that are evidence in a long text only: in a short one they may be part of a name."""

_PROFILES = {language: word_set(small) - _SHARED - _ENGLISH for language, small in _SMALL_WORDS.items()}
_SURE_PROFILES = {language: small - _PARTICLES for language, small in _PROFILES.items()}
_PROFILES |= {language: _PROFILES[language] | small for language, small in _IN_TEXTS.items()}
_SURE_ENGLISH = _ENGLISH.difference(*map(word_set, _SMALL_WORDS.values()), *_IN_TEXTS.values())
_WINDOW = 300
"""Characters of each of the three places that are looked at first in a longer text."""

_PLAINLY = 0.08
"""Share of words that only English has, from which each of these places is plainly English."""

_WORDS = patterns.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of the text's language if it is clearly not English, else "en".

    In doubt, and for a text without letters, the answer is "en": foreign names in an English
    question are no evidence.
    """
    return detect_by_words(text) or identify(text[:_SAMPLE]) or "en"


def is_unclear(question: str) -> bool:
    """Tell whether no word of a question shows that it is English: names, numbers, words of any language."""
    return _ENGLISH.isdisjoint(_WORDS.findall(question.lower().replace("’", "'")))


def detect_by_words(text: str) -> str:
    """Return the same without asking the model; "" for a text that it should be asked about."""
    if _is_plainly_english(text[:_SAMPLE]):
        return "en"
    sample = unicodedata.normalize("NFC", text[:_SAMPLE])
    if not any(_find_script(letter) for letter in set(sample.lower()) if letter.isalpha()):
        return _detect_by_small_words(sample)
    scripts: Counter[str] = Counter()
    latin = 0
    for letter, count in Counter(sample.lower()).items():
        if letter.isalpha():
            language = _find_script(letter)
            if language:
                scripts[language] += count
            else:
                latin += count
    return _detect_by_script(sample, scripts) if scripts.total() > latin else _detect_by_small_words(sample)


def _find_script(letter: str) -> str | None:
    """Return the most common language of a letter's script, None for a script not listed."""
    code = ord(letter)
    if code < _SCRIPTS[0][1]:
        return None
    return next((name for name, first, last in _SCRIPTS if first <= code <= last), None)


def _is_plainly_english(sample: str) -> bool:
    """Tell whether the beginning, the middle and the end of a longer text all are plainly English.

    Most articles are; then the rest of their words need not be counted.
    """
    if len(sample) < 4 * _WINDOW:
        return False
    for start in (0, (len(sample) - _WINDOW) // 2, len(sample) - _WINDOW):
        words = sample[start : start + _WINDOW].lower().split()
        found = sum(map(_SURE_ENGLISH.__contains__, words))
        if found < max(4, _PLAINLY * len(words)):
            return False
    return True


def _detect_by_script(sample: str, scripts: Counter[str]) -> str:
    language = scripts.most_common(1)[0][0]
    if language == "zh" and scripts["ja"]:  # Japanese mixes both, Chinese has no kana
        return "ja"
    for other, shared, letters in _DISTINCTIVE_LETTERS:
        if language == shared and any(letter in sample for letter in letters):
            return other
    return language


def _detect_by_small_words(sample: str) -> str:
    """Return the language by its function words, "" for a longer text with hardly any."""
    found = Counter(_WORDS.findall(sample.lower().replace("’", "'")))
    total = found.total()
    long = total >= _LONG
    for word in [word for word in found if long and "'" in word]:
        found[word[: word.index("'") + 1]] += found[word]
    profiles = _PROFILES if long else _SURE_PROFILES
    counts = dict.fromkeys(profiles, 0)
    known = _list_languages()
    for word in known.keys() & found.keys():
        for language in known[word]:
            counts[language] += found[word] if word in profiles[language] else 0
    best = max(counts, key=lambda language: counts[language])
    first = next(iter(found), "")
    if sample.rstrip().endswith("?") and len(first) > 3 and first in profiles[best]:
        counts[best] += 1  # a question word in its place, as in "Warum trat er zurück?"
    english = sum(found[word] for word in _ENGLISH & found.keys())
    share = 0.2 if english or not long else 0.12  # an English text with no English function word hardly exists
    clear = counts[best] >= max(2, 3 * english, share * total)
    varied = not long or len(profiles[best] & found.keys()) >= 4  # a cast list repeats one function word
    if clear and varied:
        return best
    return "" if long and english < _HARDLY * total else "en"


@cache
def _list_languages() -> Mapping[str, Sequence[str]]:
    """Return the languages of each small word."""
    found: dict[str, list[str]] = {}
    for language, small in _PROFILES.items():
        for word in small:
            found.setdefault(word, []).append(language)
    return found
