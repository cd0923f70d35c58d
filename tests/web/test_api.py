"""The routes for programs: the same replies as everywhere, and errors that say what to do."""

import asyncio
import json
import threading

import httpx
import pytest

from bot.settings import Settings
from bot.web.app import make_app
from bot.web.talks import LASTS, Talks
from index import Filter, open_index
from index.citations import cite
from index.digest import digest_to_dict
from index.errors import EngineUnavailable
from index.forms.serial import article_to_dict, reply_to_dict
from tests.support.replies import HARBOUR, article

WHO = "Who blamed a worn cable?"
ADDED = "The museum bought a clock on Monday, its director said.\n\nIt cost 300 crowns."


def ask(client, question=WHO, **more):
    answered = client.post("/v1/ask", json={"question": question, **more})
    assert answered.status_code == 200, answered.text
    return answered.json()


def problem(answered, status):
    assert answered.status_code == status, answered.text
    assert answered.headers["content-type"] == "application/problem+json"
    form = answered.json()
    assert form["status"] == status
    assert form["type"].startswith(("about:blank", "urn:pullquote:problem:"))
    return form


def test_a_question_gets_the_reply_that_it_gets_everywhere(client, index):
    assert ask(client) == reply_to_dict(index.ask(WHO))
    asked = ask(client, "What was damaged?", limit=1, explain=True, sources=["vineyard"])
    within = Filter(sources=("vineyard",))
    assert asked == reply_to_dict(index.ask("What was damaged?", (), within, limit=1, explain=True))


def test_filters_may_stand_in_the_question(client, index):
    assert ask(client, f"{WHO} source:vineyard")["verdict"] == "refused"
    assert ask(client, WHO, until="2024-03-01")["verdict"] == "refused"
    assert ask(client, WHO, since="2024-03-14T00:00:00")["verdict"] == "answered"
    told = problem(client.post("/v1/ask", json={"question": f"{WHO} since:Tuesday"}), 422)
    assert "2023-01-31" in told["detail"]


def test_a_conversation_goes_on_from_what_was_asked_in_it(client, index):
    ask(client, "Who is Lena Brandt?", conversation="a")
    later = ask(client, "What did she blame?", conversation="a")
    assert later == reply_to_dict(index.ask("What did she blame?", ("Who is Lena Brandt?",)))
    assert later["understood"]
    assert ask(client, "What did she blame?", conversation="b")["understood"] is None


def test_a_header_names_the_conversation_where_the_body_does_not(client):
    def ask_in(header, question, **more):
        told = client.post("/v1/ask", json={"question": question, **more}, headers={"Pullquote-Conversation": header})
        return told.json() if told.status_code == 200 else problem(told, 422)["detail"]

    ask_in("a", "Who is Lena Brandt?")
    assert ask_in("a", "What did she blame?")["understood"]
    assert ask(client, "What did she blame?", conversation="a")["understood"]
    assert ask_in("a", "What did she blame?", conversation="b")["understood"] is None
    for malformed in ("", "a b", "x" * 65):
        assert "the header Pullquote-Conversation: expected" in ask_in(malformed, "Who is Lena Brandt?")


def test_a_conversation_is_kept_for_an_hour():
    now = 0.0
    talks = Talks(lambda: now)
    for number in range(12):
        talks.add(("", "a"), f"question {number}")
    talks.add(("desk", "a"), "theirs")
    assert talks.get(("", "a"))[0] == "question 2"
    assert len(talks.get(("", "a"))) == 10
    assert talks.get(("desk", "a")) == ("theirs",)
    now = LASTS - 1
    talks.add(("desk", "a"), "later")
    now = LASTS
    assert talks.get(("", "a")) == ()
    assert talks.get(("desk", "a")) == ("theirs", "later")
    talks.add(("", "b"), "new")
    assert len(talks) == 2, "what is over is forgotten"


def test_passages_are_searched(client, index):
    hits = client.post("/v1/search", json={"words": "crane quay", "limit": 2}).json()["hits"]
    found = index.search("crane quay", 2)
    assert [(hit["start"], hit["end"], hit["text"]) for hit in hits] == [
        (each.passage.start, each.passage.end, each.passage.text) for each in found
    ]
    assert client.post("/v1/search", json={"words": "zeppelin"}).json() == {"format": 1, "hits": []}


def test_digests_are_told(client, index):
    key = next(index.articles()).id
    told = client.post("/v1/digest", json={"kind": "quotes", "article": key[:8], "of": "Brandt"}).json()
    assert told == digest_to_dict(index.digest("quotes", key, "Brandt"))
    problem(client.post("/v1/digest", json={"kind": "about", "article": "ffff"}), 404)


def test_articles_are_listed_page_by_page(client, index):
    first = client.get("/v1/articles", params={"limit": 1}).json()
    assert [each["title"] for each in first["articles"]] == ["Port of Eastmoor closes after crane falls"]
    rest = client.get("/v1/articles", params={"limit": 1, "start": first["next"]}).json()
    assert [each["source"] for each in rest["articles"]] == ["vineyard.txt"]
    assert rest["next"] is None
    found = client.get("/v1/articles", params={"words": "FROST"}).json()["articles"]
    assert [each["source"] for each in found] == ["vineyard.txt"]


def test_an_article_is_shown_but_not_where_it_lies(client, tmp_path):
    file = tmp_path / "secret-folder.txt"
    file.write_text(HARBOUR, encoding="utf-8")
    with open_index() as own:
        from index import load_article

        own.add(load_article(file))
        with httpx_of(make_app(Settings(), own)) as client:
            shown = client.get(f"/v1/articles/{article().id[:6]}")
    assert shown.json()["text"] == HARBOUR
    assert not {"file", "replaced"} & set(shown.json())
    assert shown.json().keys() < article_to_dict(article()).keys()


def httpx_of(app):
    from starlette.testclient import TestClient

    return TestClient(app, base_url="http://localhost")


def test_a_text_is_added_and_removed(client, index):
    added = client.post("/v1/articles", json={"text": ADDED, "title": "A clock", "published": "2024-05-06"})
    assert added.status_code == 201
    (one,) = added.json()["added"]
    assert (one["new"], one["article"]["title"], one["article"]["published"]) == (
        True,
        "A clock",
        "2024-05-06T00:00:00",
    )
    assert ask(client, "What did the museum buy?")["verdict"] == "answered"
    assert client.post("/v1/articles", json={"text": ADDED}).json()["added"][0]["new"] is False
    key = one["article"]["id"]
    assert client.delete(f"/v1/articles/{key}").status_code == 204
    assert problem(client.delete(f"/v1/articles/{key}"), 404)["article"] == key
    assert ask(client, "What did the museum buy?")["verdict"] == "refused"


def test_a_file_is_added_by_its_bytes(client):
    rows = "text,title\nThe tram stopped on Monday night.,Tram\nThe ferry sank on Tuesday.,Ferry\n"
    file = {"content": rows.encode(), "headers": {"content-type": "application/octet-stream"}}
    added = client.post("/v1/articles", params={"name": "table.csv"}, **file).json()
    assert [each["article"]["title"] for each in added["added"]] == ["Tram", "Ferry"]
    problem(client.post("/v1/articles", params={"name": "../../etc/x.txt"}, **file), 422)
    empty = client.post("/v1/articles", params={"name": "a.pdf"}, content=b"%PDF-1.4", headers=file["headers"])
    assert problem(empty, 422)["source"] == "a.pdf"


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://user@10.0.0.1/"],
)
def test_no_address_of_this_network_is_fetched(client, address):
    told = problem(client.post("/v1/articles", json={"address": address}), 403)
    assert told["type"] == "urn:pullquote:problem:blocked-address"


@pytest.mark.parametrize("address", ["/etc/passwd", "file:///etc/passwd", "seeds", "ftp://example.org/a", ""])
def test_no_file_of_the_server_is_read(client, address):
    problem(client.post("/v1/articles", json={"address": address}), 422)
    assert len(client.get("/v1/articles").json()["articles"]) == 2


def test_adding_is_told_step_by_step(client):
    accept = {"accept": "text/event-stream"}
    with client.stream("POST", "/v1/articles", json={"text": ADDED}, headers=accept) as told:
        assert told.headers["content-type"].startswith("text/event-stream")
        events = [event.split("\n") for event in told.read().decode().strip().split("\n\n")]
    assert [lines[0] for lines in events] == ["event: reading", "event: added", "event: done"]
    done = json.loads(events[-1][1].removeprefix("data: "))
    assert done["added"] == [json.loads(events[1][1].removeprefix("data: "))]
    with client.stream("POST", "/v1/articles", json={"address": "http://127.0.0.1/"}, headers=accept) as told:
        assert "event: failed\n" in told.read().decode()
    assert client.app.state.backend.adding == 0


def test_saved_replies_are_verified_and_cited(client, index):
    saved = ask(client)
    told = client.post("/v1/verify", json=saved).json()
    assert told["verified"] is True
    assert [each["outcome"] for each in told["findings"]] == ["verified"] * len(told["findings"])
    cited = client.post("/v1/cite", params={"style": "markdown", "number": 1}, json=saved).json()
    first = index.ask(WHO).citations[0]
    assert cited["text"] == cite(index.article(first.article_id), first, "markdown")
    saved["passages"][0]["citations"][0]["text"] = "She blamed herself."
    told = client.post("/v1/verify", json=[saved]).json()
    assert told["verified"] is False
    assert told["findings"][0]["outcome"] == "forged"
    assert client.post("/v1/cite", json=saved).json()["citations"][0]["form"] is None


def test_a_saved_reply_makes_nothing_read_a_file(client, tmp_path):
    file = tmp_path / "here.txt"
    file.write_text(ADDED, encoding="utf-8")
    with open_index() as other:
        other.add(article(ADDED, str(file)))
        saved = reply_to_dict(other.ask("What did the museum buy?"))
    (finding, *_) = client.post("/v1/verify", json=saved).json()["findings"]
    assert finding["outcome"] == "unknown"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "an object"),
        ({}, "question"),
        ({"question": ""}, "1 to 2000"),
        ({"question": "x" * 2001}, "1 to 2000"),
        ({"question": 3}, "question: expected a string"),
        ({"question": "Who?", "limit": 0}, "limit: expected a whole number from 1 to 50"),
        ({"question": "Who?", "limit": 2.5}, "limit"),
        ({"question": "Who?", "limit": True}, "limit"),
        ({"question": "Who?", "explain": 1}, "explain"),
        ({"question": "Who?", "since": "soon"}, "2024-03-05"),
        ({"question": "Who?", "articles": "a"}, "articles: expected a list"),
        ({"question": "Who?", "articles": ["a", 3]}, "articles[1]"),
        ({"question": "Who?", "conversation": "a b"}, "conversation"),
        ({"question": "Who?", "colour": "red"}, "'colour'"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(client, body, words):
    assert words in problem(client.post("/v1/ask", json=body), 422)["detail"]


def test_a_whole_number_may_be_written_with_a_point(client):
    assert ask(client, WHO, limit=2.0)["verdict"] == "answered"


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/v1/ask", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ("POST", "/v1/ask", {"content": b"[" * 9999, "headers": {"content-type": "application/json"}}, 400),
        ("POST", "/v1/ask", {"content": b'{"question": "Who?"}', "headers": {"content-type": "text/plain"}}, 415),
        ("POST", "/v1/ask", {"data": {"question": "Who?"}}, 415),
        ("POST", "/v1/ask", {"content": b'"' + b"x" * 10**6, "headers": {"content-type": "application/json"}}, 413),
        ("POST", "/v1/verify", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ("POST", "/v1/verify", {"content": b"", "headers": {"content-type": "application/json"}}, 422),
        ("POST", "/v1/verify", {"json": "words"}, 422),
        ("POST", "/v1/cite", {"json": [3]}, 422),
        ("GET", "/v1/articles?limit=x", {}, 422),
        ("GET", "/v1/articles?limit=1&limit=2", {}, 422),
        ("GET", "/v1/articles/ffff", {}, 404),
        ("GET", "/v1/ask", {}, 405),
        ("GET", "/v1/nothing", {}, 404),
        ("GET", "/v1/articles/", {}, 404),
    ],
)
def test_errors_of_http_are_problems_too(client, method, path, sent, status):
    told = problem(client.request(method, path, **sent), status)
    assert told["detail"]


def test_a_body_may_not_grow_beyond_its_limit_unannounced(client):
    chunks = (b'{"question": "' if number == 0 else b"x" * 10_000 for number in range(200))
    answered = client.post("/v1/ask", content=chunks, headers={"content-type": "application/json"})
    problem(answered, 413)


def test_what_fails_here_tells_nothing_of_itself(client, monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError("the inner life of the server")

    monkeypatch.setattr(client.app.state.backend.index, "ask", fail)
    told = problem(client.post("/v1/ask", json={"question": WHO}), 500)
    assert "inner" not in json.dumps(told)
    assert "inner" in caplog.text
    monkeypatch.setattr(client.app.state.backend.index, "ask", unavailable)
    answered = client.post("/v1/ask", json={"question": WHO})
    assert problem(answered, 503)["type"] == "urn:pullquote:problem:engine-unavailable"
    assert answered.headers["retry-after"]


def unavailable(*_, **__):
    raise EngineUnavailable("disk:/home/me/library", "is away")


def test_a_slow_question_holds_up_nobody_and_too_many_are_told(index, monkeypatch):
    release, begun, inner = threading.Event(), threading.Event(), index.ask

    def ask_slowly(question, *args, **kwargs):
        if question == "slow":
            begun.set()
            assert release.wait(30)
        return inner(question, *args, **kwargs)

    monkeypatch.setattr(index, "ask", ask_slowly)
    app = make_app(Settings(), index)

    async def talk():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            slow = asyncio.ensure_future(client.post("/v1/ask", json={"question": "slow"}))
            await asyncio.to_thread(begun.wait, 30)
            quick = await client.post("/v1/ask", json={"question": WHO})
            assert not slow.done()
            monkeypatch.setattr("bot.web.backend.WAITING", 1)
            turned_away = await client.post("/v1/ask", json={"question": "And what else?"})
            release.set()
            return quick.json(), turned_away, (await slow).status_code

    quick, turned_away, status = asyncio.run(talk())
    app.state.backend.close()
    assert quick["verdict"] == "answered"
    problem(turned_away, 503)
    assert status == 200
