"""The verb diff: what changed between two versions of a story."""

from __future__ import annotations

from typing import Any

import click

from index import Article, Filter, Index, Sentence
from index.errors import UnknownArticle
from index.model import Card
from index.stories import Change, ordered
from index.stories import diff as changed

from ..pages.lines import title, to_json
from ..pages.pages import changes_page
from . import ANSWERED, NOT_ANSWERED
from .common import library, put_json, put_page


@click.command
@click.argument("story")
@click.argument("old", metavar="[A", required=False, type=click.IntRange(min=0))
@click.argument("new", metavar="B]", required=False, type=click.IntRange(min=0))
@click.option("--collection", metavar="NAME", multiple=True, help="Only articles of this collection.")
@click.option("--json", "as_json", is_flag=True, help="Print both versions and the changes as JSON.")
@click.pass_context
def diff(
    ctx: click.Context, story: str, old: int | None, new: int | None, *, collection: tuple[str, ...], as_json: bool
) -> int:
    """Show the sentences added, dropped and changed between versions A and B of STORY, beside the agency's own note.

    STORY is the id of any version, or its beginning, or words of the headline. A and B are numbers of leads, 0 for the
    first filing; without them the two newest versions are compared. The exit code is 1 when nothing changed.

    \b
    Example:
      pullquote diff 94a7cd8d
      pullquote diff "nuclear drills" 1 2
    """
    with library(ctx) as index:
        versions = _versions(index, story, Filter(collections=collection))
        before, after = _pair(ctx, versions, old, new)
        first, second = index.article(before.id, _all(collection)), index.article(after.id, _all(collection))
    changes = changed(first, second)
    if as_json:
        put_json(to_json(_form(first, second, changes)))
    else:
        put_page(changes_page(first, second, changes))
    return ANSWERED if changes else NOT_ANSWERED


def _all(collection: tuple[str, ...]) -> Filter:
    return Filter(collections=collection)


def _versions(index: Index, story: str, within: Filter) -> tuple[Card, ...]:
    """Return all versions of the story that the words name, from first to newest.

    Raises:
        UnknownArticle: they name none.
        UsageError: they name several stories.
    """
    try:
        card = index.article(story, within).card
        key = card.story or card.id
    except UnknownArticle:
        wanted = story.casefold()
        named = [card for card in index.articles(within) if wanted and wanted in card.title.casefold()]
        keys = dict.fromkeys(card.story or card.id for card in named)
        if not keys:
            raise
        if len(keys) > 1:
            examples = "; ".join(f"{card.id[:8]} {card.title}" for card in named[:3])
            raise click.UsageError(f"{story!r} names {len(keys)} stories: {examples}. Give an id") from None
        key = next(iter(keys))
    return ordered(card for card in index.articles(within) if (card.story or card.id) == key)


def _pair(ctx: click.Context, versions: tuple[Card, ...], old: int | None, new: int | None) -> tuple[Card, Card]:
    """Return the two versions to compare: those of the leads given, else the newest and the one before.

    Raises:
        UsageError: there is no such version, or only one.
    """
    if len(versions) < 2:
        raise click.UsageError(f"There is one version of {title(versions[0])!r} only; nothing to compare", ctx)
    after = versions[-1] if new is None else _of_lead(ctx, versions, new)
    earlier = versions[: versions.index(after)] or versions[1:]
    before = earlier[-1] if old is None else _of_lead(ctx, versions, old)
    return before, after


def _of_lead(ctx: click.Context, versions: tuple[Card, ...], lead: int) -> Card:
    found = [card for card in versions if card.lead == lead]
    if not found:
        known = ", ".join(str(number) for number in dict.fromkeys(card.lead for card in versions))
        raise click.UsageError(f"There is no version {lead}; there are {known}", ctx)
    return found[-1]


def _form(first: Article, second: Article, changes: tuple[Change, ...]) -> dict[str, Any]:
    from index.forms.serial import card_to_dict

    def sentence(article: Article, found: Sentence | None) -> dict[str, Any] | None:
        if found is None:
            return None
        place = {"paragraph": found.paragraph, "sentence": found.number, "start": found.start, "end": found.end}
        return {**place, "text": article.quote(found)}

    return {
        "format": 1,
        "old": card_to_dict(first),
        "new": card_to_dict(second),
        "changes": [
            {"edit": change.edit.value, "old": sentence(first, change.old), "new": sentence(second, change.new)}
            for change in changes
        ],
    }
