"""Mutation testing: change the source in small ways, and see whether a test fails.

    python -m tests.mutants [PART ...]

A part is a name of `TARGETS`; without any, all are gone through. MUTANTS_SECONDS limits the time (600 by default), and
what an earlier run found out is kept in build/mutants and not tried again, so that it can be done bit by bit. A mutant
is tried anew when its module has changed, or the test that killed it, or, if none did, a file of its tests. The report
is build/mutants/report.json and .txt.
"""

import json
import os
import re
import sys
import time
from collections import Counter
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.mutants.operators import Mutant, make_mutants
from tests.mutants.runner import Outcome, Runner
from tests.mutants.targets import EQUIVALENT, TARGETS
from tests.support.paths import ROOT

PLACE = ROOT / "build" / "mutants"


def run(parts: list[str], seconds: float) -> dict[str, Counter]:
    """Try the mutants of the parts, for so many seconds, and return the counts of all parts so far."""
    PLACE.mkdir(parents=True, exist_ok=True)
    known = read_known(PLACE / "results.jsonl")
    end = time.monotonic() + seconds
    report: dict[str, list[dict]] = {}
    with (PLACE / "results.jsonl").open("a") as kept:
        for part in [*parts, *(each for each in TARGETS if each not in parts)]:
            modules, tests = TARGETS[part]
            runner = None
            for mutant in [each for path in modules for each in make_mutants(path, (ROOT / path).read_text())]:
                found = known.get(mutant.key)
                if found is None and part in parts and time.monotonic() < end:
                    runner = runner or Runner(ROOT, modules, tests, PLACE / part)
                    done = Outcome("equivalent") if mutant.key in EQUIVALENT else runner.try_mutant(mutant)
                    found = {"key": mutant.key, "outcome": done.what, "test": done.test, "path": mutant.path}
                    found["stamp"] = stamp(mutant.path, tests, done.test)
                    kept.write(json.dumps(found) + "\n")
                    kept.flush()
                outcome = found["outcome"] if found else "not tried"
                report.setdefault(part, []).append(describe(mutant, outcome))
            if runner is not None:
                runner.close()
    write_report(report)
    return {part: Counter(each["outcome"] for each in mutants) for part, mutants in report.items()}


def read_known(path: Path) -> dict[str, dict]:
    """Return the outcomes that still hold, by key."""
    rows = map(json.loads, path.read_text().splitlines()) if path.exists() else ()
    tests = {module: tests for modules, tests in TARGETS.values() for module in modules}
    return {
        row["key"]: row
        for row in rows
        if row["path"] in tests and row["stamp"] == stamp(row["path"], tests[row["path"]], row["test"])
    }


@cache
def read(path: str) -> str:
    return (ROOT / path).read_text() if (ROOT / path).is_file() else ""


def stamp(module: str, tests: list[str], killer: str) -> str:
    """Return a hash of what an outcome depends on: the module, and the test that killed the mutant, else all tests."""
    file, _, name = killer.partition("::")
    name = name.partition("[")[0]
    bodies = [find_function(read(file), name)] if name else [read(test) for test in tests]
    return sha256("\0".join((read(module), killer, *bodies)).encode()).hexdigest()[:16]


def find_function(source: str, name: str) -> str:
    """Return the source of a function of a module; "" if it has none of this name."""
    found = re.search(rf"^(?:async )?def {re.escape(name)}\(.*?(?=^\S(?<![)])|\Z)", source, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def describe(mutant: Mutant, outcome: str) -> dict:
    return {
        "key": mutant.key,
        "outcome": outcome,
        "path": mutant.path,
        "line": mutant.line,
        "function": mutant.where,
        "old": mutant.old,
        "new": mutant.new,
        "why": EQUIVALENT.get(mutant.key, ""),
        "told": mutant.describe(),
    }


def write_report(report: dict[str, list[dict]]) -> None:
    """Write counts and every mutant that was not killed, as JSON and as text."""
    counts = {part: Counter(each["outcome"] for each in mutants) for part, mutants in report.items()}
    form = {"format": 1, "counts": {part: dict(count) for part, count in counts.items()}, "mutants": report}
    (PLACE / "report.json").write_text(json.dumps(form, indent=1))
    lines = [f"{part:<8} {format_counts(count)}" for part, count in counts.items()]
    for part, mutants in report.items():
        lines += [
            f"{part} {each['outcome']} {each['key']} {each['told']}"
            for each in mutants
            if each["outcome"] in ("survived", "not covered")
        ]
    (PLACE / "report.txt").write_text("\n".join(lines) + "\n")


def format_counts(count: Counter) -> str:
    made = sum(count.values())
    return f"{made} made: " + ", ".join(f"{number} {outcome}" for outcome, number in sorted(count.items()))


def main() -> int:
    parts = sys.argv[1:] or list(TARGETS)
    if unknown := [part for part in parts if part not in TARGETS]:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    counts = run(parts, float(os.environ.get("MUTANTS_SECONDS", "600")))
    print((PLACE / "report.txt").read_text(), end="")
    return int(any(counts[part]["survived"] + counts[part]["not covered"] for part in parts))


if __name__ == "__main__":
    sys.exit(main())
