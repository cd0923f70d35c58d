"""The verbs migrate and cluster: a library on OpenSearch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from index import Index, open_index
from index.engines import HealthIndicator
from index.errors import EngineError

from ..pages.lines import clean_line
from ..settings import Settings, check_typed, find_config
from . import ANSWERED, FAILED, INTERRUPTED, load_settings, warn
from .progress import show_progress, show_waiting


@click.command
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.pass_context
def migrate(ctx: click.Context, source: str, target: str) -> int:
    """Copy the library at the address FROM, every collection, to the address TO, and compare what arrived.

    Repeating it is safe: it goes on where it was interrupted. The exit code is 3 when an article could not be copied;
    each is named with the reason.

    \b
    Example:
      pullquote migrate disk: opensearch://node1:9200,node2:9200,node3:9200/archive
    """
    from index.maintenance.cluster import migrate as copy

    with _open(ctx, source) as old, _open(ctx, target) as new:
        if not len(old):
            raise EngineError(source, "holds no article; nothing was copied")
        try:
            with show_progress("copying", lambda: len(old)) as advance:
                done = copy(old, new, advance)
        except KeyboardInterrupt:
            warn("interrupted; what was copied is safe, and the same command goes on from there")
            return INTERRUPTED
    for key, reason in done.failed.items():
        warn(f"not copied: {key}: {reason}")
    click.echo(
        f"copied {done.articles - len(done.failed):,} articles with {done.memberships:,} memberships; "
        f"{done.proved:,} compared and equal; {len(done.failed):,} failed"
    )
    return FAILED if done.failed else ANSWERED


@click.group
def cluster() -> None:
    """Set up and check an OpenSearch cluster: the library of PULLQUOTE_INDEX, and the chats of PULLQUOTE_STATE.

    \b
    Example:
      pullquote cluster check
    """


@cluster.command
@click.option("--shards", metavar="N", type=click.IntRange(1, 1024), default=1, show_default=True, help="Parts.")
@click.option(
    "--replicas", metavar="N", type=click.IntRange(0, 10), help="Copies of each; else as many as fit, up to 2."
)
@click.pass_context
def init(ctx: click.Context, shards: int, replicas: int | None) -> int:
    """Make an empty library on the cluster, in so many shards; one shard holds some 50 million passages.

    The first article makes one too, in one shard. Where bots share their chats, the index for those is made as well.

    \b
    Example:
      pullquote cluster init --shards 6
    """
    from index.maintenance.cluster import set_up_chats, set_up_cluster
    from index.meaning import ENCODER, find_meaning

    found = load_settings(ctx)
    made = []
    if has_library(found):
        with name_setting("PULLQUOTE_INDEX", ctx):
            encoder = ENCODER if found.meaning and find_meaning() else ""
            made += [found.index] * set_up_cluster(found.index, found.login, shards, replicas, encoder)
    if found.shares_chats:
        with name_setting("PULLQUOTE_STATE", ctx):
            made += [f"{found.state}-chats"] * set_up_chats(found.state, found.login, replicas)
    if not made:
        raise EngineError(found.index, "is there already, and was left as it is")
    click.echo(f"made {' and '.join(made)}")
    return ANSWERED


@cluster.command
@click.pass_context
def check(ctx: click.Context) -> int:
    """Tell how the cluster is, and what of ours is on it. The exit code is 3 when something needs attention.

    \b
    Example:
      pullquote cluster check
    """
    from index.maintenance.cluster import check_chats, check_cluster

    found = load_settings(ctx)
    bad = 0
    if has_library(found):
        with name_setting("PULLQUOTE_INDEX", ctx):
            bad += _show_all(check_cluster(found.index, found.login))
    if found.shares_chats:
        with name_setting("PULLQUOTE_STATE", ctx):
            bad += _show_all(check_chats(found.state, found.login))
    click.echo(f"{bad} findings need attention" if bad else "all is well")
    return FAILED if bad else ANSWERED


def has_library(found: Settings) -> bool:
    """Tell whether a verb is about the library too, not only about chats on a cluster."""
    return found.index.startswith("opensearch:") or not found.shares_chats


@contextmanager
def name_setting(variable: str, ctx: click.Context) -> Iterator[None]:
    """Name the setting of a malformed address in its error."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(f"{variable}: {error}", ctx) from error


def _show_all(indicators: Iterable[HealthIndicator]) -> int:
    """Print findings as they are made; return how many need attention."""
    return sum(show(each.name, each.text, each.advice) for each in show_waiting("checking", indicators))


def show(name: str, text: str, advice: str) -> bool:
    """Print a finding; return whether it needs attention."""
    click.echo(f"{'!' if advice else ' '} {clean_line(name):<28}  {clean_line(text)}")
    if advice:
        click.echo(f"  {'':<28}  -> {advice}")
    return bool(advice)


def _open(ctx: click.Context, address: str) -> Index:
    found = load_settings(ctx)
    if address.startswith("opensearch:"):
        check_typed(found, "PULLQUOTE_INDEX", address, find_config())
    try:
        return open_index(address, found.login, meaning=found.meaning)
    except ValueError as error:
        raise click.UsageError(str(error), ctx) from error
