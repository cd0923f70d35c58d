"""What the tests of the faces share: two stories to ask, and the command line in this process."""

import io
import sys

import pytest

from bot import cli
from index import open_index
from tests.support.replies import HARBOUR, VINEYARD, article


@pytest.fixture(scope="module")
def index():
    """An index in memory of two stories, which no test changes."""
    with open_index() as opened:
        opened.add([article(HARBOUR, "harbour.txt"), article(VINEYARD, "vineyard.txt")])
        yield opened


@pytest.fixture
def run(folder, monkeypatch, capfd):
    """Run a command in the test's `folder`, in this process: returns (exit code, stdout, stderr)."""

    def call(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = cli.run(arguments)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call
