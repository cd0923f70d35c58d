"""In a real Chromium: deep links reach their sentence, and nothing else does; hostile text runs nothing."""

import json
import re
from dataclasses import replace

import pytest

from index.citations import conversation_page, deep_link, reading_page
from index.citations.links import find_directive
from index.model import Citation
from index.sources import read_bytes
from index.stories import Silence, Standing
from tests.support import news_pages
from tests.support.chromium import browser, marked_box, program, served
from tests.support.fragment_pages import pages
from tests.support.injections import INJECTIONS, hostile_article, hostile_reply

pytestmark = pytest.mark.check

PAGE = """<!doctype html><meta charset=utf-8><title>Page</title><style>
body { font: 16px/1.5 sans-serif; width: 700px; background: #fff; color: #000 }
::target-text { background: #f0f; color: #f0f }
.gap { height: 2500px }
</style><body><div class=gap></div>%s<div class=gap></div>"""

BOX = """(sentence, nth) => {
  const solid = text => text.replace(/[\\s\\u00a0]+/g, "");
  const places = [];
  let all = "";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (!node.parentElement.checkVisibility()) continue;
    const upper = getComputedStyle(node.parentElement).textTransform === "uppercase";
    [...node.data].reduce((at, ch) => {
      if (solid(ch)) for (let i = 0; i < ch.length; i++) places.push([node, at + i]);
      all += solid(upper ? ch.toUpperCase() : ch);
      return at + ch.length;
    }, 0);
  }
  let at = -1;
  for (let n = 0; n <= nth; n++) at = all.indexOf(solid(sentence), at + 1);
  const range = document.createRange();
  range.setStart(...places[at]);
  const last = places[at + solid(sentence).length - 1];
  range.setEnd(last[0], last[1] + 1);
  const boxes = [...range.getClientRects()].filter(box => box.width);
  return [Math.min(...boxes.map(b => b.left)), Math.max(0, Math.min(...boxes.map(b => b.top))),
          Math.max(...boxes.map(b => b.right)), Math.min(innerHeight, Math.max(...boxes.map(b => b.bottom)))];
}"""
"""Where the window shows the n-th occurrence of a sentence: left, top, right, bottom."""


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    assert program(), "needs Chromium: apt-get install chromium"
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        tab.size(800, 1300)  # room for the longest sentence
        yield tab


def place(text, sentence, nth):
    """Where the n-th occurrence of the sentence stands in the text; any space counts as any other."""
    pattern = r"\s+".join(re.escape(word) for word in sentence.split())
    found = list(re.finditer(f"(?={pattern})", text))[nth]
    return found.start(), re.compile(pattern).match(text, found.start()).end()


def is_marked(tab, sentence, nth):
    """Whether the window was scrolled and exactly this occurrence of the sentence is highlighted."""
    box = marked_box(tab.picture())
    want = tab.run(f"({BOX})({json.dumps(sentence)}, {nth})")
    return tab.run("scrollY") > 0 and box and all(abs(a - b) <= 3 for a, b in zip(box, want, strict=True))


def is_untouched(tab):
    return tab.run("scrollY") == 0 and marked_box(tab.picture()) is None


def controls(text, start, end):
    """Directives that must find nothing: a word that the page lacks, and half a word."""
    yield find_directive(f"{text[:start]}Zqx{text[start + 2 :]}", start, end + 1)
    if re.match("[A-Za-z]{3}", text[start:end]):
        yield find_directive(text[start + 1 : end], 0, end - start - 1)


def test_each_cited_sentence_is_reached_and_no_control_is(tab, capsys):
    tried = pages()
    html = {f"/{n}": PAGE % body for n, (body, _) in enumerate(tried.values())}
    sentences, links, matched, refused, missed = 0, 0, 0, 0, []
    with served(html) as (server, _):
        for n, (name, (_, cited)) in enumerate(tried.items()):
            tab.open(f"{server}/{n}")
            text = tab.run("document.body.innerText")
            for number, (sentence, nth) in enumerate(cited):
                start, end = place(text, sentence, nth)
                sentences += 1
                for directive in {find_directive(text, start, end, page) for page in (text, None)}:
                    tab.open(f"{server}/{n}?{number}{len(directive)}#:~:text={directive}")
                    good = directive and is_marked(tab, sentence, nth)
                    links += 1
                    matched += bool(good)
                    missed += [] if good else [(name, sentence, directive)]
            for number, directive in enumerate(controls(text, *place(text, *cited[0]))):
                tab.open(f"{server}/{n}?control{number}#:~:text={directive}")
                good = directive and is_untouched(tab)
                refused += bool(good)
                missed += [] if good else [(name, "control", directive)]
    with capsys.disabled():
        print(
            f"\ndeep links: {len(html)} pages, {sentences} sentences in {links} links, {matched} matched, "
            f"{refused} controls untouched"
        )
    assert not missed
    assert len(html) >= 60
    assert refused >= len(html)


def test_sentences_of_news_pages_are_reached_as_the_reader_of_web_pages_cut_them(tab, capsys):
    tried = news_pages.pages()
    links, missed = 0, []
    with served({f"/{n}": page for n, page in enumerate(tried.values())}) as (server, _):
        for n, (name, page) in enumerate(tried.items()):
            article = read_bytes(page.encode(), f"{name}.html")
            for sentence in article.sentences[n % 2 :: 2]:
                article = replace(article, url=f"{server}/{n}?{sentence.number}")
                words = article.quote(sentence)
                cited = Citation(article.id, article.sha256, 1, 1, sentence.start, sentence.end, words, 0.9)
                link = deep_link(article, cited)
                tab.open(link)
                links += 1
                good = ":~:" in link and is_marked(tab, words, article.text.count(words, 0, sentence.start))
                missed += [] if good else [(name, link)]
    with capsys.disabled():
        print(f"\nnews pages: {len(tried)} pages, {links} sentences, {links - len(missed)} matched")
    assert not missed
    assert links > 40


# --- pages to read ----------------------------------------------------------------------


def test_a_page_that_does_run_something_is_noticed(tab):
    with served({"/": "<script>alert(1)</script><img src=/hit>"}) as (server, asked):
        tab.open(f"{server}/")
        assert tab.named("Page.javascriptDialogOpening")
        assert "/hit" in asked


def test_hostile_articles_run_and_fetch_nothing(tab, capsys):
    articles = [hostile_article(text) for text in INJECTIONS]
    turns = [(text, hostile_reply(article, text)) for text, article in zip(INJECTIONS, articles, strict=True)]
    html = {
        f"/{n}": reading_page(article, reply, Standing(Silence.SUPERSEDED, article.card))
        for n, (article, (_, reply)) in enumerate(zip(articles, turns, strict=True))
    }
    html["/all"] = conversation_page(turns)
    with served(html) as (server, asked):
        for path in html:
            tab.open(server + path)
            assert not tab.named("Page.javascriptDialogOpening"), path
            assert not tab.named("Log.entryAdded"), path
            assert {event["request"]["url"] for event in tab.named("Network.requestWillBeSent")} == {server + path}
            assert tab.run("document.scripts.length + document.images.length + document.forms.length") == 0
            assert tab.run("document.styleSheets.length") == 1
            assert tab.run("document.querySelector('main') !== null && document.title !== ''")
    with capsys.disabled():
        print(
            f"\npages to read: {len(html)} with hostile text, nothing run, {len(set(asked) - set(html))} other requests"
        )
    assert set(asked) <= {*html, "/favicon.ico"}


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (320, True)])
def test_a_page_fits_its_window_and_its_words_can_be_read(tab, width, dark):
    article = read_bytes(news_pages.pages()["plain"].encode(), "plain.html")
    sentence = article.sentences[2]
    cited = Citation(article.id, article.sha256, 1, 1, sentence.start, sentence.end, article.quote(sentence), 0.9)
    reply = hostile_reply(article, "W" * 200)
    reply = replace(reply, passages=(replace(reply.passages[0], citations=(cited,)),))
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    tab.call("Emulation.setEmulatedMedia", features=[scheme])
    tab.size(width, 800, mobile=width < 500)
    with served({"/": reading_page(article, reply)}) as (server, _):
        tab.open(f"{server}/?{width}{dark}")
        assert tab.run("document.documentElement.scrollWidth <= innerWidth")
        low = tab.run(CONTRAST)
        tab.run("location.hash = 'c1'; new Promise(done => setTimeout(done, 1200))")
        top = tab.run("document.querySelector('#c1').getBoundingClientRect().top")
    tab.size(800, 1300)
    tab.call("Emulation.setEmulatedMedia", features=[])
    assert 0 <= top < 800
    assert low == []


CONTRAST = """(() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = [];
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("svg")) continue;
    const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push([node.data, (a + 0.05) / (b + 0.05)]);
  }
  return low;
})()"""
"""Words whose contrast is below 4.5 to 1, what WCAG asks for text of usual size."""
