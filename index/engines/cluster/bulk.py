"""Many small writes in few requests: slows down when the cluster is busy, repeats only what failed, lists refusals."""

from __future__ import annotations

import json
import random
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...errors import EngineUnavailable
from .client import WRITING, ClusterClient

_BYTES = 1_000_000  # in one request; a cluster refuses more than 100 MB and is fastest far below that
_ACTIONS = 1000
_AT_ONCE = 4  # requests under way
BUSY = {429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One document to write, or to delete if `body` is None; `owner` is the article that it belongs to."""

    owner: str
    head: dict[str, Any]
    body: dict[str, Any] | None


class BulkFailure(NamedTuple):
    """A write that the cluster refused for good; status 409 means that another writer was first."""

    owner: str
    status: int
    reason: str


class BulkWriter:
    """Sends writes over a few connections, in constant memory however many there are."""

    def __init__(self, client: ClusterClient) -> None:
        self._client = client
        self.address = client.address
        self._pool = ThreadPoolExecutor(_AT_ONCE, "pullquote-bulk")

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self, actions: Iterable[BulkAction]) -> list[BulkFailure]:
        """Carry out the actions, in any order, and return those that were refused.

        Raises:
            EngineUnavailable: the cluster did not take all of them in time; some may be done.
        """
        failures: list[BulkFailure] = []
        under_way: deque[Future[list[BulkFailure]]] = deque()
        for part in _split(actions):
            if len(under_way) >= _AT_ONCE:
                failures += under_way.popleft().result()
            under_way.append(self._pool.submit(self._send, part))
        for each in under_way:
            failures += each.result()
        return failures

    def _send(self, part: list[tuple[str, str]]) -> list[BulkFailure]:
        failures: list[BulkFailure] = []
        deadline, pause = time.monotonic() + WRITING.total, 0.1
        while True:
            body = "".join(lines for _, lines in part)
            answer = self._client.request("POST", "/_bulk", body, WRITING)
            busy, why = [], ""
            for entry, outcome in zip(part, answer["items"], strict=True):
                (result,) = outcome.values()
                if "error" not in result:
                    continue
                if result["status"] in BUSY or result["error"]["type"] == "cluster_block_exception":
                    busy.append(entry)
                    why = result["error"]["type"]
                else:
                    failures.append(BulkFailure(entry[0], result["status"], _describe(result["error"])))
            if not busy:
                return failures
            if time.monotonic() + pause > deadline:
                message = f"takes no more writes just now ({why}); what was not stored can be added again safely"
                raise EngineUnavailable(self._client.address, message)
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, so that writers do not retry in step
            part, pause = busy, min(pause * 2, 2.0)


def _split(actions: Iterable[BulkAction]) -> Iterator[list[tuple[str, str]]]:
    part: list[tuple[str, str]] = []
    size = 0
    for action in actions:
        lines = json.dumps(action.head) + "\n" + ("" if action.body is None else json.dumps(action.body) + "\n")
        if part and (size + len(lines) > _BYTES or len(part) >= _ACTIONS):
            yield part
            part, size = [], 0
        part.append((action.owner, lines))
        size += len(lines)
    if part:
        yield part


def _describe(error: dict[str, Any]) -> str:
    return f"{error.get('type')}: {error.get('reason')}"[:300]
