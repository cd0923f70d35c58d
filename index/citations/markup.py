"""HTML of words that others wrote, and what a server puts around the pages that it shows (pure)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from ..model import Citation
from .wording import replace_controls


def escape_text(text: str) -> str:
    """Return the text as HTML, with visible marks for what a page cannot hold and what hides or reorders it."""
    return escape(replace_controls(text))


def fill_text(text: str, **values: object) -> str:
    """Return a text of ours with values that are HTML filled in."""
    return escape_text(text).format(**values)


def isolate(text: str) -> str:
    """Return words of an article or a person that stand beside others, whose order they must not change."""
    return f"<bdi>{escape_text(text)}</bdi>"


def _locate_nothing(_: object) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What a server adds to a page that it shows, and where its other pages are; by default nothing.

    `head`, `above` and `note` are HTML of the server's own: the end of the page's head, the beginning of its body, and
    what follows the facts about an article. `linked` is a sentence that the page's address names. `locate` gives the
    address of an article by its id, `locate_sentence` that of a cited sentence; "" for none.
    """

    head: str = ""
    above: str = ""
    note: str = ""
    linked: Citation | None = None
    locate: Callable[[str], str] = _locate_nothing
    locate_sentence: Callable[[Citation], str] = _locate_nothing

    @property
    def served(self) -> bool:
        """Whether a server shows the page, so that it may load the server's files and send it forms."""
        return bool(self.head)


ALONE = PageFrame()
"""The frame of a page that needs nothing else: a file."""
