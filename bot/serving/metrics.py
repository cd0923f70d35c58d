"""What the operator can watch: the counters of one server, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """Counters of one server, and how long its work takes; `unit` is what it calls one piece of work.

    A server of the unit "request" counts `pullquote_requests` and times `pullquote_request_seconds`.
    """

    def __init__(self, unit: str) -> None:
        self.registry = registry = CollectorRegistry()
        units = f"{unit}s"
        self.handled = Counter(
            f"pullquote_{units}", f"{units.capitalize()} handled, by kind.", ["kind"], registry=registry
        )
        self.replies = Counter("pullquote_replies", "Questions answered, by verdict.", ["verdict"], registry=registry)
        self.added = Counter("pullquote_added", "Sources sent in, by outcome.", ["outcome"], registry=registry)
        self.refused = Counter("pullquote_refused", "Requests turned down, by reason.", ["reason"], registry=registry)
        self.errors = Counter("pullquote_errors", f"{units.capitalize()} that failed.", registry=registry)
        self.waiting = Gauge(
            f"pullquote_waiting_{units}", f"{units.capitalize()} waiting in memory.", registry=registry
        )
        self.seconds = Histogram(
            f"pullquote_{unit}_seconds",
            f"Seconds that {units} take, from turn to end.",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 1, 2.5, 10, 60),
            registry=registry,
        )

    def render(self) -> str:
        """Return all figures in the text format of Prometheus."""
        return generate_latest(self.registry).decode()
