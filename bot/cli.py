"""The frame of the command line: the table of verbs, and the reporting of errors.

Nothing heavy is imported here: a verb's module is imported when the verb runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .manual import COMPLETE, SHELLS, write_completion, write_manual
from .settings import SettingsError
from .verbs import ANSWERED, FAILED, INTERRUPTED, READER_GONE, USAGE, warn

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Verb(NamedTuple):
    """Where a verb's command is, and its line in the list of verbs."""

    place: str
    short_help: str


VERBS = {
    "ask": Verb("bot.verbs.ask:ask", "Ask a question and print the sentences that answer it."),
    "chat": Verb("bot.verbs.chat:chat", "Ask question after question at a prompt."),
    "digest": Verb("bot.verbs.digest:digest", "Print what an article is about, who says what, its dates or figures."),
    "search": Verb("bot.verbs.ask:search", "List the passages that hold some words, best first."),
    "show": Verb("bot.verbs.showing:show", "Print an article with its paragraph numbers."),
    "telegram": Verb("bot.verbs.telegram:telegram", "Run the Telegram bot."),
    "serve": Verb("bot.verbs.serve:serve", "Serve the library over HTTP: pages to read, and JSON for programs."),
    "add": Verb("bot.verbs.adding:add", "Put articles into the library."),
    "list": Verb("bot.verbs.library:list_", "List the articles of the library."),
    "remove": Verb("bot.verbs.library:remove", "Take articles out of the library."),
    "diff": Verb("bot.verbs.diffing:diff", "Show what changed between versions of a story."),
    "rebuild": Verb("bot.verbs.library:rebuild", "Make the search index of the library anew."),
    "stats": Verb("bot.verbs.library:stats", "Count what the library holds."),
    "export": Verb("bot.verbs.library:export", "Write the library to one JSON Lines file."),
    "import": Verb("bot.verbs.adding:import_", "Read a library from a JSON Lines file."),
    "verify": Verb("bot.verbs.citing:verify", "Check saved replies against the articles."),
    "cite": Verb("bot.verbs.citing:cite", "Write a citation in a standard form."),
    "read": Verb("bot.verbs.showing:read", "Write an article as one HTML page to read."),
    "mcp": Verb("bot.verbs.mcp:mcp", "Serve the library to an assistant (MCP)."),
    "eval": Verb("bot.verbs.evaluation:evaluate", "Measure the answers on a question set."),
    "migrate": Verb("bot.verbs.cluster:migrate", "Copy a library to another engine."),
    "cluster": Verb("bot.verbs.cluster:cluster", "Set up and check an OpenSearch cluster."),
    "doctor": Verb("bot.verbs.doctor:doctor", "Say what is wrong, and the command that mends it."),
}
"""Every verb, in the order in which help lists them."""


class Verbs(click.Group):
    """A group that imports a verb's module only when the verb is called, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click asks so
        """Return the verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import the verb's module and return its command; None for an unknown verb."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the list of verbs without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, VERBS[name].short_help) for name in VERBS])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a verb without importing any; options as click does."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [CompletionItem(name, help=VERBS[name].short_help) for name in VERBS if name.startswith(incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; for an unknown one, fail with the most similar verb."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            ctx.fail(explain_unknown_verb(args[0], list(VERBS)))
        return super().resolve_command(ctx, args)


def explain_unknown_verb(word: str, verbs: Sequence[str]) -> str:
    """Return the message for a word that is not a verb: the most similar verb, or how to ask."""
    from difflib import get_close_matches

    close = get_close_matches(word, verbs, 1)
    if close:
        return f"There is no verb {word!r}; did you mean {close[0]!r}?"
    return f'There is no verb {word!r}. To ask a question: pullquote ask "..."'


def _print_completion(ctx: click.Context, param: click.Parameter, value: str | None) -> None:  # noqa: ARG001 - click asks so
    if value is not None:
        click.echo(write_completion(ctx.command, value))
        ctx.exit()


def _print_manual(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 - as above
    if value and isinstance(ctx.command, click.Group):
        from importlib.metadata import version

        click.echo(write_manual(ctx.command, version("pullquote")), nl=False)
        ctx.exit()


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pullquote", prog_name="pullquote")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option(
    "--completion",
    metavar="SHELL",
    type=click.Choice(SHELLS),
    is_eager=True,
    expose_value=False,
    callback=_print_completion,
    help="Print what completes the command in bash, zsh or fish.",
)
@click.option(
    "--manual",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_manual,
    help="Print the manual page, for man.",
)
def cli(debug: bool) -> None:
    """Ask a text and get the text's own words back, with the exact sentences cited.

    \b
    Example:
      pullquote ask --from story.txt "Who denied the talks?"
    """


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; every error becomes one clear line.

    This is the one place of the command line that catches everything.
    """
    debug = "--debug" in arguments[:1]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without a letter shows "?", and nothing crashes
    try:
        code = _read_code(cli.main(args=list(arguments), prog_name="pullquote", standalone_mode=False))
        sys.stdout.flush()
    except SystemExit as error:  # click exits only when it has completed, or if the pipe that it writes to is closed
        return _read_code(error.code) if COMPLETE in os.environ else READER_GONE
    except Exception as error:  # noqa: BLE001 - the front door
        return _report(error, debug=debug)
    except KeyboardInterrupt:
        click.echo(err=True)
        return INTERRUPTED
    return code


def _read_code(result: Any) -> int:
    return result if isinstance(result, int) else ANSWERED


def _was_interrupted(error: BaseException) -> bool:
    """Tell whether Ctrl-C is behind the error: one that comes while a library is loaded makes that fail."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return any(isinstance(one, KeyboardInterrupt) for one in causes)


def _report(error: Exception, *, debug: bool) -> int:
    """Report the error on stderr and return its exit code."""
    if isinstance(error, BrokenPipeError):
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - or Python complains about the pipe at exit
        return READER_GONE
    if isinstance(error, click.Abort) or _was_interrupted(error):
        return INTERRUPTED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return USAGE
    if debug and not isinstance(error, click.ClickException):
        import traceback

        traceback.print_exception(error)
    code, message = _describe_error(error)
    warn(message)
    return code


def _describe_error(error: Exception) -> tuple[int, str]:
    from index.errors import PullquoteError, SeveralArticles  # late: help needs no library

    match error:
        case click.UsageError():
            path = error.ctx.command_path if error.ctx else "pullquote"
            message = error.format_message()
            return USAGE, f"{message}{'' if message[-1:] in '.?!' else '.'} See `{path} --help`."
        case SettingsError() | SeveralArticles():
            return USAGE, str(error)
        case PullquoteError():
            return FAILED, str(error)
        case click.ClickException():
            return FAILED, error.format_message()
        case OSError():
            return FAILED, f"{error.filename or 'reading or writing failed'}: {error.strerror or error}"
        case _:
            kind = type(error).__name__
            return FAILED, f"this should not happen ({kind}: {error}); `pullquote --debug ...` shows where"
