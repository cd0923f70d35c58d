"""How hypothesis draws: the same examples at each run of `make test`, so that it passes or fails for all alike.

`pytest --hypothesis-profile=explore` draws new ones.
"""

import re

from hypothesis import HealthCheck, settings

# No deadline and no complaint of slow drawing: both measure the machine.
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

_COUNTS = re.compile(r"(?:P\d+|peer|abuse): ")


def pytest_terminal_summary(terminalreporter):
    """Print what the marked tests counted; pytest keeps the output of those that passed to itself."""
    for report in terminalreporter.stats.get("passed", []):
        for line in report.capstdout.splitlines():
            if _COUNTS.match(line):
                terminalreporter.write_line(line)
