"""No tracked file shares a run of eight words with the texts of ../shared/seed; names are excepted."""

import re

import pytest

from tests.support.paths import ROOT, SEED, need_shared
from tests.support.source import tracked

RUN = 8
NAMES = 6  # a run in which so many words carry a capital is a list of names, titles or dates, nobody's own wording

ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\[nrt\"'\\]")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words as written; escapes of Python and JSON strings are undone, for a copy may hide in one."""
    plain = ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", text)
    return [word.replace("’", "'") for word in WORD.findall(plain)]


def runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of eight words in lower case, those made of names left out."""
    written = words(text)
    found = (tuple(written[i : i + RUN]) for i in range(len(written) - RUN + 1))
    return {tuple(word.casefold() for word in run) for run in found if sum(word[0].isupper() for word in run) < NAMES}


def copied(text: str, originals: set[tuple[str, ...]]) -> list[str]:
    """Return the runs of `originals` that occur in the text, whatever its capitals, in order of the alphabet."""
    lower = [word.casefold() for word in words(text)]
    return sorted(
        {" ".join(run) for i in range(len(lower) - RUN + 1) if (run := tuple(lower[i : i + RUN])) in originals}
    )


@pytest.fixture(scope="module")
def originals() -> set[tuple[str, ...]]:
    found = {run for path in need_shared(SEED).glob("*.txt") for run in runs(path.read_text(encoding="utf-8"))}
    assert found, "the texts of ../shared/seed hold no run of eight words: this test would compare nothing"
    return found


def test_no_tracked_file_copies_a_run_of_eight_words(originals):
    files = tracked()
    assert files, "no file was found: this test would compare nothing"
    copies = {
        str(path.relative_to(ROOT)): found
        for path in files
        if (found := copied(path.read_bytes().decode(errors="replace"), originals))
    }
    assert not copies


def test_a_run_planted_in_a_text_is_found(originals):
    planted = next(iter(sorted(originals)))
    assert copied(f"Our own words come first, {' '.join(planted).upper()}, and ours come last.", originals) == [
        " ".join(planted)
    ]


ORIGINAL = "The harbour office counted seven grey seals on the old pier, a spokesman told the Daily Gull."


@pytest.mark.parametrize(
    "copy",
    [
        "He counted seven grey seals on the old pier, he said.",
        "COUNTED SEVEN GREY SEALS: ON THE OLD PIER",
        '"counted seven grey "\n    "seals on the old pier"',
        r'{"text": "counted seven grey\nseals on the\told \"pier\""}',
        r"counted seven \u0067rey seals on the old pier",
    ],
)
def test_a_copy_is_found_through_capitals_line_breaks_and_escapes(copy):
    assert copied(copy, runs(ORIGINAL)) == ["counted seven grey seals on the old pier"]


@pytest.mark.parametrize("text", ["counted seven grey seals on the new pier", "seven grey seals on the old pier", ""])
def test_seven_words_are_no_copy(text):
    assert copied(text, runs(ORIGINAL)) == []


def test_a_run_of_names_is_no_copy():
    names = "President Ada Lind and Foreign Minister Juan Roe Castellane left"
    assert copied(names, runs(f"Yesterday {names} together for the airport by train")) == []
