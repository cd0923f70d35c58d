"""The verbs list, remove, stats, export and rebuild."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import click

from index import Filter, Index
from index.errors import PullquoteError, UnknownArticle
from index.files import WholeFile
from index.model import DEFAULT_COLLECTION, Card, Status
from index.moments import as_utc
from index.stories import Silence, find_silences

from ..conversation import query
from ..conversation.naming import find_card
from ..conversation.versions import look_up_silences, read_clock
from ..pages.lines import Line, Look, Piece, clean_line, format_moment, name_article, name_foreign, name_lead, to_json
from ..translation import ENGLISH, name_language
from . import ANSWERED, FAILED, NOT_ANSWERED, find_library, load_settings, warn
from .common import add_filter_options, open_library, put_json, put_page
from .progress import show_progress

_ORDERS = ("added", "published", "title", "source", "length")


@click.command("list")
@add_filter_options
@click.option("--sort", type=click.Choice(_ORDERS), default="added", show_default=True, help="Order by this.")
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an article.")
@click.pass_context
def list_(ctx: click.Context, within: Filter, *, sort: str, reverse: bool, as_json: bool) -> int:
    """List the articles of the library: number, id, date, version, sentences, title; 1 is the one added first.

    Other verbs take the number for a name. The exit code is 1 when there are none.

    \b
    Example:
      pullquote list --since 2023-01-01 --source yonhap --sort published
    """
    from index.forms.serial import card_to_dict

    with open_library(ctx) as index, show_progress("listing"):
        within = query.resolve(index, within)
        cards = list(index.articles(within))
        silent = {} if as_json else _find_silences(index, within, cards)
        numbers = {} if as_json else _count(index, within, cards)
    if sort != "added":
        cards.sort(key=lambda card: _make_key(card, sort))
    if reverse:
        cards.reverse()
    if as_json:
        for card in cards:
            put_json(to_json({"format": 1, **card_to_dict(card)}))
    elif cards:
        put_page(tuple(_render_row(card, numbers[card.id], silent.get(card.id)) for card in cards))
    else:
        warn("no article here; `pullquote add FILE` puts one in")
    return ANSWERED if cards else NOT_ANSWERED


def _make_key(card: Card, sort: str) -> tuple[Any, ...]:
    match sort:
        case "published":
            return (card.published is not None, as_utc(card.published) if card.published else None, card.lead)
        case "length":
            return (card.length,)
        case _:
            return (str(getattr(card, sort)).casefold(),)


def _find_silences(index: Index, within: Filter, cards: list[Card]) -> Mapping[str, Silence]:
    """Return the cards that may not answer now, by id, with the reasons; versions outside the filter count, too."""
    everywhere = Filter(collections=within.collections)
    if within == everywhere:  # no version is left out
        return find_silences(cards, now=read_clock(within))
    return look_up_silences(index, everywhere, cards)


def _count(index: Index, within: Filter, cards: list[Card]) -> Mapping[str, str]:
    """Return the number of each card in the list of all articles, by id, as wide as the widest."""
    everywhere = Filter(collections=within.collections)
    counted = cards if within == everywhere else index.articles(everywhere)
    wanted = {card.id for card in cards}
    numbers = {card.id: number for number, card in enumerate(counted, 1) if card.id in wanted}
    width = len(str(max(numbers.values(), default=0)))
    return {key: f"{numbers.get(key, 0):>{width}}" for key in wanted}  # 0 is an article that came just now


def _render_row(card: Card, number: str, silence: Silence | None) -> Line:
    day = str(card.published.date()) if card.published else ""
    fact = f"{day:<10}  {name_lead(card.lead):<8}  {card.length:>5}  "
    state = silence.value if silence else "" if card.status is Status.USABLE else card.status.value
    if silence is Silence.EMBARGOED and card.embargo:
        state += f" until {format_moment(card.embargo)}"
    known = "".join(f" · {part}" for part in (name_foreign(card), state) if part)
    pieces = (Piece(fact, Look.FACT), Piece(name_article(card), Look.TITLE), Piece(known, Look.FACT))
    return Line(pieces, Piece(f"{number}  {card.id[:8]}  ", Look.MARK))


def _format_size(count: int) -> str:
    """Return a number of bytes as people write it."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"


@click.command
@click.argument("articles", metavar="ARTICLE...", nargs=-1, required=True)
@click.option("--collection", metavar="NAME", default=DEFAULT_COLLECTION, show_default=True, help="Out of this one.")
@click.pass_context
def remove(ctx: click.Context, articles: tuple[str, ...], *, collection: str) -> int:
    """Take each ARTICLE (its number, id or words of its headline) out of the library.

    Words must name one article alone. The text goes with the last collection that holds it.

    \b
    Example:
      pullquote remove 94a7cd8d
    """
    errors: list[PullquoteError] = []
    found: dict[str, Card] = {}
    with open_library(ctx) as index:
        for name in articles:  # all before one is gone, which would change the numbers of others
            try:
                card = find_card(index, Filter(collections=(collection,)), name)  # a damaged one can be removed, too
            except UnknownArticle as error:
                errors.append(error)
            else:
                found[card.id] = card
        for key, card in found.items():
            try:
                index.remove(key, collection)
            except PullquoteError as error:
                errors.append(error)
            else:
                click.echo(clean_line(f"removed {key[:8]}  {card.name}"))
    for told in errors:
        warn(str(told))
    return FAILED if errors else ANSWERED


@click.command
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_context
def stats(ctx: click.Context, *, as_json: bool) -> int:
    """Count what the library holds, and tell where it lies and what it takes on disk.

    \b
    Example:
      pullquote stats
    """
    from index.maintenance.library import measure

    with open_library(ctx) as index, show_progress("counting"):
        found, by_meaning = measure(index), index.compares_meanings
    form = {
        "format": 1,
        "place": found.place,
        "articles": found.articles,
        "passages": found.passages,
        "collections": dict(found.collections),
        "languages": dict(found.languages),
        "text_bytes": found.text_bytes,
        "disk_bytes": found.disk_bytes,
        "by_meaning": by_meaning,
    }
    if as_json:
        put_json(to_json(form))
        return ANSWERED
    click.echo(f"place        {clean_line(found.place)}")
    click.echo(f"articles     {found.articles:,}")
    click.echo(f"passages     {found.passages:,}")
    if found.text_bytes is not None and found.disk_bytes is not None:
        click.echo(f"text         {_format_size(found.text_bytes)}")
        click.echo(f"on disk      {_format_size(found.disk_bytes)}")
    asked_by = "words and meaning" if by_meaning else "words alone (`pullquote rebuild` adds meaning)"
    click.echo(f"asked by     {asked_by}")
    for code, count in found.languages.items():
        click.echo(f"language     {name_language(code, ENGLISH)}: {count:,}")
    for name, count in found.collections.items():
        click.echo(f"collection   {clean_line(name)}: {count:,}")
    return ANSWERED


@click.command
@click.argument("file", metavar="FILE|-")
@click.pass_context
def export(ctx: click.Context, file: str) -> int:
    """Write the whole library, every collection, to one JSON Lines file that import reads back without loss.

    A file of that name is replaced only when the new one is whole. An article that is damaged is left out and named,
    and the exit code is 3; what could be read is then written to FILE.incomplete if there is a FILE already.

    \b
    Example:
      pullquote export library.jsonl
    """
    from index.maintenance.library import DamagedArticle, export_articles

    written: set[str] = set()
    damaged = 0
    target = Path(file)
    is_there = file != "-" and target.is_file()
    out: AbstractContextManager[BinaryIO | WholeFile] = (
        nullcontext(sys.stdout.buffer) if file == "-" else WholeFile(target)
    )
    with open_library(ctx) as index, out as lines, show_progress("exporting", lambda: len(index)) as advance:
        for form in export_articles(index):
            if isinstance(form, DamagedArticle):
                warn(str(form))
                damaged += 1
                continue
            lines.write(json.dumps(form).encode("ascii") + b"\n")
            if form["id"] not in written:  # it comes again where collections have articles in different orders
                advance(1)
            written.add(form["id"])
        if damaged and is_there and isinstance(lines, WholeFile):  # it may hold what is damaged now
            lines.stand_beside(target.with_name(f"{target.name}.incomplete"))
    told = f"; {damaged:,} left out or not whole" if damaged else ""
    warn(f"exported {len(written):,} {'article' if len(written) == 1 else 'articles'}{told}")
    if damaged and is_there:
        warn(f"{file} is left as it was; what could be read is in {file}.incomplete")
    return FAILED if damaged else ANSWERED


@click.command
@click.pass_context
def rebuild(ctx: click.Context) -> int:
    """Make the search index of the library anew, after an upgrade or damage; every intact article is saved.

    The exit code is 3 when an article was damaged beyond use, or what was known of it is lost; add its source again.

    \b
    Example:
      pullquote rebuild
    """
    from index.engines import rebuild as rebuild_engine
    from index.meaning import ENCODER, find_meaning

    done = 0

    def advance_to(now: int, _: int) -> None:
        nonlocal done
        advance(now - done if now > done else 0)
        done = now

    with show_progress("rebuilding", lambda: None) as advance:
        found = load_settings(ctx)
        models = find_meaning() if found.meaning else None
        encode, encoder = (models.encoder.encode_sentence, ENCODER) if models else (None, "")
        rebuilt = rebuild_engine(find_library(ctx), advance_to, found.login, encode=encode, encoder=encoder)
    click.echo(f"rebuilt: {rebuilt.articles:,} {'article' if rebuilt.articles == 1 else 'articles'}")
    if rebuilt.aside:
        warn(f"the library's file was damaged; it is kept as {rebuilt.aside}")
    if rebuilt.recovered:
        what = "1 text was" if rebuilt.recovered == 1 else f"{rebuilt.recovered:,} texts were"
        way = "see `pullquote list --collection recovered`, and add their sources again"
        warn(f"{what} saved without what was known of them, and no question looks there: {way}")
    for name in rebuilt.lost:
        what = "an article" if name == "?" else f"article {name}"
        told = f", {rebuilt.names[name]}," if rebuilt.names.get(name) else ""
        warn(f"{what}{told} was damaged beyond use and is gone; add its source again")
    return FAILED if rebuilt.lost or rebuilt.recovered else ANSWERED
