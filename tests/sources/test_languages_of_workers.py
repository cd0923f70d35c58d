"""The language of an article that a worker read: told there by its words, else by the caller, who can ask the model."""

import pytest

from index.language.language import get_language
from index.sources import loading
from index.sources.job import read_as_dict
from index.sources.loading import check_reply, load_bytes

GERMAN = (
    "<html><head><title>Brücke</title></head><body><article><h1>Neue Brücke</h1><p>Der Stadtrat von Pellan hat am"
    " 3. Oktober den Bau einer neuen Brücke beschlossen. Die alte Brücke ist zu schwach, sagte die Bürgermeisterin."
    "</p><p>Die Kosten betragen nach ihren Angaben 40 Millionen Euro. Der Bau dauert drei Jahre.</p>"
    "</article></body></html>"
)


def test_a_page_in_another_language_is_read_in_it():
    article = load_bytes(GERMAN.encode(), "page.html", apart=True).article
    assert article.language == "de"
    assert article.quote(article.sentences[0]).endswith("beschlossen.")
    assert all(each.terms == get_language("de").analyse(article.quote(each)) for each in article.sentences)


@pytest.mark.parametrize(("told", "language"), [("de", "de"), (None, "en"), ("en", "en")])
def test_what_a_worker_left_in_doubt_is_read_in_the_language_that_the_model_tells(monkeypatch, told, language):
    page = b"<html><body><article><p>The mayor of Pellan went on Nov. 3. She stayed there.</p></article></body></html>"
    reply = read_as_dict(page, "page.html") | {"doubtful": True}
    monkeypatch.setattr(loading, "identify", lambda _: told)
    article = check_reply(reply, "page.html").article
    assert article.language == language
    assert all(each.terms == get_language(language).analyse(article.quote(each)) for each in article.sentences)
    assert article.length == len(article.sentences)
