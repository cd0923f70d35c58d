"""What all tests share: how hypothesis draws, that Ctrl-C is heard, and which counts are printed at the end.

Hypothesis draws the same examples at each run of `make test`, so that it passes or fails for all alike;
`pytest --hypothesis-profile=explore` draws new ones.
"""

import os
import re
import signal

import pytest
from hypothesis import HealthCheck, settings

from index import open_index

# No deadline and no complaint of slow drawing: both measure the machine.
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would every process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

_COUNTS = re.compile(r"(?:P\d+|peer|abuse|house): ")


@pytest.fixture(scope="session", autouse=True)
def _own_config(tmp_path_factory):
    """Keep the config file of whoever runs the tests out of them."""
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))


@pytest.fixture(scope="session", autouse=True)
def _words_alone():
    """Leave the models out of tests that do not ask for them: most look at what words decide, and are fast."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULLQUOTE_MEANING", "off")
        patch.setattr("index.core.find_meaning", lambda: None)
        yield


@pytest.fixture
def meaning(monkeypatch):
    """The models, which everything opened in the test compares meanings with."""
    from index.meaning import find_meaning

    monkeypatch.delenv("PULLQUOTE_MEANING", raising=False)
    monkeypatch.setattr("index.core.find_meaning", find_meaning)
    return find_meaning()


@pytest.fixture
def fresh_index():
    """An empty index in memory."""
    with open_index() as opened:
        yield opened


@pytest.fixture
def library(tmp_path, monkeypatch):
    """An empty folder to work in, with a library of its own on disk that is yet to be made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", f"disk:{tmp_path / 'library'}")
    return tmp_path


def pytest_terminal_summary(terminalreporter):
    """Print what tests counted; pytest keeps the output of those that passed to itself."""
    for report in terminalreporter.stats.get("passed", []):
        for line in report.capstdout.splitlines():
            if _COUNTS.match(line):
                terminalreporter.write_line(line)
