"""Ask a text and get the text's own words back.

with open_index("memory:") as index:
    index.add(load_article("story.txt"))
    reply = index.ask("Who denied the talks?")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .core import Index, open_index
from .model import Article, Citation, Filter, Hit, Metadata, Paragraph, Passage, Reply, Sentence
from .verdicts import Verdict

if TYPE_CHECKING:
    from .sources import load_article

__all__ = [
    "Article",
    "Citation",
    "Filter",
    "Hit",
    "Index",
    "Paragraph",
    "Passage",
    "Reply",
    "Sentence",
    "Verdict",
    "load_article",
    "open_index",
]


def _article_from_text(text: str, known: Metadata | None = None, *, source: str = "") -> Article:
    from .reading.article import build_article  # late: a question to a library makes no article

    return build_article(text, known, source=source)


Article.from_text = staticmethod(_article_from_text)


def __getattr__(name: str) -> Any:
    """Import `load_article` when it is first used: a question to a library needs nothing that reads sources."""
    if name == "load_article":
        from .sources import load_article

        return load_article
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
