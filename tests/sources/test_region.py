# ruff: noqa: E501 - markup reads best on one line
"""The choice of a page's elements: measured on pages of content systems, and what is left out is told."""

import re
from functools import cache

import pytest

from index.model import Kind
from index.sources.density import Boxes, is_prose
from index.sources.facts import read_stated_body
from index.sources.html import parse
from index.sources.job import Fidelity, read_here
from index.sources.names import read_names
from index.sources.region import find_region
from index.sources.visible import show
from tests.support.cms_pages import cms_pages
from tests.support.layouts import document, e, p, story

PAGES = {page.name: page for page in cms_pages() if not page.name.startswith("short_brief")}


@cache
def read_page(name):
    return read_here(PAGES[name].data, "x.html")


def read(markup, head=""):
    return read_here(document("Ferry", markup, head).encode(), "x.html")


def body_of(loaded):
    article = loaded.article
    return [article.quote(each) for each in article.paragraphs if each.kind is Kind.BODY]


def shingles(texts):
    """Return the runs of four words in the texts."""
    rows = [re.findall(r"\w+", text.lower()) for text in texts]
    return {tuple(row[at : at + 4]) for row in rows for at in range(max(1, len(row) - 3)) if row}


def measure(page):
    """Return precision and recall of a page's body, by runs of four words."""
    found = body_of(read_page(page.name))
    gold = shingles(page.gold)
    got = shingles(found) - (shingles(page.optional) - gold)
    return len(gold & got) / max(1, len(got)), len(gold & got) / len(gold)


def test_pages_of_content_systems_are_read_whole_and_alone():
    scores = {name: measure(page) for name, page in PAGES.items()}
    assert len(scores) > 100
    assert {name: score for name, score in scores.items() if score[1] < 0.95} == {}
    f1 = [2 * right * whole / (right + whole) for right, whole in scores.values()]
    assert sum(f1) / len(f1) >= 0.99


def test_each_sentence_is_the_pages_own_and_few_pages_say_that_something_is_missing():
    told = []
    for page in PAGES.values():
        fidelity = read_page(page.name).fidelity
        assert fidelity.found == fidelity.total
        told += [page.name] if fidelity.omitted else []
    assert len(told) * 50 <= len(PAGES), told


ASIDE = (
    "The pilots' office keeps a list of every ship that has gone aground on this coast since the war, and it is long."
)


def test_prose_in_an_aside_is_left_out_and_told():
    s = story(50)
    loaded = read(
        f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:4])}<aside><p>{ASIDE}</p></aside>{p(s.paragraphs[4:])}</article>"
    )
    assert ASIDE not in body_of(loaded)
    assert loaded.fidelity.omitted == ((ASIDE, "nothing but prose, but in an <aside>"),)
    total = loaded.article.length
    assert (
        str(loaded.fidelity) == f"{total} of {total + 1} sentences of the page's main part; 1 left out (show --report)"
    )


def test_prose_in_a_box_with_the_name_of_an_advertisement_is_told_and_an_advertisement_is_not():
    s = story(57)
    for box, told in (
        (
            f"<div class='sidebar-note'><p>{ASIDE}</p><p>Nobody reads it, says the pilot who keeps it. He adds a page a year.</p></div>",
            3,
        ),
        (f"<div class='promo'><h3>Join</h3><p>{ASIDE}</p><a href='/join'>Sign up</a></div>", 0),
    ):
        loaded = read(f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:4])}{box}{p(s.paragraphs[4:])}</article>")
        assert body_of(loaded) == list(s.paragraphs)
        assert [why for _, why in loaded.fidelity.omitted] == [
            "nothing but prose, but in a part that the page calls 'sidebar-note'"
        ] * told


def test_a_pulled_out_quotation_is_nothing_left_out():
    s = story(51)
    quote = s.paragraphs[2].split(". ")[0]
    loaded = read(
        f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:4])}<aside><p>{e(quote)}.</p></aside>{p(s.paragraphs[4:])}</article>"
    )
    assert loaded.fidelity.omitted == ()


def test_what_the_page_hides_among_its_paragraphs_is_told():
    s = story(52)
    loaded = read(
        f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}<div style='display:none'><p>{ASIDE}</p></div></article>"
    )
    assert loaded.fidelity.omitted == ((ASIDE, "hidden by the page"),)
    window = f"<div hidden class='newsletter'><p>{ASIDE}</p></div><div hidden><p>{ASIDE}</p><button>Join</button></div>"
    assert read(f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}{window}</article>").fidelity.omitted == ()


def linked_data(body):
    import json

    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'articleBody': body})}</script>"


def test_what_only_the_pages_data_hold_is_told():
    s = story(53)
    markup = f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:3])}</article>"
    loaded = read(markup, linked_data("\n".join(s.paragraphs)))
    assert len(loaded.fidelity.omitted) > 5
    assert {why for _, why in loaded.fidelity.omitted} == {"in the data of the page, but not shown by it"}
    assert loaded.fidelity.left_out == ()
    assert read(markup, linked_data("\n".join(s.paragraphs[:3]))).fidelity.omitted == ()


def test_paragraphs_that_the_pages_data_hold_are_read_wherever_they_stand():
    s = story(54)
    boxes = "".join(
        f"<div class='promo box{n}'><div><p>{e(text)}</p></div></div>" for n, text in enumerate(s.paragraphs[6:])
    )
    markup = f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:6])}</article><div>{boxes}</div>"
    assert body_of(read(markup, linked_data(" ".join(s.paragraphs)))) == list(s.paragraphs)


@pytest.mark.parametrize(
    ("data", "stated"),
    [
        ("<p>One &amp; two.</p><p>Three.</p>", "One & two. Three."),
        ("Four\n five.", "Four five."),
        ("<", "<"),
        ("", ""),
        (7, ""),
    ],
)
def test_the_body_in_the_pages_data_is_read_without_tags(data, stated):
    assert (
        " ".join(read_stated_body(parse(document("x", "<p>a</p>", linked_data(data)).encode(), "x")).split()) == stated
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("post has-sidebar", "aside"),
        ("email-signup", "aside"),
        ("js_read_more", "aside"),
        ("relatedStories", "aside"),
        ("comment-list", "comments"),
        ("commentary", ""),
        ("author-quote", "maybe_aside"),
        ("address", ""),
        ("header-ad", "aside"),
    ],
)
def test_names_are_read_as_whole_words(words, told):
    names = read_names(words)
    assert [kind for kind in ("comments", "aside", "maybe_aside") if getattr(names, kind)] == ([told] if told else [])


def runs_of(markup):
    tree = parse(f"<html><body>{markup}</body></html>".encode(), "x")
    return list(tree.iter()), show(tree).runs


def test_a_name_that_most_of_the_prose_has_says_nothing():
    s = story(55)
    markup = "".join(f"<div class='widget'><p>{e(text)}</p><a href='/x'>More</a></div>" for text in s.paragraphs)
    _, runs = runs_of(f"<div>{markup}</div>")
    assert {runs[number].text for number in find_region(runs, None).body} == set(s.paragraphs)


def test_talk_longer_than_the_story_is_not_the_story():
    s = story(56)
    talk = "".join(f"<div class='x9'><a href='/u'>reader</a><p>{ASIDE} {ASIDE}</p></div>" for _ in range(30))
    kept, runs = runs_of(f"<div><h1>{e(s.headline)}</h1><div>{p(s.paragraphs)}</div></div><div>{talk}</div>")
    headline = next(run for run in runs if run.tag == "h1")
    assert {runs[number].text for number in find_region(runs, headline).body} == set(s.paragraphs)
    assert kept


def test_a_page_without_prose_has_no_region():
    kept, runs = runs_of("<h1>Ferry</h1><ul><li><a href='/a'>One</a></li></ul>")
    region = find_region(runs, None)
    assert (region.body, region.span) == (set(), set())
    assert Boxes(runs, None).find_top() is None
    assert kept


def test_prose_ends_or_is_long():
    texts = {
        "Ferry stops": False,
        "The ferry stops in June, it says.": True,
        "The ferry stops in June.[2]": True,
        "word " * 20: True,
    }
    kept, runs = runs_of("".join(f"<p>{text}</p>" for text in texts))
    assert [is_prose(run) for run in runs] == list(texts.values())
    assert kept


def test_the_line_that_tells_what_is_missing():
    assert (
        str(Fidelity(38, 38, (), (("A.", "x"), ("B.", "x"), ("C.", "y"))))
        == "38 of 41 sentences of the page's main part; 3 left out (show --report)"
    )
    assert (
        str(Fidelity(37, 38, ("Z.",), (("A.", "x"),)))
        == "37 of 38 sentences found in the source; 38 of 39 sentences of the page's main part; 1 left out (show --report)"
    )


WRAPPINGS = [
    "<aside>%s</aside>",
    "<div style='display:none'>%s</div>",
    "<div class='sidebar-box'>%s</div>",
    "<section class='related'>%s</section>",
    "<div aria-hidden='true'>%s</div>",
    "<footer>%s</footer>",
    "<form>%s</form>",
]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_page_that_loses_a_third_of_its_body_says_so(wrapping):
    s = story(58, 12)
    middle = "".join(wrapping % p([text]) for text in s.paragraphs[4:8])
    loaded = read(
        f"<main><article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:4])}{middle}{p(s.paragraphs[8:])}</article></main>"
    )
    missing = [text for text in s.paragraphs if text not in body_of(loaded)]
    told = " ".join(text for text, _ in loaded.fidelity.omitted)
    assert all(text in told for text in missing)
    assert loaded.fidelity.missing


def test_short_paragraphs_that_are_hidden_together_are_told():
    shown = [
        f"The river rose by {n} metres on Sunday night, the county office of Ellmoor said on Monday." for n in "2345"
    ]
    hidden = [
        "The road to Calder stays closed until Friday, the office said.",
        "Nobody was hurt, the fire service said on Monday evening at the quay.",
    ]
    box = "".join(f"<p>{text}</p>" for text in hidden)
    page = "".join(f"<p>{text}</p>" for text in shown)
    whole = f"<html><body><article><h1>Flood</h1>{page}<div style='display:none'>{box}</div></article></body></html>"
    told = read_here(whole.encode(), "x.html").fidelity
    assert [text for text, _ in told.omitted] == hidden
    assert not read_here(whole.replace(box, "<p>Log in to read more of this.</p>").encode(), "x.html").fidelity.omitted
