"""Ask a text and get the text's own words back.

with open_index("memory:") as index:
    index.add(load_article("story.txt"))
    reply = index.ask("Who denied the talks?")
"""

from __future__ import annotations

from datetime import date, datetime, time
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
    "article_from",
    "load_article",
    "open_index",
]


def article_from(
    text: str,
    *,
    title: str = "",
    published: datetime | date | str | None = None,
    source: str = "",
    url: str = "",
) -> Article:
    """Return the article of a text that you have, with what you know of it; the text itself is not changed.

    Headline, notes and dateline in the text are marked as in a file, and fill what you leave out.

    Args:
        text: The words, an empty line between two paragraphs.
        title: The headline, "" if it is not known or stands in the text.
        published: When it was published, as a moment, a day or either in ISO 8601 ("2024-03-05").
        source: Where it comes from, such as a newspaper; it is what `--source` looks for.
        url: The http(s) address of its page, for links to the sentence.

    Raises:
        EmptyArticle: no sentence of the text could be cited.
        UnsupportedLanguage: the text is not English.
        SourceTooLarge: the text is longer than 5 million characters.
        ValueError: `published` is a text that is no date.
    """
    from .reading.article import build_article

    if isinstance(published, str):
        published = datetime.fromisoformat(published)
    elif published is not None and not isinstance(published, datetime):
        published = datetime.combine(published, time())
    return build_article(text, Metadata(title=title, published=published, url=url), source=source)


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
