"""Engines store articles and find passages: in memory, on disk or on a cluster. `Engine` is their contract."""

from __future__ import annotations

from ..errors import EngineError
from .contract import (
    Engine,
    HealthIndicator,
    Login,
    Progress,
    Rebuilt,
    StorageSize,
    analyse_article,
    is_loopback,
    renew_card,
)

__all__ = [
    "Engine",
    "HealthIndicator",
    "Login",
    "Progress",
    "Rebuilt",
    "StorageSize",
    "analyse_article",
    "is_loopback",
    "open_engine",
    "rebuild",
    "renew_card",
]


def open_engine(address: str, login: Login | None = None) -> Engine:
    """Return the engine at an address; see `index.open_index`.

    Raises:
        ValueError: no engine has such an address.
        EngineError: it cannot be opened.
    """
    kind, _, place = address.partition(":")
    match kind:
        case "memory":
            from .memory import MemoryEngine

            return MemoryEngine()
        case "disk":
            from .disk import DiskEngine

            return DiskEngine(place)
        case "opensearch":
            from .cluster import ClusterEngine

            return ClusterEngine(address, login)
        case _:
            raise ValueError(f"{address!r} is no index: use memory:, disk:PATH or opensearch://HOST:PORT/NAME")


def rebuild(address: str, progress: Progress | None = None, login: Login | None = None) -> Rebuilt:
    """Recompute from its articles whatever a library derives from them, and drop articles that are damaged.

    It also upgrades a library that another version wrote, which `open_engine` refuses to open.

    Raises:
        EngineError: it cannot be done, or there is nothing to rebuild at this address.
    """
    kind, _, place = address.partition(":")
    match kind:
        case "disk":
            from .disk.rebuild import rebuild as rebuild_disk

            return rebuild_disk(place, progress)
        case "opensearch":
            from .cluster.rebuild import rebuild as rebuild_cluster

            return rebuild_cluster(address, login, progress)
        case _:
            raise EngineError(address, "has nothing to rebuild; only a library on disk or on a cluster has")
