"""Each standard form is read back by a real reader of it."""

import json
import re
import warnings
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.citations import STYLES, cite
from index.citations.styles import name_hash
from index.citations.wording import clean
from index.model import Article, Card, Citation, Metadata, Status, hash_text, make_article_id
from index.verdicts import Reason

AWKWARD = (
    'A "50% & more" deal_{x} #1 ~ <b>bold</b> [link](javascript:x) $5^2 \\n `code` *it* | café “quoted” --- 1. end'
    " -- ``x'' } {"
)
SHA = hash_text("any")


def card(**known):
    values = {
        "title": "Costs & gains: the 10% {rule}",
        "agency": "Tern Agency",
        "byline": "Ida Fenn",
        "published": datetime(2024, 3, 14, 9, 10),
        "url": "https://news.example/a_b/c?d=1&e=%7E",
    } | known
    return Card(id=make_article_id(SHA), sha256=SHA, **values)


def citation(words=AWKWARD, url=None):
    return Citation(make_article_id(SHA), SHA, 4, 6, 100, 100 + len(words), words, 0.9, url=url)


def test_the_table_holds_the_forms_and_no_other():
    assert list(STYLES) == ["text", "markdown", "html", "bibtex", "csl", "annotation"]
    with pytest.raises(ValueError, match="there are text, markdown, html, bibtex, csl, annotation"):
        cite(card(), citation(), "apa")


def test_text_is_one_line_to_paste():
    assert cite(card(), citation("Nobody was hurt.")) == (
        "“Nobody was hurt.” (Costs & gains: the 10% {rule}, Tern Agency, 14 March 2024, paragraph 4) "
        "https://news.example/a_b/c?d=1&e=%7E"
    )
    bare = card(title="", agency="", published=None, url="")
    assert cite(bare, citation("“No,” he\nsaid. “No.”")) == "“No,” he said. “No.” (Untitled article, paragraph 4)"


def test_a_deep_link_wins_over_the_article_address():
    deep = "https://news.example/a#:~:text=x"
    assert cite(card(), citation(url=deep)).endswith(deep)
    assert json.loads(cite(card(), citation(url=deep), "csl"))[0]["URL"] == deep
    assert cite(card(), citation(url="javascript:x")).endswith("e=%7E")


# --- BibTeX, read by pybtex -------------------------------------------------------------


def read_bibtex(text):
    from pybtex.database import parse_string

    entries = parse_string(text, "bibtex").entries
    (key, entry), *rest = entries.items()
    assert not rest
    return key, entry


def as_set(latex):
    """What LaTeX sets for a field, as pybtex understands it; it does not know all names of signs."""
    from pybtex.richtext import Text

    signs = {
        "textbraceleft": "⦃",
        "textbraceright": "⦄",
        "textasciicircum": "⌃",
        "textbackslash": "⧵",
        "textbar": "⏐",
        "textless": "‹",
        "textgreater": "›",
    }
    for name, sign in signs.items():
        latex = latex.replace(f"\\{name}{{}}", sign)
    text = str(Text.from_latex(latex.replace(r"\$", "💲")))
    return text.translate(str.maketrans("⦃⦄⌃⧵⏐‹›💲", "{}^\\|<>$"))


def test_bibtex():
    key, entry = read_bibtex(cite(card(), citation(), "bibtex"))
    assert key == f"{make_article_id(SHA)}-100"
    assert entry.type == "misc"
    assert entry.fields["url"] == card().url
    assert (entry.fields["year"], entry.fields["month"]) == ("2024", "March")
    assert as_set(entry.fields["title"]) == card().title
    assert as_set(entry.fields["howpublished"]) == "Tern Agency"
    assert str(entry.persons["author"][0]) == "{Ida Fenn}"
    assert as_set(entry.fields["note"]) == f"Paragraph 4: {AWKWARD}"


def test_bibtex_leaves_out_what_is_not_known():
    _, entry = read_bibtex(cite(card(byline="", agency="", published=None, url=""), citation(), "bibtex"))
    assert set(entry.fields) == {"title", "note"}
    assert not entry.persons


# --- CSL-JSON, read by citeproc-py ------------------------------------------------------


def formatted(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from citeproc import Citation as Cited
        from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
        from citeproc.source.json import CiteProcJSON

        items = json.loads(text)
        source = CiteProcJSON(items)
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        bibliography = CitationStylesBibliography(style, source, formatter.plain)
        bibliography.register(Cited([CitationItem(items[0]["id"])]))
        return str(bibliography.bibliography()[0])


def test_csl():
    (item,) = json.loads(cite(card(status=Status.CORRECTED), citation(), "csl"))
    assert item["type"] == "article-newspaper"
    assert item["issued"] == {"date-parts": [[2024, 3, 14]]}
    assert item["status"] == "corrected"
    assert item["note"] == f"Paragraph 4: {AWKWARD}"
    line = formatted(cite(card(), citation(), "csl"))
    for words in ("Ida Fenn", "2024", "Costs & gains: the 10% {rule}", "Tern Agency"):
        assert words in line


def test_csl_of_an_article_of_which_little_is_known():
    assert "Untitled article" in formatted(
        cite(card(title="", byline="", agency="", published=None), citation(), "csl")
    )


# --- Web Annotation, read by iiif-prezi3 ------------------------------------------------


def annotation(article, cited):
    from iiif_prezi3 import Annotation

    text = cite(article, cited, "annotation")
    return Annotation.model_validate_json(text), json.loads(text)


def test_annotation():
    read, form = annotation(card(), citation())
    assert form["@context"] == "http://www.w3.org/ns/anno.jsonld"
    ours, page = (getattr(target, "root", target) for target in read.target)
    assert form["target"][0]["source"]["id"] == name_hash(SHA)
    assert form["target"][1]["source"]["id"] == card().url
    position, quote = form["target"][0]["selector"]
    assert position == {"type": "TextPositionSelector", "start": 100, "end": 100 + len(AWKWARD)}
    assert quote == {"type": "TextQuoteSelector", "exact": AWKWARD}
    kinds = [type(item.root).__name__ for item in ours.selector]
    assert kinds == ["TextPositionSelector", "TextQuoteSelector"]
    assert [type(item.root).__name__ for item in page.selector] == ["TextQuoteSelector"]


def test_an_annotation_of_a_whole_article_carries_the_words_around():
    text = "Rain fell. " * 5 + "It stopped on Monday. " + "Snow fell. " * 5
    article = Article.from_text(text, Metadata(url="javascript:x"))
    start = text.index("It stopped")
    cited = Citation(article.id, article.sha256, 1, 6, start, start + 21, "It stopped on Monday.", 0.9)
    read, form = annotation(article, cited)
    quote = form["target"]["selector"][1]
    assert text[start - 32 : start] == quote["prefix"]
    assert text[start + 21 : start + 53] == quote["suffix"]
    assert form["target"]["source"]["id"].startswith("ni:///sha-256;")
    assert read.id == form["id"]
    assert annotation(article, cited)[1] == form


# --- Markdown, read by markdown-it-py; HTML, read by lxml -------------------------------


def rendered(text):
    from lxml import html
    from markdown_it import MarkdownIt

    return html.fromstring(f"<div>{MarkdownIt('commonmark').enable(['table', 'strikethrough']).render(text)}</div>")


def test_markdown():
    page = rendered(cite(card(), citation(), "markdown"))
    first, second = page.xpath("./blockquote/p")
    assert first.text_content() == AWKWARD
    assert not len(first)
    assert second.text_content() == "— Costs & gains: the 10% {rule}, Tern Agency, 14 March 2024, paragraph 4"
    assert [link.get("href") for link in second.iter("a")] == [card().url]


@pytest.mark.parametrize(
    "words",
    [
        "1. One",
        "12) Two",
        "- dash",
        "+ plus",
        "= equal",
        "# head",
        "> quote",
        "--- rule",
        "    code",
        "| a | b |",
        "***",
    ],
)
def test_no_words_begin_a_list_a_heading_or_a_rule(words):
    page = rendered(cite(card(), citation(words), "markdown"))
    assert page.xpath("./blockquote/p")[0].text_content() == " ".join(words.split())
    assert {element.tag for element in page.iter()} == {"div", "blockquote", "p", "a"}


def test_html():
    from lxml import html

    page = html.fromstring(cite(card(), citation(), "html"))
    assert page.xpath("string(.//blockquote/p)") == AWKWARD
    assert page.xpath("string(.//blockquote/@cite)") == card().url
    assert page.xpath("string(.//cite/a/@href)") == card().url
    assert page.xpath("string(.//time/@datetime)") == "2024-03-14T09:10:00"
    assert page.xpath("string(.//figcaption)") == (
        "Costs & gains: the 10% {rule}, Tern Agency, 14 March 2024, paragraph 4"
    )
    assert not page.xpath(".//b")


# --- whatever the words are --------------------------------------------------------------

HOSTILE = "Title\x00\x1b[31m\x07 \u202egnp.exe\u2066\r\n\u2028next\ud800 <script>alert(1)</script>"


@pytest.mark.parametrize("style", STYLES)
def test_control_characters_of_a_title_go_nowhere(style):
    text = cite(card(title=HOSTILE, agency=HOSTILE, byline=HOSTILE), citation("No."), style)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u2028\ud800]", text)
    text.encode()
    if style in ("markdown", "html"):
        assert not list(rendered(text).iter("script"))


@given(st.text(min_size=1, max_size=80), st.text(max_size=40))
def test_every_form_is_read_back_whatever_the_words(words, title):
    whole, about = citation(words), card(title=title)
    assert json.loads(cite(about, whole, "annotation"))["target"][0]["selector"][1]["exact"] == words
    assert json.loads(cite(about, whole, "csl"))[0]["id"]
    _, entry = read_bibtex(cite(about, whole, "bibtex"))
    assert entry.fields["note"].startswith("Paragraph 4:")
    assert "\n" not in cite(about, whole, "text")
    paragraphs = rendered(cite(about, whole, "markdown")).xpath("./blockquote/p")
    assert [clean(words)] == [paragraph.text_content() for paragraph in paragraphs[:-1]] or not clean(words)


def test_notes_and_scores_change_no_form():
    cited = replace(citation(), notes=({"start": 0, "end": 1, "date": "2022"},), score=0.1)
    assert all(cite(card(), cited, style) == cite(card(), citation(), style) for style in STYLES)


# --- in the conversation ------------------------------------------------------------------


def test_a_conversation_gives_the_forms():
    from bot.conversation.commands import read
    from bot.conversation.dialogue import Note, Paste
    from bot.conversation.state import State
    from bot.pages.lines import render_plain
    from bot.pages.render import render
    from index.model import Reply, ShownPassage
    from index.verdicts import Verdict

    passage = ShownPassage(card(), (4,), 100, 200, AWKWARD, 0.9, (citation(), citation("Second.")))
    state = State(reply=Reply("?", None, Verdict.ANSWERED, 0.9, Reason("So."), (passage,)))
    for text, words, style in (
        ("/cite", AWKWARD, ""),
        ("/cite 2 BibTeX", "Second.", "bibtex"),
        ("/cite [2] csl", "Second.", "csl"),
        ("/cite markdown", AWKWARD, "markdown"),
    ):
        assert read(state, text) == Paste(citation(words), card(), style)
    assert render_plain(render(Paste(citation(), card(), "bibtex"))) == cite(card(), citation(), "bibtex") + "\n"
    assert render_plain(render(Paste(citation("No."), card()))).startswith("“No.” (Costs")
    assert read(state, "/cite 1 apa") == Note(f"There is no form apa; there are {', '.join(STYLES)}.")
    assert isinstance(read(state, "/cite 9 csl"), Note)
    assert isinstance(read(State(), "/cite csl"), Note)
