"""No regular expression of the package takes more than linear time, whatever it meets; none escapes the measure."""

import json
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import patterns
from index.evidence.answer_types import TYPES
from index.language.wordlists import match_any
from tests.support.paths import ROOT
from tests.support.patterns import BOUND, KNOWN, SECRET, Pattern, collect, list_shapes
from tests.train import make_keys


def measure(*how):
    """Measure in a process of its own: what a pattern does without end must end with it."""
    command = [sys.executable, "-m", "tests.support.patterns", *how]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=3000).stdout)
    for row in told["rows"][:15]:
        print(f"{row['exponent']:5.2f} {row['characters']:8,} {row['seconds']:8.4f} s {row['call']:9} {row['place']}")
    return told["rows"]


def test_every_pattern_is_collected():
    patterns, lost = collect()
    assert lost == [], "say in tests/support/patterns.py what such a pattern is made of"
    assert len(patterns) > 250, "the rule looks at next to nothing"
    assert sum("telegram" in each.place for each in patterns) > 3
    assert any(SECRET[0] in str(each.text) for each in patterns if "logs.py" in each.place)


def test_no_pattern_is_more_than_linear_on_some_texts():
    rows = measure("quick")
    assert {row["place"]: row for row in rows if row["exponent"] > BOUND} == {}


@pytest.mark.check
def test_no_pattern_is_more_than_linear_from_1k_to_256k():
    rows = measure()
    assert {row["place"]: row for row in rows if row["exponent"] > BOUND} == {}


def test_patterns_that_are_known_to_be_bad_are_found():
    rows = measure("known")
    assert {row["pattern"] for row in rows if row["exponent"] > BOUND} == {text for text, _ in KNOWN}


def test_the_texts_are_made_of_the_patterns_own_parts():
    shapes = list_shapes(Pattern("here", r"ab(?:c[^d]*|e)f", 0, ("search",)), 1000)
    assert {("abc", "a", ""), ("ab", "cae", ""), ("abc", "a", "d")} <= set(shapes)


def test_a_folded_pattern_finds_whatever_the_case():
    folded = patterns.fold(r"\A(?P<WHO>US|[A-D]\S)\W\Z")
    assert folded == r"\A(?P<WHO>us|[a-d]\S)\W\Z"
    assert re.search(folded, "US!".casefold())["WHO"] == "us"


def test_words_of_one_first_letter_stand_together_in_a_pattern():
    words = "say says tell_me told t? st(?:op|ay)"
    pattern = match_any(words)
    assert pattern == "(?:s(?:ay|ays|t(?:op|ay))|t(?:ell me|old)|t?)"
    assert all(re.fullmatch(pattern, word) for word in ("say", "says", "tell me", "told", "t", "", "stop"))
    assert not re.fullmatch(pattern, "tell")


def test_the_keys_are_those_of_the_rare_patterns():
    assert patterns.KEYS.read_text("ascii") == make_keys.make_patterns(), "run python -m tests.train.make_keys"
    assert [text for text, flags in make_keys.list_rare() if not make_keys.list_keys(text, flags)] == []


def test_a_rare_pattern_is_compiled_when_a_text_holds_its_keys():
    age = next(row for row in TYPES if row.name == "age")
    pattern = patterns.compile(patterns.fold(age.asked), rare=True)
    assert pattern.search("who won the race?") is None
    assert "search" not in vars(pattern)
    assert pattern.search("how old is she?")[0] == "how old"
    assert "search" in vars(pattern)
    assert pattern.search("who won the race?") is None


def test_a_rare_pattern_is_compiled_in_a_process_that_goes_on():
    pattern = patterns.compile(r"\bhow many\b", rare=True)
    for _ in range(patterns.FEW - 1):
        pattern.search("who won the race?")
    assert pattern.search("who won the race?") is None
    assert "search" not in vars(pattern)
    assert pattern.search("who won the race?") is None
    assert "search" in vars(pattern)


FOUND = st.sampled_from(list(make_keys.list_rare())).flatmap(
    lambda row: st.tuples(st.just(row), st.from_regex(re.compile(*row)))
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(FOUND)
def test_whatever_a_rare_pattern_finds_holds_its_keys(found):
    (pattern, flags), text = found
    assert patterns.compile(pattern, flags, rare=True).search(text)


def test_letters_that_case_makes_alike_are_read_alike():
    """Otherwise a pattern that ignores case would find something in a text in which its keys are not found."""
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    alike = set(re.findall("[a-z]", every, re.IGNORECASE))
    assert {patterns.simplify(each) for each in alike} == set("abcdefghijklmnopqrstuvwxyz")
