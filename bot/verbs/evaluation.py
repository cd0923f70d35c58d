"""The verb `eval`: measure the answers on question sets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from . import load_settings

if TYPE_CHECKING:
    from rich.progress import Progress

    from index.evaluate import Outcome

Measured = TypeVar("Measured")

COLUMNS = (
    ("questions", "questions", "questions"),
    ("sentence", "hit@1", "sentence hit@1"),
    ("sentence", "hit@3", "hit@3"),
    ("sentence", "mrr", "MRR"),
    ("sentence", "map", "MAP"),
    ("passage", "hit@1", "passage hit@1"),
    ("passage", "hit@3", "hit@3"),
    ("verdict", "auroc", "AUROC"),
    ("verdict", "fpr95", "FPR95"),
    ("verdict", "answered_precision", "answered precision"),
    ("verdict", "coverage", "coverage"),
    ("verdict", "answered_right", "answered right"),
    ("verdict", "answered_wrong", "answered wrong"),
    ("verdict", "refused_wrong", "refused wrong"),
    ("cpu_ms", "cpu_ms", "CPU ms"),
)
"""The table's columns: group and key in the figures, and the heading."""


@click.command(name="eval")
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--library", is_flag=True, help="Put all articles of a set into one index; a hit must be in the right one."
)
@click.option(
    "--wrong-article", is_flag=True, help="Ask each question of the following article, too; that must be refused."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Ask only the first N questions of each set.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object a set.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Draw reliability and risk against coverage into FILE (.svg, .png).",
)
@click.option(
    "--conversations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Hold the conversations in FILE about the articles of the one folder, and measure each kind of turn.",
)
def evaluate(  # noqa: PLR0913 - one parameter an option
    folders: tuple[Path, ...],
    *,
    library: bool,
    wrong_article: bool,
    limit: int | None,
    as_json: bool,
    plot: Path | None,
    conversations: Path | None,
) -> None:
    """Measure the answers on question sets: FOLDERS with questions.jsonl and articles.jsonl or .txt files.

    sentence: the best sentences overlap the marked answer. passage: a shown passage contains it.
    AUROC, FPR95: how well confidence tells questions that the article answers ("right") from the
    others ("wrong"). coverage: share answered; answered precision: of those, the first citation is right.

    \b
    Example:
      pullquote eval seeds
      pullquote eval --wrong-article --json seeds
    """
    from index.evaluate import open_in_memory, outcomes, read_set, summary

    meaning = load_settings(click.get_current_context()).meaning
    if conversations is not None:
        if len(folders) != 1 or library or wrong_article or limit or plot:
            raise click.UsageError("--conversations goes with one folder, and with --json only")
        _evaluate_conversations(conversations, folders[0], meaning=meaning, as_json=as_json)
        return
    opened = partial(open_in_memory, meaning=meaning)
    figures: list[dict[str, Any]] = []
    kept: dict[str, list[Outcome]] = {}
    for folder in folders:
        asked = read_set(folder)
        if wrong_article and len({article.id for article in asked.articles.values()}) < 2:
            raise click.UsageError(f"{folder}: --wrong-article needs a set of two articles or more")
        asked = replace(asked, questions=asked.questions[:limit])
        total = len(asked.questions) * (2 if wrong_article else 1)
        with _show_progress() as progress:
            measured = outcomes(asked, library=library, wrong_article=wrong_article, opened=opened)
            kept[asked.name] = list(_watch(progress, measured, asked.name, total))
        figures.append(summary(asked.name, kept[asked.name]))
        if as_json:
            click.echo(json.dumps(figures[-1], ensure_ascii=True))
    if not as_json:
        _print_table([_format_row(found) for found in figures])
    if plot:
        _draw(kept, plot)


def _evaluate_conversations(path: Path, folder: Path, *, meaning: bool, as_json: bool) -> None:
    from index.evaluate import read_set
    from index.evaluate.talks import hold_conversations, read_conversations, summarize

    talks, articles = read_conversations(path), read_set(folder).articles
    with _show_progress() as progress:
        held = hold_conversations(talks, articles, meaning=meaning)
        measured = list(_watch(progress, held, path.stem, sum(len(talk.turns) for talk in talks)))
    figures = summarize(path.stem, measured)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=True))
        return
    rows = [["turns", "number", "first", "answered_first", "first_if_asked_alone"]]
    for name, group in figures["groups"].items():
        shares = (group[key] for key in ("first", "answered_first", "meant_first"))
        rows.append([name, str(group["turns"]), *("-" if share is None else f"{share:.3f}" for share in shares)])
    for row in _align(rows):
        click.echo(row)
    silent = figures["no_answer"]
    click.echo(f"Of {silent['turns']} turns without an answer, answered: {silent['answered'] or 0:.3f}")


def _draw(measured: dict[str, list[Outcome]], path: Path) -> None:
    from . import plots

    try:
        plots.draw(measured, path)
    except ImportError:
        raise click.UsageError(
            "--plot needs matplotlib: `make install EXTRAS=plot` in the repository, else the extra [plot]"
        ) from None
    except ValueError as error:
        raise click.UsageError(f"--plot {path}: {error}") from None


@contextmanager
def _show_progress() -> Iterator[Progress]:
    """Show a progress bar on stderr if it is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def _watch(progress: Progress, measured: Iterable[Measured], name: str, total: int) -> Iterator[Measured]:
    task = progress.add_task(name, total=total)
    for outcome in measured:
        yield outcome
        progress.advance(task)


def _format_row(figures: dict[str, Any]) -> list[str]:
    cells = [str(figures["set"])]
    for group, key, _ in COLUMNS:
        value = figures[group]
        if isinstance(value, dict):
            value = value[key]
        cells.append(
            "-" if value is None else f"{value:.3f}" if group in {"sentence", "passage", "verdict"} else f"{value:g}"
        )
    return cells


def _print_table(rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    headings = ["set", *(heading for _, _, heading in COLUMNS)]
    console = Console()
    if not console.is_terminal:
        for row in _align([[heading.replace(" ", "_") for heading in headings], *rows]):
            click.echo(row)
        return
    table = Table(box=None, header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading.replace(" ", "\n"), justify="right" if number else "left", overflow="fold")
    for cells in rows:
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


def _align(rows: list[list[str]]) -> Iterator[str]:
    """Yield the rows with the first column aligned left, the others right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        yield "  ".join(cells)
