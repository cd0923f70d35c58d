"""Every command that a message, a docstring or a page tells people to run is there, with the options it names."""

import ast
import re
import shlex
import tomllib

import click
import pytest

from bot.cli import VERBS, cli
from tests.support.paths import ROOT
from tests.support.source import read_modules, tracked

QUOTED = re.compile(r"`((?:pullquote|make|\.venv/bin/\w+|pip|chmod|df|ls)(?: [^`]*)?)`")
BLOCK = re.compile(r"^ {4,}(?:\$ )?((?:pullquote|make|\.venv/bin/\w+|pip|RUN pip) [^#|>\n]*)", re.MULTILINE)
INSTALL = re.compile(r"\.?[\w/.]*pip install [^`\n\"]*")
PLAIN = ("chmod", "df", "ls")
"""Commands of every Unix, which are not tried here."""


def texts():
    """Yield every text of the packages, a value put into it as X, and every page, each with where it stands."""
    for module in read_modules():
        inside = {id(part) for node in ast.walk(module.tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                yield f"{module.path}:{node.lineno}", node.value
            elif isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
                yield f"{module.path}:{node.lineno}", "".join(parts)
    for path in tracked():
        if (path.suffix == ".md" and path.name != "CHANGELOG.md") or path.name == ".env.example":
            yield path.name, path.read_text(encoding="utf-8")


def find_fault(command):
    """Return what is wrong with a command, "" if it can be run as it is written."""
    words = [word for word in shlex.split(command.partition(" && ")[0].replace("...", " ")) if word != "RUN"]
    name, words = words[0], words[1:]
    if name in PLAIN:
        return ""
    if name == "make":
        known = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        unknown = {word for word in words if "=" not in word} - known
        return f"no target {unknown}" if unknown else ""
    if name.endswith("pip"):
        return find_install_fault(words)
    if name != "pullquote":
        return "" if name.removeprefix(".venv/bin/") in ("python", "pullquote") else f"no command {name}"
    return find_verb_fault(words)


def find_verb_fault(words):
    command, path = cli, []
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        word, words = words[0], words[1:]
        if word.isupper() and len(word) > 1:  # VERB stands for any
            return ""
        found = command.get_command(click.Context(command), word)
        if found is None:
            return f"no verb {' '.join([*path, word])}"
        command, path = found, [*path, word]
    known = {option for each in command.params for option in each.opts} | {"--help", "-h", "--version"}
    unknown = {word.partition("=")[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*(?:=.*)?", word)} - known
    return f"{' '.join(path)} has no {unknown}" if unknown else ""


def find_install_fault(words):
    """A distribution of ours is on no index: what is installed is a folder, with extras that it has, or none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    target = re.fullmatch(r"(?P<place>\.|/src)(?:\[(?P<extras>[\w,]+)\])?", words[-1])
    if not target:
        return f"{words[-1]} is no folder to install"
    extras = set((target["extras"] or "").split(",")) - {"", "X"}
    return "" if extras <= set(project["optional-dependencies"]) else f"no extra {extras}"


def find_commands(text):
    """Yield the commands that a text names: in backticks, as a block of a page, or to install something."""
    flat = re.sub(r"\n\s*", " ", text)
    yield from QUOTED.findall(flat)
    yield from BLOCK.findall(text)
    for each in INSTALL.findall(text):
        yield re.split(r" && | \\", each)[0].strip(" ,;)")


def test_every_command_that_is_named_can_be_run():
    found = [(where, command) for where, text in texts() for command in find_commands(text)]
    assert len(found) > 100, "the rule looks at next to nothing"
    assert {command.split()[1] for _, command in found if command.startswith("pullquote ")} >= {
        "add",
        "rebuild",
        "cluster",
    }
    faults = {f"{where}: {command}": fault for where, command in found if (fault := find_fault(command))}
    assert faults == {}


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("pullquote rebuild", ""),
        ("pullquote cluster check", ""),
        ("pullquote --debug ...", ""),
        ("pullquote rebiuld", "no verb rebiuld"),
        ("pullquote cluster mend", "no verb cluster mend"),
        ("pullquote stats --all", "stats has no {'--all'}"),
        ("make test", ""),
        ("make mend", "no target {'mend'}"),
        (".venv/bin/pip install -c .ci/constraints.txt -e '.[cluster]'", ""),
        (".venv/bin/pip install -e '.[clutser]'", "no extra {'clutser'}"),
        ("pip install 'pullquote[cluster]'", "pullquote[cluster] is no folder to install"),
        ("pip install pullquote", "pullquote is no folder to install"),
    ],
)
def test_what_cannot_be_run_is_found(command, fault):
    assert find_fault(command) == fault


def test_the_list_of_verbs_is_looked_up():
    assert all(find_fault(f"pullquote {name}") == "" for name in VERBS)
