"""Many small writes in few requests: back-pressure, repetition of only what failed, and a list of what was refused."""

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
from .link import WRITING, Link

_BYTES = 1_000_000  # in one request; a cluster refuses above 100 MB and is at its best far below
_ACTIONS = 1000
_AT_ONCE = 4  # requests under way
BUSY = {429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Action:
    """One document to write, or to delete where `body` is None; `owner` is the article that it is of."""

    owner: str
    head: dict[str, Any]
    body: dict[str, Any] | None


class Failure(NamedTuple):
    """A write that the cluster has refused for good: 409 when another writer was first."""

    owner: str
    status: int
    reason: str


class Bulk:
    """Sends writes over a few connections; memory is flat, however many there are."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.address = link.address
        self._pool = ThreadPoolExecutor(_AT_ONCE, "pullquote-bulk")

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self, actions: Iterable[Action]) -> list[Failure]:
        """Do all of the actions, in no order, and return those that were refused.

        Raises:
            EngineUnavailable: the cluster did not take them in time; it is not sure which of them it has done.
        """
        failures: list[Failure] = []
        under_way: deque[Future[list[Failure]]] = deque()
        for part in _parts(actions):
            if len(under_way) >= _AT_ONCE:
                failures += under_way.popleft().result()
            under_way.append(self._pool.submit(self._send, part))
        for each in under_way:
            failures += each.result()
        return failures

    def _send(self, part: list[tuple[str, str]]) -> list[Failure]:
        failures: list[Failure] = []
        deadline, pause = time.monotonic() + WRITING.total, 0.1
        while True:
            body = "".join(lines for _, lines in part)
            answer = self._link.must("POST", "/_bulk", body, WRITING)
            busy, why = [], ""
            for entry, outcome in zip(part, answer["items"], strict=True):
                (result,) = outcome.values()
                if "error" not in result:
                    continue
                if result["status"] in BUSY or result["error"]["type"] == "cluster_block_exception":
                    busy.append(entry)
                    why = result["error"]["type"]
                else:
                    failures.append(Failure(entry[0], result["status"], _reason(result["error"])))
            if not busy:
                return failures
            if time.monotonic() + pause > deadline:
                message = f"takes no more writes just now ({why}); what was not stored can be added again safely"
                raise EngineUnavailable(self._link.address, message)
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, so that writers do not march in step
            part, pause = busy, min(pause * 2, 2.0)


def _parts(actions: Iterable[Action]) -> Iterator[list[tuple[str, str]]]:
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


def _reason(error: dict[str, Any]) -> str:
    return f"{error.get('type')}: {error.get('reason')}"[:300]
