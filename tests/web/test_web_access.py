"""Who may do what over HTTP: tokens, rights, collections, hosts and pages of others."""

import base64
import re

import pytest

from bot import cli
from bot.settings import Secret, Settings, SettingsError, load
from bot.web.access import LOCAL, WebRight, find_caller, read_tokens
from bot.web.server import read_listen
from tests.support.replies import HARBOUR, VINEYARD, article
from tests.web.conftest import DESK, READER, TOKENS, bear, serving

ADDED = {"text": "The museum bought a clock on Monday, its director said."}


def test_tokens_are_read():
    desk, every = read_tokens(f" desk/ask,add/default,chat:12/{DESK}\n all/ask/*/a/secret/with/slashes ")
    assert (desk.caller.name, desk.caller.rights) == ("desk", {WebRight.ASK, WebRight.ADD})
    assert desk.caller.collections == ("default", "chat:12")
    assert (every.caller.collections, every.secret) == ((), Secret("a/secret/with/slashes"))
    assert read_tokens("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("desk", "number 1 is malformed"),
        (f"desk/ask/default/{DESK} x", "number 2 is malformed"),
        (f"de sk/ask/default/{DESK}", "number 1 is malformed"),
        (f"desk/ask,write/default/{DESK}", "the right 'write'; there are ask, add, remove"),
        ("desk/ask/default/short", "the secret of desk takes 16 characters"),
        (f"desk/ask/,/{DESK}", "opens no collection"),
        (f"desk/ask/default/{DESK} desk/ask/other/{READER}", "two tokens of the same name"),
        (f"desk/ask/default/{DESK} other/ask/other/{DESK}", "two tokens of the same secret"),
    ],
)
def test_malformed_tokens_are_told_without_their_secrets(text, words):
    with pytest.raises(SettingsError, match=re.escape(words)) as told:
        read_tokens(text)
    assert DESK not in str(told.value)
    assert "short" not in str(told.value)


def basic(name, secret):
    return f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (f"Bearer {DESK}", "desk"),
        (f"bearer  {READER} ", "reader"),
        (basic("desk", DESK), "desk"),
        (basic("reader", DESK), None),
        (basic("", DESK), None),
        ("Basic !!!", None),
        (f"Bearer {DESK}x", None),
        (f"Bearer {DESK[:-1]}", None),
        ("Bearer", None),
        (DESK, None),
        ("", None),
        ("Bearer \udcff", None),
    ],
)
def test_a_header_stands_for_its_token_or_for_nobody(header, name):
    found = find_caller(read_tokens(TOKENS.reveal()), header)
    assert (found and found.name) == name


def test_without_tokens_everybody_here_may_do_everything():
    assert find_caller((), "") is LOCAL
    assert LOCAL.rights == set(WebRight)


ROUTES = [
    ("POST", "/v1/ask", {"json": {"question": "Who blamed a cable?"}}, "ask"),
    ("POST", "/v1/search", {"json": {"words": "cable"}}, "ask"),
    ("POST", "/v1/digest", {"json": {"kind": "latest"}}, "ask"),
    ("GET", "/v1/articles", {}, "ask"),
    ("GET", "/v1/articles/0", {}, "ask"),
    ("POST", "/v1/articles", {"json": ADDED}, "add"),
    ("DELETE", "/v1/articles/0", {}, "remove"),
    ("POST", "/v1/verify", {"json": {}}, "ask"),
    ("POST", "/v1/cite", {"json": {}}, "ask"),
]


@pytest.mark.parametrize(("method", "path", "sent", "right"), ROUTES)
def test_each_route_asks_for_its_right(index, method, path, sent, right):
    others = ",".join(sorted({"ask", "add", "remove"} - {right}))
    tokens = f"with/{right}/default/{DESK} without/{others}/default/{READER}"
    with serving(index, api_tokens=Secret(tokens)) as client:
        refused = client.request(method, path, headers=bear(READER), **sent)
        assert refused.status_code == 403
        assert f"the right to {right}" in refused.json()["detail"]
        assert client.request(method, path, headers=bear(DESK), **sent).status_code in (200, 201, 404)


def test_the_routes_are_all_looked_at():
    from bot.web.app import API_ROUTES

    served = {(method, route.path) for route in API_ROUTES for method in route.methods - {"HEAD"}}
    asked = {(method, path.replace("/0", "/{article}")) for method, path, _, _ in ROUTES}
    assert served - asked == {("GET", "/openapi.json")}


@pytest.mark.parametrize("path", ["/v1/articles", "/openapi.json", "/", "/v1/nothing"])
def test_without_a_token_nothing_is_told(guarded, path):
    refused = guarded.get(path)
    assert refused.status_code == 401
    kind = "Bearer" if path.startswith("/v1/") else "Basic"
    assert refused.headers["www-authenticate"].startswith(kind)
    assert guarded.get("/v1/articles", headers=bear("x" * 20)).status_code == 401


def test_a_browser_logs_in_by_name_and_secret(guarded):
    assert guarded.get("/", auth=("desk", DESK)).status_code == 200


def test_what_another_collection_holds_is_not_even_named(guarded, index):
    index.add(article(VINEYARD, "vineyard.txt"), "reader")
    harbour = next(index.articles()).id
    listed = guarded.get("/v1/articles", headers=bear(READER)).json()["articles"]
    assert [each["source"] for each in listed] == ["vineyard.txt"]
    hidden = guarded.get(f"/v1/articles/{harbour}", headers=bear(READER))
    absent = guarded.get(f"/v1/articles/{'0' * 20}", headers=bear(READER))
    assert hidden.text.replace(harbour, "") == absent.text.replace("0" * 20, "")
    asked = guarded.post("/v1/ask", json={"question": "Who blamed a worn cable?"}, headers=bear(READER)).json()
    assert asked["verdict"] == "refused"
    assert "Eastmoor" not in str(asked)
    within = guarded.post("/v1/ask", json={"question": "Who?", "articles": [harbour]}, headers=bear(READER))
    assert within.status_code == 404
    replies = [
        guarded.post("/v1/ask", json={"question": "Who?", "collections": [name]}, headers=bear(READER)).json()
        for name in ("default", "nothing-of-the-kind")
    ]
    assert replies[0] == replies[1]
    assert replies[0]["status"] == 403
    saved = guarded.post("/v1/ask", json={"question": "Who blamed a worn cable?"}, headers=bear(DESK)).json()
    checked = guarded.post("/v1/verify", json=saved, headers=bear(READER)).json()
    assert {each["outcome"] for each in checked["findings"]} == {"unknown"}


def test_a_conversation_belongs_to_its_token(index):
    tokens = f"one/ask/default/{DESK} two/ask/default/{READER}"
    with serving(index, api_tokens=Secret(tokens)) as client:
        for secret, question in ((DESK, "Who is Lena Brandt?"), (READER, "What did she blame?")):
            sent = {"question": question, "conversation": "a"}
            reply = client.post("/v1/ask", json=sent, headers=bear(secret)).json()
    assert reply["understood"] is None


def test_articles_go_to_the_first_collection_or_the_one_that_is_named(guarded):
    for query, collection in (("", "default"), ("?collection=desk", "desk")):
        added = guarded.post(f"/v1/articles{query}", json=ADDED, headers=bear(DESK))
        assert added.json()["collection"] == collection
    refused = guarded.post("/v1/articles?collection=reader", json=ADDED, headers=bear(DESK))
    assert refused.status_code == 403


def test_a_token_may_ask_for_so_much_a_minute(index):
    with serving(index, api_tokens=TOKENS, requests_per_minute=12) as client:
        assert client.post("/v1/articles", json=ADDED, headers=bear(DESK)).status_code == 201
        statuses = [client.get("/v1/articles", headers=bear(DESK)).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert int(client.get("/v1/articles", headers=bear(DESK)).headers["retry-after"]) >= 1
        assert client.get("/v1/articles", headers=bear(READER)).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example:8000", 421),
        ("127.0.0.1@evil.example", 421),
        ("[::1", 421),
    ],
)
def test_a_name_of_somebody_else_does_not_lead_here(client, host, status):
    assert client.get("/v1/articles", headers={"host": host}).status_code == status


def test_behind_a_proxy_the_token_counts_and_not_the_name(guarded):
    headers = {"host": "news.example", **bear(DESK)}
    assert guarded.get("/v1/articles", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9000"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_page_of_another_site_changes_nothing(client, headers, status):
    assert client.post("/v1/ask", json={"question": "Who?"}, headers=headers).status_code == status


def test_no_page_of_another_site_is_let_in_by_its_browser(client):
    asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    for answered in (client.options("/v1/ask", headers=asked), client.get("/v1/articles", headers=asked)):
        assert not [name for name in answered.headers if name.startswith("access-control")]
    assert client.get("/v1/articles").headers["cross-origin-resource-policy"] == "same-origin"


def test_others_are_let_in_only_with_tokens():
    for host in ("0.0.0.0", "[::]", "192.0.2.7", "news.example"):
        with pytest.raises(SettingsError, match="PULLQUOTE_TOKENS"):
            read_listen(f"{host}:8000", Settings())
        assert read_listen(f"{host}:8000", Settings(api_tokens=TOKENS)) == (host.strip("[]"), 8000)
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert read_listen(f"{host}:0", Settings())[1] == 0
    for malformed in ("8000", ":8000", "localhost:", "localhost:99999", "localhost:x"):
        with pytest.raises(SettingsError, match="HOST:PORT"):
            read_listen(malformed, Settings())


def test_a_server_for_others_refuses_to_start_without_tokens(library, capfd):
    assert cli.run(["serve", "--listen", "0.0.0.0:0"]) == 2
    told = capfd.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "PULLQUOTE_TOKENS" in told.err


def test_a_folder_lets_nobody_into_the_users_library(tmp_path):
    line = f"PULLQUOTE_TOKENS=desk/ask/default/{DESK}\n"
    (tmp_path / ".env").write_text(line)
    for environment in ({}, {"PULLQUOTE_INDEX": "disk:/home/me/library"}):
        with pytest.raises(SettingsError, match="your own library") as told:
            load(environment, tmp_path)
        assert DESK not in str(told.value)
    (tmp_path / ".env").write_text(f"{line}PULLQUOTE_INDEX=disk:library\n")
    assert load({}, tmp_path).api_tokens
    assert load({"PULLQUOTE_TOKENS": TOKENS.reveal()}, tmp_path).api_tokens == TOKENS


EMBARGOED = HARBOUR.replace("All News", "EMBARGOED until 2300 GMT on Sept. 11, 2999\n\nAll News").replace(
    "Nobody", "Forty people"
)


def test_what_is_under_embargo_is_shown_to_those_who_may_change_what_is_here(guarded, index):
    held = article(EMBARGOED, "held.txt")
    assert held.embargo is not None
    for collection in ("desk", "reader"):
        index.add(held, collection)
    seen = guarded.get("/v1/articles?collections=desk", headers=bear(DESK)).json()["articles"]
    assert [each["id"] for each in seen] == [held.id]
    assert "Forty" in guarded.get(f"/v1/articles/{held.id}", headers=bear(DESK)).text
    assert guarded.get("/v1/articles", headers=bear(READER)).json()["articles"] == []
    refused = guarded.get(f"/v1/articles/{held.id}", headers=bear(READER))
    assert refused.status_code == 404
    assert "Forty" not in refused.text
