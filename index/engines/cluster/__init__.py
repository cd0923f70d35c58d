"""The engine on an OpenSearch cluster: the same answers for an archive that outgrows one machine. See `Engine`."""

from .engine import ClusterEngine

__all__ = ["ClusterEngine"]
