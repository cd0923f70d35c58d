"""What every route works with, in one typed value, and the threads that keep the event loop free."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.requests import Request

from index import Index
from index.errors import PullquoteError

from ..processes.askers import count_readers
from ..serving.metrics import Metrics
from ..serving.offload import Parameters, Result, WorkThreads
from ..serving.quota import Quotas, Rate
from ..settings import Settings
from .access import ApiToken, Caller, WebRight, read_tokens
from .kept import KeptReplies
from .problems import HttpProblem
from .talks import Talks

WAITING = 1000
"""Questions that run or wait at most; those beyond are told to come again."""

FRESH = 0.05
"""Seconds that the revision of the index is not looked up again."""

LATE = 1.0
"""Seconds after which a revision is looked up in any case."""

AT_ONCE = 16
"""Requests that add at once, each with its file in memory; those beyond are told to come again."""

ADDING = 10
"""Requests that adding an article counts for."""

_QUOTA = "request"


@dataclass(slots=True)
class Backend(WorkThreads):
    """Index, tokens, quotas, conversations and metrics of one running server."""

    index: Index
    settings: Settings
    tokens: tuple[ApiToken, ...]
    quotas: Quotas
    metrics: Metrics
    talks: Talks = field(default_factory=Talks)
    adding: int = 0
    changes: int = 0
    kept: KeptReplies = field(default_factory=KeptReplies)
    _revision: str | None = None
    _looked: float = float("-inf")

    async def ask(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Read from the index in one of the threads for that.

        Raises:
            HttpProblem: too many wait.
        """
        if self.asking >= WAITING:
            raise HttpProblem(503, "too many questions wait; try again in a moment")
        return await WorkThreads.ask(self, function, *args, **kwargs)

    async def change(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Change the index: one change at a time."""
        try:
            return await WorkThreads.change(self, function, *args, **kwargs)
        finally:
            self.changes += 1

    async def find_revision(self, *, is_late: bool = False) -> str | None:
        """Return a mark of what the index holds, None if that cannot be told; see `FindRevision`.

        A change of ours makes another one at once, that of another process after `FRESH`.
        """
        if (now := time.monotonic()) - self._looked >= (LATE if is_late else FRESH):
            self._looked = now
            try:
                self._revision = await self.aside(self.index.revision)
            except PullquoteError:  # the question itself will say what is wrong
                self._revision = None
        return None if self._revision is None else f"{self.changes}.{self._revision}"

    @contextmanager
    def count_adding(self) -> Iterator[None]:
        """Count a request that adds while it is inside.

        Raises:
            HttpProblem: there are too many.
        """
        if self.adding >= AT_ONCE:
            raise HttpProblem(503, "too much is being added just now; try again in a moment")
        self.adding += 1
        try:
            yield
        finally:
            self.adding -= 1

    def close(self) -> None:
        """Wait for the threads, but not for those that read a source; the index stays open."""
        self.end_threads()


def make_backend(settings: Settings, index: Index) -> Backend:
    """Return what the routes work with.

    Raises:
        SettingsError: the tokens are malformed.
    """
    tokens = read_tokens(settings.api_tokens.reveal())
    rate = Rate(settings.requests_per_minute, 60, settings.requests_per_minute)
    quotas, metrics = Quotas({_QUOTA: rate}), Metrics("request")
    return Backend(index, settings, tokens, quotas, metrics, readers=count_readers())


def find_backend(request: Request) -> Backend:
    """Return the backend of the application that got the request."""
    found: Backend = request.app.state.backend
    return found


def require(request: Request, right: WebRight, cost: int = 1) -> Caller:
    """Return who asks, if they may do this now; it takes `cost` from what their token may ask for in a minute.

    Where there are no tokens, whoever asks has this machine, and no limit.

    Raises:
        HttpProblem: the token does not give the right, or has asked for too much.
    """
    caller: Caller = request.scope["caller"]
    if right not in caller.rights:
        raise HttpProblem(403, f"this token does not give the right to {right}; ask whoever runs the server for one")
    if caller.name and (wait := find_backend(request).quotas.take(_QUOTA, caller.name, cost)):
        seconds = int(wait) + 1
        raise HttpProblem(429, f"too much at once; try again in {seconds} s", {"Retry-After": str(seconds)})
    return caller
