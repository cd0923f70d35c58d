"""The checkout as tests of it read it: the files under version control, parsed modules, imports, circles."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.paths import ROOT

_MODULE = re.compile(r"(?:index|bot)(?:\.\w+)+(?=:\w+$|$)")
"""A string that names a module, as in the table of verbs: "bot.verbs.ask:ask"."""


def tracked() -> list[Path]:
    """Return the files under version control that are there; skips the test outside a git checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: which files are ours cannot be told")
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"git does not list the files: {error}")
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


class Module(NamedTuple):
    """A module: its dotted name, its path from the checkout on, its source and its syntax tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]


@cache
def read_modules(*packages: str) -> tuple[Module, ...]:
    """Return all modules of the packages, `("index", "bot")` without any; a tree that lost its files fails."""
    found = []
    for path in sorted(path for package in packages or ("index", "bot") for path in (ROOT / package).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        name = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, place, text, ast.parse(text)))
    assert len(found) > 50 * len(packages or ("index", "bot")), "the rule looks at next to nothing"
    return tuple(found)


@cache
def imports(module: Module) -> tuple[tuple[str, str | None], ...]:
    """Return (module, imported name or None) of every import, relative ones made absolute.

    Imports inside functions and under TYPE_CHECKING count like any other, and so does a string that names a module.
    """
    return tuple(_find_imports(module))


def _find_imports(module: Module) -> Iterator[tuple[str, str | None]]:
    parents = module.package.split(".")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, None
        elif isinstance(node, ast.ImportFrom):
            base = parents[: len(parents) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield source, alias.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (named := _MODULE.match(node.value)):
            yield named[0], None


def graph() -> dict[str, frozenset[str]]:
    """Return which modules of `index` and `bot` each of them names in its imports, itself left out.

    `from . import words` leads to the module `words` if there is one, and to the package otherwise. That Python runs
    a package's `__init__` first counts for nothing: all of `index` would then import all of it.
    """
    names = {module.name for module in read_modules()}
    return {
        module.name: frozenset(
            target
            for source, imported in imports(module)
            for target in (f"{source}.{imported}" if f"{source}.{imported}" in names else source,)
            if target in names and target != module.name
        )
        for module in read_modules()
    }


def circles(graph: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other in a circle, each sorted; [] when there are none.

    Tarjan 1972, "Depth-first search and linear graph algorithms": the strongly connected components.
    """
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        stack.append(name)
        for other in graph[name]:
            if other not in order:
                visit(other)
            if other in stack:
                lowest[name] = min(lowest[name], lowest[other])
        if lowest[name] == order[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in graph:
        if name not in order:
            visit(name)
    return found
