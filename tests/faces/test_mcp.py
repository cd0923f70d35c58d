"""The library as tools for an assistant: what the tools return, what proves it, and that nothing hidden is named."""

import asyncio
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from starlette.applications import Starlette
from starlette.routing import Mount

from bot import cli
from bot.mcp import quoted_words, tools
from bot.mcp.protocol import LISTED, TOOLS
from bot.mcp.server import build_server, make_http_app
from index import Article, open_index
from tests.support.counts import lack_tool
from tests.support.paths import ROOT
from tests.support.replies import HARBOUR, VINEYARD, article

PAGE = "https://news.example/harbour"
BRANDT = "Nobody was hurt, said Lena Brandt, the harbour master."


@pytest.fixture
def index(fresh_index):
    """Two stories; the first has a page of its own."""
    fresh_index.add([replace(article(HARBOUR, "harbour.txt"), url=PAGE), article(VINEYARD, "vineyard.txt")])
    return fresh_index


def talk(index, does, see=lambda _: ()):
    """Return what `does(client)` returns, with a client of the server of this index."""

    async def run():
        async with Client(build_server(index, see)) as client:
            return await does(client)

    return asyncio.run(run())


def call(index, name, see=lambda _: (), **arguments):
    """Return what a tool gives for these arguments."""
    return talk(index, lambda client: client.call_tool(name, arguments), see)


def give(index, name, **arguments):
    """Return the structured content of a call that is no error."""
    result = call(index, name, **arguments)
    assert not result.is_error, result.content[0].text
    return result.structured_content


def refuse(index, name, **arguments):
    """Return the message of a call that is an error."""
    result = call(index, name, **arguments)
    assert result.is_error
    assert result.structured_content is None
    return result.content[0].text


def hear_error(index, does):
    """Return the error of the protocol that `does(client)` meets."""

    async def meet(client):
        with pytest.raises(MCPError) as met:
            await does(client)
        return str(met.value)

    return talk(index, meet)


def holds(index, quotation):
    """Tell whether the article holds the words at the place, under the hash that is told of it."""
    found = index.article(quotation["article"]["id"])
    hashed = hashlib.sha256(found.text.encode()).hexdigest()
    place = found.text[quotation["start"] : quotation["end"]]
    return place == quotation["text"] and hashed == quotation["article"]["sha256"]


def test_the_tools_are_told_with_the_schemas_of_what_they_take_and_give(index):
    told = talk(index, lambda client: client.list_tools()).tools
    assert [tool.name for tool in told] == ["ask", "search", "read", "quotes", "digest", "verify"]
    for tool in told:
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        assert tool.description.endswith(".")
        assert tool.annotations.read_only_hint is True
        assert all(each.get("description") for each in tool.input_schema["properties"].values()), tool.name


def test_an_answer_carries_citation_hash_and_link(index):
    result = call(index, "ask", question="Who said that nobody was hurt?")
    told = result.structured_content
    assert (told["verdict"], result.is_error) == ("answered", False)
    (quotation, *_) = told["quotations"]
    assert quotation["text"] == BRANDT
    assert holds(index, quotation)
    assert quotation["citation"].startswith(f"“{BRANDT}” (Port of Eastmoor closes after crane falls, ")
    assert quotation["link"].startswith(f"{PAGE}#:~:text=Nobody%20was")
    assert quotation["speaker"]["text"] == "Lena Brandt"
    assert BRANDT in quotation["context"]
    text = result.content[0].text
    assert text.startswith("Answered.\n")
    for part in (quotation["citation"], quotation["link"], quotation["article"]["sha256"]):
        assert part in text


def test_a_refusal_is_a_result_and_no_error(index):
    told = give(index, "ask", question="What is the recipe for kimchi?")
    assert (told["verdict"], told["quotations"]) == ("refused", [])
    assert "kimchi" in told["reason"]


def test_a_follow_up_is_understood_from_the_history(index):
    told = give(index, "ask", question="What did she blame?", history=["Who is Lena Brandt?"])
    assert told["quotations"][0]["text"].startswith("She blamed a worn cable")


@pytest.mark.parametrize(
    ("narrowed", "verdict"),
    [
        ({}, "answered"),
        ({"since": "2024-04"}, "answered"),
        ({"until": "2024-04-01"}, "refused"),
        ({"source": "vineyard"}, "answered"),
        ({"source": "harbour"}, "refused"),
        ({"question": "What did frost destroy? until:2024-04-01"}, "refused"),
    ],
)
def test_a_question_is_asked_of_the_articles_that_are_named(index, narrowed, verdict):
    assert give(index, "ask", **({"question": "What did frost destroy?"} | narrowed))["verdict"] == verdict


def test_a_search_gives_passages_of_whole_sentences(index):
    result = call(index, "search", words="divers quay", limit=1)
    (quotation,) = result.structured_content["quotations"]
    assert holds(index, quotation)
    first, last = quotation["sentences"]
    assert last > first
    assert quotation["score"] > 0
    assert quotation["citation"] in result.content[0].text
    assert give(index, "search", words="kimchi")["quotations"] == []


def test_an_article_is_read_in_pieces(index, monkeypatch):
    monkeypatch.setattr(tools, "READ_AT_ONCE", 150)
    key = next(card.id for card in index.articles() if card.source == "harbour.txt")
    read, at, pieces = [], 1, 0
    while at:
        pieces += 1
        told = give(index, "read", article=key[:8], paragraph=at)
        assert (told["standing"], told["link"]) == (None, PAGE)
        assert told["quotations"]
        read += told["quotations"]
        at = told["next"]
    assert pieces > 1
    assert [each["paragraphs"] for each in read] == [[1], [2], [3], [4]]
    assert all(holds(index, each) for each in read)
    assert " ".join(each["text"] for each in read).startswith("EASTMOOR, March 14")


def test_an_article_that_may_not_be_cited_is_read_with_the_reason(index):
    older = article(HARBOUR.replace("(LEAD) ", "").replace("40 ships", "30 ships"), "older.txt")
    index.add(older)
    result = call(index, "read", article=older.id)
    told = result.structured_content
    newer = next(card.id for card in index.articles() if card.source == "harbour.txt")
    assert (told["standing"], told["newer"]) == ("superseded", newer)
    assert f"superseded; cite version {newer} instead" in result.content[0].text
    empty = call(index, "digest", kind="about", article=older.id)
    assert empty.structured_content["quotations"] == []
    assert "may not be cited: superseded" in empty.content[0].text


def test_who_says_what_is_looked_up_in_one_article_or_in_those_that_name_the_speaker(index):
    told = give(index, "quotes", speaker="Brandt")
    assert {each["label"] for each in told["quotations"]} == {"Lena Brandt"}
    assert all(holds(index, each) for each in told["quotations"])
    key = next(card.id for card in index.articles() if card.source == "vineyard.txt")
    assert give(index, "quotes", article=key)["quotations"] == []
    assert "names Zorro" in call(index, "quotes", speaker="Zorro").content[0].text
    assert give(index, "quotes", article=told["quotations"][0]["article"]["id"]) == told | {"of": ""}


def test_a_digest_is_of_an_article_or_of_what_is_new(index):
    key = next(card.id for card in index.articles() if card.source == "harbour.txt")
    about = give(index, "digest", kind="about", article=key)
    assert about["article"]["id"] == key
    assert all(holds(index, each) for each in about["quotations"])
    assert give(index, "digest", kind="headline", article=key)["facts"][0]["value"].startswith("Port of Eastmoor")
    latest = give(index, "digest", kind="latest")["quotations"]
    assert [each["article"]["source"] for each in latest] == ["vineyard.txt", "harbour.txt"]


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("ask", {}, "ask: question: Field required. The tool's input schema"),
        ("ask", {"question": "Who?", "nonsense": 1}, "nonsense: Unexpected keyword"),
        ("ask", {"question": "Who?", "since": 'ever"'}, "ever is not a date; write for example 2023-01-31."),
        ("ask", {"question": "Who?", "article": "zzz"}, "No article 'zzz' here. `search` finds"),
        ("read", {"article": "zzz"}, "the list of resources names all"),
        ("digest", {"kind": "about"}, "Name the article by its id."),
        ("digest", {"kind": "gossip"}, "kind: Input should be"),
        ("quotes", {}, "Name the article by its id."),
        ("translate", {}, "There is no tool 'translate'; there are ask, "),
    ],
)
def test_an_error_says_what_to_do_next(index, name, arguments, told):
    message = refuse(index, name, **arguments)
    assert told in message
    assert "Traceback" not in message
    assert "http" not in message


def test_what_should_not_happen_is_told_without_its_words(index, monkeypatch, caplog):
    def fail(*_):
        raise KeyError("secret")

    monkeypatch.setitem(TOOLS, "ask", TOOLS["ask"]._replace(function=fail))
    message = refuse(index, "ask", question="Who?")
    assert message == "This should not happen (KeyError); the log of the server says where."
    assert "secret" in caplog.text


def test_quotations_are_proven_as_they_were_given(index):
    given = [
        *give(index, "ask", question="Who said that nobody was hurt?")["quotations"],
        *give(index, "search", words="divers quay")["quotations"],
        *give(index, "quotes", speaker="Brandt")["quotations"],
    ]
    told = give(index, "verify", quotations=given)
    assert told["proven"] is True
    assert [each["proof"]["citation"] for each in told["findings"]] == [each["citation"] for each in given]


def test_a_saved_reply_is_proven_too(index):
    from index.forms.serial import reply_to_dict

    reply = reply_to_dict(index.ask("Who said that nobody was hurt?"))
    told = give(index, "verify", quotations=[reply])
    assert told["proven"] is True
    assert told["findings"][0]["proof"]["text"] == BRANDT
    assert "verdict" in told["unchecked"]


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"text": "Nobody was hurt, said Lena Brandt, the harbour warden."}, "forged"),
        ({"start": 3}, "forged"),
        ({"sentences": [1, 1]}, "orphaned"),
        ({"citation": "“Nobody was hurt” (The Paper, 1 May 2025)"}, "misstated"),
        ({"link": "https://elsewhere.example/"}, "forged"),
        ({"link": "pullquote://articles/ffff#char=1,2"}, "misstated"),
        ({"speaker": {"text": "Holm Lifting", "start": 1, "end": 13}}, "forged"),
        ({"article": {"id": "0" * 20, "sha256": "0" * 64}}, "unknown"),
        ({"article": "0" * 20}, "unknown"),
        ({"paragraphs": 3}, "unknown"),
    ],
)
def test_a_quotation_that_was_changed_is_not_proven(index, changed, outcome):
    (given, *_) = give(index, "ask", question="Who said that nobody was hurt?")["quotations"]
    told = give(index, "verify", quotations=[given | changed])
    assert told["proven"] is False
    assert (told["findings"][0]["outcome"], told["findings"][0]["proof"]) == (outcome, None)


def test_passages_with_other_sentences_are_not_proven(index):
    (given, *_) = give(index, "search", words="divers quay")["quotations"]
    first, last = given["sentences"]
    told = give(index, "verify", quotations=[given | {"sentences": [first, last + 1]}])
    assert told["findings"][0]["outcome"] == "misstated"


@pytest.mark.parametrize(
    ("draft", "outcomes"),
    [
        (f"She said: “{BRANDT}”", ["verified"]),
        ('The harbour master "blamed a worn cable," we read.', ["verified"]),
        ("„Frost destroyed a third of the vines“ and «The province will decide next week.»", ["verified", "verified"]),
        ("He said “the cable was brand new”.", ["forged"]),
        ("“Nobody was hurt, said Lena Brand”", ["forged"]),
        ("The “Hamlet” of ports", ["unknown"]),
        ("No quotation at all, just the owner's word.", []),
        ("“She blamed\n   a worn cable” in January", ["verified"]),
        ("“She blamed a worn cable\nand a new hook” in January", ["forged"]),
        ("“She blamed a worn cable\n \nand he left", ["verified"]),
        ("“”", []),
    ],
)
def test_each_quotation_of_a_draft_is_looked_up_word_for_word(index, draft, outcomes):
    told = give(index, "verify", draft=draft)
    assert [each["outcome"] for each in told["findings"]] == outcomes
    assert told["proven"] is (bool(outcomes) and set(outcomes) == {"verified"})
    assert all(bool(each["proof"]) is (each["outcome"] == "verified") for each in told["findings"])


def test_words_of_a_version_that_is_superseded_are_not_proven(index):
    index.add(article(HARBOUR.replace("(LEAD) ", "").replace("40 ships", "30 ships"), "older.txt"))
    told = give(index, "verify", draft="“The port handles 30 ships a week.”")
    assert told["findings"][0]["outcome"] == "superseded"
    assert give(index, "verify", draft="“The port handles 40 ships a week.”")["proven"] is True


def test_no_more_quotations_are_checked_than_there_is_time_for(index, monkeypatch):
    monkeypatch.setattr(quoted_words, "MOST", 1)
    told = give(index, "verify", draft="“Nobody was hurt” and “a worn cable” and “nothing of it”")
    assert (len(told["findings"]), told["unchecked"]) == (1, ["a worn cable", "nothing of it"])


def test_articles_are_resources_with_their_text_and_hash(index):
    listed = talk(index, lambda client: client.list_resources()).resources
    assert [each.title for each in listed] == [
        "Port of Eastmoor closes after crane falls",
        "Frost ruins a third of Calder vineyards",
    ]
    for each in listed:
        read = talk(index, lambda client, uri=each.uri: client.read_resource(f"{uri}#char=3,9")).contents[0]
        assert hashlib.sha256(read.text.encode()).hexdigest() == read.meta["sha256"] == each.meta["sha256"]
    (template,) = talk(index, lambda client: client.list_resource_templates()).resource_templates
    assert template.uri_template == "pullquote://articles/{id}"


def test_resources_come_page_by_page(fresh_index):
    fresh_index.add([Article.from_text(f"Ship number {at} came in on Monday.") for at in range(LISTED + 1)])

    async def walk(client):
        first = await client.list_resources()
        rest = await client.list_resources(cursor=first.next_cursor)
        return first, rest

    first, rest = talk(fresh_index, walk)
    assert (len(first.resources), len(rest.resources), rest.next_cursor) == (LISTED, 1, None)
    assert rest.resources[0].uri not in {each.uri for each in first.resources}


@pytest.mark.parametrize("cursor", ["-1", "x", "9" * 30, "²"])
def test_a_cursor_of_nobody_is_refused(index, cursor):
    assert "begin without one" in hear_error(index, lambda client: client.list_resources(cursor=cursor))


@pytest.mark.parametrize("uri", ["pullquote://articles/zzz", "pullquote://articles/", "file:///etc/passwd", "x"])
def test_a_resource_that_is_not_there_is_an_error_of_the_protocol(index, uri):
    assert "no article at this address" in hear_error(index, lambda client: client.read_resource(uri))


def test_an_article_under_embargo_is_neither_listed_nor_read(index):
    held = replace(article(VINEYARD.replace("Frost", "Hail"), "hail.txt"), embargo=datetime(2999, 1, 1, tzinfo=UTC))
    index.add(held)
    assert held.id not in {each.name for each in talk(index, lambda client: client.list_resources()).resources}
    uri = f"pullquote://articles/{held.id}"
    assert "embargo" in hear_error(index, lambda client: client.read_resource(uri))
    told = give(index, "read", article=held.id)
    assert (told["standing"], told["quotations"]) == ("embargoed", [])


def test_what_a_request_may_not_see_is_named_by_nothing(index):
    secret = article(
        "(LEAD) Zebra found\n\nEASTMOOR, March 14 (Tern Agency) -- A zebra walked over the quay.\n", "zebra.txt"
    )
    index.add(secret, "other")
    calls = [
        ("ask", {"question": "What walked over the quay?"}),
        ("search", {"words": "zebra"}),
        ("read", {"article": secret.id}),
        ("quotes", {"speaker": "zebra"}),
        ("digest", {"kind": "latest"}),
        ("verify", {"draft": "“A zebra walked over the quay.”"}),
    ]
    for name, arguments in calls:
        assert "Zebra found" not in call(index, name, **arguments).content[0].text, name
        seen = call(index, name, lambda _: ("other",), **arguments)
        assert "zebra" in seen.content[0].text.casefold(), name
    assert secret.id not in {each.name for each in talk(index, lambda client: client.list_resources()).resources}


def test_half_of_a_surrogate_pair_does_not_end_the_connection(fresh_index):
    fresh_index.add(Article.from_text("The odd \ud800 letter was seen by Ida Fenn on Monday."))

    async def ask(client):
        key = (await client.list_resources()).resources[0].uri
        return await client.call_tool("ask", {"question": "Who saw the letter?"}), await client.read_resource(key)

    result, read = talk(fresh_index, ask)
    assert "The odd ? letter" in result.structured_content["quotations"][0]["text"]
    assert "The odd ? letter" in read.contents[0].text


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


def post(app, *messages, **headers):
    """Return the responses of a mounted application to messages, one after the other."""

    async def run():
        mounted = Starlette(routes=[Mount("/mcp", app.app)])
        headers_sent = {"Accept": "application/json, text/event-stream", **headers}
        transport = httpx.ASGITransport(mounted)
        async with app.run(), httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            return [await client.post("/mcp/", json=one, headers=headers_sent) for one in messages]

    return asyncio.run(run())


def test_the_server_is_mounted_under_http_and_each_request_sees_its_own(index):
    index.add(article(VINEYARD.replace("Frost", "Hail"), "hail.txt"), "weather")
    app = make_http_app(index, lambda request: (request.headers["x-sees"],))
    ask = {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"words": "hail"}},
    }
    started, found = post(app, INITIALIZE, ask, **{"X-Sees": "weather"})
    assert started.json()["result"]["serverInfo"]["name"] == "pullquote"
    assert found.json()["result"]["structuredContent"]["quotations"][0]["text"].count("Hail") == 1


@pytest.fixture
def command(tmp_path):
    """The command that serves a story, and the environment that it gets."""
    story = tmp_path / "harbour.txt"
    story.write_text(HARBOUR)
    environment = {"PULLQUOTE_MEANING": "off", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    return [sys.executable, "-m", "bot", "mcp", "--from", str(story)], environment


def test_a_client_talks_to_the_command_over_standard_input_and_output(command):
    arguments, environment = command
    server = StdioServerParameters(command=arguments[0], args=arguments[1:], env=environment)

    async def talk_over_pipes():
        async with Client(server) as client:
            told = await client.call_tool("ask", {"question": "Who said that nobody was hurt?"})
            proven = await client.call_tool("verify", {"quotations": told.structured_content["quotations"]})
            return told.content[0].text, proven.structured_content["proven"]

    text, proven = asyncio.run(talk_over_pipes())
    assert BRANDT in text
    assert proven is True


@pytest.fixture
def started(command):
    """The command, started and greeted."""
    arguments, environment = command
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(arguments, env=os.environ | environment, **pipes) as process:
        process.stdin.write(json.dumps(INITIALIZE).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["instructions"].startswith("Pullquote answers")
        yield process
        process.kill()


def close_input(process):
    process.stdin.close()


def interrupt(process):
    process.send_signal(signal.SIGINT)


def close_output(process):
    process.stdout.close()
    process.stdin.write(b'{"jsonrpc": "2.0", "id": 2, "method": "ping"}\n')
    process.stdin.flush()


@pytest.mark.parametrize(("ends", "code"), [(close_input, 0), (interrupt, 130), (close_output, 141)])
def test_the_command_ends_cleanly_whoever_goes(started, ends, code):
    ends(started)
    assert started.wait(30) == code
    assert started.stderr.read().strip() == b""


def test_without_the_package_the_command_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("bot.verbs.mcp.find_spec", lambda _: None)
    assert cli.run(["mcp", "--from", "harbour.txt"]) == 2
    assert "-e '.[mcp]'" in capsys.readouterr().err


def test_an_empty_library_is_served(library):
    with open_index(f"disk:{library / 'library'}") as empty:
        told = give(empty, "ask", question="Who said that?")
    assert told["reason_code"] == "no_article"


@pytest.mark.check
def test_the_inspector_of_others_hears_answers_and_finds_the_article(command):
    if shutil.which("npm") is None:
        lack_tool("npm is not installed")
    arguments, environment = command
    made = subprocess.run([ROOT / ".ci" / "inspector"], stdout=subprocess.PIPE, text=True, check=True)

    def inspect(*asked):
        run = [made.stdout.strip(), "--cli", "--connect-timeout", "120000", *arguments, *asked]
        return json.loads(subprocess.run(run, env=os.environ | environment, stdout=subprocess.PIPE, check=True).stdout)

    ask = ("--method", "tools/call", "--tool-name", "ask", "--tool-arg", "question=Who said that nobody was hurt?")
    told = inspect(*ask)
    assert told["isError"] is False
    (quotation,) = told["structuredContent"]["quotations"]
    assert quotation["citation"] in told["content"][0]["text"]
    read = inspect("--method", "resources/read", "--uri", quotation["link"])["contents"][0]["text"]
    assert read[quotation["start"] : quotation["end"]] == BRANDT
