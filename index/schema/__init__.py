"""The JSON Schema of what Pullquote says in JSON: replies, articles, digests, hits, findings (format 1)."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def load_schema() -> dict[str, Any]:
    """Return the schema; each form stands in its `$defs`."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath("pullquote.schema.json").read_text(encoding="utf-8"))
    return found
