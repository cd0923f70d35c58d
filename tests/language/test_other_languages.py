"""Languages as data: what each file says, and the terms and letters that are made by it."""

import ast
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.evidence.answer_types import TYPES
from index.language import sentences, terms
from index.language.analyser import Analyser
from index.language.language import (
    ENGLISH,
    SERVED,
    find_language,
    get_language,
    list_languages,
)
from index.language.names import name_language
from tests.support.source import read_modules

OTHERS = [code for code in list_languages() if code != "en"]
SAMPLES = {
    "ar": "أعلن الرئيسُ المصريُّ في القاهرة عن ٣٥٠ مليون جنيه",
    "de": "Die Bürgermeisterin eröffnete am 3. Oktober die Straßenbahn in Düsseldorf",
    "el": "Ο πρωθυπουργός της Ελλάδας έδωσε συνέντευξη στην Αθήνα",
    "es": "La ministra anunció el miércoles las nuevas reglas en Málaga",
    "fa": "رئیس‌جمهور می‌گوید ۱۲ نفر در تهران کشته شدند",
    "fr": "L'élection de l'été a coûté 3,5 millions à l'État",
    "hi": "दिल्ली में प्रधानमंत्री ने १२ घोषणाएँ कीं",
    "id": "Menteri mengumumkan peraturan baru di Jakarta",
    "it": "L'università ha eletto il nuovo rettore a Forlì",
    "ja": "首相は東京で新しい規則を発表した",
    "ko": "대통령은 서울에서 새 규칙 12개를 발표했다",
    "pt": "A ministra anunciou as novas regras em São Paulo",
    "ro": "Ministra a anunțat noile reguli la București",
    "ru": "Министр объявил о новых правилах в Москве",
    "tr": "Bakan İstanbul'da yeni kuralları açıkladı",
    "uk": "Міністр оголосив п'ять нових правил у Києві",
    "vi": "Bộ trưởng công bố quy định mới ở Hà Nội",
    "zh": "部长在北京宣布了12条新规定",
}


def test_every_language_has_a_sample():
    assert set(SAMPLES) == set(OTHERS)
    assert len(OTHERS) >= 18


def test_english_points_at_its_own_functions():
    assert find_language("en") is get_language("en") is ENGLISH
    assert (ENGLISH.analyse, ENGLISH.tokenize) == (terms.analyse, terms.tokenize)
    assert ENGLISH.tokenize_question is terms.tokenize_question
    assert ENGLISH.split_sentences("One. Two.", 5) == sentences.split_sentences("One. Two.", 5) == [(5, 9)]
    assert ENGLISH.version == terms.ANALYSER
    assert ENGLISH.find_grams("The ferry sank.") == frozenset()
    assert [code for code in list_languages() if get_language(code).has_rules] == ["en"]


@pytest.mark.parametrize("code", ["sw", "xx", "", "EN", "../en", "de\0", "dé", "served/de", "e" * 300])
def test_what_is_not_served_is_not_found(code):
    assert find_language(code) is None
    assert get_language(code) is ENGLISH


def test_names_are_those_of_the_data():
    assert [name_language(code) for code in list_languages()] == [get_language(code).name for code in list_languages()]


@pytest.mark.parametrize("code", OTHERS)
def test_the_data_of_a_language_are_whole(code):
    language = get_language(code)
    assert language.code == code
    assert re.fullmatch(rf"{language.name.lower()}-\d+", language.version)
    assert {"time", "count"} <= language.asks.keys() <= {row.name for row in TYPES}
    assert language.holds.keys() <= {row.name for row in TYPES}
    assert language.times
    assert len(language.months) in (0, 12)
    assert len(language.weekdays) in (0, 7)


def test_versions_are_told_apart():
    assert len({get_language(code).version for code in list_languages()}) == len(list_languages())


@pytest.mark.parametrize("code", OTHERS)
def test_tokens_are_words_of_the_text(code):
    language, text = get_language(code), SAMPLES[code]
    tokens = language.tokenize(text)
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert tuple(token.term for token in tokens if token.term) == language.analyse(text)
    assert all(term and term.split() == [term] for term in language.analyse(text))
    assert len(language.analyse(text)) >= 4
    assert language.analyse("") == language.analyse(" ?! —") == ()


@pytest.mark.parametrize("code", OTHERS)
def test_terms_are_the_same_in_every_thread(code):
    language, text = get_language(code), SAMPLES[code]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(language.analyse, [text] * 40)) == {language.analyse(text)}


@pytest.mark.parametrize("code", OTHERS)
def test_a_text_without_end_takes_linear_time(code):
    language = get_language(code)
    for unit in ("x", "á", "中", "ال", "a'", " .", "..", "1."):
        text = unit * 200_000
        assert isinstance(language.analyse(text), tuple)
        assert all(end - start <= sentences.LONGEST for start, end in language.split_sentences(text))


@pytest.mark.parametrize(
    ("code", "one", "other"),
    [
        ("de", "Die Straße", "der STRASSE"),
        ("de", "Häuser", "Haus"),
        ("es", "ministras", "Ministra"),
        ("fr", "l'élection", "élections"),
        ("el", "Ελλάδα", "ΕΛΛΑΔΑΣ"),
        ("ru", "министр", "министром"),
        ("ru", "ещё", "еще"),
        ("tr", "İstanbul'da", "İSTANBUL"),
        ("ar", "المصريُّ", "المصري"),
        ("ar", "إسلام", "اسلام"),
        ("fa", "كتاب", "کتاب"),
        ("hi", "लड़का", "लड़के"),
        ("uk", "п'ять", "п’ять"),
        ("ro", "București", "Bucureşti"),
    ],
)
def test_forms_of_a_word_have_one_term(code, one, other):
    analyse = get_language(code).analyse
    assert analyse(one)[:1] == analyse(other)[:1] != ()


def test_tones_tell_vietnamese_words_apart():
    analyse = get_language("vi").analyse
    assert analyse("ma") != analyse("má")


def test_signs_of_vowels_stay_in_their_word():
    assert [token.text for token in get_language("hi").tokenize("दिल्ली में")] == ["दिल्ली", "में"]
    assert [token.text for token in get_language("ar").tokenize("الرئيسُ المصريُّ")] == ["الرئيسُ", "المصريُّ"]


def test_what_snowball_leaves_nothing_of_keeps_its_term():
    for code in OTHERS:
        language = get_language(code)
        assert all(term for term in language.analyse("ου ων ή ال ون ات والله")), code


@pytest.mark.parametrize("code", ["ko", "ja", "zh"])
def test_characters_and_their_pairs_are_terms(code):
    language = get_language(code)
    assert language.by_character
    assert language.analyse("東京大学") == ("東", "東京", "京", "京大", "大", "大学", "学")
    assert language.analyse("NATO 3.5") == ("nato", "3.5")


def test_korean_written_in_parts_is_the_same():
    import unicodedata

    analyse = get_language("ko").analyse
    assert analyse(unicodedata.normalize("NFD", "대통령")) == analyse("대통령")


@pytest.mark.parametrize(
    ("code", "text", "term"), [("ar", "٣٥٠", "350"), ("fa", "۱۲", "12"), ("hi", "१२", "12"), ("de", "zwölf", "12")]
)
def test_numbers_are_the_same_in_all_digits(code, text, term):
    assert get_language(code).analyse(text) == (term,)


@pytest.mark.parametrize(
    ("code", "question", "words"),
    [
        ("de", "Wann wurde die Brücke eröffnet?", ["Brücke", "eröffnet"]),
        ("es", "¿Cuándo se abrió el puente?", ["abrió", "puente"]),
        ("zh", "什么时候开放？", ["开", "开放", "放"]),
        ("hi", "पुल कब खुला?", ["पुल", "खुला"]),
    ],
)
def test_words_that_only_ask_have_no_term(code, question, words):
    tokens = get_language(code).tokenize_question(question)
    assert [token.text for token in tokens if token.term] == words


@pytest.mark.parametrize(("code", "question"), [("zh", "什么"), ("es", "¿Y cuándo?"), ("de", "Wer?"), ("ko", "누가?")])
def test_a_question_of_nothing_but_words_of_asking_has_no_term(code, question):
    assert not any(token.term for token in get_language(code).tokenize_question(question))


@pytest.mark.parametrize(
    ("code", "typed", "written"),
    [
        ("es", "reparacion", "reparación"),
        ("fr", "president", "président"),
        ("pt", "eleicao", "eleição"),
        ("ro", "scoala", "școala"),
    ],
)
def test_accents_need_not_be_typed(code, typed, written):
    language = get_language(code)
    assert language.analyse(typed) == language.analyse(written)


def test_letters_are_those_within_words():
    grams = Analyser().find_grams("Äpfel am Baum")
    assert {"apf", "apfel", "bau", "aum", "baum"} <= grams
    assert not any(" " in gram for gram in grams)
    assert {len(gram) for gram in grams} == {3, 4, 5}
    assert Analyser(stop=("baum",)).find_grams("Baum") == frozenset()


def test_phrases_are_found_whatever_their_accents():
    asks = get_language("es").asks
    fold = get_language("es").fold
    assert asks["time"].search(fold("¿En qué año murió?"))
    assert asks["time"].search(fold("en que ano murio"))
    assert not asks["time"].search(fold("¿Quién murió?"))


def test_no_word_of_another_language_stands_outside_its_folder():
    """What only other languages have: the words of their files with a letter that English lacks."""
    served = {
        word
        for path in SERVED.glob("*.toml")
        for line in path.read_text("utf-8").splitlines()
        for word in re.findall(r"[^\W\d_]{4,}", line.partition("#")[0])
        if not word.isascii()
    }
    assert len(served) > 500
    found = set()
    for module in read_modules():
        if module.path.startswith("index/language/") or module.path == "index/sources/quoting.py":
            continue  # how programs for mail introduce what they quote is known for more languages than are served
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.isascii():
                found |= {(word, module.path) for word in re.findall(r"[^\W\d_]+", node.value) if word in served}
    assert found == set()
