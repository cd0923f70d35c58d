"""Assistants over HTTP: the tools of `pullquote mcp`, behind the tokens, rights and limits of every other route."""

import asyncio

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from bot.mcp.server import make_http_app
from bot.settings import Secret
from bot.web import backend
from tests.support.replies import VINEYARD, article
from tests.web.conftest import DESK, READER, TOKENS, bear, listening, serving

BRANDT = "Nobody was hurt, said Lena Brandt, the harbour master."
SEARCH = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"words": "frost hail quay"}},
}
ACCEPTED = {"accept": "application/json, text/event-stream"}


def talk(address, does, headers=None, mode="auto"):
    """Return what `does(client)` returns, with a client of MCP at this address."""

    async def run():
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                return await does(client)

    return asyncio.run(run())


def search(client, headers=None):
    """Return the response to a search; its text names what was found."""
    return client.post("/mcp", json=SEARCH, headers=ACCEPTED | (headers or {}))


@pytest.fixture
def open_client(index):
    """A client on this machine of a server without tokens, which serves assistants, too."""
    with serving(index, make_http_app) as opened:
        yield opened


@pytest.fixture
def guarded_client(index):
    """The same with two tokens; that of the reader opens another collection."""
    index.add(article(VINEYARD.replace("Frost", "Hail"), "hail.txt"), "reader")
    with serving(index, make_http_app, api_tokens=TOKENS) as opened:
        yield opened


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_of_mcp_asks_reads_and_proves(index, mode):
    async def work(client):
        tools = [tool.name for tool in (await client.list_tools()).tools]
        told = await client.call_tool("ask", {"question": "Who said that nobody was hurt?"})
        (quotation, *_) = told.structured_content["quotations"]
        proven = await client.call_tool("verify", {"quotations": [quotation]})
        resources = (await client.list_resources()).resources
        read = await client.read_resource(resources[0].uri)
        return tools, quotation, proven.structured_content["proven"], read.contents[0].text

    with listening(index, make_http_app) as address:
        tools, quotation, proven, text = talk(address, work, mode=mode)
    assert tools == ["ask", "search", "read", "quotes", "digest", "verify"]
    assert quotation["text"] == BRANDT
    assert text[quotation["start"] : quotation["end"]] == BRANDT
    assert proven is True


def test_a_client_that_bears_a_token_sees_what_that_opens(index):
    index.add(article(VINEYARD.replace("Frost", "Hail"), "hail.txt"), "reader")

    async def look(client):
        listed = (await client.list_resources()).resources
        told = await client.call_tool("search", {"words": "frost hail quay"})
        return [each.title for each in listed], told.content[0].text

    with listening(index, make_http_app, api_tokens=TOKENS) as address:
        titles, text = talk(address, look, bear(READER))
        assert titles == ["Hail ruins a third of Calder vineyards"]
        assert "Hail" in text
        assert "Frost" not in text
        titles, text = talk(address, look, bear(DESK))
        assert len(titles) == 2
        assert "Hail" not in text


def test_a_token_for_all_collections_sees_the_default_one_as_in_every_route(index):
    index.add(article(VINEYARD.replace("Frost", "Hail"), "hail.txt"), "reader")
    with serving(index, make_http_app, api_tokens=Secret(f"all/ask/*/{DESK}")) as client:
        assert "Frost" in search(client, bear(DESK)).text
        assert "Hail" not in search(client, bear(DESK)).text


def test_without_a_token_or_the_right_nothing_is_told(guarded_client, index):
    refused = search(guarded_client)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert search(guarded_client, bear("x" * 20)).status_code == 401
    assert search(guarded_client, bear(DESK)).status_code == 200
    with serving(index, make_http_app, api_tokens=Secret(f"desk/add,remove/default/{DESK}")) as client:
        told = search(client, bear(DESK))
        assert (told.status_code, "the right to ask" in told.json()["detail"]) == (403, True)


def test_requests_of_assistants_count_like_any(index):
    with serving(index, make_http_app, api_tokens=TOKENS, requests_per_minute=2) as client:
        assert [search(client, bear(DESK)).status_code for _ in range(3)] == [200, 200, 429]
        assert client.get("/v1/articles", headers=bear(DESK)).status_code == 429


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_a_page_of_another_site_reaches_nothing(open_client, headers, status):
    assert search(open_client, headers).status_code == status


def test_there_is_no_session_to_open_or_to_end(open_client):
    for method in ("GET", "DELETE", "PUT"):
        refused = open_client.request(method, "/mcp", headers=ACCEPTED)
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_a_body_that_is_too_long_is_not_read(open_client):
    sent = b"x" * 4_000_001
    refused = open_client.post("/mcp", content=sent, headers=ACCEPTED | {"content-type": "application/json"})
    assert (refused.status_code, refused.json()["limit"]) == (413, 4_000_000)


def test_too_much_work_is_an_error_of_the_protocol(open_client, monkeypatch):
    monkeypatch.setattr(backend, "WAITING", 0)
    told = search(open_client).json()["error"]
    assert "too many questions wait" in told["message"]


def test_no_error_of_the_server_is_told(open_client, index, monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError("a secret path")

    monkeypatch.setattr(index, "search", fail)
    told = search(open_client)
    assert told.json()["result"]["isError"] is True
    assert "secret" not in told.text
    assert "a secret path" in caplog.text


def test_where_the_package_is_not_installed_the_path_says_so(client, guarded):
    told = search(client)
    assert (told.status_code, "extra" in told.json()["detail"]) == (404, True)
    assert search(guarded).status_code == 401


def test_the_command_serves_assistants_where_the_package_is_installed(monkeypatch):
    from bot.verbs.serve import _find_assistant_server

    assert _find_assistant_server() is make_http_app
    monkeypatch.setattr("bot.verbs.serve.find_spec", lambda _: None)
    assert _find_assistant_server() is None


def test_a_request_leaves_the_server_as_it_was(index):
    """Without sessions nothing is kept of a request; the next one needs nothing of the last."""
    with listening(index, make_http_app) as address, httpx.Client(base_url=address) as client:
        answers = [search(client) for _ in range(3)]
    assert {each.status_code for each in answers} == {200}
    assert not any("mcp-session-id" in each.headers for each in answers)
    assert answers[0].json() == answers[2].json()
