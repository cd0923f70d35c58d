"""The verbatim promise against a real browser: what Chromium shows of a page holds every sentence we quote."""

import pytest

from index.sources.job import read_here
from index.sources.visible import fold
from tests.support.chromium import browser, program
from tests.support.layouts import pages

pytestmark = [pytest.mark.check, pytest.mark.skipif(not program(), reason="Chromium is not installed")]


def test_every_sentence_stands_in_the_inner_text_of_chromium(tmp_path):
    lost, sentences = [], 0
    with browser(tmp_path / "profile") as tab:
        for page in pages():
            file = tmp_path / f"{page.name}.html"
            file.write_bytes(page.data)
            tab.open(file.as_uri())
            tab.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
            shown = fold(tab.run("document.body.innerText"))
            article = read_here(page.data, file.name).article
            assert len(article.sentences) > 5
            sentences += len(article.sentences)
            lost += [(page.name, text) for text in map(article.quote, article.sentences) if fold(text) not in shown]
            assert fold(article.title) in shown
    assert lost == []
    assert sentences > 600
