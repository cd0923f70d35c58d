"""Two small stories and replies built by hand, for tests of the faces."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from index import Article, Citation, Reply, Verdict
from index.model import Card, ShownPassage
from index.verdicts import Reason

HARBOUR = """(LEAD) Port of Eastmoor closes after crane falls

All News 09:10 March 14, 2024

By Ida Fenn

EASTMOOR, March 14 (Tern Agency) -- The port of Eastmoor closed on Thursday after a crane fell on a quay.

Nobody was hurt, said Lena Brandt, the harbour master. She blamed a worn cable that inspectors had noticed in January.

The port handles 40 ships a week. Brandt expects it to open again on Saturday, once divers have looked at the quay wall.

The crane's owner, Holm Lifting, declined to comment.

(END)
"""

VINEYARD = """Frost ruins a third of Calder vineyards

All News 18:00 April 2, 2024

CALDER, April 2 (Tern Agency) -- Frost destroyed a third of the vines in the Calder valley.

Martin Oduya, who heads the growers' union, asked the province for help. He put the damage at 12 million crowns.

The province will decide next week.

(END)
"""


def article(text: str = HARBOUR, source: str = "") -> Article:
    """Return a story as an article."""
    return Article.from_text(text, source=source)


CARD = Card(
    id="a1b2c3d4e5f60718293a",
    sha256="0" * 64,
    title="Port of Eastmoor closes after crane falls",
    published=datetime(2024, 3, 14, 9, 10),
    agency="Tern Agency",
    lead=1,
    source="harbour.txt",
    length=8,
)

_TEXT = "Nobody was hurt, Brandt said. She blamed a worn cable.\n\nThe port handles 40 ships a week."


def citation(text: str = "She blamed a worn cable.", **changed: Any) -> Citation:
    """Return a citation of these words, which stand in the text of `passage()`."""
    start = 100 + _TEXT.index(text) if text in _TEXT else 100
    return replace(Citation(CARD.id, CARD.sha256, 2, 3, start, start + len(text), text, 0.9), **changed)


def passage(*citations: Citation, text: str = _TEXT, card: Card = CARD) -> ShownPassage:
    """Return a passage at offset 100 with these citations, or one of "worn cable"."""
    return ShownPassage(card, (2, 3), 100, 100 + len(text), text, 0.9, citations or (citation(),))


def reply(verdict: Verdict = Verdict.ANSWERED, *passages: ShownPassage, **changed: Any) -> Reply:
    """Return a reply to "Who blamed the cable?"."""
    shown = () if verdict is Verdict.REFUSED else passages or (passage(),)
    return replace(Reply("Who blamed the cable?", None, verdict, 0.9, Reason("Because."), shown), **changed)
