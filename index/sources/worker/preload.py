"""Import and warm up the parsers once, in the template, so that the workers have them from the second on."""

from __future__ import annotations

import contextlib
import gc
import sys

from ...errors import SourceError

_PAGE = b"""<!doctype html><html lang="en"><head><title>Warming up</title></head><body><article><h1>Warming up</h1>
<p>The parsers make their tables when they are first used, and this page makes them do so before the first fork.</p>
<p>It was written on 2 January 2023 at 10:00 GMT, so that dates are looked at too, said TV4. Officials agreed.</p>
<table><tr><td>A cell.</td></tr></table></article></body></html>"""


def leave_out_numpy() -> None:
    """Keep out numpy, which nltk imports: no parser needs it, and it would start threads, which no worker may."""
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]


def warm() -> None:  # pragma: no cover - runs in the child
    """Import every parser and use the heavy ones once."""
    leave_out_numpy()
    import email.parser
    import email.policy
    import zipfile

    import defusedxml.ElementTree
    import feedparser
    import pypdfium2.raw

    from ...language.punkt import load_splitter
    from ..job import read_as_dict

    load_splitter()
    _ = (email.parser, email.policy, zipfile, defusedxml.ElementTree, feedparser, pypdfium2.raw)
    with contextlib.suppress(SourceError):
        read_as_dict(_PAGE, "page.html")
    gc.collect()
    gc.freeze()  # the collector leaves alone what all workers share
