"""The page that shows what changed between two versions of a story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index import Article, Filter, Index
from index.citations import asking_page
from index.citations.citation import cite_sentences
from index.citations.markup import escape_text
from index.errors import SeveralArticles, UnknownArticle
from index.stories import Silence
from index.stories.changes import Change, Edit, diff, diff_words

from ..conversation.versions import look_up_pair, look_up_standing
from ..pages.lines import format_facts
from .access import WebRight
from .backend import find_backend, require
from .layout import locate_article, locate_sentence, make_frame, send_page, tell_people
from .problems import HttpProblem

SHOWN = 500
"""Changes on a page; of more, how many are left out is told."""

_SIGNS = {Edit.DROPPED: "del", Edit.ADDED: "ins"}


@tell_people
async def show_changes(request: Request) -> Response:
    """Show what changed between an older version and the newest, or between the newest and the one before it."""
    caller = require(request, WebRight.ASK)
    backend = find_backend(request)
    try:
        found = await backend.ask(_compare, backend.index, request.path_params["article"], caller.scope())
    except (UnknownArticle, SeveralArticles):
        found = None
    if found is None:
        raise HttpProblem(404, "There is no such article here, or no other version of it.")
    return send_page(asking_page("What changed", make_frame(caller), (), _write_changes(*found)))


def _compare(index: Index, key: str, within: Filter) -> tuple[Article, Article, tuple[Change, ...]] | None:
    card = index.article(key, within).card
    pair = look_up_pair(index, within, card)
    if pair is None or look_up_standing(index, within, card).silence is Silence.EMBARGOED:
        return None
    old, new = (index.article(version.id, within) for version in pair)
    return old, new, diff(old, new)


def _write_changes(old: Article, new: Article, changes: Sequence[Change]) -> str:
    versions = "".join(
        f'<dt>{label}</dt><dd><a href="{locate_article(article.id)}">{escape_text(article.name)}</a> '
        f'<span class="facts">{escape_text(_describe(article))}</span></dd>'
        for label, article in (("From", old), ("To", new))
    )
    note = f'<p class="note">{escape_text(new.note)}</p>' if new.note else ""
    counts = ", ".join(f"{sum(change.edit is edit for change in changes)} {edit.value}" for edit in Edit)
    rows = "".join(_write_change(old, new, change) for change in changes[:SHOWN])
    left = f"<p>and {len(changes) - SHOWN:,} more</p>" if len(changes) > SHOWN else ""
    return (
        f'<h1>What changed</h1><dl class="versions">{versions}</dl>{note}<p class="facts">Sentences: {counts}.</p>'
        + (f'<ol class="changes">{rows}</ol>{left}' if rows else "")
    )


def _describe(article: Article) -> str:
    return " · ".join(filter(None, (format_facts(article.card), "" if article.lead else "first filing")))


def _write_change(old: Article, new: Article, change: Change) -> str:
    sentence, article = (change.new, new) if change.new else (change.old, old)
    assert sentence is not None, "a change has a sentence"
    before, after = (each and whole.quote(each) for each, whole in ((change.old, old), (change.new, new)))
    address = escape(locate_sentence(cite_sentences(article, sentence.number, sentence.number)))
    words = " ".join(_write_words(before or "", after or ""))
    return (
        f'<li><p class="place"><b>{change.edit.value.capitalize()}</b> · <a href="{address}">paragraph '
        f'{sentence.paragraph}, sentence {sentence.number}</a></p><p class="words">{words}</p></li>'
    )


def _write_words(before: str, after: str) -> Iterator[str]:
    for edit, words in diff_words(before, after):
        sign = _SIGNS.get(edit) if edit else None
        yield f"<{sign}>{escape_text(words)}</{sign}>" if sign else escape_text(words)


ROUTES = (Route("/articles/{article}/changes", show_changes, name="changes"),)
"""The page."""
