"""The reading room: pages that ask, list and show articles, without a script."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from index import Article
from tests.web.conftest import READER, bear, serving


def links(page):
    return [unescape(each) for each in re.findall(r'<a href="([^"#][^"]*)"', page)]


def script_of(page):
    return re.search(r'src="(/assets/room\.js\?[0-9a-f]{12})"', page.text)[1]


def test_the_first_page_lists_the_articles_newest_first_and_asks(client, index):
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "form-action 'self'" in page.headers["content-security-policy"]
    cards = list(index.articles())
    assert [each for each in links(page.text) if "/articles/" in each] == [
        f"/articles/{card.id}" for card in reversed(cards)
    ]
    assert "2 articles" in page.text
    assert '<form class="ask" role="search" action="/">' in page.text
    assert re.findall("<script[^>]*>", page.text) == [f'<script src="{script_of(page)}" defer>']


def test_an_answer_leads_to_where_it_stands_with_the_sentence_marked(client, index):
    question = "What fell on the quay?"
    reply = index.ask(question)
    page = client.get("/", params={"q": question})
    assert page.status_code == 200
    assert reply.citations[0].text in unescape(page.text)
    (link,) = (each for each in links(page.text) if each.startswith("/articles/") and "?at=" not in each)
    assert parse_qs(urlsplit(link).query) == {"q": [question]}
    read = client.get(link)
    assert re.search(rf'<mark id="c1">{re.escape(reply.citations[0].text)}', unescape(read.text))
    assert "Ask this article" in read.text


def test_a_page_keeps_the_questions_before_and_goes_on_from_them(client, index):
    first, second = "Who is the harbour master?", "What did she blame?"
    page = client.get("/", params={"q": first})
    assert re.findall(r'name="h" value="([^"]*)"', page.text) == [first]
    told = client.get("/", params={"h": first, "q": second})
    understood = index.ask(second, (first,)).understood
    assert understood is not None
    assert understood in unescape(told.text)


def test_earlier_questions_are_asked_again_with_what_was_before_them(client):
    asked = ["Who is the harbour master?", "What did she blame?", "Who is Martin Oduya?"]
    page = client.get("/", params={"h": asked[:2], "q": asked[2]}).text
    again = [unescape(each) for each in re.findall(r'<li><a href="(/\?[^"]+)"', page)]
    assert [parse_qs(urlsplit(each).query) for each in again] == [{"q": [asked[0]]}, {"h": [asked[0]], "q": [asked[1]]}]
    assert "worn cable" in client.get(again[1]).text


def test_why_an_answer_is_one_is_told_in_words_and_bars(client):
    for path in ("/", f"/articles/{client.get('/v1/articles').json()['articles'][0]['id']}"):
        page = html.fromstring(client.get(path, params={"q": "Who blamed a worn cable?"}).text)
        (why,) = page.xpath("//details[@class='why']")
        assert "blamed" in why.xpath("string(p[1])")
        assert why.xpath(".//table[1]//th/text()")
        assert why.xpath(".//td[@class='bar']//rect[@class='more']")


def test_what_the_pages_load_is_kept_by_browsers_and_found_under_its_name_alone(client):
    page = client.get("/")
    for address in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text):
        loaded = client.get(address)
        assert loaded.status_code == 200
        assert "immutable" in loaded.headers["cache-control"]
        assert loaded.headers["x-content-type-options"] == "nosniff"
    assert client.get(script_of(page)).headers["content-type"].startswith("text/javascript")
    for name in ("room.py", "..%2froom.py", "x"):
        assert client.get(f"/assets/{name}").status_code == 404


def test_the_policy_lets_in_what_this_server_has_and_nothing_written_into_the_page(client):
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "same-origin"
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    (inside,) = html.fromstring(page.text).xpath("//meta[@http-equiv]/@content")
    assert policy == f"{inside}; frame-ancestors 'none'"


def test_errors_are_told_to_people_on_a_page(client, monkeypatch):
    monkeypatch.setattr("bot.web.backend.WAITING", 0)
    page = client.get("/")
    assert (page.status_code, page.headers["retry-after"]) == (503, "1")
    assert "too many questions wait" in html.fromstring(page.text).xpath("string(//p[@role='alert'])")


def test_what_is_not_here_is_told_on_a_page(client):
    page = client.get("/articles/zembla")
    assert page.status_code == 404
    assert "There is no such article here." in page.text


def test_a_filter_that_there_is_not_is_told_on_the_page(client):
    page = client.get("/", params={"q": "since:yesterdayish Who is missing?"})
    assert page.status_code == 422
    assert 'role="alert"' in page.text


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "</title><b>", "a\x00b", "q" * 5000])
def test_no_question_writes_html(client, text):
    for path in ("/", "/articles/zembla"):
        page = client.get(path, params={"q": text, "h": text})
        assert page.text.count("<script") == 1  # ours
        assert "<b>" not in page.text


def test_a_token_sees_its_own_collections_alone(guarded, index):
    index.add(Article.from_text("Elsewhere a lighthouse burned down. Nobody was hurt there."), "reader")
    key = next(card.id for card in index.articles())
    assert guarded.get("/").status_code == 401
    page = guarded.get("/", headers=bear(READER))
    assert "1 article" in page.text
    assert key not in page.text
    hidden = guarded.get(f"/articles/{key}", headers=bear(READER))
    unknown = guarded.get("/articles/zembla", headers=bear(READER))
    assert (hidden.status_code, hidden.text) == (404, unknown.text)


def test_an_empty_library_says_how_to_fill_it():
    from index import open_index

    with open_index() as empty, serving(empty) as client:
        assert "pullquote add FILE" in client.get("/").text
