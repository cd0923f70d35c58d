"""Who may do what over HTTP, and in which collections: the one place that decides.

Without tokens the server listens to this machine alone, and whoever asks from there may do everything. With tokens
each request bears one.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product

from index import Filter
from index.model import DEFAULT_COLLECTION

from ..settings import SHORTEST_SECRET, Secret, SettingsError
from .problems import HttpProblem

_SHAPE = "PULLQUOTE_TOKENS takes NAME/RIGHTS/COLLECTIONS/SECRET, for example desk/ask,add/default/{}"
_EXAMPLE = "a-long-random-word"
_NAME = re.compile(r"[\w.-]{1,40}", re.ASCII)


class WebRight(StrEnum):
    """What a token lets its bearer do: ask and read, add articles, remove them."""

    ASK = "ask"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name of the token, what it lets them do, and the collections that they may see; () for all.

    The first of the collections is the one that is added to where none is named.
    """

    name: str
    rights: frozenset[WebRight]
    collections: tuple[str, ...] = ()

    @property
    def sees_embargoed(self) -> bool:
        """Whether articles under embargo are shown: to those who may add or remove them."""
        return not self.rights.isdisjoint({WebRight.ADD, WebRight.REMOVE})

    def scope(self, named: Sequence[str] = ()) -> Filter:
        """Return the filter of what is asked for: the collections that were named, else all of the caller's.

        Raises:
            HttpProblem: one of them is not the caller's, whether there is such a collection or not.
        """
        if self.collections and not set(named) <= set(self.collections):
            raise HttpProblem(403, "this token does not open that collection; leave it out, or name one that it opens")
        return _make_filter(tuple(named) or self.collections or (DEFAULT_COLLECTION,))


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token: whom it stands for, and the secret that proves it."""

    caller: Caller
    secret: Secret


@lru_cache(maxsize=256)
def _make_filter(collections: tuple[str, ...]) -> Filter:
    """Return the filter of some collections: one value for all who ask, so that what is kept for them is found fast."""
    return Filter(collections=collections)


LOCAL = Caller("", frozenset(WebRight))
"""Whoever asks from this machine, where there are no tokens."""


def read_tokens(text: str) -> tuple[ApiToken, ...]:
    """Return the tokens of a setting, () for "": `NAME/RIGHTS/COLLECTIONS/SECRET`, separated by white space.

    Rights and collections are lists with commas; `*` stands for all collections.

    Raises:
        SettingsError: one is malformed, or two share a name or a secret; the message holds no secret.
    """
    tokens = tuple(_read_token(number, part) for number, part in enumerate(text.split(), 1))
    for what, values in (
        ("name", [token.caller.name for token in tokens]),
        ("secret", [token.secret.reveal() for token in tokens]),
    ):
        if len(set(values)) < len(values):
            raise SettingsError(f"PULLQUOTE_TOKENS has two tokens of the same {what}; give each its own")
    return tokens


def _read_token(number: int, text: str) -> ApiToken:
    name, rights, collections, secret = (*text.split("/", 3), "", "", "")[:4]
    if not (_NAME.fullmatch(name) and rights and collections and secret):
        raise SettingsError(f"{_SHAPE.format(_EXAMPLE)}; number {number} is malformed")
    if unknown := set(rights.split(",")) - set(WebRight):
        raise SettingsError(
            f"PULLQUOTE_TOKENS: the token {name} has the right {min(unknown)[:20]!r}; there are {', '.join(WebRight)}"
        )
    if len(secret) < 2 * SHORTEST_SECRET or not secret.isascii() or not secret.isprintable():
        raise SettingsError(
            f"PULLQUOTE_TOKENS: the secret of {name} takes {2 * SHORTEST_SECRET} characters of ASCII or more, "
            "for example what `openssl rand -hex 20` prints"
        )
    opened = () if collections == "*" else tuple(dict.fromkeys(filter(None, collections.split(","))))
    if not opened and collections != "*":
        raise SettingsError(f"PULLQUOTE_TOKENS: the token {name} opens no collection; write one, or * for all")
    return ApiToken(Caller(name, frozenset(map(WebRight, rights.split(","))), opened), Secret(secret))


def find_caller(tokens: Sequence[ApiToken], authorization: str) -> Caller | None:
    """Return whom the header `Authorization` stands for, None for nobody; a browser's login has the token's name, too.

    Every token is compared, each in a time that does not depend on how much of it is right.
    """
    if not tokens:
        return LOCAL
    said = _read_authorization(authorization)
    found = None
    for token, (name, secret) in product(tokens, said):
        same = hmac.compare_digest(secret, token.secret.reveal().encode())
        if same and name in (None, token.caller.name):
            found = token.caller
    return found


def _read_authorization(header: str) -> list[tuple[str | None, bytes]]:
    """Return the name (None where none is given) and the secret of a header; [] if it has neither form."""
    scheme, _, value = header.strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return [(None, value.strip().encode("utf-8", "replace"))]
        case "basic":
            try:
                name, _, secret = base64.b64decode(value.strip(), validate=True).partition(b":")
            except ValueError:
                return []
            return [(name.decode("utf-8", "replace"), secret)]
    return []
