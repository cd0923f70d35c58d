"""Build the wheel: `bot` and `index` go into it as `pullquote.bot` and `pullquote.index`.

Those two names are common, and a distribution that brought them at the top would overwrite, or be overwritten by,
whatever else is called so. Within the repository they stay as they are; only the copies in the wheel import each other
by their longer names. An editable install has the repository's own files, and the same `pullquote` in front of them.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PACKAGES = ("bot", "index")
SUFFIXES = {".css", ".js", ".json", ".keys", ".onnx", ".po", ".py", ".terms", ".toml", ".txt", ".typed"}
"""Endings of what belongs to the packages: anything else that lies there is somebody's own."""

FRONT = '''"""Ask a text and get the text's own words back: what `{index}` offers, and `python -m pullquote`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from {index} import *

__all__ = {names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    return getattr(import_module("{index}"), name)  # late: the command's help needs no library
'''
MAIN = '''"""The command `pullquote`, also as `python -m pullquote`."""

from {bot}.__main__ import main

if __name__ == "__main__":
    main()
'''
_PLACE = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+:\w+")
"""A string that names a function to import: "bot.verbs.ask:ask"."""


class PublisherHook(MetadataHookInterface):
    """Name the home page and the address of whoever publishes, which no file here knows."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Take both from the environment: PULLQUOTE_HOME_PAGE and PULLQUOTE_CONTACT; without them they are left out."""
        home, contact = (os.environ.get(f"PULLQUOTE_{name}", "") for name in ("HOME_PAGE", "CONTACT"))
        metadata["authors"] = [{"name": "The Pullquote authors"} | ({"email": contact} if contact else {})]
        metadata["urls"] = {"Homepage": home} if home else {}


class WheelHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling names the plugin here
    """Put the two packages into the wheel under their longer names."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files, and tell hatchling where in the wheel they go."""
        self._made = Path(tempfile.mkdtemp())
        root = Path(self.root)
        editable = version == "editable"
        files = {} if editable else {path: self._copy(root, path) for path in list_files(root)}
        prefix = "" if editable else "pullquote."
        names = read_names((root / "index" / "__init__.py").read_text("utf-8"))
        for name, text in (("__init__", FRONT), ("__main__", MAIN), ("py", "")):
            path = Path(f"{name}.typed" if name == "py" else f"{name}.py")
            written = text.format(index=f"{prefix}index", bot=f"{prefix}bot", names=names)
            (self._made / path).write_text(written, "utf-8")
            files[path] = self._made / path
        key = "force_include_editable" if editable else "force_include"
        build_data[key] |= {str(file): f"pullquote/{path.as_posix()}" for path, file in sorted(files.items())}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as hatchling calls it
        """Remove the files again."""
        shutil.rmtree(self._made)

    def _copy(self, root: Path, path: Path) -> Path:
        """Return the file for the wheel: a module with its imports rewritten, anything else as it is."""
        if path.suffix != ".py":
            return root / path
        copy = self._made / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(rewrite((root / path).read_text("utf-8")), "utf-8")
        return copy


def list_files(root: Path) -> list[Path]:
    """Return the files of the packages, as paths below the root."""
    found = (path.relative_to(root) for package in PACKAGES for path in (root / package).rglob("*"))
    return sorted(path for path in found if path.suffix in SUFFIXES and "__pycache__" not in path.parts)


def read_names(source: str) -> list[str]:
    """Return what `__all__` holds."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    raise ValueError("index/__init__.py has no __all__")


def rewrite(source: str) -> str:
    """Return the source of a module whose imports of `bot` and `index` go through `pullquote`; nothing else changes.

    Raises:
        ValueError: it imports one of them in a way that is not provided for.
    """
    lines = source.splitlines(keepends=True)
    places = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and not node.level and str(node.module).partition(".")[0] in PACKAGES:
            places.append((node.lineno - 1, node.col_offset + len("from ")))
        elif isinstance(node, ast.Import) and any(name.name.partition(".")[0] in PACKAGES for name in node.names):
            raise ValueError(f"line {node.lineno}: write `from ... import ...`")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _PLACE.fullmatch(node.value):
            places.append((node.lineno - 1, node.col_offset + 1))
    for line, column in sorted(places, reverse=True):
        text = lines[line].encode()
        lines[line] = (text[:column] + b"pullquote." + text[column:]).decode()
    return "".join(lines)
