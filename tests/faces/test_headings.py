"""What heads a reply: the same words in every face, from one table."""

import ast
from html import unescape

import pytest

from bot.pages.lines import format_reply, render_plain, render_reply
from bot.telegram.screens.quotations import draw_answer
from index import Verdict
from index.citations import reading_page, transcript
from index.verdicts import FURTHER, HEADINGS, SHORT_HEADINGS, UNDERSTOOD
from tests.support.replies import article, passage, reply
from tests.support.source import read_modules


def draw(shown):
    return "\n\n".join(block.text for block in draw_answer(shown).blocks)


def test_each_verdict_has_its_heading():
    assert set(HEADINGS) == set(Verdict)
    assert set(SHORT_HEADINGS) == set(Verdict) - {Verdict.ANSWERED}


@pytest.mark.parametrize("verdict", Verdict)
def test_every_face_heads_a_reply_by_the_same_words(verdict):
    shown, heading = reply(verdict), HEADINGS[verdict]
    pages = {
        "console": render_plain(render_reply(shown)),
        "telegram": draw(shown),
        "Markdown": transcript([("?", shown)], "md"),
        "page": unescape(reading_page(article(), shown)),
    }
    heads_answers = {"page"}
    for face, text in pages.items():
        if face == "telegram" and verdict is Verdict.RELATED:  # the sentence comes first there, for a notification
            heading = SHORT_HEADINGS[verdict]
            assert text.index(shown.citations[0].text) < text.index(heading)
        assert (heading in text) == (verdict is not Verdict.ANSWERED or face in heads_answers), face
    if verdict is not Verdict.ANSWERED:
        assert format_reply(shown).startswith(SHORT_HEADINGS[verdict])


def test_what_was_understood_is_told_in_the_same_words():
    shown = reply(Verdict.ANSWERED, passage(), passage(), understood="Who fell?")
    told = UNDERSTOOD.format("Who fell?")
    for text in (
        render_plain(render_reply(shown)),
        draw(shown),
        transcript([("?", shown)], "md"),
        transcript([("?", shown)], "html"),
    ):
        assert told in unescape(text)
    for text in (
        render_plain(render_reply(shown)),
        transcript([("?", shown)], "md"),
        transcript([("?", shown)], "html"),
    ):
        assert FURTHER in text


def test_no_other_module_words_them_again():
    said = [*HEADINGS.values(), *SHORT_HEADINGS.values(), UNDERSTOOD.partition("{")[0], FURTHER]
    for module in read_modules():
        if module.name == "index.verdicts":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = [words for words in said if words.rstrip(".: ") in node.value]
                assert not found, f"{module.path}:{node.lineno} says {found[0]!r} by itself"
