"""Requests to a cluster that survive the loss of nodes, and the only code that maps opensearch-py's errors to ours."""

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
from ..contract import Login, is_loopback
from .location import ClusterLocation
from .signing import NotSigned, describe_login, make_options

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that one request may take, and that it may take in total with all its repetitions."""

    request: float
    total: float


READING = Timeouts(2.0, 10.0)
"""A hung node costs a question two seconds, then another node is asked."""

WRITING = Timeouts(15.0, 40.0)
"""A write waits for its replicas; the cluster drops a replica that hangs after half a minute."""

SETTING_UP = Timeouts(30.0, 60.0)

LOCAL = "preference=_local"
"""Read the copies on the node that is asked, so that a hung node delays only those who ask it."""

SEARCHING = f"allow_partial_search_results=false&{LOCAL}"
"""Make a partial answer an error, which can be repeated; it must not look like "not found"."""

_CONFLICT: Answer = {}
_ALL_GONE = 2.0  # seconds after which a cluster whose nodes all refuse connections counts as gone
_PASSING = {408, 429, 500, 502, 503, 504}  # 500: a node died between the two phases of a search
_OLDEST = 2  # major version of OpenSearch that we work with


class ClusterClient:
    """Sends requests to any node that answers; safe to use from several threads."""

    def __init__(self, address: str, location: ClusterLocation, login: Login | None) -> None:
        try:
            import opensearchpy
        except ImportError:
            raise EngineNotInstalled(address, "cluster") from None
        client_log = logging.getLogger("opensearch")
        if not client_log.handlers:  # else Python prints every failed request with its traceback if no log is set up
            client_log.addHandler(logging.NullHandler())
        self.address = address
        self._errors = opensearchpy.exceptions
        self._nodes = len(location.hosts)
        if login is None and not all(is_loopback(host) for host, _ in location.hosts):
            raise EngineError(
                address,
                "a cluster on another machine is reached over TLS only: set PULLQUOTE_OPENSEARCH_USER and "
                "PULLQUOTE_OPENSEARCH_PASSWORD, or another login, or name the end of a tunnel at 127.0.0.1",
            )
        secure: dict[str, Any] = {}
        self._login = describe_login(login)
        if login is not None:  # a password never travels without TLS
            if login.ca_file and not Path(login.ca_file).is_file():
                raise EngineUnavailable(address, f"there is no file {login.ca_file!r} of its certificates' authority")
            secure = {"use_ssl": True, "ca_certs": login.ca_file or None, **make_options(address, login)}
        self._client = opensearchpy.OpenSearch(
            [{"host": host, "port": port} for host, port in location.hosts],
            max_retries=0,  # `send` repeats, with pauses and a deadline
            retry_on_timeout=True,  # so that the client avoids a hung node for some seconds
            retry_on_status=(),
            dead_timeout=5,
            timeout_cutoff=3,
            pool_maxsize=16,
            http_compress=False,
            **secure,
        )

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        for connection in _list_connections(
            self._client.transport.connection_pool
        ):  # the client forgets those of dead nodes
            connection.close()

    def get(self, path: str, timeouts: Timeouts = READING) -> Answer | None:
        """Return the answer to a GET request, None if there is no such thing."""
        return self.send("GET", path, None, timeouts)

    def send_lines(self, path: str, lines: Iterable[Any], timeouts: Timeouts) -> Answer:
        """Send JSON objects, one a line, as `_bulk` and `_msearch` expect them."""
        return self.request("POST", path, "".join(f"{json.dumps(line)}\n" for line in lines), timeouts)

    def request(self, method: str, path: str, body: Any, timeouts: Timeouts = READING) -> Answer:
        """Send a request for something that must exist, and return the answer.

        Raises:
            EngineUnavailable: as `send`, or the index is gone.
        """
        answer = self.send(method, path, body, timeouts)
        if answer is None:
            raise EngineUnavailable(
                self.address, "has lost an index of this library while it was in use; open it again"
            )
        return answer

    def change_if_same(self, method: str, path: str, body: Any) -> bool:
        """Change a document of the version that `path` names; return False if it was changed or deleted since."""
        answer = self.send(method, path, body, WRITING)
        return answer is not None and answer is not _CONFLICT

    def send(self, method: str, path: str, body: Any, timeouts: Timeouts) -> Answer | None:
        """Send a request until a node answers it in full, and return the answer; None if there is no such thing.

        Raises:
            EngineUnavailable: no node answered in time, or they refuse us.
            EngineError: the cluster calls the request wrong.
        """
        begin, tries, only_refused = time.monotonic(), 0, True
        while True:
            try:
                answer = self._client.transport.perform_request(
                    method, path, params={"request_timeout": timeouts.request}, body=body
                )
                problem = _find_gap(answer)
                if not problem:
                    return answer if isinstance(answer, dict) else {}
                only_refused = False
            except self._errors.NotFoundError as error:
                if error.error != "search_phase_execution_exception":  # that means: the node with the search died
                    return None
                problem, only_refused = "a node went away", False
            except self._errors.ConflictError:
                return _CONFLICT
            except self._errors.OpenSearchException as error:
                problem = self._explain_passing(error)
                only_refused &= type(error) is self._errors.ConnectionError
            tries += 1
            pause = _choose_pause(tries - self._nodes)
            allowed = min(_ALL_GONE, timeouts.total) if only_refused else timeouts.total
            if time.monotonic() + pause - begin > allowed:
                raise EngineUnavailable(self.address, f"the cluster cannot be reached ({problem}); try again later")
            time.sleep(pause)

    def _explain_passing(self, error: Any) -> str:
        """Return in a few words what went wrong, if trying again may help.

        Raises:
            EngineError: trying again will not help.
        """
        errors = self._errors
        match error:
            case errors.SSLError():
                message = "no safe connection (TLS): its certificate is not trusted; give the file of its authority"
                raise EngineUnavailable(self.address, message) from error
            case errors.ConnectionTimeout():
                return "no answer in time"
            case errors.ConnectionError(info=NotSigned() as reason):
                message = f"cannot be asked, for no request can be signed ({reason}); renew the credentials of AWS"
                raise EngineUnavailable(self.address, message) from error
            case errors.ConnectionError():
                return "connection refused"
            case errors.SerializationError():
                return "an answer that is not JSON"
            case errors.TransportError():
                return self._explain_status(error)
            case _:
                raise EngineError(self.address, f"the client failed ({type(error).__name__})") from error

    def _explain_status(self, error: Any) -> str:
        kind = str(error.error)
        if kind == "cluster_block_exception":
            return (
                "its indexes are blocked: the disks are nearly full, a rebuild is under way, or no manager is elected"
            )
        if error.status_code in (401, 403):
            message = f"refuses {self._login}; check that, and what may be done with it"
            raise EngineUnavailable(self.address, message) from error
        if error.status_code in _PASSING:
            return f"{error.status_code} {kind}"[:80]
        reason = _find_reason(error.info)
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


def _choose_pause(again: int) -> float:
    """Return the seconds to wait before the next try: none until each node was asked once."""
    return 0.0 if again < 0 else min(1.0, 0.05 * 2.0**again) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


def _find_gap(answer: Any) -> str:
    """Return what is missing from an answer of status 200, "" if nothing is: a partial answer counts as none."""
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
        if problem := _find_gap(each):
            return problem
    return ""


def _find_reason(info: Any) -> str:
    found = info.get("error", {}) if isinstance(info, Mapping) else {}
    return str(found.get("reason", "")) if isinstance(found, Mapping) else str(found)


def _list_connections(pool: Any) -> tuple[Any, ...]:
    """Return all connections of a pool; the pool of a single node has no `orig_connections`."""
    return tuple(getattr(pool, "orig_connections", pool.connections))
