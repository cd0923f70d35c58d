"""The OpenAPI document says what the routes do: an independent client of such documents tries all of them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.web.openapi import build_document
from index.sources.fetch import Door
from tests.support.counts import lack_tool
from tests.web.conftest import DESK, bear, listening

CONFIG = """
# No schema can tell which texts are articles in English, nor which addresses answer.
[[operations]]
include-operation-id = "addArticles"
checks.positive_data_acceptance.expected-statuses = ["2xx", "403", "422"]
"""


def test_the_document_names_each_route_and_no_other(client):
    from bot.web.app import API_ROUTES

    document = client.get("/openapi.json").json()
    documented = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    served = {(method, route.path) for route in API_ROUTES for method in route.methods - {"HEAD"}}
    assert served - {("GET", "/openapi.json")} == documented - {("PARAMETERS", "/v1/articles/{article}")}


def test_every_reference_leads_somewhere(client):
    text = client.get("/openapi.json").text
    document = client.get("/openapi.json").json()
    names = set(re.findall(r'"\$ref": "([^"]+)"', text))
    assert len(names) > 8
    assert {name.rpartition("/")[2] for name in names} <= set(document["components"]["schemas"])
    assert all(name.startswith("#/components/schemas/") for name in names)


def test_tokens_are_documented_where_there_are_some(client, guarded):
    assert "security" not in client.get("/openapi.json").json()
    told = guarded.get("/openapi.json", headers=bear(DESK)).json()
    assert told == build_document(with_tokens=True)
    assert told["security"] == [{"token": []}]


@pytest.fixture
def address(index, monkeypatch):
    """A server in this process, which finds no address of anybody; where it listens."""
    monkeypatch.setattr("index.sources.fetch.DOOR", Door(resolver=lambda *_: ()))
    with listening(index) as where:
        yield where


@pytest.mark.check
def test_an_independent_client_finds_nothing_wrong(address, tmp_path):
    """Schemathesis, on all operations: what fits the document and what does not."""
    tool = shutil.which("schemathesis", path=Path(sys.executable).parent)
    if tool is None:
        lack_tool("schemathesis is not installed")
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    options = ["--max-examples=5", "--seed=1", "--phases=examples,coverage,fuzzing", "--suppress-health-check=all"]
    command = [tool, "run", f"{address}/openapi.json", *options, "--no-shrink"]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-8000:]
    found = re.search(r"Operations:\s+(\d+) selected / (\d+) total", done.stdout)
    operations = sum(len(item.keys() - {"parameters"}) for item in build_document(with_tokens=False)["paths"].values())
    assert found, done.stdout
    assert found[1] == found[2] == str(operations)
    print("peer: schemathesis", re.search(r"(\d+) generated", done.stdout)[1], "requests, 0 failures")
