"""The command `pullquote`, also as `python -m bot`."""

from __future__ import annotations

import gc
import sys

_GARBAGE = 100_000
"""New objects after which Python looks for garbage: with its own 700 a start, which leaves none, takes 5 % longer."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(_GARBAGE)
    from .cli import run

    code = run(sys.argv[1:])
    gc.freeze()  # at the end Python looks for garbage once more, and all of it goes with the process
    sys.exit(code)


if __name__ == "__main__":
    main()
