"""What the bot shows: quotations verbatim, citations in bold, places, headings, and buttons that fit."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.commands import Face, list_commands
from bot.conversation.dialogue import Context, Details, Listing
from bot.pages.digest import REPORTED
from bot.pages.lines import clean
from bot.pages.render import render_help
from bot.telegram.screens import screens, wording
from bot.telegram.screens.marked_text import BOLD, FOLDED, LINK, QUOTE, split_messages
from index import Article, Verdict
from index.digest import DigestKind
from index.digest.making import make_digest
from tests.digest.test_digests import STORY
from tests.support.replies import CARD, article, citation, passage, reply


def words(screen):
    return "\n\n".join(block.text for block in screen.blocks)


def marked(screen, *kinds):
    return [block.text[mark.start : mark.end] for block in screen.blocks for mark in block.marks if mark.kind in kinds]


def test_an_answer_quotes_the_passage_and_says_where_it_stands():
    shown = screens.draw_answer(reply())
    assert marked(shown, QUOTE) == [passage().text]
    assert marked(shown, BOLD) == ["She blamed a worn cable."]
    assert words(shown).endswith(
        "[1] paragraph 2, sentence 3\n"
        "Port of Eastmoor closes after crane falls\nTern Agency · 14 March 2024, 09:10 · LEAD"
    )
    labels = [[button.label for button in row] for row in shown.rows]
    assert labels == [["In context"], ["Next passage", "Why this", "Verify"], ["Copy citation", "Open article"]]


def test_marks_are_links_where_the_article_has_an_address():
    url = "https://news.example/story#:~:text=worn"
    shown = screens.draw_answer(reply(Verdict.ANSWERED, passage(citation(url=url))))
    assert marked(shown, LINK) == ["[1]"]


def test_several_passages_count_their_citations_on():
    two = passage(citation(), citation("Nobody was hurt, Brandt said.", score=0.5, sentence=2))
    shown = screens.draw_answer(reply(Verdict.ANSWERED, two, passage(), passage()))
    first, second = "[1] “She blamed a worn cable.”, paragraph 2, sentence 3", "[2] “Nobody was hurt, Brandt said.”"
    assert f"{first}\n{second}" in words(shown)
    assert [button.action for button in shown.rows[0]] == ["c1", "c3", "c4"]
    assert words(shown).count(CARD.title) == 1
    other = replace(CARD, id="f" * 20, title="Another story")
    assert (
        words(screens.draw_answer(reply(Verdict.ANSWERED, two, passage(card=other), passage()))).count(CARD.title) == 2
    )
    later = screens.draw_answer(reply(Verdict.ANSWERED, two, passage(), passage()), 2)
    assert words(later).count("[4]") == 1
    assert len(marked(later, QUOTE, FOLDED)) == 1
    assert len(marked(screens.draw_answer(reply(Verdict.ANSWERED, two, passage()), short=True), QUOTE, FOLDED)) == 1


def test_a_related_reply_and_a_refusal_say_so_first():
    related = screens.draw_answer(reply(Verdict.RELATED, understood="Who blamed it?"))
    assert words(related).startswith(
        "Understood as: Who blamed it?\n\nNot said outright. The closest passages, not an answer:\nBecause."
    )
    refused = screens.draw_answer(reply(Verdict.REFUSED), instead=("Who was hurt?", "What closed?"))
    assert words(refused) == "No answer in what was searched.\nBecause.\n\nThese it does answer:"
    assert [[(button.label, button.action) for button in row] for row in refused.rows] == [
        [("Who was hurt?", "s0")],
        [("What closed?", "s1")],
    ]
    assert screens.draw_answer(reply(Verdict.REFUSED)).rows == ()


def test_long_quotations_are_folded_and_only_short_first_ones_are_not():
    usual = passage(text="She blamed a worn cable." + " Rain fell." * 60)
    assert marked(screens.draw_answer(reply(Verdict.ANSWERED, usual)), QUOTE) == [usual.text]
    long = passage(text="She blamed a worn cable." + " Rain fell." * 200)
    shown = screens.draw_answer(reply(Verdict.ANSWERED, long))
    assert marked(shown, FOLDED) == [long.text]
    assert "[1] “She blamed a worn cable.”, paragraph" in words(shown)  # what the fold may hide
    second = screens.draw_answer(reply(Verdict.ANSWERED, passage(), passage()))
    assert len(marked(second, QUOTE)) == len(marked(second, FOLDED)) == 1


def test_the_article_opens_at_its_address_and_a_long_citation_is_copied_otherwise():
    known = replace(CARD, url="https://news.example/a")
    rows = screens.draw_answer(reply(Verdict.ANSWERED, passage(card=known))).rows
    assert rows[2][1].url == known.url
    assert rows[2][0].copy.startswith("“She blamed a worn cable.”")
    long = citation("x" * 300)
    rows = screens.draw_answer(reply(Verdict.ANSWERED, passage(long, text="x" * 300))).rows
    assert (rows[2][0].action, rows[2][1].action) == ("p1", "o1")
    assert not screens.can_open(replace(CARD, url="javascript:alert(1)"))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=40), st.data())
def test_a_quotation_joins_to_the_passage_word_for_word(pieces, data):
    text = "".join(pieces)
    spans, at = [], 0
    for piece in pieces:
        spans.append((at, at + len(piece)))
        at += len(piece)
    chosen = data.draw(st.lists(st.sampled_from(spans), unique=True, max_size=5))
    cited = [replace(citation(), start=50 + a, end=50 + b, text=text[a:b]) for a, b in chosen]
    shown = screens.mark_quotation(text, 50, cited)
    expected, done = "", 0
    for start, end in sorted(chosen):
        expected += clean(text[done:start]) + clean(text[start:end])
        done = end
    assert shown.text == expected + clean(text[done:])
    bold = [shown.text[mark.start : mark.end] for mark in shown.marks]
    assert bold == [clean(text[a:b]) for a, b in sorted(chosen) if clean(text[a:b])]


def test_context_shows_the_paragraphs_around_with_the_words_in_bold():
    story = article()
    cited = story.sentences[2]
    where = citation("", start=cited.start, end=cited.end, paragraph=cited.paragraph)
    where = replace(where, text=story.quote(cited))
    shown = screens.draw_context(Context(story, 1, where))
    assert marked(shown, BOLD) == [story.quote(cited)]
    assert shown.quote == story.quote(cited)
    assert "[1] paragraphs 1 to 3 of 4" in words(shown)
    assert screens.draw_context(Context(replace(story, url="https://n.example/"), 1, where)).rows


def test_a_list_has_pages_of_buttons():
    entries = tuple((n, replace(CARD, id=str(n), title=f"Story {n}")) for n in range(1, 15))
    first = screens.draw_listing(Listing(entries[:6], 14, chosen=("2",), note="Several match."), 0)
    assert words(first).startswith("Several match.\n\n1. Story 1\n")
    assert "* 2. Story 2" in words(first)
    assert [button.action for button in first.rows[0]] == ["u0", "u1", "u2", "u3", "u4", "u5"]
    assert [button.action for button in first.rows[1]] == ["g6"]
    middle = screens.draw_listing(Listing(entries[6:12], 14), 6)
    assert [button.action for button in middle.rows[1]] == ["g0", "g12"]
    assert [button.action for button in screens.draw_listing(Listing(entries[12:], 14), 12).rows[1]] == ["g6"]
    assert len(screens.draw_listing(Listing(entries[:2], 2), 0).rows) == 1


def test_why_and_other_pages_become_marked_text():
    explained = {
        "words": [{"word": "cable", "term": "cabl", "weight": 1.5, "where": "sentence"}],
        "features": [{"name": "cover", "value": 1.0, "weight": 2.0, "part": 2.0}],
        "bias": -1.0,
        "score": 1.0,
    }
    assert "cable" in words(screens.draw_why(reply(explain=explained)))
    assert "/articles" in screens.mark_page(render_help(list_commands(Face.CONSOLE))).text
    assert "Tern Agency" in words(screens.draw_card(Details(CARD)))
    assert words(screens.draw_note("a\x1b", "b")) == "a␛\nb"


@pytest.mark.parametrize("name", [name for name in vars(wording) if name.isupper()])
def test_texts_of_the_interface_fit_a_message(name):
    value = vars(wording)[name]
    for line in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]:
        assert 0 < len(line) <= 1000
        assert len(split_messages([screens.draw_note(line).blocks[0]])) == 1


def test_a_digest_quotes_each_sentence_under_its_label():
    told = Article.from_text(STORY)
    shown = screens.draw_digest(make_digest(told, DigestKind.QUOTES))
    quoted = marked(shown, QUOTE)
    assert quoted
    assert all(words in told.text for words in quoted)
    assert marked(shown, BOLD)[0] == "Ada Kessler"
    assert f"{REPORTED}:" in words(shown)
    assert words(shown).count("[1]") == 1
    nothing = screens.draw_digest(make_digest(told, DigestKind.QUOTES, "Petra"))
    assert marked(nothing, BOLD) == ["The article attributes no words to Petra."]
    facts = words(screens.draw_digest(make_digest(told, DigestKind.LENGTH)))
    assert "\nsentences: " in facts
