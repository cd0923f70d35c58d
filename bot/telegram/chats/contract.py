"""What is kept of chats, wherever that is: the contract, and what its two implementations share.

`sqlite.py` keeps chats in a file for one process, `cluster.py` on a cluster for several.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from ...conversation.state import REMEMBERED

KEPT_SCREENS = 90 * 24 * 3600
"""Seconds that answers and their buttons are kept."""

SETTLED = -1
"""The topic, which is none of Telegram's, that keeps what is settled for a chat as a whole."""

GATHERED = -2
"""The topic, which is none of Telegram's, that keeps what comes to a chat in several messages."""

LINK_LASTS = 24 * 3600.0
"""Seconds that a link into the bot is good for."""


@dataclass(frozen=True, slots=True)
class SavedScreen:
    """What a keyboard belongs to: its chat, who asked, the asked message, and what its buttons need."""

    id: str
    chat: int
    topic: int
    person: int
    asked: int | None
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Post:
    """A message of a chat that an article came in, or a part of it: its text, a link to it, or its document.

    The message's text begins at `start` of the article's text, in code points, and has `length` of them; 0 of a message
    that does not hold the article word for word. `looks` are the entities of the message that a quotation from it must
    repeat, as Telegram gives them, in UTF-16 units.
    """

    message: int
    article: str
    start: int
    length: int
    looks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class StandingQuestion:
    """A question of a chat that each new article is asked; `since` is the place after which articles were added.

    A notice goes to the topic where it was asked, for the person who asked; topic 0 is none.
    """

    id: str
    chat: int
    topic: int
    person: int
    question: str
    since: int


@dataclass(frozen=True, slots=True)
class PageLink:
    """What the address of a reading page leads to: the chat that it was made for, and the answer's screen."""

    chat: int
    screen: str


class Lasting(Protocol):
    """What goes on after an answer: standing questions, what was told of them, and addresses of reading pages."""

    def add_question(self, standing: StandingQuestion, most: int) -> bool:
        """Keep a standing question, and let the chat's others wake; False, and nothing kept, if it has `most`."""

    def list_questions(self, chat: int) -> Sequence[StandingQuestion]:
        """Return a chat's standing questions in the order in which they were asked, resting or not."""

    def list_waking(self) -> Sequence[StandingQuestion]:
        """Return the standing questions of all chats, without those that rest."""

    def stop_question(self, chat: int, key: str) -> bool:
        """Forget a standing question of that chat; True for the one caller who did it."""

    def rest_questions(self, chat: int, *, resting: bool) -> None:
        """Let a chat's standing questions rest, or wake."""

    def claim(self, name: str, owner: str, now: float, until: float) -> bool:
        """Let one owner have a name until then; False if another one has it already, and its time is not over."""

    def release(self, name: str) -> None:
        """Give a claimed name back before its time."""

    def is_claimed(self, name: str, now: float) -> bool:
        """Tell whether somebody has a name."""

    def get_mark(self, name: str) -> Mapping[str, Any] | None:
        """Return what was kept under a name, None for nothing."""

    def set_mark(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep a value under a name, in place of whatever there was."""

    def keep_link(self, code: str, link: PageLink, expires: float) -> None:
        """Keep where the address with this code leads; the code itself is not kept, only its hash."""

    def find_link(self, code: str, now: float) -> PageLink | None:
        """Return where the address with this code leads, None if there is none or it has expired."""


class Chats(Lasting, Protocol):
    """Where conversations stand, what keyboards belong to, codes of links, and how full quotas are.

    What one process has written, every other reads at once. `tests/telegram/test_chats_contract.py` holds all to this.

    Raises:
        EngineUnavailable: it cannot be reached; trying again may help.
        EngineError: it cannot be read or written.
    """

    def get_talk(self, chat: int, topic: int) -> dict[str, Any] | None:
        """Return where the conversation stands, None before its first question."""

    def set_talk(
        self, chat: int, topic: int, state: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> None:
        """Keep where the conversation stands.

        `before` is where it stood when this step began: what other processes have changed since is kept. Without it,
        the state replaces whatever there was.
        """

    def keep(
        self,
        kept: SavedScreen,
        messages: Iterable[int],
        now: float,
        state: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what a keyboard belongs to and which messages show it, and where the conversation stands now.

        An answer that comes with a state is the newest of its conversation.
        """

    def get_screen(self, key: str) -> SavedScreen | None:
        """Return what a keyboard belongs to, None where it is unknown or too old."""

    def find_shown(self, chat: int, message: int) -> SavedScreen | None:
        """Return what the message of that chat shows."""

    def find_answer(self, chat: int, asked: int) -> SavedScreen | None:
        """Return the newest answer to the message of that chat."""

    def find_newest(self, chat: int, topic: int) -> str:
        """Return the id of the newest answer in a conversation, "" without any."""

    def list_messages(self, key: str) -> list[int]:
        """Return the messages that show a screen, in order."""

    def drop(self, key: str) -> bool:
        """Forget a screen, so that its buttons do nothing more; True for the one caller who did it."""

    def issue(self, person: int, payload: Mapping[str, Any], expires: float) -> str:
        """Return a new code for a deep link, good once, for that person."""

    def redeem(self, code: str, person: int, now: float) -> dict[str, Any] | None:
        """Use up a code and return its payload; None if it is unknown, expired, or another person's."""

    def get_level(self, name: str) -> float | None:
        """Return how full a quota is, None where nothing was ever taken from it."""

    def set_level(self, name: str, level: float, before: float | None) -> bool:
        """Keep how full a quota is; False, and nothing kept, if it is not as full as `before`."""

    def note_posts(self, chat: int, posts: Iterable[Post]) -> None:
        """Keep which messages of the chat an article came in, until `forget_posts`."""

    def find_post(self, chat: int, message: int) -> Post | None:
        """Return which article the message of that chat brought, and what it holds of it; None for none."""

    def list_posts(self, chat: int, article: str) -> list[Post]:
        """Return the messages of the chat that the article came in, by their numbers."""

    def forget_posts(self, chat: int, article: str) -> None:
        """Forget which messages the article came in."""

    def migrate(self, old: int, new: int) -> None:
        """Move a group that became a supergroup to its new id; its posts are forgotten: messages are numbered anew."""

    def prune(self, now: float) -> None:
        """Forget what is too old to matter."""

    def count(self) -> dict[str, int]:
        """Return how many chats and answers there are."""

    def close(self) -> None:
        """Close what is open; a second call does nothing."""


def merge_states(
    state: Mapping[str, Any], before: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """Return the state after a step from `before` to `state`, merged into where others have taken it meanwhile, `now`.

    An article chosen meanwhile stays chosen, and questions asked meanwhile stay in the history.
    """
    if before is None or not now or now == before:
        return state
    changed = {name: value for name, value in state.items() if name not in before or before[name] != value}
    asked, known = (list(each.get("history", ())) for each in (state, before))
    if "history" in changed and asked and asked[:-1] == known[len(known) + 1 - len(asked) :]:
        changed["history"] = [*now.get("history", ()), asked[-1]][-REMEMBERED:]
    return {**now, **changed}


def post_to_dict(post: Post) -> dict[str, Any]:
    """Return a post as plain values that JSON can hold."""
    return {
        "message": post.message,
        "article": post.article,
        "start": post.start,
        "length": post.length,
        "looks": [dict(each) for each in post.looks],
    }


def post_from_dict(form: Mapping[str, Any]) -> Post:
    """Return the post that `post_to_dict` wrote."""
    return Post(**{**form, "looks": tuple(form["looks"])})


def hash_code(code: str) -> str:
    """Return what a code is kept under: who reads what is kept can open no page."""
    return sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def make_id() -> str:
    """Return a random id of 16 letters that nobody guesses: 96 bits."""
    return secrets.token_urlsafe(12)
