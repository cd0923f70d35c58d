"""What the worker's template holds before its first fork."""

import subprocess
import sys

from tests.support.paths import ROOT


def test_every_parser_is_loaded_and_numpy_kept_out():
    code = (
        "import gc, sys; from index.sources.worker.preload import warm; warm();"
        "print(*(name for name in ('pypdfium2', 'feedparser', 'trafilatura', 'defusedxml.ElementTree', 'nltk')"
        " if name in sys.modules), sys.modules['numpy'], gc.get_freeze_count() > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout.split() == [
        "pypdfium2",
        "feedparser",
        "trafilatura",
        "defusedxml.ElementTree",
        "nltk",
        "None",
        "True",
    ]
