"""The retrievers beside the frameworks that they are for; `.ci/check` installs these apart from all else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.counts import lack_tool
from tests.support.paths import ROOT

APART = Path(sys.prefix) / "plugs"


@pytest.mark.check
def test_the_retrievers_keep_what_haystack_langchain_and_llama_index_ask_of_them():
    if not APART.is_dir():
        lack_tool(f"the frameworks of .ci/plugs.txt are not in {APART}")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(APART))),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "LANGSMITH_TRACING": "false",
    }
    # Their tests have marks, and they themselves warnings, that our settings do not know.
    settings = ("addopts=--import-mode=importlib", "filterwarnings=default", "asyncio_mode=auto")
    theirs = [part for each in (*settings, "asyncio_default_fixture_loop_scope=function") for part in ("-o", each)]
    run = [sys.executable, "-m", "pytest", "-q", "-p", "pytest_asyncio.plugin", *theirs, "tests/plugs/contracts.py"]
    done = subprocess.run(run, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout
