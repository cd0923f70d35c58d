"""What the bot shows: quotations verbatim, citations in bold, places, headings, and buttons that fit."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.commands import Face, list_commands
from bot.conversation.dialogue import Context, Details, Listing
from bot.pages.digest import REPORTED
from bot.pages.lines import clean
from bot.pages.render import render_help
from bot.telegram.screens import quotations, screens
from bot.telegram.screens.marked_text import BOLD, DATE, FOLDED, LINK, QUOTE, Text, make_entities, split_messages
from bot.telegram.screens.screens import Quoted
from bot.telegram.screens.wording import wording
from index import Article, Verdict
from index.citations import Finding, Outcome
from index.digest import DigestKind
from index.digest.making import make_digest
from tests.digest.test_digests import STORY
from tests.support.replies import CARD, article, citation, passage, reply


def words(screen):
    return "\n\n".join(block.text for block in screen.blocks)


def marked(screen, *kinds):
    return [block.text[mark.start : mark.end] for block in screen.blocks for mark in block.marks if mark.kind in kinds]


def test_an_answer_opens_with_the_cited_sentence_and_folds_the_passage():
    shown = quotations.draw_answer(reply())
    assert words(shown) == (
        "She blamed a worn cable.\n"
        "Port of Eastmoor closes after crane falls\nTern Agency · 14 March 2024, 09:10 · LEAD · paragraph 2\n"
        "Nobody was hurt, Brandt said. She blamed a worn cable.\n\nThe port handles 40 ships a week."
    )
    assert marked(shown, QUOTE) == ["She blamed a worn cable."]
    assert marked(shown, FOLDED) == [passage().text]
    assert marked(shown, BOLD) == ["She blamed a worn cable."] * 2
    labels = [[button.label for button in row] for row in shown.rows]
    assert labels == [["In context"], ["Verify", "Open article"]]


def test_a_fold_says_no_more_than_what_is_left():
    first = citation("Nobody was hurt, Brandt said.", sentence=2)
    rest = "She blamed a worn cable.\n\nThe port handles 40 ships a week."
    assert marked(quotations.draw_answer(reply(Verdict.ANSWERED, passage(first))), FOLDED) == [rest]
    alone = passage(citation(start=100, end=124), text="She blamed a worn cable.")
    assert marked(quotations.draw_answer(reply(Verdict.ANSWERED, alone)), FOLDED) == []


def test_a_group_gets_the_sentence_and_its_article_alone():
    shown = quotations.draw_answer(reply(Verdict.ANSWERED, passage(), passage()), short=True)
    assert words(shown).count("\n") == 2
    assert marked(shown, FOLDED) == []
    assert [[button.label for button in row] for row in shown.rows] == [["In context", "More", "Verify"]]


def test_the_headline_leads_to_the_sentence_where_the_article_has_an_address():
    url = "https://news.example/story#:~:text=worn"
    shown = quotations.draw_answer(reply(Verdict.ANSWERED, passage(citation(url=url))))
    assert marked(shown, LINK) == [CARD.title]
    assert [mark.url for block in shown.blocks for mark in block.marks if mark.kind == LINK] == [url]


def test_a_date_is_one_for_telegram_only_where_its_zone_is_known():
    known = replace(CARD, published=CARD.published.replace(tzinfo=timezone(timedelta(hours=9))))
    shown = quotations.draw_answer(reply(Verdict.ANSWERED, passage(card=known)))
    assert marked(shown, DATE) == ["14 March 2024, 09:10 +0900"]
    (entity,) = [each for each in make_entities(shown.blocks[0]) if each["type"] == DATE]
    assert entity["unix_time"] == 1710375000
    assert marked(quotations.draw_answer(reply()), DATE) == []
    assert all("unix_time" not in each for each in make_entities(quotations.draw_answer(reply()).blocks[0]))
    again = split_messages([Text("x " * 3000), *shown.blocks])[-1]
    assert [mark.when for mark in again.marks if mark.kind == DATE] == [1710375000]


def test_one_quotation_is_shown_where_the_answer_is_sure():
    several = (passage(), passage(), passage())
    sure = reply(Verdict.ANSWERED, *several, confidence=quotations.SURE)
    unsure = replace(sure, confidence=quotations.SURE - 0.01)
    assert len(quotations.draw_answer(sure).blocks) == 1
    assert len(quotations.draw_answer(unsure).blocks) == 3
    weak = replace(several[1], score=0.44)
    assert len(quotations.draw_answer(replace(unsure, passages=(several[0], weak))).blocks) == 1
    assert "More" in [button.label for row in quotations.draw_answer(sure).rows for button in row]
    two = replace(sure, passages=several[:2])
    assert "More" not in [button.label for row in quotations.draw_answer(two, 1).rows for button in row]


def test_several_quotations_have_their_numbers_and_buttons_by_name():
    two = passage(citation(), citation("Nobody was hurt, Brandt said.", score=0.5, sentence=2))
    same = reply(Verdict.RELATED, two, passage(), passage())
    shown = quotations.draw_answer(same)
    assert [line for line in words(shown).split("\n") if line.startswith("[")] == [
        f"[{number}] {CARD.title}" for number in (1, 3, 4)
    ]
    buttons = [button for row in shown.rows for button in row]
    assert [button.action for button in buttons] == ["c1", "c3", "c4", "n"]
    assert {button.label for button in buttons[:3]} == {"In context: “She blamed a worn cable.”"}
    other = passage(card=replace(CARD, id="f" * 20, title="Another story"))
    apart = quotations.draw_answer(replace(same, passages=(two, other)))
    assert [button.label for row in apart.rows for button in row] == [
        f"In context: {CARD.title}",
        "In context: Another story",
        "Verify",
    ]
    assert quotations.draw_answer(same, 2).blocks[0].text.startswith("She blamed")
    assert "\n[4] " in words(quotations.draw_answer(same, 2))


def test_a_passage_of_another_story_is_said_to_be_of_one():
    other = passage(card=replace(CARD, id="f" * 20, title="Another story"))
    found = reply(Verdict.RELATED, passage(), other)
    assert words(quotations.draw_answer(found)).count(wording.OTHER_STORY) == 1
    more = words(quotations.draw_answer(found, 1))
    assert more.index("She blamed") == 0 < more.index(wording.OTHER_STORY)
    versions = [passage(card=replace(CARD, id=key * 20, story="crane")) for key in "ab"]
    assert wording.OTHER_STORY not in words(quotations.draw_answer(reply(Verdict.RELATED, *versions)))


def test_the_verdict_stands_below_the_sentence_and_a_refusal_first():
    related = quotations.draw_answer(reply(Verdict.RELATED, understood="Who blamed it?"))
    lines = words(related).split("\n")
    assert lines[0] == "She blamed a worn cable."
    assert lines[3:6] == ["Not said outright. This comes closest.", "Because.", "Understood as: Who blamed it?"]
    refused = quotations.draw_answer(reply(Verdict.REFUSED), instead=("Who was hurt?", "What closed?"))
    assert words(refused) == "No answer in what was searched.\nBecause.\n\nThese it does answer:"
    assert [[(button.label, button.action) for button in row] for row in refused.rows] == [
        [("Who was hurt?", "s0")],
        [("What closed?", "s1")],
    ]
    assert quotations.draw_answer(reply(Verdict.REFUSED)).rows == ()
    asked = replace(reply(), question="Did a cable break?")
    assert wording.NO_VERDICT in words(quotations.draw_answer(asked))


def test_a_sentence_as_long_as_a_page_is_folded():
    long = citation("x" * 1300)
    shown = quotations.draw_answer(reply(Verdict.ANSWERED, passage(long, text="x" * 1300)))
    assert marked(shown, FOLDED) == [long.text]
    assert marked(shown, QUOTE) == []


def test_the_article_opens_at_its_address_or_here():
    known = replace(CARD, url="https://news.example/a")
    assert quotations.draw_answer(reply(Verdict.ANSWERED, passage(card=known))).rows[1][1].url == known.url
    assert quotations.draw_answer(reply()).rows[1][1].action == "o1"
    assert not quotations.can_open(replace(CARD, url="javascript:alert(1)"))


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


def surround(story, number=2, **changed):
    cited = story.sentences[number]
    where = citation("", start=cited.start, end=cited.end, paragraph=cited.paragraph)
    return Context(replace(story, **changed), 1, replace(where, text=story.quote(cited)))


def test_context_shows_the_paragraphs_around_with_the_words_in_bold():
    shown = surround(article())
    screen = quotations.draw_context(shown)
    assert marked(screen, BOLD) == [shown.citation.text]
    assert (len(marked(screen, QUOTE)), marked(screen, FOLDED)) == (1, [])
    assert screen.quoted == Quoted(
        shown.citation.text, ({"type": BOLD, "offset": 0, "length": len(shown.citation.text)},)
    )
    assert words(screen).endswith("paragraph 2 of 4")
    assert screen.rows == ()
    assert quotations.draw_context(surround(article(), url="https://n.example/")).rows


def test_of_long_paragraphs_only_the_cited_one_is_unfolded():
    long = "It rained on the quay and on the ships that lay there. " * 20
    story = Article.from_text(f"{long}\n\nBrandt blamed a worn cable. {long}\n\n{long}")
    number = next(at for at, each in enumerate(story.sentences) if "cable" in story.quote(each))
    screen = quotations.draw_context(surround(story, number))
    assert [each.startswith("Brandt blamed") for each in marked(screen, QUOTE)] == [True]
    assert len(marked(screen, FOLDED)) == 2


def test_a_citation_is_copied_and_explained_from_its_context():
    shown = surround(article())
    rows = quotations.draw_context(shown, kept=True).rows
    assert [button.label for row in rows for button in row] == ["Copy citation", "Why this", "Open article"]
    assert shown.citation.text in rows[0][0].copy
    long = replace(shown, citation=replace(shown.citation, text="x" * 300))
    assert quotations.draw_context(long, kept=True).rows[0][0].action == "p1"


def test_findings_are_told_in_words_and_once_for_an_article():
    def find(outcome, number=1):
        return Finding(outcome, "offset 12 of article 97ca, see --from", article_id=CARD.id, number=number)

    two = reply(Verdict.ANSWERED, passage(citation(), citation("Nobody was hurt, Brandt said.")))
    told = {outcome: words(quotations.draw_findings(two, [find(outcome), find(outcome, 2)])) for outcome in Outcome}
    assert set(wording.FOUND) == {outcome.value for outcome in Outcome} - {"verified"}
    assert told[Outcome.VERIFIED] == "Checked again: 2 of 2 cited sentences stand in the article, word for word."
    assert told[Outcome.UNKNOWN] == wording.FOUND["unknown"].format(title=CARD.title)
    assert all(text.count(CARD.title) == 1 for outcome, text in told.items() if outcome is not Outcome.VERIFIED)
    assert all("97ca" not in text and "--" not in text for text in told.values())
    some = words(quotations.draw_findings(two, [find(Outcome.VERIFIED), find(Outcome.ORPHANED, 2)]))
    assert some.startswith("Checked again; 1 of 2 cited sentences no longer hold:\nThe text of")


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
