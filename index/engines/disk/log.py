"""What the engine on disk has to say beside its errors, under one name: `index.engines.disk`."""

from __future__ import annotations


def warning(message: str, *values: object) -> None:
    """Log what was mended or passed over."""
    import logging  # late: it takes as long to load as a question takes, and a sound library says nothing

    logging.getLogger(__package__).warning(message, *values)


def mended(reason: str) -> None:
    """Log why the search index is made anew, unasked."""
    warning("the search index is damaged (%s); it is made anew", reason)


def debug(message: str, *values: object) -> None:
    """Log what only matters to someone who looks for a fault."""
    import logging

    logging.getLogger(__package__).debug(message, *values)
