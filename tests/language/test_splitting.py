"""Sentences in languages other than English: thirty cases of our own each, one a line, "‖" where a sentence ends."""

from pathlib import Path

import pytest

from index.language.language import get_language

CASES = {path.stem: path.read_text("utf-8").splitlines() for path in Path(__file__).parent.glob("splitting/*.txt")}


def split(code, text):
    return [text[start:end] for start, end in get_language(code).split_sentences(text)]


@pytest.mark.parametrize("code", sorted(CASES))
def test_sentences_end_where_they_should(code):
    wrong = []
    for line in CASES[code]:
        expected = [part.strip() for part in line.split("‖")]
        found = split(code, line.replace("‖ ", "").replace("‖", ""))
        if found != expected:
            wrong.append((expected, found))
    assert len(CASES[code]) >= 30
    assert wrong == []
