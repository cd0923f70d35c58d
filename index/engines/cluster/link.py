"""The way to a cluster: requests that outlive lost nodes, and the one place that maps the client's errors to ours."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import EngineError, EngineNotInstalled, EngineUnavailable
from .. import Login
from .place import Place

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that one request may take, and that all its repetitions may take together."""

    each: float
    total: float


READING = Patience(2.0, 10.0)
"""A hung node costs a question two seconds, then another node is asked."""

WRITING = Patience(15.0, 40.0)
"""A write waits for its replicas; a hung one is dropped by the cluster after half a minute."""

SETTING_UP = Patience(30.0, 60.0)

LOCAL = "preference=_local"
"""Read the copies on the node that was asked, so that a node that hangs holds up only who asks it."""

SEARCHING = f"allow_partial_search_results=false&{LOCAL}"
"""A partial answer is an error that can be repeated, never "not found"."""

_CONFLICT: Answer = {}
_ALL_GONE = 2.0  # seconds after which a cluster whose nodes all refuse connections counts as gone
_PASSING = {408, 429, 500, 502, 503, 504}  # 500: a node died between the two phases of a search
_OLDEST = 2  # major version


class Link:
    """Sends requests to any node that answers; safe to use from several threads."""

    def __init__(self, address: str, place: Place, login: Login | None) -> None:
        try:
            import opensearchpy
        except ImportError:
            raise EngineNotInstalled(address, "cluster") from None
        client_log = logging.getLogger("opensearch")
        if not client_log.handlers:  # else Python prints each failed request, traceback and all, where no log is set up
            client_log.addHandler(logging.NullHandler())
        self.address = address
        self._errors = opensearchpy.exceptions
        self._nodes = len(place.hosts)
        secure: dict[str, Any] = {}
        if login is not None:  # a password never travels without TLS
            if login.ca_file and not Path(login.ca_file).is_file():
                raise EngineUnavailable(address, f"there is no file {login.ca_file!r} of its certificates' authority")
            secure = {"use_ssl": True, "http_auth": (login.user, login.password), "ca_certs": login.ca_file or None}
        self._client = opensearchpy.OpenSearch(
            [{"host": host, "port": port} for host, port in place.hosts],
            max_retries=0,  # `send` repeats, with pauses and a deadline
            retry_on_timeout=True,  # so that a node which hangs is left alone for some seconds
            retry_on_status=(),
            dead_timeout=5,
            timeout_cutoff=3,
            pool_maxsize=16,
            http_compress=False,
            **secure,
        )

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        for connection in _connections(
            self._client.transport.connection_pool
        ):  # the client forgets those of dead nodes
            connection.close()

    def get(self, path: str, patience: Patience = READING) -> Answer | None:
        """Return what is at a path, None when it is not there."""
        return self.send("GET", path, None, patience)

    def lines(self, path: str, lines: Iterable[Any], patience: Patience) -> Answer:
        """Send one JSON object a line, as `_bulk` and `_msearch` take them."""
        return self.must("POST", path, "".join(f"{json.dumps(line)}\n" for line in lines), patience)

    def must(self, method: str, path: str, body: Any, patience: Patience = READING) -> Answer:
        """Send a request to something that is there.

        Raises:
            EngineUnavailable: as `send`, or the index is gone.
        """
        answer = self.send(method, path, body, patience)
        if answer is None:
            raise EngineUnavailable(
                self.address, "has lost an index of this library while it was in use; open it again"
            )
        return answer

    def change(self, method: str, path: str, body: Any) -> bool:
        """Change one document of a known version; False when it has changed, or gone, since."""
        answer = self.send(method, path, body, WRITING)
        return answer is not None and answer is not _CONFLICT

    def send(self, method: str, path: str, body: Any, patience: Patience) -> Answer | None:
        """Send a request until a node answers it in full, and return the answer; None when there is no such thing.

        Raises:
            EngineUnavailable: no node did in time, or all refuse us.
            EngineError: the cluster takes the request for wrong.
        """
        begin, tries, only_refused = time.monotonic(), 0, True
        while True:
            try:
                answer = self._client.transport.perform_request(
                    method, path, params={"request_timeout": patience.each}, body=body
                )
                problem = _lack(answer)
                if not problem:
                    return answer if isinstance(answer, dict) else {}
                only_refused = False
            except self._errors.NotFoundError as error:
                if error.error != "search_phase_execution_exception":  # else the node that held the search went away
                    return None
                problem, only_refused = "a node went away", False
            except self._errors.ConflictError:
                return _CONFLICT
            except self._errors.OpenSearchException as error:
                problem = self._passing(error)
                only_refused &= type(error) is self._errors.ConnectionError
            tries += 1
            pause = _pause(tries - self._nodes)
            allowed = min(_ALL_GONE, patience.total) if only_refused else patience.total
            if time.monotonic() + pause - begin > allowed:
                raise EngineUnavailable(self.address, f"the cluster cannot be reached ({problem}); try again later")
            time.sleep(pause)

    def _passing(self, error: Any) -> str:
        """Return what went wrong, in a few words, when trying again may help.

        Raises:
            EngineError: it will not help.
        """
        errors = self._errors
        match error:
            case errors.SSLError():
                message = "no safe connection (TLS): its certificate is not trusted; give the file of its authority"
                raise EngineUnavailable(self.address, message) from error
            case errors.ConnectionTimeout():
                return "no answer in time"
            case errors.ConnectionError():
                return "connection refused"
            case errors.SerializationError():
                return "an answer that is no JSON"
            case errors.TransportError():
                return self._refusal(error)
            case _:
                raise EngineError(self.address, f"the client failed ({type(error).__name__})") from error

    def _refusal(self, error: Any) -> str:
        kind = str(error.error)
        if kind == "cluster_block_exception":
            return (
                "its indexes are blocked: the disks are nearly full, a rebuild is under way, or no manager is elected"
            )
        if error.status_code in (401, 403):
            message = "refuses the user name and password; check them, and what that user may do"
            raise EngineUnavailable(self.address, message) from error
        if error.status_code in _PASSING:
            return f"{error.status_code} {kind}"[:80]
        reason = _reason(error.info)
        raise EngineError(
            self.address, f"refused a request ({error.status_code} {kind[:80]}: {reason[:200]})"
        ) from error

    def check_version(self) -> str:
        """Return the cluster's version.

        Raises:
            EngineUnavailable: it cannot be reached, or is too old.
        """
        found = self.get("/") or {}
        version = found.get("version", {})
        number = str(version.get("number", "?"))
        major = number.partition(".")[0]
        if version.get("distribution") != "opensearch" or not major.isdigit() or int(major) < _OLDEST:
            kind = version.get("distribution", "another server")
            message = f"runs {kind} {number}; OpenSearch {_OLDEST} or later is needed"
            raise EngineUnavailable(self.address, message)
        return number


def _pause(again: int) -> float:
    """Return the seconds to wait before asking again: none until each node was asked once."""
    return 0.0 if again < 0 else min(1.0, 0.05 * 2.0**again) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


def _lack(answer: Any) -> str:
    """Return in what an answer of status 200 is not whole, "" when it is: a partial answer is no answer."""
    if not isinstance(answer, Mapping):
        return ""
    if answer.get("timed_out") is True:
        return "timed out"
    shards = answer.get("_shards")
    if isinstance(shards, Mapping) and shards.get("failed"):
        return f"{shards['failed']} of {shards.get('total')} shards failed"
    for each in answer.get("responses", ()):
        if "error" in each and each.get("status") != 404:
            return str(each["error"].get("type", "error") if isinstance(each["error"], Mapping) else each["error"])
        if problem := _lack(each):
            return problem
    return ""


def _reason(info: Any) -> str:
    found = info.get("error", {}) if isinstance(info, Mapping) else {}
    return str(found.get("reason", "")) if isinstance(found, Mapping) else str(found)


def _connections(pool: Any) -> tuple[Any, ...]:
    """Return all connections of a pool; that of a single node has no list of the original ones."""
    return tuple(getattr(pool, "orig_connections", pool.connections))
