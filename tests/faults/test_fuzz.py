"""P6: any bytes or values where strangers or files speak to us; nothing but our own errors may come of them.

Readers of documents are fuzzed in workers (test_abuse.py). `python -m tests.faults.guided NAME` lets atheris look on.
"""

import json
import os
import random

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.faults.fuzz import TARGETS, close_bot, damage_json, list_seeds
from tests.support.counts import draw_from

MANY = int(os.environ.get("COUNT", "500"))
SEED = int(os.environ.get("SEED", "0"))


@pytest.fixture(scope="module", autouse=True)
def _closed():
    yield
    close_bot()


def drawn(examples):
    return settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", TARGETS)
@drawn(60)
@given(data=st.binary(max_size=300))
def test_any_bytes(name, data):
    TARGETS[name](data)


@pytest.mark.check
@pytest.mark.parametrize("name", TARGETS)
def test_very_many_bytes(name):
    """Any bytes, and what honest programs write with something wrong in it, by turns."""

    @seed(SEED)
    @drawn(MANY // 2)
    @given(data=st.binary(max_size=300))
    def try_bytes(data):
        TARGETS[name](data)

    try_bytes()
    damage(name, MANY - MANY // 2)
    print(f"P6: {MANY} inputs: {name}, 0 undeclared errors")


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_values(name):
    damage(name, 80)


def damage(name, count):
    draw = random.Random(draw_from(name))
    seeds = list_seeds()[name]
    for _ in range(count):
        TARGETS[name](damage_json(draw.choice(seeds), draw))


def test_what_honest_programs_write_is_taken():
    """The seeds are sound: each target does something with them beside refusing."""
    taken = {name: [TARGETS[name](data) for data in seeds] for name, seeds in list_seeds().items()}
    assert taken.keys() == TARGETS.keys()
    assert [name for name, found in taken.items() if not any(found)] == []


def test_damage_is_of_every_kind():
    draw, data = random.Random(1), json.dumps({"a": [1, {"b": "c"}], "d": None}).encode()
    found = {damage_json(data, draw) for _ in range(300)}
    assert len(found) > 200
    assert any(b"\\ud800" in each for each in found)
    assert any(b"[[[[" in each for each in found)
