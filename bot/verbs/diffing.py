"""The verb diff: what changed between two versions of a story."""

from __future__ import annotations

from typing import Any

import click

from index import Article, Filter, Index, Sentence
from index.model import Card
from index.stories import is_embargoed, list_versions, order_versions
from index.stories.changes import Change
from index.stories.changes import diff as changed

from ..conversation.naming import find_story
from ..conversation.versions import look_up_pair, look_up_versions, read_clock
from ..pages.lines import name_article, to_json
from ..pages.render import render_changes
from . import ANSWERED, NOT_ANSWERED
from .common import open_library, put_json, put_page


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

    STORY is the number or id of a version, or words of the headline. A and B are numbers of leads, 0 for the
    first filing. Without them an older version is compared with the newest; the newest, or a story that was named by
    words, with the one before it. The exit code is 1 when nothing changed.

    \b
    Example:
      pullquote diff 94a7cd8d
      pullquote diff "nuclear drills" 1 2
    """
    within = Filter(collections=collection)
    with open_library(ctx) as index:
        card, named = _find(index, story, within)
        if old is None:
            pair = look_up_pair(index, within, card, named=named)
        else:
            pair = _pair_leads(ctx, look_up_versions(index, within, (card,)), card if named else None, old, new)
        if pair is None:
            raise click.UsageError(f"There is one version of {name_article(card)!r} only; nothing to compare", ctx)
        first, second = (index.article(version.id, within) for version in pair)
    changes = changed(first, second)
    if as_json:
        put_json(to_json(_write_form(first, second, changes)))
    else:
        put_page(render_changes(first, second, changes))
    return ANSWERED if changes else NOT_ANSWERED


def _find(index: Index, story: str, within: Filter) -> tuple[Card, bool]:
    """Return a version of the story that the words name, and whether they name this very version.

    Raises:
        UnknownArticle: they name none.
        SeveralArticles: they name several stories.
    """
    found = find_story(index, within, story)
    number, card = found[0]
    if len(found) == 1 and (story == str(number) or card.id.startswith(story)):
        return card, True
    return next((card for _, card in found if not is_embargoed(card, read_clock(within))), card), False


def _pair_leads(
    ctx: click.Context, versions: tuple[Card, ...], named: Card | None, old: int, new: int | None
) -> tuple[Card, Card] | None:
    """Return the versions with these lead numbers, `new` None for the newest; None if there is only one version.

    A version under embargo may be named by its number.

    Raises:
        UsageError: there is no such version.
    """
    seen = list_versions(versions, read_clock(Filter()), named)
    asked = order_versions(card for card in versions if card in seen or card.lead in (old, new))
    if len(asked) < 2:
        return None

    def of_lead(lead: int) -> Card:
        found = [card for card in seen if card.lead == lead] or [card for card in asked if card.lead == lead]
        if not found:
            known = ", ".join(str(number) for number in dict.fromkeys(card.lead for card in seen))
            raise click.UsageError(f"There is no version {lead}; there are {known}", ctx)
        return found[-1]

    return of_lead(old), seen[-1] if new is None else of_lead(new)


def _write_form(first: Article, second: Article, changes: tuple[Change, ...]) -> dict[str, Any]:
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
