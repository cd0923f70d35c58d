"""What several processes of a bot keep together: records of chats on a cluster."""

from __future__ import annotations

from ..engines.cluster.records import Held, Record, Records

__all__ = ["Held", "Record", "Records"]
