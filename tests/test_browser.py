"""In a real Chromium: deep links reach their sentence, and nothing else does; hostile text runs nothing."""

import json
import re

import pytest

from index.fragments import text_directive
from tests.chromium import browser, marked_box, program, served
from tests.fragment_pages import pages

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
    yield text_directive(f"{text[:start]}Zqx{text[start + 2 :]}", start, end + 1)
    if re.match("[A-Za-z]{3}", text[start:end]):
        yield text_directive(text[start + 1 : end], 0, end - start - 1)


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
                for directive in {text_directive(text, start, end, page) for page in (text, None)}:
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
