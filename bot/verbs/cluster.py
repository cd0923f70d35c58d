"""The verbs migrate and cluster: a library on OpenSearch."""

from __future__ import annotations

import click

from index import Index, open_index
from index.errors import EngineError

from ..cli import ANSWERED, FAILED, INTERRUPTED, settings, warn
from ..render import clean_line
from .adding import progress


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
    from index.operations import migrate as copy

    with _open(ctx, source) as old, _open(ctx, target) as new:
        if not len(old):
            raise EngineError(source, "holds no article; nothing was copied")
        try:
            with progress("copying", lambda: len(old)) as advance:
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
    """Set up and check the library on an OpenSearch cluster that PULLQUOTE_INDEX names.

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

    The first article makes one too, in one shard.

    \b
    Example:
      pullquote cluster init --shards 6
    """
    from index.operations import set_up_cluster

    found = settings(ctx)
    try:
        is_new = set_up_cluster(found.index, found.login, shards, replicas)
    except ValueError as error:
        raise click.UsageError(f"PULLQUOTE_INDEX: {error}", ctx) from error
    if not is_new:
        raise EngineError(found.index, "is there already, and was left as it is")
    click.echo(f"made {found.index}")
    return ANSWERED


@cluster.command
@click.pass_context
def check(ctx: click.Context) -> int:
    """Tell how the cluster and the library on it are. The exit code is 3 when something needs attention.

    \b
    Example:
      pullquote cluster check
    """
    from index.operations import check_cluster

    found = settings(ctx)
    bad = 0
    try:
        for finding in check_cluster(found.index, found.login):
            bad += bool(finding.advice)
            mark = "!" if finding.advice else " "
            click.echo(f"{mark} {clean_line(finding.name):<28}  {clean_line(finding.text)}")
            if finding.advice:
                click.echo(f"  {'':<28}  -> {finding.advice}")
    except ValueError as error:
        raise click.UsageError(f"PULLQUOTE_INDEX: {error}", ctx) from error
    click.echo(f"{bad} findings need attention" if bad else "all is well")
    return FAILED if bad else ANSWERED


def _open(ctx: click.Context, address: str) -> Index:
    try:
        return open_index(address, settings(ctx).login)
    except ValueError as error:
        raise click.UsageError(str(error), ctx) from error
