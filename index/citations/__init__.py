"""Citations that can be checked: deep links, standard forms, verification, and pages to read.

These are the public names. Each part has a file of its own, imported when one of its names is first used, because an
answer needs none of them. All of it is pure: values and text in, text out.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .links import deep_link, linked, safe_address
    from .page import asking_page, conversation_page, page_policy, reading_page
    from .statements import list_unchecked
    from .styles import STYLES, cite
    from .transcripts import TRANSCRIPTS, transcript
    from .verification import Finding, Outcome, verify
    from .wording import PageLanguage

__all__ = [
    "STYLES",
    "TRANSCRIPTS",
    "Finding",
    "Outcome",
    "PageLanguage",
    "asking_page",
    "cite",
    "conversation_page",
    "deep_link",
    "linked",
    "list_unchecked",
    "page_policy",
    "reading_page",
    "safe_address",
    "transcript",
    "verify",
]

_HOMES = {
    "STYLES": "styles",
    "TRANSCRIPTS": "transcripts",
    "Finding": "verification",
    "Outcome": "verification",
    "PageLanguage": "wording",
    "asking_page": "page",
    "cite": "styles",
    "conversation_page": "page",
    "deep_link": "links",
    "linked": "links",
    "list_unchecked": "statements",
    "page_policy": "page",
    "reading_page": "page",
    "safe_address": "links",
    "transcript": "transcripts",
    "verify": "verification",
}
"""The file of each public name."""


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
