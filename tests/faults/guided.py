"""Fuzzing guided by coverage: inputs that take branches not taken before, by atheris (`pip install atheris`).

    python -m tests.faults.guided NAME [SECONDS]

NAME is one of the targets of tests/faults/fuzz.py. An input that raises is written to a file in the current folder.
"""

import sys
import tempfile
from importlib import import_module
from pathlib import Path


def main(name, seconds="60"):
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["index", "bot"]):
        fuzz = import_module("tests.faults.fuzz")
    target = fuzz.TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(fuzz.list_seeds()[name]):
            (Path(folder) / str(number)).write_bytes(data)
        atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", folder], lambda data: target(data) and None)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
