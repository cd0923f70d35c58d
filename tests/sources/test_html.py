# ruff: noqa: E501 - markup reads best on one line
"""Web pages: the article is chosen by trafilatura, its words are the page's own."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import EmptyArticle, SourceError, SourceTooLarge, UnsupportedFormat
from index.model import Kind
from index.sources.facts import is_web_address, parse_moment, read_facts
from index.sources.html import measure_depth, parse, read_fragment, read_html
from index.sources.job import read_here
from index.sources.visible import fold, show
from tests.support.layouts import document, e, p, pages, story

PAGES = {page.name: page for page in pages()}


def body_of(loaded):
    article = loaded.article
    return [fold(article.quote(each)) for each in article.paragraphs if each.kind is Kind.BODY]


def test_there_are_thirty_layouts():
    assert len(PAGES) >= 30


@pytest.mark.parametrize("name", PAGES)
def test_every_sentence_is_found_in_what_the_page_shows(name):
    page = PAGES[name]
    loaded = read_here(page.data, f"{name}.html")
    assert loaded.fidelity.found == loaded.fidelity.total == loaded.article.length > 5
    assert loaded.fidelity.left_out == ()
    assert loaded.article.title == page.title
    headlines = [loaded.article.quote(each) for each in loaded.article.paragraphs if each.kind is Kind.HEADLINE]
    assert headlines[0] == page.title


def test_the_article_is_chosen_with_an_f1_of_95_percent():
    right = wrong = lost = 0
    for name, page in PAGES.items():
        found = body_of(read_here(page.data, f"{name}.html"))
        gold = [fold(text) for text in page.gold]
        right += sum(text in gold for text in found)
        wrong += sum(text not in gold and text not in page.optional for text in found)
        lost += sum(text not in found for text in gold)
    assert 2 * right / (2 * right + wrong + lost) >= 0.95


SENTENCE = "The dredger Amalia went aground on a bar of sand off Fennick, and two tugs could not move her before dawn."
BEFORE_THE_WORDS = {
    "a comment": f"<!-- block 7 -->{SENTENCE}",
    "empty comments between words": f"The <!-- -->dredger<!-- --> <!-- -->Amalia{SENTENCE[18:]}",
    "a comment of a browser": f"<!--[if IE 9]><i>old</i><![endif]-->{SENTENCE}",
    "a processing instruction": f"<?ad slot=2?>{SENTENCE}",
    "noscript": f"<noscript><img src=pixel.gif></noscript>{SENTENCE}",
    "a hidden span": f"<span hidden>tracked</span>{SENTENCE}",
    "a script": f"<script>var a = 1</script>{SENTENCE}",
    "a drawing": f"<svg><path d='M0 0'/></svg>{SENTENCE}",
    "a template": f"<template><p>later</p></template>{SENTENCE}",
    "nothing, and a comment after them": f"{SENTENCE}<!-- block 8 -->",
    "a link and a comment": f"<a href=/f>The dredger</a> <!-- -->{SENTENCE[12:]}",
}


@pytest.mark.parametrize("name", BEFORE_THE_WORDS)
def test_nothing_before_the_words_of_a_paragraph_takes_them_away(name):
    s = story(40)
    markup = f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:3])}<p>{BEFORE_THE_WORDS[name]}</p>{p(s.paragraphs[3:])}</article>"
    body = body_of(read_here(document(s.headline, markup).encode(), "x.html"))
    assert body == [*map(fold, s.paragraphs[:3]), SENTENCE, *map(fold, s.paragraphs[3:])]


def test_what_a_closed_detail_holds_is_read():
    s = story(41)
    markup = f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}<details><summary>How we know</summary><p>{SENTENCE}</p></details></article>"
    assert SENTENCE in body_of(read_here(document(s.headline, markup).encode(), "x.html"))


def texts(markup, **options):
    return [run.text for run in show(parse(f"<html><body>{markup}</body></html>".encode(), "x"), **options).runs]


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<p>one\n  two\t three</p>", ["one two three"]),
        ("<p>one<br>two <br> three</p>", ["one\ntwo\nthree"]),
        ("<p>one<br><br>two<br>\n<br/>three</p>", ["one", "two", "three"]),
        ("<p>a <b> b </b> c</p>", ["a b c"]),
        ("<p>a<b>b</b>c</p>", ["abc"]),
        ("<p>one&nbsp; two</p>", ["one\u00a0 two"]),
        ("<p>it&#146;s 5&#x80; &#1469;</p>", ["it’s 5€ \u05bd"]),
        ("<p>in&shy;ter<wbr>net</p>", ["in\u00adternet"]),
        ("a<div>b</div>c", ["a", "b", "c"]),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", ["a", "b"]),
        ("<table><tr><td>a</td><th>b</th></tr></table>", ["a", "b"]),
        ("<pre>\none\n  two\n</pre>", ["one\n  two"]),
        ("<p style='white-space: pre-wrap'>a\r\n b</p>", ["a\n b"]),
        ("<pre>a<span style='white-space:normal'>\n b</span></pre>", ["a b"]),
        ("<p>a<script>x</script><style>y</style><noscript>z</noscript><!-- c --><?pi?>b</p>", ["ab"]),
        ("<p>a <span hidden>b</span> c</p>", ["a c"]),
        ("<p>a <span style='display:none'>b<i>c</i></span> d</p>", ["a d"]),
        ("<p>a <span style='visibility:hidden'>b<i style='visibility:visible'>c</i></span> d</p>", ["a c d"]),
        ("<p style='content-visibility:hidden'>a</p><p style='content-visibility:auto'>b</p>", ["b"]),
        ("<span style='display:block'>a</span><span style='display:inline-block'>b</span>", ["a", "b"]),
        ("<div style='display:flex'><span>a</span><span>b</span></div>", ["a", "b"]),
        ("<details><summary>a</summary><p>b</p></details><details open><p>c</p></details>", ["a", "b", "c"]),
        ("<dialog>a</dialog><dialog open>b</dialog>", ["b"]),
        ("<p>a <select><option>b</select><textarea>c</textarea> d</p>", ["a d"]),
        (
            "<style>.x, p#y {display:none} i{display:block}</style><p class='w x'>a</p><p id=y>b</p>c<i>d</i>",
            ["c", "d"],
        ),
        ("<style>@media print{.x{display:none}} @import 'z'; div .x{display:none}</style><p class=x>a</p>", ["a"]),
        ("<style>@media print{.x{color:red}} .x{display:none}</style><p class=x>a</p>b", ["b"]),
        (
            "<style>/* .x{display:none} */ /* two */ .y{display:none} /* open</style><p class=x>a</p><p class=y>b</p>",
            ["a"],
        ),
        ("<style>@media broken { .x{</style><p class=x>a</p>", ["a"]),
        ("<style>.x{display:none}</style><p class=x style='display:block'>a</p>", ["a"]),
        ("<p>&nbsp;</p><p>  </p><p></p>", []),
    ],
)
def test_the_white_space_rule(markup, shown):
    assert texts(markup) == shown


@pytest.mark.parametrize("shape", ["/*", "a", "{", "}", "@", "a{", ".a{display:none}", "/* */", "display:none;"])
def test_style_sheets_of_any_shape_take_linear_time(shape):
    sheet = shape * (500_000 // len(shape))  # hangs for minutes if it does not
    assert texts(f"<style>{sheet}</style><p>a</p>") == ["a"]


def test_style_sheets_can_be_passed_over():
    markup = "<style>.x{display:none}</style><p class=x>a</p>"
    assert texts(markup) == []
    assert texts(markup, styles=False) == ["a"]


def test_a_page_that_scripts_uncover_is_read():
    s = story(7)
    head = "<style>.article{display:none}</style>"
    page = document(s.headline, f"<div class='article'><h1>{e(s.headline)}</h1>{p(s.paragraphs)}</div>", head)
    assert body_of(read_here(page.encode(), "x.html")) == list(s.paragraphs)


def test_what_is_only_in_the_linked_data_is_kept_out_and_told():
    head = (
        '<script type=\'application/ld+json\'>{"@type":"NewsArticle","articleBody":"The harbour was closed on Monday after a '
        'crane fell across the channel and nobody was hurt, the port said in a statement at noon."}</script>'
    )
    page = document("Harbour closed", "<h1>Harbour closed</h1><p>Read on.</p><p>Sign in.</p>", head)
    with pytest.raises(EmptyArticle):
        read_here(page.encode(), "x.html")


def test_the_report_lists_what_the_page_does_not_show(monkeypatch):
    import trafilatura
    from lxml import etree

    def choosing(tree, **options):
        class Chosen:
            body = etree.Element("body")

        shown = etree.SubElement(Chosen.body, "p")
        shown.text = "".join(tree.find(".//p").itertext())
        other = etree.SubElement(Chosen.body, "p")
        other.text = "This sentence stands nowhere in the page at all."
        again = etree.SubElement(Chosen.body, "p")
        again.text = "The bridge was closed on Monday after a crane fell on it."
        return Chosen

    monkeypatch.setattr(trafilatura, "bare_extraction", choosing)
    page = document(
        "Bridge closed", "<h1>Bridge closed</h1><p>The bridge was closed on Monday after a crane fell on it.</p>"
    )
    loaded = read_here(page.encode(), "x.html")
    assert str(loaded.fidelity) == "1 of 2 sentences found in the source"
    assert loaded.fidelity.left_out == ("This sentence stands nowhere in the page at all.",)
    assert "nowhere" not in loaded.article.text


CONSENT = "We value your privacy. We and our partners store cookies on your device. By clicking Accept you consent to this use of cookies. You can change your privacy settings at any time."
WALLS = {
    "consent": (f"<div><h2>Your privacy</h2><p>{CONSENT}</p><p>{CONSENT}</p><p>{CONSENT}</p><button>Accept all</button></div>", "consent"),
    "short consent": (f"<p>{CONSENT}</p><button>Accept</button>", "consent"),
    "login form": ("<h1>Welcome</h1><form><p>Please enter your name and password to go on.</p><input type='password'></form>", "login"),
    "paywall": ("<h1>Ferry cut</h1><p>The night ferry will stop in June.</p><p>Subscribe to continue reading. Already a subscriber? Log in.</p>", "login"),
    "robots": ("<p>Please enable JavaScript and verify that you are human to go on.</p>", "browsers only"),
    "links": ("<ul>" + "".join(f"<li><a href='/{n}'>Council meets for the {n}th time this year to talk about ferries.</a></li>" for n in range(30)) + "</ul>", "list of links"),
    "no text": ("<img src='a.png'>", "no article"),
    "headline only": ("<h1>Ferry cut</h1>", "no article"),
    "no sentence": ("<div>Ferry</div><div>Bridge</div><div>Harbour</div>", "no article"),
}  # fmt: skip


@pytest.mark.parametrize("wall", WALLS)
def test_a_page_without_an_article_says_what_it_is(wall):
    markup, told = WALLS[wall]
    with pytest.raises(EmptyArticle, match=told) as caught:
        read_here(document("Courier", markup).encode(), "page.html")
    assert caught.value.source == "page.html"


@pytest.mark.parametrize(
    "data", [b"", b" ", b"<html></html>", b"<!-- only a comment -->", b"<html><body></body></html>"]
)
def test_an_empty_page(data):
    with pytest.raises(EmptyArticle):
        read_html(data, "x.html")


def test_a_page_that_is_too_large():
    with pytest.raises(SourceTooLarge) as caught:
        read_html(b"<p>" + b"x" * 5_000_000, "x.html")
    assert caught.value.limit == 5_000_000


@pytest.mark.parametrize(
    "data",
    [b"<div>" * 50_000, b"<a><b><i>" * 180_000, b"<span>" * 2001 + b"text"],
    ids=["div", "a b i", "just too deep"],
)
def test_deep_nesting_is_refused_before_any_parser(data):
    with pytest.raises(UnsupportedFormat, match="inside each other"):
        read_html(data, "x.html")


@pytest.mark.parametrize(
    ("markup", "open_at_once"),
    [
        ("<div><p>a<p>b<br><img></div>", 1),
        ("<ul>" + "<li>x" * 5000 + "</ul>", 1),
        ("<svg>" + "<path d='m'/>" * 5000 + "</svg>", 1),
        ("<script>" + "'<div>'" * 5000 + "</script><b>", 1),
        ("<!-- " + "<div>" * 5000 + "--><b>", 1),
        ("<script><div><div>", 0),
        ("<div <div <div", 0),
        ("</div></div><b><i></i></b>", 2),
        ("<!-- <div>", 0),
        ("1 < 2 << 3", 0),
    ],
)
def test_depth_counts_open_elements(markup, open_at_once):
    assert measure_depth(markup) == open_at_once


def test_depth_is_linear_in_the_page():
    for shape in ("<div ", "<script>", "<!--", "</", "<a>", "<svg/>"):
        measure_depth(shape * 200_000)  # hangs for minutes if it is not


@pytest.mark.parametrize("number", range(6))
def test_a_million_of_one_character(number):
    shape = ["&", "<", "<p", "&#", "<!", "</"][number]
    with contextlib.suppress(SourceError):
        read_html((f"<p>The council met on Monday and voted.</p>{shape * 300_000}").encode(), "x.html")


def test_a_wrong_byte_of_utf_8_is_shown_as_browsers_show_it():
    page = b"<html><body><p>The caf\xff was closed on Monday after caf\xc3\xa9 owners met, the paper said.</p></body></html>"
    assert read_fragment(page, "x").text == "The caf\ufffd was closed on Monday after café owners met, the paper said."


def test_bytes_that_are_no_text():
    with pytest.raises(UnsupportedFormat):
        read_html(b"\x00\x01\xff\xfe\x80" * 200, "x.html")


def test_control_characters_are_nothing():
    page = document(
        "Ferry",
        "<article><h1>Ferry</h1><p>The\x01 ferry&#2; stops&#x1f; in June,\x7f the &#127;union said&#10;on Monday.</p></article>",
    )
    assert body_of(read_here(page.encode(), "x.html")) == ["The ferry stops in June, the union said on Monday."]


@pytest.mark.parametrize("name", ["iso-8859-1", "windows-1252", "ISO-8859-1"])
def test_latin_1_is_windows_1252_as_in_browsers(name):
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={name}"></head><body><p>“No”, she said.</p>'
    assert read_fragment(page.encode("cp1252"), "x").text == "“No”, she said."


LINKED = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
 {"@type": "WebSite", "name": "Site"},
 {"@type": ["NewsArticle"], "headline": "Ferry  stops", "datePublished": "2024-03-05T08:30:00+01:00", "url": "https://courier.example/ferry",
  "author": [{"@type": "Person", "name": "Ilse Garrick"}, "Per Halvorsen", {"name": "https://x.example/"}], "publisher": {"name": "The Courier"}}]}</script>"""


def stated(head="", body="<p>Text.</p>"):
    return read_facts(
        parse(f"<html><head><title>Ferry | Site</title>{head}</head><body>{body}</body></html>".encode(), "x")
    )


def test_linked_data_comes_first():
    known = stated(LINKED + "<meta property='og:title' content='Other'><meta name='author' content='Nobody'>")
    assert (known.title, known.byline, known.agency) == ("Ferry stops", "Ilse Garrick, Per Halvorsen", "The Courier")
    assert known.published == datetime(2024, 3, 5, 8, 30, tzinfo=timezone(timedelta(hours=1)))
    assert known.url == "https://courier.example/ferry"


def test_meta_elements_come_next():
    known = stated(
        "<meta property='og:title' content='Ferry stops'><meta property='article:published_time' content='2024-03-05T08:30:00Z'>"
        "<meta name='author' content='Ilse Garrick'><meta property='og:site_name' content='The Courier'><meta name='x' content=''>"
        "<meta name='author' content='Second'><link rel='canonical' href='https://courier.example/ferry'>"
    )
    assert (known.title, known.byline, known.agency) == ("Ferry stops", "Ilse Garrick", "The Courier")
    assert known.published == datetime(2024, 3, 5, 8, 30, tzinfo=UTC)
    assert known.url == "https://courier.example/ferry"


def test_the_page_itself_comes_last():
    known = stated(body="<h1>Ferry stops</h1><time datetime='2024-03-05'>5 March</time><p>Text.</p>")
    assert (known.title, known.published) == ("Ferry stops", datetime(2024, 3, 5))
    marked = stated(
        body="<time datetime='2020-01-01'>a</time><time class='published' datetime='2024-03-05T10:00'>b</time>"
    )
    assert marked.published == datetime(2024, 3, 5, 10)
    assert stated(body="<time datetime='2020-01-01'>a</time><time datetime='2021-01-01'>b</time>").title == "Ferry"
    assert stated(body="<time datetime='soon'>a</time>").published is None


def test_htmldate_is_asked_when_nothing_else_has_a_date():
    assert stated("<meta name='citation_date' content='2024-03-05'>").published == datetime(2024, 3, 5)


@pytest.mark.parametrize(
    "script",
    [
        "{broken",
        "[" * 100_000,
        '{"@type": "NewsArticle", "headline": 7, "author": {"name": 3}, "publisher": null, "datePublished": ["x"]}',
        '{"@type": 5}',
        '"text"',
        '{"@type": "Recipe", "headline": "No"}',
    ],
)
def test_odd_linked_data_states_nothing(script):
    known = stated(f'<script type="application/ld+json">{script}</script><script type="application/ld+json"></script>')
    assert (known.title, known.byline, known.published) == ("Ferry", "", None)


def test_the_main_entity_may_be_the_address():
    known = stated(
        '<script type="application/ld+json">{"@type":"Article","mainEntityOfPage":{"@id":"https://c.example/1"}}</script>'
    )
    assert known.url == "https://c.example/1"
    known = stated(
        '<script type="application/ld+json">{"@type":"Article","mainEntityOfPage":"https://c.example/2"}</script>'
    )
    assert known.url == "https://c.example/2"


@pytest.mark.parametrize(
    "url", ["/relative", "javascript:alert(1)", "http://user@x.example/", "http://[x/", "https://"]
)
def test_an_address_that_is_none_is_not_taken(url):
    assert not is_web_address(url)
    assert stated(f'<link rel="canonical" href="{url}">').url == ""


@pytest.mark.parametrize(
    "written", ["Mill &#038; quay: &#8216;we build&#8217;", "Mill &amp;#038; quay: &amp;lsquo;we build&amp;rsquo;"]
)
def test_entities_in_linked_data_are_decoded(written):
    author = '{"@type": "Person", "name": "Zo&euml; D&#039;Arc"}'
    known = stated(
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{written}", "author": {author}}}</script>'
    )
    assert (known.title, known.byline) == ("Mill & quay: ‘we build’", "Zoë D'Arc")


def test_a_title_is_without_its_site_and_one_that_is_cut_gives_way():
    assert (
        stated(
            '<meta property="og:title" content="Mill burns - The Post"><meta property="og:site_name" content="The Post">'
        ).title
        == "Mill burns"
    )
    assert (
        stated(
            '<meta property="og:title" content="The Post | Mill burns"><meta property="og:site_name" content="the post">'
        ).title
        == "Mill burns"
    )
    assert (
        stated('<meta property="og:title" content="The old mill of…">', "<h1>The old mill of Ostrand burns</h1>").title
        == "The old mill of Ostrand burns"
    )
    assert stated(body="<h1>The Post</h1><h1>Ferry</h1>").title == "Ferry"


def test_a_page_may_have_more_runs_than_there_are_short_marks_and_the_letters_of_both():
    told = "".join(f"<p>Ferry {number} stops in June, its owner said on Monday.</p>" for number in range(1200))
    teacher = "<p>The teacher wrote “\ua000\ua001 \U00020000” on the board, and nobody knew what it meant.</p>"
    for many in ("", told):
        text = read_html(
            f"<article><h1>Ferries stop</h1>{many}{teacher}{told[:2000]}</article>".encode(), "a.html"
        ).text
        assert "wrote “\ua000\ua001 \U00020000” on" in text
        assert ("Ferry 1199 stops" in text) == bool(many)


@pytest.mark.parametrize(
    "style",
    [
        "position:absolute; left:-9999px",
        "position: fixed; top: -100em",
        "clip: rect(0 0 0 0); position: absolute",
        "position:absolute;clip:rect(1px,1px,1px,1px)",
        "font-size:0",
    ],
)
def test_what_nobody_can_see_is_not_quoted(style):
    unseen = f'<p style="{style}">The mill has always been safe, nobody ever says.</p>'
    body = f"<p>The mill burned on Monday, and nobody was hurt.</p>{unseen}<p>Its owner has not said why it burned.</p>"
    text = read_html(f"<article><h1>Mill burns</h1>{body}</article>".encode(), "a.html").text
    assert "always been safe" not in text
    assert "not said why" in text


def test_letters_may_be_of_a_size_again_within_a_box_of_none():
    box = '<div style="font-size:0"> gap <p style="font-size:16px">The mill burned on Monday, and nobody was hurt.</p></div>'
    text = read_html(f"<article><h1>Mill burns</h1>{box}</article>".encode(), "a.html").text
    assert text.endswith("nobody was hurt.")
    assert "gap" not in text


@pytest.mark.parametrize(
    ("markup", "byline"),
    [
        ('<div class="byline">By <a rel="author" href="/i">Ida Holm</a></div>', "Ida Holm"),
        ('<span itemprop="author"><span itemprop="name">Ida Holm</span></span>', "Ida Holm"),
        ('<p class="byline">By Ida Holm and Per Vass, Staff Writers | Updated March 3</p>', "Ida Holm, Per Vass"),
        ('<span class="authorName">Ida Holm</span><span>Editor</span>', "Ida Holm"),
        (
            '<ul class="author-list"><li><a>Ida Holm</a>,</li><li><a>Per van Vass</a></li></ul>',
            "Ida Holm, Per van Vass",
        ),
        ('<p class="byline">By The Tern Agency</p>', "The Tern Agency"),
        ('<p><a rel="author">Ida Holm</a> and <a rel="author">Per Vass</a> | 3 May</p>', "Ida Holm, Per Vass"),
        ('<ul><li><a rel="author">Ida Holm</a><li><a rel="author">Per Vass</a></ul>', "Ida Holm, Per Vass"),
        ('<div class="byline">Ida Holm <time>3 March</time></div>', "Ida Holm"),
        ('<div class="comments"><p class="comment-author">Bo Lind</p></div>', ""),
        ('<div class="author-bio">Ida Holm writes of mills.</div>', ""),
        ('<aside><a rel="author">Bo Lind</a></aside><p class="author">Share this article</p>', ""),
    ],
)
def test_a_byline_that_the_page_shows(markup, byline):
    assert stated(body=f"<article><h1>Mill burns</h1>{markup}<p>It rained.</p></article>").byline == byline


def test_people_are_named_before_institutions_and_logins():
    shown = '<p class="byline">By Ida Holm</p>'
    site = '<meta property="og:site_name" content="The Post">'
    assert stated(f'{site}<meta name="author" content="The Post">', shown).byline == "Ida Holm"
    assert stated('<meta name="author" content="admin">', shown).byline == "Ida Holm"
    assert stated('<meta name="author" content="Reuters">').byline == "Reuters"
    assert (
        stated('<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ida Holm">').byline
        == "Ida Holm"
    )
    assert (
        stated('<meta name="twitter:label1" content="Time"><meta name="twitter:data1" content="4 minutes">').byline
        == ""
    )
    graph = '{"@graph": [{"@type": "Person", "@id": "#1", "name": "Ida Holm"}, {"@type": "NewsArticle", "headline": "Mill", "author": {"@id": "#1"}}]}'
    assert stated(f'<script type="application/ld+json">{graph}</script>').byline == "Ida Holm"


@pytest.mark.parametrize(
    ("head", "body", "published", "changed"),
    [
        (
            '<meta property="article:modified_time" content="2026-06-09T08:00:00Z">',
            "",
            None,
            datetime(2026, 6, 9, 8, tzinfo=UTC),
        ),
        (
            '<meta property="article:modified_time" content="2026-06-09">',
            '<time datetime="2026-06-09" class="updated">9 June</time>',
            None,
            datetime(2026, 6, 9),
        ),
        (
            "",
            '<time datetime="2026-06-09" itemprop="dateModified">9 June</time><time datetime="2026-03-03">3 March</time>',
            datetime(2026, 3, 3),
            datetime(2026, 6, 9),
        ),
        (
            '<script type="application/ld+json">{"@type":"Article","headline":"Mill","datePublished":"2026-03-03","dateModified":"2026-06-09"}</script>',
            "",
            datetime(2026, 3, 3),
            datetime(2026, 6, 9),
        ),
        (
            '<meta property="article:published_time" content="2026-03-03"><meta property="og:updated_time" content="2026-03-03">',
            "",
            datetime(2026, 3, 3),
            None,
        ),
    ],
)
def test_a_change_is_no_publication(head, body, published, changed):
    known = stated(head, f"<article><h1>Mill</h1>{body}<p>It rained.</p></article>")
    assert (known.published, known.changed) == (published, changed)


def test_a_visible_line_dates_what_only_states_its_change():
    head = '<meta property="article:modified_time" content="2026-06-09T08:00:00Z">'
    story = "<p class='date'>Published 3 March 2026. Updated 9 June 2026.</p><p>The old mill of Ostrand burned down on Sunday night, the fire service said.</p><p>Nobody was hurt, and the council will meet on Tuesday to talk about a new one.</p>"
    article = read_here(
        document("Mill", f"<article><h1>Mill burns</h1>{story}</article>", head).encode(), "x.html"
    ).article
    assert (article.published, article.changed) == (datetime(2026, 3, 3), datetime(2026, 6, 9, 8, tzinfo=UTC))


def test_moments():
    assert parse_moment("2024-03-05T08:30:00.123Z") == datetime(2024, 3, 5, 8, 30, 0, 123000, tzinfo=UTC)
    assert parse_moment("March 5, 2024") == datetime(2024, 3, 5)
    assert parse_moment("") is None
    assert parse_moment("soon") is None
    assert parse_moment("2024-99-99") is None


def test_headings_are_no_body_and_links_alone_are_furniture():
    s = story(3)
    markup = (
        f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:4])}<h2>What comes next</h2>{p(s.paragraphs[4:])}</article>"
    )
    article = read_here(document(s.headline, markup).encode(), "x.html").article
    kinds = {article.quote(each): each.kind for each in article.paragraphs}
    assert kinds["What comes next"] is Kind.HEADLINE
    blocks = read_fragment(
        b"<p>Word.</p><p><a href='/a'>Go on</a> <a href='/b'>and on</a></p><p><a>He said so.</a></p>", "x"
    ).blocks
    assert [block.kind for block in blocks] == [None, Kind.FURNITURE, None]


@given(st.text(st.sampled_from(list("<>/=\"'&;!-# \n\tabpdivscrt0é\u2028\u00a0\U0001f600")), max_size=200))
def test_any_markup_gives_a_document_or_an_error_of_ours(markup):
    try:
        document_ = read_fragment(f"<html><body>{markup}</body></html>".encode(), "x")
    except SourceError:
        return
    for block in document_.blocks:
        assert document_.text[block.start : block.end].strip()
    assert "".join(document_.text.split()) == "".join(document_.shown.split())


def test_a_form_feed_within_a_paragraph_is_white_space():
    body = "".join(f"<p>The ferry\x0cleft the pier of Port {name} on Monday, and nobody saw it.</p>" for name in "ABC")
    article = read_here(f"<html><body><article><h1>Ferry</h1>{body}</article></body></html>".encode(), "x.html").article
    assert len(article.sentences) == 3
