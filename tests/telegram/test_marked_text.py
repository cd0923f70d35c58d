"""Marked text becomes messages within every limit of Telegram's, and says the same words."""

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.telegram.screens.marked_text import (
    BETWEEN,
    BOLD,
    FOLDED,
    LINK,
    LONGEST,
    QUOTE,
    Text,
    join_texts,
    link_text,
    make_entities,
    split_messages,
)

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


def quoted(words, cited):
    """Return a quotation of some words of which every `cited`-th is a citation."""
    pieces = (Text(word).with_mark(BOLD) if at % cited == 0 else Text(word) for at, word in enumerate(words))
    return join_texts(pieces, " ").with_mark(FOLDED)


BLOCKS = st.lists(
    st.one_of(
        st.builds(quoted, st.lists(WORDS, min_size=1, max_size=300), st.integers(1, 9)),
        st.builds(link_text, WORDS, st.builds(lambda n: "https://news.example/" + "ä" * n, st.integers(0, 2500))),
        WORDS.map(Text),
    ),
    max_size=8,
)


def unnumbered(parts):
    if len(parts) == 1:
        return [part.text for part in parts]
    return [re.sub(r"^\d+/\d+\n", "", part.text, count=1) for part in parts]


def squeezed(text):
    return "".join(text.split())


@settings(deadline=None, max_examples=40)
@given(BLOCKS)
def test_messages_keep_every_limit_and_every_word(blocks):
    parts = split_messages(blocks)
    assert squeezed("".join(unnumbered(parts))) == squeezed("".join(block.text for block in blocks))
    for part in parts:
        made = make_entities(part)
        assert 1 <= len(part.text) <= 4096
        assert part.text.strip()
        assert len(made) <= 100
        assert len(json.dumps(made)) <= 9500
        units = len(part.text.encode("utf-16-le")) // 2
        assert all(each["offset"] >= 0 < each["length"] <= units - each["offset"] for each in made)


@settings(deadline=None, max_examples=40)
@given(BLOCKS)
def test_offsets_are_those_of_the_library(blocks):
    for part in split_messages(blocks):
        plain = [
            MessageEntity(mark.kind, mark.start, mark.end - mark.start, url=mark.url or None) for mark in part.marks
        ]
        expected = MessageEntity.adjust_message_entities_to_utf_16(part.text, plain)
        found = make_entities(part)
        assert found == [each.to_dict() for each in expected]
        decoded = part.text.encode("utf-16-le")
        for entity, mark in zip(found, part.marks, strict=True):
            half = decoded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])]
            assert half.decode("utf-16-le") == part.text[mark.start : mark.end]  # fails on half a surrogate pair


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=200), min_size=1, max_size=5), st.integers(1, 5))
def test_no_citation_that_fits_a_message_is_cut(rows, cited):
    blocks = [quoted(words, cited) for words in rows]
    bold = [block.text[mark.start : mark.end] for block in blocks for mark in block.marks if mark.kind == BOLD]
    shown = [
        part.text[mark.start : mark.end] for part in split_messages(blocks) for mark in part.marks if mark.kind == BOLD
    ]
    assert shown == bold


def test_a_quotation_is_cut_in_verbatim_pieces():
    words = " ".join(f"wörd😀{n}" for n in range(2000))
    parts = split_messages([Text(words).with_mark(QUOTE)])
    assert len(parts) > 1
    pieces = [part.text[mark.start : mark.end] for part in parts for mark in part.marks if mark.kind == QUOTE]
    assert "".join(pieces) == words
    assert [part.text.split("\n")[0] for part in parts] == [f"{n}/{len(parts)}" for n in range(1, len(parts) + 1)]


def test_a_sentence_longer_than_a_message_is_cut_all_the_same():
    parts = split_messages([Text("x" * 10_000).with_mark(BOLD)])
    assert "".join(unnumbered(parts)) == "x" * 10_000
    assert all(any(mark.kind == BOLD for mark in part.marks) for part in parts)


def test_blocks_part_at_their_borders():
    blocks = [Text("a" * 2000), Text("b" * 2000), Text("c" * 2000)]
    assert unnumbered(split_messages(blocks)) == ["a" * 2000 + BETWEEN + "b" * 2000, "c" * 2000]


def test_what_fits_is_one_message_without_a_number():
    assert split_messages([Text("a"), Text(""), Text("b")]) == (Text(f"a{BETWEEN}b"),)
    assert split_messages([]) == split_messages([Text("  \n")]) == ()
    assert len(split_messages([Text("😀" * LONGEST)])) == 1
    assert len(split_messages([Text("😀" * LONGEST + "!")])) == 2


def test_an_address_too_long_loses_its_fragment_and_then_is_no_link():
    page = "https://news.example/story"
    assert link_text("[1]", f"{page}#:~:text=quay").marks[0].url.endswith("quay")
    assert link_text("[1]", f"{page}#:~:text={'q' * 3000}").marks[0].url == page
    assert link_text("[1]", page + "q" * 3000) == link_text("[1]", None) == link_text("[1]", "") == Text("[1]")
    assert link_text("[1]", page).marks[0].kind == LINK
