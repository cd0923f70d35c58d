"""The engine on disk: SQLite holds the truth, tantivy follows and can be thrown away. See `Engine` for the contract."""

from .engine import DiskEngine

__all__ = ["DiskEngine"]
