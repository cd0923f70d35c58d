"""Write the manual page, and what a shell completes, from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

SHELLS = ("bash", "zsh", "fish")
"""Shells that the command can be completed in."""

COMPLETE = "_PULLQUOTE_COMPLETE"
"""The variable by which a shell asks for completions."""


def write_completion(command: click.Command, shell: str) -> str:
    """Return what a shell reads to complete the command; `shell` is one of `SHELLS`."""
    from click.shell_completion import ShellComplete, get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    made = found(command, {}, "pullquote", COMPLETE)
    return ShellComplete.source(made)  # that of bash would run bash, to ask how old it is


def write_manual(group: click.Group, version: str) -> str:
    """Return the manual page of the command with all its verbs, in the language of man."""
    ctx = click.Context(group, info_name="pullquote")
    rows = [
        f'.TH PULLQUOTE 1 "" "pullquote {version}" "User Commands"',
        ".SH NAME",
        f"pullquote \\- {_escape((group.help or '').partition('.')[0].lower())}",
        ".SH SYNOPSIS",
        ".B pullquote\n.I VERB\n[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ".SH OPTIONS",
        *_list_options(group, ctx),
        ".SH VERBS",
    ]
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None:
            rows += _describe_verb(command, ctx, name)
    told = "0 answered, 1 not answered, 2 wrong usage or settings, 3 a source or the library failed, 130 interrupted."
    rows += [".SH EXIT STATUS", told]
    return "\n".join(rows) + "\n"


def _describe_verb(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    ctx = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(ctx))
    yield f".SS pullquote {_escape(name)} {_escape(usage)}"
    for paragraph in re.split(r"\n\s*\n", (command.help or "").strip()):
        if paragraph.lstrip().startswith("\b"):
            yield ".PP\n.nf\n" + _escape(paragraph.replace("\b\n", "").strip()) + "\n.fi"
        else:
            yield ".PP\n" + _escape(" ".join(paragraph.split()))
    yield from _list_options(command, ctx)
    if isinstance(command, click.Group):
        for inner in command.list_commands(ctx):
            found = command.get_command(ctx, inner)
            if found is not None:
                yield from _describe_verb(found, ctx, f"{name} {inner}")


def _list_options(command: click.Command, ctx: click.Context) -> Iterator[str]:
    for each in command.get_params(ctx):
        record = each.get_help_record(ctx) if isinstance(each, click.Option) else None
        if record is not None:
            yield f".TP\n\\fB{_escape(record[0])}\\fR\n{_escape(record[1])}"


def _escape(text: str) -> str:
    """Return the text with what man would take for a command of its own escaped."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", plain, flags=re.MULTILINE)
