"""The verb digest: what an article says of itself, word for word."""

from __future__ import annotations

from pathlib import Path

import click

from index import Filter
from index.digest import DigestKind, digest_to_dict

from ..conversation.naming import find_card
from ..pages.digest import render_digest
from ..pages.lines import Line, to_json
from . import ANSWERED, NOT_ANSWERED
from .common import from_option, links_option, open_sources, put_json, put_page
from .progress import show_progress

KINDS = [str(kind) for kind in DigestKind if kind not in (DigestKind.LIST, DigestKind.COMPARE)]


@click.command
@click.argument("kind", type=click.Choice(KINDS, case_sensitive=False))
@click.argument("article", metavar="[ARTICLE]", required=False)
@from_option
@click.option("--of", metavar="NAME", default="", help="Whose words, which person; of latest, the topic.")
@links_option
@click.option("--json", "as_json", is_flag=True, help="Print the digest as JSON, one article a line.")
@click.option("--collection", metavar="NAME", multiple=True, help="Only articles of this collection.")
@click.pass_context
def digest(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    kind: str,
    article: str | None,
    sources: tuple[str, ...],
    of: str,
    *,
    links: bool,
    as_json: bool,
    collection: tuple[str, ...],
) -> int:
    """Print what ARTICLE is about, who says what in it, whom it names, its dates or its figures, in its own sentences.

    ARTICLE is a number, an id or words of a headline, a file, a folder, an address or - for text on standard input;
    without it, or of a folder, all are told of. The exit code is 1 when there is nothing of the kind.

    \b
    Example:
      pullquote digest about story.txt
      pullquote digest quotes --of Kim story.txt
      pullquote digest latest --of "the talks"
    """
    if article and not sources and (article == "-" or "://" in article or Path(article).exists()):
        sources, article = (article,), None
    within = Filter(collections=collection)
    with open_sources(ctx, sources) as index:
        if article:
            keys = [find_card(index, within, article).id]
        else:
            keys = [""] if kind == DigestKind.LATEST else [card.id for card in index.articles(within)]
        with show_progress("reading", lambda: len(keys)) as advance:
            found = []
            for key in keys:
                found.append(index.digest(kind.lower(), key, of, within))
                advance(1)
    if as_json:
        for one in found:
            put_json(to_json(digest_to_dict(one)))
    else:
        pages = [line for one in found for line in (*render_digest(one, links=links), Line())]
        put_page(tuple(pages[:-1]), pager=True)
    return NOT_ANSWERED if all(one.empty for one in found) else ANSWERED
