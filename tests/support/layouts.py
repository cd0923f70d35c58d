# ruff: noqa: E501 - markup reads best on one line
"""Thirty-odd web pages in different layouts around stories of our own, with the paragraphs that are the article.

The stories are made of sentences written for this file; names, places and figures are drawn by number, so
that every page has its own text and every run has the same pages.
"""

import html
import json
import random
from dataclasses import dataclass

TOWNS = ["Port Ellery", "Marrowby", "Saltgate", "Upper Quill", "Dunmere", "Kestrel Bay", "Lowmarsh", "Fennick"]
PEOPLE = [
    "Ilse Garrick",
    "Tomas Weld",
    "Renata Oduya",
    "Per Halvorsen",
    "Mina Castellane",
    "Joel Abernathy",
    "Sana Whitlock",
]
BODIES = [
    "the harbour board",
    "the county council",
    "the water company",
    "the ferry union",
    "the school trust",
    "the rail office",
]
THINGS = [
    "the northern channel",
    "a second bridge",
    "the old tannery",
    "a night ferry",
    "the reservoir wall",
    "the market hall",
]
SENTENCES = [
    "{B} voted {n} to {m} on Tuesday to spend {k} million crowns on {t}.",
    "“We have waited {n} years for this,” said {p}, who speaks for {b}.",
    "Work is to begin in spring, and {town} will lose {n} parking places while it lasts.",
    "{p}, a shopkeeper in {town}, called the plan “a gift to people who do not live here”.",
    "An earlier design was dropped after engineers found that the ground moves by {m} mm a year.",
    "The vote had been put off twice; {b} blamed missing papers.",
    "It is the largest sum that {town} has set aside since the flood of 19{n}.",
    "Asked whether fares would rise, {p} said that nobody had decided anything yet.",
    "Critics say that {t} serves fewer than {k},{m}00 people a day.",
    "A report on noise, due by the end of the month, may still change the hours of work.",
    "Residents of {town} can object in writing until the {m}th of next month.",
    "{B} denied that any contract had been promised to a firm owned by a member’s brother.",
    "The money comes from a levy on heavy lorries, which raised {k}.{m} million crowns last year.",
    "“If it rains as it did in March, we start again,” {p} told the meeting.",
]
HEADLINES = [
    "{town} backs {t} after {n} years of delay",
    "{B} to pay for {t}",
    "Why {t} divides {town}",
    "{town}: {k} million crowns for {t}",
]


@dataclass(frozen=True)
class Story:
    number: int
    headline: str
    paragraphs: tuple[str, ...]
    author: str
    town: str


@dataclass(frozen=True)
class Page:
    """A page's bytes, the paragraphs that a reader would call the article, and what may be taken or left."""

    name: str
    data: bytes
    gold: tuple[str, ...]
    optional: tuple[str, ...] = ()
    title: str = ""


def story(number, count=9):
    draw = random.Random(number)

    def fill(pattern):
        body = draw.choice(BODIES)
        return pattern.format(
            b=body, B=body[0].upper() + body[1:], t=draw.choice(THINGS), p=draw.choice(PEOPLE), town=draw.choice(TOWNS),
            n=draw.randint(11, 89), m=draw.randint(4, 9), k=draw.randint(2, 9),
        )  # fmt: skip

    headline = fill(draw.choice(HEADLINES))
    paragraphs = tuple(
        " ".join(fill(pattern) for pattern in draw.sample(SENTENCES, draw.randint(2, 4))) for _ in range(count)
    )
    return Story(number, headline[0].upper() + headline[1:], paragraphs, draw.choice(PEOPLE), draw.choice(TOWNS))


def e(text):
    return html.escape(text, quote=False)


def p(paragraphs, attributes=""):
    return "\n".join(f"<p{attributes}>{e(text)}</p>" for text in paragraphs)


NAV = (
    "<nav><ul>"
    + "".join(
        f'<li><a href="/{name}">{name.title()}</a></li>'
        for name in ["home", "news", "sport", "weather", "travel", "opinion"]
    )
    + "</ul></nav>"
)
FOOT = "<footer><p>© 2024 The Marrowby Courier. All rights reserved.</p><ul><li><a href='/about'>About us</a></li><li><a href='/privacy'>Privacy policy</a></li></ul></footer>"
RELATED = (
    "<aside class='related'><h3>Related stories</h3><ul>"
    "<li><a href='/1'>Ferry timetable changes in June</a></li><li><a href='/2'>Council elects new chair</a></li>"
    "<li><a href='/3'>Storm closes coast road</a></li></ul></aside>"
)
NEWSLETTER = (
    "<div class='newsletter'><form action='/join'><p>Get our morning newsletter.</p><input type='email'>"
    "<button>Sign up</button></form></div>"
)


def document(title, body, head="", lang="en", doctype="<!DOCTYPE html>"):
    return (
        f'{doctype}\n<html lang="{lang}"><head><meta charset="utf-8"><title>{e(title)} | The Marrowby Courier</title>{head}</head>'
        f"\n<body>{body}</body></html>"
    )


LAYOUTS = []


def layout(function):
    LAYOUTS.append(function)
    return function


@layout
def bare(s):
    return document(s.headline, f"<h1>{e(s.headline)}</h1>{p(s.paragraphs)}")


@layout
def article_with_nav_and_footer(s):
    return document(
        s.headline,
        f"{NAV}<main><article><h1>{e(s.headline)}</h1><p class='byline'>By {e(s.author)}</p>{p(s.paragraphs)}</article></main>{FOOT}",
    )


@layout
def div_soup(s):
    body = "".join(f"<div class='story-body__text'><div><div>{e(text)}</div></div></div>" for text in s.paragraphs)
    return document(
        s.headline,
        f"<div id='top'>{NAV}</div><div id='content'><div class='hd'><h1>{e(s.headline)}</h1></div><div class='story-body'>{body}</div></div><div id='bottom'>{FOOT}</div>",
    )


@layout
def tables_of_the_nineties(s):
    links = "".join(f"<a href='/{n}'><font size=2>Section {n}</font></a><br>" for n in range(8))
    text = "<br><br>".join(f"<font face='Arial'>{e(text)}</font>" for text in s.paragraphs)
    return document(
        s.headline,
        f"<table width=600><tr><td width=120 valign=top>{links}</td><td valign=top><h1>{e(s.headline)}</h1>{text}</td></tr></table><hr><font size=1>© 2024 Courier</font>",
        doctype="",
    )


@layout
def line_breaks_for_paragraphs(s):
    return document(
        s.headline,
        f"{NAV}<div class='article-text'><h1>{e(s.headline)}</h1><div>{'<br><br>'.join(map(e, s.paragraphs))}</div></div>{FOOT}",
    )


@layout
def blog_with_comments(s):
    comments = "".join(
        f"<li class='comment'><div class='comment-author'>reader{n}</div><p>I do not agree with this at all, and my neighbour says the same about the lorries.</p></li>"
        for n in range(4)
    )
    return document(
        s.headline,
        f"{NAV}<article class='post'><header><h1 class='entry-title'>{e(s.headline)}</h1></header><div class='entry-content'>{p(s.paragraphs)}</div></article><section id='comments' class='comments-area'><h2>4 comments</h2><ol class='comment-list'>{comments}</ol></section>{FOOT}",
    )


@layout
def advertisements_between(s):
    parts = [f"<p>{e(text)}</p>" for text in s.paragraphs]
    parts[2:2] = ["<div class='ad-slot' id='ad1'><span>Advertisement</span><iframe src='about:blank'></iframe></div>"]
    parts[6:6] = ["<div class='advert'><a href='/buy'>Buy two, get one free</a></div>"]
    return document(s.headline, f"{NAV}<article><h1>{e(s.headline)}</h1>{''.join(parts)}</article>{RELATED}{FOOT}")


@layout
def hidden_windows(s):
    modal = "<div class='modal' style='display:none'><p>Please turn off your ad blocker, because we live from the advertisements that you see here.</p></div>"
    return document(
        s.headline,
        f"{modal}<div hidden><p>Subscribe now and read everything for a month at a reduced price, then pay in full.</p></div><article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}</article>{FOOT}",
    )


@layout
def hidden_by_the_style_sheet(s):
    head = "<style>/* own */ .sr, .offscreen { display: none } #promo{display:none;color:red} @media print { article { display: none } }</style>"
    parts = [
        f"<p>{e(text)}<span class='sr'> (opens in a new window and is not shown)</span></p>" for text in s.paragraphs
    ]
    return document(
        s.headline,
        f"<article><h1>{e(s.headline)}</h1>{''.join(parts)}<p id='promo'>A promotion that no reader of this page can see anywhere.</p></article>{FOOT}",
        head,
    )


@layout
def linked_data(s):
    data = {"@context": "https://schema.org", "@graph": [{"@type": "NewsArticle", "headline": s.headline, "datePublished": "2024-03-05T08:30:00+01:00",
            "author": [{"@type": "Person", "name": s.author}], "publisher": {"@type": "Organization", "name": "The Marrowby Courier"}, "articleBody": " ".join(s.paragraphs)}]}  # fmt: skip
    head = f"<script type='application/ld+json'>{json.dumps(data)}</script><link rel='canonical' href='https://courier.example/{s.number}'>"
    return document(s.headline, f"{NAV}<article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}</article>{FOOT}", head)


@layout
def drop_cap(s):
    first = s.paragraphs[0]
    opening = f"<p><span class='dropcap'>{e(first[0])}</span>{e(first[1:])}</p>"
    return document(
        s.headline,
        f"<article><h1>{e(s.headline)}</h1>{opening}{p(s.paragraphs[1:])}</article>",
        "<style>.dropcap{font-size:300%}</style>",
    )


@layout
def quotations(s):
    quote = f"<blockquote><p>{e(s.paragraphs[3])}</p></blockquote>"
    return document(
        s.headline,
        f"{NAV}<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:3])}{quote}{p(s.paragraphs[4:])}</article>{RELATED}{FOOT}",
    )


@layout
def a_list_in_the_text(s):
    items = "".join(f"<li>{e(text)}</li>" for text in s.paragraphs[3:6])
    return document(
        s.headline,
        f"{NAV}<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:3])}<ul>{items}</ul>{p(s.paragraphs[6:])}</article>{FOOT}",
    )


@layout
def a_table_in_the_text(s):
    rows = "".join(f"<tr><td>{e(text)}</td></tr>" for text in s.paragraphs[3:6])
    return document(
        s.headline,
        f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:3])}<table><tbody>{rows}</tbody></table>{p(s.paragraphs[6:])}</article>{FOOT}",
    )


@layout
def inline_markup(s):
    def marked(text):
        words = text.split(" ")
        words[1] = f"<b>{e(words[1])}</b>"
        words[3] = f"<a href='/tag'>{e(words[3])}</a>"
        words[5] = f"<em><span>{e(words[5])}</span></em>"
        return "\n        ".join(word if "<" in word else e(word) for word in words)

    parts = "".join(f"<p>\n  {marked(text)}\n</p>" for text in s.paragraphs)
    return document(s.headline, f"{NAV}<article><h1>{e(s.headline)}</h1>{parts}</article>{FOOT}")


@layout
def sections_with_headings(s):
    parts = "".join(f"<section><h2>Part {n + 1}</h2>{p(s.paragraphs[3 * n : 3 * n + 3])}</section>" for n in range(3))
    return document(s.headline, f"{NAV}<main><h1>{e(s.headline)}</h1>{parts}</main>{FOOT}")


@layout
def newsletter_and_related_inside(s):
    return document(
        s.headline,
        f"{NAV}<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:4])}{NEWSLETTER}{p(s.paragraphs[4:7])}{RELATED}{p(s.paragraphs[7:])}</article>{FOOT}",
    )


@layout
def pictures_with_captions(s):
    figure = "<figure><img src='a.jpg' alt='A quay'><figcaption>The quay at low tide. Photograph: Courier archive</figcaption></figure>"
    return document(
        s.headline,
        f"<article><h1>{e(s.headline)}</h1>{figure}{p(s.paragraphs[:5])}{figure}{p(s.paragraphs[5:])}</article>{FOOT}",
    )


@layout
def scripts_and_noscript(s):
    noise = "<script>document.title='<div><div><p>not text';</script><noscript><img src='x.gif'><p>Scripts are off, so some of this page is missing for you.</p></noscript>"
    parts = "".join(f"<p>{e(text)}</p>{noise}" for text in s.paragraphs)
    return document(s.headline, f"<article><h1>{e(s.headline)}</h1>{parts}</article>{FOOT}")


@layout
def tags_left_open(s):
    return document(
        s.headline,
        f"<ul><li><a href=/a>News<li><a href=/b>Sport</ul><h1>{e(s.headline)}</h1><div class=text>{''.join(f'<p>{e(text)}' for text in s.paragraphs)}</div><p><small>© 2024 Courier",
        doctype="",
    )


@layout
def xhtml(s):
    body = f"<div id='article'><h1>{e(s.headline)}</h1>{p(s.paragraphs)}<br /><hr /></div>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{e(s.headline)}</title></head><body>{body}</body></html>'


@layout
def columns_by_flex(s):
    aside = (
        "<aside class='sidebar'><h2>Most read</h2><ol>"
        + "".join(f"<li><a href='/{n}'>A popular story, number {n}</a></li>" for n in range(6))
        + "</ol></aside>"
    )
    return document(
        s.headline,
        f"<div style='display:flex'><main style='flex:3'><article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}</article></main>{aside}</div>{FOOT}",
    )


@layout
def custom_elements(s):
    parts = "".join(f"<story-paragraph><p>{e(text)}</p></story-paragraph>" for text in s.paragraphs)
    return document(
        s.headline,
        f"<site-header>{NAV}</site-header><story-body><article><h1>{e(s.headline)}</h1>{parts}</article></story-body><site-footer>{FOOT}</site-footer>",
    )


@layout
def spans_as_blocks(s):
    parts = "".join(f"<p><span style='display:block'>{e(text)}</span></p>" for text in s.paragraphs)
    return document(s.headline, f"{NAV}<article><h1>{e(s.headline)}</h1>{parts}</article>{FOOT}")


@layout
def teasers_below(s):
    teasers = "".join(
        f"<div class='teaser'><h3><a href='/{n}'>Another story about the coast, number {n}</a></h3><p class='teaser-text'>A short summary that ends in dots …</p></div>"
        for n in range(8)
    )
    return document(
        s.headline,
        f"{NAV}<div class='article'><h1>{e(s.headline)}</h1>{p(s.paragraphs)}</div><section class='more-stories'><h2>More stories</h2>{teasers}</section>{FOOT}",
    )


@layout
def share_bars(s):
    bar = "<ul class='share-tools'><li><a href='#f'>Facebook</a></li><li><a href='#x'>X</a></li><li><a href='#m'>Email</a></li></ul>"
    return document(
        s.headline,
        f"{NAV}<article><h1>{e(s.headline)}</h1><time datetime='2024-03-05T08:30:00Z'>5 March 2024</time>{bar}{p(s.paragraphs)}{bar}</article>{FOOT}",
    )


@layout
def entities_and_odd_spaces(s):
    parts = "".join(
        f"<p>\r\n\t {e(text).replace('’', '&#146;').replace('“', '&ldquo;').replace('”', '&#8221;').replace(' mm', '&nbsp;mm')}  \r\n</p>"
        for text in s.paragraphs
    )
    return document(s.headline, f"<article><h1>{e(s.headline)}</h1>{parts}</article>{FOOT}")


@layout
def interview(s):
    parts = "".join(
        f"<p><strong>And what does number {n} mean for the town?</strong></p><p>{e(text)}</p>"
        for n, text in enumerate(s.paragraphs)
    )
    return document(s.headline, f"{NAV}<article><h1>{e(s.headline)}</h1>{parts}</article>{FOOT}")


@layout
def short_item(s):
    return document(s.headline, f"{NAV}<article><h1>{e(s.headline)}</h1>{p(s.paragraphs[:3])}</article>{RELATED}{FOOT}")


@layout
def details_and_dialogs(s):
    return document(
        s.headline,
        f"<dialog><p>We use cookies for the things that you would expect us to use them for.</p></dialog><article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}<details><summary>Corrections</summary><p>An earlier version had a wrong figure in it, which is not shown unless you ask.</p></details></article>{FOOT}",
    )


@layout
def windows_1252(s):
    return document(s.headline, f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}</article>").replace(
        'charset="utf-8"', 'charset="windows-1252"'
    )


@layout
def with_utf_16_mark(s):
    return document(s.headline, f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}</article>").replace(
        '<meta charset="utf-8">', ""
    )


_ENCODINGS = {"windows_1252": "cp1252", "with_utf_16_mark": "utf-16"}
_OPTIONAL = (
    "The quay at low tide. Photograph: Courier archive",
    "5 March 2024",
    "Corrections",
    "An earlier version had a wrong figure in it, which is not shown unless you ask.",
)


def pages():
    """Return all pages, one of each layout."""
    made = []
    for number, function in enumerate(LAYOUTS, 1):
        s = story(number)
        gold = s.paragraphs[:3] if function is short_item else s.paragraphs
        if function is interview:
            gold += tuple(f"And what does number {n} mean for the town?" for n in range(len(s.paragraphs)))
        data = function(s).encode(_ENCODINGS.get(function.__name__, "utf-8"))
        made.append(Page(function.__name__, data, gold, (*_OPTIONAL, f"By {s.author}"), s.headline))
    return made


def large_page(number, size=20_000):
    """Return one page of about `size` bytes, as a news site sends it."""
    s = story(1000 + number, 24)
    head = '<meta property="article:published_time" content="2024-03-05T08:30:00+01:00">'
    article = f"<article><h1>{e(s.headline)}</h1><p class='byline'>By {e(s.author)}</p>{p(s.paragraphs)}</article>"
    page = document(s.headline, f"{NAV}{article}{RELATED}{NEWSLETTER}{FOOT}", head)
    teaser = "<div class='teaser'><a href='/{n}'>A teaser for another story</a><span class='date'>today</span></div>"
    while len(page) < size:
        page = page.replace("</body>", teaser.format(n=len(page)) + "</body>")
    return page.encode()
