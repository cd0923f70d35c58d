"""The requests and outputs of a conversation, as plain values.

`commands.read` turns a message into a request; `perform.perform` carries it out on an index and returns the new
state with an output to show. Console and Telegram share all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from index import Article, Citation, Filter, Reply
from index.digest import Digest, DigestKind
from index.model import Card
from index.stories import Silence
from index.stories.changes import Change

SHOWN = 3
"""Passages shown at a time."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a question; the first `skip` passages have been shown before; `focus` is as in `Index.ask`."""

    question: str
    history: tuple[str, ...] = ()
    filter: Filter = field(default_factory=Filter)
    limit: int = SHOWN
    skip: int = 0
    focus: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class AskEach:
    """Ask the questions of one message, in order; those `left` are too many and only named."""

    questions: tuple[str, ...]
    left: tuple[str, ...] = ()
    filter: Filter = field(default_factory=Filter)


@dataclass(frozen=True, slots=True)
class Tell:
    """Show a digest of the article that is asked, or of the library; `slots` are of whom, or what to compare.

    `ask` is the question to ask where there is nothing by that name; None after a command.
    """

    kind: DigestKind
    slots: tuple[str, ...] = ()
    ask: Ask | None = None


@dataclass(frozen=True, slots=True)
class Forget:
    """Begin anew: forget the questions so far."""


@dataclass(frozen=True, slots=True)
class Find:
    """List the articles whose headline contains the words; without words, all."""

    words: str


@dataclass(frozen=True, slots=True)
class Use:
    """Ask one article only: its number in the list, its id, or words of its headline."""

    words: str


@dataclass(frozen=True, slots=True)
class About:
    """Show what is known of the article that is asked, or that answered last."""


@dataclass(frozen=True, slots=True)
class Surround:
    """Show the paragraphs around a citation."""

    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Compare:
    """Show what the newest version of a story changed; `words` name the story, "" the article asked last."""

    words: str


@dataclass(frozen=True, slots=True)
class Explain:
    """Explain the last reply."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Show a reply, except its first `skip` passages.

    `alone` names the article at hand if it alone was asked, `beyond` if it does not say and all were asked; "" else.
    """

    reply: Reply
    skip: int = 0
    alone: str = ""
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """Show several replies one below the other, and the questions that are `left`."""

    replies: tuple[Reply, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Show a digest."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class Listing:
    """Show articles with their numbers; `total` counts all that match, shown or not.

    `silent` holds the reason, by id, for each article that may not answer.
    """

    entries: tuple[tuple[int, Card], ...]
    total: int
    chosen: tuple[str, ...] = ()
    note: str = ""
    silent: Mapping[str, Silence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Details:
    """Show what is known of one article: also a newer version of its story, and why it may not answer."""

    card: Card
    newer: Card | None = None
    silence: Silence | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Show what changed from one version of a story to the next."""

    old: Article
    new: Article
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Show the paragraphs of the article around citation `number`."""

    article: Article
    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Why:
    """Show why the reply is as it is; it has `explain`."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Paste:
    """Show a citation to paste, in a form of `index.citations.STYLES`; "" is one plain line."""

    citation: Citation
    card: Card
    style: str = ""


@dataclass(frozen=True, slots=True)
class Raw:
    """Show the reply as JSON."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Help:
    """Show the commands."""


@dataclass(frozen=True, slots=True)
class Note:
    """Show one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Quit:
    """End the conversation."""


Output = Answer | Answers | Told | Listing | Details | Changes | Context | Why | Paste | Raw | Help | Note | Quit
Request = (
    Ask | AskEach | Tell | Forget | Find | Use | About | Surround | Compare | Explain | Paste | Raw | Help | Note | Quit
)
