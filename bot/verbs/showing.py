"""The verbs show and read: an article to read, in the terminal or as a page."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from index import Article, Filter, Index, Reply, Verdict
from index.citations import reading_page
from index.errors import SourceError
from index.files import write_whole

from ..conversation.naming import find_article
from ..conversation.versions import look_up_standing
from ..pages.lines import Line, to_json
from . import ANSWERED, NOT_ANSWERED, warn
from .common import from_option, open_sources, put_json, put_page
from .progress import show_progress


def _render_report(article: Article) -> tuple[Line, ...]:
    """Return the parts of the article that are never cited, and how it compares with its source now."""
    from index.sources import load

    from ..pages.render import render_fidelity, render_report

    try:
        now = load(article.source)
    except SourceError as error:
        return (*render_report(article), *render_fidelity(f"The source cannot be read again. {error}", ()))
    told = str(now.fidelity) if now.article.id == article.id else "The source has a different text now."
    return (*render_report(article), *render_fidelity(told, now.fidelity.left_out, now.fidelity.omitted))


@click.command
@click.argument("article", metavar="[ARTICLE]", required=False)
@from_option
@click.option("--json", "as_json", is_flag=True, help="Print all that is stored, with text and offsets, as JSON.")
@click.option("--report", is_flag=True, help="List what is never cited, not found in the source, or left out of it.")
@click.option("--collection", metavar="NAME", multiple=True, help="Only articles of this collection.")
@click.pass_context
def show(
    ctx: click.Context,
    article: str | None,
    sources: tuple[str, ...],
    *,
    as_json: bool,
    report: bool,
    collection: tuple[str, ...],
) -> int:
    """Print ARTICLE: number, id or words of its headline; with --from, all of the source or the one named.

    \b
    Example:
      pullquote show 94a7cd8d
      pullquote show --from story.txt --json
    """
    from index.forms.serial import article_to_dict

    from ..pages.render import render_article

    if not article and not sources:
        raise click.UsageError("Missing argument ARTICLE: a number, an id or words of a headline", ctx)
    within = Filter(collections=collection)
    with open_sources(ctx, sources) as index:
        if article:
            found = [find_article(index, within, article)]
        else:
            found = [index.article(card.id, within) for card in index.articles(within)]
    if as_json:
        for item in found:
            put_json(to_json(article_to_dict(item)))
    else:
        shown = _render_report if report else render_article
        pages = [line for item in found for line in (*shown(item), Line())]
        put_page(tuple(pages[:-1]), pager=True)
    return ANSWERED


@click.command(short_help="Write an article as one HTML page to read.")
@click.argument("article", metavar="[ARTICLE]", required=False)
@from_option
@click.option("--question", metavar="Q", default="", help="Ask this, and show the answer beside the article.")
@click.option("-o", "--output", metavar="FILE", help="Where to write the page; - is standard output.")
@click.option("--open", "show", is_flag=True, help="Show the page in the browser.")
@click.pass_context
def read(
    ctx: click.Context, article: str | None, sources: tuple[str, ...], *, question: str, output: str | None, show: bool
) -> int:
    """Write ARTICLE (its number, id or words of its headline) as one HTML page that needs nothing else.

    Without ARTICLE it is the only one of --from, or the one that answers the question. The page is
    written to ID.html, or to --output, and its name is printed. The exit code is 1 if the question
    is not answered.

    \b
    Example:
      pullquote read --from story.txt --question "Who denied the talks?" --open
    """
    if not article and not sources and not question:
        raise click.UsageError("Missing argument ARTICLE: a number, an id or words of a headline", ctx)
    with open_sources(ctx, sources) as index:
        with show_progress("asking"):
            found, reply = _choose_article(index, article, question, ctx)
        standing = look_up_standing(index, Filter(), found.card)
    page = reading_page(found, reply, standing)
    if output == "-":
        click.echo(page.encode(), nl=False)
    else:
        path = Path(output or f"{found.id}.html")
        write_whole(path, page.encode())
        click.echo(str(path))
        if show and not _show(path):
            warn(f"no browser was found; open {path} yourself")
    return ANSWERED if reply is None or reply.verdict is Verdict.ANSWERED else NOT_ANSWERED


def _choose_article(
    index: Index, article: str | None, question: str, ctx: click.Context
) -> tuple[Article, Reply | None]:
    """Return the article to show, and the answer to the question, if there is one."""
    if article:
        named = find_article(index, Filter(), article)
        within = Filter(articles=(named.id,))
        return named, index.ask(question, (), within, explain=True) if question else None
    reply = index.ask(question, (), explain=True) if question else None
    cards = list(islice(index.articles(), 2))
    if len(cards) == 1:
        return index.article(cards[0].id), reply
    if reply is None or not reply.citations:
        raise click.UsageError("There are several articles; name one: pullquote list shows their numbers", ctx)
    return index.article(reply.citations[0].article_id), reply


def _show(path: Path) -> bool:
    import webbrowser

    return webbrowser.open(path.resolve().as_uri())
