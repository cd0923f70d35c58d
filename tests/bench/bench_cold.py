"""What a question costs a new process, beside the imports that it would have to be compared with.

python -m tests.bench.bench_cold [PYTHON]

CPU of the command `ask` on one file of seeds/, and of `import nltk`, in turns; medians and their ratio. PYTHON is the
interpreter of an environment without the extras, in which nltk finds no scipy to import.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from statistics import median

from tests.support.paths import ROOT, SEEDS

_TURNS = 9


def cpu(python: str, *arguments: str) -> float:
    """Return the milliseconds of CPU of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PULLQUOTE_MEANING": "off"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled once, not at every start
    subprocess.run([python, *arguments], cwd=ROOT, capture_output=True, check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main(python: str) -> None:
    """Print both medians and their ratio."""
    ask = ("-m", "bot", "ask", "--from", str(SEEDS / "storm-tamsin.txt"), "How many homes lost power?")
    peer = ("-c", "import nltk")
    cpu(python, *ask), cpu(python, *peer)  # writes what is compiled
    turns = [(cpu(python, *ask), cpu(python, *peer)) for _ in range(_TURNS)]
    ours, theirs = (median(column) for column in zip(*turns, strict=True))
    print(f"ask {ours:.0f} ms, import nltk {theirs:.0f} ms: {ours / theirs:.2f} x (to reach: .60)")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else sys.executable)
