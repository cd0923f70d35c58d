"""Markdown: the text stays as it is, and its marks become blocks."""

from datetime import datetime

import pytest

from index.errors import UnsupportedFormat
from index.model import Kind
from index.sources.markdown import read_markdown


def blocks(text):
    document = read_markdown(text.encode(), "story.md")
    assert document.text == text
    return [(text[block.start : block.end], block.kind) for block in document.blocks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("First line\ngoes on.\n\nSecond.", [("First line\ngoes on.", None), ("Second.", None)]),
        ("# Storm hits coast #", [("Storm hits coast", Kind.HEADLINE)]),
        ("#hashtag", [("#hashtag", None)]),
        ("Storm\n===", [("Storm", Kind.HEADLINE), ("===", Kind.FURNITURE)]),
        ("- one\n- [x] two\n1) three", [("one", Kind.BODY), ("two", Kind.BODY), ("three", Kind.BODY)]),
        ("> quoted\n> still", [("quoted\n> still", Kind.BODY)]),
        ("```py\ncode\n```", [("```py", Kind.FURNITURE), ("code", Kind.FURNITURE), ("```", Kind.FURNITURE)]),
        ("~~~\nnever closed\n\ntext", [(part, Kind.FURNITURE) for part in ("~~~", "never closed", "text")]),
        ("***", [("***", Kind.FURNITURE)]),
        ("![crane](crane.png)", [("![crane](crane.png)", Kind.FURNITURE)]),
        ("[1]: https://news.example", [("[1]: https://news.example", Kind.FURNITURE)]),
    ],
)
def test_blocks(text, expected):
    assert blocks(text) == expected


def test_front_matter_is_stated_and_never_cited():
    stated = 'title: "The storm"\ndate: 2024-01-03\nauthor: [Ida Fenn]\nurl: https://news.example\n'
    text = f"---\n{stated}---\n\n# Other\n\nIt hit."
    known = read_markdown(text.encode(), "story.md").known
    assert (known.title, known.published, known.byline) == ("The storm", datetime(2024, 1, 3), "Ida Fenn")
    assert known.url == "https://news.example"
    first, kind = blocks(text)[0]
    assert first.startswith("---\ntitle")
    assert kind is Kind.FURNITURE


def test_without_front_matter_the_first_heading_is_the_title_without_its_marks():
    assert read_markdown(b"# *Storm* hits `coast`, [again](x)\n\nIt hit.", "story.md").known.title == (
        "Storm hits coast, again"
    )


def test_an_open_front_matter_is_text():
    assert read_markdown(b"---\ntitle: Storm\n\nIt hit.", "story.md").known.title == ""


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("It costs ~~seven~~ nine.", "It costs nine."),
        ("It costs ~~seven\nor eight~~ nine.", "It costs nine."),
        ("It costs <del>seven</del> nine.", "It costs nine."),
        ("The piles are weak.[^1] Nobody knew.", "The piles are weak. Nobody knew."),
        ("[^1]: So it is.", "[^1]: So it is."),
        ("10<sup>6</sup> piles<sup>1</sup>", "10⁶ piles"),
        ("~5 km or ~ 6 km, ~~ all", "~5 km or ~ 6 km, ~~ all"),
        ("~~a\n\nb~~", "~~a\n\nb~~"),
        ("~~~\ncode\n~~~", "~~~\ncode\n~~~"),
        ("**Breaking:**The minister said **no**.", "Breaking:The minister said no."),
        ("“**No,**” he said in **bold\nwords *of* his**.", "“No,” he said in bold\nwords *of* his."),
        ("2**3 and 4**5, `**kwargs` and `**args`", "2**3 and 4**5, `**kwargs` and `**args`"),
        (
            'See [the page](https://news.example/a_(b) "Call"), [1] and ![a pier](p.png).',
            "See the page, [1] and ![a pier](p.png).",
        ),
        ("`[code](x)`, list[0](x) and [never\nended](x)", "`[code](x)`, list[0](x) and [never\nended](x)"),
        ('<div class="ad">Ferries <b>stop</b><br>in June.</div>', "Ferries stop in June."),
        ("It stops <!-- when? - ask -->in June.", "It stops in June."),
        ("<details><summary>More</summary>", "More"),
        ("a < b and c > d, `<b>`, <q", "a < b and c > d, `<b>`, <q"),
        ("** not ** and **never\n\nended** and \\**so**", "** not ** and **never\n\nended** and \\**so**"),
    ],
)
def test_what_is_taken_back_and_marks_are_no_words(text, read):
    assert read_markdown(text.encode(), "story.md").text == read


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(UnsupportedFormat):
        read_markdown(bytes(range(256)) * 4, "story.md")
