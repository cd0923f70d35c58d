"""The long run before a release: each promise as often as the time allows, and one report of the counts.

    python -m tests.soak [PROMISE ...]

SOAK_SECONDS is the time for all of them together (six hours by default); each gets an equal share of what is left. The
report is build/soak/report.json, and report.html to read. The exit code is 1 if a promise was broken.
"""

import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime

from tests.soak.page import write_page
from tests.soak.promises import TRIALS, Trial
from tests.support.paths import ROOT

PLACE = ROOT / "build" / "soak"
LATE = 124
HELD, BROKEN, SHORT, NOT_RUN = "held", "broken", "held, fewer than wanted", "not run"


def soak(trials: list[Trial], seconds: float) -> list[dict]:
    """Try each promise for its share of the time, writing the report after each, and return what came of them."""
    results = []
    end = time.monotonic() + seconds
    for number, trial in enumerate(trials):
        share = max(0.0, end - time.monotonic()) / (len(trials) - number)
        results.append(try_promise(trial, share))
        print(f"{trial.promise:<4} {results[-1]['outcome']}: {results[-1]['count']:,} {trial.unit}", flush=True)
        write_report(results, seconds)
    return results


def try_promise(trial: Trial, seconds: float) -> dict:
    """Run its tests until as much was tried as is wanted, the time is up, or one fails."""
    began = time.monotonic()
    count = rounds = 0
    lines: list[str] = []
    outcome, why = NOT_RUN, trial.needs
    while trial.tests and count < trial.wanted and (not rounds or time.monotonic() - began < seconds):
        batch = min(trial.batch, trial.wanted - count)
        done = run_tests(trial, batch, rounds, max(900.0, 5 * seconds))
        rounds += 1
        told = re.findall(rf"^{trial.promise}: (.*)$", done.stdout, re.MULTILINE)
        lines = [*lines, *told][-12:]
        if done.returncode == LATE:
            outcome, why = SHORT if count else NOT_RUN, done.stderr
            break
        if done.returncode:
            outcome, why = BROKEN, done.stdout[-4000:] + done.stderr[-1000:]
            break
        passed = re.search(r"(\d+) passed", done.stdout)
        if not passed:
            outcome, why = NOT_RUN, "every test was skipped"
            break
        count += sum(read_count(line) for line in told) if told else 1
        outcome = HELD if count >= trial.wanted or not trial.batch else SHORT
        if not trial.batch:
            break
    return {
        "promise": trial.promise,
        "what": trial.what,
        "unit": trial.unit,
        "wanted": trial.wanted,
        "count": count,
        "rounds": rounds,
        "seconds": round(time.monotonic() - began, 1),
        "outcome": outcome,
        "why": why,
        "told": lines,
        "tests": list(trial.tests),
    }


def run_tests(trial: Trial, batch: int, seed: int, limit: float) -> subprocess.CompletedProcess:
    """Run the tests once; LATE is the exit code of a round that does not end in time."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "--no-cov", "-p", "no:cacheprovider"]
    env = {**os.environ, "SEED": str(seed + int(os.environ.get("SEED", "0"))), "ALL_TOOLS": "1"}
    env |= {"COUNT": str(batch)} if batch else {}
    marks = "not cluster" if "[many]" in "".join(trial.tests) or not trial.batch else "check and not cluster"
    try:
        return subprocess.run(
            [*command, "-m", marks, *trial.tests],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=limit,
        )
    except subprocess.TimeoutExpired as error:
        told = (error.stdout or b"").decode(errors="replace")
        return subprocess.CompletedProcess(command, LATE, told, f"a round did not end within {limit:.0f} s")


def read_count(line: str) -> int:
    """Return the number that a line begins with, 0 without one."""
    found = re.match(r"([\d,]+) ", line)
    return int(found[1].replace(",", "")) if found else 0


def write_report(results: list[dict], seconds: float) -> None:
    """Write the report, as JSON and as a page."""
    PLACE.mkdir(parents=True, exist_ok=True)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    report = {"format": 1, "made": made, "seconds": seconds, "promises": results}
    (PLACE / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    (PLACE / "report.html").write_text(write_page(report), encoding="utf-8")


def main() -> int:
    names = sys.argv[1:]
    trials = [trial for trial in TRIALS if not names or trial.promise in names]
    if unknown := set(names) - {trial.promise for trial in TRIALS}:
        print(f"no such promise: {', '.join(sorted(unknown))}; P1 to P17", file=sys.stderr)
        return 2
    results = soak(trials, float(os.environ.get("SOAK_SECONDS", "21600")))
    print(f"the report is {PLACE.relative_to(ROOT) / 'report.html'}")
    return int(any(result["outcome"] == BROKEN for result in results))


if __name__ == "__main__":
    sys.exit(main())
