"""Citations that prove themselves: deep links, standard forms, verification, and pages to read.

The public module; each part stands in a file of its own. All of it is pure: values and text in, text out.
"""

from .fragments import deep_link, linked, safe_address
from .page import conversation_page, reading_page
from .proof import Finding, Outcome, verify
from .styles import STYLES, cite
from .transcript import TRANSCRIPTS, transcript

__all__ = [
    "STYLES",
    "TRANSCRIPTS",
    "Finding",
    "Outcome",
    "cite",
    "conversation_page",
    "deep_link",
    "linked",
    "reading_page",
    "safe_address",
    "transcript",
    "verify",
]
