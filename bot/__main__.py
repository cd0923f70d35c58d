"""The command `pullquote`, also as `python -m bot`."""

from __future__ import annotations

import gc
import signal
import sys

_GARBAGE = 100_000
"""New objects after which Python looks for garbage: with its own 700 a start, which leaves none, takes 5 % longer."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(_GARBAGE)
    breaks = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if breaks:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing to tidy up yet: Ctrl-C need not raise among the imports
    from .cli import run

    if breaks:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run(sys.argv[1:])
    gc.freeze()  # at the end Python looks for garbage once more, and all of it goes with the process
    sys.exit(code)


if __name__ == "__main__":
    main()
