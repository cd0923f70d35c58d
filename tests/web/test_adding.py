"""The page that adds: a form that needs no script, from pages of this server alone."""

import re

import pytest

from tests.web.conftest import DESK, READER, bear

OWN = {"origin": "http://127.0.0.1:8000"}
ADDED = "The museum bought a clock on Monday, its director said."


def send(client, text="", files=(), headers=OWN, **more):
    """Send the form as a browser does: one file without a name where none was chosen."""
    parts = [("file", part) for part in files or [("", b"", "application/octet-stream")]]
    return client.post("/add", data={"text": text}, files=parts, headers=headers, follow_redirects=False, **more)


def test_the_form_is_one_that_needs_no_script(client):
    page = client.get("/add").text
    assert '<form class="add" method="post" action="/add" enctype="multipart/form-data">' in page
    assert re.findall(r'name="(\w+)"', page.partition("<main")[2]) == ["text", "file"]


def test_one_article_is_added_and_shown(client, index):
    added = send(client, f"  Museum buys clock\r\n\r\n{ADDED}\r\n")
    assert added.status_code == 303
    page = client.get(added.headers["location"])
    assert ADDED in page.text
    assert index.article(added.headers["location"].rpartition("/")[2]).text == f"Museum buys clock\n\n{ADDED}"
    assert send(client, f"Museum buys clock\n\n{ADDED}").headers["location"] == added.headers["location"]


def test_several_are_told_one_by_one(client, index):
    files = [
        ("folder\\tram.txt", b"The tram stopped on Monday night.", "text/plain"),
        ("broken.pdf", b"%PDF-1.4", "application/pdf"),
    ]
    page = send(client, ADDED, files)
    assert page.status_code == 200
    assert page.text.count("<li>") == 2
    assert page.text.count('<li class="failed">Not added. broken.pdf: ') == 1
    assert {"tram.txt"} <= {card.source for card in index.articles()}
    assert len(list(index.articles())) == 4


def test_what_cannot_be_added_says_why(client, index):
    refused = send(client, files=[("broken.pdf", b"%PDF-1.4", "application/pdf")])
    assert refused.status_code == 422
    assert "Not added. broken.pdf" in refused.text
    for text, status, words in (
        ("", 422, "paste a text or a link, or choose a file"),
        ("http://127.0.0.1/", 422, "Not added. http://127.0.0.1/"),
        ("a" * 200_001, 422, "a string of 1 to 200000 characters"),
        ("a" * 900_000, 400, "the form cannot be read"),
    ):
        refused = send(client, text)
        assert refused.status_code == status, text[:40]
        assert words in refused.text
        assert 'class="add"' in refused.text
    assert client.post("/add", data={"text": ADDED}, headers=OWN).status_code == 415
    broken = {**OWN, "content-type": "multipart/form-data"}
    assert client.post("/add", content=b"--x", headers=broken).status_code == 400
    assert len(list(index.articles())) == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://127.0.0.1:8000"}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9000"}, 403),
        ({"origin": "http://127.0.0.1:9000"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_only_a_page_of_this_server_sends_the_form(client, index, headers, status):
    assert send(client, ADDED, headers=headers).status_code == status
    assert len(list(index.articles())) == (3 if status == 303 else 2)


def test_who_is_no_page_of_this_server_is_told_where_programs_send(client):
    assert "programs send to /v1/ or /mcp" in client.post("/add", data={"text": "A ferry sank."}).text


def test_only_who_may_add_sees_the_form(guarded, index):
    assert "/add" in guarded.get("/", headers=bear(DESK)).text
    assert "/add" not in guarded.get("/", headers=bear(READER)).text
    refused = guarded.get("/add", headers=bear(READER))
    assert refused.status_code == 403
    assert "the right to add" in refused.text
    assert 'class="add"' not in refused.text
    assert send(guarded, ADDED, headers={**OWN, **bear(READER)}).status_code == 403
    added = send(guarded, ADDED, headers={**OWN, **bear(DESK)})
    assert added.status_code == 303
    events = {**OWN, **bear(READER), "accept": "text/event-stream"}
    assert send(guarded, ADDED, headers=events).json()["status"] == 403


def test_a_script_is_told_step_by_step(client):
    told = send(client, ADDED, headers={**OWN, "accept": "text/event-stream"})
    assert re.findall(r"event: (\w+)", told.text) == ["reading", "added", "done"]
    empty = send(client, headers={**OWN, "accept": "text/event-stream"})
    assert empty.json()["detail"].startswith("paste a text or a link")
    assert client.app.state.backend.adding == 0


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "</title><b>x"])
def test_no_name_of_a_file_writes_html(client, text):
    page = send(client, files=[(f"{text}.pdf", b"%PDF-1.4", "application/pdf")]).text
    assert page.count("<script") == 1  # ours
    assert "<b>" not in page
