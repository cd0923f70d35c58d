"""A reading room for browsers: two versions of one story and a story of its own, served on the loopback address."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import uvicorn

from bot.settings import Settings
from bot.web.app import make_app
from index import Article, open_index
from index.model import Metadata
from tests.support.paths import ROOT
from tests.support.replies import HARBOUR, VINEYARD, article

FIRST = (
    HARBOUR.replace("(LEAD) ", "")
    .replace("09:10", "08:20")
    .replace("Nobody was hurt", "Two people were hurt")
    .replace("\nThe crane's owner, Holm Lifting, declined to comment.\n", "\nPolice closed the road to the port.\n")
)
"""The first filing of the story of which `HARBOUR` is the first lead."""

PAGE = Metadata(url="https://news.example/frost")


@contextmanager
def open_room_index():
    """Open an index in memory that holds the three articles."""
    with open_index() as index:
        index.add([article(FIRST, "first.txt"), article(HARBOUR, "lead.txt")])
        index.add([Article.from_text(VINEYARD, PAGE, source="vineyard.txt")])
        yield index


@contextmanager
def serving_room(index, **settings):
    """Serve an index, and yield the server's address; it stops at the end, whatever is still open."""
    opened = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        make_app(Settings(**settings), index), log_config=None, ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([opened])))
    thread.start()
    try:
        yield f"http://127.0.0.1:{opened.getsockname()[1]}"  # connections wait in the socket until it has started
    finally:
        server.should_exit = True
        thread.join()
        opened.close()


@cache
def load_axe():
    """Return the script of axe-core."""
    found = subprocess.run([ROOT / ".ci" / "axe"], stdout=subprocess.PIPE, text=True, check=True)
    return Path(found.stdout.strip()).read_text("utf-8")


def find_violations(tab):
    """Return what axe finds on the page that the tab shows: rule, impact and the elements, one row a rule."""
    tab.run(load_axe())
    found = tab.run("axe.run(document).then(found => found.violations)")
    return [(each["id"], each["impact"], [node["target"] for node in each["nodes"]]) for each in found]
