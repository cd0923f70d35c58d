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
from .vectors import Encode, VectorMaker, drop_vectors, has_vectors, make_vectors

__all__ = [
    "Encode",
    "Engine",
    "HealthIndicator",
    "Login",
    "Progress",
    "Rebuilt",
    "StorageSize",
    "analyse_article",
    "drop_vectors",
    "has_vectors",
    "is_loopback",
    "make_vectors",
    "open_engine",
    "rebuild",
    "renew_card",
]


def open_engine(address: str, login: Login | None = None, encoder: str = "") -> Engine:
    """Return the engine at an address; see `index.open_index`.

    `encoder` made the vectors of the articles that will be added; "" if they have none.

    Raises:
        ValueError: no engine has such an address.
        EngineError: it cannot be opened.
    """
    kind, _, place = address.partition(":")
    match kind:
        case "memory":
            from .memory import MemoryEngine

            return MemoryEngine(encoder)
        case "disk":
            from .disk import DiskEngine

            return DiskEngine(place, encoder)
        case "opensearch":
            from .cluster import ClusterEngine

            return ClusterEngine(address, login, encoder)
        case _:
            raise ValueError(f"{address!r} is no index: use memory:, disk:PATH or opensearch://HOST:PORT/NAME")


def rebuild(
    address: str,
    progress: Progress | None = None,
    login: Login | None = None,
    *,
    encode: Encode | None = None,
    encoder: str = "",
) -> Rebuilt:
    """Recompute from its articles whatever a library derives from them, and drop articles that are damaged.

    It also upgrades a library that another version wrote, which `open_engine` refuses to open. `encode`, of the encoder
    with the id `encoder`, makes the vectors of its sentences; without it they are dropped. Vectors that this encoder
    made are kept.

    Raises:
        ValueError: a function was given without the encoder's id, or an id without a function.
        EngineError: it cannot be done, or there is nothing to rebuild at this address.
    """
    if (encode is None) != (not encoder):
        raise ValueError("an encoder is a function and its id")
    maker = VectorMaker(encode, encoder)
    kind, _, place = address.partition(":")
    match kind:
        case "disk":
            from .disk.rebuild import rebuild as rebuild_disk

            return rebuild_disk(place, progress, maker)
        case "opensearch":
            from .cluster.rebuild import rebuild as rebuild_cluster

            return rebuild_cluster(address, login, progress, maker)
        case _:
            raise EngineError(address, "has nothing to rebuild; only a library on disk or on a cluster has")
