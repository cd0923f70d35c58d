"""What the tests of the HTTP interface share: two stories behind it, asked from this machine."""

import socket
import threading
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.testclient import TestClient

from bot.settings import Secret, Settings
from bot.web.app import make_app
from bot.web.server import make_config
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
def serving(index, make_server=None, **settings):
    """Serve an index, with `make_server` to assistants, too, to a client on this machine."""
    app = make_app(Settings(**settings), index, make_server)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


@contextmanager
def listening(index, make_server=None, **settings):
    """Serve an index on a port of this machine, as the command does; yields the address."""
    server = uvicorn.Server(make_config(make_app(Settings(**settings), index, make_server)))
    with socket.create_server(("127.0.0.1", 0)) as opened:
        thread = threading.Thread(target=server.run, args=([opened],))
        thread.start()
        while not server.started:
            assert thread.is_alive()
            thread.join(0.01)
        try:
            yield f"http://127.0.0.1:{opened.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


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
