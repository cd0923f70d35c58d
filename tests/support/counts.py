"""How often a promise is tried: little in `make test`, more in `make check`, in `make soak` what the time allows."""

import os

import pytest


def how_often(quick, check):
    """Run a test twice, each time with `count`: `quick` in `make test` (not there if 0), and `check` in `make check`.

    `make soak` sets COUNT for the second, and SEED, so that each round draws other cases (see `draw_from`).
    """
    many = pytest.param(int(os.environ.get("COUNT", check)), id="many", marks=pytest.mark.check)
    return pytest.mark.parametrize("count", [*([pytest.param(quick, id="quick")] if quick else []), many])


def draw_from(name):
    """Return the seed of a test's random cases: the same at each run, but for `make soak`."""
    return f"{name} {os.environ.get('SEED', '0')}"


def lack_tool(reason):
    """Skip the test by name, or fail where every tool was installed: in `make check` and `make soak`."""
    if os.environ.get("ALL_TOOLS") == "1":
        pytest.fail(f"{reason}, and make check installs what it needs", pytrace=False)
    pytest.skip(reason)
