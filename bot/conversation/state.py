"""The state of a conversation: one frozen value, saved as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from index import Filter, Reply

from . import query

REMEMBERED = 10
"""Earlier questions that a follow-up may borrow from."""


@dataclass(frozen=True, slots=True)
class State:
    """The state of a conversation.

    `filter` is what may be seen; `chosen` holds the ids picked with /use, () for all; `history` holds the
    questions so far, oldest first; `within` is the filter of the last one, `reply` its answer. `at_hand` holds the ids
    that the next question is asked of first, as they have just been added; `only` those that this answer alone is asked
    of, whatever was chosen.
    """

    filter: Filter = field(default_factory=Filter)
    chosen: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    within: Filter = field(default_factory=Filter)
    reply: Reply | None = None
    at_hand: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def scope(self) -> Filter:
        """The articles that the next question is asked of."""
        articles = self.only or self.chosen
        return replace(self.filter, articles=articles) if articles else self.filter

    def to_dict(self) -> dict[str, Any]:
        """Return the state as plain values that JSON can hold."""
        from index.forms.serial import reply_to_dict  # late: a single question saves no state

        return {
            "format": 1,
            "filter": query.to_dict(self.filter),
            "chosen": list(self.chosen),
            "history": list(self.history),
            "within": query.to_dict(self.within),
            "reply": reply_to_dict(self.reply) if self.reply else None,
            "at_hand": list(self.at_hand),
            "only": list(self.only),
        }

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> State:
        """Return the state that `to_dict` wrote.

        Raises:
            ValueError: it has another format, or is malformed.
        """
        from index.forms.serial import reply_from_dict

        try:
            if form["format"] != 1:
                raise ValueError(f"this version reads conversations of format 1, not {form['format']!r}")
            return cls(
                filter=query.from_dict(form["filter"]),
                chosen=tuple(form["chosen"]),
                history=tuple(form["history"]),
                within=query.from_dict(form["within"]),
                reply=None if form["reply"] is None else reply_from_dict(form["reply"]),
                at_hand=tuple(form.get("at_hand", ())),  # earlier versions kept neither
                only=tuple(form.get("only", ())),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a saved conversation: {error!r}") from error
