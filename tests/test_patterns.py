"""No regular expression of the package takes more than linear time, whatever it meets; none escapes the measure."""

import json
import re
import subprocess
import sys

import pytest

from index import patterns
from index.language.wordlists import match_any
from tests.support.paths import ROOT
from tests.support.patterns import BOUND, KNOWN, SECRET, Pattern, collect, list_shapes


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
