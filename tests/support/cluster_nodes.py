"""The three nodes that tests marked `cluster` use: where they are, and how to kill, freeze and restart them.

`../shared/opensearch/cluster start 3` starts them; PULLQUOTE_TEST_CLUSTER names others.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from tests.support.paths import SHARED

STARTER = SHARED / "opensearch" / "cluster"
_BASE = int(os.environ.get("OPENSEARCH_PORT_BASE", "9200"))
NODES = os.environ.get("PULLQUOTE_TEST_CLUSTER", ",".join(f"127.0.0.1:{_BASE + k}" for k in (1, 2, 3)))


def address(name: str) -> str:
    """Return the address of a library on the nodes."""
    return f"opensearch://{NODES}/{name}"


def fresh() -> str:
    """Return the address of a library that is not there."""
    return address(f"test-{uuid4().hex[:12]}")


def request(method: str, path: str, body: object = None, *, timeout: float = 60) -> dict:
    """Send a request to the first node that answers; {} for what is not there."""
    data = None if body is None else json.dumps(body).encode()
    last: OSError | None = None
    for node in NODES.split(","):
        asked = urllib.request.Request(
            f"http://{node}{path}", data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(asked, timeout=timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return {}
                raise AssertionError(error.read()) from error
        except OSError as error:
            last = error
    raise AssertionError(f"no node of {NODES} answers: {last}")


def copied(where: str = "") -> None:
    """Wait until each index of a library, or of all where none is named, has all its copies: at first it has not."""
    name = f"/{where.rpartition('/')[2]}-*" if where else ""
    request("GET", f"/_cluster/health{name}?wait_for_status=green&timeout=120s", timeout=150)


def drop(where: str) -> None:
    """Delete the indexes of a library."""
    name = where.rpartition("/")[2]
    names = [
        key for part in ("articles", "passages", "writes", "chats") for key in request("GET", f"/{name}-{part}*/_alias")
    ]
    if names:
        request("DELETE", f"/{','.join(names)}")


@contextmanager
def library() -> Iterator[str]:
    """Give the address of a library that is deleted afterwards."""
    where = fresh()
    try:
        yield where
    finally:
        drop(where)


def cluster(verb: str, *numbers: int) -> None:
    """Start, kill or restart nodes of the starter's cluster."""
    command = [sys.executable, str(STARTER), verb, *map(str, numbers)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def pids() -> dict[int, int]:
    """Return the process of each node that is up, by its number."""
    done = subprocess.run([sys.executable, str(STARTER), "status"], check=False, capture_output=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("node")]
    return {int(row[0].removeprefix("node")): int(row[3]) for row in rows if row[1] == "up"}


def pick_copy(where: str) -> int:
    """Return the number of a node that holds only copies of a library's shards, and does not manage the cluster.

    While a primary or the manager hangs, nobody can write: that is another test.
    """
    copied(where)
    rows = request("GET", f"/_cat/shards/{where.rpartition('/')[2]}-*?format=json")
    (manager,) = request("GET", "/_cat/cluster_manager?format=json")
    busy = {manager["node"], *(row["node"] for row in rows if row["prirep"] == "p")}
    name = min(row["node"] for row in rows if row["node"] not in busy)
    return int(name.removeprefix("node"))


@contextmanager
def frozen(number: int) -> Iterator[None]:
    """Stop a node without ending it, as a machine that hangs."""
    pid = pids()[number]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
