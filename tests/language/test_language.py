from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.language import punkt, thesaurus, wordlists
from index.language import terms as language
from index.language.sentences import split_sentences
from index.language.terms import ANALYSER, analyse, tokenize
from tests.support.paths import EVAL, ROOT, SEEDS, need_shared
from tests.train import make_terms

PIECES = [
    *("U.S. ", "a.m. ", ' . " ', " .", "...", "…", "?!", '."', ".)", " '' ", "`` ", "(", "[1]", "No. ", "Mr. ", "J. "),
    *("Kim ", "He ", "said ", "the us ", "United States ", "Eun-hye ", "1,000.5", "10th ", "½", "ﷺ", "twenty-five "),
    *(
        "\n",
        "\r\n",
        "\u2028",
        "\x85",
        "\x0b",
        "\x1c",
        "\t",
        "\u00a0",
        "\u3000",
        " ",
        "\x00",
        "\u202e",
        "\u2066",
        "\ufeff",
    ),
    *(
        "e\u0301",
        "\u0301",
        "\u00ad",
        "\u200d",
        "\ud800",
        "\udc00",
        "😀",
        "김치",
        "ß",
        "İ",
        "ı",
        "ǅ",
        "’s",
        "n't",
        "O’Neill",
        "%",
    ),
]
ANY_CHARACTER = st.characters(exclude_categories=())  # lone surrogates as well
ANY_TEXT = st.text(ANY_CHARACTER, max_size=200) | st.lists(st.sampled_from(PIECES) | ANY_CHARACTER, max_size=40).map(
    "".join
)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("path", "cases", "floor"),
    [(EVAL / "sentences_wire.jsonl", 161, 157), (ROOT / "tests" / "language" / "sentence_cases.jsonl", 60, 57)],
    ids=["wire", "own"],
)
def test_sentence_cases_reach_their_floor(path: Path, cases: int, floor: int) -> None:
    found = lines(path if path.is_relative_to(ROOT) else need_shared(path))
    wrong = [case["text"] for case in found if split(str(case["text"])) != case["sentences"]]
    assert len(found) == cases
    assert cases - len(wrong) >= floor, wrong


@pytest.mark.parametrize(
    "sentences_of_a_line",
    [
        ["He left .", "`` Why now ? ''", "The minister of the U.S. did not say .", "`` I did n't ask , '' Kim said ."],
        ['" It is over . "', "The crowd went home ( most of it . )", 'Nobody said " no " .', "It rained ."],
        ['" Is it over ? " he asked .', "It was ."],
        ["Rules say ` No '' ?", "We doubt it ."],
        ["The song `` Who Knew ? '' , by Ann Orr , was a hit .", "It sold well ."],
    ],
)
def test_tokenised_texts_split_like_others(sentences_of_a_line: list[str]) -> None:
    assert split(" ".join(sentences_of_a_line)) == sentences_of_a_line


@pytest.mark.parametrize(
    "text",
    [
        'He asked "Why now?" and left.',
        '"Why now?" Sen. Ana Ruiz asked.',
        "Yahoo! Japan closed.",
        "The E! network closed.",
        "I waited ... I really did.",
        "Ex-Gov. Strand and Rep. Ruiz (ret.) Jones met at 9 p.m. EDT on Jan. 3.",
        "Dr. & Mrs. Ito left.",
        "He is 6 ft. 2 in. tall and lives 12 mi. SW of Erie.",
        "Docket No. CV-22-0417 cites No. F16 and Vol. IV of the code.",
        "Pain (cf. Roe v. Dorr et al., p. 12) is real.",
    ],
)
def test_these_are_one_sentence(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    "two",
    [
        ['He asked, "Why now?"', "The minister shrugged."],
        ['"Why now?"', "He said no more."],
        ["Yahoo!", "The firm had lost."],
        ["He waited ...", "Nothing came."],
        ["She moved to Washington, D.C.", "Officials were glad."],
        ["It rose to 5 C.", "Tomorrow is colder."],
        ["The text is long.[12][note 3]", "Few read it."],
        ["It is done…”", "Kim left."],
        ["(It was late.)", "Kim left."],
        ["Sales fell (see p. 3.)", "The firm was sold."],
        ["The iPhone sold.", "iPad sales fell."],
    ],
)
def test_these_are_two_sentences(two: list[str]) -> None:
    assert split(" ".join(two)) == two


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u2028\t\u3000"])
def test_nothing_gives_nothing(text: str) -> None:
    assert split_sentences(text) == []
    assert tokenize(text) == ()
    assert analyse(text) == ()


@given(ANY_TEXT)
def test_spans_are_ordered_disjoint_trimmed_and_cover_all_that_is_not_space(text: str) -> None:
    end = 0
    for start, stop in split_sentences(text):
        assert text[end:start].strip() == ""
        assert text[start:stop] == text[start:stop].strip() != ""
        assert len(text[start:stop].splitlines()) == 1
        end = stop
    assert text[end:].strip() == ""


@given(st.lists(ANY_TEXT, max_size=3))
def test_a_part_is_split_as_it_would_be_alone(parts: list[str]) -> None:
    lined = [part.replace("\n", " ") for part in parts]
    text = "\n".join(lined)
    found, at = [], 0
    for part in lined:
        found += split_sentences(text, at, at + len(part))
        at += len(part) + 1
    assert found == split_sentences(text)


@given(ANY_TEXT)
def test_tokens_quote_the_text_and_terms_are_theirs(text: str) -> None:
    found = tokenize(text)
    assert all(token.text == text[token.start : token.end] != "" for token in found)
    assert [token.start for token in found if token.end > token.start] == [token.start for token in found]
    assert analyse(text) == tuple(token.term for token in found if token.term is not None)
    assert not any(term == "" or any(letter.isspace() for letter in term) for term in analyse(text))
    reach = 0
    for token in found:  # a token begins after the one before, or covers the parts before it as a whole
        assert token.start >= reach or token.end >= reach
        reach = max(reach, token.end)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("said", "says"),
        ("met", "meeting"),
        ("won", "wins"),
        ("held", "hold"),
        ("took", "taking"),
        ("children", "child's"),
        ("men", "man"),
        ("death", "died"),
        ("South Korean", "South Korea"),
        ("tenth", "10th"),
        ("ten", "10"),
        ("forty-two", "42"),
        ("Twenty-first", "21st"),
        ("thirtieth", "30th"),
        ("1,000", "1000"),
        ("3.5 per cent", "3.5%"),
        ("U.S.", "United States"),
        ("US", "united  states of America's"),
        ("the us", "USA"),
        ("British", "UK"),
        ("U.K.'s", "Great Britain"),
        ("the un", "United Nations"),
        ("E.U", "European Union"),
        ("the WHO", "World Health Organisation"),
        ("W.H.O.", "the WHO"),
        ("S. Korea", "South Korea"),
        ("N.Korea's", "North Korea"),
        ("Müller", "muller"),
        ("Straße", "STRASSE"),
        ("Łódź", "Lodz"),
        ("O’Neill’s", "O'Neill"),
        ("bosses’", "boss"),
        ("ﬁnance １２", "finance 12"),
        ("nuc\u00adlear", "nuclear"),
        ("don’t go", "do n't go"),
        ("Ph.D.", "PhD"),
        ("R.O.K.", "ROK"),
        ("9am", "9 a.m."),
    ],
)
def test_ways_to_write_one_thing_share_their_terms(one: str, other: str) -> None:
    assert analyse(one) == analyse(other) != ()


@pytest.mark.parametrize("name", ["Kim Eun-hye", "Kim Eunhye", "Kim Eun Hye"])
def test_a_hyphened_name_is_found_by_its_parts_and_as_a_whole(name: str) -> None:
    assert set(analyse(name)) & set(analyse("Eun-hye"))


def test_a_compound_is_its_parts_and_if_short_the_whole_above_them() -> None:
    assert [token[1:] for token in tokenize("Eun-hye")] == [(0, 3, "eun"), (4, 7, "hye"), (0, 7, "eunhy")]
    assert analyse("F-16") == ("f", "16", "f16")
    assert analyse("nuclear-armed") == ("nuclear", "arm")
    assert analyse("won 3-2, one-third of a US-led 18-year-old") == (
        "win",
        "3",
        "2",
        "1",
        "3rd",
        "u.s.",
        "lead",
        "18",
        "year",
        "old",
    )


def test_the_pronoun_is_not_the_country_and_plain_words_are_not_names() -> None:
    assert analyse("They told us, and it was us who asked.") == ("tell", "ask")
    assert analyse("Who said no?") == ("say", "no")
    assert analyse("Kim Jong Un") == ("kim", "jong", "un")
    assert "u.n." not in analyse("Kim Jong-un")
    assert analyse("I may not like vitamin D in May") == ("may", "like", "vitamin", "d", "may")


def test_question_words_and_pronouns_are_no_terms() -> None:
    assert analyse("Who was it, and what did they have with them? Isn't it? You can't, won't, don't!") == ()


def test_tokens_tell_stop_words_and_offsets() -> None:
    text = "The U.S. won."
    assert [tuple(token) for token in tokenize(text)] == [
        ("The", 0, 3, None),
        ("U.S.", 4, 8, "u.s."),
        ("won", 9, 12, "win"),
    ]


@pytest.mark.parametrize("word", ["Müller", "São", "naïve", "Việt", "Ångström"])
def test_composed_and_decomposed_letters_are_the_same(word: str) -> None:
    assert analyse(unicodedata.normalize("NFD", word)) == analyse(unicodedata.normalize("NFC", word))
    assert len(tokenize(unicodedata.normalize("NFD", word))) == 1


def test_another_term_needs_another_analyser() -> None:
    """Engines store `ANALYSER`; change it, and this digest, whenever a term changes."""
    sample = " ".join(
        sorted({*wordlists.STOP, *wordlists.FORMS, *wordlists.NUMBERS, *wordlists.ORDINALS, *wordlists.NAMES})
    )
    sample += (
        " S. Korea's Eun-hye twenty-one 1,000.5 the us U.N. a.m. O’Neill Müller F-16 9pm ½ ﷺ boys' running national"
    )
    digest = hashlib.sha256(" ".join(analyse(sample)).encode()).hexdigest()[:16]
    assert (ANALYSER, digest) == ("english-1", "b50dd9d13cded600")


def test_threads_agree() -> None:
    texts = [f"runners{n} nationally{n} O’Neill{n} twenty-one children" for n in range(400)]
    expected = [analyse(text) for text in texts]
    language._remembered.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(analyse, texts)) == expected
        assert (
            list(pool.map(split, ["He met Mr. Ito Jr. at 9 a.m. on Jan. 3. It rained."] * 100))
            == [["He met Mr. Ito Jr. at 9 a.m. on Jan. 3.", "It rained."]] * 100
        )


SHAPES = {
    "full stops": " .",
    "a run of full stops": ".",
    "full stops in a word": "a.",
    "closing marks": '."',
    "quotation marks apart": '. " ',
    "brackets": "a.) ",
    "notes": ".[1]",
    "abbreviations": "U.S. ",
    "small beginnings": '. a " ',
    "one letter": "a",
    "hyphens": "a-",
    "combining marks": "a\u0301",
    "digits": "1,",
    "unfinished names": "united ",
    "white space": " ",
    "labels": "A. ",
    "attributions": '?" A A A A A A ',
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_work_grows_no_faster_than_the_line(shape: str) -> None:
    """The calls are counted for two lengths; at these lengths squares inside a pattern would take hours."""

    def calls(length: int) -> int:
        text = "x" + shape * (length // len(shape)) + "x"
        language._remembered.cache_clear()
        punkt.ask_punkt.cache_clear()
        count = 0

        def tick(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(tick)
        try:
            split_sentences(text)
            analyse(text)
        finally:
            sys.setprofile(None)
        return count

    calls(100)  # imports and tables
    assert calls(100_000) < 2.2 * calls(50_000) + 100


def test_five_million_characters_in_one_line() -> None:
    two = "He met Gen. Paul J. Hadley of the U.S. at 9 a.m. on Jan. 3. It rained on St. Peter's Day. "
    two = two.replace("He met", "The minister, who had come by train and was late for it, " * 20 + "met")
    count = 5_000_000 // len(two)
    assert len(split_sentences(two * count)) == 2 * count
    assert len(split_sentences("x" * 5_000_000)) == 1_000
    assert len(analyse("x" * 5_000_000)) == 125_000


def test_no_network_no_home_and_no_early_import(tmp_path: Path) -> None:
    program = """
import socket, sys
def closed(*args, **kwargs):
    raise AssertionError("the network was asked for")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = closed
from index.language.terms import analyse
from index.language.detect import detect_by_words, detect_language
from index.language.sentences import split_sentences
assert "nltk" not in sys.modules, "imported too early"
assert split_sentences("Mr. Ito of Acme Inc. left in 1961. He ran to St. Ives.") == [(0, 34), (35, 54)]
assert "nltk" not in sys.modules, "imported for plain words"
assert split_sentences("Write to desk@example.org. He does.") == [(0, 26), (27, 35)]
assert "nltk" in sys.modules, "of such a word, nltk itself is asked"
assert analyse("running") == ("run",)
assert detect_language("Who?") == "en"
"""
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "NLTK_DATA": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


ABBREVIATED = st.sampled_from(sorted(punkt._load_parameters().abbreviations))
WORDS = st.one_of(
    ABBREVIATED,
    ABBREVIATED.map(str.title),
    st.tuples(st.text("aZé09.,:-'’$%)İ²", max_size=4), ABBREVIATED).map("".join),
    st.text("aAzZ09éßÅ.,:-'’$£%)İǅ²½", min_size=1, max_size=7),
    st.just("..."),
)
FOLLOWING = st.one_of(
    st.sampled_from(sorted(punkt._load_parameters().small)).map(str.title),
    st.sampled_from(["", "The", "Kim", "iPhone", "eBay", "I'll", "You’ll", "U.", "12", "3rd", "Boat-in", "É"]),
    st.text("aAzZ09éßÅ-'’²", max_size=5),
)


@settings(max_examples=400)
@given(WORDS, FOLLOWING)
def test_what_is_said_of_plain_words_is_what_nltk_says(word: str, following: str) -> None:
    assert punkt.judge_plain(word, following) in (None, punkt.ask_nltk(word, following))


def test_full_stops_of_real_texts_are_as_nltk_says_and_few_ask_it() -> None:
    asked = {(word, following) for path in sorted(SEEDS.glob("*.txt")) for word, following in list_asked(path)}
    judged = [(punkt.judge_plain(*pair), punkt.ask_nltk(*pair)) for pair in asked]
    assert all(ours in (None, theirs) for ours, theirs in judged)
    assert {theirs for _, theirs in judged} == {True, False}
    assert sum(ours is None for ours, _ in judged) <= len(judged) / 50


def list_asked(path: Path) -> list[tuple[str, str]]:
    """Return each word of a text with the next, as if there were a full stop between them."""
    words = re.findall(r"[^\W_](?:[.,:'’-]?[^\W_])+", path.read_text("utf-8"))
    return list(pairwise(words))


def test_the_trained_file_is_a_small_list_of_words() -> None:
    path = ROOT / "index" / "language" / "punkt.json"
    stored = json.loads(path.read_text("utf-8"))
    assert path.stat().st_size < 40_000
    for listed in (stored["abbreviations"], stored["starters"], stored["small"].split()):
        assert listed == sorted(set(listed))  # alphabetic: no run of the texts is in it
        assert all(word.isascii() and len(word.split()) == 1 for word in listed)


def test_the_terms_that_are_kept_are_those_of_the_word_lists() -> None:
    hint = "run python -m tests.train.make_terms"
    assert thesaurus.SYNONYMS.read_text("utf-8") == make_terms.make_synonyms(), hint
    assert thesaurus.PLAIN.read_text("utf-8") == make_terms.make_plain(), hint
