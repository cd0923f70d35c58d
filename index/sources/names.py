"""Read what the class and the id of a page's element tell: text of an article, or things around one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from .. import patterns

# Names of what readers wrote; it may be longer than the article.
_OF_COMMENTS = "comment comments commentlist disqus respond replies discussion"

# Names of what stands around an article; a pair of words counts as joined.
_OF_ASIDES = """
    ad ads agegate bio breadcrumb breadcrumbs combx consent contributions cookie cookies footer navbar navbox navigation
    newsletter newsletters nl offer outbrain pager pagination paywall popup promo promos readmore reco richlink
    sharedaddy shopping shoutbox sidebar signup skyscraper taboola trending yarpp
    jp-relatedposts read-more read-next rich-link sign-up
"""
_ASIDE_STEM = patterns.compile(r"(?<![^\s-])(?:advert|recirc|recommend|related|sponsor|subscri)")

# Names that paragraphs of an article have, too: they count where there is more than prose.
_OF_MAYBE_ASIDES = """
    banner byline contributor contributors disclaimer form infobox masthead menu meta modal most nav popular remark rss
    share sharing skip social tag tags teaser teasers toc tool toolbar tools tweet widget
"""
_MAYBE_ASIDE_STEM = patterns.compile(r"(?<![^\s-])author")

_COMMENTS, _ASIDES, _MAYBE_ASIDES = (frozenset(names.split()) for names in (_OF_COMMENTS, _OF_ASIDES, _OF_MAYBE_ASIDES))

_POSITIVE = patterns.compile("article|body|content|entry|hentry|main|page|post|text|blog|story")
_NEGATIVE = patterns.compile(
    "-ad-|hidden|banner|combx|comment|com-|contact|footer|gdpr|masthead|media|meta|outbrain|promo|related|scroll|share"
    "|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget"
)
"""Parts of names that speak for and against an article: those of Readability."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the class and the id of an element tell of it."""

    words: str
    comments: bool
    aside: bool
    maybe_aside: bool
    weight: int
    """1 for a name that articles have, -1 for one that other things have, 0 for both or neither."""
    stable: frozenset[str]
    """The words without a digit: a program makes up such as "css-1q0x1qg"."""


@lru_cache(maxsize=1024)  # the pages of a site share their names
def read_names(words: str) -> Names:
    """Return what the names of an element, in one string, tell of it."""
    small = words.lower().replace("_", "-")
    parts = [part for name in small.split() for part in name.split("-") if part]
    found = {*parts, *(f"{one}-{two}" for one, two in pairwise(parts))}
    return Names(
        words,
        comments=not found.isdisjoint(_COMMENTS),
        aside=not found.isdisjoint(_ASIDES) or bool(_ASIDE_STEM.search(small)),
        maybe_aside=not found.isdisjoint(_MAYBE_ASIDES) or bool(_MAYBE_ASIDE_STEM.search(small)),
        weight=bool(_POSITIVE.search(small)) - bool(_NEGATIVE.search(small)),
        stable=frozenset(word for word in words.split() if not any(map(str.isdigit, word))),
    )


def join_names(element: Any) -> str:
    """Return the class and the id of an element, as far as anybody writes by hand."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".strip()[:300]


def is_named_aside(element: Any) -> bool:
    """Tell whether the name of an element is one that only things around an article have, or comments."""
    names = read_names(join_names(element))
    return names.comments or names.aside or names.maybe_aside
