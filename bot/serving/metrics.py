"""What the operator can watch: counters of one bot, in a registry of its own."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """Counters, and the times from an update's coming to its answer's going."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polled = time.monotonic()
        self.updates = Counter("pullquote_updates", "Updates handled, by kind.", ["kind"], registry=self.registry)
        self.replies = Counter(
            "pullquote_replies", "Questions answered, by verdict.", ["verdict"], registry=self.registry
        )
        self.added = Counter(
            "pullquote_added", "Sources sent in, by what came of them.", ["outcome"], registry=self.registry
        )
        self.refused = Counter(
            "pullquote_refused", "Requests turned down, by reason.", ["reason"], registry=self.registry
        )
        self.errors = Counter("pullquote_errors", "Updates that failed.", registry=self.registry)
        self.waiting = Gauge("pullquote_waiting_updates", "Updates that wait in memory.", registry=self.registry)
        age = Gauge("pullquote_poll_age_seconds", "Seconds since the last good poll.", registry=self.registry)
        age.set_function(self.poll_seconds)
        self.seconds = Histogram(
            "pullquote_update_seconds",
            "Seconds from an update's turn to its end.",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 1, 2.5, 10, 60),
            registry=self.registry,
        )

    def poll_seconds(self) -> float:
        """Return how many seconds ago the last good poll was."""
        return time.monotonic() - self.polled

    def text(self) -> str:
        """Return all of it in the form that Prometheus reads."""
        return generate_latest(self.registry).decode()
