"""Python's search for garbage in cycles, which waits while a question is answered."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def put_off_collection(work: Callable[P, T]) -> Callable[P, T]:
    """Return the function without searches for garbage while it works; where they are off, they stay off.

    An answer makes tens of thousands of objects, which are gone without a search as soon as it is there. Each search
    among all that is kept of a library takes as long as ten answers, and came with every thirtieth. Of threads that
    work at once, the first one to end lets searches go on.
    """

    @wraps(work)
    def do(*args: P.args, **kwargs: P.kwargs) -> T:
        if not gc.isenabled():
            return work(*args, **kwargs)
        gc.disable()
        try:
            return work(*args, **kwargs)
        finally:
            gc.enable()

    return do
