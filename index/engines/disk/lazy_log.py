"""The log of the engine on disk, `index.engines.disk`. It imports `logging` when there is something to log."""

from __future__ import annotations


def warn(message: str, *values: object) -> None:
    """Log what was repaired or skipped."""
    import logging  # late: loading it takes as long as answering a question, and a sound library logs nothing

    logging.getLogger(__package__).warning(message, *values)


def warn_of_rebuild(reason: str) -> None:
    """Log why the search index is rebuilt without being asked."""
    warn("the search index is damaged (%s); it is being rebuilt", reason)


def debug(message: str, *values: object) -> None:
    """Log what matters only to someone looking for a fault."""
    import logging

    logging.getLogger(__package__).debug(message, *values)
