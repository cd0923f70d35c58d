"""What the worker's template imports once, so that every worker forked from it has it."""

from __future__ import annotations

import contextlib
import gc
import sys

from ...errors import SourceError

_PAGE = b"""<!doctype html><html lang="en"><head><title>Warming up</title></head><body><article><h1>Warming up</h1>
<p>The parsers make their tables when they are first used, and this page makes them do so before the first fork.</p>
<p>It was written on 2 January 2023 at 10:00 GMT, so that dates are looked at too, said TV4. Officials agreed.</p>
<table><tr><td>A cell.</td></tr></table></article></body></html>"""


def warm() -> None:  # pragma: no cover - runs in the child
    """Import every parser and use the heavy ones once; numpy, which nltk takes where it finds it, stays out.

    No parser needs it, and its threads would be started anew in each fork, which is not allowed there.
    """
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    import email.parser
    import email.policy
    import zipfile

    import defusedxml.ElementTree
    import feedparser
    import pypdf

    from ..job import job

    _ = (email.parser, email.policy, zipfile, defusedxml.ElementTree, feedparser, pypdf)
    with contextlib.suppress(SourceError):
        job(_PAGE, "page.html")
    gc.collect()
    gc.freeze()  # what all workers share is never touched again
