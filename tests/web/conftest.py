"""What the tests of the HTTP interface share: two stories behind it, asked from this machine."""

from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from bot.settings import Secret, Settings
from bot.web.app import make_app
from index import open_index
from tests.support.replies import HARBOUR, VINEYARD, article

DESK = "0123456789abcdef-desk"
READER = "0123456789abcdef-read"
TOKENS = Secret(f"desk/ask,add,remove/default,desk/{DESK} reader/ask/reader/{READER}")


@pytest.fixture
def index():
    """An index in memory of two stories."""
    with open_index() as opened:
        opened.add([article(HARBOUR, "harbour.txt"), article(VINEYARD, "vineyard.txt")])
        yield opened


@contextmanager
def serving(index, **settings):
    """Serve an index to a client on this machine."""
    base = "http://127.0.0.1:8000"
    with TestClient(make_app(Settings(**settings), index), base_url=base, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(index):
    """A client on this machine of a server without tokens."""
    with serving(index) as opened:
        yield opened


@pytest.fixture
def guarded(index):
    """A client of a server with two tokens, which bears none by itself."""
    with serving(index, api_tokens=TOKENS) as opened:
        yield opened


def bear(secret):
    """Return the header that bears a token."""
    return {"Authorization": f"Bearer {secret}"}
