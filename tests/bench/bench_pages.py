"""How well the body of a web page is chosen, and at what cost, beside trafilatura and readability-lxml.

`python -m tests.bench.bench_pages` prints one JSON line for each of them: precision, recall and F1 over runs of four
words, the pages that lose over a quarter of their body, and milliseconds of CPU a page. The pages are those of
`tests/support/cms_pages.py` and `tests/support/layouts.py`; `--large` puts 100 kB of teasers and scripts around each.
readability-lxml comes with the extra `[bench]`; without it, it is left out.
"""

import json
import re
import sys
import time
from importlib import import_module

from index.errors import SourceError
from index.model import Kind
from index.sources.job import read_here
from tests.support.cms_pages import cms_pages
from tests.support.layouts import pages


def read_ours(data):
    try:
        article = read_here(data, "page.html").article
    except SourceError:
        return []
    return [article.quote(each) for each in article.paragraphs if each.kind is Kind.BODY]


def read_with_trafilatura(data):
    import trafilatura

    return (trafilatura.extract(data, include_comments=False) or "").split("\n")


def read_with_readability(data):
    readability = import_module("readability")  # of the extra [bench], which nothing else needs
    from lxml import html

    page = html.fromstring(readability.Document(data.decode("utf-8", "replace")).summary())
    for element in page.iter():  # so that no two blocks run into each other
        element.text, element.tail = f"\n{element.text or ''}", element.tail
        if element.tag in {"p", "div", "li", "br", "td", "h1", "h2", "h3", "figcaption", "blockquote", "summary"}:
            element.tail = f"\n{element.tail or ''}"
    return page.text_content().split("\n")


def list_shingles(texts):
    rows = [re.findall(r"\w+", text.lower()) for text in texts]
    return {tuple(row[at : at + 4]) for row in rows for at in range(max(1, len(row) - 3)) if row}


def score(page, found):
    """Return precision, recall and F1 of a body."""
    gold = list_shingles(page.gold)
    got = list_shingles(found) - (list_shingles(page.optional) - gold)
    right = len(gold & got)
    precision, recall = right / max(1, len(got)), right / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def surround(data):
    """Return the page with as much around its text as a news site sends."""
    cards = "".join(
        f"<div class='tile t{n % 7}'><div><a href='/s/{n}'><span>Another story, number {n}</span></a>"
        f"<span class='when'>2h ago</span></div></div>"
        for n in range(200)
    )
    state = json.dumps([{"id": n, "url": f"/s/{n}", "teaser": f"A teaser, number {n}"} for n in range(1200)])
    return data.replace(b"</body>", f"{cards}<script>window.state={state}</script></body>".encode())


def measure(read, some, *, large):
    """Return the figures of one reader."""
    sent = [surround(page.data) if large else page.data for page in some]
    for data in sent[:5]:
        read(data)
    began = time.process_time()
    found = [read(data) for data in sent]
    spent = time.process_time() - began
    scores = [score(page, texts) for page, texts in zip(some, found, strict=True)]
    names = ("precision", "recall", "f1")
    figures = {name: round(sum(row[at] for row in scores) / len(scores), 4) for at, name in enumerate(names)}
    lost = sum(row[1] < 0.75 for row in scores)
    return figures | {"pages": len(some), "lost": lost, "ms_cpu": round(1000 * spent / len(some), 2)}


def main():
    """Print the figures."""
    some = [page for page in (*cms_pages(), *pages()) if page.name != "with_utf_16_mark"]
    readers = {"pullquote": read_ours, "trafilatura": read_with_trafilatura, "readability-lxml": read_with_readability}
    for name, read in readers.items():
        try:
            print(json.dumps({"reader": name} | measure(read, some, large="--large" in sys.argv)), flush=True)
        except ImportError:
            print(json.dumps({"reader": name, "left_out": "not installed"}), flush=True)


if __name__ == "__main__":
    main()
